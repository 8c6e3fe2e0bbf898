#include "pipeline/backfill.h"

#include <gtest/gtest.h>

namespace weft::pipeline {
namespace {

std::string Ranges(std::string_view type, const Backfill& backfill) {
    const auto steps = StepsOf(*ParseDataType(type), backfill);
    if (!steps) return "error: " + steps.error().message;
    std::string text;
    for (const auto& step : *steps) text += step.from + ".." + step.to + " ";
    return text;
}

TEST(Backfill, StepsCoverTheRangeOnce) {
    EXPECT_EQ(Ranges("date", {"2026-02-27", "2026-03-02", "1 day"}),
              "2026-02-27..2026-02-28 2026-02-28..2026-03-01 2026-03-01..2026-03-02 ");
    EXPECT_EQ(Ranges("timestamp", {"2026-01-01", "2026-01-02 06:00:00", "1 day"}),
              "2026-01-01 00:00:00..2026-01-02 00:00:00 2026-01-02 00:00:00..2026-01-02 06:00:00 ");
    EXPECT_EQ(Ranges("timestamptz", {"2026-01-01", "2026-01-02T00:00:00Z", ""}),
              "2026-01-01 00:00:00+00..2026-01-02 00:00:00+00 ");
    EXPECT_EQ(Ranges("bigint", {"-5", "7", "10"}), "-5..5 5..7 ");
    EXPECT_EQ(Ranges("bigint", {"-9223372036854775808", "9223372036854775807", ""}),
              "-9223372036854775808..9223372036854775807 ");
}

TEST(Backfill, WhatIsNoRangeIsRefused) {
    EXPECT_EQ(Ranges("date", {"2026-03-02", "2026-03-02", "1 day"}),
              "error: the range from 2026-03-02 to 2026-03-02 is empty");
    EXPECT_TRUE(Ranges("date", {"yesterday", "2026-03-02", "1 day"}).starts_with("error: "));
    EXPECT_TRUE(Ranges("date", {"2026-03-01", "2026-03-02", "often"}).starts_with("error: "));
    EXPECT_EQ(Ranges("date", {"2026-03-01", "2026-03-02", "36 hours"}),
              "error: step 36 hours is no number of days");
    EXPECT_TRUE(Ranges("bigint", {"1", "9", "0"}).starts_with("error: "));
    EXPECT_TRUE(Ranges("bigint", {"1", "9", "1 day"}).starts_with("error: "));
    EXPECT_EQ(Ranges("bigint", {"0", "1001", "1"}),
              "error: 1,001 steps are too many for one backfill: at most 1000");
}

TEST(Backfill, TriggersComeBack) {
    const Step step{17, 3, 31, "2026-01-03 00:00:00+00", "2026-01-04 00:00:00+00"};
    EXPECT_EQ(ToTrigger(step),
              "backfill 17 step 3 of 31: 2026-01-03 00:00:00+00 to 2026-01-04 00:00:00+00");
    EXPECT_EQ(ParseTrigger(ToTrigger(step)), step);
    for (const char* text :
         {"", "manual", "backfill", "backfill 1 step x of 3: a to b", "backfill 1 step 2 of 3: a"})
        EXPECT_EQ(ParseTrigger(text), std::nullopt) << text;
}

meta::RunRecord Record(const Step& step, std::string state, int64_t seconds) {
    meta::RunRecord record;
    record.trigger = ToTrigger(step);
    record.state = std::move(state);
    record.started = {seconds * 1'000'000};
    return record;
}

std::string Left(const std::vector<Step>& steps) {
    std::string text;
    for (const auto& step : steps)
        text += std::to_string(step.backfill) + ":" + std::to_string(step.number) + " ";
    return text;
}

TEST(Backfill, GoesOnWhereItStopped) {
    const auto steps = *StepsOf(*ParseDataType("bigint"), {"0", "3", "1"});
    auto first = steps;
    for (auto& step : first) step.backfill = 40;
    EXPECT_EQ(Left(Remaining(steps, {}, {0}, 50)), "50:1 50:2 50:3 ");
    // Newest first: step 2 was cut off, step 1 is done.
    const std::vector<meta::RunRecord> cut{Record(first[2], "failed", 12),
                                           Record(first[1], "failed", 11),
                                           Record(first[0], "succeeded", 10)};
    EXPECT_EQ(Left(Remaining(steps, cut, {0}, 50)), "40:2 40:3 ");
    // Applied again meanwhile: what was done is of another product.
    EXPECT_EQ(Left(Remaining(steps, cut, {20'000'000}, 50)), "50:1 50:2 50:3 ");
    // It has ended: asking again means again.
    const std::vector<meta::RunRecord> whole{Record(first[2], "succeeded", 12),
                                             Record(first[1], "succeeded", 11),
                                             Record(first[0], "succeeded", 10)};
    EXPECT_EQ(Left(Remaining(steps, whole, {0}, 50)), "50:1 50:2 50:3 ");
    // Another range of the same product is another backfill.
    const auto other = *StepsOf(*ParseDataType("bigint"), {"0", "4", "1"});
    EXPECT_EQ(Left(Remaining(other, cut, {0}, 50)), "50:1 50:2 50:3 50:4 ");
}

}  // namespace
}  // namespace weft::pipeline
