#include "gateway/pg/batches.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace weft::gateway::pg {
namespace {

using namespace std::string_literals;
using Kind = Batches::Kind;

std::string Message(char type, std::string_view body = {}) {
    const auto size = static_cast<uint32_t>(body.size() + 4);
    std::string message{type, static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                        static_cast<char>(size >> 8), static_cast<char>(size)};
    message += body;
    return message;
}

// All batches of `input`, each with '.' when complete and '~' when the sequence goes on.
std::string Cut(std::string input) {
    Batches batches;
    std::string types;
    while (true) {
        size_t taken = 0;
        const auto kind = batches.Take(input, taken);
        if (!kind) return types + "!" + kind.error().sqlstate;
        input.erase(0, taken);
        if (*kind == Kind::kNeedMore) return types;
        if (*kind == Kind::kTerminate) return types + "X";
        if (*kind == Kind::kFunctionCall) {
            types += "F";
            continue;
        }
        const std::string messages = batches.TakeMessages();
        for (size_t at = 0; at < messages.size();) {
            types += messages[at];
            at += 1u + (static_cast<size_t>(static_cast<uint8_t>(messages[at + 3])) << 8 |
                        static_cast<uint8_t>(messages[at + 4]));
        }
        types += *kind == Kind::kBatch ? "." : "~";
    }
}

TEST(Batches, OneQueryOrEverythingUpToSync) {
    EXPECT_EQ(Cut(Message('Q', "select 1\0"s) + Message('Q', "select 2\0"s)), "Q.Q.");
    EXPECT_EQ(Cut(Message('P', "x") + Message('B') + Message('D') + Message('E') + Message('S') +
                  Message('X')),
              "PBDES.X");
}

TEST(Batches, FlushHandsOverWhatThereIs) {
    EXPECT_EQ(Cut(Message('P') + Message('D') + Message('H') + Message('B') + Message('E') +
                  Message('S')),
              "PDH~BES.");
    EXPECT_EQ(Cut(Message('H') + Message('S')), "S.");
    EXPECT_EQ(Cut(Message('P') + Message('Q', "\0"s)), "PH~Q.");
}

TEST(Batches, CopyMessagesOutsideCopyAreDropped) {
    EXPECT_EQ(Cut(Message('d', "row") + Message('c') + Message('f', "why\0"s) + Message('Q')),
              "Q.");
    EXPECT_EQ(Cut(Message('F') + Message('Q')), "FQ.");
}

TEST(Batches, NothingIsTakenBeforeItIsWhole) {
    const std::string query = Message('Q', "select 1\0"s);
    for (size_t cut = 0; cut < query.size(); ++cut) {
        Batches batches;
        size_t taken = 99;
        const auto kind = batches.Take(query.substr(0, cut), taken);
        ASSERT_TRUE(kind);
        EXPECT_EQ(*kind, Kind::kNeedMore);
        EXPECT_EQ(taken, 0u);
        EXPECT_EQ(batches.wanted(), cut < 5 ? 5u : query.size());
    }
}

TEST(Batches, SkippingEndsWithSync) {
    Batches batches;
    batches.SkipToSync();
    size_t taken = 0;
    const std::string input =
        Message('B') + Message('E') + Message('Q') + Message('H') + Message('S') + Message('Q');
    EXPECT_EQ(*batches.Take(input, taken), Kind::kBatch);
    EXPECT_EQ(batches.TakeMessages(), Message('S'));
    EXPECT_EQ(taken, input.size() - Message('Q').size());
}

TEST(Batches, LiesEndTheStream) {
    EXPECT_EQ(Cut("Q\xff\xff\xff\xff"s), "!08P01");
    EXPECT_EQ(Cut("Q\0\0\0\3"s), "!08P01");
    EXPECT_EQ(Cut(Message('?')), "!08P01");
    EXPECT_EQ(Cut(Message('p', "late password")), "!08P01");
    std::string flood;
    const std::string large = Message('B', std::string(kLimits.pg_message_bytes_max, 'x'));
    for (size_t bytes = 0; bytes <= kLimits.pg_batch_bytes_max; bytes += large.size())
        flood += large;
    EXPECT_EQ(Cut(flood), "!08P01");
}

}  // namespace
}  // namespace weft::gateway::pg
