// Conversations with an engine in this process; the expected bytes and codes are PostgreSQL's.
#include "engine/pg_session.h"

#include <gtest/gtest.h>

#include "engine/pg_catalog.h"
#include "engine/pg_talk_test_util.h"

namespace weft::engine {
namespace {

using namespace std::string_literals;

class PgSessionTest : public PgTalk {};

TEST_F(PgSessionTest, SeveralStatementsInOneStringAnswerOneByOne) {
    EXPECT_EQ(Query("select 1; select 'a', null; -- end"), "T D|1 C:SELECT 1 T D|a|NULL C:SELECT 1 Z:I ");
    EXPECT_EQ(Query(" ; "), "I Z:I ");
    EXPECT_EQ(Query("select 1; selec 2; select 3"), "T D|1 C:SELECT 1 E:42601 Z:I ");
}

TEST_F(PgSessionTest, FailedTransactionsRefuseUntilTheirEnd) {
    EXPECT_EQ(Query("begin"), "C:BEGIN Z:T ");
    EXPECT_TRUE(ended_.keep);
    EXPECT_EQ(Query("select * from traffic.nope"), "E:42P01 Z:E ");
    EXPECT_EQ(Query("select 1"), "E:25P02 Z:E ");
    EXPECT_EQ(Query("commit"), "C:ROLLBACK Z:I ");
    EXPECT_FALSE(ended_.keep);
    EXPECT_EQ(Query("begin; savepoint s; select * from nope"), "C:BEGIN C:SAVEPOINT E:42P01 Z:E ");
    EXPECT_EQ(Query("rollback to s; select 1; end"), "C:ROLLBACK T D|1 C:SELECT 1 C:COMMIT Z:I ");
}

TEST_F(PgSessionTest, PortalsSuspendAndErrorsSkipToSync) {
    const auto sync = Message('S', "");
    EXPECT_EQ(Ask(Parse("", "select range from range(3)") + Bind("", "") + Execute("", 2) + Execute("", 2) + sync),
              "1 2 D|0 D|1 s D|2 C:SELECT 1 Z:I ");
    EXPECT_EQ(Ask(Parse("", "selec") + Bind("", "") + Execute("", 0) + sync), "E:42601 Z:I ");
    EXPECT_EQ(Ask(Bind("", "nobody") + sync), "E:26000 Z:I ");
    EXPECT_EQ(Ask(Parse("", "select 1") + Message('H', "")), "1 ");  // The sequence goes on.
    EXPECT_EQ(Ask(Bind("", "") + Message('D', "P\0"s) + Execute("", 0) + sync), "2 T D|1 C:SELECT 1 Z:I ");
    EXPECT_EQ(Ask(Message('Q', "no end")), "E:08P01 Z:I ");
}

TEST_F(PgSessionTest, CursorsAndSettingsBehaveLikePostgres) {
    EXPECT_EQ(Query("declare c cursor for select 1"), "E:25P01 Z:I ");
    EXPECT_EQ(Query("declare c cursor with hold for select range from range(5); fetch 2 c; move 1 c; fetch all c; close c"),
              "C:DECLARE CURSOR T D|0 D|1 C:FETCH 2 C:MOVE 1 T D|3 D|4 C:FETCH 2 C:CLOSE CURSOR Z:I ");
    EXPECT_EQ(Query("set timezone = 'Europe/Berlin'; select timestamptz '2020-07-01 10:00:00+00'; show timezone"),
              "C:SET T D|2020-07-01 12:00:00+02 C:SELECT 1 T D|Europe/Berlin C:SHOW S Z:I ");
    EXPECT_TRUE(ended_.session_changed);
    EXPECT_EQ(Query("reset all"), "C:RESET S Z:I ");
    EXPECT_EQ(Query("set nothing_known = 1"), "E:42704 Z:I ");
    EXPECT_EQ(Query("select current_setting('nothing_known')"), "T E:22023 Z:I ");
}

TEST_F(PgSessionTest, CopyWritesTextAndCsv) {
    EXPECT_EQ(Query("copy (select 'a b', null, 1) to stdout"), "H d c C:COPY 1 Z:I ");
    EXPECT_EQ(Query("copy traffic.carriers from stdin"), "E:42501 Z:I ");
}

TEST_F(PgSessionTest, CatalogueIsMadeOfWhatThePrincipalSees) {
    EXPECT_EQ(Query("select relname from pg_class where oid = 'traffic.carriers'::regclass"), "T D|carriers C:SELECT 1 Z:I ");
    EXPECT_EQ(Query("select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 30002 and attnum = 3"),
              "T D|c3|numeric(12,2) C:SELECT 1 Z:I ");
    EXPECT_EQ(Query("select 'traffic.nope'::regclass").substr(0, 4), "T E:");
}

TEST_F(PgSessionTest, EverySystemViewBinds) {
    for (const auto& name : SystemViewNames()) {
        const auto answer = Query("select * from " + name + " limit 0");
        EXPECT_EQ(answer, "T C:SELECT 0 Z:I ") << name;
    }
}

TEST_F(PgSessionTest, PreparedTextsAndSettingsReplayInAnotherWorker) {
    Query("prepare p(int) as select $1 + 1; set application_name = 'x'");
    PgConversation other(PgTestWorld::Get().engine(), PgTestWorld::Get().out());
    ASSERT_TRUE(other.Restore(ended_.session));
    session_ = std::make_unique<PgConversation>(PgTestWorld::Get().engine(), PgTestWorld::Get().out());
    ASSERT_TRUE(static_cast<PgConversation&>(*session_).Restore(ended_.session));
    EXPECT_EQ(Query("execute p(41); show application_name"), "T D|42 C:SELECT 1 T D|x C:SHOW Z:I ");
    EXPECT_FALSE(other.Restore("[]"));
}

}  // namespace
}  // namespace weft::engine
