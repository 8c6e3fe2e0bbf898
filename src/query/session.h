// A session: one client connection (or one HTTP request) of one principal, and the way to a worker's rows.
//
// The gateway hands in the client's bytes and reads the answer's frames from data_descriptor(); the session takes a
// worker and a slot, answers the worker's questions (resolve and decide, on one state snapshot per statement, on one
// data snapshot per transaction), keeps history, gives an idle worker back and replays its settings into the next.
//
// THREAD: one caller at a time, except Cancel and Kill (any). Callbacks come on pool threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tables.h"
#include "engine/pool.h"
#include "engine/protocol.h"
#include "govern/principal.h"
#include "ingest/ingest.h"
#include "meta/history.h"
#include "meta/store.h"

namespace weft::ingest {
class Ingest;
}

namespace weft::query {

struct SessionOptions {
    govern::Principal who;
    std::string path;                        // "postgres", "http", "cli"
    std::string client;                      // Address, for `weft queries`.
    std::vector<engine::Setting> settings;   // PostgreSQL startup parameters.
};

struct QueryLimits {                         // In the configuration; per statement and principal.
    uint64_t time_ms = 300'000;
    uint64_t memory_bytes = 1ull << 30;
    uint64_t result_bytes = 0;               // 0: none.
    uint32_t threads = 2;
    uint32_t statements_per_principal = 16;
    uint32_t statements_max = 32;            // Slots of the node.
    uint32_t wait_ms_max = 30'000;           // For a slot.
    uint32_t idle_ms_max = 60'000;           // Before an idle session gives its worker back.
};

class Session {
public:
    using OnHead = engine::Worker::OnHead;
    // The batch is over. For Pg an error means that the worker died: its answer may be cut (see DataFrames in the
    // gateway); the session lives on with a new worker, out of any transaction.
    using OnEnded = std::function<void(Result<engine::Ended>)>;

    virtual ~Session() = default;

    // FAILS: kLimit (53300 no slot in time), kUnavailable, kDenied 28000 (user or token gone). Then no callback comes.
    virtual Result<> Begin(engine::Pg batch, OnEnded on_ended) = 0;
    virtual Result<> Begin(engine::Statement statement, OnHead on_head, OnEnded on_ended) = 0;

    // Frames as in engine/protocol.h, until kDataEnd or end of stream. Valid from Begin until the next Begin;
    // it may be another descriptor each time. Non-blocking.
    virtual int data_descriptor() const = 0;

    // 'I', 'T' or 'E' as of the last batch: what ReadyForQuery says when the gateway has to write it itself.
    virtual char transaction() const = 0;

    virtual void Cancel() = 0;               // As PostgreSQL's CancelRequest: 57014, SIGKILL when it does not listen.
    virtual uint32_t id() const = 0;         // PostgreSQL's backend pid.
    virtual uint32_t cancel_key() const = 0; // Random.
    // Data version (meta::Port) of the relation that the last Statement read by parts: for headers and page tokens; 0
    // when none.
    virtual int64_t data_version() const = 0;
    virtual std::string contract_version() const = 0;
    // Pins it for the next Statement by parts (from a page token). FAILS at Begin when it has expired.
    virtual void PinData(int64_t data_version) = 0;
};

struct RunningStatement {                    // For `weft queries`.
    uint32_t session = 0;
    std::string principal;
    std::string path;
    std::string client;
    std::string state;                       // "running", "idle", "idle in transaction", "waiting"
    Timestamp since;
    int worker_pid = 0;
    std::string sql;                         // Only for HTTP and CLI; a PostgreSQL client's text is never parsed here.
};

class Sessions {  // THREAD: any. The façade of this folder.
public:
    struct Parts {
        meta::Store& store;
        meta::History& history;
        engine::Pool& pool;
        catalog::Tables& tables;
        const Clock& clock;
        ingest::Ingest* ingest = nullptr;    // Null: nothing can be written.
    };
    static Result<std::unique_ptr<Sessions>> Make(Parts parts, QueryLimits limits);
    virtual ~Sessions() = default;

    virtual std::unique_ptr<Session> Open(SessionOptions options) = 0;
    // CancelRequest of PostgreSQL; false when id and key match no session. Compares in constant time.
    virtual bool CancelByKey(uint32_t id, uint32_t key) = 0;
    // `weft queries --cancel ID`: `who` must be the same principal or an administrator. kill also ends the worker.
    virtual Result<> CancelById(const govern::Principal& who, uint32_t id, bool kill) = 0;
    virtual std::vector<RunningStatement> List(const govern::Principal& who) const = 0;
    virtual void Drain() = 0;                // Refuse new statements, wait for running ones (bounded), then kill.
};

}  // namespace weft::query
