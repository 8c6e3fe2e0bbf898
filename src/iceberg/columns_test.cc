#include "iceberg/columns.h"

#include <gtest/gtest.h>

namespace weft::iceberg {
namespace {

Field Make(int32_t id, const char* name, const char* type, bool required = false) {
    Field field;
    field.id = id;
    field.name = name;
    field.type = ParseDataType(type).value();
    field.required = required;
    return field;
}

Columns Of(std::vector<Field> fields) {
    Columns columns;
    columns.fields = std::move(fields);
    return columns;
}

TEST(Columns, IdsAreGivenTopLevelFirstAndKeptForOldColumns) {
    Columns columns = Of({Make(3, "old", "integer"), Make(0, "tags", "map(varchar, integer[])"),
                          Make(0, "note", "varchar")});
    EXPECT_EQ(AssignIds(columns, 7).value(), 12);
    EXPECT_EQ(columns.fields[0].id, 3);
    EXPECT_EQ(columns.fields[1].id, 8);
    EXPECT_EQ(columns.fields[2].id, 9);
    EXPECT_EQ(columns.fields[1].child_ids, (std::vector<int32_t>{10, 11, 12}));
    EXPECT_EQ(MaxFieldId(columns), 12);
    EXPECT_EQ(AssignIds(columns, 12).value(), 12);
    Columns full = Of({Make(0, "a", "integer")});
    EXPECT_EQ(AssignIds(full, 2'147'483'000).error().code, Code::kLimit);
}

TEST(Columns, JsonIsTheSpecificationsAndComesBack) {
    Columns columns = Of({Make(0, "id", "bigint", true), Make(0, "amount", "decimal(12,2)"),
                          Make(0, "place", "struct(lat double, names varchar[])"),
                          Make(0, "m", "map(date, uuid)")});
    ASSERT_TRUE(AssignIds(columns, 0));
    columns.identifier_field_ids = {1};
    columns.fields[0].doc = "the key";
    const char* const kExpected = R"json({"type":"struct","schema-id":0,"fields":[
{"id":1,"name":"id","required":true,"type":"long","doc":"the key"},
{"id":2,"name":"amount","required":false,"type":"decimal(12, 2)"},
{"id":3,"name":"place","required":false,"type":{"type":"struct","fields":[
{"id":5,"name":"lat","required":false,"type":"double"},
{"id":6,"name":"names","required":false,"type":{"type":"list","element-id":7,
"element":"string","element-required":false}}]}},
{"id":4,"name":"m","required":false,"type":{"type":"map","key-id":8,"key":"date",
"value-id":9,"value":"uuid","value-required":false}}],"identifier-field-ids":[1]})json";
    EXPECT_EQ(ToJson(columns), ParseJson(kExpected).value());
    EXPECT_EQ(ColumnsFromJson(ToJson(columns)).value(), columns);
}

TEST(Columns, EvolutionFollowsTheRules) {
    const Columns from =
        Of({Make(1, "a", "integer"), Make(2, "b", "varchar"), Make(3, "c", "decimal(9,2)")});
    const Evolution rules{5, false};
    const auto check = [&](std::vector<Field> to) {
        return CheckEvolution(from, Of(std::move(to)), rules);
    };
    EXPECT_TRUE(check({Make(1, "renamed", "bigint"), Make(3, "c", "decimal(12,2)")}));
    EXPECT_TRUE(check({Make(1, "a", "integer"), Make(6, "new", "date")}));
    EXPECT_FALSE(check({Make(2, "b", "integer")}));                        // Not a widening.
    EXPECT_FALSE(check({Make(3, "c", "decimal(12,3)")}));                  // Another scale.
    EXPECT_FALSE(check({Make(1, "a", "integer"), Make(4, "x", "date")}));  // Id 4 was used before.
    EXPECT_FALSE(check({Make(6, "new", "date", true)}));                   // Old rows have none.
    EXPECT_FALSE(check({Make(1, "a", "integer", true)}));
    EXPECT_FALSE(check({Make(1, "a", "integer"), Make(2, "A", "varchar")}));  // Equal without case.
    EXPECT_FALSE(check({Make(1, "a", "integer"), Make(1, "d", "integer")}));
    EXPECT_FALSE(check({}));
    EXPECT_TRUE(CheckEvolution(from, Of({Make(6, "new", "date", true)}), {5, true}));
}

TEST(Columns, HostileJsonIsRefused) {
    const auto read = [](const std::string& type) {
        return ColumnsFromJson(
            ParseJson(R"({"fields":[{"id":1,"name":"a","required":false,"type":)" + type + "}]}")
                .value());
    };
    EXPECT_TRUE(read("\"fixed[4]\""));
    EXPECT_EQ(read("\"geometry\"").error().code, Code::kInvalid);
    EXPECT_EQ(read("\"decimal(39, 2)\"").error().code, Code::kCorrupt);
    EXPECT_EQ(read("7").error().code, Code::kCorrupt);
    EXPECT_EQ(read(R"({"type":"list","element-id":-1,"element":"int"})").error().code,
              Code::kCorrupt);
    std::string deep = "\"int\"";
    for (int i = 0; i < 20; ++i) deep = R"({"type":"list","element-id":2,"element":)" + deep + "}";
    EXPECT_EQ(read(deep).error().code, Code::kLimit);
}

}  // namespace
}  // namespace weft::iceberg
