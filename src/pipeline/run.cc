#include "pipeline/run.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/job_inputs.h"
#include "catalog/rejected.h"
#include "catalog/row_checks.h"
#include "meta/runs.h"

namespace weft::pipeline {
namespace {

constexpr uint32_t kFilesPerPort = 1'000'000;  // Rejected files of all ports share one staging: numbers are kept apart.

bool Tolerates(const model::OutputPort& port) { return port.bad_rows.count > 0 || port.bad_rows.percent.value_or(0) > 0; }

// What readers would lose is checked at apply; here a contract whose types come from the data must still fit the table.
std::vector<model::Column> WithTypes(std::vector<model::Column> columns, const std::vector<engine::HeadColumn>& yields) {
    if (columns.empty()) {
        for (const auto& yield : yields) {
            model::Column column;
            column.name = yield.name;
            columns.push_back(std::move(column));
        }
    }
    for (auto& column : columns) {
        for (const auto& yield : yields) {
            if (column.has_type || ToLower(yield.name) != ToLower(column.name)) continue;
            column.type = yield.type;
            column.has_type = true;
        }
    }
    return columns;
}

}  // namespace

Result<RunOutcome> Run::Execute() {
    state_ = parts_.store.Snapshot();
    const auto found = state_->products.find(request_.product);
    if (found == state_->products.end()) return Fail(Code::kNotFound, "the product was removed");
    product_ = found->second.get();
    const auto fingerprint = catalog::InputFingerprint(*state_, *product_, catalog::PortsRead(*state_, *product_),
                                                       parts_.data_folder);
    CHECK_OK(parts_.store.Commit(request_.by, meta::StartRun{product_->id, request_.run, product_->generation,
                                                             request_.slot, fingerprint.value_or(0)}));
    Log("info", fmt::format("run of {} {} started ({})", state_->FullName(*product_), ToString(product_->spec.version),
                            request_.trigger));
    Result<> done;
    for (const auto& port : product_->spec.output_ports)
        if (done) done = Load(port);
    if (done) done = StageRejected();
    if (done) done = Publish();
    if (done) {
        Log("info", fmt::format("published {} rows", HumanCount(outcome_.rows_written)));
        return outcome_;
    }
    for (auto& loaded : loaded_) loaded.staging.Abandon(done.error());
    if (rejected_) rejected_->Abandon(done.error());
    Log("error", done.error().message);
    if (!done.error().hint.empty()) Log("error", done.error().hint);
    return std::unexpected(done.error());
}

catalog::JobInputs Run::Inputs(const model::OutputPort& port) const {
    return catalog::JobInputs(parts_.tables, {state_, govern::ProductPrincipal(*state_, *product_), &product_->spec, &port,
                                              {product_->folder, parts_.data_folder, product_->spec.team.name}});
}

Result<engine::Finished> Run::InWorker(const engine::Job& job, catalog::JobInputs& inputs, const std::string& timezone) {
    engine::Start start;
    start.user = "product:" + state_->FullName(*product_);
    start.memory_bytes = options_.memory_bytes;
    start.threads = options_.threads;
    start.settings = {{"TimeZone", timezone}};
    const auto worker = TRY(parts_.pool.Take(std::move(start)));
    {
        std::scoped_lock lock(mutex_);
        if (killed_) return Fail(Code::kUnavailable, "node stopped");
        worker_ = worker.get();
    }
    auto finished = engine::RunToEnd(*worker, job, inputs, nullptr, 0, options_.time_ms_max);
    std::scoped_lock lock(mutex_);
    worker_ = nullptr;
    if (killed_ && !finished) return Fail(Code::kUnavailable, "node stopped");
    return finished;
}

Result<std::vector<model::Column>> Run::ContractOf(const model::OutputPort& port) {
    const bool complete = !port.columns.empty() && std::ranges::all_of(port.columns, &model::Column::has_type);
    if (complete) return port.columns;
    auto inputs = Inputs(port);
    engine::Job describe;
    describe.sql = port.sql;
    describe.inputs = inputs.Inputs();
    const auto finished = TRY(InWorker(describe, inputs, port.timezone));
    if (!finished.ended.ok) return std::unexpected(finished.ended.error);
    return WithTypes(port.columns, finished.head.columns);
}

engine::Job Run::LoadJob(const model::OutputPort& port, const catalog::JobInputs& inputs,
                         const std::vector<meta::BoundColumn>& columns) const {
    engine::Job job;
    job.kind = engine::Job::Kind::kLoad;
    job.sql = port.sql;
    job.inputs = inputs.Inputs();
    job.columns = catalog::OutputColumns(columns);
    job.unique = catalog::UniqueSets(columns);
    job.bad_rows_max = port.bad_rows.count;
    job.bad_rows_share_max = port.bad_rows.percent.value_or(0) / 100;
    job.rejected = Tolerates(port);
    job.limits.time_ms = options_.time_ms_max;
    return job;
}

Result<> Run::Load(const model::OutputPort& port) {
    const meta::Port* before = state_->FindPort(product_->id, port.name, product_->spec.version.major);
    const auto contract = TRY(ContractOf(port));
    const auto binding = TRY(catalog::BindColumns(contract, before ? before->columns : std::vector<meta::BoundColumn>{},
                                                  before ? before->table.last_column_id : 0));
    auto inputs = Inputs(port);
    loaded_.push_back({TRY(catalog::Staging::Open(parts_.tables, before)), {}});
    LoadedPort& loaded = loaded_.back();
    const uint32_t first_rejected = static_cast<uint32_t>(loaded_.size()) * kFilesPerPort;
    if (Tolerates(port) && !rejected_) {
        const auto* letters = state_->FindPort(product_->id, meta::kRejectedPort, product_->spec.version.major);
        rejected_ = TRY(catalog::Staging::Open(parts_.tables, letters));
    }
    inputs.WithOutput([&](bool rejected, uint32_t index) -> Result<io::Descriptor> {
        if (!rejected) return loaded.staging.NewFile(index);
        if (!rejected_) return Fail(Code::kDenied, "this port tolerates no bad rows");
        return rejected_->NewFile(first_rejected + index);
    });
    auto finished = TRY(InWorker(LoadJob(port, inputs, binding.columns), inputs, port.timezone));
    Report(port, finished.ended);
    if (!finished.ended.ok) return std::unexpected(finished.ended.error);
    CHECK_OK(inputs.CheckInputsUnchanged());
    for (auto& file : finished.ended.files) {
        if (!file.rejected) continue;
        rejected_files_.push_back(file);
        rejected_files_.back().index += first_rejected;
    }
    std::erase_if(finished.ended.files, &engine::WrittenFile::rejected);

    catalog::Staging::Change change;
    change.summary = {{"weft.run-id", std::to_string(request_.run.value)},
                      {"weft.contract-version", ToString(product_->spec.version)}};
    loaded.update.port = port.name;
    loaded.update.major = product_->spec.version.major;
    loaded.update.expected_metadata_location = loaded.staging.expected_metadata_location();
    loaded.update.table = TRY(loaded.staging.Prepare(binding, finished.ended.files, change, parts_.clock.Now()));
    loaded.update.columns = binding.columns;
    loaded.update.contract_version = ToString(product_->spec.version);
    loaded.update.inputs = inputs.ports_read();
    for (const uint64_t read : inputs.ports_read())
        if (std::ranges::find(ports_read_, read) == ports_read_.end()) ports_read_.push_back(read);
    return {};
}

// The dead letters of this run replace those of the last one, as its rows do.
Result<> Run::StageRejected() {
    if (!rejected_ || (rejected_files_.empty() && rejected_->expected_metadata_location().empty())) return {};
    const auto columns = catalog::RejectedColumns();
    meta::PortUpdate update;
    update.port = meta::kRejectedPort;
    update.major = product_->spec.version.major;
    update.expected_metadata_location = rejected_->expected_metadata_location();
    update.table = TRY(rejected_->Prepare({columns, static_cast<int32_t>(columns.size())}, rejected_files_, {}, parts_.clock.Now()));
    update.columns = columns;
    update.contract_version = ToString(product_->spec.version);
    rejected_update_ = std::move(update);
    return {};
}

Result<> Run::Publish() {
    meta::PublishRun publish;
    publish.product = product_->id;
    publish.run = request_.run;
    publish.expected_generation = product_->generation;
    publish.input_fingerprint =
        catalog::InputFingerprint(*state_, *product_, ports_read_, parts_.data_folder).value_or(0);
    for (const auto& loaded : loaded_) publish.ports.push_back(loaded.update);
    if (rejected_update_) publish.ports.push_back(*rejected_update_);
    CHECK_OK(parts_.store.Commit(request_.by, publish));
    return {};
}

// What the worker found, into the run's log: rules with their counts, and the first bad records with file and line.
void Run::Report(const model::OutputPort& port, const engine::Ended& ended) {
    outcome_.rows_written += ended.rows;
    outcome_.rows_rejected += ended.bad_record_count;
    for (const auto& check : ended.checks) {
        outcome_.checks.push_back(check);
        if (check.failed > 0) Log("warn", fmt::format("port {}: {}: {} rows broke it", port.name, check.name, check.failed));
    }
    for (const auto& bad : ended.bad_records) {
        const std::string place = bad.file.empty() ? std::string("row") : bad.line ? fmt::format("{}:{}", bad.file, bad.line) : bad.file;
        Log("warn", fmt::format("{}: {}: {}: {}", place, bad.column, bad.reason, bad.raw));
    }
    if (ended.bad_record_count > ended.bad_records.size())
        Log("warn", fmt::format("… and {} more bad records", ended.bad_record_count - ended.bad_records.size()));
}

void Run::Log(std::string_view level, std::string message) {
    parts_.history.Append(meta::LogRecord{request_.run, parts_.clock.Now(), std::string(level), std::move(message)});
}

void Run::Kill() {
    std::scoped_lock lock(mutex_);
    killed_ = true;
    if (worker_) worker_->Kill();
}

}  // namespace weft::pipeline
