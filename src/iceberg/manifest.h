// A manifest: data files with their statistics, one entry each. Immutable once written.
//
// In memory all paths are plain and absolute; in files they are `file://` + path. ReadManifest
// refuses what could make a reader wrong: paths outside the table, negative counts, inverted
// bounds, delete files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/columns.h"
#include "iceberg/manifest_list.h"

namespace weft::iceberg {

// What is known about one column of one file. Absent numbers are -1.
struct ColumnStats {
    int32_t field_id = 0;
    int64_t size_bytes = -1;
    int64_t value_count = -1;  // Nulls and NaNs included.
    int64_t null_count = -1;
    int64_t nan_count = -1;
    std::optional<std::string> lower;  // Single-value encoding, see value.h.
    std::optional<std::string> upper;
    friend bool operator==(const ColumnStats&, const ColumnStats&) = default;
};

struct DataFile {
    std::string path;  // Absolute, beneath the table's location.
    int64_t record_count = 0;
    int64_t file_size = 0;
    std::vector<ColumnStats> columns;  // Ascending by field id.
    std::vector<int64_t> split_offsets;
    std::optional<int32_t> sort_order_id;
    // Highest column id when the file was listed: columns above it are certainly not in the file.
    // Set on reading.
    int32_t last_column_id = 0;
    const ColumnStats* Find(int32_t field_id) const;
    friend bool operator==(const DataFile&, const DataFile&) = default;
};

struct ManifestEntry {
    enum class Status : uint8_t { kExisting = 0, kAdded = 1, kDeleted = 2 };
    Status status = Status::kAdded;
    int64_t snapshot_id = 0;
    // Written as null (inherited from the manifest list) for kAdded; explicit for the others;
    // always set on reading.
    int64_t sequence_number = 0;
    int64_t file_sequence_number = 0;
    DataFile file;
    bool live() const { return status != Status::kDeleted; }
    friend bool operator==(const ManifestEntry&, const ManifestEntry&) = default;
};

// Encoded bytes of a manifest of an unpartitioned table.
std::string EncodeManifest(const std::vector<ManifestEntry>& entries, const Columns& columns);

// `listed` is the manifest's line in the manifest list: numbers are inherited from it.
// FAILS: kCorrupt; kInvalid for delete files and formats other than Parquet.
Result<std::vector<ManifestEntry>> DecodeManifest(std::string_view bytes,
                                                  const ManifestFile& listed,
                                                  const std::string& table_location);

}  // namespace weft::iceberg
