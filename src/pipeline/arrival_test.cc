#include "pipeline/arrival.h"

#include <gtest/gtest.h>

namespace weft::pipeline {
namespace {

constexpr Timestamp kNow{100'000'000};  // 100 s.

catalog::InputFile File(std::string name, uint64_t size, int64_t seconds) {
    return {"/in", std::move(name), {size, seconds * 1'000'000'000, 1}};
}
meta::TakenFile Taken(uint64_t size, int64_t seconds) {
    meta::TakenFile taken;
    taken.size = size;
    taken.mtime_ns = seconds * 1'000'000'000;
    return taken;
}

std::string Names(const std::vector<catalog::InputFile>& files) {
    std::string names;
    for (const auto& file : files) names += file.relative + " ";
    return names;
}

TEST(Arrival, NewAndChangedFilesOldestFirst) {
    const TakenFiles taken{{"/in/a", Taken(1, 10)},
                           {"/in/b", Taken(1, 10)},
                           {"/in/c", Taken(1, 10)},
                           {"/in/gone", Taken(1, 1)}};
    EXPECT_EQ(
        Names(ArrivedFiles({File("a", 1, 10), File("b", 2, 10), File("c", 1, 11), File("d", 1, 5)},
                           taken, kNow)),
        "d b c ");
}

TEST(Arrival, YoungFilesWait) {
    EXPECT_EQ(Names(ArrivedFiles({File("still", 1, 98), File("young", 1, 99), File("now", 1, 100),
                                  File("soon", 1, 101)},
                                 {}, kNow)),
              "still ");
}

TEST(Arrival, UploadedFilesDoNotWait) {
    EXPECT_EQ(Names(ArrivedFiles({File("now", 1, 100), File("soon", 1, 101)}, {}, kNow, 0)),
              "now soon ");
}

// A clock elsewhere was wrong: the file would never be old enough.
TEST(Arrival, FilesFromTheFutureAreTaken) {
    EXPECT_EQ(Names(ArrivedFiles({File("a", 1, 5'000)}, {}, kNow)), "a ");
}

TEST(Arrival, TextChangesWithAnyFile) {
    EXPECT_EQ(ArrivedText({}), "");
    EXPECT_NE(ArrivedText({File("a", 1, 1)}), ArrivedText({File("a", 2, 1)}));
    EXPECT_NE(ArrivedText({File("a", 1, 1)}), ArrivedText({File("a", 1, 2)}));
    EXPECT_NE(ArrivedText({File("a", 1, 1)}), ArrivedText({File("a", 1, 1), File("b", 1, 1)}));
}

}  // namespace
}  // namespace weft::pipeline
