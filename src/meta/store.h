// The one writer of durable state. Every change is a command: Validate (pure, may refuse), one SQLite transaction that
// stores effect, audit entry and outgoing events together, then an immutable snapshot is published.
//
//     CHECK_OK(store.Commit(actor, ApplyProducts{…}));
//
// A command is a struct with
//     static constexpr std::string_view kName = "apply_products";
//     Result<> Validate(const State&) const;      // Pure. May refuse.
//     void Apply(Draft&) const;                   // Pure. May not refuse.
//     Json Audit() const;                         // What the audit entry says; never row values, never secrets.
// Waiting commands share one transaction and one fsync (group commit).
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "meta/state.h"

namespace weft::meta {

// A state under change: edits go through it, so that indices stay right and the store knows what to persist.
class Draft {
public:
    Draft(std::shared_ptr<const State> base, Timestamp now);
    const State& state() const { return *next_; }
    Timestamp now() const { return now_; }
    uint64_t NewId();                       // Unique for good over all kinds.

    void Put(User);
    void Put(Token);
    void Put(Team);
    void Put(Domain);
    void Put(Product);
    void Put(Port);
    void Put(Grant);
    void Remove(UserId);
    void Remove(TokenId);
    void Remove(TeamId);
    void Remove(DomainId);
    void Remove(ProductId);                 // With its ports and grants.
    void Remove(PortId);
    void Remove(GrantId);
    void AddFileRoot(std::string root);
    // An outgoing event (CloudEvents type and JSON data), stored in the same transaction.
    void Emit(std::string type, Json data);

private:
    friend class Store;
    struct Change;                          // What to write; see store.cc.
    std::shared_ptr<State> next_;
    std::shared_ptr<std::vector<Change>> changes_;
    Timestamp now_;
};

struct StoreOptions {
    std::string folder;                     // <data>/state
    const Clock* clock = nullptr;
    bool create = true;
};

class Store {  // THREAD: any. OWNS: the database files and the writer thread.
public:
    // FAILS: kInvalid for a state of a newer version (names the command that fixes it), kUnavailable when another
    // node has it open, kCorrupt.
    static Result<std::unique_ptr<Store>> Open(StoreOptions options);
    ~Store();

    std::shared_ptr<const State> Snapshot() const;

    // Returns the state version in which the change is visible. `actor` is the principal's name, for the audit.
    template <class C>
    Result<uint64_t> Commit(const std::string& actor, const C& command) {
        return CommitErased({actor, std::string(C::kName), command.Audit(),
                             [&](const State& s) { return command.Validate(s); },
                             [&](Draft& d) { command.Apply(d); }});
    }

    // Called on the writer thread after each publication; must be quick. For the scheduler and caches.
    void OnPublish(std::function<void(std::shared_ptr<const State>)> callback);

    struct AuditEntry {
        int64_t sequence;
        Timestamp time;
        std::string actor;
        std::string command;
        std::string detail;                 // JSON.
    };
    Result<std::vector<AuditEntry>> Audit(int64_t after, size_t count_max) const;

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
