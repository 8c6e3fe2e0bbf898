// A real worker in its sandbox, asked through the pool: names, scans, lists, errors.
#include <fstream>

#include "engine/block.h"
#include "engine/engine_test_util.h"

namespace weft::engine {
namespace {

using Kind = DataType::Kind;

class Worker_ : public WithPool {};

// The test program is also the zygote: started as `weft worker` it becomes one before any test
// runs.
class ZygoteInstead : public testing::Environment {
  public:
    void SetUp() override {
        std::ifstream in("/proc/self/cmdline");
        std::string line;
        std::getline(in, line);
        if (line == std::string("weft\0worker\0", 12)) ::_exit(RunZygote());
    }
};
const auto* const kZygoteInstead = testing::AddGlobalTestEnvironment(new ZygoteInstead);

TEST_F(Worker_, AnswersAConstant) { EXPECT_EQ(Ask("SELECT 1 AS one"), "{\"one\":1}\n"); }

TEST_F(Worker_, ReadsARelation) {
    InDuck("COPY (SELECT range AS id, 'n' || range AS name FROM range(3)) TO '" + folder_ +
           "/a.parquet' (FIELD_IDS {id: 1, name: 2})");
    AddTable({"sales", "orders"}, 7,
             {Column("id", Kind::kBigint, 1), Column("name", Kind::kVarchar, 2)}, {"a.parquet"});
    EXPECT_EQ(Ask("SELECT name, id FROM sales.orders WHERE id > 0 ORDER BY id"),
              "{\"name\":\"n1\",\"id\":1}\n{\"name\":\"n2\",\"id\":2}\n");
    EXPECT_EQ(Ask("SELECT count(*) AS n FROM Sales.ORDERS"), "{\"n\":3}\n");
    EXPECT_EQ(Ask("WITH orders AS (SELECT 5 AS x) SELECT x FROM orders"), "{\"x\":5}\n");
}

TEST_F(Worker_, FilterAndMasksHoldBelowTheBarrier) {
    InDuck(
        "COPY (SELECT range AS id, 'n' || range AS name, range % 2 = 0 AS even FROM range(4)) TO "
        "'" +
        folder_ + "/a.parquet' (FIELD_IDS {id: 1, name: 2, even: 3})");
    auto masked = Column("name", Kind::kVarchar, 2);
    masked.mask = "left(name, 1)";
    auto hidden = Column("even", Kind::kBoolean, 3);
    hidden.hidden = true;
    AddTable({"sales", "orders"}, 7, {Column("id", Kind::kBigint, 1), masked, hidden},
             {"a.parquet"}, "even");
    EXPECT_EQ(Ask("SELECT * FROM sales.orders ORDER BY id"),
              "{\"id\":0,\"name\":\"n\"}\n{\"id\":2,\"name\":\"n\"}\n");
    EXPECT_EQ(Ask("SELECT id FROM sales.orders WHERE name = 'n2'"), "");
    EXPECT_EQ(Ask("SELECT even FROM sales.orders").substr(0, 6), "42703:");
    // A value of a row may not leave by an error text.
    const auto error = Ask("SELECT name::INTEGER FROM sales.orders");
    EXPECT_EQ(error, "22P02: a value cannot be converted");
    EXPECT_EQ(Ask("EXPLAIN ANALYZE SELECT * FROM sales.orders").substr(0, 6), "42501:");
}

TEST_F(Worker_, AllNamesAreAskedInOneMessage) {
    for (const char* table : {"a", "b", "c"}) {
        BlockWriter writer({Column("x", Kind::kInteger, 0)});
        writer.Integer(1);
        host_.relations.insert_or_assign(
            RelationName{"d", table},
            Relation{static_cast<uint64_t>(table[0]), std::move(writer).Finish()});
    }
    EXPECT_EQ(Ask("SELECT (SELECT sum(x) FROM d.c) + a.x AS s FROM d.a JOIN d.b USING (x)"),
              "{\"s\":2}\n");
    EXPECT_EQ(host_.names_messages, 1u);
    EXPECT_EQ(host_.asked.size(), 3u);
}

TEST_F(Worker_, BlocksHaveTheirTypes) {
    BlockWriter writer({Column("b", Kind::kBoolean, 0), Column("i", Kind::kInteger, 0),
                        Column("l", Kind::kBigint, 0), Column("d", Kind::kDouble, 0),
                        Column("t", Kind::kTimestampTz, 0), Column("s", Kind::kVarchar, 0)});
    writer.Boolean(true).Integer(-2).Bigint(1ll << 40).Double(0.5).Time(0).Text(
        "a long text beyond twelve bytes");
    writer.Null().Null().Null().Null().Null().Null();
    host_.relations.insert_or_assign(RelationName{"mesh", "things"},
                                     Relation{3, std::move(writer).Finish()});
    EXPECT_EQ(Ask("SELECT b, i, l, d, epoch_us(t) AS t, s FROM mesh.things LIMIT 1"),
              "{\"b\":true,\"i\":-2,\"l\":1099511627776,\"d\":0.5,\"t\":0,\"s\":\"a long text "
              "beyond twelve bytes\"}\n");
    EXPECT_EQ(Ask("SELECT count(*) AS n, count(s) AS s, count(t) AS t FROM mesh.things"),
              "{\"n\":2,\"s\":1,\"t\":1}\n");
}

TEST_F(Worker_, BlocksOfManyRowsAreReadWhole) {
    BlockWriter writer({Column("i", Kind::kInteger, 0), Column("s", Kind::kVarchar, 0)});
    for (int i = 0; i < 5000; ++i) writer.Integer(i).Text(std::to_string(i));
    host_.relations.insert_or_assign(RelationName{"mesh", "things"},
                                     Relation{3, std::move(writer).Finish()});
    EXPECT_EQ(Ask("SELECT sum(i) AS a, sum(s::BIGINT) AS b, count(*) AS n FROM mesh.things"),
              "{\"a\":12497500,\"b\":12497500,\"n\":5000}\n");
}

TEST_F(Worker_, DenialReachesTheClientWithItsHint) {
    host_.relations.insert_or_assign(
        RelationName{"hr", "pay"}, Fail(Code::kDenied, "hr.pay: no grant", "weft request hr.pay"));
    Statement statement;
    statement.sql = "SELECT * FROM hr.pay";
    const auto finished = Run(statement);
    ASSERT_TRUE(finished);
    EXPECT_FALSE(finished->ended.ok);
    EXPECT_EQ(finished->ended.error.code, Code::kDenied);
    EXPECT_EQ(finished->ended.error.sqlstate, "42501");
    EXPECT_EQ(finished->ended.error.message, "hr.pay: no grant");
    EXPECT_EQ(finished->ended.error.hint, "weft request hr.pay");
}

TEST_F(Worker_, UnknownNamesSayNothingElse) {
    EXPECT_EQ(Ask("SELECT * FROM nosuch.thing"), "42P01: relation \"nosuch.thing\" does not exist");
    EXPECT_EQ(Ask("SELECT * FROM thing"), "42P01: relation \"thing\" does not exist");
    EXPECT_EQ(Ask("SELECT nosuch FROM range(2)"),
              "42703: Referenced column \"nosuch\" not found in FROM clause!");
}

TEST_F(Worker_, NoWayToAFile) {
    std::ofstream(folder_ + "/secret.csv") << "a\n1\n";
    const std::string file = folder_ + "/secret.csv";
    for (const std::string& sql :
         std::vector<std::string>{"SELECT * FROM '/etc/passwd'",
                                  "SELECT * FROM \"" + file + "\"",
                                  "SELECT * FROM read_csv('" + file + "')",
                                  "SELECT * FROM read_text('/etc/passwd')",
                                  "SELECT * FROM \"read_text\"('/etc/passwd')",
                                  "SELECT * FROM system.main.read_text('/etc/passwd')",
                                  "SELECT (SELECT count(*) FROM read_text('/etc/passwd'))",
                                  "SELECT * FROM glob('/*')",
                                  "SELECT * FROM query('SELECT 42')",
                                  "SELECT * FROM query_table('x')",
                                  "SELECT * FROM weft_scan('1')",
                                  "SELECT * FROM weft_block('1')",
                                  "SELECT * FROM duckdb_settings()",
                                  "SELECT * FROM duckdb_settings",
                                  "SELECT * FROM duckdb_functions",
                                  "SELECT * FROM system.main.duckdb_views",
                                  "SELECT * FROM sqlite_master",
                                  "SELECT stats(1)",
                                  "SELECT current_setting('temp_directory')",
                                  "SELECT getvariable('x')",
                                  "SELECT sleep_ms(1)",
                                  "COPY (SELECT 1) TO 'x.csv'",
                                  "CREATE TABLE t(i INT)",
                                  "CREATE TEMP TABLE t(i INT)",
                                  "CREATE MACRO f() AS 1",
                                  "ATTACH ':memory:' AS m",
                                  "INSTALL httpfs",
                                  "LOAD httpfs",
                                  "PRAGMA database_list",
                                  "CALL enable_logging()",
                                  "SET threads = 4",
                                  "EXPORT DATABASE 'x'",
                                  "SELECT * FROM arrow_scan(1, 2, 3)",
                                  "SELECT * FROM pragma_storage_info('t')",
                                  "CHECKPOINT",
                                  "SHOW TABLES",
                                  "SELECT * FROM range(1) AT (VERSION => 1)",
                                  "WITH x AS (INSERT INTO t VALUES (1) RETURNING *) FROM x"}) {
        const auto answer = Ask(sql);
        const auto state = answer.substr(0, answer.find(':'));
        EXPECT_TRUE(state == "42501" || state == "42P01" || state == "0A000" || state == "42601" ||
                    state == "42883" || state == "3D000" || state == "22023")
            << sql << " -> " << answer;
    }
    EXPECT_EQ(Ask("SELECT 2 AS alive"), "{\"alive\":2}\n");
}

TEST_F(Worker_, ErrorsHaveTheirSqlstates) {
    EXPECT_EQ(Ask("SELEC 1").substr(0, 6), "42601:");
    EXPECT_EQ(Ask("SELECT nosuch(1)").substr(0, 6),
              "42501:");  // Not on the list: the same as a refused one.
    EXPECT_EQ(Ask("SELECT abs('x', 2)").substr(0, 6), "42883:");
    EXPECT_EQ(Ask("SELECT 'a'::INTEGER").substr(0, 6), "22P02:");
    EXPECT_EQ(Ask("SELECT 300::TINYINT").substr(0, 6), "22P02:");
    EXPECT_EQ(Ask("SELECT 9223372036854775807 + 1::BIGINT").substr(0, 6), "22003:");
}

TEST_F(Worker_, OldFilesAreMappedByFieldId) {
    // First version: id int (1), name (2). Later: id widened, name renamed to label, added (3), and
    // one field dropped.
    InDuck("COPY (SELECT 1::INTEGER AS id, 'old' AS name, 9 AS dropped) TO '" + folder_ +
           "/old.parquet' (FIELD_IDS {id: 1, name: 2, dropped: 4})");
    InDuck("COPY (SELECT true AS added, 5000000000 AS id, 'new' AS label) TO '" + folder_ +
           "/new.parquet' (FIELD_IDS {added: 3, id: 1, label: 2})");
    AddTable({"d", "t"}, 5,
             {Column("id", Kind::kBigint, 1), Column("label", Kind::kVarchar, 2),
              Column("added", Kind::kBoolean, 3)},
             {"old.parquet", "new.parquet"});
    EXPECT_EQ(Ask("SELECT * FROM d.t ORDER BY id"),
              "{\"id\":1,\"label\":\"old\",\"added\":null}\n{\"id\":5000000000,\"label\":\"new\","
              "\"added\":true}\n");
    EXPECT_EQ(Ask("SELECT id FROM d.t WHERE added IS NULL"), "{\"id\":1}\n");
    EXPECT_EQ(Ask("SELECT label FROM d.t WHERE id = 1"), "{\"label\":\"old\"}\n");
}

TEST_F(Worker_, NestedFieldsAreMapped) {
    InDuck("COPY (SELECT {'a': 1, 'b': 'x'} AS s, [1, 2] AS l) TO '" + folder_ +
           "/n.parquet' (FIELD_IDS {s: {__duckdb_field_id: 1, a: 11, b: 12}, l: "
           "{__duckdb_field_id: 2, element: 21}})");
    auto s = Column("s", Kind::kStruct, 1);
    s.type.children = {{Kind::kInteger, 0, 0, {}, {}}, {Kind::kVarchar, 0, 0, {}, {}}};
    s.type.field_names = {"a", "b"};
    auto l = Column("l", Kind::kList, 2);
    l.type.children = {{Kind::kInteger, 0, 0, {}, {}}};
    AddTable({"d", "n"}, 5, {s, l}, {"n.parquet"});
    EXPECT_EQ(Ask("SELECT s.a AS a, s.b AS b, l[2] AS l FROM d.n"),
              "{\"a\":1,\"b\":\"x\",\"l\":2}\n");
}

TEST_F(Worker_, RenamedPartsOfAStructAreMapped) {
    InDuck("COPY (SELECT {'a': 1, 'b': 'x'} AS s, MAP {'k': 2} AS m) TO '" + folder_ +
           "/n.parquet' (FIELD_IDS {s: {__duckdb_field_id: 1, a: 11, b: 12}, "
           "m: {__duckdb_field_id: 2, key: 21, value: 22}})");
    auto s = Column("s", Kind::kStruct, 1);
    s.type.children = {{Kind::kVarchar, 0, 0, {}, {}}, {Kind::kBigint, 0, 0, {}, {}}};
    s.type.field_names = {"second", "first"};
    s.child_ids = {12, 11};
    auto m = Column("m", Kind::kMap, 2);
    m.type.children = {{Kind::kVarchar, 0, 0, {}, {}}, {Kind::kInteger, 0, 0, {}, {}}};
    m.child_ids = {21, 22};
    AddTable({"d", "n"}, 5, {s, m}, {"n.parquet"});
    EXPECT_EQ(Ask("SELECT s.first AS f, s.second AS t, m['k'] AS m FROM d.n"),
              "{\"f\":1,\"t\":\"x\",\"m\":2}\n");
}

TEST_F(Worker_, FilesWithoutFieldIdsAreMappedByName) {
    InDuck("COPY (SELECT 'x' AS name, 1 AS id) TO '" + folder_ + "/plain.parquet'");
    AddTable({"d", "t"}, 5,
             {Column("id", Kind::kInteger, 1), Column("name", Kind::kVarchar, 2),
              Column("more", Kind::kDouble, 3)},
             {"plain.parquet"});
    EXPECT_EQ(Ask("SELECT * FROM d.t"), "{\"id\":1,\"name\":\"x\",\"more\":null}\n");
}

TEST_F(Worker_, ComparisonsAndColumnsReachTheHost) {
    InDuck(
        "COPY (SELECT range AS id, 'n' || range AS name, range::DOUBLE AS x FROM range(10)) TO '" +
        folder_ + "/a.parquet' (FIELD_IDS {id: 1, name: 2, x: 3})");
    AddTable({"d", "t"}, 5,
             {Column("id", Kind::kBigint, 1), Column("name", Kind::kVarchar, 2),
              Column("x", Kind::kDouble, 3)},
             {"a.parquet"});
    EXPECT_EQ(Ask("SELECT name FROM d.t WHERE id >= 4 AND id < 5 AND name = 'n4'"),
              "{\"name\":\"n4\"}\n");
    ASSERT_EQ(host_.opened.size(), 1u);
    const auto& open = host_.opened[0];
    EXPECT_EQ(open.token, 5u);
    EXPECT_EQ(std::count(open.field_ids.begin(), open.field_ids.end(), 3), 0);
    const auto has = [&open](int32_t field, Comparison::Op op, const std::string& value) {
        return std::any_of(open.comparisons.begin(), open.comparisons.end(),
                           [&](const Comparison& c) {
                               return c.field_id == field && c.op == op &&
                                      c.values == std::vector<std::string>{value};
                           });
    };
    EXPECT_TRUE(has(1, Comparison::Op::kGreaterEqual, std::string("\4\0\0\0\0\0\0\0", 8)));
    EXPECT_TRUE(has(1, Comparison::Op::kLess, std::string("\5\0\0\0\0\0\0\0", 8)));
    EXPECT_TRUE(has(2, Comparison::Op::kEqual, "n4"));
}

TEST_F(Worker_, DescribeAndExplainOpenNothing) {
    InDuck("COPY (SELECT 1 AS id) TO '" + folder_ + "/a.parquet' (FIELD_IDS {id: 1})");
    AddTable({"d", "t"}, 5, {Column("id", Kind::kInteger, 1)}, {"a.parquet"});
    EXPECT_NE(Ask("EXPLAIN SELECT count(*) FROM d.t WHERE id = 3").find("explain_key"),
              std::string::npos);
    EXPECT_NE(Ask("DESCRIBE d.t").find("\"id\""), std::string::npos);
    Statement describe;
    describe.sql = "SELECT id FROM d.t";
    describe.describe_only = true;
    const auto finished = Run(describe);
    ASSERT_TRUE(finished);
    ASSERT_EQ(finished->head.columns.size(), 1u);
    EXPECT_EQ(finished->head.columns[0].type.kind, Kind::kInteger);
    EXPECT_TRUE(host_.opened.empty());
}

TEST_F(Worker_, ManyFilesAndFewDescriptors) {
    InDuck("COPY (SELECT 1 AS id) TO '" + folder_ + "/a.parquet' (FIELD_IDS {id: 1})");
    AddTable({"d", "t"}, 5, {Column("id", Kind::kInteger, 1)},
             std::vector<std::string>(1'200, "a.parquet"));
    EXPECT_EQ(Ask("SELECT sum(id) AS n FROM d.t"), "{\"n\":1200}\n");
    EXPECT_GE(host_.descriptors, 1'200u);
    EXPECT_LT(host_.descriptors, 1'300u);
}

TEST_F(Worker_, NoFilesIsAnEmptyTable) {
    AddTable({"d", "t"}, 5, {Column("id", Kind::kInteger, 1)}, {});
    EXPECT_EQ(Ask("SELECT count(*) AS n, max(id) AS m FROM d.t"), "{\"n\":0,\"m\":null}\n");
}

TEST_F(Worker_, DamagedFilesFailTheStatementOnly) {
    std::ofstream(folder_ + "/bad.parquet") << "PAR1 this is not parquet PAR1";
    AddTable({"d", "t"}, 5, {Column("id", Kind::kInteger, 1)}, {"bad.parquet"});
    EXPECT_NE(Ask("SELECT * FROM d.t").substr(0, 6), "{\"id\":");
    EXPECT_EQ(Ask("SELECT 1 AS one"), "{\"one\":1}\n");
}

TEST_F(Worker_, LargeSortsSpillIntoTheirOwnFolder) {
    Start start;
    start.memory_bytes = 96u << 20;
    worker_ = Take(start);
    EXPECT_EQ(Ask("SELECT count(*) AS n FROM (SELECT DISTINCT hash(range) AS h, range::VARCHAR || "
                  "'xxxxxxxxxxxxxxxx' AS t "
                  "FROM range(3000000))"),
              "{\"n\":3000000}\n");
}

}  // namespace
}  // namespace weft::engine
