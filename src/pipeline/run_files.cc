// Loading the files that have arrived (`incremental: files`): one job for each, so that its rows
// lie in data files of their own and go when the file is replaced; one commit for all.
#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "catalog/job_inputs.h"
#include "pipeline/arrival.h"
#include "pipeline/run.h"

namespace weft::pipeline {

using Operation = catalog::Staging::Change::Operation;

struct Run::Arriving {
    const model::OutputPort& port;
    catalog::Binding binding;
    catalog::JobInputs inputs;
    std::unique_ptr<engine::Worker> worker;
    LoadedPort& loaded;
    TakenFiles taken;  // After this run.
    std::vector<engine::WrittenFile> files;
    std::vector<std::string> removed;  // Data files of replaced files.
    uint32_t next_file = 0;
    uint32_t moved = 0;  // Files that changed or went while they were read.
};

namespace {

// The next look finds them again.
bool HasMoved(const Error& error) {
    return error.code == Code::kConflict || error.code == Code::kNotFound;
}

}  // namespace

// Files that have arrived by now. Where a person waits for the run, it waits for files that are too
// young.
Result<std::vector<catalog::InputFile>> Run::FindArrived(const TakenFiles& taken) const {
    const auto& input = product_->spec.input_ports.at(0);
    const int64_t still_us = StillUs(input);
    const auto look = [&](int64_t age_us) -> Result<std::vector<catalog::InputFile>> {
        const auto found = catalog::FindInputFiles(*state_, input, Place());
        if (!found && found.error().code == Code::kNotFound)
            return std::vector<catalog::InputFile>{};
        if (!found) return std::unexpected(found.error());
        return ArrivedFiles(*found, taken, parts_.clock.Now(), age_us);
    };
    const bool waited_for = request_.trigger == "apply" || request_.trigger == "manual";
    if (waited_for && TRY(look(0)).size() > TRY(look(still_us)).size())
        std::this_thread::sleep_for(std::chrono::microseconds(kStillUs));
    return look(still_us);
}

Result<> Run::LoadArrived(const model::OutputPort& port) {
    const meta::Port* before = Before(port);
    const bool anew = request_.wish.full || !before || before->table.metadata_location.empty();
    TakenFiles taken;
    if (!anew) taken = before->taken;
    auto arrived = TRY(FindArrived(taken));
    if (arrived.empty() && !anew) return {};
    if (arrived.size() > kFilesPerRun &&
        !request_.wish.full) {  // A full run replaces everything at once.
        arrived.resize(kFilesPerRun);
        outcome_.has_more = true;
    }
    const bool complete =
        !port.columns.empty() && std::ranges::all_of(port.columns, &model::Column::has_type);
    if (arrived.empty() && !complete && (!before || before->columns.empty()))
        return {};  // Nothing tells its columns.

    auto binding = TRY(Bind(port, !anew));
    loaded_.push_back({TRY(catalog::Staging::Open(parts_.tables, before)), {}});
    CHECK_OK(OpenRejected(port));
    keeps_rejected_ = !anew;
    Arriving arriving{port,
                      std::move(binding),
                      Inputs(port),
                      TRY(TakeWorker(port.timezone)),
                      loaded_.back(),
                      std::move(taken),
                      {},
                      {},
                      0,
                      0};
    for (const auto& file : arrived) CHECK_OK(LoadFile(arriving, file));
    Log("info", fmt::format("port {}: {} of {} files that arrived are taken{}", port.name,
                            arrived.size() - arriving.moved, arrived.size(),
                            outcome_.has_more ? ", more follow" : ""));
    return StageArrived(arriving);
}

Result<> Run::LoadFile(Arriving& arriving, const catalog::InputFile& file) {
    const uint32_t first = arriving.next_file;
    const uint32_t first_rejected = next_rejected_;
    arriving.inputs.OnlyFile(file);
    arriving.inputs.WithOutput([&](bool rejected, uint32_t index) -> Result<io::Descriptor> {
        auto& next = rejected ? next_rejected_ : arriving.next_file;
        const uint32_t number = (rejected ? first_rejected : first) + index;
        next = std::max(next, number + 1);
        if (!rejected) return arriving.loaded.staging.NewFile(number);
        if (!rejected_) return Fail(Code::kDenied, "this port tolerates no bad rows");
        return rejected_->NewFile(number);
    });
    auto job = LoadJob(arriving.port, arriving.inputs, arriving.binding.columns);
    job.unique.clear();  // One file knows nothing of the others.
    auto finished = TRY(InWorker(*arriving.worker, job, arriving.inputs));
    auto& ended = finished.ended;
    if (const auto still = catalog::CheckUnchanged(file);
        !still || (!ended.ok && HasMoved(ended.error))) {
        if (!still && !HasMoved(still.error())) return std::unexpected(still.error());
        Log("warn", file.Path() + " changed while it was read: it is taken later");
        ++arriving.moved;
        outcome_.has_more = true;
        return {};
    }
    Report(arriving.port, ended);
    if (!ended.ok) {
        auto error = ended.error;
        error.message = fmt::format("{}: {}", file.Path(), error.message);
        return std::unexpected(std::move(error));
    }
    TakeRejected(ended, first_rejected);
    meta::TakenFile& taken = arriving.taken[file.Path()];
    const std::string folder = arriving.loaded.staging.table().location + "/data/";
    for (const auto& name : taken.data_files) arriving.removed.push_back(folder + name);
    taken = {.path = file.Path(),
             .size = file.stat.size,
             .mtime_ns = file.stat.mtime_ns,
             .sha256 = {},
             .row_count = ended.rows,
             .taken = started_,
             .run = request_.run,
             .data_files = {}};
    for (auto& written : ended.files) {
        written.index += first;
        taken.data_files.push_back(arriving.loaded.staging.NameOf(written.index));
        arriving.files.push_back(std::move(written));
    }
    return {};
}

Result<> Run::StageArrived(Arriving& arriving) {
    catalog::Staging::Change change;
    std::set<std::string> live;  // Data files that retention took are gone already.
    if (const auto* before = Before(arriving.port))
        for (auto& file : TRY(catalog::FilesOf(parts_.tables, *before)))
            live.insert(std::move(file.path));
    std::erase_if(arriving.removed, [&](const auto& path) { return !live.contains(path); });
    const bool anew =
        request_.wish.full || arriving.loaded.staging.expected_metadata_location().empty();
    if (!anew) {
        change.operation = arriving.removed.empty() ? Operation::kAppend : Operation::kRewrite;
        change.removed = arriving.removed;
    }
    CHECK_OK(
        Stage(arriving.loaded, arriving.port, arriving.binding, arriving.files, std::move(change)));
    arriving.loaded.update.taken = std::move(arriving.taken);
    return {};
}

}  // namespace weft::pipeline
