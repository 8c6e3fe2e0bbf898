#include "gateway/frames.h"

#include <gtest/gtest.h>

#include <cstring>

namespace weft::gateway {
namespace {

std::string Frame(char type, std::string_view body) {
    const auto size = static_cast<uint32_t>(body.size());
    std::string frame(1, type);
    frame.append(reinterpret_cast<const char*>(&size), 4);
    frame += body;
    return frame;
}

// Feeds `bytes` in steps of `step` and returns all payload; an error ends it.
Result<std::string> Feed(FrameReader& reader, std::string_view bytes, size_t step) {
    std::string payload;
    std::vector<std::string_view> pieces;
    while (!bytes.empty()) {
        const auto space = reader.Space();
        const size_t count = std::min({step, space.size(), bytes.size()});
        std::memcpy(space.data(), bytes.data(), count);
        reader.Filled(count);
        bytes.remove_prefix(count);
        CHECK_OK(reader.Take(pieces));
        for (const auto piece : pieces) payload += piece;
    }
    return payload;
}

TEST(FrameReader, PayloadDoesNotDependOnHowBytesArrive) {
    const std::string large(300'000, 'x');
    const std::string bytes =
        Frame('d', "ab") + Frame('p', large) + Frame('d', "c") + Frame('z', "");
    for (const size_t step : {size_t{1}, size_t{7}, size_t{4096}, size_t{1} << 20}) {
        FrameReader reader;
        const auto payload = Feed(reader, bytes, step);
        ASSERT_TRUE(payload);
        EXPECT_EQ(*payload, "ab" + large + "c");
        EXPECT_TRUE(reader.ended());
        EXPECT_TRUE(reader.at_border());
    }
}

TEST(FrameReader, ACutFrameIsNotHandedOn) {
    FrameReader reader;
    const auto payload =
        Feed(reader, Frame('d', "whole") + Frame('d', "this one is cut").substr(0, 12), 100);
    ASSERT_TRUE(payload);
    EXPECT_EQ(*payload, "whole");
    EXPECT_TRUE(reader.at_border());
    EXPECT_FALSE(reader.ended());
}

TEST(FrameReader, APartLeavesTheBorder) {
    FrameReader reader;
    ASSERT_TRUE(Feed(reader, Frame('p', "half a row"), 100));
    EXPECT_FALSE(reader.at_border());
    ASSERT_TRUE(Feed(reader, Frame('d', "the rest"), 100));
    EXPECT_TRUE(reader.at_border());
}

TEST(FrameReader, AWorkerThatBreaksARuleIsRefused) {
    FrameReader unknown_type;
    EXPECT_FALSE(Feed(unknown_type, Frame('q', "x"), 100));
    FrameReader too_large;
    EXPECT_FALSE(Feed(too_large, std::string("d\xff\xff\xff\xff", 5), 100));
    FrameReader body_in_the_end;
    EXPECT_FALSE(Feed(body_in_the_end, Frame('z', "x"), 100));
    FrameReader behind_the_end;
    EXPECT_FALSE(Feed(behind_the_end, Frame('z', "") + "d", 100));
}

}  // namespace
}  // namespace weft::gateway
