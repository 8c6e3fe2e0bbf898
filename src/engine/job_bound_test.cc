#include "engine/job_bound.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace weft::engine {
namespace {

// Expected bytes by hand from the Iceberg specification, appendix D.
std::string Bound(std::string_view type, std::string_view text,
                  BoundSide side = BoundSide::kLower) {
    const auto bound = EncodeBound(*ParseDataType(type), text, side);
    return bound ? Hex(*bound) : "none";
}

TEST(JobBound, NumbersAreLittleEndianAndDecimalsBig) {
    EXPECT_EQ(Bound("boolean", "1"), "01");
    EXPECT_EQ(Bound("integer", "-2"), "feffffff");
    EXPECT_EQ(Bound("bigint", "258"), "0201000000000000");
    EXPECT_EQ(Bound("real", "1.5"), "0000c03f");
    EXPECT_EQ(Bound("double", "1.5"), "000000000000f83f");
    EXPECT_EQ(Bound("date", "1970-01-02"), "01000000");
    EXPECT_EQ(Bound("time", "00:00:01"), "40420f0000000000");
    EXPECT_EQ(Bound("timestamp", "1970-01-01 00:00:00.000001"), "0100000000000000");
    EXPECT_EQ(Bound("timestamptz", "1970-01-01 00:00:00.000002+00"), "0200000000000000");
    EXPECT_EQ(Bound("decimal(9,2)", "1.28"), "0080");
    EXPECT_EQ(Bound("decimal(9,2)", "-1.28"), "80");
    EXPECT_EQ(Bound("decimal(9,2)", "0.00"), "00");
    EXPECT_EQ(Bound("decimal(38,0)", "18446744073709551616"), "010000000000000000");
    EXPECT_EQ(Bound("uuid", "f79c3e09-677c-4bbd-a479-3f349cb785e7"),
              "f79c3e09677c4bbda4793f349cb785e7");
}

TEST(JobBound, NanHasNoBoundAndZeroKeepsItsSide) {
    EXPECT_EQ(Bound("real", "NaN"), "none");
    EXPECT_EQ(Bound("double", "0.0", BoundSide::kLower), "0000000000000080");
    EXPECT_EQ(Bound("double", "-0.0", BoundSide::kUpper), "0000000000000000");
}

TEST(JobBound, LongTextsAreCutAndTheUpperBoundRoundedUp) {
    EXPECT_EQ(Bound("varchar", "abc", BoundSide::kUpper), Hex("abc"));
    EXPECT_EQ(Bound("varchar", "abcdefghijklmnopqr", BoundSide::kLower), Hex("abcdefghijklmnop"));
    EXPECT_EQ(Bound("varchar", "abcdefghijklmnopqr", BoundSide::kUpper), Hex("abcdefghijklmnoq"));
    std::string accents;
    for (int i = 0; i < 17; ++i) accents += "\xC3\xA9";
    EXPECT_EQ(Bound("varchar", accents, BoundSide::kLower), Hex(accents.substr(0, 32)));
    EXPECT_EQ(Bound("varchar", accents, BoundSide::kUpper), Hex(accents.substr(0, 31) + "\xAA"));
    EXPECT_EQ(Bound("blob", std::string(34, 'f'), BoundSide::kUpper), "none");
    EXPECT_EQ(Bound("blob", std::string(30, '0') + "0102", BoundSide::kUpper),
              std::string(30, '0') + "02");
}

TEST(JobBound, RoundingUpSkipsSurrogatesAndCarries) {
    EXPECT_EQ(RoundUpText("a\xED\x9F\xBF"), "a\xEE\x80\x80");  // U+D7FF -> U+E000.
    EXPECT_EQ(RoundUpText("a\xF4\x8F\xBF\xBF"), "b");          // U+10FFFF carries.
    EXPECT_EQ(RoundUpText("\x7F"), "\xC2\x80");
    EXPECT_EQ(RoundUpText("\xEF\xBF\xBF"), "\xF0\x90\x80\x80");
    EXPECT_EQ(RoundUpText("\xF4\x8F\xBF\xBF"), std::nullopt);
    EXPECT_EQ(RoundUpBytes(std::string("\x01\xFF", 2)), std::string("\x02"));
}

}  // namespace
}  // namespace weft::engine
