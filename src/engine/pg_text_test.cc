// Expected texts were captured from PostgreSQL 15.
#include "engine/pg_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weft::engine {
namespace {

template <class F, class... Args>
std::string Text(F write, Args... args) {
    char buffer[kPgTextMax];
    return {buffer, static_cast<size_t>(write(buffer, args...) - buffer)};
}

TEST(PgText, DoublesAreShortestInPostgresLayout) {
    const std::pair<double, const char*> cases[] = {
        {1e15, "1e+15"}, {1e14, "100000000000000"}, {123456789012345678.0, "1.2345678901234568e+17"}, {0.0001, "0.0001"},
        {0.00001, "1e-05"}, {1.5, "1.5"}, {-0.0, "-0"}, {std::nan(""), "NaN"}, {-INFINITY, "-Infinity"}, {1e300, "1e+300"},
        {5e-324, "5e-324"}, {0.1, "0.1"}, {1234567.891, "1234567.891"}, {1e100, "1e+100"}, {0.0, "0"}, {INFINITY, "Infinity"}};
    for (const auto& [value, text] : cases) EXPECT_EQ(Text(PgWriteDouble, value), text);
}

TEST(PgText, FloatsSwitchToExponentsEarlier) {
    const std::pair<float, const char*> cases[] = {{1e6f, "1e+06"}, {123456.f, "123456"}, {1.1f, "1.1"}, {0.0001f, "0.0001"},
                                                   {3.4028235e38f, "3.4028235e+38"}, {1e-45f, "1e-45"}, {16777216.f, "1.6777216e+07"}};
    for (const auto& [value, text] : cases) EXPECT_EQ(Text(PgWriteFloat, value), text);
}

TEST(PgText, IntervalsCarrySignsLikePostgres) {
    constexpr int64_t kSecond = 1'000'000, kHour = 3'600 * kSecond;
    EXPECT_EQ(Text(PgWriteInterval, 14, 3, 4 * kHour + 306'789'000), "1 year 2 mons 3 days 04:05:06.789");
    EXPECT_EQ(Text(PgWriteInterval, 0, -1, 2 * kHour + 180 * kSecond), "-1 days +02:03:00");
    EXPECT_EQ(Text(PgWriteInterval, 1, -1, int64_t{0}), "1 mon -1 days");
    EXPECT_EQ(Text(PgWriteInterval, 0, 0, int64_t{0}), "00:00:00");
    EXPECT_EQ(Text(PgWriteInterval, 0, 0, int64_t{-1'500'000}), "-00:00:01.5");
    EXPECT_EQ(Text(PgWriteInterval, -14, 3, -4 * kHour - 306 * kSecond), "-1 years -2 mons +3 days -04:05:06");
    EXPECT_EQ(Text(PgWriteInterval, 0, 1, int64_t{0}), "1 day");
    EXPECT_EQ(Text(PgWriteInterval, 0, 0, 100 * kHour), "100:00:00");
}

TEST(PgText, TimestampsAndDatesCoverErasAndInfinity) {
    EXPECT_EQ(Text(PgWriteTimestamp, int64_t{1'357'034'400'000'000}), "2013-01-01 10:00:00");
    EXPECT_EQ(Text(PgWriteTimestamp, int64_t{-63'517'780'800'000'000}), "0044-03-15 12:00:00 BC");
    EXPECT_EQ(Text(PgWriteTimestamp, int64_t{316'926'518'400'500'000}), "12013-01-01 00:00:00.5");
    EXPECT_EQ(Text(PgWriteTimestamp, int64_t{-1}), "1969-12-31 23:59:59.999999");
    EXPECT_EQ(Text(PgWriteDate, -735'160), "0044-03-15 BC");
    EXPECT_EQ(Text(PgWriteDate, 3'668'131), "12013-01-01");
    EXPECT_EQ(Text(PgWriteDate, std::numeric_limits<int32_t>::max()), "infinity");
    EXPECT_EQ(Text(PgWriteTimestampTz, int64_t{1'372'672'800'000'000} + 7'200'000'000, 7'200), "2013-07-01 12:00:00+02");
    EXPECT_EQ(Text(PgWriteOffset, 19'800), "+05:30");
    EXPECT_EQ(Text(PgWriteOffset, 3'208), "+00:53:28");
    EXPECT_EQ(Text(PgWriteOffset, -12'600), "-03:30");
    EXPECT_EQ(Text(PgWriteTime, int64_t{86'400'000'000}), "24:00:00");
}

TEST(PgText, DecimalsKeepTheirScale) {
    EXPECT_EQ(Text(PgWriteDecimal, __int128{1230}, 2u), "12.30");
    EXPECT_EQ(Text(PgWriteDecimal, __int128{-5}, 3u), "-0.005");
    EXPECT_EQ(Text(PgWriteDecimal, __int128{0}, 0u), "0");
    __int128 wide = 1;
    for (int i = 0; i < 37; ++i) wide *= 10;
    EXPECT_EQ(Text(PgWriteDecimal, wide, 2u), "100000000000000000000000000000000000.00");
}

TEST(PgText, ArrayElementsAreQuotedOnlyWhenTheyMust) {
    std::string out;
    for (const char* element : {"a", "b c", "", "NULL", "x\"y", "p\\q", "{", "1,2"}) {
        PgAppendElement(out, element);
        out += '|';
    }
    EXPECT_EQ(out, "a|\"b c\"|\"\"|\"NULL\"|\"x\\\"y\"|\"p\\\\q\"|\"{\"|\"1,2\"|");
}

TEST(PgText, UuidAndByteaAreLowerCaseHex) {
    EXPECT_EQ(Text(PgWriteUuid, 0x0123'4567'89ab'cdefull, 0xfedc'ba98'7654'3210ull), "01234567-89ab-cdef-fedc-ba9876543210");
    EXPECT_EQ(PgBytea(std::string_view("\x0a\xff", 2)), "\\x0aff");
}

}  // namespace
}  // namespace weft::engine
