// INSERT and COPY FROM against a node that notes what it is given; the expected lines are written
// by hand.
#include <gtest/gtest.h>

#include "engine/pg_session.h"
#include "engine/pg_talk_test_util.h"

namespace weft::engine {
namespace {

class PgChange : public PgTalk {
  protected:
    PgChange() {
        PgTestNode::written.clear();
        PgTestNode::refuse_writes_in = 0;
        PgTestNode::refuse_with = Code::kUnavailable;
    }
    // What the node accepted since the last call: one entry per request.
    static std::vector<std::string> Written() {
        const std::scoped_lock guard(PgTestNode::lock);
        std::vector<std::string> all;
        for (const auto& write : std::exchange(PgTestNode::written, {})) {
            EXPECT_EQ(
                static_cast<uint64_t>(std::count(write.lines.begin(), write.lines.end(), '\n')),
                write.count);
            all.push_back(write.lines);
        }
        return all;
    }
    using Lines = std::vector<std::string>;
    static std::string Data(const std::string& bytes) { return Message('d', bytes); }
    const std::string done_ = Message('c', "");
    const std::string sync_ = Message('S', "");
};

TEST_F(PgChange, AnInsertIsAcceptedBeforeItIsAnswered) {
    EXPECT_EQ(Query("insert into web.clicks (id, url) values (1, 'a\"b'), (2, null)"),
              "C:INSERT 0 2 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":1,\"url\":\"a\\\"b\"}\n{\"id\":2,\"url\":null}\n"}));
    ASSERT_EQ(ended_.reports.size(), 1u);
    EXPECT_EQ(ended_.reports[0].tag, "INSERT 0 2");
    EXPECT_EQ(ended_.reports[0].relations, (std::vector<RelationName>{{"web", "clicks"}}));
    EXPECT_EQ(Query("INSERT INTO weft.web.\"clicks\" SELECT 3"), "C:INSERT 0 1 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":3}\n"}));
    EXPECT_EQ(
        Query(
            "with x as (select 4 as i) insert into web.clicks (id, url) select i, 'x' || i from x"),
        "C:INSERT 0 1 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":4,\"url\":\"x4\"}\n"}));
    EXPECT_EQ(
        Query("insert into web.clicks select fleet, name from traffic.carriers where fleet > 0"),
        "C:INSERT 0 1 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":10,\"url\":\"American\"}\n"}));
    EXPECT_EQ(Query("insert into web.clicks (id) select 1 where false"), "C:INSERT 0 0 Z:I ");
    EXPECT_EQ(Written(), Lines{});
}

TEST_F(PgChange, ValuesBecomeExactJson) {
    EXPECT_EQ(Query("set time zone 'Europe/Berlin'; insert into web.clicks (price, \"at\", raw, "
                    "tags, who) values "
                    "(12345678901234567890.123456789012, '2024-07-01 12:00:00.5', '\\x00ff41', "
                    "'{a,\"b c\",NULL}', "
                    "'{\"name\": \"Ü\", \"age\": 7}'), ('-0.1', timestamptz '2024-01-01 "
                    "00:00:00+00', null, default, null)"),
              "C:SET C:INSERT 0 2 S Z:I ");
    EXPECT_EQ(
        Written(),
        (Lines{
            "{\"price\":12345678901234567890.123456789012,\"at\":\"2024-07-01T10:00:00.500000Z\","
            "\"raw\":\"\\\\x00\\\\xFFA\",\"tags\":[\"a\",\"b "
            "c\",null],\"who\":{\"name\":\"Ü\",\"age\":7}}\n"
            "{\"price\":-0.100000000000,\"at\":\"2024-01-01T00:00:00Z\",\"raw\":null,\"tags\":null,"
            "\"who\":null}\n"}));
    EXPECT_EQ(Query("insert into web.clicks (tags, who) select ['x'], {'name': 'n', 'age': 1}"),
              "C:INSERT 0 1 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"tags\":[\"x\"],\"who\":{\"name\":\"n\",\"age\":1}}\n"}));
}

TEST_F(PgChange, WhatDoesNotFitIsRefused) {
    const std::pair<const char*, const char*> cases[] = {
        {"insert into web.clicks (id) values ('x')", "22P02"},
        {"insert into web.clicks (id) select 'x'", "22P02"},
        {"insert into web.clicks (id) select '1.5'", "22P02"},
        {"insert into web.clicks (id) select 1e30", "22003"},
        {"insert into web.clicks (nope) values (1)", "42703"},
        {"insert into web.clicks (id, ID) values (1, 2)", "42701"},
        {"insert into web.clicks (_position) values (1)", "428C9"},
        {"insert into web.clicks (id, url) values (1)", "42601"},
        {"insert into web.clicks (id, url) select 1", "42601"},
        {"insert into web.clicks (id) values (1, 2)", "42601"},
        {"insert into web.clicks select 1, 2, 3, 4, 5, 6, 7, 8", "42601"},
        {"insert into web.clicks (id) values (1) returning id", "0A000"},
        {"insert into web.clicks (id) values (1) on conflict do nothing", "0A000"},
        {"insert into web.clicks default values", "0A000"},
        {"insert into web.nope values (1)", "42P01"},
        {"insert into nope values (1)", "42P01"},
        {"insert into traffic.carriers values ('x')", "42501"},
        {"insert into web.clicks (id) select * from traffic.nope", "42P01"},
        {"update web.clicks set id = 1", "0A000"},
        {"delete from web.clicks", "0A000"},
        {"explain insert into web.clicks (id) values (1)", "0A000"},
        {"set transaction_read_only = on; insert into web.clicks (id) values (1)", "25006"},
    };
    for (const auto& [sql, sqlstate] : cases)
        EXPECT_NE(Query(sql).find("E:"s + sqlstate), std::string::npos)
            << sql << " gave " << Query(sql);
    EXPECT_EQ(Written(), Lines{});
}

TEST_F(PgChange, BareNamesFollowTheSearchPath) {
    EXPECT_EQ(Query("set search_path to traffic2, web; insert into clicks (id) values (1)"),
              "C:SET C:INSERT 0 1 Z:I ");
    EXPECT_EQ(Written().size(), 1u);
    EXPECT_EQ(Query("reset search_path"), "C:RESET Z:I ");
}

TEST_F(PgChange, ParametersHaveTheTypesOfTheirColumns) {
    const auto parse = Parse("", "insert into web.clicks (id, url, price) values ($1, $2, $3)");
    EXPECT_EQ(Ask(parse + Message('D', "S\0"s) + sync_), "1 t n Z:I ");
    const auto bind = Message('B',
                              "\0\0\0\0\0\3\0\0\0\2"
                              "42\xff\xff\xff\xff\0\0\0\4"
                              "1.10\0\0"s);
    EXPECT_EQ(Ask(parse + bind + Message('D', "P\0"s) + Execute("", 0) + sync_),
              "1 2 n C:INSERT 0 1 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":42,\"url\":null,\"price\":1.100000000000}\n"}));
    EXPECT_EQ(
        Query("prepare p as insert into web.clicks (id) values ($1); execute p(7); deallocate p"),
        "C:PREPARE C:INSERT 0 1 C:DEALLOCATE Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":7}\n"}));
}

TEST_F(PgChange, ASequenceIsOneTransaction) {
    const auto insert = [](const std::string& id) {
        return Parse("", "insert into web.clicks (id) values (" + id + ")") + Bind("", "") +
               Execute("", 0);
    };
    EXPECT_EQ(Ask(insert("1") + insert("2") + sync_), "1 2 C:INSERT 0 1 1 2 C:INSERT 0 1 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":1}\n{\"id\":2}\n"}));
    EXPECT_EQ(Ask(insert("1") + insert("'x'") + insert("3") + sync_),
              "1 2 C:INSERT 0 1 1 E:22P02 Z:I ");
    EXPECT_EQ(Written(), Lines{});
    EXPECT_EQ(Query("insert into web.clicks (id) values (1); select 1/0; insert into web.clicks "
                    "(id) values (2)")
                  .substr(0, 15),
              "C:INSERT 0 1 T ");
    PgTestNode::refuse_writes_in = 1;
    EXPECT_EQ(Ask(insert("1") + insert("2") + insert("3") + sync_),
              "1 2 C:INSERT 0 1 1 2 C:INSERT 0 1 1 2 E:53400 Z:I ");
    EXPECT_EQ(Query("insert into web.clicks (id) values (4); nonsense"),
              "C:INSERT 0 1 E:42601 Z:I ");
}

TEST_F(PgChange, BlocksWriteAtCommitAndNotAtAllOtherwise) {
    EXPECT_EQ(Query("begin; insert into web.clicks (id) values (1)"), "C:BEGIN C:INSERT 0 1 Z:T ");
    EXPECT_TRUE(ended_.keep);
    EXPECT_EQ(Query("savepoint s; insert into web.clicks (id) values (2); rollback to s"),
              "C:SAVEPOINT C:INSERT 0 1 C:ROLLBACK Z:T ");
    EXPECT_EQ(
        Query("insert into web.visits (id) values (9); insert into web.clicks (id) values (3)"),
        "C:INSERT 0 1 C:INSERT 0 1 Z:T ");
    EXPECT_EQ(Written(), Lines{});
    EXPECT_EQ(Query("commit"), "C:COMMIT Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":1}\n{\"id\":3}\n", "{\"id\":9}\n"}));
    EXPECT_EQ(Query("begin; insert into web.clicks (id) values (1); rollback"),
              "C:BEGIN C:INSERT 0 1 C:ROLLBACK Z:I ");
    EXPECT_EQ(Query("begin; insert into web.clicks (id) values (1); selec"),
              "C:BEGIN C:INSERT 0 1 E:42601 Z:E ");
    EXPECT_EQ(Query("commit"), "C:ROLLBACK Z:I ");
    EXPECT_EQ(Query("begin read only; insert into web.clicks (id) values (1)"),
              "C:BEGIN E:25006 Z:E ");
    EXPECT_EQ(Query("rollback"), "C:ROLLBACK Z:I ");
    EXPECT_EQ(Written(), Lines{});
}

TEST_F(PgChange, ACommitThatFailsSaysWhatWasAccepted) {
    PgTestNode::refuse_writes_in = 2;
    Query("begin; insert into web.clicks (id) values (1); insert into web.visits (id) values (2)");
    EXPECT_EQ(Query("commit"), "E:53400 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":1}\n"}));
    EXPECT_EQ(Query("rollback"), "C:ROLLBACK Z:I ");
    EXPECT_EQ(Written(), Lines{});
}

TEST_F(PgChange, ANodeThatHasTooMuchWaitingIsAskedAgain) {
    PgTestNode::refuse_writes_in = 1;
    PgTestNode::refuse_with = Code::kLimit;
    EXPECT_EQ(Query("insert into web.clicks (id) values (1)"), "C:INSERT 0 1 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":1}\n"}));
}

TEST_F(PgChange, ABlockIsBounded) {
    Query("begin");
    const auto mib =
        Query("insert into web.clicks (url) select repeat('x', 1000000) from range(20)");
    EXPECT_EQ(mib, "C:INSERT 0 20 Z:T ");
    EXPECT_EQ(Query("insert into web.clicks (url) select repeat('x', 1000000) from range(20)"),
              "E:54000 Z:E ");
    EXPECT_EQ(Query("rollback"), "C:ROLLBACK Z:I ");
    EXPECT_EQ(Query("insert into web.clicks (url) select repeat('x', 1100000)"), "E:54000 Z:I ");
    EXPECT_EQ(Written(), Lines{});
}

TEST_F(PgChange, CopyTakesTextInPieces) {
    EXPECT_EQ(Query("copy web.clicks (id, url, tags) from stdin"), "G ");
    EXPECT_TRUE(ended_.copy_in && ended_.keep);
    EXPECT_EQ(Ask(Data("1\ta\\tb\t{x,y}\n2\t\\N") + Data("\t\\N\n3\tz\t")), "");
    EXPECT_TRUE(ended_.copy_in);
    EXPECT_EQ(Written(), Lines{});
    EXPECT_EQ(Ask(Data("[]\n\\.\n") + done_), "C:COPY 3 Z:I ");
    EXPECT_FALSE(ended_.copy_in || ended_.keep);
    EXPECT_EQ(Written(), (Lines{"{\"id\":1,\"url\":\"a\\tb\",\"tags\":[\"x\",\"y\"]}\n{\"id\":2,"
                                "\"url\":null,\"tags\":null}\n"
                                "{\"id\":3,\"url\":\"z\",\"tags\":[]}\n"}));
    ASSERT_EQ(ended_.reports.size(), 1u);
    EXPECT_EQ(ended_.reports[0].tag, "COPY 3");
    EXPECT_EQ(ended_.reports[0].sql, "copy web.clicks (id, url, tags) from stdin");
}

TEST_F(PgChange, CopyInASequenceEndsWithItsOwnSync) {
    const auto start = Parse("", "copy web.clicks (id) from stdin csv header") + Bind("", "") +
                       Message('D', "P\0"s) + Execute("", 0);
    EXPECT_EQ(Ask(start + sync_), "1 2 n G ");
    EXPECT_EQ(Ask(Data("id\n1\n") + sync_ + Message('H', "") + Data("2")), "");
    EXPECT_EQ(Ask(done_), "C:COPY 2 ");
    EXPECT_TRUE(ended_.keep);
    EXPECT_EQ(Ask(sync_), "Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":1}\n{\"id\":2}\n"}));
    EXPECT_EQ(Ask(start + sync_), "1 2 n G ");
    EXPECT_EQ(Ask(Data("id\n1\n2,3\n")), "E:22P04 ");
    EXPECT_FALSE(ended_.copy_in);
    EXPECT_EQ(Ask(done_ + sync_), "Z:I ");
    EXPECT_EQ(Written(), Lines{});
}

TEST_F(PgChange, CopyThatFailsWritesNothing) {
    const auto failing = [&](const std::string& sql, const std::string& messages) {
        EXPECT_EQ(Query(sql), "G ") << sql;
        const auto answer = Ask(messages);
        EXPECT_FALSE(ended_.copy_in) << sql;
        return answer;
    };
    const std::string sql = "copy web.clicks (id, url) from stdin";
    EXPECT_EQ(failing(sql, Data("1\ta\n2\tb") + Message('f', "no more\0"s)), "E:57014 Z:I ");
    EXPECT_EQ(failing(sql, Data("1\ta\n2\n3\tc\n") + done_), "E:22P04 Z:I ");
    EXPECT_EQ(failing(sql, Data("1\ta\tb\n") + done_), "E:22P04 Z:I ");
    EXPECT_EQ(failing(sql, Data("x\ta\n") + done_), "E:22P02 Z:I ");
    EXPECT_EQ(failing(sql, Message('Q', "select 1\0"s)), "E:08P01 Z:I ");
    EXPECT_EQ(failing(sql + " (format csv, header match)", Data("id,uri\n1,a\n") + done_),
              "E:22P04 Z:I ");
    EXPECT_EQ(Query("begin; " + sql), "C:BEGIN G ");
    EXPECT_EQ(Ask(Data("1\n") + done_), "E:22P04 Z:E ");
    EXPECT_EQ(Query("rollback"), "C:ROLLBACK Z:I ");
    EXPECT_EQ(Written(), Lines{});
}

TEST_F(PgChange, CopyStandsAmongOtherStatements) {
    EXPECT_EQ(Query("begin; copy web.clicks (id) from stdin; select 1; commit"), "C:BEGIN G ");
    EXPECT_EQ(Ask(Data("1\n") + done_), "C:COPY 1 T D|1 C:SELECT 1 C:COMMIT Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":1}\n"}));
    EXPECT_EQ(Query("copy web.clicks (id) from stdin; copy web.clicks (id) from stdin"), "G ");
    EXPECT_EQ(Ask(Data("1\n") + done_), "C:COPY 1 G ");
    EXPECT_EQ(Ask(Data("2\n") + done_), "C:COPY 1 Z:I ");
    EXPECT_EQ(Written(), (Lines{"{\"id\":1}\n{\"id\":2}\n"}));
    EXPECT_EQ(Query("copy traffic.carriers from stdin"), "E:42501 Z:I ");
    EXPECT_EQ(Query("copy web.clicks (nope) from stdin"), "E:42703 Z:I ");
}

TEST_F(PgChange, LargeCopiesAreWrittenAsTheyCome) {
    std::string rows;
    const std::string row = "1\t" + std::string(100'000, 'x') + "\n";
    for (int i = 0; i < 10; ++i) rows += row;
    EXPECT_EQ(Query("copy web.clicks (id, url) from stdin"), "G ");
    for (int i = 0; i < 40; ++i) EXPECT_EQ(Ask(Data(rows)), "");
    const auto early = Written();
    EXPECT_GE(early.size(), 8u);
    for (const auto& lines : early) EXPECT_LE(lines.size(), kWriteBytesMax);
    EXPECT_EQ(Ask(done_), "C:COPY 400 Z:I ");
    EXPECT_EQ(Query("begin; copy web.clicks (id, url) from stdin"), "C:BEGIN G ");
    std::string answer;
    for (int i = 0; i < 40 && answer.empty(); ++i) answer = Ask(Data(rows));
    EXPECT_EQ(answer, "E:54000 Z:E ");
    EXPECT_EQ(Query("rollback"), "C:ROLLBACK Z:I ");
}

}  // namespace
}  // namespace weft::engine
