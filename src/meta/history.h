// What only grows: runs, their log lines, and statements. A database file of its own, written by
// one thread; losing the newest second of it loses no product, no grant and no row.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace weft::meta {

struct RunRecord {
    RunId id;
    std::string product;  // "sales.orders"
    std::string version;
    std::string trigger;  // "apply", "manual", "schedule", "change", "retry"
    std::string state;    // "running", "succeeded", "failed"
    Timestamp started;
    Timestamp ended;
    uint64_t rows_written = 0;
    uint64_t rows_rejected = 0;
    std::string error;
    std::string checks;  // JSON: [{"name", "failed"}]
    std::string by;
};

struct LogRecord {
    RunId run;
    Timestamp time;
    std::string level;  // "info", "warn", "error"
    std::string message;
};

struct QueryRecord {
    Timestamp time;
    std::string principal;
    std::string path;  // "postgres", "http", "cli"
    std::string sql;
    std::string relations;  // "sales.orders, crm.customers"
    std::string sqlstate;   // Empty: succeeded.
    uint64_t rows = 0;
    uint64_t bytes = 0;
    uint64_t us = 0;
};

class History {  // THREAD: any.
  public:
    static Result<std::unique_ptr<History>> Open(std::string folder);
    virtual ~History() = default;
    virtual RunId NewRunId() = 0;                // Unique for good.
    virtual void Put(const RunRecord& run) = 0;  // Insert or replace; durable within a second.
    virtual void Append(const LogRecord& line) = 0;
    virtual void Append(const QueryRecord& query) = 0;
    virtual Result<std::vector<RunRecord>> Runs(std::string product,
                                                size_t count_max) = 0;  // Newest first; "" = all.
    virtual Result<std::optional<RunRecord>> Run(RunId id) = 0;
    virtual Result<std::vector<LogRecord>> Log(RunId id, size_t count_max) = 0;
    virtual Result<std::vector<QueryRecord>> Queries(std::string principal, size_t count_max) = 0;
    // A copy of the database with everything that was put before. FAILS: kExists; disk full.
    virtual Result<> CopyTo(std::string path) = 0;
};

}  // namespace weft::meta
