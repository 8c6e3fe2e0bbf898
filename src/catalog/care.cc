#include "catalog/care.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "base/log.h"
#include "catalog/merge.h"
#include "catalog/ordinal.h"
#include "catalog/retention.h"
#include "catalog/staging.h"
#include "iceberg/cache.h"
#include "iceberg/care.h"
#include "iceberg/commit.h"
#include "io/files.h"
#include "meta/ports.h"

namespace weft::catalog {
namespace {

class BackgroundCare : public Care {
  public:
    BackgroundCare(Parts parts, CareOptions options)
        : parts_(std::move(parts)), options_(options) {}
    void Start() {
        thread_ = std::jthread([this](std::stop_token stop) { Loop(stop); });
    }
    Result<uint32_t> RunOnce() override;

  private:
    void Loop(std::stop_token stop);
    Result<bool> Retire(const meta::Port& port) {
        return RemoveTooOld(parts_.store, parts_.tables, port, parts_.clock.Now());
    }
    Result<bool> Merge(const meta::Port& port);
    Result<bool> Expire(const meta::Port& port);
    Result<> Sweep();
    // A table's pins as they were before the state was read: what a writer published and let go of
    // since then is not in that state, and must not look like garbage.
    struct Held {
        bool pinned = false;
        uint64_t oldest = 0;
    };
    bool MayGo(const Held& held, const std::string& path, Timestamp now);
    Result<> SweepTable(const std::string& uuid, bool live, const Held& held,
                        const std::set<std::string>& referenced, Timestamp now);

    struct Unreferenced {
        uint64_t pins = 0;   // Tables::PinCount when it was first seen.
        bool again = false;  // Seen in this round, too.
    };
    std::map<std::string, Unreferenced> unreferenced_;  // By path. Guarded by round_.

    Parts parts_;
    CareOptions options_;
    std::mutex round_;  // One round at a time.
    std::mutex sleep_;
    std::condition_variable_any wake_;
    std::jthread thread_;  // Last: joins first.
};

void BackgroundCare::Loop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(sleep_);
            wake_.wait_for(lock, stop, std::chrono::milliseconds(options_.every_ms),
                           [] { return false; });
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
        for (auto step :
             {&BackgroundCare::Retire, &BackgroundCare::Merge, &BackgroundCare::Expire}) {
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

// A port of arriving files knows which data files hold the rows of which input file, and a port
// that is computed by ranges keeps its files small, because each run rewrites the one at its
// border.
bool MustStayApart(const meta::Port& port) {
    const auto watermark = ParseWatermark(port.watermark);
    return !port.taken.empty() || (watermark && !watermark->newest.empty());
}

// Many small files become few: the same rows, another snapshot, by compare-and-set.
Result<bool> BackgroundCare::Merge(const meta::Port& port) {
    if (MustStayApart(port)) return false;
    const auto metadata = TRY(parts_.tables.cache().Metadata(port.table.metadata_location));
    const auto files =
        TRY(iceberg::PickSmallFiles(parts_.tables.cache(), *metadata, options_.target_file_bytes));
    if (files.size() < options_.merge_files_min) return false;
    auto staging = TRY(Staging::Open(parts_.tables, &port));
    const auto commit = [&]() -> Result<> {
        Staging::Change change;
        change.operation = Staging::Change::Operation::kReplace;
        std::vector<MergeFile> small;
        for (const auto& file : files) {
            change.removed.push_back(file.path);
            small.push_back({file.path, static_cast<uint64_t>(file.file_size),
                             static_cast<uint64_t>(file.record_count)});
        }
        MergeOptions merge;
        merge.target_file_bytes = options_.target_file_bytes;
        const auto merged =
            TRY(MergeFiles(parts_.tables, parts_.pool, port, staging, std::move(small), merge));
        const auto table = TRY(staging.Prepare({port.columns, port.table.last_column_id}, merged,
                                               change, parts_.clock.Now()));
        CHECK_OK(parts_.store.Commit(
            "care", meta::SwapTable{port.id, port.table.metadata_location, table}));
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
    const auto prepared = TRY(
        iceberg::PrepareMetadata(std::move(expired.metadata), port.table.metadata_location, now));
    meta::Table table = port.table;
    table.metadata_location = prepared.location;
    const auto swapped =
        parts_.store.Commit("care", meta::SwapTable{port.id, port.table.metadata_location, table});
    if (!swapped) {
        if (swapped.error().code != Code::kUnknownOutcome) iceberg::Abandon(prepared);
        return std::unexpected(swapped.error());
    }
    return true;  // Its files go with a later sweep.
}

// Files that no snapshot refers to go, once they are older than the longest run and nobody holds
// the table. Stateless: what a crash left behind is found the same way. Folders of removed products
// go whole.
Result<> BackgroundCare::Sweep() {
    const Timestamp now = parts_.clock.Now();
    const auto uuids = TRY(
        io::ListDirectory(parts_.folder));  // Before the state: a newer table is not in the list.
    std::map<std::string, Held> held;
    for (const auto& uuid : uuids)
        held[uuid] = {parts_.tables.IsPinned(uuid), parts_.tables.OldestPin(uuid)};
    const auto state = parts_.store.Snapshot();
    std::map<std::string, const meta::Port*> live;
    for (const auto& [id, port] : state->ports) live.emplace(port->table.uuid, port.get());
    for (const auto& uuid : uuids) {
        const auto it = live.find(uuid);
        std::set<std::string> referenced;
        if (it != live.end()) {
            for (const auto& file : it->second->tail)
                referenced.insert(it->second->table.location + "/data/" + file.name);
            if (it->second->table.metadata_location.empty()) {
                CHECK_OK(SweepTable(uuid, true, held[uuid], referenced, now));
                continue;
            }
            const auto metadata =
                TRY(parts_.tables.cache().Metadata(it->second->table.metadata_location));
            referenced.merge(TRY(iceberg::ReferencedFiles(parts_.tables.cache(), *metadata)));
            referenced.insert(it->second->table.metadata_location);
        } else if (io::Stat(parts_.folder + "/" + uuid + "/KEPT")) {
            continue;
        }
        CHECK_OK(SweepTable(uuid, it != live.end(), held[uuid], referenced, now));
    }
    std::erase_if(unreferenced_, [](const auto& seen) { return !seen.second.again; });
    for (auto& [path, seen] : unreferenced_) seen.again = false;
    return {};
}

// A file goes when it is old enough and nobody can hold it: it was seen to be unreferenced in an
// earlier round, and every pin of its table is younger than that. A busy table always has pins; so
// its files go all the same.
bool BackgroundCare::MayGo(const Held& held, const std::string& path, Timestamp now) {
    auto [seen, first] =
        unreferenced_.try_emplace(path, Unreferenced{parts_.tables.PinCount(), true});
    seen->second.again = true;
    const auto stat = io::Stat(path);
    if (stat && now.us - stat->mtime_ns / 1000 < static_cast<int64_t>(options_.grace_ms) * 1000)
        return false;
    return !first && held.oldest >= seen->second.pins;
}

Result<> BackgroundCare::SweepTable(const std::string& uuid, bool live, const Held& held,
                                    const std::set<std::string>& referenced, Timestamp now) {
    const std::string folder = parts_.folder + "/" + uuid;
    bool empty = !live;
    for (const char* part : {"/data", "/metadata"}) {
        const auto names = io::ListDirectory(folder + part);
        if (!names) continue;
        for (const auto& name : *names) {
            const std::string path = folder + part + "/" + name;
            if (referenced.contains(path)) continue;
            if (!MayGo(held, path, now)) {
                empty = false;
                continue;
            }
            (void)io::RemoveFile(path);
        }
    }
    if (empty && !held.pinned && !parts_.tables.IsPinned(uuid))
        return io::RemoveTree(parts_.folder, uuid);
    return {};
}

}  // namespace

Result<std::unique_ptr<Care>> Care::Make(Parts parts, CareOptions options) {
    auto care = std::make_unique<BackgroundCare>(std::move(parts), options);
    care->Start();
    return care;
}

}  // namespace weft::catalog
