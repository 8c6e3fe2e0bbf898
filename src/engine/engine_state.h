// What the parts of Engine share: the database, what the node said in this statement, what runs.
// For engine.cc, engine_names.cc, catalogue.cc, guard.cc, admit.cc and duck_error.cc only.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "duckdb.hpp"
#include "engine/scan.h"
#include "engine/worker_internal.h"

namespace weft::engine {

class NodeCatalog;

using SharedRelation = std::shared_ptr<const Relation>;

// An error of ours that must reach the client although DuckDB carries it: it is kept aside, DuckDB
// gets this text.
inline constexpr const char* kKeptError = "weft: see the kept error";

struct Engine::State {
    duckdb::unique_ptr<duckdb::DuckDB> db;
    duckdb::shared_ptr<ScanSource> source;
    NodeCatalog* catalog = nullptr;              // Owned by the database.
    duckdb::unique_ptr<duckdb::Connection> own;  // For our own settings.

    std::vector<FunctionRewrite> function_rewrites;
    std::vector<TableRewrite> table_rewrites;
    std::vector<SystemView> system_views;
    std::unordered_set<std::string> own_functions;  // Lower case.
    std::map<std::string, std::string> settings;    // Of the session; applied to every connection.
    std::map<std::string, InputView> inputs;
    uint64_t time_ms = 0;  // Of the last statement, as DuckDB knows it.
    std::jthread interrupts;

    // Names are resolved on the main thread; scans look tokens up and keep errors from any thread.
    std::mutex lock;
    std::map<RelationName, Result<SharedRelation>> answers;  // Of this statement.
    std::map<uint64_t, SharedRelation> by_token;
    std::set<RelationName> read;
    bool restricted = false;
    bool reads_input_files = false;
    std::optional<Error>
        denial;  // A name that was refused; shown only when the statement fails over names.
    std::optional<Error> kept;  // Behind kKeptError.
    uint64_t epoch = 1;         // Counts statements: prepared statements bind again.
    std::vector<uint64_t> input_scans;

    std::mutex running_lock;
    std::multiset<duckdb::ClientContext*> running;

    // The text of a relation of ours, or nothing.
    std::optional<std::string> FindSystemView(std::string_view domain,
                                              std::string_view table) const;
    // Keeps the error and fails inside DuckDB.
    [[noreturn]] void FailInDuck(Error error);
    bool MayCall(std::string_view lower_name) const;
};

RelationName FoldedName(std::string_view sql_schema, std::string_view table);

}  // namespace weft::engine
