#include "meta/history.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <variant>

#include "base/log.h"
#include "io/files.h"
#include "meta/database.h"

namespace weft::meta {
namespace {

constexpr auto kFlushEvery = std::chrono::milliseconds(500);
constexpr size_t kWaitingMax = 50'000;  // Beyond: the oldest lines are dropped, and counted.
constexpr int64_t kRunIdsAtOnce = 1'000;
constexpr int64_t kQueriesMax = 1'000'000;
constexpr int64_t kLogLinesMax = 2'000'000;
constexpr size_t kTextBytesMax = 64u << 10;  // Of one statement or message.
constexpr size_t kAnswerMax = 100'000;

constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE sequence(name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
CREATE TABLE runs(id INTEGER PRIMARY KEY, product TEXT NOT NULL, version TEXT NOT NULL,
    trigger TEXT NOT NULL, state TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL,
    rows_written INTEGER NOT NULL, rows_rejected INTEGER NOT NULL, error TEXT NOT NULL,
    checks TEXT NOT NULL, by TEXT NOT NULL) STRICT;
CREATE INDEX runs_of_product ON runs(product, id);
CREATE TABLE log(id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, time INTEGER NOT NULL,
    level TEXT NOT NULL, message TEXT NOT NULL) STRICT;
CREATE INDEX log_of_run ON log(run, id);
CREATE TABLE queries(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL,
    principal TEXT NOT NULL, path TEXT NOT NULL, sql TEXT NOT NULL, relations TEXT NOT NULL,
    sqlstate TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, us INTEGER NOT NULL)
    STRICT;
CREATE INDEX queries_of_principal ON queries(principal, id);
)sql",
};

int64_t Signed(uint64_t value) { return static_cast<int64_t>(value); }
uint64_t Unsigned(int64_t value) { return static_cast<uint64_t>(value); }

std::string_view Cut(std::string_view text) { return text.substr(0, kTextBytesMax); }

RunRecord RunOf(const Statement& row) {
    return {.id = {Unsigned(row.Integer(0))},
            .product = row.Text(1),
            .version = row.Text(2),
            .trigger = row.Text(3),
            .state = row.Text(4),
            .started = {row.Integer(5)},
            .ended = {row.Integer(6)},
            .rows_written = Unsigned(row.Integer(7)),
            .rows_rejected = Unsigned(row.Integer(8)),
            .error = row.Text(9),
            .checks = row.Text(10),
            .by = row.Text(11)};
}

QueryRecord QueryOf(const Statement& row) {
    return {.time = {row.Integer(0)},
            .principal = row.Text(1),
            .path = row.Text(2),
            .sql = row.Text(3),
            .relations = row.Text(4),
            .sqlstate = row.Text(5),
            .rows = Unsigned(row.Integer(6)),
            .bytes = Unsigned(row.Integer(7)),
            .us = Unsigned(row.Integer(8))};
}

Result<> Write(Database& database, const RunRecord& run) {
    Statement put = TRY(database.Prepare(
        "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    return put.Bind(Signed(run.id.value))
        .Bind(run.product)
        .Bind(run.version)
        .Bind(run.trigger)
        .Bind(run.state)
        .Bind(run.started.us)
        .Bind(run.ended.us)
        .Bind(Signed(run.rows_written))
        .Bind(Signed(run.rows_rejected))
        .Bind(Cut(run.error))
        .Bind(run.checks)
        .Bind(run.by)
        .Run();
}

Result<> Write(Database& database, const LogRecord& line) {
    Statement put =
        TRY(database.Prepare("INSERT INTO log(run, time, level, message) VALUES (?, ?, ?, ?)"));
    return put.Bind(Signed(line.run.value))
        .Bind(line.time.us)
        .Bind(line.level)
        .Bind(Cut(line.message))
        .Run();
}

Result<> Write(Database& database, const QueryRecord& query) {
    Statement put =
        TRY(database.Prepare("INSERT INTO queries(time, principal, path, sql, relations, sqlstate, "
                             "rows, bytes, us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    return put.Bind(query.time.us)
        .Bind(query.principal)
        .Bind(query.path)
        .Bind(Cut(query.sql))
        .Bind(query.relations)
        .Bind(query.sqlstate)
        .Bind(Signed(query.rows))
        .Bind(Signed(query.bytes))
        .Bind(Signed(query.us))
        .Run();
}

using Record = std::variant<RunRecord, LogRecord, QueryRecord>;

// Everything touches the database on one thread: records wait there for at most half a second,
// questions are answered at once, after what came before them.
class HistoryFile final : public History {
  public:
    explicit HistoryFile(std::unique_ptr<Database> database)
        : database_(std::move(database)), thread_([this](std::stop_token stop) { Loop(stop); }) {}

    Result<> Start() {
        return Ask<Result<>>([this](Database& database) { return ReserveRunIds(database); });
    }

    RunId NewRunId() override {
        const std::scoped_lock lock(ids_mutex_);
        if (next_run_ == reserved_run_) {
            const auto reserved =
                Ask<Result<>>([this](Database& database) { return ReserveRunIds(database); });
            // Unique while this process lives; the store refuses an id that is not newer.
            if (!reserved) reserved_run_ += kRunIdsAtOnce;
        }
        return RunId{Unsigned(++next_run_)};
    }

    void Put(const RunRecord& run) override { Wait(run); }
    void Append(const LogRecord& line) override { Wait(line); }
    void Append(const QueryRecord& query) override { Wait(query); }

    Result<std::vector<RunRecord>> Runs(std::string product, size_t count_max) override {
        using Answer = Result<std::vector<RunRecord>>;
        return Ask<Answer>([&](Database& database) -> Answer {
            Statement rows = TRY(database.Prepare(
                product.empty() ? "SELECT * FROM runs WHERE ? = '' ORDER BY id DESC LIMIT ?"
                                : "SELECT * FROM runs WHERE product = ? ORDER BY id DESC LIMIT ?"));
            rows.Bind(product).Bind(Bounded(count_max));
            std::vector<RunRecord> runs;
            while (TRY(rows.Step())) runs.push_back(RunOf(rows));
            return runs;
        });
    }

    Result<std::optional<RunRecord>> Run(RunId id) override {
        using Answer = Result<std::optional<RunRecord>>;
        return Ask<Answer>([&](Database& database) -> Answer {
            Statement rows = TRY(database.Prepare("SELECT * FROM runs WHERE id = ?"));
            rows.Bind(Signed(id.value));
            if (!TRY(rows.Step())) return std::nullopt;
            return RunOf(rows);
        });
    }

    Result<std::vector<LogRecord>> Log(RunId id, size_t count_max) override {
        using Answer = Result<std::vector<LogRecord>>;
        return Ask<Answer>([&](Database& database) -> Answer {
            Statement rows = TRY(database.Prepare(
                "SELECT time, level, message FROM log WHERE run = ? ORDER BY id LIMIT ?"));
            rows.Bind(Signed(id.value)).Bind(Bounded(count_max));
            std::vector<LogRecord> lines;
            while (TRY(rows.Step())) {
                lines.push_back({id, {rows.Integer(0)}, rows.Text(1), rows.Text(2)});
            }
            return lines;
        });
    }

    Result<std::vector<QueryRecord>> Queries(std::string principal, size_t count_max) override {
        using Answer = Result<std::vector<QueryRecord>>;
        return Ask<Answer>([&](Database& database) -> Answer {
            Statement rows = TRY(database.Prepare(fmt::format(
                "SELECT time, principal, path, sql, relations, sqlstate, rows, bytes, us "
                "FROM queries WHERE {} ORDER BY id DESC LIMIT ?",
                principal.empty() ? "? = ''" : "principal = ?")));
            rows.Bind(principal).Bind(Bounded(count_max));
            std::vector<QueryRecord> queries;
            while (TRY(rows.Step())) queries.push_back(QueryOf(rows));
            return queries;
        });
    }

    Result<> CopyTo(std::string path) override {
        return Ask<Result<>>([&](Database& database) { return database.CopyTo(path); });
    }

  private:
    struct Question {  // The loop owns it, so that the promise outlives its setting.
        std::function<void(Database&)> ask;
        std::promise<void> asked;
    };

    static int64_t Bounded(size_t count) { return Signed(std::min(count, kAnswerMax)); }

    void Wait(Record record) {
        const std::scoped_lock lock(mutex_);
        if (waiting_.size() >= kWaitingMax) {
            waiting_.pop_front();
            ++dropped_count_;
        }
        waiting_.push_back(std::move(record));
    }

    template <class Answer>
    Answer Ask(const std::function<Answer(Database&)>& ask) {
        Answer answer;
        auto question = std::make_unique<Question>();
        question->ask = [&](Database& database) { answer = ask(database); };
        auto asked = question->asked.get_future();
        {
            const std::scoped_lock lock(mutex_);
            if (questions_.size() >= kWaitingMax) {
                return Fail(Code::kLimit, "too many questions to the history at once");
            }
            questions_.push_back(std::move(question));
        }
        asked_.notify_one();
        asked.get();
        return answer;
    }

    void Loop(const std::stop_token& stop) {
        while (true) {
            std::deque<Record> records;
            std::deque<std::unique_ptr<Question>> questions;
            {
                std::unique_lock lock(mutex_);
                asked_.wait_for(lock, stop, kFlushEvery, [this] { return !questions_.empty(); });
                records.swap(waiting_);
                questions.swap(questions_);
                if (dropped_count_ > 0) {
                    LogWarn("meta", "history: {} records were dropped", dropped_count_);
                    dropped_count_ = 0;
                }
            }
            Flush(records);
            for (const auto& question : questions) {
                question->ask(*database_);
                question->asked.set_value();
            }
            if (stop.stop_requested() && records.empty() && questions.empty()) return;
        }
    }

    // A disk that is full costs the newest history, never the node.
    void Flush(const std::deque<Record>& records) {
        if (records.empty()) return;
        auto done = database_->Begin();
        for (const Record& record : records) {
            if (!done) break;
            done = std::visit([&](const auto& each) { return Write(*database_, each); }, record);
        }
        if (done) done = Prune();
        if (done) {
            io::DurableStep("history commit");
            done = database_->Commit();
        }
        if (done) return;
        database_->Rollback();
        LogError("meta", "{} records of history are lost: {}", records.size(),
                 done.error().message);
    }

    Result<> Prune() {
        Statement queries = TRY(database_->Prepare(
            "DELETE FROM queries WHERE id <= (SELECT max(id) FROM queries) - ?"));
        CHECK_OK(queries.Bind(kQueriesMax).Run());
        Statement lines =
            TRY(database_->Prepare("DELETE FROM log WHERE id <= (SELECT max(id) FROM log) - ?"));
        return lines.Bind(kLogLinesMax).Run();
    }

    // Ids are reserved ahead of use, so that a lost second of history gives none out twice.
    Result<> ReserveRunIds(Database& database) {
        Statement read = TRY(database.Prepare(
            "SELECT max(coalesce((SELECT value FROM sequence WHERE name = 'run'), 0), "
            "coalesce((SELECT max(id) FROM runs), 0))"));
        CHECK_OK(read.Step());
        const int64_t first = std::max(read.Integer(0), reserved_run_);
        read.Reset();
        Statement put = TRY(database.Prepare("INSERT OR REPLACE INTO sequence VALUES ('run', ?)"));
        CHECK_OK(put.Bind(first + kRunIdsAtOnce).Run());
        next_run_ = first;
        reserved_run_ = first + kRunIdsAtOnce;
        return {};
    }

    std::unique_ptr<Database> database_;  // THREAD: thread_ only.
    std::mutex ids_mutex_;
    int64_t next_run_ = 0;      // The newest id given out. Guarded by ids_mutex_.
    int64_t reserved_run_ = 0;  // The newest id that may be given out.
    std::mutex mutex_;
    std::condition_variable_any asked_;
    std::deque<Record> waiting_;                       // Guarded by mutex_.
    std::deque<std::unique_ptr<Question>> questions_;  // Guarded by mutex_.
    uint64_t dropped_count_ = 0;                       // Guarded by mutex_.
    std::jthread thread_;  // Last: stops and joins before the rest goes.
};

}  // namespace

Result<std::unique_ptr<History>> History::Open(std::string folder) {
    CHECK_OK(io::MakeDirectories(folder));
    auto database = TRY(Database::Open(folder + "/history.db",
                                       {.sync_each_commit = true, .migrations = kMigrations}));
    auto history = std::make_unique<HistoryFile>(std::move(database));
    CHECK_OK(history->Start());
    return history;
}

}  // namespace weft::meta
