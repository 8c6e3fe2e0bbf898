// The conversation with one PostgreSQL client: simple and extended protocol, transactions, cursors,
// settings.
//
// For pg_session.cc, pg_command.cc and pg_change.cc. worker.cc hands it batches (one Query, or
// Parse to Sync). Invariants: every batch ends with exactly one ReadyForQuery; after an error the
// rest of the batch is skipped; in a failed transaction only its end is accepted; but one with a
// COPY FROM under way ends without (Ended::copy_in). Reads have no transaction in DuckDB: the node
// pins the data while Ended::transaction is not 'I'. What is written is kept until its transaction
// ends: at COMMIT, or at the end of the statement, string or sequence that is a transaction of its
// own. THREAD: main.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/pg_copy_in.h"
#include "engine/pg_message.h"
#include "engine/pg_portal.h"
#include "engine/pg_prepared.h"
#include "engine/pg_setting.h"
#include "engine/pg_utility.h"
#include "engine/pg_write.h"
#include "engine/worker_internal.h"

namespace weft::engine {

using PgRow = std::vector<std::optional<std::string>>;

// A portal of the protocol: a bound statement, before, while and after it runs.
struct PgOpen {
    PgUtility utility;
    std::string sql;                   // As the client wrote it, for reports.
    std::unique_ptr<PgPortal> query;   // Statements with a tree.
    RelationName target;               // INSERT.
    std::vector<OutputColumn> columns;  // INSERT: what the query's columns fill,
    bool named = false;                 // and that the client named them.
    std::vector<int16_t> formats;
    std::vector<PgField> fields;       // Of rows that we make ourselves, and of FETCH.
    std::vector<PgRow> rows;
    size_t row_at = 0;
    bool ran = false;
};

class PgConversation final : public PgSession {
public:
    PgConversation(Engine& engine, DataOut& out);
    Ended Run(const Pg& batch) override;
    Result<> Restore(const std::string& session);

private:
    struct Outcome {
        std::string tag;
        uint64_t rows = 0;
        bool suspended = false;
        bool copying = false;  // The client's rows are to come.
    };
    struct Cursor {
        std::unique_ptr<PgPortal> query;
        std::string sql;
        bool hold = false;
        bool committed = false;  // Held over the end of its transaction.
    };
    struct Savepoint {
        std::string name;
        size_t mark = 0;  // Of what is kept to be written.
    };
    struct Copying {  // COPY FROM STDIN under way.
        std::unique_ptr<PgCopyIn> rows;
        std::string sql;  // For the report.
        std::chrono::steady_clock::time_point started;
        bool simple = false;
        bool last = true;  // Nothing of its transaction follows.
    };

    // ---- protocol (pg_session.cc)
    void Simple(std::string_view sql);
    void GoOn();  // The statements of string_ that have not run.
    Result<> SimpleStatement(const PgStatementText& text);
    Result<> Take(const PgClient& message);
    Result<> TakeParse(const PgParse& message);
    Result<> TakeBind(const PgBind& message);
    Result<> TakeDescribe(const PgDescribe& message);
    Result<> TakeExecute(const PgExecute& message);
    void TakeClose(const PgClose& message);
    Result<std::vector<duckdb::Value>> Parameters(const PgBind& message, const PgPrepared& prepared);
    Result<> DescribeStatement(PgPrepared& prepared);
    void Ready();
    void Failed(const Error& error, size_t offset, std::string_view sql);
    Result<> CheckTransaction(const PgUtility& utility) const;
    Ended Finish();

    // ---- running (pg_command.cc)
    Result<std::unique_ptr<PgOpen>> Open(PgPrepared& prepared, std::vector<duckdb::Value> values,
                                         const std::vector<int16_t>& formats);
    Result<Outcome> Execute(PgOpen& open, uint64_t rows_max, bool simple);
    Result<Outcome> Query(PgOpen& open, uint64_t rows_max, bool simple);
    Result<Outcome> OwnRows(PgOpen& open, uint64_t rows_max, bool simple, std::string tag);
    Result<std::string> Command(PgOpen& open);
    Result<std::string> Transaction(const PgUtility& utility);
    Result<> Set(const PgUtility& utility);
    Result<> SetModes(const PgUtility& utility);
    Result<> Discard(const PgUtility& utility);
    Result<> Prepare(const PgUtility& utility);
    Result<> Declare(PgOpen& open);
    Result<Outcome> Fetch(PgOpen& open, bool simple);
    Result<Outcome> ExecutePrepared(PgOpen& open, uint64_t rows_max, bool simple);
    Result<Outcome> Explain(PgOpen& open, uint64_t rows_max, bool simple);
    Result<> Show(PgOpen& open);
    std::vector<PgField> OwnFields(const PgUtility& utility, const std::vector<int16_t>& formats);
    void EndTransaction(bool commit);
    void ClosePortals();

    // ---- writing (pg_change.cc)
    Result<> Aim(PgPrepared& prepared);  // Nothing to do but for INSERT.
    Result<> CheckWritable(const char* statement) const;
    Result<Outcome> Insert(PgOpen& open);
    Result<Outcome> BeginCopy(PgOpen& open, bool simple);
    bool TakeCopy(const PgClient& message);  // True: ReadyForQuery is due.
    Result<> CommitIfLast();  // A statement outside of a block that nothing follows is a
                              // transaction of its own.

    Result<PgPortal::Connection> TakeConnection();
    void GiveConnection(PgPortal::Connection connection);
    void Retire(std::unique_ptr<PgPortal> portal);
    bool utc() const;
    void NeedStatement();
    void EndStatement(std::string_view sql, const Outcome* outcome, const Error* error);
    std::string Save() const;

    Engine& engine_;
    DataOut& out_;
    PgSettings settings_;
    StatementLimits limits_;
    std::map<std::string, std::unique_ptr<PgPrepared>, std::less<>> prepared_;
    std::map<std::string, std::unique_ptr<PgOpen>, std::less<>> portals_;
    std::map<std::string, Cursor, std::less<>> cursors_;
    std::vector<Savepoint> savepoints_;
    std::vector<PgPortal::Connection> idle_;
    char transaction_ = 'I';
    std::string string_;            // Of a simple query, while it runs.
    size_t string_next_ = 0;        // Its statement to run next.
    bool in_string_ = false;        // A simple query of several statements: one implicit transaction.
    bool is_last_ = false;          // Nothing of this implicit transaction follows the statement.
    PgWrites writes_;
    std::optional<Copying> copy_;
    std::optional<RelationName> written_;  // By this statement; for its report.
    bool statement_open_ = false;
    bool failed_ = false;           // Until Sync.
    std::string saved_;             // What the node has of Save().
    std::chrono::steady_clock::time_point started_;
    uint64_t bytes_before_ = 0;
    Ended ended_;
};

// The SQLSTATE of an error that names none.
std::string PgSqlState(const Error& error);

}  // namespace weft::engine
