// Inside the worker: the database (Engine), between the node's voice and the way out (control.h).
//
// For engine/*.cc only. pg_*.cc and statement_*.cc / job_*.cc build on it; worker.cc drives it.
// Invariants: no user text reaches DuckDB's planner before Engine::Admit accepted its tree; every
// plan is seen by the guard; DuckDB's exceptions end in Engine::Call (the one adapter). When the
// node is gone the process exits. THREAD: main thread, except where DuckDB's scans ask for files
// (Control locks round trips).
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "duckdb.hpp"
#include "engine/control.h"
#include "engine/protocol.h"
#include "io/descriptor.h"

namespace duckdb {
class FunctionExpression;
class BaseTableRef;
class SQLStatement;
}  // namespace duckdb

namespace weft::engine {

// Who wrote the statement that runs now; the guard asks. Set with Engine::Trusting around our own
// statements only.
enum class Trust : uint8_t {
    kUser,  // Everything is checked.
    kJob,   // As kUser, and COPY to weft-out:// around it, temporary tables, read_csv/json/parquet
            // on weft:// paths.
    kOwn,   // Our own text without a user's expression in it: not checked.
};

class NodeCatalog;  // catalogue.h
class PassedFiles;  // files.h

class Engine {  // THREAD: main, except where said.
  public:
    // Opens the database: in the zygote, before any fork and any thread. FAILS: kUnavailable.
    static Result<std::unique_ptr<Engine>> Open();
    ~Engine();

    // After the fork and inside Landlock: limits, spill folder, locks. REQUIRES: once.
    Result<> Configure(const Start& start, Control& control);

    duckdb::DatabaseInstance& db();
    Control& control() { return *control_; }
    PassedFiles& files() { return *files_; }
    const Start& start() const { return start_; }

    // A connection with the session's settings applied. One per portal.
    Result<duckdb::unique_ptr<duckdb::Connection>> Connect();
    // A DuckDB setting of the session (TimeZone, search_path, …) on the reviewed list; empty value:
    // back to the default. Applied to `now` (if any) and to every later connection. FAILS: kDenied
    // (42501), kInvalid (22023).
    Result<> SetSetting(duckdb::Connection* now, const std::string& name, const std::string& value);

    // A statement's life. Begin forgets what the node said about names (asked anew: one decision
    // per statement) and sets the time limit; End returns what it read. Open results (Running) keep
    // their relations alive beyond it.
    void BeginStatement(const StatementLimits& limits);
    std::vector<RelationName> EndStatement();
    std::vector<RelationName> relations() const;
    bool restricted()
        const;  // A relation with row filter or mask was read: error texts carry no values.

    // DuckDB's own parser. FAILS: kInvalid 42601. Positions of errors are Finding::column, 1-based
    // in bytes: of the whole text when Finding::line is 0, else of that line.
    using Statements = duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>>;
    Result<Statements> Parse(std::string_view sql);
    // Everything that must happen before a statement may be planned: rewrites, the lists of
    // statements and functions (every node of the tree), then one Names message for all tables in
    // it. FAILS: kDenied 42501, kInvalid 0A000.
    Result<> Admit(duckdb::SQLStatement& statement);
    Result<> AdmitExpression(duckdb::ParsedExpression& expression);

    // Rewrites that run over every tree in Admit before it is checked. Added in the zygote.
    using FunctionRewrite = std::function<void(duckdb::FunctionExpression&)>;
    using TableRewrite = std::function<void(duckdb::BaseTableRef&)>;
    void AddFunctionRewrite(FunctionRewrite rewrite);
    void AddTableRewrite(TableRewrite rewrite);
    // Relations of ours made of SQL over other relations: pg_catalog, information_schema. Asked
    // before the node is. The text is trusted. Absent: not ours.
    using SystemView =
        std::function<std::optional<std::string>(std::string_view domain, std::string_view table)>;
    void AddSystemView(SystemView view);
    // A function that we registered ourselves in `db()` and that users may call.
    void AllowFunction(const std::string& name);

    // Jobs: unqualified names that the job's SQL may use, with the relation they mean, or with the
    // text of a view.
    struct InputView {
        RelationName relation;
        std::string sql;  // Over weft://in/… paths; empty: the default view of the relation.
    };
    void SetInputs(std::map<std::string, InputView> inputs);
    // What the node says about a name, from the cache of this statement or asked now.
    Result<Relation> Resolve(const RelationName& name);
    // Opens the files of a FileRelation (no pruning); weft://in/<token>/<index>[.gz] each, readable
    // until EndStatement.
    Result<std::vector<std::string>> OpenInput(uint64_t token);
    // The default view text of a FileRelation over its opened paths.
    Result<std::string> FileRelationSql(const Relation& relation);
    // A file to write: its index and path weft-out://<index>, sequential writes.
    struct OutputPath {
        uint32_t index = 0;
        std::string path;
    };
    Result<OutputPath> OpenOutput(bool rejected);

    // Runs `work`, turns whatever DuckDB throws into an Error. The only place where exceptions are
    // caught.
    template <class F>
    auto Call(F&& work) -> Result<std::invoke_result_t<F>> {
        using T = std::invoke_result_t<F>;
        try {
            if constexpr (std::is_void_v<T>) {
                std::forward<F>(work)();
                return {};
            } else {
                return std::forward<F>(work)();
            }
        } catch (...) {
            return std::unexpected(FromCurrentException());
        }
    }
    // SQLSTATE, hint, no suggestions of names; the node's own denial in place of DuckDB's text when
    // there was one.
    Error FromDuck(const duckdb::ErrorData& error);
    Error FromCurrentException();

    class Trusting {
      public:
        Trusting(Engine& engine, Trust trust) : engine_(engine), before_(engine.trust_) {
            engine.trust_ = trust;
        }
        ~Trusting() { engine_.trust_ = before_; }
        Trusting(const Trusting&) = delete;
        Trusting& operator=(const Trusting&) = delete;

      private:
        Engine& engine_;
        Trust before_;
    };

    // Held while a connection executes or has an open result: the node's interrupt reaches it.
    class Running {
      public:
        Running(Engine& engine, duckdb::Connection& connection);
        ~Running();
        Running(const Running&) = delete;
        Running& operator=(const Running&) = delete;

      private:
        Engine& engine_;
        duckdb::shared_ptr<duckdb::ClientContext> client_;
    };
    void BeginBatch();  // Drops an interrupt that came too late for the last one.
    bool interrupted() const { return interrupted_.load(); }

    // ---- for the catalogue
    void SetCatalog(NodeCatalog* catalog);
    uint64_t epoch() const;
    // Text of the view that a name stands for, folded names; nothing when the node knows or grants
    // none.
    std::optional<std::string> LookUp(const std::string& sql_schema, const std::string& table);

    struct State;
    class StateAccess {  // The tree walk reads the lists of rewrites.
      public:
        explicit StateAccess(const Engine& engine) : state_(*engine.state_) {}
        const State& get() const { return state_; }

      private:
        const State& state_;
    };

  private:
    Engine();
    using SharedRelation = std::shared_ptr<const Relation>;
    Result<> AskAhead(std::vector<RelationName> names);
    Result<SharedRelation> Find(const RelationName& name);
    const Result<SharedRelation>& Remember(RelationAnswer answer);
    void Note(const RelationName& name, const Relation& relation);
    void Interrupts();  // The thread that passes the node's signal on.
    std::unique_ptr<State> state_;
    Control* control_ = nullptr;
    PassedFiles* files_ = nullptr;
    Start start_;
    Trust trust_ = Trust::kUser;
    std::atomic<bool> interrupted_{false};
    friend struct GuardAccess;
};

// ---- written by the other two; worker.cc calls them.

// pg_session.cc: SQL views, functions and rewrites for PostgreSQL clients. In the zygote, once.
Result<> SetUpPg(Engine& engine);

class PgSession {  // One per worker; made at the first Pg batch.
  public:
    virtual ~PgSession() = default;
    virtual Ended Run(
        const Pg& batch) = 0;  // Answers on DataOut including ReadyForQuery; worker.cc sends Ended.
    // FAILS: when the replayed session text is not one of ours.
    static Result<std::unique_ptr<PgSession>> Make(Engine& engine, DataOut& out);
};

// statement_run.cc, job_run.cc: Head through engine.control(), rows through `out`; worker.cc sends
// Ended and 'z'.
Ended RunStatement(Engine& engine, DataOut& out, const Statement& statement);
Ended RunJob(Engine& engine, DataOut& out, const Job& job);

}  // namespace weft::engine
