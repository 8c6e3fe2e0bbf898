// What crosses between worker and node, and when: a cursor computes on while nobody asks for it.
#include "engine/control.h"

#include <chrono>
#include <thread>

#include "engine/engine_test_util.h"
#include "engine/pg_message.h"

namespace weft::engine {
namespace {

using namespace std::string_literals;

class ControlTest : public WithPool {
  protected:
    void SetUp() override {
        WithPool::SetUp();
        Start start;
        start.threads = 2;  // A thread of DuckDB that works while the main thread waits.
        worker_ = Take(std::move(start));
        InDuck(fmt::format("COPY (SELECT range AS id FROM range(5000)) TO '{}/a.parquet' "
                           "(FIELD_IDS {{id: 1}})",
                           folder_));
        AddTable({"shop", "items"}, 7, {Column("id", DataType::Kind::kBigint, 1)}, {"a.parquet"});
    }
    // The types of the messages that answer a simple query, "?" and a text when there is no answer.
    std::string Query(const std::string& sql) {
        PgWriter writer;
        writer.Begin('Q');
        writer.Bytes(sql + '\0');
        writer.End();
        Pg batch;
        batch.messages = writer.buffer();
        rows_.clear();
        const auto finished = RunToEnd(*worker_, batch, host_, &rows_, 64u << 20, 20'000);
        if (!finished) return "? " + finished.error().message;
        std::string types;
        for (std::string_view rest = rows_; rest.size() >= 5;) {
            const auto size = static_cast<unsigned char>(rest[4]) +
                              256u * static_cast<unsigned char>(rest[3]) + 1u;
            types += rest[0];
            rest.remove_prefix(std::min<size_t>(size, rest.size()));
        }
        return types;
    }
    static void Pause() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }
};

TEST_F(ControlTest, CursorsAskNothingBetweenBatches) {
    for (int round = 0; round < 10; ++round) {
        ASSERT_EQ(Query("BEGIN"), "CZ") << round;
        ASSERT_EQ(Query("DECLARE c CURSOR FOR SELECT id FROM shop.items"), "CZ") << round;
        Pause();
        ASSERT_EQ(Query("FETCH 2 FROM c"), "TDDCZ") << round;
        Pause();
        ASSERT_EQ(Query(round % 2 == 0 ? "CLOSE c" : "SELECT 1"), round % 2 == 0 ? "CZ" : "TDCZ");
        ASSERT_EQ(Query("ROLLBACK"), "CZ") << round;
    }
}

TEST_F(ControlTest, WhatACursorRunsIntoReachesItsFetch) {
    host_.refuse_opens = 1;
    Query("BEGIN");
    ASSERT_EQ(Query("DECLARE c CURSOR FOR SELECT id FROM shop.items"), "CZ");
    Pause();
    EXPECT_EQ(Query("FETCH 2 FROM c"), "TEZ");
    EXPECT_NE(rows_.find("not now"), std::string::npos) << rows_;
}

TEST_F(ControlTest, AFetchFromARestrictedRelationFailsWithoutValues) {
    const auto fail = [&](const std::string& row_filter) {
        AddTable({"shop", "items"}, 7, {Column("id", DataType::Kind::kBigint, 1)}, {"a.parquet"}, row_filter);
        Query("BEGIN");
        EXPECT_EQ(Query("DECLARE c CURSOR FOR SELECT ('v' || id)::integer FROM shop.items"), "CZ");
        EXPECT_EQ(Query("FETCH 2 FROM c"), "TEZ");
        auto text = rows_;
        Query("ROLLBACK");
        return text;
    };
    EXPECT_NE(fail("").find("v0"), std::string::npos) << rows_;
    EXPECT_EQ(fail("id < 4000").find("v0"), std::string::npos);
}

TEST_F(ControlTest, ARefusedScanLeavesTheNextOnesTheirNumbers) {
    host_.refuse_opens = 1;
    EXPECT_EQ(Query("SELECT count(*) FROM shop.items WHERE id < 3"), "TEZ");
    EXPECT_EQ(Query("SELECT id FROM shop.items WHERE id < 3"), "TDDDCZ");
    EXPECT_EQ(host_.scans_of_files, std::vector<uint64_t>{0});
}

}  // namespace
}  // namespace weft::engine
