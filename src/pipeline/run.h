// One run: read inputs as the product, write and check staged rows, publish every port in one command.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/job_inputs.h"
#include "catalog/staging.h"
#include "meta/runs.h"
#include "pipeline/runner.h"

namespace weft::pipeline {

struct RunRequest {
    ProductId product;
    RunId run;
    std::string trigger;
    std::string by;
    std::string slot;          // Of the schedule; empty: none.
    std::string applier;       // Of the product: nobody takes every place.
    std::vector<ProductId> sources;  // Products that it reads: if one of them is due too, it goes first.
};

struct RunOutcome {
    uint64_t rows_written = 0;
    uint64_t rows_rejected = 0;
    std::vector<engine::CheckResult> checks;
};

class Run {  // THREAD: one, except Kill (any).
public:
    Run(const Runner::Parts& parts, const RunnerOptions& options, RunRequest request)
        : parts_(parts), options_(options), request_(std::move(request)) {}

    // Start, load each port, publish. FAILS: with what the run's record says; nothing is published then.
    Result<RunOutcome> Execute();
    void Kill();
    const RunRequest& request() const { return request_; }

private:
    struct LoadedPort {
        catalog::Staging staging;
        meta::PortUpdate update;
    };
    Result<> Load(const model::OutputPort& port);
    Result<std::vector<model::Column>> ContractOf(const model::OutputPort& port);
    catalog::JobInputs Inputs(const model::OutputPort& port) const;
    Result<engine::Finished> InWorker(const engine::Job& job, catalog::JobInputs& inputs, const std::string& timezone);
    engine::Job LoadJob(const model::OutputPort& port, const catalog::JobInputs& inputs,
                        const std::vector<meta::BoundColumn>& columns) const;
    Result<> StageRejected();
    Result<> Publish();
    void Report(const model::OutputPort& port, const engine::Ended& ended);
    void Log(std::string_view level, std::string message);

    const Runner::Parts& parts_;
    const RunnerOptions& options_;
    RunRequest request_;
    std::shared_ptr<const meta::State> state_;
    const meta::Product* product_ = nullptr;     // In state_.
    std::vector<LoadedPort> loaded_;
    std::optional<catalog::Staging> rejected_;   // Dead letters of all ports that tolerate some.
    std::vector<engine::WrittenFile> rejected_files_;
    std::optional<meta::PortUpdate> rejected_update_;
    std::vector<uint64_t> ports_read_;
    RunOutcome outcome_;
    std::mutex mutex_;
    engine::Worker* worker_ = nullptr;           // Guarded by mutex_.
    bool killed_ = false;                        // Guarded by mutex_.
};

}  // namespace weft::pipeline
