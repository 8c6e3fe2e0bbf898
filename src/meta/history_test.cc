#include "meta/history.h"

#include <gtest/gtest.h>

#include <set>

#include "meta/world_test_util.h"

namespace weft::meta {
namespace {

RunRecord Record(RunId id, const std::string& product, const std::string& state) {
    return {.id = id,
            .product = product,
            .version = "1.0.0",
            .trigger = "manual",
            .state = state,
            .started = {10},
            .ended = {20},
            .rows_written = 5,
            .rows_rejected = 1,
            .error = "",
            .checks = "[]",
            .by = "ana"};
}

TEST(History, RunsComeNewestFirstAndAreReplacedById) {
    const auto history = History::Open(TestFolder()).value();
    const RunId first = history->NewRunId();
    const RunId second = history->NewRunId();
    history->Put(Record(first, "sales.orders", "running"));
    history->Put(Record(second, "sales.items", "running"));
    history->Put(Record(first, "sales.orders", "succeeded"));
    const auto all = history->Runs("", 10).value();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].id, second);
    EXPECT_EQ(history->Runs("sales.orders", 10)->size(), 1u);
    EXPECT_EQ(history->Runs("", 1)->size(), 1u);
    EXPECT_EQ(history->Run(first).value()->state, "succeeded");
    EXPECT_EQ(history->Run(first).value()->rows_written, 5u);
    EXPECT_FALSE(history->Run(RunId{9'999'999}).value());
}

TEST(History, LogLinesKeepTheirOrderAndTheirRun) {
    const auto history = History::Open(TestFolder()).value();
    history->Append(LogRecord{RunId{1}, {1}, "info", "one"});
    history->Append(LogRecord{RunId{2}, {2}, "info", "other"});
    history->Append(LogRecord{RunId{1}, {3}, "error", "two"});
    const auto lines = history->Log(RunId{1}, 10).value();
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0].message, "one");
    EXPECT_EQ(lines[1].level, "error");
    EXPECT_EQ(lines[1].time.us, 3);
}

TEST(History, QueriesAreByPrincipal) {
    const auto history = History::Open(TestFolder()).value();
    for (const char* who : {"ana", "bob", "ana"}) {
        history->Append(QueryRecord{.time = {1},
                                    .principal = who,
                                    .path = "http",
                                    .sql = "select 1",
                                    .relations = "",
                                    .sqlstate = "42501",
                                    .rows = 1,
                                    .bytes = 2,
                                    .us = 3});
    }
    EXPECT_EQ(history->Queries("ana", 10)->size(), 2u);
    EXPECT_EQ(history->Queries("", 10)->size(), 3u);
    EXPECT_EQ(history->Queries("eve", 10)->size(), 0u);
    EXPECT_EQ(history->Queries("bob", 10)->at(0).sqlstate, "42501");
}

TEST(History, SurvivesReopeningAndNeverRepeatsARunId) {
    const std::string folder = TestFolder();
    std::set<uint64_t> seen;
    for (int round = 0; round < 3; ++round) {
        const auto history = History::Open(folder).value();
        for (int i = 0; i < 1'500; ++i) {
            EXPECT_TRUE(seen.insert(history->NewRunId().value).second);
        }
        const RunId id = history->NewRunId();
        seen.insert(id.value);
        history->Put(Record(id, "sales.orders", "succeeded"));
    }
    EXPECT_EQ(History::Open(folder).value()->Runs("sales.orders", 10)->size(), 3u);
}

TEST(History, HugeTextsAreCut) {
    const auto history = History::Open(TestFolder()).value();
    history->Append(LogRecord{RunId{1}, {1}, "info", std::string(1u << 20, 'x')});
    EXPECT_EQ(history->Log(RunId{1}, 10)->at(0).message.size(), 64u << 10);
}

}  // namespace
}  // namespace weft::meta
