#include "catalog/ordinal.h"

#include <gtest/gtest.h>

namespace weft::catalog {
namespace {

DataType Type(std::string_view text) { return *ParseDataType(text); }

int64_t Ordinal(std::string_view type, std::string_view text) {
    const auto ordinal = OrdinalOf(Type(type), text);
    return ordinal ? *ordinal : -1'000'000;
}

// Microseconds by `date -ud`.
TEST(Ordinal, OfTexts) {
    EXPECT_EQ(Ordinal("timestamptz", "2026-11-22 09:00:00+01"), 1'795'334'400'000'000);
    EXPECT_EQ(Ordinal("timestamptz", "2026-11-22T08:00:00Z"), 1'795'334'400'000'000);
    EXPECT_EQ(Ordinal("timestamp", "2026-11-22"), 1'795'305'600'000'000);
    EXPECT_EQ(Ordinal("date", "1970-01-03"), 2);
    EXPECT_EQ(Ordinal("date", "1969-12-31"), -1);
    EXPECT_EQ(Ordinal("integer", "-7"), -7);
    EXPECT_EQ(Ordinal("bigint", "9223372036854775807"), INT64_MAX);
    EXPECT_FALSE(OrdinalOf(Type("timestamptz"), "infinity"));
    EXPECT_FALSE(OrdinalOf(Type("bigint"), "seven"));
}

TEST(Ordinal, TextComesBack) {
    EXPECT_EQ(*OrdinalText(Type("timestamptz"), 1'795'334'400'000'000), "2026-11-22 08:00:00+00");
    EXPECT_EQ(*OrdinalText(Type("timestamp"), 1'795'305'600'500'000), "2026-11-22 00:00:00.5");
    EXPECT_EQ(*OrdinalText(Type("date"), -1), "1969-12-31");
    EXPECT_EQ(*OrdinalText(Type("integer"), -7), "-7");
    EXPECT_FALSE(OrdinalText(Type("integer"), 1ll << 40));
}

TEST(Ordinal, OfBounds) {
    EXPECT_EQ(OrdinalOfBound(std::string("\xfe\xff\xff\xff", 4)), -2);
    EXPECT_EQ(OrdinalOfBound(std::string("\x02\x01\0\0\0\0\0\0", 8)), 258);
    EXPECT_EQ(OrdinalOfBound("abc"), std::nullopt);
    EXPECT_EQ(OrdinalOfBound(""), std::nullopt);
}

TEST(Ordinal, LengthsAndMoments) {
    EXPECT_EQ(OrdinalLength(Type("timestamp"), 600'000'000), 600'000'000);
    EXPECT_EQ(OrdinalLength(Type("date"), 1), 1);  // A day is the least that a date can be late.
    EXPECT_EQ(OrdinalLength(Type("date"), 2 * 86'400'000'000), 2);
    EXPECT_EQ(OrdinalLength(Type("bigint"), 1), std::nullopt);
    EXPECT_EQ(OrdinalOfTime(Type("date"), {1'795'334'400'000'000}), 20'779);
    EXPECT_EQ(OrdinalOfTime(Type("date"), {-1}), -1);
}

TEST(Ordinal, Watermarks) {
    EXPECT_EQ(ToText({12, "2026-11-22 10:00:00+00"}), "g12 2026-11-22 10:00:00+00");
    EXPECT_EQ(ParseWatermark("g12 2026-11-22 10:00:00+00"),
              (Watermark{12, "2026-11-22 10:00:00+00"}));
    EXPECT_EQ(ParseWatermark("g7"), (Watermark{7, ""}));
    for (const char* text : {"", "g", "gx", "12 a", "g12x", "g12 "})
        EXPECT_EQ(ParseWatermark(text), std::nullopt) << text;
}

}  // namespace
}  // namespace weft::catalog
