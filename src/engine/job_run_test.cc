#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "engine/job_test_world.h"

namespace weft::engine {
namespace {

class JobRun : public testing::Test {
  protected:
    void SetUp() override {
        world.Clear();
        world.shrink = 0;
        job.inputs = {{"shop", {"", "shop"}}};
    }
    TestWorld& world = TestWorld::Get();
    Job job;
};

TEST_F(JobRun, CsvBecomesTypedParquetWithFieldIdsAndBounds) {
    world.PutFile("amount,id,note\n12.50,2,b\n-1,1,\"a, b\"\n,3,\n");
    job.columns = {Declared("id", "bigint", 1, true), Declared("amount", "decimal(12,2)", 2),
                   Declared("note", "varchar", 3)};
    job.sort_by = {"id"};
    const auto ended = world.Run(job);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    ASSERT_EQ(ended.files.size(), 1u);
    const auto& file = ended.files[0];
    EXPECT_EQ(file.row_count, 3u);
    EXPECT_EQ(file.size_bytes, world.Output(0).size());
    EXPECT_EQ(ReadBack(world.Output(0), "FROM read_parquet($)"),
              "1|-1.00|a, b\n2|12.50|b\n3|NULL|NULL\n");
    EXPECT_EQ(ReadBack(world.Output(0),
                       "SELECT name, field_id FROM parquet_schema($) WHERE field_id > 0"),
              "id|1\namount|2\nnote|3\n");
    ASSERT_EQ(file.columns.size(), 3u);
    for (const auto& column : file.columns) {
        EXPECT_EQ(column.value_count, 3u);
        EXPECT_EQ(column.null_count, column.field_id == 1 ? 0u : 1u);
        ASSERT_TRUE(column.has_bounds);
        if (column.field_id == 1) {
            EXPECT_EQ(Hex(column.upper), "0300000000000000");
        }
        if (column.field_id == 2) {
            EXPECT_EQ(Hex(column.lower) + " " + Hex(column.upper), "9c 04e2");
        }
        if (column.field_id == 3) {
            EXPECT_EQ(column.lower, "a, b");
        }
    }
    ASSERT_EQ(ended.checks.size(), 1u);
    EXPECT_EQ(ended.checks[0].name, "required id");
    EXPECT_EQ(ended.checks[0].failed, 0u);
}

TEST_F(JobRun, FirstBadRecordFailsALoadAndNamesItsPlace) {
    world.PutFile("id,amount\n1,2.5\n2,abc\n\"x\ny\",1\n4\n,5\n");
    job.columns = {Declared("id", "bigint", 1, true), Declared("amount", "decimal(12,2)", 2)};
    const auto ended = world.Run(job);
    ASSERT_FALSE(ended.ok);
    EXPECT_EQ(ended.error.code, Code::kInvalid);
    EXPECT_EQ(
        ended.error.message,
        "4 of 5 records break the contract; first: orders.csv:3: amount: not a decimal(12,2)");
    EXPECT_TRUE(ended.files.empty());
    ASSERT_EQ(ended.bad_records.size(), 4u);
    EXPECT_EQ(ended.bad_records[1].line, 4u);
    EXPECT_EQ(ended.bad_records[1].reason, "not a bigint");
    EXPECT_EQ(ended.bad_records[1].raw, "\"x\ny\",1");
    EXPECT_EQ(ended.bad_records[2].line, 6u);
    EXPECT_EQ(ended.bad_records[2].reason, "1 fields, 2 expected");
    EXPECT_EQ(ended.bad_records[3].line, 7u);
    EXPECT_EQ(ended.bad_records[3].reason, "required");
}

TEST_F(JobRun, ToleratedRecordsGoToRejected) {
    world.PutFile("id,amount\n1,2.5\n2,abc\n3,-1\n4,4\n");
    job.columns = {Declared("id", "bigint", 1), Declared("amount", "decimal(12,2)", 2)};
    job.columns[1].check = "amount >= 0";
    job.columns[1].check_name = "minimum 0 of amount";
    job.bad_rows_share_max = 0.5;
    job.rejected = true;
    const auto ended = world.Run(job);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    ASSERT_EQ(ended.files.size(), 2u);
    EXPECT_EQ(ended.rows, 2u);
    EXPECT_TRUE(ended.files[1].rejected);
    EXPECT_EQ(ReadBack(world.Output(0), "FROM read_parquet($)"), "1|2.50\n4|4.00\n");
    EXPECT_EQ(ReadBack(world.Output(1),
                       "SELECT reason, file, line, raw, received_at IS NULL FROM read_parquet($) "
                       "ORDER BY line"),
              "amount: not a decimal(12,2)|orders.csv|3|2,abc|false\namount: minimum 0 of "
              "amount|orders.csv|4|3,-1|false\n");
    ASSERT_EQ(ended.checks.size(), 1u);
    EXPECT_EQ(ended.checks[0].failed, 1u);
}

TEST_F(JobRun, SqlReadsItsInputsAndRowRulesHoldForItsRows) {
    world.PutFile("id,amount\n1,2\n1,3\n2,50\n", {});
    BlockWriter rows({Shown("id", "bigint", 1), Shown("name", "varchar", 2)});
    rows.Bigint(1).Text("one").Bigint(2).Text("two");
    world.Put({"crm", "customers"}, std::move(rows).Finish());
    job.sql =
        "SELECT c.name, sum(s.amount) AS total, [count(*)] AS n FROM shop s JOIN crm.customers c "
        "USING (id) GROUP BY ALL ORDER BY 1";
    auto described = job;
    EXPECT_TRUE(world.Run(described).ok);
    ASSERT_EQ(world.head.columns.size(), 3u);
    EXPECT_EQ(ToString(world.head.columns[1].type), "decimal(38,0)");
    EXPECT_EQ(ToString(world.head.columns[2].type), "bigint[]");

    job.columns = {Declared("name", "varchar", 1), Declared("total", "bigint", 2),
                   Declared("n", "integer[]", 3)};
    job.columns[2].child_ids = {4};
    job.columns[1].check = "total < 50";
    job.columns[1].check_name = "maximum 49 of total";
    job.bad_rows_max = 1;
    const auto ended = world.Run(job);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(ReadBack(world.Output(0), "FROM read_parquet($)"), "one|5|[2]\n");
    ASSERT_EQ(ended.bad_records.size(), 1u);
    EXPECT_EQ(ended.bad_records[0].raw, "{\"name\":\"two\",\"total\":50,\"n\":[1]}");
}

TEST_F(JobRun, UndeclaredAndMissingColumnsAreNamedTogether) {
    world.PutFile("id,amout\n1,2\n");
    job.sql = "SELECT * FROM shop";
    job.columns = {Declared("id", "bigint", 1), Declared("amount", "bigint", 2)};
    const auto ended = world.Run(job);
    ASSERT_FALSE(ended.ok);
    EXPECT_NE(ended.error.message.find("'amount' is declared but not produced"), std::string::npos);
    EXPECT_NE(ended.error.message.find("nearest produced is 'amout'"), std::string::npos);
    EXPECT_NE(ended.error.message.find("'amout' is produced but not declared"), std::string::npos);
    job.sql.clear();
    const auto whole = world.Run(job);
    ASSERT_FALSE(whole.ok);
    EXPECT_NE(whole.error.message.find("orders.csv has no column 'amount'; the nearest is 'amout'"),
              std::string::npos);
}

TEST_F(JobRun, AHeaderThatNamesAColumnTwiceIsSaidSo) {
    constexpr const char* kWhy = "orders.csv: the header names the column 'id' twice";
    world.PutFile("id,x,x,ID\n1,2,3,4\n");
    job.columns = {Declared("id", "bigint", 1)};
    EXPECT_NE(world.Run(job).error.message.find(kWhy), std::string::npos);
    FileRelation told;
    told.header = true;
    world.PutFile("id,ID\n1,2\n", told);
    job.columns.clear();  // As a plan does.
    EXPECT_EQ(world.Run(job).error.message,
              "orders.csv: the header names the column 'ID' twice");
    world.PutFile("id,x,x\n1,2,3\n");  // What nobody asks for may be there twice.
    job.columns = {Declared("id", "bigint", 1)};
    EXPECT_TRUE(world.Run(job).ok);
}

TEST_F(JobRun, DuplicatesOfAPromisedKeyAreCounted) {
    world.PutFile("id,part\n1,a\n1,b\n1,a\n2,\n2,\n");
    job.columns = {Declared("id", "bigint", 1), Declared("part", "varchar", 2)};
    job.unique = {{"id"}, {"id", "part"}};
    const auto ended = world.Run(job);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    ASSERT_EQ(ended.checks.size(), 2u);
    EXPECT_EQ(ended.checks[0].name, "unique id");
    EXPECT_EQ(ended.checks[0].failed, 3u);
    EXPECT_EQ(ended.checks[1].failed, 1u);  // Nulls are no duplicates.
}

TEST_F(JobRun, JsonLinesKeepNestedValues) {
    FileRelation json;
    json.format = FileRelation::Format::kJsonLines;
    world.PutFile(
        "{\"id\":1,\"tags\":[\"a\",\"b\"],\"seen\":\"2013-01-01T05:00:00Z\"}\n{\"id\":\"x\"}\nnot "
        "json\n{\"id\":2}\n",
        json);
    job.columns = {Declared("id", "bigint", 1), Declared("tags", "varchar[]", 2),
                   Declared("seen", "timestamptz", 3)};
    job.columns[1].child_ids = {4};
    job.bad_rows_max = 2;
    const auto ended = world.Run(job);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(ReadBack(world.Output(0), "SELECT id, tags, epoch_us(seen) FROM read_parquet($)"),
              "1|[a, b]|1357016400000000\n2|NULL|NULL\n");
    EXPECT_EQ(ended.bad_records[0].line, 2u);
    EXPECT_EQ(ended.bad_records[1].reason, "not a JSON object");
}

TEST_F(JobRun, HostileFilesEndInErrorsOrBadRecords) {
    job.columns = {Declared("id", "bigint", 1)};
    world.PutFile("");
    EXPECT_TRUE(world.Run(job).files.empty());
    world.PutFile(std::string("id\n1\n\0\n\xff\n2.5\n99999999999999999999\n", 33));
    auto ended = world.Run(job);
    EXPECT_FALSE(ended.ok);
    ASSERT_EQ(ended.bad_record_count, 4u);
    EXPECT_EQ(ended.bad_records[0].reason, "NUL byte");
    EXPECT_EQ(ended.bad_records[1].reason, "not UTF-8");
    EXPECT_EQ(ended.bad_records[2].reason, "not a bigint");
    world.shrink = 100;
    world.PutFile("id\n1\n");
    ended = world.Run(job);
    EXPECT_FALSE(ended.ok);
}

TEST_F(JobRun, ManyBadRecordsAreCountedAndAHundredKept) {
    std::string bytes = "id\n";
    for (int i = 0; i < 20'000; ++i) bytes += "x" + std::to_string(i) + "\n";
    world.PutFile(bytes);
    job.columns = {Declared("id", "bigint", 1)};
    const auto ended = world.Run(job);
    EXPECT_EQ(ended.error.message,
              "20,000 of 20,000 records break the contract; first: orders.csv:2: id: not a bigint");
    EXPECT_EQ(ended.bad_record_count, 20'000u);
    ASSERT_EQ(ended.bad_records.size(), 100u);
    EXPECT_EQ(ended.bad_records[99].line, 101u);
}

TEST_F(JobRun, UsersCannotCallTheJobsFunctions) {
    world.PutFile("id\n1\n");
    job.columns = {Declared("id", "bigint", 1)};
    for (const auto* sql :
         {"SELECT 1 AS id WHERE weft_keep(1, 2)", "SELECT line AS id FROM weft_rejected()",
          "SELECT h AS id FROM weft_hashes(7)", "SELECT 1 AS id FROM read_csv('/etc/passwd')",
          "COPY (SELECT 1) TO 'weft-out://0'"}) {
        job.sql = sql;
        const auto ended = world.Run(job);
        EXPECT_FALSE(ended.ok) << sql;
        EXPECT_NE(ended.error.sqlstate, "XX000") << sql;  // It would end the worker.
    }
}

TEST_F(JobRun, AStructureOfJsonIsBounded) {
    world.PutFile("id\n1\n");
    job.columns = {Declared("id", "varchar[]", 1)};
    job.columns[0].child_ids = {2};
    job.sql = "SELECT from_json('[1, 2]', '[\"VARCHAR\"]') AS id";
    const auto ended = world.Run(job);
    EXPECT_TRUE(ended.ok) << ended.error.message;
    const std::string deep(100'000, '[');
    std::string hidden;  // Brackets in names close nothing.
    for (int i = 0; i < 10'000; ++i) hidden += "{\"]\":";
    for (const auto& structure : {"'" + deep + "'", std::string("repeat('[', 100000)"),
                                  "'" + hidden + "'"}) {
        job.sql = "SELECT from_json('[1]', " + structure + ") AS id";
        EXPECT_EQ(world.Run(job).error.sqlstate, "0A000");
    }
}

TEST_F(JobRun, ProfileFindsTypesNullsAndKeys) {
    world.PutFile(
        "code;dep_delay;when\n00501;5;2013-01-01\n00502;NA;2013-01-02\n00503;-3;2013-01-03\n");
    job.kind = Job::Kind::kProfile;
    const auto ended = world.Run(job);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    const auto profile = *ParseJson(world.head.extra);
    EXPECT_EQ(profile["rows"], 3);
    EXPECT_EQ(profile["delimiter"], ";");
    EXPECT_EQ(profile["header"], true);
    EXPECT_EQ(profile["nulls"], Json::array({"NA"}));
    EXPECT_EQ(profile["columns"][0]["type"], "varchar");
    EXPECT_EQ(profile["columns"][0]["unique"], true);
    EXPECT_EQ(profile["columns"][1]["type"], "bigint");
    EXPECT_EQ(profile["columns"][1]["nulls"], 1);
    EXPECT_EQ(profile["columns"][1]["min"], "-3");
    EXPECT_EQ(profile["columns"][2]["type"], "date");
}

TEST_F(JobRun, ProfileOfParquetAsksTheFile) {
    FileRelation parquet;
    parquet.format = FileRelation::Format::kParquet;
    world.PutFile("id,name\n2,a\n1,a\n3,\n");
    job.columns = {Declared("id", "bigint", 1), Declared("name", "varchar", 2)};
    ASSERT_TRUE(world.Run(job).ok);
    world.PutFile(world.Output(0), parquet);
    job.columns.clear();
    job.kind = Job::Kind::kProfile;
    const auto ended = world.Run(job);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    const auto profile = *ParseJson(world.head.extra);
    EXPECT_EQ(profile["rows"], 3);
    EXPECT_EQ(profile["columns"][0]["type"], "bigint");
    EXPECT_EQ(profile["columns"][0]["unique"], true);
    EXPECT_EQ(profile["columns"][0]["max"], "3");
    EXPECT_EQ(profile["columns"][1]["nulls"], 1);
    EXPECT_EQ(profile["columns"][1]["distinct"], 1);
    EXPECT_EQ(profile["columns"][1]["samples"], Json::array({"a"}));
}

TEST_F(JobRun, LargeLoadsAreSplitIntoFilesInOrder) {
    job.sql = "SELECT i AS id, hash(i)::VARCHAR AS noise FROM range(200000) t(i)";
    job.inputs.clear();
    job.columns = {Declared("id", "bigint", 1), Declared("noise", "varchar", 2)};
    job.sort_by = {"id"};
    job.target_file_bytes = 500'000;
    job.target_row_group_rows = 10'240;
    const auto ended = world.Run(job);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    ASSERT_GT(ended.files.size(), 2u);
    uint64_t rows = 0;
    for (const auto& file : ended.files) {
        EXPECT_EQ(
            ReadBack(world.Output(file.index), "SELECT count(*), min(id) FROM read_parquet($)"),
            std::to_string(file.row_count) + "|" + std::to_string(rows) + "\n");
        EXPECT_EQ(file.size_bytes, world.Output(file.index).size());
        rows += file.row_count;
    }
    EXPECT_EQ(rows, 200'000u);
}

TEST_F(JobRun, MergeWritesTheRelationAgainInOrder) {
    BlockWriter rows({Shown("id", "bigint", 1)});
    rows.Bigint(3).Bigint(1).Bigint(2);
    world.Put({"sales", "orders"}, std::move(rows).Finish());
    job.kind = Job::Kind::kMerge;
    job.inputs = {{"rows", {"sales", "orders"}}};
    job.columns = {Declared("id", "bigint", 1)};
    job.sort_by = {"id"};
    const auto ended = world.Run(job);
    ASSERT_TRUE(ended.ok) << ended.error.message;
    EXPECT_EQ(ended.rows, 3u);
    EXPECT_EQ(ReadBack(world.Output(0), "FROM read_parquet($)"), "1\n2\n3\n");
}

}  // namespace
}  // namespace weft::engine
