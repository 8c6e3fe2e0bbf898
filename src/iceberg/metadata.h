// The metadata document of a table (format version 2): columns over time, snapshots, properties.
//
// One immutable file per commit; which one is current is a pointer that `meta` swaps. Members that
// Weft does not know are kept when a document is read, changed and written again. Tables of format
// version 1 and 3 are refused.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"
#include "iceberg/columns.h"

namespace weft::iceberg {

struct Snapshot {
    int64_t id = 0;
    std::optional<int64_t> parent_id;
    int64_t sequence_number = 0;
    int64_t timestamp_ms = 0;
    std::string manifest_list;                   // Absolute path.
    std::map<std::string, std::string> summary;  // With "operation".
    std::optional<int32_t> schema_id;
    Json rest;  // As read; members above win when written.
};

struct SnapshotLogEntry {
    int64_t timestamp_ms = 0;
    int64_t snapshot_id = 0;
};

struct MetadataLogEntry {
    int64_t timestamp_ms = 0;
    std::string path;  // Absolute path of a former metadata file.
};

// A branch or tag. "main" is the branch that readers see.
struct SnapshotRef {
    int64_t snapshot_id = 0;
    bool branch = true;
    Json rest;
};

struct TableMetadata {
    std::string uuid;
    std::string location;  // Absolute path of the table's folder.
    int64_t last_sequence_number = 0;
    int64_t last_updated_ms = 0;
    int32_t last_column_id = 0;
    int32_t current_schema_id = 0;
    std::vector<Columns> schemas;
    std::vector<Json> schemas_as_read;  // Beside `schemas`; null for one that was added since.
    bool partitioned = false;  // The default partition spec has fields: read only for Weft.
    std::map<std::string, std::string> properties;
    std::optional<int64_t> current_snapshot_id;
    std::vector<Snapshot> snapshots;
    std::vector<SnapshotLogEntry> snapshot_log;
    std::vector<MetadataLogEntry> metadata_log;
    std::map<std::string, SnapshotRef> refs;
    Json rest;  // The document as read; members above win when written.

    const Columns& columns() const;                           // The current ones.
    const Columns* FindColumns(int32_t schema_id) const;      // Null when absent.
    const Snapshot* FindSnapshot(int64_t snapshot_id) const;  // Null when absent.
    const Snapshot* CurrentSnapshot() const;                  // Null for an empty table.
};

// REQUIRES: every field of `columns` has an id.
// FAILS: kInvalid when columns or location are not usable.
Result<TableMetadata> NewTable(std::string uuid, std::string location, Columns columns,
                               std::map<std::string, std::string> properties, Timestamp now);

std::string EncodeMetadata(const TableMetadata& metadata);
Result<TableMetadata> DecodeMetadata(
    std::string_view text);  // FAILS: kCorrupt; kInvalid for another format version.
Result<TableMetadata> Load(const std::string& location);  // From the path of a metadata file.

}  // namespace weft::iceberg
