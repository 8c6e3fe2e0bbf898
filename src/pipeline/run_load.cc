// Loading one port: whole, or the part that `incremental` by a column or key asks for.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/describe.h"
#include "catalog/ordinal.h"
#include "catalog/row_checks.h"
#include "pipeline/run.h"

namespace weft::pipeline {
namespace {

using Operation = catalog::Staging::Change::Operation;

// Of ports that are computed by ranges: a part rewrites the files at its borders, so files are
// sorted and small, about a 500th of the table.
uint64_t RangeFileBytes(const meta::Port* before) {
    const uint64_t table = before ? before->table.size_bytes : 0;
    return std::clamp<uint64_t>(table / 500, 2u << 20, 64u << 20);
}

bool Tolerates(const model::OutputPort& port) {
    return port.bad_rows.count > 0 || port.bad_rows.percent.value_or(0) > 0;
}

bool IsBy(const model::OutputPort& port) {
    return port.incremental && port.incremental->kind == model::Incremental::Kind::kBy;
}

}  // namespace

const meta::Port* Run::Before(const model::OutputPort& port) const {
    return state_->FindPort(product_->id, port.name, product_->spec.version.major);
}

catalog::InputPlace Run::Place() const {
    return {product_->folder, parts_.data_folder, product_->spec.team.name, product_->id};
}

catalog::JobInputs Run::Inputs(const model::OutputPort& port) const {
    return catalog::JobInputs(parts_.tables, {state_, govern::ProductPrincipal(*state_, *product_),
                                              &product_->spec, &port, Place()});
}

Result<std::unique_ptr<engine::Worker>> Run::TakeWorker(const std::string& timezone) {
    engine::Start start;
    start.user = "product:" + state_->FullName(*product_);
    start.memory_bytes = options_.memory_bytes;
    start.threads = options_.threads;
    start.settings = {{"TimeZone", timezone}};
    return parts_.pool.Take(std::move(start));
}

Result<engine::Finished> Run::InWorker(engine::Worker& worker, const engine::Job& job,
                                       catalog::JobInputs& inputs) {
    {
        std::scoped_lock lock(mutex_);
        if (killed_) return Fail(Code::kUnavailable, "node stopped");
        worker_ = &worker;
    }
    auto finished = engine::RunToEnd(worker, job, inputs, nullptr, 0, options_.time_ms_max);
    std::scoped_lock lock(mutex_);
    worker_ = nullptr;
    if (killed_ && !finished) return Fail(Code::kUnavailable, "node stopped");
    return finished;
}

Result<std::vector<model::Column>> Run::ContractOf(const model::OutputPort& port) {
    const bool complete =
        !port.columns.empty() && std::ranges::all_of(port.columns, &model::Column::has_type);
    if (complete) return port.columns;
    auto inputs = Inputs(port);
    engine::Job describe;
    describe.sql = port.sql;
    describe.inputs = inputs.Inputs();
    const auto worker = TRY(TakeWorker(port.timezone));
    const auto finished = TRY(InWorker(*worker, describe, inputs));
    if (!finished.ended.ok) return std::unexpected(finished.ended.error);
    return catalog::WithTypes(port.columns, finished.head.columns);
}

// `as_published`: rows are added to those of an earlier run, so types that are not written stay as
// they were found then.
Result<catalog::Binding> Run::Bind(const model::OutputPort& port, bool as_published) {
    const meta::Port* before = Before(port);
    const bool complete =
        !port.columns.empty() && std::ranges::all_of(port.columns, &model::Column::has_type);
    if (as_published && before && !before->columns.empty() && !complete)
        return catalog::Binding{before->columns, before->table.last_column_id};
    return catalog::BindColumns(TRY(ContractOf(port)),
                                before ? before->columns : std::vector<meta::BoundColumn>{},
                                before ? before->table.last_column_id : 0);
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
    if (port.incremental) job.sort_by = port.incremental->columns;
    if (!IsBy(port)) return job;
    job.target_file_bytes = RangeFileBytes(Before(port));
    for (auto& column :
         job.columns)  // Null has no place in the order: such a row would belong to no part.
        if (ToLower(column.name) == ToLower(port.incremental->columns[0])) column.required = true;
    return job;
}

Result<> Run::OpenRejected(const model::OutputPort& port) {
    if (!Tolerates(port) || rejected_) return {};
    const auto* letters =
        state_->FindPort(product_->id, meta::kRejectedPort, product_->spec.version.major);
    rejected_ = TRY(catalog::Staging::Open(parts_.tables, letters));
    return {};
}

// The rejected files of all ports and jobs share one staging: `first` keeps their numbers apart.
void Run::TakeRejected(engine::Ended& ended, uint32_t first) {
    for (auto& file : ended.files) {
        if (!file.rejected) continue;
        rejected_files_.push_back(file);
        rejected_files_.back().index += first;
    }
    std::erase_if(ended.files, &engine::WrittenFile::rejected);
}

Result<> Run::Stage(LoadedPort& loaded, const model::OutputPort& port,
                    const catalog::Binding& binding, const std::vector<engine::WrittenFile>& files,
                    catalog::Staging::Change change) {
    change.summary = {{"weft.run-id", std::to_string(request_.run.value)},
                      {"weft.contract-version", ToString(product_->spec.version)}};
    loaded.update.port = port.name;
    loaded.update.major = product_->spec.version.major;
    loaded.update.expected_metadata_location = loaded.staging.expected_metadata_location();
    if (change.operation == Operation::kAppend && files.empty() && Before(port)) {
        loaded.update.table = Before(port)->table;  // No row comes or goes: no new snapshot.
    } else {
        loaded.update.table = TRY(loaded.staging.Prepare(binding, files, change, started_));
    }
    loaded.update.columns = binding.columns;
    loaded.update.contract_version = ToString(product_->spec.version);
    return {};
}

Result<> Run::Load(const model::OutputPort& port) {
    if (port.incremental && port.incremental->kind == model::Incremental::Kind::kFiles)
        return request_.wish.step ? Result<>() : LoadArrived(port);
    const bool by = IsBy(port);
    if (request_.wish.step && !by) return {};  // Has no ranges.
    auto increment =
        TRY(PlanIncrement(parts_.tables, *state_, *product_, port, Before(port), request_.wish));
    if (increment.kind == Increment::Kind::kNothing) {
        Log("info", fmt::format("port {}: no input has changed", port.name));
        return {};
    }
    if (increment.kind == Increment::Kind::kPart) {
        if (TRY(LoadPart(port, increment))) return {};
        increment = {};
        increment.why = "the new records say nothing about the rest of the rows";
        if (by)
            increment.part = {engine::Part::Kind::kBy, port.incremental->columns, {}, {}, {}, {}};
    }
    if (!increment.why.empty())
        Log("info", fmt::format("port {} is computed in full: {}", port.name, increment.why));
    return LoadRows(port, increment);
}

// False when the SQL read other ports than at the last run: then the part says nothing about the
// rest.
Result<bool> Run::LoadPart(const model::OutputPort& port, const Increment& increment) {
    const auto& read_before = Before(port)->read_to;
    if (increment.part.kind == engine::Part::Kind::kMerge) {
        Log("info", fmt::format("port {}: keys of the records behind {}, {} files", port.name,
                                increment.changed_behind, increment.kept.size()));
    } else {
        Log("info",
            fmt::format("port {}: from {}{}, {} files replaced, {} rewritten, {} untouched",
                        port.name, increment.part.from,
                        increment.part.to.empty() ? "" : " to " + increment.part.to,
                        increment.removed.size(), increment.kept.size(), increment.untouched));
    }
    const auto rejected_count = rejected_files_.size();
    const auto outcome = outcome_;
    const auto ports_read = ports_read_;
    keeps_rejected_ = true;
    CHECK_OK(LoadRows(port, increment));
    const auto& read = loaded_.back().update.read_to;
    // New records and not one row of their keys: the SQL changes the keys, and a part says nothing.
    const bool keyless = increment.part.kind == engine::Part::Kind::kMerge &&
                         outcome_.rows_written == outcome.rows_written;
    const bool same = !keyless && std::ranges::equal(
        read, read_before, {}, [](const auto& one) { return one.first; },
        [](const auto& one) { return one.first; });
    if (same) return true;
    Error why;
    why.code = Code::kConflict;
    loaded_.back().staging.Abandon(why);
    loaded_.pop_back();
    rejected_files_.resize(rejected_count);
    outcome_ = outcome;
    ports_read_ = ports_read;
    keeps_rejected_ = false;
    return false;
}

Result<> Run::LoadRows(const model::OutputPort& port, const Increment& increment) {
    const meta::Port* before = Before(port);
    const bool part = increment.kind == Increment::Kind::kPart;
    const auto binding = TRY(Bind(port, part));
    auto inputs = Inputs(port);
    if (!increment.part.kept.empty()) inputs.Keep(*before, increment.kept);
    if (!increment.part.changed.empty())
        inputs.Changed(increment.changed, increment.changed_behind);
    loaded_.push_back({TRY(catalog::Staging::Open(parts_.tables, before)), {}});
    LoadedPort& loaded = loaded_.back();
    CHECK_OK(OpenRejected(port));
    const uint32_t first_rejected = next_rejected_;
    inputs.WithOutput([&](bool rejected, uint32_t index) -> Result<io::Descriptor> {
        if (!rejected) return loaded.staging.NewFile(index);
        if (!rejected_) return Fail(Code::kDenied, "this port tolerates no bad rows");
        next_rejected_ = std::max(next_rejected_, first_rejected + index + 1);
        return rejected_->NewFile(first_rejected + index);
    });
    auto job = LoadJob(port, inputs, binding.columns);
    job.part = increment.part;
    const auto worker = TRY(TakeWorker(port.timezone));
    auto finished = TRY(InWorker(*worker, job, inputs));
    Report(port, finished.ended);
    if (!finished.ended.ok) return std::unexpected(finished.ended.error);
    CHECK_OK(inputs.CheckInputsUnchanged());
    TakeRejected(finished.ended, first_rejected);

    catalog::Staging::Change change;
    if (part) {
        change.operation = Operation::kRewrite;
        change.removed = increment.removed;
        for (const auto& file : increment.kept) change.removed.push_back(file.path);
        if (change.removed.empty()) change.operation = Operation::kAppend;
    }
    CHECK_OK(Stage(loaded, port, binding, finished.ended.files, std::move(change)));
    loaded.update.inputs = inputs.ports_read();
    for (const uint64_t read : inputs.ports_read())
        if (std::ranges::find(ports_read_, read) == ports_read_.end()) ports_read_.push_back(read);
    return Remember(port, increment, inputs, finished.ended.newest, loaded.update);
}

// How far this run got, for the next one. Nothing to build upon where an input has no port yet:
// when it comes, nobody would notice.
Result<> Run::Remember(const model::OutputPort& port, const Increment& increment,
                       const catalog::JobInputs& inputs, const std::string& found,
                       meta::PortUpdate& update) const {
    if (!port.incremental) return {};
    const meta::Port* before = Before(port);
    const bool part = increment.kind == Increment::Kind::kPart;
    update.read_to = inputs.read_to();
    if (request_.wish.step)
        update.read_to = before->read_to;  // The rest of the table is as old as it was.
    if (inputs.read_missing()) return {};
    catalog::Watermark watermark{product_->generation, {}};
    if (IsBy(port)) {
        for (const auto& bound : update.columns) {
            if (ToLower(bound.column.name) != ToLower(port.incremental->columns[0])) continue;
            const auto last = part ? catalog::ParseWatermark(before->watermark) : std::nullopt;
            if (catalog::IsOrdinal(bound.column.type))
                watermark.newest = NewestOf(bound.column.type, last ? last->newest : std::string(),
                                            found, started_);
        }
    }
    update.watermark = catalog::ToText(watermark);
    return {};
}

}  // namespace weft::pipeline
