#include "app/disk.h"

#include <gtest/gtest.h>

namespace weft::app {
namespace {

constexpr uint64_t kGiB = 1ull << 30;

TEST(Disk, ThresholdsAreSizesOrShares) {
    EXPECT_EQ(ParseBytes("512M").value_or(0), 536'870'912u);
    EXPECT_EQ(ParseBytes("1.5GiB").value_or(0), 1'610'612'736u);
    EXPECT_EQ(ParseBytes("1073741824").value_or(0), kGiB);
    EXPECT_EQ(ParseBytes("2kb").value_or(0), 2'048u);
    for (const char* bad : {"", "M", "-1", "5X", "5MM", "1e30", "nan"})
        EXPECT_FALSE(ParseBytes(bad)) << bad;
    EXPECT_EQ(ParseThreshold("7.5%").value_or(Threshold{}).percent, 7.5);
    for (const char* bad : {"%", "0%", "101%", "x%", "5 %"})
        EXPECT_FALSE(ParseThreshold(bad)) << bad;
}

TEST(Disk, DefaultsFitSmallDisksToo) {
    const auto judge = [](uint64_t free, uint64_t total) {
        return JudgeSpace({}, free, total, false);
    };
    EXPECT_FALSE(judge(6 * kGiB, 1'000 * kGiB).low);
    EXPECT_TRUE(judge(4 * kGiB, 1'000 * kGiB).low);
    EXPECT_FALSE(judge(4 * kGiB, 1'000 * kGiB).read_only);
    EXPECT_TRUE(judge(kGiB - 1, 1'000 * kGiB).read_only);
    EXPECT_FALSE(judge(kGiB / 2, 2 * kGiB).low);  // A quarter of a small disk.
    EXPECT_TRUE(judge(kGiB / 20, 2 * kGiB).read_only);
}

TEST(Disk, ReadOnlyEndsOnlyWithATenthMore) {
    DiskOptions options;
    options.stop = {1'000, 0, true};
    EXPECT_TRUE(JudgeSpace(options, 999, kGiB, false).read_only);
    EXPECT_FALSE(JudgeSpace(options, 1'000, kGiB, false).read_only);
    EXPECT_TRUE(JudgeSpace(options, 1'099, kGiB, true).read_only);
    EXPECT_FALSE(JudgeSpace(options, 1'100, kGiB, true).read_only);
}

}  // namespace
}  // namespace weft::app
