#include <gtest/gtest.h>

#include "engine/job_test_world.h"

namespace weft::engine {
namespace {

class StatementRun : public testing::Test {
  protected:
    void SetUp() override {
        world.Clear();
        BlockWriter rows({Shown("id", "bigint", 1), Shown("region", "varchar", 2)});
        rows.Bigint(1).Text("EU").Bigint(2).Text("US").Bigint(3).Text("EU");
        world.Put({"sales", "orders"}, std::move(rows).Finish());
        parts.relation = {"sales", "orders"};
    }
    TestWorld& world = TestWorld::Get();
    Statement parts;
};

TEST_F(StatementRun, PartsSelectFilterOrderAndLimit) {
    parts.columns = {"id"};
    parts.where = "region = 'EU'";
    parts.order = {{"id", true}};
    parts.limit = 1;
    const auto [rows, ended] = world.Run(parts);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(rows, "{\"id\":3}\n");
    EXPECT_EQ(ended.rows, 1u);
    EXPECT_EQ(ended.bytes, rows.size());
    ASSERT_EQ(world.head.columns.size(), 1u);
    EXPECT_EQ(ToString(world.head.columns[0].type), "bigint");
    ASSERT_EQ(ended.reports.size(), 1u);
    EXPECT_EQ(ended.reports[0].tag, "SELECT 1");
    EXPECT_EQ(ended.reports[0].relations, (std::vector<RelationName>{{"sales", "orders"}}));
}

TEST_F(StatementRun, FilterIsOneConditionAboutOneRow) {
    for (const auto* where : {"1", "id", "id = 1, id = 2", "true) OR (true", "id IN (SELECT 1)",
                              "count(*) > 1", "EXISTS (FROM sales.orders)", "id = 1; DROP TABLE x",
                              "true AS x", "read_text('/etc/passwd') = ''"}) {
        parts.where = where;
        const auto [rows, ended] = world.Run(parts);
        EXPECT_FALSE(ended.ok) << where;
        EXPECT_EQ(rows, "") << where;
    }
    parts.where = "regin = 'EU'";
    const auto [rows, ended] = world.Run(parts);
    EXPECT_EQ(ended.error.sqlstate, "42703");
    EXPECT_EQ(ended.error.hint, "did you mean 'region'?");
}

TEST_F(StatementRun, ParametersAreBoundNotPasted) {
    Statement statement;
    statement.sql = "SELECT id FROM sales.orders WHERE id >= $1 AND region = $2 ORDER BY id";
    statement.parameters = {"2", "EU"};
    statement.format = Format::kCsv;
    EXPECT_EQ(world.Run(statement).first, "id\r\n3\r\n");
    statement.parameters = {"2", "EU' OR 'x' = 'x"};
    EXPECT_EQ(world.Run(statement).first, "id\r\n");
    statement.parameters = {"2"};
    EXPECT_FALSE(world.Run(statement).second.ok);
    statement.parameters = {"two", "EU"};
    EXPECT_FALSE(world.Run(statement).second.ok);
}

TEST_F(StatementRun, OnlyOneReadingStatement) {
    Statement statement;
    for (const auto* sql :
         {"", ";", "SELECT 1; SELECT 2", "CREATE TABLE t(i INT)", "SET threads = 9",
          "COPY (SELECT 1) TO 'x'", "SELECT * FROM '/etc/passwd'", "SELECT * FROM sales.nothing",
          "SELECT weft_keep(1)"}) {
        statement.sql = sql;
        statement.relation = {"no", "such"};
        EXPECT_FALSE(world.Run(statement).second.ok) << sql;
    }
}

TEST_F(StatementRun, DescribeSendsNoRows) {
    parts.describe_only = true;
    const auto [rows, ended] = world.Run(parts);
    EXPECT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(rows, "");
    EXPECT_EQ(world.head.columns.size(), 2u);
}

TEST_F(StatementRun, ResultLimitEndsTheStatement) {
    Statement statement;
    statement.sql = "SELECT range AS a FROM range(1000000)";
    statement.limits.result_bytes = 100'000;
    const auto [rows, ended] = world.Run(statement);
    EXPECT_EQ(ended.error.code, Code::kLimit);
    EXPECT_LE(rows.size(), 100'000u);
    statement.format = Format::kParquet;
    EXPECT_EQ(world.Run(statement).second.error.code, Code::kLimit);
}

TEST_F(StatementRun, ParquetArrivesWhole) {
    parts.format = Format::kParquet;
    const auto [rows, ended] = world.Run(parts);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(ended.rows, 3u);
    EXPECT_EQ(ReadBack(rows, "FROM read_parquet($) ORDER BY id"), "1|EU\n2|US\n3|EU\n");
}

TEST_F(StatementRun, ErrorOfALaterRowIsAnError) {
    Statement statement;
    statement.sql =
        "SELECT CASE WHEN range = 500000 THEN error('late') ELSE '' END AS a FROM range(1000000)";
    EXPECT_FALSE(world.Run(statement).second.ok);
}

}  // namespace
}  // namespace weft::engine
