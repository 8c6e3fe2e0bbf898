// One run: read inputs as the product, write and check staged rows, publish every port in one
// command.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/job_inputs.h"
#include "catalog/staging.h"
#include "meta/runs.h"
#include "pipeline/increment.h"
#include "pipeline/runner.h"

namespace weft::pipeline {

struct RunRequest {
    ProductId product;
    RunId run;
    std::string trigger;
    std::string by;
    std::string slot;     // Of the schedule; empty: none.
    std::string applier;  // Of the product: nobody takes every place.
    std::vector<ProductId>
        sources;  // Products that it reads: if one of them is due too, it goes first.
    RunWish wish = {};
};

struct RunOutcome {
    uint64_t rows_written = 0;
    uint64_t rows_rejected = 0;
    std::vector<engine::CheckResult> checks;
    bool has_more = false;  // Files have arrived that this run did not take any more.
};

inline constexpr size_t kFilesPerRun = 500;  // Arriving files that one run publishes together.

// Ports that a run computes: not those that take pushed records.
bool HasRuns(const model::Product& spec);

class Run {  // THREAD: one, except Kill (any).
  public:
    Run(const Runner::Parts& parts, const RunnerOptions& options, RunRequest request)
        : parts_(parts), options_(options), request_(std::move(request)) {}

    // Start, load each port, publish. FAILS: with what the run's record says; nothing is published
    // then.
    Result<RunOutcome> Execute();
    void Kill();
    const RunRequest& request() const { return request_; }

  private:
    struct LoadedPort {
        catalog::Staging staging;
        meta::PortUpdate update;
    };
    Result<> LoadAll();
    bool BeginAgain();
    // One port, staged: whole, the part that `incremental` asks for, or the files that have arrived
    // (run_files.cc).
    Result<> Load(const model::OutputPort& port);
    Result<> LoadRows(const model::OutputPort& port, const Increment& increment);
    Result<bool> LoadPart(const model::OutputPort& port, const Increment& increment);
    Result<std::vector<catalog::InputFile>> FindArrived(
        const std::map<std::string, meta::TakenFile>& taken) const;
    Result<> LoadArrived(const model::OutputPort& port);
    struct Arriving;
    Result<> LoadFile(Arriving& arriving, const catalog::InputFile& file);
    Result<> StageArrived(Arriving& arriving);

    const meta::Port* Before(const model::OutputPort& port) const;
    Result<catalog::Binding> Bind(const model::OutputPort& port, bool as_published);
    Result<std::vector<model::Column>> ContractOf(const model::OutputPort& port);
    catalog::InputPlace Place() const;
    catalog::JobInputs Inputs(const model::OutputPort& port) const;
    Result<std::unique_ptr<engine::Worker>> TakeWorker(const std::string& timezone);
    Result<engine::Finished> InWorker(engine::Worker& worker, const engine::Job& job,
                                      catalog::JobInputs& inputs);
    engine::Job LoadJob(const model::OutputPort& port, const catalog::JobInputs& inputs,
                        const std::vector<meta::BoundColumn>& columns) const;
    Result<> OpenRejected(const model::OutputPort& port);
    void TakeRejected(engine::Ended& ended, uint32_t first);
    Result<> Stage(LoadedPort& loaded, const model::OutputPort& port,
                   const catalog::Binding& binding, const std::vector<engine::WrittenFile>& files,
                   catalog::Staging::Change change);
    Result<> Remember(const model::OutputPort& port, const Increment& increment,
                      const catalog::JobInputs& inputs, const std::string& found,
                      meta::PortUpdate& update) const;
    Result<> StageRejected();
    Result<> Publish();
    void Report(const model::OutputPort& port, const engine::Ended& ended);
    void Log(std::string_view level, std::string message);

    const Runner::Parts& parts_;
    const RunnerOptions& options_;
    RunRequest request_;
    std::shared_ptr<const meta::State> state_;
    const meta::Product* product_ = nullptr;  // In state_.
    Timestamp started_;
    std::vector<LoadedPort> loaded_;
    std::optional<catalog::Staging> rejected_;  // Dead letters of all ports that tolerate some.
    bool keeps_rejected_ = false;  // Those of earlier runs stay: this one computed a part.
    uint32_t next_rejected_ = 0;   // Numbers of files in rejected_.
    std::vector<engine::WrittenFile> rejected_files_;
    std::optional<meta::PortUpdate> rejected_update_;
    std::vector<uint64_t> ports_read_;
    RunOutcome outcome_;
    std::mutex mutex_;
    engine::Worker* worker_ = nullptr;  // Guarded by mutex_.
    bool killed_ = false;               // Guarded by mutex_.
};

}  // namespace weft::pipeline
