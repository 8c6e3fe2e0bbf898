#include "catalog/bind_columns.h"

#include <gtest/gtest.h>

#include <set>

#include "iceberg/columns.h"

namespace weft::catalog {
namespace {

model::Column Column(std::string name, std::string_view type) {
    model::Column column;
    column.name = std::move(name);
    column.type = *ParseDataType(type);
    column.has_type = true;
    return column;
}

TEST(BindColumns, NewColumnsGetIdsInOrderFromOne) {
    const auto binding = BindColumns({Column("id", "bigint"), Column("name", "varchar")}, {}, 0);
    ASSERT_TRUE(binding);
    EXPECT_EQ(binding->columns[0].field_id, 1);
    EXPECT_EQ(binding->columns[1].field_id, 2);
    EXPECT_EQ(binding->last_column_id, 2);
}

TEST(BindColumns, ARenamedColumnKeepsItsId) {
    const auto before = BindColumns({Column("id", "bigint"), Column("mail", "varchar")}, {}, 0);
    auto renamed = Column("email", "varchar");
    renamed.was = "mail";
    const auto after =
        BindColumns({renamed, Column("id", "bigint")}, before->columns, before->last_column_id);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->columns[0].field_id, 2);
    EXPECT_EQ(after->columns[1].field_id, 1);
}

TEST(BindColumns, ADroppedColumnsIdDoesNotComeBack) {
    const auto first = BindColumns({Column("id", "bigint"), Column("note", "varchar")}, {}, 0);
    const auto dropped =
        BindColumns({Column("id", "bigint")}, first->columns, first->last_column_id);
    const auto again = BindColumns({Column("id", "bigint"), Column("note", "varchar")},
                                   dropped->columns, dropped->last_column_id);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->columns[1].field_id, 3);
}

TEST(BindColumns, PartsOfNestedTypesHaveIdsOfTheirOwn) {
    const auto binding = BindColumns(
        {Column("tags", "varchar[]"), Column("at", "struct(x integer, y integer)")}, {}, 0);
    ASSERT_TRUE(binding);
    EXPECT_EQ(binding->columns[0].child_ids.size(), 1u);
    EXPECT_EQ(binding->columns[1].child_ids.size(), 2u);
    std::set<int32_t> ids;
    for (const auto& column : binding->columns) {
        ids.insert(column.field_id);
        ids.insert(column.child_ids.begin(), column.child_ids.end());
    }
    EXPECT_EQ(ids.size(), 5u);
    EXPECT_EQ(*ids.rbegin(), binding->last_column_id);
}

}  // namespace
}  // namespace weft::catalog
