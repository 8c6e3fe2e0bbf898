// Expected values are format_type's and quote_ident's of PostgreSQL 16.
#include "engine/pg_type_name.h"

#include <gtest/gtest.h>

namespace weft::engine {
namespace {

TEST(PgTypeName, ColumnTypesHaveTheirOids) {
    EXPECT_EQ(PgOidOfType("bigint"), 20u);
    EXPECT_EQ(PgOidOfType("decimal(12,2)"), 1700u);
    EXPECT_EQ(PgOidOfType("varchar"), 25u);
    EXPECT_EQ(PgOidOfType("varchar[]"), 1009u);
    EXPECT_EQ(PgOidOfType("decimal(4,1)[]"), 1231u);
    EXPECT_EQ(PgOidOfType("struct(a integer)"), 114u);
    EXPECT_EQ(PgOidOfType("struct(a integer)[]"), 199u);
    EXPECT_EQ(PgOidOfType("integer[][]"), 114u);
    EXPECT_EQ(PgOidOfType("timestamptz"), 1184u);
}

TEST(PgTypeName, FormatTypeSpellsThem) {
    EXPECT_EQ(PgTypeName(1700, 786438), "numeric(12,2)");
    EXPECT_EQ(PgTypeName(1231, 786438), "numeric(12,2)[]");
    EXPECT_EQ(PgTypeName(1043, 14), "character varying(10)");
    EXPECT_EQ(PgTypeName(1184, -1), "timestamp with time zone");
    EXPECT_EQ(PgTypeName(1009, {}), "text[]");
    EXPECT_EQ(PgTypeName(18, {}), "\"char\"");
    EXPECT_EQ(PgTypeName(1000, {}), "boolean[]");  // The first row of pg_type.
    EXPECT_EQ(PgTypeName(22, {}), "int2vector");
    EXPECT_EQ(PgTypeName(1005, {}), "smallint[]");
    EXPECT_EQ(PgTypeName(3802, {}), "jsonb");
    EXPECT_EQ(PgTypeName(0, {}), "-");
    EXPECT_EQ(PgTypeName(999'999, {}), "???");
    EXPECT_EQ(PgTypeName(-5, {}), "???");
}

TEST(PgTypeName, NamesAreQuotedAndTakenApart) {
    EXPECT_EQ(PgQuoteIdentifier("orders_2"), "orders_2");
    EXPECT_EQ(PgQuoteIdentifier("Order\"s"), "\"Order\"\"s\"");
    EXPECT_EQ(PgQuoteIdentifier("2x"), "\"2x\"");
    EXPECT_EQ(PgNameParts("Sales.\"My \"\"own\"\"\""), (std::vector<std::string>{"sales", "My \"own\""}));
    EXPECT_EQ(PgNameParts("orders"), std::vector<std::string>{"orders"});
    EXPECT_TRUE(PgNameParts("").empty());
    EXPECT_EQ(PgNameParts("\"open"), std::vector<std::string>{"open"});
}

}  // namespace
}  // namespace weft::engine
