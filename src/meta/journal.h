// What the store writes: entities, sequence, audit chain, outbox, old versions of files. One
// transaction per batch of commands. Used by store, on its writer thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "meta/database.h"
#include "meta/draft.h"
#include "meta/store.h"

namespace weft::meta {

class Journal {  // OWNS: the database. THREAD: one.
  public:
    struct Entry {  // Of the audit.
        std::string actor;
        std::string command;
        std::string detail;
    };

    static Result<std::unique_ptr<Journal>> Open(const StoreOptions& options);
    Result<std::shared_ptr<const State>> Load();

    // Everything of the draft and its audit entries, or nothing. FAILS: as Database::Commit.
    Result<> Write(const State& base, const Draft& draft, const std::vector<Entry>& entries);

    Result<std::vector<Store::AuditEntry>> Audit(int64_t after, size_t count_max);
    Result<uint64_t> CheckAudit();
    Result<> CopyTo(const std::string& path) { return database_->CopyTo(path); }
    // Puts tables at other places: `change` gets each port and may edit its table's paths. Of a
    // state that no node has open (restore).
    Result<> MoveTables(const std::function<void(Port&)>& change);

  private:
    explicit Journal(std::unique_ptr<Database> database) : database_(std::move(database)) {}
    Result<> WriteEntities(const State& base, const Draft& draft);
    Result<> WriteAudit(Timestamp now, const std::vector<Entry>& entries);
    Result<> WriteEvents(const Draft& draft);
    Result<> WriteSequence(const char* name, uint64_t value);
    Result<uint64_t> ReadSequence(const char* name);
    Result<> KeepFiles(const Product& product);

    std::unique_ptr<Database> database_;
    int64_t audit_sequence_ = 0;  // Of the newest entry that is committed.
    std::string audit_hash_;      // Hex.
    int64_t next_audit_sequence_ = 0;
    std::string next_audit_hash_;
};

}  // namespace weft::meta
