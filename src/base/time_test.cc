#include "base/time.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

// `date -u -d '2026-11-22T10:15:00Z' +%s` prints 1795342500.
constexpr Timestamp kMorning{1'795'342'500'000'000};

TEST(Time, Rfc3339HasAFractionOnlyWhenNotZero) {
    EXPECT_EQ(ToRfc3339(kMorning), "2026-11-22T10:15:00Z");
    EXPECT_EQ(ToRfc3339({kMorning.us + 123456}), "2026-11-22T10:15:00.123456Z");
    EXPECT_EQ(ToRfc3339({-1}), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(ToFileStamp(kMorning), "20261122T101500");
}

TEST(Time, Rfc3339IsReadInAllItsForms) {
    EXPECT_EQ(ParseRfc3339("2026-11-22T10:15:00Z"), kMorning);
    EXPECT_EQ(ParseRfc3339("2026-11-22 10:15:00z"), kMorning);
    EXPECT_EQ(ParseRfc3339("2026-11-22T12:15:00.5+02:00"), (Timestamp{kMorning.us + 500'000}));
    EXPECT_EQ(ParseRfc3339("2026-11-22T04:45:00.1234569-05:30"),
              (Timestamp{kMorning.us + 123'456}));
    EXPECT_EQ(ParseRfc3339("1969-12-31T23:59:59Z"), (Timestamp{-1'000'000}));
}

TEST(Time, WrongTimesAreRefused) {
    for (const auto* text :
         {"", "2026-11-22", "2026-11-22T10:15:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
          "2026-11-22T24:00:00Z", "2026-11-22T10:15:00.Z", "2026-11-22T10:15:00Zx",
          "2026-11-22T10:15:00+0200", "2026-11-22T10:60:00Z"}) {
        EXPECT_FALSE(ParseRfc3339(text)) << text;
    }
}

TEST(Time, DurationsForPeople) {
    EXPECT_EQ(HumanDuration(850), "850 µs");
    EXPECT_EQ(HumanDuration(35'000), "35 ms");
    EXPECT_EQ(HumanDuration(4'260'000), "4.2 s");
    EXPECT_EQ(HumanDuration(200'000'000), "3 min 20 s");
    EXPECT_EQ(HumanDuration(7'500'000'000), "2 h 5 min");
    EXPECT_EQ(HumanAge(0), "just now");
    EXPECT_EQ(HumanAge(125'000'000), "2 min ago");
    EXPECT_EQ(HumanAge(-5'000'000), "in 5 s");
    EXPECT_EQ(HumanAge(172'800'000'000), "2 days ago");
}

}  // namespace
}  // namespace weft
