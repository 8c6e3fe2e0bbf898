#include "catalog/care.h"

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "base/log.h"
#include "catalog/row_checks.h"
#include "catalog/staging.h"
#include "iceberg/cache.h"
#include "iceberg/care.h"
#include "iceberg/commit.h"
#include "io/files.h"
#include "meta/ports.h"

namespace weft::catalog {
namespace {

constexpr uint64_t kMergeMemoryBytes = 1ull << 30;
constexpr uint64_t kMergeTimeMs = 600'000;

// Answers the worker of a merge: one relation, exactly the files to be merged.
class MergeHost : public engine::Host {
public:
    MergeHost(Tables& tables, const meta::Port& port, Staging& staging, std::vector<iceberg::DataFile> files)
        : tables_(tables), table_{port, port.table.snapshot_id, port.DataVersion(), tables.Pin(port.table.uuid)}, staging_(staging),
          files_(std::move(files)) {}

    std::vector<engine::RelationAnswer> OnNames(const std::vector<engine::RelationName>& names) override {
        std::vector<engine::RelationAnswer> answers;
        for (const auto& name : names) answers.push_back({name, TheTable()});
        return answers;
    }
    Result<engine::ScanFiles> OnOpen(const engine::Open&) override {
        ++scans_;
        engine::ScanFiles files;
        for (const auto& file : files_)
            files.files.push_back({static_cast<uint64_t>(file.file_size), static_cast<uint64_t>(file.record_count)});
        return files;
    }
    Result<std::vector<io::Descriptor>> OnNeedFiles(const engine::NeedFiles& need) override {
        std::vector<io::Descriptor> opened;
        for (const uint32_t index : need.indices) {
            if (need.scan >= scans_ || index >= files_.size()) return Fail(Code::kCorrupt, "no such file in the scan");
            opened.push_back(TRY(tables_.OpenFile(table_, files_[index].path)));
        }
        return opened;
    }
    Result<io::Descriptor> OnNeedOutput(const engine::NeedOutput&, uint32_t index) override {
        return staging_.NewFile(index);
    }

private:
    Result<engine::Relation> TheTable() const {
        engine::TableRelation relation;
        relation.row_count = table_.port.table.row_count;
        for (const auto& bound : table_.port.columns) {
            engine::RelationColumn column;
            column.name = bound.column.name;
            column.type = bound.column.type;
            column.field_id = bound.field_id;
            column.child_ids = bound.child_ids;
            relation.columns.push_back(std::move(column));
        }
        engine::Relation out;
        out.token = 1;
        out.body = std::move(relation);
        return out;
    }
    Tables& tables_;
    Scannable table_;
    Staging& staging_;
    std::vector<iceberg::DataFile> files_;
    uint64_t scans_ = 0;
};

class BackgroundCare : public Care {
public:
    BackgroundCare(Parts parts, CareOptions options) : parts_(std::move(parts)), options_(options) {}
    void Start() {
        thread_ = std::jthread([this](std::stop_token stop) { Loop(stop); });
    }
    Result<uint32_t> RunOnce() override;

private:
    void Loop(std::stop_token stop);
    Result<bool> Merge(const meta::Port& port);
    Result<engine::Ended> MergeInWorker(const meta::Port& port, Staging& staging,
                                        const std::vector<iceberg::DataFile>& files);
    Result<bool> Expire(const meta::Port& port);
    Result<> Sweep();
    Result<> SweepTable(const std::string& uuid, const std::set<std::string>& referenced, Timestamp now);

    Parts parts_;
    CareOptions options_;
    std::mutex round_;               // One round at a time.
    std::mutex sleep_;
    std::condition_variable_any wake_;
    std::jthread thread_;            // Last: joins first.
};

void BackgroundCare::Loop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(sleep_);
            wake_.wait_for(lock, stop, std::chrono::milliseconds(options_.every_ms), [] { return false; });
        }
        if (stop.stop_requested()) return;
        if (const auto done = RunOnce(); !done) LogWarn("care", "{}", done.error().message);
    }
}

Result<uint32_t> BackgroundCare::RunOnce() {
    std::scoped_lock lock(round_);
    uint32_t changed = 0;
    const auto state = parts_.store.Snapshot();
    for (const auto& [id, port] : state->ports) {
        if (port->table.metadata_location.empty()) continue;
        for (auto step : {&BackgroundCare::Merge, &BackgroundCare::Expire}) {
            const auto now_port = parts_.store.Snapshot()->ports;
            const auto it = now_port.find(id);
            if (it == now_port.end()) break;
            const auto done = (this->*step)(*it->second);
            if (done && *done) ++changed;
            // Somebody published meanwhile: their commit stands, the next round looks again.
            if (!done && done.error().code != Code::kConflict)
                LogWarn("care", "table of port {}: {}", port->name, done.error().message);
        }
    }
    CHECK_OK(Sweep());
    return changed;
}

Result<engine::Ended> BackgroundCare::MergeInWorker(const meta::Port& port, Staging& staging,
                                                    const std::vector<iceberg::DataFile>& files) {
    engine::Start start;
    start.user = "node";
    start.memory_bytes = kMergeMemoryBytes;
    const auto worker = TRY(parts_.pool.Take(std::move(start)));
    engine::Job job;
    job.kind = engine::Job::Kind::kMerge;
    job.inputs = {{"merged", {"", "merged"}}};
    job.columns = OutputColumns(port.columns);
    job.target_file_bytes = options_.target_file_bytes;
    job.limits.time_ms = kMergeTimeMs;
    MergeHost host(parts_.tables, port, staging, files);
    auto finished = TRY(engine::RunToEnd(*worker, job, host, nullptr, 0, kMergeTimeMs));
    if (!finished.ended.ok) return std::unexpected(finished.ended.error);
    return std::move(finished.ended);
}

// Many small files become few: the same rows, another snapshot, by compare-and-set.
Result<bool> BackgroundCare::Merge(const meta::Port& port) {
    const auto metadata = TRY(parts_.tables.cache().Metadata(port.table.metadata_location));
    const auto files = TRY(iceberg::PickSmallFiles(parts_.tables.cache(), *metadata, options_.target_file_bytes));
    if (files.size() < options_.merge_files_min) return false;
    auto staging = TRY(Staging::Open(parts_.tables, &port));
    const auto commit = [&]() -> Result<> {
        const auto merged = TRY(MergeInWorker(port, staging, files));
        Staging::Change change;
        change.operation = Staging::Change::Operation::kReplace;
        uint64_t rows = 0;
        for (const auto& file : files) {
            change.removed.push_back(file.path);
            rows += static_cast<uint64_t>(file.record_count);
        }
        uint64_t written = 0;
        for (const auto& file : merged.files) written += file.row_count;
        if (written != rows) return Fail(Code::kCorrupt, fmt::format("a merge of {} rows yielded {}", rows, written));
        const auto table = TRY(staging.Prepare({port.columns, port.table.last_column_id}, merged.files, change, parts_.clock.Now()));
        CHECK_OK(parts_.store.Commit("care", meta::SwapTable{port.id, port.table.metadata_location, table}));
        return {};
    };
    if (auto done = commit(); !done) {
        staging.Abandon(done.error());
        return std::unexpected(done.error());
    }
    return true;
}

Result<bool> BackgroundCare::Expire(const meta::Port& port) {
    const Timestamp now = parts_.clock.Now();
    const auto metadata = TRY(parts_.tables.cache().Metadata(port.table.metadata_location));
    if (metadata->snapshots.size() <= options_.snapshots_keep_min) return false;
    iceberg::Retention retention;
    retention.snapshots_min = options_.snapshots_keep_min;
    retention.older_than = {now.us - static_cast<int64_t>(options_.snapshot_age_ms_max) * 1000};
    auto expired = TRY(iceberg::ExpireSnapshots(parts_.tables.cache(), *metadata, retention));
    if (expired.snapshots.empty()) return false;
    const auto prepared = TRY(iceberg::PrepareMetadata(std::move(expired.metadata), port.table.metadata_location, now));
    meta::Table table = port.table;
    table.metadata_location = prepared.location;
    const auto swapped = parts_.store.Commit("care", meta::SwapTable{port.id, port.table.metadata_location, table});
    if (!swapped) {
        if (swapped.error().code != Code::kUnknownOutcome) iceberg::Abandon(prepared);
        return std::unexpected(swapped.error());
    }
    return true;  // Its files go with a later sweep.
}

// Files that no snapshot refers to go, once they are older than the longest run and nobody holds the table. Stateless:
// what a crash left behind is found the same way. Folders of removed products go whole.
Result<> BackgroundCare::Sweep() {
    const Timestamp now = parts_.clock.Now();
    const auto uuids = TRY(io::ListDirectory(parts_.folder));  // Before the state: a newer table is not in the list.
    const auto state = parts_.store.Snapshot();
    std::map<std::string, const meta::Port*> live;
    for (const auto& [id, port] : state->ports) live.emplace(port->table.uuid, port.get());
    for (const auto& uuid : uuids) {
        if (parts_.tables.IsPinned(uuid)) continue;
        const auto it = live.find(uuid);
        std::set<std::string> referenced;
        if (it != live.end()) {
            const auto metadata = TRY(parts_.tables.cache().Metadata(it->second->table.metadata_location));
            referenced = TRY(iceberg::ReferencedFiles(parts_.tables.cache(), *metadata));
            referenced.insert(it->second->table.metadata_location);
        } else if (io::Stat(parts_.folder + "/" + uuid + "/KEPT")) {
            continue;
        }
        CHECK_OK(SweepTable(uuid, referenced, now));
    }
    return {};
}

Result<> BackgroundCare::SweepTable(const std::string& uuid, const std::set<std::string>& referenced, Timestamp now) {
    const std::string folder = parts_.folder + "/" + uuid;
    bool empty = referenced.empty();
    for (const char* part : {"/data", "/metadata"}) {
        const auto names = io::ListDirectory(folder + part);
        if (!names) continue;
        for (const auto& name : *names) {
            const std::string path = folder + part + "/" + name;
            if (referenced.contains(path)) continue;
            const auto stat = io::Stat(path);
            if (stat && now.us - stat->mtime_ns / 1000 < static_cast<int64_t>(options_.grace_ms) * 1000) {
                empty = false;
                continue;
            }
            (void)io::RemoveFile(path);
        }
    }
    if (empty) return io::RemoveTree(parts_.folder, uuid);
    return {};
}

}  // namespace

Result<std::unique_ptr<Care>> Care::Make(Parts parts, CareOptions options) {
    auto care = std::make_unique<BackgroundCare>(std::move(parts), options);
    care->Start();
    return care;
}

}  // namespace weft::catalog
