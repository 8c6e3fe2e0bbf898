#include "model/schedule.h"

#include <gtest/gtest.h>

#include "model/duration.h"

namespace weft::model {
namespace {

Timestamp At(std::string_view text) { return ParseRfc3339(text).value(); }

std::string NextAt(std::string_view schedule, std::string_view last, std::string_view now) {
    const auto next = NextRun(ParseSchedule(schedule).value(), At(last), At(now));
    return next ? ToRfc3339(*next) : "never";
}

TEST(Schedule, EveryIsAlignedAndSkipsMissedSlots) {
    EXPECT_EQ(NextAt("every 15 minutes", "2026-11-22T10:00:00Z", "2026-11-22T10:07:00Z"),
              "2026-11-22T10:15:00Z");
    EXPECT_EQ(NextAt("every 15 minutes", "2026-11-22T08:00:00Z", "2026-11-22T10:07:00Z"),
              "2026-11-22T10:00:00Z");
    EXPECT_EQ(NextAt("every day", "2026-11-22T00:00:00Z", "2026-11-22T10:07:00Z"),
              "2026-11-23T00:00:00Z");
    EXPECT_EQ(ParseSchedule("every 2 hours").value().every_us, 7'200'000'000);
}

TEST(Schedule, CronFollowsItsFields) {
    // 22 November 2026 is a Sunday.
    EXPECT_EQ(NextAt("0 6 * * *", "2026-11-22T06:00:00Z", "2026-11-22T10:00:00Z"),
              "2026-11-23T06:00:00Z");
    EXPECT_EQ(NextAt("0 6 * * *", "2026-11-21T06:00:00Z", "2026-11-22T10:00:00Z"),
              "2026-11-22T06:00:00Z");
    EXPECT_EQ(NextAt("30 9 * * mon-fri", "2026-11-22T00:00:00Z", "2026-11-22T10:00:00Z"),
              "2026-11-23T09:30:00Z");
    EXPECT_EQ(NextAt("*/20 8-9 * * *", "2026-11-22T09:20:00Z", "2026-11-22T09:21:00Z"),
              "2026-11-22T09:40:00Z");
    EXPECT_EQ(NextAt("0 0 29 feb *", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"),
              "2028-02-29T00:00:00Z");
    EXPECT_EQ(NextAt("0 0 * * 7", "2026-11-22T00:00:00Z", "2026-11-22T00:01:00Z"),
              "2026-11-29T00:00:00Z");
    // Both days restricted: either is enough (Friday the 27th comes before the 13th).
    EXPECT_EQ(NextAt("0 0 13 * fri", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"),
              "2026-11-27T00:00:00Z");
    EXPECT_EQ(NextAt("0 0 31 feb *", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"), "never");
    EXPECT_EQ(NextAt("monthly", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"),
              "2026-12-01T00:00:00Z");
}

TEST(Schedule, OnChangeAndNoneHaveNoSlots) {
    EXPECT_EQ(NextAt("on change", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z"), "never");
    EXPECT_EQ(ParseSchedule("on change of a, b").value().inputs,
              (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(ParseSchedule("on change of its inputs").value().inputs.empty());
    EXPECT_EQ(ParseSchedule(" manual ").value().kind, Schedule::Kind::kNone);
}

TEST(Schedule, WrongOnesSayWhatIsAccepted) {
    for (const auto* text : {"", "often", "every", "every 0 minutes", "every -1 hours",
                             "every month", "every 2 years", "1 2 3", "60 * * * *", "* * 0 * *",
                             "5-1 * * * *", "*/0 * * * *", "on change of a-b", "every 1 y"}) {
        const auto schedule = ParseSchedule(text);
        ASSERT_FALSE(schedule) << text;
        EXPECT_NE(schedule.error().hint.find("every 15 minutes"), std::string::npos);
    }
}

TEST(Duration, IsANumberAndAUnit) {
    EXPECT_EQ(ParseDuration("30 minutes"), 1'800'000'000);
    EXPECT_EQ(ParseDuration("1h"), 3'600'000'000);
    EXPECT_EQ(ParseDuration("3 years"), 94'608'000'000'000);
    for (const auto* text : {"", "5", "minutes", "-1 day", "1.5 hours", "1 fortnight", "0 s"}) {
        EXPECT_FALSE(ParseDuration(text)) << text;
    }
    EXPECT_EQ(ParsePercent("99.5 %"), 99.5);
    for (const auto* text : {"99.5", "101 %", "-1 %", "nan %", "%"}) {
        EXPECT_FALSE(ParsePercent(text)) << text;
    }
}

}  // namespace
}  // namespace weft::model
