#include "pipeline/run.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/job_inputs.h"
#include "catalog/rejected.h"
#include "meta/runs.h"

namespace weft::pipeline {
namespace {

constexpr uint32_t kTriesMax = 3;  // Of one run, against the commits of table care.

}  // namespace

bool HasRuns(const model::Product& spec) {
    return std::ranges::any_of(spec.output_ports,
                               [&](const auto& port) { return !spec.FedBy(port); });
}

Result<RunOutcome> Run::Execute() {
    started_ = parts_.clock.Now();
    state_ = parts_.store.Snapshot();
    const auto found = state_->products.find(request_.product);
    if (found == state_->products.end()) return Fail(Code::kNotFound, "the product was removed");
    product_ = found->second.get();
    const auto fingerprint = catalog::InputFingerprint(
        *state_, *product_, catalog::PortsRead(*state_, *product_), parts_.data_folder);
    CHECK_OK(parts_.store.Commit(
        request_.by, meta::StartRun{product_->id, request_.run, product_->generation, request_.slot,
                                    fingerprint.value_or(0)}));
    Log("info", fmt::format("run of {} {} started ({})", state_->FullName(*product_),
                            ToString(product_->spec.version), request_.trigger));
    Result<> done;
    uint32_t tries = 0;
    do {
        done = LoadAll();
        const bool loaded = done.has_value();
        if (loaded) done = Publish();
        if (done) {
            Log("info", loaded_.empty()
                            ? "nothing is new"
                            : fmt::format("published {} rows", HumanCount(outcome_.rows_written)));
            return outcome_;
        }
        for (auto& port : loaded_) port.staging.Abandon(done.error());
        if (rejected_) rejected_->Abandon(done.error());
        if (!loaded || done.error().code != Code::kConflict) break;
    } while (++tries < kTriesMax && BeginAgain());
    Log("error", done.error().message);
    if (!done.error().hint.empty()) Log("error", done.error().hint);
    return std::unexpected(done.error());
}

Result<> Run::LoadAll() {
    for (const auto& port : product_->spec.output_ports)
        if (!product_->spec.FedBy(port)) CHECK_OK(Load(port));
    return StageRejected();
}

// Table care wrote a table meanwhile: the same run, over the state as it is now. False when the
// product is another one by now, or the run no longer the newest.
bool Run::BeginAgain() {
    auto state = parts_.store.Snapshot();
    const auto found = state->products.find(request_.product);
    if (found == state->products.end() || found->second->generation != product_->generation ||
        found->second->run.id != request_.run)
        return false;
    Log("info", "a table was written meanwhile: once more");
    loaded_.clear();
    rejected_.reset();
    rejected_files_.clear();
    rejected_update_.reset();
    ports_read_.clear();
    keeps_rejected_ = false;
    outcome_ = {};
    started_ = parts_.clock.Now();
    state_ = std::move(state);
    product_ = state_->products.at(request_.product).get();
    return true;
}

// The dead letters of this run replace those of the last one, as its rows do. A run that computed
// only a part leaves the others where they are.
Result<> Run::StageRejected() {
    if (!rejected_) return {};
    if (rejected_files_.empty() &&
        (keeps_rejected_ || rejected_->expected_metadata_location().empty()))
        return {};
    const auto columns = catalog::RejectedColumns();
    meta::PortUpdate update;
    update.port = meta::kRejectedPort;
    update.major = product_->spec.version.major;
    update.expected_metadata_location = rejected_->expected_metadata_location();
    catalog::Staging::Change change;
    if (keeps_rejected_) change.operation = catalog::Staging::Change::Operation::kAppend;
    update.table = TRY(rejected_->Prepare({columns, static_cast<int32_t>(columns.size())},
                                          rejected_files_, change, parts_.clock.Now()));
    update.columns = columns;
    update.contract_version = ToString(product_->spec.version);
    rejected_update_ = std::move(update);
    return {};
}

// Also when there was nothing to do: what the inputs were is remembered.
Result<> Run::Publish() {
    meta::PublishRun publish;
    publish.product = product_->id;
    publish.run = request_.run;
    publish.expected_generation = product_->generation;
    auto read = ports_read_.empty() ? catalog::PortsRead(*state_, *product_) : ports_read_;
    publish.input_fingerprint =
        catalog::InputFingerprint(*state_, *product_, read, parts_.data_folder).value_or(0);
    for (const auto& loaded : loaded_) publish.ports.push_back(loaded.update);
    if (rejected_update_) publish.ports.push_back(*rejected_update_);
    CHECK_OK(parts_.store.Commit(request_.by, publish));
    return {};
}

// What the worker found, into the run's log: rules with their counts, and the first bad records
// with file and line.
void Run::Report(const model::OutputPort& port, const engine::Ended& ended) {
    outcome_.rows_written += ended.rows;
    outcome_.rows_rejected += ended.bad_record_count;
    for (const auto& check : ended.checks) {
        const auto same =
            std::ranges::find(outcome_.checks, check.name, &engine::CheckResult::name);
        if (same == outcome_.checks.end())
            outcome_.checks.push_back(check);
        else
            same->failed += check.failed;
        if (check.failed > 0)
            Log("warn",
                fmt::format("port {}: {}: {} rows broke it", port.name, check.name, check.failed));
    }
    for (const auto& bad : ended.bad_records) {
        const std::string place = bad.file.empty() ? std::string("row")
                                  : bad.line       ? fmt::format("{}:{}", bad.file, bad.line)
                                                   : bad.file;
        Log("warn", fmt::format("{}: {}: {}: {}", place, bad.column, bad.reason, bad.raw));
    }
    if (ended.bad_record_count > ended.bad_records.size())
        Log("warn", fmt::format("… and {} more bad records",
                                ended.bad_record_count - ended.bad_records.size()));
}

void Run::Log(std::string_view level, std::string message) {
    parts_.history.Append(
        meta::LogRecord{request_.run, parts_.clock.Now(), std::string(level), std::move(message)});
}

void Run::Kill() {
    std::scoped_lock lock(mutex_);
    killed_ = true;
    if (worker_) worker_->Kill();
}

}  // namespace weft::pipeline
