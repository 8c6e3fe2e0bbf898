#include "engine/pg_utility.h"

#include <gtest/gtest.h>

#include "engine/pg_rewrite.h"

namespace weft::engine {
namespace {

using Kind = PgUtility::Kind;

Result<PgUtility> Parse(std::string_view sql) {
    static std::vector<PgStatementText> kept;
    kept.push_back(PgSplit(sql)->front());
    return ParsePgUtility(kept.back());
}

TEST(PgUtility, TransactionsAreKnownInEverySpelling) {
    EXPECT_EQ(Parse("begin transaction isolation level read committed, read only")->kind, Kind::kBegin);
    EXPECT_EQ(Parse("START TRANSACTION READ WRITE")->tag, "START TRANSACTION");
    EXPECT_EQ(Parse("END")->kind, Kind::kCommit);
    EXPECT_EQ(Parse("ABORT WORK")->kind, Kind::kRollback);
    EXPECT_EQ(Parse("rollback to savepoint \"Sp 1\"")->name, "Sp 1");
    EXPECT_EQ(Parse("RELEASE x")->kind, Kind::kRelease);
    EXPECT_EQ(Parse("set session characteristics as transaction isolation level read uncommitted")->isolation, "read uncommitted");
    EXPECT_EQ(Parse("begin nonsense").error().sqlstate, "42601");
}

TEST(PgUtility, SettingsKeepTheirValues) {
    const auto path = Parse("SET search_path TO Traffic, 'Crm'");
    EXPECT_EQ(path->name, "search_path");
    EXPECT_EQ(path->value, "traffic, Crm");
    EXPECT_TRUE(Parse("set local statement_timeout = '5s'")->local);
    EXPECT_EQ(Parse("SET TIME ZONE 'Europe/Berlin'")->value, "Europe/Berlin");
    EXPECT_EQ(Parse("set datestyle to iso, dmy")->value, "iso, dmy");
    EXPECT_EQ(Parse("SET extra_float_digits = -1")->value, "-1");
    EXPECT_EQ(Parse("SHOW TRANSACTION ISOLATION LEVEL")->name, "transaction_isolation");
    EXPECT_TRUE(Parse("RESET ALL")->name.empty());
}

TEST(PgUtility, CursorsAndPreparedStatementsNameTheirQuery) {
    const auto declare = Parse("DECLARE \"C\" NO SCROLL CURSOR WITH HOLD FOR select 1 -- x");
    EXPECT_EQ(declare->name, "C");
    EXPECT_TRUE(declare->hold);
    EXPECT_EQ(declare->sql, "select 1");
    EXPECT_EQ(Parse("FETCH 100 FROM c")->count, 100);
    EXPECT_TRUE(Parse("fetch forward all in c")->fetch_all);
    EXPECT_EQ(Parse("FETCH c")->name, "c");
    EXPECT_EQ(Parse("FETCH BACKWARD 1 FROM c").error().sqlstate, "55000");
    const auto prepare = Parse("prepare p(int, text) as select $1");
    EXPECT_EQ(prepare->types.size(), 2u);
    EXPECT_EQ(prepare->sql, "select $1");
    EXPECT_EQ(Parse("EXECUTE p(1, 'a(b')")->arguments, "1, 'a(b'");
    EXPECT_EQ(Parse("DEALLOCATE ALL")->tag, "DEALLOCATE ALL");
}

TEST(PgUtility, CopyKnowsOldAndNewOptions) {
    const auto csv = Parse("COPY (select ';', 1) TO STDOUT WITH (FORMAT csv, HEADER, DELIMITER ';', NULL 'x')");
    EXPECT_EQ(csv->copy.format, PgCopyOptions::Format::kCsv);
    EXPECT_EQ(csv->copy.delimiter, ';');
    EXPECT_EQ(csv->copy.null_text, "x");
    EXPECT_EQ(csv->sql, "select ';', 1");
    EXPECT_EQ(Parse("copy a.b (x, y) to stdout")->sql, "SELECT x, y FROM a.b");
    EXPECT_EQ(Parse("COPY t TO STDOUT WITH BINARY")->copy.format, PgCopyOptions::Format::kBinary);
    EXPECT_TRUE(Parse("COPY t TO STDOUT CSV HEADER QUOTE AS ''''")->copy.header);
    EXPECT_EQ(Parse("COPY t TO '/etc/passwd'").error().sqlstate, "42501");
    EXPECT_EQ(Parse("COPY t TO STDOUT (DELIMITER 'ab')").error().sqlstate, "0A000");
}

TEST(PgUtility, CopyFromNamesItsTarget) {
    const auto copy = Parse(
        "COPY Web.\"Clicks\" (At, \"Url\") FROM STDIN WITH (FORMAT csv, HEADER match, NULL '-')");
    ASSERT_TRUE(copy) << copy.error().message;
    EXPECT_EQ(copy->kind, Kind::kCopyIn);
    EXPECT_EQ(copy->target, (std::vector<std::string>{"web", "Clicks"}));
    EXPECT_EQ(copy->columns, (std::vector<std::string>{"at", "Url"}));
    EXPECT_TRUE(copy->copy.header && copy->copy.header_match);
    EXPECT_EQ(copy->copy.null_text, "-");
    EXPECT_TRUE(Parse("copy clicks from stdin csv header")->copy.header);
    EXPECT_TRUE(Parse("copy clicks from stdin")->columns.empty());
    EXPECT_EQ(Parse("COPY t FROM '/etc/passwd'").error().sqlstate, "42501");
    EXPECT_EQ(Parse("COPY t FROM PROGRAM 'ls'").error().sqlstate, "42501");
    EXPECT_EQ(Parse("COPY (select 1) FROM STDIN").error().sqlstate, "42601");
    EXPECT_EQ(Parse("COPY t (a b) FROM STDIN").error().sqlstate, "42601");
    EXPECT_EQ(Parse("COPY t (a, ) FROM STDIN").error().sqlstate, "42601");
    EXPECT_EQ(Parse("COPY t FROM STDIN (FORMAT binary)").error().sqlstate, "0A000");
    EXPECT_EQ(Parse("COPY t FROM STDIN WHERE a > 1").error().sqlstate, "0A000");
    EXPECT_EQ(Parse("COPY t FROM STDIN (ENCODING 'LATIN1')").error().sqlstate, "0A000");
}

TEST(PgUtility, WritesAreRefusedWithAdvice) {
    for (const char* sql : {"update t set a = 1", "delete from t", "TRUNCATE t",
                            "CREATE TABLE t (a int)", "drop view v", "GRANT SELECT ON t TO x"}) {
        const auto refused = Parse(sql);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().sqlstate, "0A000");
        EXPECT_FALSE(refused.error().hint.empty());
    }
    EXPECT_EQ(Parse("with x as (select 1) select * from x")->kind, Kind::kQuery);
}

TEST(PgLexer, StatementsEndAtSemicolonsOutsideOfStringsAndComments) {
    const auto texts = PgSplit("select ';' ; /* ; /* ; */ */ select $a$;$a$, E'\\';', \";\" ;; -- ;\n");
    ASSERT_TRUE(texts);
    ASSERT_EQ(texts->size(), 2u);
    EXPECT_EQ((*texts)[1].tokens[1].Value(), ";");
    EXPECT_EQ((*texts)[1].tokens[3].Value(), "';");
    for (const char* broken : {"'", "\"", "/*", "$x$", "E'\\"}) EXPECT_EQ(PgSplit(broken).error().sqlstate, "42601") << broken;
}

TEST(PgRewrite, DriverSpellingsBecomeOnesThatTheEngineKnows) {
    const auto rewrite = [](const char* sql) { return RewritePgText(sql)->sql; };
    EXPECT_EQ(rewrite("a OPERATOR(pg_catalog.~) 'x' COLLATE pg_catalog.default"), "a ~  'x'  ");
    EXPECT_EQ(rewrite("'a.b'::pg_catalog.regclass"), "pg_regclass('a.b')");
    EXPECT_EQ(rewrite("c.oid::regclass::text"), "pg_regclass(c.oid)::text");
    EXPECT_EQ(rewrite("f(g(1), 2)::regtype"), "pg_regtype(f(g(1), 2))");
    EXPECT_EQ(rewrite("CAST(x AS pg_catalog.regproc)"), "pg_regproc(x  )");
    EXPECT_EQ(rewrite("k = ANY('{a,\"b,c\"}')"), "k = ANY(['a', 'b,c'])");
    EXPECT_EQ(rewrite("'{}'::int2[]"), "[]::int2[]");
    EXPECT_EQ(rewrite("x::name, y::\"char\", z::int"), "x::VARCHAR, y::VARCHAR, z::int");
    EXPECT_EQ(rewrite("pg_catalog.version(), pg_catalog.pg_class"), "version(), pg_catalog.pg_class");
    EXPECT_EQ(rewrite("select ' ::regclass for update' for update"), "select ' ::regclass for update'  ");
}

TEST(PgRewrite, PlacesLeadBackToTheOriginal) {
    const auto made = *RewritePgText("select 'a'::regclass, nope");
    EXPECT_EQ(made.Original(made.sql.find("nope")), 22u);
}

}  // namespace
}  // namespace weft::engine
