// Loads of pushed records: what the node knows of them becomes columns, what is wrong with them
// dead letters.
#include <gtest/gtest.h>

#include "engine/job_test_world.h"

namespace weft::engine {
namespace {

constexpr int64_t kNoon = 1'735'732'800'000'000;  // 2025-01-01 12:00:00 UTC.

class JobPushed : public testing::Test {
  protected:
    void SetUp() override {
        world.Clear();
        world.shrink = 0;
        job.inputs = {{"clicks", {"", "shop"}}};
        job.rejected = true;
        job.bad_rows_share_max = 1;
        pushed.format = FileRelation::Format::kJsonLines;
        pushed.received = {{1, 101, kNoon, "k1"}, {3, 103, kNoon + 1'500'000, ""}};
        pushed.reject_unknown = true;
        pushed.columns = {Shown("id", "bigint", 1), Shown("price", "decimal(18,4)", 2),
                          Shown("page", "varchar", 3)};
        job.columns = {Declared("id", "bigint", 1), Declared("price", "decimal(18,4)", 2),
                       Declared("page", "varchar", 3), Declared("received_at", "timestamptz", 4),
                       Declared("_position", "bigint", 5)};
    }
    Ended Push(const std::string& lines) {
        world.PutFile(lines, pushed);
        return world.Run(job);
    }
    std::string Rows(const std::string& sql = "FROM read_parquet($)") {
        return ReadBack(world.Output(0), sql);
    }
    std::string Letters() {
        return ReadBack(world.Output(world.output_count() - 1),
                        "SELECT position, reason, key, epoch_us(received_at), file, line "
                        "FROM read_parquet($) ORDER BY position");
    }
    TestWorld& world = TestWorld::Get();
    Job job;
    FileRelation pushed;
};

TEST_F(JobPushed, TimeAndPositionComeFromTheLine) {
    const auto ended = Push("{\"id\":1}\n{\"id\":2}\n{\"page\":\"a\"}\n{\"id\":4}\n");
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(Rows("SELECT id, page, epoch_us(received_at), _position FROM read_parquet($)"),
              "1|NULL|1735732800000000|101\n2|NULL|1735732800000000|102\n"
              "NULL|a|1735732801500000|103\n4|NULL|1735732801500000|104\n");
    EXPECT_EQ(Rows("SELECT name, field_id FROM parquet_schema($) WHERE field_id > 3"),
              "received_at|4\n_position|5\n");
    EXPECT_EQ(ended.files.size(), 1u);
}

TEST_F(JobPushed, DeadLettersKnowPositionKeyAndTime) {
    job.columns[0].required = true;
    const auto ended = Push(
        "{\"id\":1,\"pge\":\"x\"}\n{\"id\":1,\"price\":2,\"id\":3}\n"
        "{\"id\":99999999999999999999}\n"
        "{\"id\":7,\"price\":12345678901234.5678}\n{\"price\":1}\n[1]\n"
        "{\"id\":8,\"qqqqqqqq\":1}\n");
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(Rows("SELECT id, price, _position FROM read_parquet($)"),
              "7|12345678901234.5678|104\n");
    EXPECT_EQ(
        Letters(),
        "101|unknown member 'pge'; the nearest column is 'page'|k1|1735732800000000|NULL|NULL\n"
        "102|member 'id' appears twice|k1|1735732800000000|NULL|NULL\n"
        "103|id: not a bigint|NULL|1735732801500000|NULL|NULL\n"
        "105|id: required|NULL|1735732801500000|NULL|NULL\n"
        "106|not a JSON object|NULL|1735732801500000|NULL|NULL\n"
        "107|unknown member 'qqqqqqqq'|NULL|1735732801500000|NULL|NULL\n");
    EXPECT_EQ(ended.bad_record_count, 6u);
    EXPECT_EQ(ended.bad_records[2].line, 3u);
}

TEST_F(JobPushed, UnknownMembersMayBeIgnored) {
    pushed.reject_unknown = false;
    pushed.columns[2].alias = "site";
    const auto ended = Push(
        "{\"ID\":1,\"x\":{\"id\":2},\"received_at\":\"2001-01-01\",\"site\":\"s\"}\n"
        "{\"x\":1,\"x\":2,\"page\":\"p\",\"site\":\"s\"}\n{\"id\":1,\"Id\":2}\n");
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(Rows("SELECT id, page, epoch_us(received_at), _position FROM read_parquet($)"),
              "1|s|1735732800000000|101\nNULL|p|1735732800000000|102\n");
    EXPECT_EQ(Letters(), "103|member 'Id' appears twice|NULL|1735732801500000|NULL|NULL\n");
}

TEST_F(JobPushed, NothingButBadRecordsIsNoFailure) {
    const auto ended = Push("x\n{\"id\":\"a\"}\n");
    ASSERT_TRUE(ended.ok) << ended.error.message;
    ASSERT_EQ(ended.files.size(), 1u);
    EXPECT_TRUE(ended.files[0].rejected);
    EXPECT_EQ(ended.files[0].row_count, 2u);
    EXPECT_EQ(ended.rows, 0u);
    EXPECT_EQ(ended.bad_record_count, 2u);
}

TEST_F(JobPushed, NothingAtAllIsNoFailure) {
    auto ended = Push("");
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_TRUE(ended.files.empty());
    pushed.columns.clear();
    ended = Push("");
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_TRUE(ended.files.empty());
}

TEST_F(JobPushed, TheNodesColumnsMayBeNamedAmongTheRecords) {
    pushed.columns.push_back(Shown("received_at", "timestamptz", 4));
    pushed.columns.push_back(Shown("_position", "bigint", 5));
    auto ended = Push("{\"id\":1}\n{\"id\":2,\"_position\":5}\n");
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(Rows("SELECT id, _position FROM read_parquet($)"), "1|101\n");
    EXPECT_EQ(Letters(), "102|unknown member '_position'|k1|1735732800000000|NULL|NULL\n");
    world.Clear();
    job.sql = "SELECT id, _position AS p FROM clicks ORDER BY 1";
    job.columns = {Declared("id", "bigint", 1), Declared("p", "bigint", 2)};
    ended = Push("{\"id\":1}\n{\"id\":2}\n");
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(Rows(), "1|101\n2|102\n");
}

TEST_F(JobPushed, HostileNumbersAndTexts) {
    job.columns[2].required = true;
    const auto ended = Push(
        "{\"page\":\"a\\u0000b\"}\n{\"id\":01,\"page\":\"b\"}\n{\"id\":9223372036854775807,"
        "\"page\":\"c\"}\n{\"id\":9223372036854775808,\"page\":\"d\"}\n{\"price\":1e3,\"page\":"
        "\"e\"}\n{\"price\":-0.00005,\"page\":\"f\"}\n{\"id\":1.5,\"page\":\"g\"}\n"
        "{\"id\":true,\"page\":\"h\"}\n{\"price\":123456789012345,\"page\":\"i\"}\n");
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(Rows("SELECT id, price, page FROM read_parquet($)"),
              "9223372036854775807|NULL|c\nNULL|1000.0000|e\nNULL|-0.0001|f\n");
    EXPECT_EQ(ReadBack(world.Output(world.output_count() - 1),
                       "SELECT position, reason FROM read_parquet($) ORDER BY position"),
              "101|not valid JSON\n102|not valid JSON\n104|id: not a bigint\n107|id: not a bigint\n"
              "108|id: not a bigint\n109|price: not a decimal(18,4)\n");
}

}  // namespace
}  // namespace weft::engine
