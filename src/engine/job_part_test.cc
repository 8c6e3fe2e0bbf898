// Loads of a part: after every batch of a random history the table is what a full load makes.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "engine/job_test_world.h"

namespace weft::engine {
namespace {

constexpr int64_t kStart = 1'735'732'800'000'000;  // 2025-01-01 12:00:00 UTC.
constexpr int64_t kHour = 3'600'000'000;

std::string Ask(const std::string& sql) {
    static duckdb::DuckDB database(nullptr);
    static duckdb::Connection connection(database);
    connection.Query("SET TimeZone = 'UTC'");
    auto result = connection.Query(sql);
    return result->HasError() ? result->GetError() : result->Fetch()->GetValue(0, 0).ToString();
}

class JobPart : public testing::Test {
  protected:
    void SetUp() override {
        world.Clear();
        world.shrink = 0;
    }
    // Rolls the lines of a batch into one more file of web.clicks.
    void Push(const std::vector<std::string>& lines) {
        FileRelation pushed;
        pushed.format = FileRelation::Format::kJsonLines;
        pushed.columns = {Shown("id", "bigint", 1), Shown("user_id", "bigint", 2),
                          Shown("occurred_at", "timestamptz", 3),
                          Shown("amount", "decimal(12,2)", 4)};
        pushed.received = {{1, position + 1, kStart, ""}};
        world.Put({"", "batch"}, pushed, {Join(lines, "\n") + "\n"});
        Job job;
        job.inputs = {{"batch", {"", "batch"}}};
        for (const auto& column : Clicks()) {
            OutputColumn output;
            output.name = column.name;
            output.type = column.type;
            output.field_id = column.field_id;
            job.columns.push_back(output);
        }
        const auto ended = world.Run(job);
        ASSERT_TRUE(ended.ok) << ended.error.message;
        events.push_back(world.Output(ended.files.at(0).index));
        position += lines.size();
    }
    static std::vector<RelationColumn> Clicks() {
        return {Shown("id", "bigint", 1),
                Shown("user_id", "bigint", 2),
                Shown("occurred_at", "timestamptz", 3),
                Shown("amount", "decimal(12,2)", 4),
                Shown("received_at", "timestamptz", 5),
                Shown("_position", "bigint", 6)};
    }
    void PutClicks(const RelationName& name, const std::string& filter = {}) {
        world.Put(name, TableRelation{Clicks(), filter, 0}, events);
    }
    // The product's columns as its own table shows them.
    void PutKept() {
        std::vector<RelationColumn> columns;
        for (const auto& column : job.columns)
            columns.push_back(Shown(column.name, ToString(column.type), column.field_id));
        world.Put({"", "weft kept"}, TableRelation{std::move(columns), "", 0}, table);
    }
    // What the job writes; the rows of `files`, sorted.
    Ended Run(const Part& part, std::vector<std::string>& files) {
        world.Clear();
        PutClicks({"web", "clicks"});
        PutClicks({"", "weft changed"}, fmt::format("_position > {}", done));
        PutKept();
        job.part = part;
        job.inputs.clear();
        if (!part.kept.empty()) job.inputs.push_back({"weft kept", {"", "weft kept"}});
        if (!part.changed.empty()) job.inputs.push_back({"weft changed", {"", "weft changed"}});
        auto ended = world.Run(job);
        EXPECT_TRUE(ended.ok) << ended.error.message;
        files.clear();
        for (const auto& file : ended.files) files.push_back(world.Output(file.index));
        return ended;
    }
    static std::vector<std::string> Rows(const std::vector<std::string>& files) {
        std::vector<std::string> rows;
        for (const auto& file : files)
            for (auto& row : Split(ReadBack(file, "FROM read_parquet($)"), '\n'))
                if (!row.empty()) rows.push_back(std::move(row));
        std::ranges::sort(rows);
        return rows;
    }
    std::string Event(int64_t occurred_us, int64_t user) {
        const auto text =
            Ask(fmt::format("SELECT strftime(make_timestamp({}), '%Y-%m-%dT%H:%M:%S.%fZ')",
                            occurred_us));
        constexpr const char* kEvent =
            "{{\"id\":{},\"user_id\":{},\"occurred_at\":\"{}\",\"amount\":{}.{:02}}}";
        const auto who = user < 0 ? "null" : std::to_string(user);
        return fmt::format(kEvent, ++ids, who, text, random() % 100, random() % 100);
    }
    void Report(int batches) const {
        fmt::print("n {} events in {} batches, {} rows, seed {}\n", ids, batches,
                   Rows(table).size(), kSeed);
    }
    void ByHistory(const std::string& sql, const std::string& column, int batches);
    void MergeHistory(const std::string& sql, std::vector<std::string> keys, int64_t users,
                      int batches);

    TestWorld& world = TestWorld::Get();
    static constexpr uint32_t kSeed = 20'260'401;
    std::mt19937_64 random{kSeed};
    std::vector<std::string> events, table;
    uint64_t position = 0, done = 0;
    int64_t ids = 0;
    Job job;
};

// Every event is at most two hours older than the newest row of the last run; lateness is that.
void JobPart::ByHistory(const std::string& sql, const std::string& column, int batches) {
    job.sql = sql;
    Part part;
    part.kind = Part::Kind::kBy;
    part.columns = {column};
    std::string newest;
    int64_t floor = kStart;
    for (int batch = 0; batch < batches; ++batch) {
        std::vector<std::string> lines;
        for (uint64_t n = 1 + random() % 60; n > 0; --n)
            lines.push_back(Event(floor + static_cast<int64_t>(random() % (5 * kHour)),
                                  static_cast<int64_t>(random() % 20) - 1));
        Push(lines);
        part.from = newest.empty() ? ""
                                   : Ask("SELECT (TIMESTAMPTZ '" + newest +
                                         "' - INTERVAL 2 HOUR)::VARCHAR");
        part.kept = newest.empty() ? "" : "weft kept";
        std::vector<std::string> files, full;
        const auto ended = Run(part, files);
        table = files;
        const auto whole = Run({}, full);
        ASSERT_EQ(Rows(table), Rows(full)) << "batch " << batch << " seed " << kSeed;
        ASSERT_LE(ended.rows, whole.rows);
        newest = ended.newest;
        uint64_t most = 0;
        for (const auto& file : full)
            most = std::max(most, std::stoul(ReadBack(
                                      file, "SELECT epoch_us(max(" + column +
                                                ")) FROM read_parquet($)")));
        ASSERT_EQ(Ask("SELECT epoch_us(TIMESTAMPTZ '" + newest + "')"), std::to_string(most));
        floor = static_cast<int64_t>(most) - 2 * kHour;
    }
    Report(batches);
}

TEST_F(JobPart, ByHistoryOfSingleRows) {
    job.columns = {Declared("id", "bigint", 1), Declared("occurred_at", "timestamptz", 2),
                   Declared("twice", "decimal(14,2)", 3)};
    ByHistory("SELECT id, occurred_at, amount * 2 AS twice FROM web.clicks "
              "WHERE user_id IS NOT NULL",
              "occurred_at", 12);
}

TEST_F(JobPart, ByHistoryOfGroups) {
    job.columns = {Declared("hour", "timestamptz", 1), Declared("n", "bigint", 2),
                   Declared("total", "decimal(38,2)", 3)};
    job.sort_by = {"hour"};
    ByHistory("SELECT date_trunc('hour', occurred_at) AS hour, count(*) AS n, sum(amount) AS total "
              "FROM web.clicks GROUP BY ALL",
              "hour", 12);
}

void JobPart::MergeHistory(const std::string& sql, std::vector<std::string> keys, int64_t users,
                           int batches) {
    job.sql = sql;
    Part part;
    part.kind = Part::Kind::kMerge;
    part.columns = std::move(keys);
    part.changed = "weft changed";
    for (int batch = 0; batch < batches; ++batch) {
        std::vector<std::string> lines;
        for (uint64_t n = 1 + random() % 40; n > 0; --n)
            lines.push_back(
                Event(kStart + static_cast<int64_t>(random() % 4) * kHour,
                      static_cast<int64_t>(random() % static_cast<uint64_t>(users)) - 1));
        Push(lines);
        part.kept = table.empty() ? "" : "weft kept";
        std::vector<std::string> files, full;
        const auto ended = Run(part, files);
        table = files;
        done = position;
        const auto whole = Run({}, full);
        ASSERT_EQ(Rows(table), Rows(full)) << "batch " << batch << " seed " << kSeed;
        ASSERT_LE(ended.rows, whole.rows);
        ASSERT_EQ(ended.newest, "");
    }
    Report(batches);
}

TEST_F(JobPart, MergeHistoryOfOneKey) {
    job.columns = {Declared("user_id", "varchar", 1), Declared("n", "bigint", 2),
                   Declared("last", "timestamptz", 3)};
    MergeHistory("SELECT user_id, count(*) AS n, max(occurred_at) AS last FROM web.clicks "
                 "GROUP BY 1",
                 {"user_id"}, 50, 12);
}

TEST_F(JobPart, MergeHistoryOfTwoKeysThatMayBeNull) {
    job.columns = {Declared("occurred_at", "timestamptz", 1), Declared("user_id", "bigint", 2),
                   Declared("total", "decimal(38,2)", 3)};
    job.columns[2].check = "total >= 0";
    job.sort_by = {"user_id"};
    MergeHistory("SELECT occurred_at, user_id, sum(amount) AS total FROM web.clicks GROUP BY ALL",
                 {"user_id", "occurred_at"}, 12, 12);
}

TEST_F(JobPart, TheRangeReachesTheScan) {
    std::vector<std::string> lines;
    for (int i = 0; i < 10; ++i) lines.push_back(Event(kStart + i * kHour, i));
    Push(lines);
    job.columns = {Declared("id", "bigint", 1), Declared("occurred_at", "timestamptz", 2)};
    job.sql = "SELECT id, occurred_at FROM web.clicks";
    Part part;
    part.kind = Part::Kind::kBy;
    part.columns = {"occurred_at"};
    part.from = "2025-01-01 14:00:00+00";
    part.to = "2025-01-01 16:00:00+00";
    std::vector<std::string> files;
    const auto ended = Run(part, files);
    EXPECT_EQ(ended.rows, 2u);
    EXPECT_EQ(ended.newest, "2025-01-01 15:00:00+00");
    EXPECT_EQ(Rows(files), (std::vector<std::string>{"3|2025-01-01 14:00:00+00",
                                                     "4|2025-01-01 15:00:00+00"}));
    const auto opens = world.opens();
    ASSERT_EQ(opens.size(), 1u);
    std::set<std::string> seen;
    for (const auto& comparison : opens[0].comparisons) {
        if (comparison.values.empty()) continue;
        const bool from = comparison.op == Comparison::Op::kGreaterEqual;
        seen.insert(fmt::format("{} {} {}", comparison.field_id, from ? ">=" : "<",
                                Hex(comparison.values[0])));
    }
    EXPECT_EQ(seen, (std::set<std::string>{"3 < 00a04623a72a0600", "3 >= 00581f76a52a0600"}));
}

TEST_F(JobPart, KeysReachTheScan) {
    Push({Event(kStart, 1), Event(kStart, 2), Event(kStart, 3)});
    done = position;
    Push({Event(kStart, 2), Event(kStart, 5)});
    job.columns = {Declared("user_id", "bigint", 1), Declared("n", "bigint", 2)};
    job.sql = "SELECT user_id, count(*) AS n FROM web.clicks GROUP BY 1";
    Part part;
    part.kind = Part::Kind::kMerge;
    part.columns = {"user_id"};
    part.changed = "weft changed";
    std::vector<std::string> files;
    EXPECT_EQ(Run(part, files).rows, 2u);
    EXPECT_EQ(Rows(files), (std::vector<std::string>{"2|2", "5|1"}));
    const auto opens = world.opens();
    ASSERT_EQ(opens.size(), 2u);
    EXPECT_TRUE(std::ranges::any_of(opens[1].comparisons, [](const Comparison& comparison) {
        return comparison.field_id == 2 && comparison.op == Comparison::Op::kIn &&
               comparison.values.size() == 2;
    }));
}

// Rows outside are neither checked nor counted, whatever the optimizer does with the filters.
TEST_F(JobPart, RowsOutsideCountNowhere) {
    Push({Event(kStart, 1), Event(kStart + kHour, -1), Event(kStart + 2 * kHour, 3)});
    job.columns = {Declared("user_id", "bigint", 1, true),
                   Declared("occurred_at", "timestamptz", 2)};
    job.sql = "SELECT user_id, occurred_at FROM web.clicks LIMIT 10";
    job.unique = {{"user_id"}};
    Part part;
    part.kind = Part::Kind::kBy;
    part.columns = {"occurred_at"};
    part.from = "2025-01-01 14:00:00+00";
    std::vector<std::string> files;
    const auto ended = Run(part, files);
    EXPECT_EQ(ended.rows, 1u);
    EXPECT_EQ(ended.bad_record_count, 0u);
    part.columns = {"nothing"};
    job.part = part;
    EXPECT_EQ(world.Run(job).error.code, Code::kInvalid);
    part.columns = {"occurred_at"};
    part.from = "yesterday'; --";
    job.part = part;
    EXPECT_EQ(world.Run(job).error.code, Code::kInvalid);
}

}  // namespace
}  // namespace weft::engine
