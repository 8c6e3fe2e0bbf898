// SQLite behind a few functions: the only file that knows it. Used by store and history.
//
// One connection per file, by one thread, holding the file exclusively: Debian's SQLite has a WAL
// defect that needs two connections (reference: fixed in 3.51.3). WAL, synchronous=FULL.
// THREAD: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace weft::meta {

// A prepared statement: Bind…, then Step until false; Reset before the next use.
class Statement {  // OWNS: the statement. Must end before its Database.
  public:
    Statement(Statement&&) noexcept = default;
    Statement& Bind(int64_t value);          // In order, from the first parameter on.
    Statement& Bind(std::string_view text);  // Must live until the next Reset.
    Result<bool> Step();                     // True: a row is there.
    Result<> Run();                          // Steps to the end, ignores rows, resets.
    void Reset();
    int64_t Integer(int column) const;
    std::string Text(int column) const;

  private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int bound_count_ = 0;
    bool bind_failed_ = false;
};

struct DatabaseOptions {
    bool create = true;
    bool sync_each_commit = true;  // Else synchronous=NORMAL: the newest commits may be lost.
    uint32_t pages_max = 0;        // 0: no bound of our own.
    std::span<const char* const> migrations;  // migrations[n] leads from version n to n + 1.
};

class Database {  // OWNS: the connection.
  public:
    // Opens and migrates to the newest version. FAILS: kInvalid for a file of a newer version,
    // kUnavailable (cannot open, held by another process), kCorrupt, kNotFound without `create`.
    static Result<std::unique_ptr<Database>> Open(std::string path, DatabaseOptions options);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Result<> Execute(const std::string& sql);  // One or more statements without results.
    Result<Statement> Prepare(std::string_view sql);
    Result<> Begin();
    // FAILS: kUnavailable: the disk is full, nothing happened. kUnknownOutcome: the disk failed.
    Result<> Commit();
    void Rollback();
    // A compact copy as of now, synced. FAILS: kExists; kUnavailable (disk full).
    Result<> CopyTo(const std::string& path);

  private:
    explicit Database(sqlite3* connection, std::string path);
    Result<> Prepare(const DatabaseOptions& options);
    Result<> Migrate(std::span<const char* const> migrations);
    Result<int64_t> ReadInteger(std::string_view sql);
    sqlite3* connection_;
    std::string path_;
};

}  // namespace weft::meta
