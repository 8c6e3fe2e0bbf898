// A manifest list: the manifests that make up one snapshot. Immutable once written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weft::iceberg {

struct ManifestFile {
    std::string path;  // Absolute, beneath the table's location.
    int64_t length = 0;
    int32_t partition_spec_id = 0;
    bool deletes = false;  // Lists delete files, not data files.
    int64_t sequence_number = 0;
    int64_t min_sequence_number = 0;
    int64_t added_snapshot_id = 0;
    int64_t added_files = 0;
    int64_t existing_files = 0;
    int64_t deleted_files = 0;
    int64_t added_rows = 0;
    int64_t existing_rows = 0;
    int64_t deleted_rows = 0;
    bool live() const { return added_files + existing_files > 0; }
    friend bool operator==(const ManifestFile&, const ManifestFile&) = default;
};

struct ManifestListHeader {
    int64_t snapshot_id = 0;
    int64_t parent_snapshot_id = 0;  // 0: none.
    int64_t sequence_number = 0;
};
std::string EncodeManifestList(const std::vector<ManifestFile>& manifests,
                               const ManifestListHeader& header);
// FAILS: kCorrupt, also for a path outside the table.
Result<std::vector<ManifestFile>> DecodeManifestList(std::string_view bytes,
                                                     const std::string& table_location);

}  // namespace weft::iceberg
