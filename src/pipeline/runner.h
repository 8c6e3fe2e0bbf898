// Runs: one execution of a product's pipeline in a worker, staged, checked, published in one
// commit.
//
// A run reads its inputs as principal `product:domain.name`, writes Parquet into the tables'
// folders, checks the rows against the contract, prepares Iceberg metadata and publishes all ports
// with one command. A failed run leaves the last good version readable. One run per product at a
// time; a schedule slot is served at most once.
//
// THREAD: any. OWNS: the scheduler thread and a bounded set of run threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tables.h"
#include "engine/pool.h"
#include "meta/history.h"
#include "meta/store.h"
#include "pipeline/backfill.h"

namespace weft::pipeline {

struct RunnerOptions {
    uint32_t runs_max =
        3;  // At once; all but one of them may be of products that one person applied.
    uint64_t memory_bytes = 2ull << 30;  // Of one run's worker.
    uint32_t threads = 2;
    uint64_t time_ms_max = 3'600'000;
    uint32_t attempts_max = 5;  // Back-off 10 s, 20 s, 40 s … at most 10 min between them.
    uint32_t tick_ms = 1'000;   // The scheduler looks at schedules this often.
};

// What a person may ask of a run beyond "now".
struct RunOrder {
    bool full = false;  // Everything, also of an incremental port.
    std::optional<Backfill>
        range;  // Ports with `incremental: {by: …}`: this range, one run for each step.
};

class Runner {
  public:
    struct Parts {
        meta::Store& store;
        meta::History& history;
        catalog::Tables& tables;
        engine::Pool& pool;
        const Clock& clock;
        std::string data_folder;
    };
    static Result<std::unique_ptr<Runner>> Make(Parts parts, RunnerOptions options);
    virtual ~Runner() = default;

    // Queues a run; if one is queued already, its id. `trigger` as in meta::RunRecord. FAILS:
    // kNotFound; kInvalid when the product has nothing to compute.
    virtual Result<RunId> Queue(ProductId product, std::string trigger, std::string by) = 0;
    // The runs of an order, in the order in which they will run; of a backfill that was
    // interrupted, those that are left. FAILS: as Queue; kInvalid and kLimit for a range; kConflict
    // when the product has to run in full first, or a backfill of it is under way.
    virtual Result<std::vector<RunId>> QueueOrder(ProductId product, RunOrder order,
                                                  std::string by) = 0;
    // Waits until the run has ended or `wait_ms` have passed; the record as it is then.
    virtual Result<meta::RunRecord> Wait(RunId run, uint64_t wait_ms) = 0;
    virtual uint32_t running() const = 0;
    virtual void
    Drain() = 0;  // No new runs; kills running ones, they end as failed "node stopped".
};

}  // namespace weft::pipeline
