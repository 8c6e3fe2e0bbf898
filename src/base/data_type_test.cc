#include "base/data_type.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

std::string Canonical(std::string_view text) {
    const auto type = ParseDataType(text);
    return type ? ToString(*type) : "error: " + type.error().message;
}

TEST(DataType, SynonymsHaveOneCanonicalForm) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"INT4", "integer"},
        {"tinyint", "integer"},
        {"uinteger", "bigint"},
        {"UBIGINT", "decimal(20,0)"},
        {"hugeint", "decimal(38,0)"},
        {"decimal", "decimal(18,3)"},
        {"numeric( 5 )", "decimal(5,0)"},
        {"text", "varchar"},
        {"varchar(20)", "varchar"},
        {"character varying(9)", "varchar"},
        {"json", "varchar"},
        {"enum('a', 'it''s')", "varchar"},
        {"double precision", "double"},
        {"float", "real"},
        {"timestamp with time zone", "timestamptz"},
        {"timestamp_ns", "timestamp"},
        {"timestamp without time zone", "timestamp"},
        {"bytea", "blob"}};
    for (const auto& [text, canonical] : cases) EXPECT_EQ(Canonical(text), canonical) << text;
}

TEST(DataType, NestedTypesReadBackAsTheyAreWritten) {
    for (const auto* text : {"varchar[][]", "struct(a integer, b varchar)", "map(varchar, bigint)",
                             "struct(\"two words\" date, \"order\" map(uuid, decimal(12,2)[]))"}) {
        EXPECT_EQ(Canonical(text), text);
        EXPECT_EQ(ParseDataType(Canonical(text)).value(), ParseDataType(text).value());
    }
    EXPECT_EQ(ToString(ParseDataType("STRUCT(\"a\"\"b\" INT)[]").value()),
              "struct(\"a\"\"b\" integer)[]");
}

TEST(DataType, WrongTypesNameTheNearest) {
    const auto wrong = ParseDataType("bigitn");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, Code::kInvalid);
    EXPECT_EQ(wrong.error().hint, "did you mean `bigint`?");
    for (const auto* text :
         {"", "decimal(39,2)", "decimal(5,6)", "decimal(12", "struct()", "struct(a int, A int)",
          "map(int)", "integer[3]", "interval", "integer x", "list", "enum(a)"}) {
        EXPECT_FALSE(ParseDataType(text)) << text;
    }
}

TEST(DataType, DepthAndLengthAreBounded) {
    std::string lists = "integer";
    for (int i = 0; i < 15; ++i) lists += "[]";
    EXPECT_TRUE(ParseDataType(lists));
    EXPECT_EQ(ParseDataType(lists + "[]").error().code, Code::kLimit);
    std::string structs;
    for (int i = 0; i < 500; ++i) structs += "struct(a ";
    EXPECT_EQ(ParseDataType(structs).error().code, Code::kLimit);
    EXPECT_EQ(ParseDataType("struct(a " + lists + ")").error().code, Code::kLimit);
    EXPECT_EQ(ParseDataType(std::string(5000, 'a')).error().code, Code::kLimit);
}

TEST(DataType, WideningIsWhatIcebergPromotes) {
    const auto widens = [](std::string_view from, std::string_view to) {
        return IsWidening(ParseDataType(from).value(), ParseDataType(to).value());
    };
    EXPECT_TRUE(widens("integer", "bigint"));
    EXPECT_TRUE(widens("real", "double"));
    EXPECT_TRUE(widens("decimal(5,2)", "decimal(9,2)"));
    EXPECT_TRUE(widens("integer[]", "integer[]"));
    EXPECT_FALSE(widens("bigint", "integer"));
    EXPECT_FALSE(widens("decimal(5,2)", "decimal(9,3)"));
    EXPECT_FALSE(widens("integer[]", "bigint[]"));
    EXPECT_FALSE(widens("integer", "double"));
}

}  // namespace
}  // namespace weft
