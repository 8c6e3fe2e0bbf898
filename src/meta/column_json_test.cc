#include "meta/column_json.h"

#include <gtest/gtest.h>

namespace weft::meta {
namespace {

model::Column FullColumn() {
    model::Column column;
    column.name = "Beträge \"x\"";
    column.type = ParseDataType("struct(a integer, b decimal(12,2)[])").value();
    column.has_type = true;
    column.required = column.unique = column.primary_key = true;
    column.description = "What it is.";
    column.classification = "personal";
    column.mask = "mask-alphanum";
    column.was = "old_name";
    column.references = model::ColumnReference{
        .domain = "crm", .product = "customers", .port = "items", .column = "id"};
    column.quality = {.minimum = "0",
                      .maximum = "10",
                      .exclusive_minimum = "-1",
                      .exclusive_maximum = "11",
                      .pattern = "[a-z]+",
                      .values = {"a", "b"},
                      .min_length = 1,
                      .max_length = 9};
    return column;
}

TEST(ColumnJson, EveryMemberComesBack) {
    const model::Column column = FullColumn();
    EXPECT_EQ(ColumnFromJson(ToJson(column)).value(), column);
    model::Column plain;
    plain.name = "id";
    EXPECT_EQ(ColumnFromJson(ToJson(plain)).value(), plain);
    EXPECT_EQ(DumpJson(ToJson(plain)), R"({"name":"id"})");
}

TEST(ColumnJson, BoundColumnKeepsItsFieldIds) {
    const BoundColumn bound{.column = FullColumn(), .field_id = 7, .child_ids = {8, 9, 10}};
    const BoundColumn back = BoundColumnFromJson(ToJson(bound)).value();
    EXPECT_EQ(back.field_id, 7);
    EXPECT_EQ(back.child_ids, bound.child_ids);
    EXPECT_EQ(back.column, bound.column);
}

TEST(ColumnJson, DamageIsCorrupt) {
    EXPECT_EQ(ColumnFromJson(Json::object()).error().code, Code::kCorrupt);
    EXPECT_EQ(ColumnFromJson({{"name", "a"}, {"type", "nonsense"}}).error().code, Code::kCorrupt);
    EXPECT_EQ(BoundColumnFromJson({{"name", "a"}, {"child_ids", {"x"}}}).error().code,
              Code::kCorrupt);
}

}  // namespace
}  // namespace weft::meta
