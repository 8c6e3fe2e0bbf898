#include "pipeline/runner.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "base/log.h"
#include "catalog/job_inputs.h"
#include "meta/runs.h"
#include "model/schedule.h"
#include "pipeline/run.h"

namespace weft::pipeline {
namespace {

constexpr int64_t kBackOffFirstUs = 10'000'000;
constexpr int64_t kBackOffMaxUs = 600'000'000;
constexpr std::string_view kStopped = "node stopped";

std::string ChecksJson(const std::vector<engine::CheckResult>& checks) {
    Json list = Json::array();
    for (const auto& check : checks) list.push_back({{"name", check.name}, {"failed", check.failed}});
    return DumpJson(list);
}

bool IsWorthRetrying(Code code) {
    return code == Code::kUnavailable || code == Code::kConflict || code == Code::kLimit || code == Code::kUnknownOutcome;
}

class LocalRunner : public Runner {
public:
    LocalRunner(Parts parts, RunnerOptions options) : parts_(parts), options_(options) {}

    void Start() {
        ResumeAfterRestart();
        for (uint32_t i = 0; i < options_.runs_max; ++i)
            threads_.emplace_back([this](std::stop_token stop) { WorkLoop(stop); });
        threads_.emplace_back([this](std::stop_token stop) { ScheduleLoop(stop); });
    }
    ~LocalRunner() override { Drain(); }

    Result<RunId> Queue(ProductId product, std::string trigger, std::string by) override {
        return QueueRun({product, {}, std::move(trigger), std::move(by), {}, {}, {}});
    }
    Result<meta::RunRecord> Wait(RunId run, uint64_t wait_ms) override;
    uint32_t running() const override {
        std::scoped_lock lock(mutex_);
        return static_cast<uint32_t>(active_.size());
    }
    void Drain() override;

private:
    Result<RunId> QueueRun(RunRequest request);
    void ResumeAfterRestart();
    bool MayStart(const RunRequest& request) const;  // REQUIRES: mutex_ is held.
    void WorkLoop(std::stop_token stop);
    void ExecuteOne(RunRequest request);
    void Finish(const RunRequest& request, meta::RunRecord record, const Result<RunOutcome>& outcome);
    void ScheduleLoop(std::stop_token stop);
    void LookAt(const meta::State& state, const meta::Product& product, Timestamp now);
    enum class Retry : uint8_t { kNone, kLater, kNow };
    Retry RetryOf(ProductId product, Timestamp now);
    bool IsDue(const meta::Product& product, Timestamp now, std::string& slot) const;
    bool HasChanged(const meta::State& state, const meta::Product& product);

    Parts parts_;
    const RunnerOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<RunRequest> queue_;                   // Guarded by mutex_, as all below.
    std::map<ProductId, Run*> active_;
    std::map<ProductId, std::string> active_applier_;
    std::map<ProductId, Timestamp> retry_at_;
    std::map<ProductId, uint64_t> last_fingerprint_;
    bool draining_ = false;
    std::vector<std::jthread> threads_;
};

Result<RunId> LocalRunner::QueueRun(RunRequest request) {
    const auto state = parts_.store.Snapshot();
    const auto product = state->products.find(request.product);
    if (product == state->products.end()) return Fail(Code::kNotFound, "there is no such product");
    for (const auto& input : product->second->spec.input_ports) {
        if (input.kind != model::InputPort::Kind::kProduct) continue;
        const auto* source = state->FindProduct(input.product.domain, input.product.product);
        if (source && source->id != request.product) request.sources.push_back(source->id);
    }
    request.applier = product->second->applied_by;
    std::scoped_lock lock(mutex_);
    if (draining_) return Fail(Code::kUnavailable, std::string(kStopped));
    for (const auto& queued : queue_)
        if (queued.product == request.product) return queued.run;
    request.run = parts_.history.NewRunId();
    meta::RunRecord record;
    record.id = request.run;
    record.product = state->FullName(*product->second);
    record.version = ToString(product->second->spec.version);
    record.trigger = request.trigger;
    record.state = "queued";
    record.started = parts_.clock.Now();
    record.by = request.by;
    parts_.history.Put(record);
    retry_at_.erase(request.product);
    queue_.push_back(request);
    changed_.notify_all();
    return request.run;
}

// Products that were applied but never ran, and runs that the node's end cut off, run now.
void LocalRunner::ResumeAfterRestart() {
    const auto state = parts_.store.Snapshot();
    for (const auto& [id, product] : state->products) {
        const bool cut_off = product->run.state == meta::RunState::kFailed && product->run.error == kStopped;
        if (cut_off || product->run.state == meta::RunState::kNone) (void)QueueRun({id, {}, "retry", "node", {}, {}, {}});
    }
}

// Not while it runs already, nor when its applier has all places but one, nor while a product that it reads is about to be computed: sources come first.
bool LocalRunner::MayStart(const RunRequest& request) const {
    if (active_.contains(request.product)) return false;
    const auto of_applier =
        std::ranges::count(active_applier_, request.applier, [](const auto& active) { return active.second; });
    if (of_applier >= std::max<int64_t>(1, int64_t{options_.runs_max} - 1)) return false;
    return std::ranges::none_of(request.sources, [&](ProductId source) {
        return active_.contains(source) || std::ranges::find(queue_, source, &RunRequest::product) != queue_.end();
    });
}

void LocalRunner::WorkLoop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        RunRequest request;
        {
            std::unique_lock lock(mutex_);
            const auto ready = [&] {
                return std::ranges::find_if(queue_, [&](const auto& request) { return MayStart(request); });
            };
            if (!changed_.wait(lock, stop, [&] { return draining_ || ready() != queue_.end(); })) return;
            if (draining_) return;
            const auto next = ready();
            request = *next;
            queue_.erase(next);
            active_.emplace(request.product, nullptr);
            active_applier_.emplace(request.product, request.applier);
        }
        ExecuteOne(std::move(request));
    }
}

void LocalRunner::ExecuteOne(RunRequest request) {
    meta::RunRecord record;
    if (auto found = parts_.history.Run(request.run); found && *found) record = std::move(**found);
    record.id = request.run;
    record.state = "running";
    record.started = parts_.clock.Now();
    parts_.history.Put(record);
    Run run(parts_, options_, request);
    {
        std::scoped_lock lock(mutex_);
        active_[request.product] = &run;
    }
    const auto outcome = run.Execute();
    Finish(request, std::move(record), outcome);
    std::scoped_lock lock(mutex_);
    active_.erase(request.product);
    active_applier_.erase(request.product);
    changed_.notify_all();
}

void LocalRunner::Finish(const RunRequest& request, meta::RunRecord record, const Result<RunOutcome>& outcome) {
    record.ended = parts_.clock.Now();
    if (outcome) {
        record.state = "succeeded";
        record.rows_written = outcome->rows_written;
        record.rows_rejected = outcome->rows_rejected;
        record.checks = ChecksJson(outcome->checks);
        LogInfo("run", "{} of {} succeeded: {} rows", request.run.value, record.product, record.rows_written);
    } else {
        const Error& error = outcome.error();
        record.state = "failed";
        record.error = error.message;
        LogWarn("run", "{} of {} failed: {}", request.run.value, record.product, error.message);
        // Refused when a newer run or a removal took the product over; then there is nothing to end.
        (void)parts_.store.Commit(request.by, meta::EndRun{request.product, request.run, error.message});
        const auto state = parts_.store.Snapshot();
        const auto product = state->products.find(request.product);
        if (product != state->products.end() && IsWorthRetrying(error.code)) {
            const uint32_t attempt = std::max(product->second->run.attempt, 1u);
            if (attempt < options_.attempts_max) {
                const int64_t wait = std::min(kBackOffFirstUs << std::min(attempt - 1, 10u), kBackOffMaxUs);
                std::scoped_lock lock(mutex_);
                retry_at_[request.product] = {record.ended.us + wait};
            }
        }
    }
    parts_.history.Put(record);
}

Result<meta::RunRecord> LocalRunner::Wait(RunId run, uint64_t wait_ms) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
    while (true) {
        auto record = TRY(parts_.history.Run(run));
        if (!record) return Fail(Code::kNotFound, fmt::format("there is no run {}", run.value));
        const bool ended = record->state == "succeeded" || record->state == "failed";
        if (ended || std::chrono::steady_clock::now() >= deadline) return std::move(*record);
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, std::min(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(100)));
    }
}

void LocalRunner::Drain() {
    {
        std::scoped_lock lock(mutex_);
        draining_ = true;
        queue_.clear();
        for (const auto& [product, run] : active_)
            if (run) run->Kill();
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.request_stop();
    threads_.clear();  // Joins.
}

// ---- schedules

void LocalRunner::ScheduleLoop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, stop, std::chrono::milliseconds(options_.tick_ms), [&] { return draining_; });
            if (draining_) return;
        }
        const auto state = parts_.store.Snapshot();
        const Timestamp now = parts_.clock.Now();
        for (const auto& [id, product] : state->products) LookAt(*state, *product, now);
    }
}

void LocalRunner::LookAt(const meta::State& state, const meta::Product& product, Timestamp now) {
    switch (RetryOf(product.id, now)) {
        case Retry::kLater: return;
        case Retry::kNow: (void)QueueRun({product.id, {}, "retry", "scheduler", {}, {}, {}}); return;
        case Retry::kNone: break;
    }
    std::string slot;
    if (IsDue(product, now, slot)) {
        (void)QueueRun({product.id, {}, "schedule", "scheduler", slot, {}, {}});
    } else if (HasChanged(state, product)) {
        (void)QueueRun({product.id, {}, "change", "scheduler", {}, {}, {}});
    }
}

// kLater also while it runs.
LocalRunner::Retry LocalRunner::RetryOf(ProductId product, Timestamp now) {
    std::scoped_lock lock(mutex_);
    if (active_.contains(product)) return Retry::kLater;
    const auto retry = retry_at_.find(product);
    if (retry == retry_at_.end()) return Retry::kNone;
    if (retry->second > now) return Retry::kLater;
    retry_at_.erase(retry);
    return Retry::kNow;
}

// The earliest slot of any port that is due and has not been served.
bool LocalRunner::IsDue(const meta::Product& product, Timestamp now, std::string& slot) const {
    Timestamp last = product.applied;
    if (const auto served = ParseRfc3339(product.run.slot); served && *served > last) last = *served;
    for (const auto& port : product.spec.output_ports) {
        const auto next = model::NextRun(port.schedule, last, now);
        if (!next || *next > now || *next <= last) continue;
        slot = ToRfc3339(*next);
        return true;
    }
    return false;
}

// "on change": the inputs differ from what the last run read, and have kept still since the last look.
bool LocalRunner::HasChanged(const meta::State& state, const meta::Product& product) {
    const bool on_change = std::ranges::any_of(product.spec.output_ports, [](const auto& port) {
        return port.schedule.kind == model::Schedule::Kind::kOnChange;
    });
    if (!on_change) return false;
    const auto fingerprint = catalog::InputFingerprint(state, product, catalog::PortsRead(state, product), parts_.data_folder);
    if (!fingerprint) return false;
    std::scoped_lock lock(mutex_);
    const bool still = last_fingerprint_[product.id] == *fingerprint;
    last_fingerprint_[product.id] = *fingerprint;
    return still && *fingerprint != product.run.input_fingerprint;
}

}  // namespace

Result<std::unique_ptr<Runner>> Runner::Make(Parts parts, RunnerOptions options) {
    if (options.runs_max == 0) return Fail(Code::kInvalid, "runs.at_once must be at least 1");
    auto runner = std::make_unique<LocalRunner>(parts, options);
    runner->Start();
    return runner;
}

}  // namespace weft::pipeline
