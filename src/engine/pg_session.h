// The conversation with one PostgreSQL client: simple and extended protocol, transactions, cursors, settings.
//
// For pg_session.cc and pg_command.cc. worker.cc hands it batches (one Query, or Parse to Sync). Invariants: every batch
// ends with exactly one ReadyForQuery; after an error the rest of the batch is skipped; in a failed transaction only its
// end is accepted. Reads have no transaction in DuckDB: the node pins the data while Ended::transaction is not 'I'.
// THREAD: main.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/pg_message.h"
#include "engine/pg_portal.h"
#include "engine/pg_prepared.h"
#include "engine/pg_setting.h"
#include "engine/pg_utility.h"
#include "engine/worker_internal.h"

namespace weft::engine {

using PgRow = std::vector<std::optional<std::string>>;

// A portal of the protocol: a bound statement, before, while and after it runs.
struct PgOpen {
    PgUtility utility;
    std::string sql;                   // As the client wrote it, for reports.
    std::unique_ptr<PgPortal> query;   // Statements with a tree.
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
    };
    struct Cursor {
        std::unique_ptr<PgPortal> query;
        std::string sql;
        bool hold = false;
        bool committed = false;  // Held over the end of its transaction.
    };
    struct Savepoint {
        std::string name;
    };

    // ---- protocol (pg_session.cc)
    void Simple(std::string_view sql);
    Result<> SimpleStatement(const PgStatementText& text, bool several);
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
    bool in_string_ = false;        // A simple query of several statements: one implicit transaction.
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
