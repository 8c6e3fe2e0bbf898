#include "base/json.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(Json, KeepsOrderAndValues) {
    const auto value = ParseJson(R"({"b": [1, -2, 2.5, null, true], "a": {"x": "\u00e4"}})");
    ASSERT_TRUE(value);
    EXPECT_EQ(DumpJson(*value), R"({"b":[1,-2,2.5,null,true],"a":{"x":"ä"}})");
}

TEST(Json, ErrorsNameTheByte) {
    const auto wrong = ParseJson("{\"a\": 1,}");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Code::kInvalid);
    EXPECT_EQ(wrong.error().message, "not valid JSON at byte 9");
    for (const auto* text : {"", "{", "[1] 2", "\"\xFF\"", "1e999", "nul"})
        EXPECT_FALSE(ParseJson(text)) << text;
}

TEST(Json, DuplicateKeysAreRefusedPerObject) {
    EXPECT_EQ(ParseJson(R"({"a":1,"a":2})").error().code, Code::kInvalid);
    EXPECT_EQ(ParseJson(R"({"a":{"b":1,"b":1}})").error().code, Code::kInvalid);
    EXPECT_TRUE(ParseJson(R"([{"a":1},{"a":2},{"b":{"a":1},"a":1}])"));
}

TEST(Json, DepthAndSizeAreBounded) {
    EXPECT_TRUE(ParseJson(std::string(64, '[') + std::string(64, ']')));
    EXPECT_EQ(ParseJson(std::string(65, '[') + std::string(65, ']')).error().code, Code::kInvalid);
    EXPECT_EQ(ParseJson(std::string(1'000'000, '[')).error().code, Code::kInvalid);
    EXPECT_EQ(ParseJson("[1,2]", 4).error().code, Code::kLimit);
}

TEST(Json, ManyKeysAreReadInLinearTime) {
    std::string text = "{";
    for (int i = 0; i < 200'000; ++i) text += "\"" + std::to_string(i) + "\":0,";
    text += "\"end\":1}";
    const auto value = ParseJson(text);  // Quadratic work would take minutes here.
    ASSERT_TRUE(value);
    EXPECT_EQ(value->size(), 200'001u);
}

TEST(Json, MembersNeverThrow) {
    const Json value = ParseJson(R"({"s":"x","i":-3,"b":true,"big":18446744073709551615})").value();
    EXPECT_EQ(JsonString(value, "s"), "x");
    EXPECT_EQ(JsonString(value, "i", "other"), "other");
    EXPECT_EQ(JsonInt(value, "i"), -3);
    EXPECT_EQ(JsonInt(value, "big", 7), 7);
    EXPECT_EQ(JsonInt(value, "s", 7), 7);
    EXPECT_TRUE(JsonBool(value, "b"));
    EXPECT_EQ(JsonInt(Json(3), "i", 7), 7);
}

TEST(Json, InvalidUtf8IsReplacedWhenWritten) {
    EXPECT_EQ(DumpJson(Json("a\xFF")), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace weft
