// The node's side of workers: a zygote process that has DuckDB open, workers forked from it, a
// small warm pool.
//
// Used by catalog (describe, merge), pipeline (runs) and query (sessions). One Worker serves one
// principal and is never given to another: Take hands it out once, its destructor kills it. The
// zygote is started again when it dies.
//
// A Host answers a worker's questions. It is called on the pool's answer threads, one question of a
// worker at a time, must not block for long, and must treat every argument as hostile.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/protocol.h"
#include "io/descriptor.h"

namespace weft::engine {

class Host {
  public:
    virtual ~Host() = default;
    virtual std::vector<RelationAnswer> OnNames(const std::vector<RelationName>& names) = 0;
    virtual Result<ScanFiles> OnOpen(const Open& open) = 0;
    // One read-only descriptor per index, same order.
    virtual Result<std::vector<io::Descriptor>> OnNeedFiles(const NeedFiles& need) = 0;
    // A new empty file, opened write-only, for a job. The default refuses: readers write nothing.
    virtual Result<io::Descriptor> OnNeedOutput(const NeedOutput& need, uint32_t index);
    // Records of an INSERT or COPY; answers with the target's columns. The default refuses.
    virtual Result<std::vector<OutputColumn>> OnWrite(const Write& write);
};

struct PoolOptions {
    std::string program;  // This binary; started as `weft worker` (zygote).
    std::string
        spill_dir;      // Below it one folder per worker; emptied at start and when a worker ends.
    uint32_t warm = 2;  // Forked and ready, not yet bound to a principal.
    uint32_t workers_max = 64;
    uint64_t address_space_bytes = 6ull << 30;  // RLIMIT_AS of each worker.
    uint64_t spill_bytes_max = 4ull << 30;
    bool insecure = false;  // --insecure-workers: run without sandbox when the kernel lacks it.
};

class Worker {  // THREAD: one caller at a time, except Interrupt and Kill (any).
  public:
    // What a batch ended with. A worker that died, broke the protocol or was killed: an error.
    using OnEnded = std::function<void(Result<Ended>)>;
    using OnHead = std::function<void(Head)>;

    virtual ~Worker() = default;

    // Starts one batch. `host` must live until `on_ended` has been called, which happens exactly
    // once, on a pool thread. `on_head` is called at most once, before it. REQUIRES: no batch is
    // running.
    virtual Result<> Begin(const ToWorker& batch, Host& host, OnHead on_head, OnEnded on_ended) = 0;

    // The data channel's descriptor: frames as in protocol.h. The caller reads it and keeps no copy
    // beyond the worker. Non-blocking. End of stream means that the worker is gone.
    virtual int data_descriptor() const = 0;

    virtual void
    Interrupt() = 0;          // Asks; the statement ends with SQLSTATE 57014 if the engine listens.
    virtual void Kill() = 0;  // SIGKILL; a running batch ends with kUnavailable.
    virtual int pid() const = 0;
};

class Pool {  // THREAD: any.
  public:
    // Starts the zygote and waits until it is ready. FAILS: kUnavailable naming the kernel feature
    // that is missing.
    static Result<std::unique_ptr<Pool>> Make(PoolOptions options);
    virtual ~Pool() = default;

    // A worker bound to `start.user`; forks when none is warm. FAILS: kLimit above workers_max,
    // kUnavailable.
    virtual Result<std::unique_ptr<Worker>> Take(Start start) = 0;
    virtual uint32_t worker_count() const = 0;
    virtual int zygote_pid() const = 0;
};

// Begin and wait: for callers with a thread to spend (plan, runs). Rows on the data channel are
// appended to `data` (null: dropped), which must stay below `data_bytes_max`. Kills the worker
// after `deadline_ms`.
struct Finished {
    Head head;
    Ended ended;
};
Result<Finished> RunToEnd(Worker& worker, const ToWorker& batch, Host& host, std::string* data,
                          uint64_t data_bytes_max, uint64_t deadline_ms);

// Entry of the hidden `weft worker` verb: the zygote, until its control socket closes. Returns the
// exit code.
int RunZygote();

}  // namespace weft::engine
