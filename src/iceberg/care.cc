#include "iceberg/care.h"

#include <algorithm>

namespace weft::iceberg {
namespace {

// Adds what one snapshot refers to: its list, its manifests, and its live data files.
Result<> Reach(Cache& cache, const TableMetadata& table, const Snapshot& snapshot,
               std::set<std::string>& paths) {
    paths.insert(snapshot.manifest_list);
    const auto list = TRY(cache.List(table, snapshot));
    for (const ManifestFile& listed : *list) {
        if (!paths.insert(listed.path).second) continue;  // Shared with a snapshot seen before.
        const auto entries = TRY(cache.Entries(table, listed));
        for (const ManifestEntry& entry : *entries) {
            if (entry.live()) paths.insert(entry.file.path);
        }
    }
    return {};
}

std::set<int64_t> Kept(const TableMetadata& table, const Retention& retention) {
    std::set<int64_t> kept;
    const auto walk = [&](std::optional<int64_t> id, size_t count) {
        // Ids already kept are walked again on purpose: a tag may sit in the middle of main. A
        // parent cycle in a hostile document ends with the number of snapshots.
        count = std::min(count, table.snapshots.size());
        for (size_t i = 0; i < count && id; ++i) {
            const Snapshot* snapshot = table.FindSnapshot(*id);
            if (!snapshot) break;
            kept.insert(*id);
            id = snapshot->parent_id;
        }
    };
    walk(table.current_snapshot_id, std::max<size_t>(retention.snapshots_min, 1));
    for (const auto& [name, ref] : table.refs) {
        if (name != "main") walk(ref.snapshot_id, ref.branch ? table.snapshots.size() : 1);
    }
    for (const Snapshot& snapshot : table.snapshots) {
        if (snapshot.timestamp_ms >= retention.older_than.us / 1'000) kept.insert(snapshot.id);
    }
    return kept;
}

}  // namespace

Result<Expired> ExpireSnapshots(Cache& cache, const TableMetadata& table,
                                const Retention& retention) {
    Expired expired;
    expired.metadata = table;
    const std::set<int64_t> kept = Kept(table, retention);
    std::set<std::string> gone;
    std::set<std::string> stay;
    for (const Snapshot& snapshot : table.snapshots) {
        const bool stays = kept.contains(snapshot.id);
        if (!stays) expired.snapshots.push_back(snapshot.id);
        CHECK_OK(Reach(cache, table, snapshot, stays ? stay : gone));
    }
    TableMetadata& next = expired.metadata;
    std::erase_if(next.snapshots, [&](const Snapshot& s) { return !kept.contains(s.id); });
    // History before a gap would lie about which snapshot was current when: it goes too.
    const auto gap =
        std::find_if(next.snapshot_log.rbegin(), next.snapshot_log.rend(),
                     [&](const auto& entry) { return !kept.contains(entry.snapshot_id); });
    next.snapshot_log.erase(next.snapshot_log.begin(), gap.base());
    const size_t logged = next.metadata_log.size();
    const size_t extra = logged - std::min(logged, retention.metadata_files_max);
    for (size_t i = 0; i < extra; ++i) gone.insert(next.metadata_log[i].path);
    next.metadata_log.erase(next.metadata_log.begin(),
                            next.metadata_log.begin() + static_cast<ptrdiff_t>(extra));
    std::ranges::set_difference(gone, stay, std::back_inserter(expired.files));
    return expired;
}

Result<std::set<std::string>> ReferencedFiles(Cache& cache, const TableMetadata& table) {
    std::set<std::string> paths;
    for (const MetadataLogEntry& entry : table.metadata_log) paths.insert(entry.path);
    for (const Snapshot& snapshot : table.snapshots) CHECK_OK(Reach(cache, table, snapshot, paths));
    return paths;
}

// Merging rewrites every picked byte, so it must pay: either the picked files fill a target file,
// or there are many of them. Files of half the target and more are left alone, which bounds how
// often a row is rewritten.
Result<std::vector<DataFile>> PickSmallFiles(Cache& cache, const TableMetadata& table,
                                             uint64_t target_bytes) {
    constexpr size_t kFilesMin = 8;
    std::vector<ManifestEntry> small;
    if (const Snapshot* snapshot = table.CurrentSnapshot()) {
        const auto list = TRY(cache.List(table, *snapshot));
        for (const ManifestFile& listed : *list) {
            if (!listed.live()) continue;
            const auto entries = TRY(cache.Entries(table, listed));
            for (const ManifestEntry& entry : *entries) {
                const auto size = static_cast<uint64_t>(entry.file.file_size);
                if (entry.live() && size < target_bytes / 2) small.push_back(entry);
            }
        }
    }
    // Oldest first, so that rows which came together stay together.
    std::ranges::stable_sort(small, {}, &ManifestEntry::sequence_number);
    std::vector<DataFile> picked;
    uint64_t bytes = 0;
    for (ManifestEntry& entry : small) {
        if (bytes >= target_bytes) break;
        bytes += static_cast<uint64_t>(entry.file.file_size);
        picked.push_back(std::move(entry.file));
    }
    if (picked.size() < 2 || (bytes < target_bytes && picked.size() < kFilesMin)) picked.clear();
    return picked;
}

}  // namespace weft::iceberg
