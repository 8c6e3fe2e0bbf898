#include "iceberg/value.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/text.h"

namespace weft::iceberg {
namespace {

DataType Type(const char* text) { return ParseDataType(text).value(); }
std::string EncodeHex(const char* type, std::string_view text) {
    const auto encoded = EncodeValue(Type(type), text);
    return encoded ? Hex(*encoded) : "error: " + encoded.error().message;
}

// Appendix D of the specification (binary single-value serialisation); numbers by hand.
TEST(Value, EncodesLikeTheSpecification) {
    EXPECT_EQ(EncodeHex("boolean", "true"), "01");
    EXPECT_EQ(EncodeHex("integer", "-2"), "feffffff");
    EXPECT_EQ(EncodeHex("bigint", "258"), "0201000000000000");
    EXPECT_EQ(EncodeHex("real", "1.5"), "0000c03f");
    EXPECT_EQ(EncodeHex("double", "-0.5"), "000000000000e0bf");
    EXPECT_EQ(EncodeHex("date", "1970-01-03"), "02000000");
    EXPECT_EQ(EncodeHex("date", "1969-12-31"), "ffffffff");
    EXPECT_EQ(EncodeHex("time", "00:00:01.000002"), "42420f0000000000");
    EXPECT_EQ(EncodeHex("timestamp", "1970-01-01 00:00:00.5"), "20a1070000000000");
    EXPECT_EQ(EncodeHex("timestamptz", "1970-01-01 01:00:00+01"), "0000000000000000");
    EXPECT_EQ(EncodeHex("timestamptz", "1969-12-31 18:30:00-05:30"), "0000000000000000");
    EXPECT_EQ(EncodeHex("varchar", "aé"), "61c3a9");
    EXPECT_EQ(EncodeHex("uuid", "f79c3e09-677c-4bbd-a479-3f349cb785e7"),
              "f79c3e09677c4bbda4793f349cb785e7");
    EXPECT_EQ(EncodeHex("blob", "a\\x00\\xFF"), "6100ff");
    EXPECT_EQ(EncodeHex("decimal(14,2)", "14.20"), "058c");
    EXPECT_EQ(EncodeHex("decimal(14,2)", "-1.28"), "80");
    EXPECT_EQ(EncodeHex("decimal(14,2)", "1.28"), "0080");
    EXPECT_EQ(EncodeHex("decimal(14,2)", "0"), "00");
    EXPECT_EQ(EncodeHex("decimal(38,0)", "-99999999999999999999999999999999999999"),
              "b4c4b357a5793b85f675ddc000000001");
}

TEST(Value, TextComesBack) {
    const std::pair<const char*, const char*> cases[] = {
        {"boolean", "false"},
        {"integer", "-2147483648"},
        {"bigint", "9223372036854775807"},
        {"decimal(12,2)", "-0.05"},
        {"decimal(3,0)", "120"},
        {"date", "2026-11-22"},
        {"date", "0001-01-01"},
        {"time", "23:59:59.999999"},
        {"timestamp", "1969-12-31 23:59:59.999"},
        {"timestamptz", "2026-02-28 00:00:00+00"},
        {"uuid", "f79c3e09-677c-4bbd-a479-3f349cb785e7"},
        {"blob", "a\\x00\\xff"},
        {"varchar", "über"},
        {"double", "0.1"},
    };
    for (const auto& [type, text] : cases) {
        const auto encoded = EncodeValue(Type(type), text);
        ASSERT_TRUE(encoded) << type << " " << text;
        EXPECT_EQ(ValueText(Type(type), *encoded).value(), text) << type;
    }
}

TEST(Value, RefusesWhatIsNoValue) {
    const std::pair<const char*, const char*> cases[] = {
        {"integer", "2147483648"},
        {"integer", "1x"},
        {"integer", ""},
        {"decimal(4,2)", "1.234"},
        {"decimal(4,2)", "."},
        {"date", "2026-02-30"},
        {"date", "infinity"},
        {"date", "44-01-01 (BC)"},
        {"time", "25:00:00"},
        {"timestamp", "-infinity"},
        {"timestamp", "2026-01-01 1"},
        {"uuid", "f79c3e09"},
        {"blob", "\\x0"},
        {"boolean", "t"},
        {"integer[]", "[1]"},
    };
    for (const auto& [type, text] : cases) {
        EXPECT_FALSE(EncodeValue(Type(type), text)) << type << " " << text;
    }
    EXPECT_EQ(ValueText(Type("bigint"), "abc").error().code, Code::kCorrupt);
}

TEST(Value, ComparesAcrossWidthsAndSigns) {
    const auto less = std::partial_ordering::less;
    EXPECT_EQ(CompareValues(Type("bigint"), EncodeInt32(-5), EncodeInt64(3)), less);
    EXPECT_EQ(CompareValues(Type("double"), EncodeFloat(-1), EncodeDouble(0.5)), less);
    EXPECT_EQ(CompareValues(Type("double"), EncodeDouble(-0.0), EncodeDouble(0.0)),
              std::partial_ordering::equivalent);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(CompareValues(Type("double"), EncodeDouble(nan), EncodeDouble(0)),
              std::partial_ordering::unordered);
    EXPECT_EQ(CompareValues(Type("decimal(9,2)"), EncodeDecimal(-129), EncodeDecimal(128)), less);
    EXPECT_EQ(CompareValues(Type("varchar"), "z", "é"), less);  // Unsigned bytes.
}

TEST(Value, BoundsAreShortAndNeverTooNarrow) {
    const DataType text = Type("varchar");
    const std::string longer = "aaaaaaaaaaaaaaaazz";  // 16 times a, then more.
    EXPECT_EQ(LowerBound(text, longer).value(), std::string(16, 'a'));
    EXPECT_EQ(UpperBound(text, longer).value(), std::string(15, 'a') + "b");
    EXPECT_EQ(UpperBound(text, "short").value(), "short");
    std::string top;
    for (int i = 0; i < 17; ++i) top += "\U0010FFFF";
    EXPECT_FALSE(UpperBound(text, top).has_value());
    const std::string carry = std::string(15, 'a') + "\U0010FFFF" + "x";
    EXPECT_EQ(UpperBound(text, carry).value(), std::string(14, 'a') + "b");
    const std::string surrogate = std::string(15, 'a') + "\uD7FF" + "x";
    EXPECT_EQ(UpperBound(text, surrogate).value(), std::string(15, 'a') + "\uE000");
    EXPECT_FALSE(UpperBound(Type("blob"), std::string(20, '\xff')).has_value());
    EXPECT_EQ(Hex(LowerBound(Type("double"), EncodeDouble(0.0)).value()), "0000000000000080");
    EXPECT_EQ(Hex(UpperBound(Type("double"), EncodeDouble(-0.0)).value()), "0000000000000000");
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_FALSE(LowerBound(Type("real"), EncodeFloat(nan)).has_value());
}

}  // namespace
}  // namespace weft::iceberg
