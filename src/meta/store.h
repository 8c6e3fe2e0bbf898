// The one writer of durable state. Every change is a command: Validate (pure, may refuse), one
// SQLite transaction that stores effect, audit entry and outgoing events together, then an
// immutable snapshot is published.
//
//     CHECK_OK(store.Commit(actor, ApplyProducts{…}));
//
// A command is a struct with
//     static constexpr std::string_view kName = "apply_products";
//     Result<> Validate(const State&) const;      // Pure. May refuse.
//     void Apply(Draft&) const;                   // Pure. May not refuse: asserts what Validate
//     checks. Json Audit() const;                         // What the audit entry says; never row
//     values, never secrets. Null: no entry, for what the node does by itself every second.
// Waiting commands share one transaction and one fsync (group commit).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "meta/draft.h"
#include "meta/state.h"

namespace weft::meta {

struct StoreOptions {
    std::string folder;            // <data>/state
    const Clock* clock = nullptr;  // Must outlive the store; null: the system's.
    bool create = true;            // Else a missing state is kNotFound.
    uint32_t pages_max = 0;  // Of the file, 4 KiB each; 0: the disk's size. Beyond: as a full disk.
};

class Store {  // THREAD: any. OWNS: the database file and the writer thread.
  public:
    // FAILS: kInvalid for a state of a newer version (names the command that fixes it),
    // kUnavailable when another node has it open, kCorrupt.
    static Result<std::unique_ptr<Store>> Open(StoreOptions options);
    ~Store();  // Finishes the commands that wait.
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    std::shared_ptr<const State> Snapshot() const;

    // Returns the state version in which the change is visible. `actor` is the principal's name,
    // for the audit. FAILS: as the command's Validate; kLimit when too many wait; kUnavailable when
    // the disk is full: nothing happened; kUnknownOutcome when the disk failed while committing:
    // from then on every commit fails.
    template <class C>
    Result<uint64_t> Commit(const std::string& actor, const C& command) {
        return CommitErased({actor, std::string(C::kName), command.Audit(),
                             [&](const State& s) { return command.Validate(s); },
                             [&](Draft& d) { command.Apply(d); }});
    }

    // Called on the writer thread after each publication and before Commit returns; must be quick
    // and may not commit. For the scheduler and caches.
    void OnPublish(std::function<void(std::shared_ptr<const State>)> callback);

    struct AuditEntry {
        int64_t sequence = 0;
        Timestamp time;
        std::string actor;
        std::string command;
        std::string detail;  // JSON.
    };
    Result<std::vector<AuditEntry>> Audit(int64_t after, size_t count_max) const;  // Oldest first.
    // Follows the hash chain from the first entry; returns the count. FAILS: kCorrupt naming the
    // first bad entry.
    Result<uint64_t> CheckAudit() const;

    // A copy of the database at one point between two commands, synced; commits wait meanwhile.
    // FAILS: kExists; as a write to a full disk.
    Result<> CopyTo(const std::string& path) const;

    // While `why` is set, commands that make the state or its tables grow by a user's wish are
    // refused with it (apply_products, start_run); all others go on: removals free space, and what
    // was accepted is finished. One place sets it (app/disk.h); everybody who takes in data asks.
    void Refuse(std::optional<Error> why);
    Result<> CheckWritable() const;  // FAILS: with `why`.

  private:
    struct Erased {
        std::string actor;
        std::string name;
        Json audit;
        std::function<Result<>(const State&)> validate;
        std::function<void(Draft&)> apply;
    };
    Result<uint64_t> CommitErased(Erased command);
    struct Writer;
    explicit Store(std::unique_ptr<Writer> writer);
    std::unique_ptr<Writer> writer_;
};

}  // namespace weft::meta
