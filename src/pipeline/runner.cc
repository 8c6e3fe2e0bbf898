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
#include "base/text.h"
#include "catalog/ordinal.h"
#include "meta/runs.h"
#include "pipeline/run.h"
#include "pipeline/watch.h"

namespace weft::pipeline {
namespace {

constexpr int64_t kBackOffFirstUs = 10'000'000;
constexpr int64_t kBackOffMaxUs = 600'000'000;
constexpr std::string_view kStopped = "node stopped";

std::string ChecksJson(const std::vector<engine::CheckResult>& checks) {
    Json list = Json::array();
    for (const auto& check : checks)
        list.push_back({{"name", check.name}, {"failed", check.failed}});
    return DumpJson(list);
}

bool IsWorthRetrying(Code code) {
    return code == Code::kUnavailable || code == Code::kConflict || code == Code::kLimit ||
           code == Code::kUnknownOutcome;
}

std::unexpected<Error> UnderWay(const meta::State& state, ProductId product) {
    const std::string name = state.FullName(*state.products.at(product));
    return Fail(Code::kConflict, "a backfill of " + name + " is under way", "weft runs " + name);
}

// The product has not been applied again since.
bool IsOfPresent(const meta::State& state, const meta::RunRecord& record) {
    const size_t dot = record.product.find('.');
    if (dot == record.product.npos) return false;
    const auto* product =
        state.FindProduct(record.product.substr(0, dot), record.product.substr(dot + 1));
    return product && product->applied <= record.started;
}

Result<DataType> TypeOf(const meta::Port& port, std::string_view column) {
    for (const auto& bound : port.columns)
        if (ToLower(bound.column.name) == ToLower(column) && catalog::IsOrdinal(bound.column.type))
            return bound.column.type;
    return Fail(Code::kInvalid,
                fmt::format("column {} has no order that ranges could follow", column));
}

class LocalRunner : public Runner {
  public:
    LocalRunner(Parts parts, RunnerOptions options)
        : parts_(parts), options_(options), watch_(parts.data_folder) {}

    void Start() {
        ResumeAfterRestart();
        for (uint32_t i = 0; i < options_.runs_max; ++i)
            threads_.emplace_back([this](std::stop_token stop) { WorkLoop(stop); });
        threads_.emplace_back([this](std::stop_token stop) { ScheduleLoop(stop); });
    }
    ~LocalRunner() override { Drain(); }

    Result<RunId> Queue(ProductId product, std::string trigger, std::string by) override {
        return QueueRun({product, {}, std::move(trigger), std::move(by), {}, {}, {}, {}});
    }
    Result<std::vector<RunId>> QueueOrder(ProductId product, RunOrder order,
                                          std::string by) override;
    Result<meta::RunRecord> Wait(RunId run, uint64_t wait_ms) override;
    uint32_t running() const override {
        std::scoped_lock lock(mutex_);
        return static_cast<uint32_t>(active_.size());
    }
    void Drain() override;

  private:
    Result<RunId> QueueRun(RunRequest request);
    Result<> Complete(RunRequest& request, const meta::State& state) const;
    void Enqueue(RunRequest& request, const meta::State& state);  // REQUIRES: mutex_ is held.
    Result<std::vector<RunId>> QueueSteps(const RunRequest& request, const Backfill& range);
    Result<std::vector<RunId>> EnqueueSteps(RunRequest request, const meta::State& state,
                                            const std::vector<Step>& steps);
    void DropSteps(const RunRequest& failed);
    void ResumeAfterRestart();
    void EndCutOff(const meta::State& state);
    bool MayStart(const RunRequest& request) const;  // REQUIRES: mutex_ is held.
    void WorkLoop(std::stop_token stop);
    void ExecuteOne(RunRequest request);
    void Finish(const RunRequest& request, meta::RunRecord record,
                const Result<RunOutcome>& outcome);
    void ScheduleLoop(std::stop_token stop);
    void LookAt(const meta::State& state, const meta::Product& product, Timestamp now);
    enum class Retry : uint8_t { kNone, kLater, kNow };
    Retry RetryOf(ProductId product, Timestamp now);
    Parts parts_;
    const RunnerOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<RunRequest> queue_;  // Guarded by mutex_, as all below.
    std::map<ProductId, Run*> active_;
    std::map<ProductId, std::string> active_applier_;
    std::map<ProductId, Timestamp> retry_at_;
    bool draining_ = false;
    Watch watch_;  // The scheduler's thread only.
    std::vector<std::jthread> threads_;
};

// Who goes first, and on whose account. FAILS: kNotFound; kInvalid.
Result<> LocalRunner::Complete(RunRequest& request, const meta::State& state) const {
    const auto found = state.products.find(request.product);
    if (found == state.products.end()) return Fail(Code::kNotFound, "there is no such product");
    const meta::Product& product = *found->second;
    if (!HasRuns(product.spec)) {
        const std::string name = state.FullName(product);
        return Fail(
            Code::kInvalid,
            fmt::format("{} has nothing to compute: its records come by push", name),
            fmt::format("weft push {} FILE; what was pushed is visible within seconds", name));
    }
    for (const auto& input : product.spec.input_ports) {
        if (input.kind != model::InputPort::Kind::kProduct) continue;
        const auto* source = state.FindProduct(input.product.domain, input.product.product);
        if (source && source->id != request.product) request.sources.push_back(source->id);
    }
    // What the SQL names without an input port is known only when it has run; its text says enough
    // to go first.
    std::string sql;
    for (const auto& port : product.spec.output_ports) sql += ToLower(port.sql) + "\n";
    for (const auto& [id, other] : state.products)
        if (id != request.product && sql.find(state.FullName(*other)) != sql.npos)
            request.sources.push_back(id);
    request.applier = product.applied_by;
    return {};
}

void LocalRunner::Enqueue(RunRequest& request, const meta::State& state) {
    const meta::Product& product = *state.products.at(request.product);
    meta::RunRecord record;
    record.id = request.run;
    record.product = state.FullName(product);
    record.version = ToString(product.spec.version);
    record.trigger = request.trigger;
    record.state = "queued";
    record.started = parts_.clock.Now();
    record.by = request.by;
    parts_.history.Put(record);
    retry_at_.erase(request.product);
    queue_.push_back(request);
    changed_.notify_all();
}

Result<RunId> LocalRunner::QueueRun(RunRequest request) {
    const auto state = parts_.store.Snapshot();
    CHECK_OK(Complete(request, *state));
    std::scoped_lock lock(mutex_);
    if (draining_) return Fail(Code::kUnavailable, std::string(kStopped));
    for (auto& queued : queue_) {
        if (queued.product != request.product) continue;
        if (request.wish.full && queued.wish.step) return UnderWay(*state, request.product);
        queued.wish.full |= request.wish.full;
        return queued.run;
    }
    request.run = parts_.history.NewRunId();
    Enqueue(request, *state);
    return request.run;
}

Result<std::vector<RunId>> LocalRunner::QueueOrder(ProductId product, RunOrder order,
                                                   std::string by) {
    RunRequest request{product, {}, "manual", std::move(by), {}, {}, {}, {order.full, {}}};
    if (!order.range) return std::vector{TRY(QueueRun(std::move(request)))};
    if (order.full) return Fail(Code::kInvalid, "a run is either in full or of a range");
    return QueueSteps(request, *order.range);
}

Result<std::vector<RunId>> LocalRunner::QueueSteps(const RunRequest& request,
                                                   const Backfill& range) {
    const auto state = parts_.store.Snapshot();
    RunRequest first = request;
    CHECK_OK(Complete(first, *state));
    const meta::Product& product = *state->products.at(request.product);
    std::optional<std::vector<Step>> steps;
    for (const auto& port : product.spec.output_ports) {
        if (!port.incremental || port.incremental->kind != model::Incremental::Kind::kBy) continue;
        const auto* before = state->FindPort(product.id, port.name, product.spec.version.major);
        CHECK_OK(CheckRanges(*state, product, before));
        auto of_port = TRY(StepsOf(TRY(TypeOf(*before, port.incremental->columns[0])), range));
        if (steps && of_port != *steps)
            return Fail(Code::kInvalid,
                        "the ports of this product are computed by columns of different types");
        steps = std::move(of_port);
    }
    if (!steps) {
        return Fail(
            Code::kInvalid,
            fmt::format("{} has no port that is computed by ranges", state->FullName(product)),
            "incremental: {by: COLUMN} at an output port");
    }
    // More than the steps: other runs lie between them.
    const auto records = TRY(parts_.history.Runs(state->FullName(product), 2 * kStepsMax));
    auto left =
        Remaining(std::move(*steps), records, product.applied, parts_.history.NewRunId().value);
    return EnqueueSteps(std::move(first), *state, left);
}

Result<std::vector<RunId>> LocalRunner::EnqueueSteps(RunRequest request, const meta::State& state,
                                                     const std::vector<Step>& steps) {
    std::scoped_lock lock(mutex_);
    if (draining_) return Fail(Code::kUnavailable, std::string(kStopped));
    const bool stepping = std::ranges::any_of(queue_, [&](const auto& queued) {
        return queued.product == request.product && queued.wish.step;
    });
    if (stepping) return UnderWay(state, request.product);
    std::vector<RunId> runs;
    for (const Step& step : steps) {
        request.run = parts_.history.NewRunId();
        request.trigger = ToTrigger(step);
        request.wish.step = step;
        Enqueue(request, state);
        runs.push_back(request.run);
    }
    return runs;
}

// A step that failed takes those behind it along: they are left for the next time.
void LocalRunner::DropSteps(const RunRequest& failed) {
    std::vector<RunRequest> dropped;
    {
        std::scoped_lock lock(mutex_);
        for (const auto& queued : queue_)
            if (queued.product == failed.product && queued.wish.step) dropped.push_back(queued);
        std::erase_if(queue_, [&](const auto& queued) {
            return queued.product == failed.product && queued.wish.step;
        });
    }
    for (const auto& request : dropped) {
        auto record = parts_.history.Run(request.run);
        if (!record || !*record) continue;
        (*record)->state = "failed";
        (*record)->ended = parts_.clock.Now();
        (*record)->error = fmt::format("not computed: step {} failed", failed.wish.step->number);
        parts_.history.Put(**record);
    }
}

// Products that were applied but never ran, and runs that the node's end cut off, run now.
void LocalRunner::ResumeAfterRestart() {
    const auto state = parts_.store.Snapshot();
    EndCutOff(*state);
    for (const auto& [id, product] : state->products) {
        if (!HasRuns(product->spec)) continue;
        const bool cut_off =
            product->run.state == meta::RunState::kFailed && product->run.error == kStopped;
        if (cut_off || product->run.state == meta::RunState::kNone)
            (void)QueueRun({id, {}, "retry", "node", {}, {}, {}, {}});
    }
}

// Records of runs that waited or ran when the node stopped say so; the steps of backfills among
// them are queued again.
void LocalRunner::EndCutOff(const meta::State& state) {
    const auto records = parts_.history.Runs("", 4 * kStepsMax);
    if (!records) return;
    std::map<std::string, std::vector<Step>> steps;
    for (auto record : *records) {
        const bool cut_off = record.state == "queued" || record.state == "running" ||
                             (record.state == "failed" && record.error == kStopped);
        const auto step = ParseTrigger(record.trigger);
        if (!cut_off || (record.state == "failed" && !step)) continue;
        auto& of_product = steps[record.product];
        const bool known = step && std::ranges::any_of(*records, [&](const auto& other) {
                               return other.product == record.product && other.id > record.id &&
                                      ParseTrigger(other.trigger) == step;
                           });
        const bool newest =
            of_product.empty() || (step && of_product.front().backfill == step->backfill);
        if (step && !known && newest && IsOfPresent(state, record)) of_product.push_back(*step);
        if (record.state == "failed") continue;
        record.state = "failed";
        record.ended = parts_.clock.Now();
        record.error = kStopped;
        parts_.history.Put(record);
    }
    for (auto& [name, of_product] : steps) {
        const size_t dot = name.find('.');
        const auto* product = state.FindProduct(name.substr(0, dot), name.substr(dot + 1));
        if (!product || of_product.empty()) continue;
        std::ranges::sort(of_product, {}, &Step::number);
        RunRequest request{product->id, {}, {}, "node", {}, {}, {}, {}};
        if (Complete(request, state)) (void)EnqueueSteps(std::move(request), state, of_product);
    }
}

// Not while it runs already, nor when its applier has all places but one, nor while a product that
// it reads is about to be computed: sources come first.
bool LocalRunner::MayStart(const RunRequest& request) const {
    if (active_.contains(request.product)) return false;
    const auto of_applier = std::ranges::count(active_applier_, request.applier,
                                               [](const auto& active) { return active.second; });
    if (of_applier >= std::max<int64_t>(1, int64_t{options_.runs_max} - 1)) return false;
    return std::ranges::none_of(request.sources, [&](ProductId source) {
        return active_.contains(source) ||
               std::ranges::find(queue_, source, &RunRequest::product) != queue_.end();
    });
}

void LocalRunner::WorkLoop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        RunRequest request;
        {
            std::unique_lock lock(mutex_);
            const auto ready = [&] {
                return std::ranges::find_if(queue_,
                                            [&](const auto& request) { return MayStart(request); });
            };
            if (!changed_.wait(lock, stop, [&] { return draining_ || ready() != queue_.end(); }))
                return;
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

void LocalRunner::Finish(const RunRequest& request, meta::RunRecord record,
                         const Result<RunOutcome>& outcome) {
    record.ended = parts_.clock.Now();
    if (outcome) {
        record.state = "succeeded";
        record.rows_written = outcome->rows_written;
        record.rows_rejected = outcome->rows_rejected;
        record.checks = ChecksJson(outcome->checks);
        LogInfo("run", "{} of {} succeeded: {} rows", request.run.value, record.product,
                record.rows_written);
        if (outcome->has_more)
            (void)QueueRun({request.product, {}, "files", request.by, {}, {}, {}, {}});
    } else {
        const Error& error = outcome.error();
        record.state = "failed";
        record.error = error.message;
        LogWarn("run", "{} of {} failed: {}", request.run.value, record.product, error.message);
        // Refused when a newer run or a removal took the product over; then there is nothing to
        // end.
        (void)parts_.store.Commit(request.by,
                                  meta::EndRun{request.product, request.run, error.message});
        const auto state = parts_.store.Snapshot();
        const auto product = state->products.find(request.product);
        if (request.wish.step) {
            DropSteps(request);
        } else if (product != state->products.end() && IsWorthRetrying(error.code)) {
            const uint32_t attempt = std::max(product->second->run.attempt, 1u);
            if (attempt < options_.attempts_max) {
                const int64_t wait =
                    std::min(kBackOffFirstUs << std::min(attempt - 1, 10u), kBackOffMaxUs);
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
        changed_.wait_until(lock, std::min(deadline, std::chrono::steady_clock::now() +
                                                         std::chrono::milliseconds(100)));
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
            changed_.wait_for(lock, stop, std::chrono::milliseconds(options_.tick_ms),
                              [&] { return draining_; });
            if (draining_) return;
        }
        const auto state = parts_.store.Snapshot();
        const Timestamp now = parts_.clock.Now();
        for (const auto& [id, product] : state->products) LookAt(*state, *product, now);
    }
}

void LocalRunner::LookAt(const meta::State& state, const meta::Product& product, Timestamp now) {
    if (!HasRuns(product.spec)) return;
    switch (RetryOf(product.id, now)) {
        case Retry::kLater:
            return;
        case Retry::kNow:
            (void)QueueRun({product.id, {}, "retry", "scheduler", {}, {}, {}, {}});
            return;
        case Retry::kNone:
            break;
    }
    if (auto due = watch_.Look(state, product, now))
        (void)QueueRun({product.id,
                        {},
                        std::move(due->trigger),
                        "scheduler",
                        std::move(due->slot),
                        {},
                        {},
                        {}});
}

// kLater also while it waits or runs.
LocalRunner::Retry LocalRunner::RetryOf(ProductId product, Timestamp now) {
    std::scoped_lock lock(mutex_);
    if (active_.contains(product) ||
        std::ranges::find(queue_, product, &RunRequest::product) != queue_.end())
        return Retry::kLater;
    const auto retry = retry_at_.find(product);
    if (retry == retry_at_.end()) return Retry::kNone;
    if (retry->second > now) return Retry::kLater;
    retry_at_.erase(retry);
    return Retry::kNow;
}

}  // namespace

Result<std::unique_ptr<Runner>> Runner::Make(Parts parts, RunnerOptions options) {
    if (options.runs_max == 0) return Fail(Code::kInvalid, "runs.at_once must be at least 1");
    auto runner = std::make_unique<LocalRunner>(parts, options);
    runner->Start();
    return runner;
}

}  // namespace weft::pipeline
