#include "catalog/row_checks.h"

#include <gtest/gtest.h>

namespace weft::catalog {
namespace {

model::Column Amount() {
    model::Column column;
    column.name = "amount";
    column.type = *ParseDataType("decimal(12,2)");
    return column;
}

TEST(RowChecks, BoundsBecomeOneExpressionWithTheColumnsType) {
    auto column = Amount();
    column.quality.minimum = "0";
    column.quality.exclusive_maximum = "100";
    const auto check = CheckOf(column);
    EXPECT_EQ(
        check.expression,
        "\"amount\" >= CAST('0' AS decimal(12,2)) AND \"amount\" < CAST('100' AS decimal(12,2))");
    EXPECT_EQ(check.name, "minimum 0 and below 100 of amount");
}

TEST(RowChecks, HostileTextStaysALiteral) {
    auto column = Amount();
    column.name = "a\"; DROP";
    column.type = *ParseDataType("varchar");
    column.quality.pattern = "x' OR '1'='1";
    EXPECT_EQ(CheckOf(column).expression, "regexp_full_match(\"a\"\"; DROP\", 'x'' OR ''1''=''1')");
}

TEST(RowChecks, AColumnWithoutRulesHasNoCheck) {
    EXPECT_TRUE(CheckOf(Amount()).expression.empty());
}

TEST(RowChecks, TheKeyIsOneSetAndRequired) {
    meta::BoundColumn a{Amount(), 1, {}}, b{Amount(), 2, {}}, c{Amount(), 3, {}};
    a.column.name = "a";
    b.column.name = "b";
    c.column.name = "c";
    a.column.primary_key = b.column.primary_key = true;
    c.column.unique = true;
    const std::vector<std::vector<std::string>> expected{{"a", "b"}, {"c"}};
    EXPECT_EQ(UniqueSets({a, b, c}), expected);
    EXPECT_TRUE(OutputColumns({a})[0].required);
    EXPECT_FALSE(OutputColumns({c})[0].required);
}

}  // namespace
}  // namespace weft::catalog
