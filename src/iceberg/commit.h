// A change of a table, prepared: all files written and durable, nothing visible. The caller then
// swaps the pointer from `base_location` to `location` by compare-and-set, and only when it
// certainly did not happen calls Abandon.
//
//     const auto prepared = TRY(Prepare(cache, base, base_location, change, clock.Now()));
//     auto swapped = store.Commit(…prepared.location…);
//     if (!swapped && swapped.error().code != Code::kUnknownOutcome) Abandon(prepared);
//
// THREAD: any; different prepares of one table do not disturb each other, the pointer decides.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "iceberg/cache.h"
#include "iceberg/columns.h"
#include "iceberg/manifest.h"
#include "iceberg/metadata.h"

namespace weft::iceberg {

struct Change {
    enum class Operation : uint8_t {
        kNone,       // Columns and properties only: no snapshot.
        kAppend,     // `added` beside what is there.
        kOverwrite,  // `added` instead of everything that is there.
        kReplace,    // `added` holds the same rows as `removed_paths`, which go.
        kRewrite,    // `added`, with other rows, instead of `removed_paths`.
    };
    std::optional<Columns>
        columns;  // The new current ones; see CheckEvolution. schema_id is chosen here.
    Operation operation = Operation::kNone;
    std::vector<DataFile> added;  // Must exist, beneath the table's location, with this size.
    std::vector<std::string> removed_paths;         // kReplace and kRewrite only.
    std::map<std::string, std::string> summary;     // Added to the snapshot's; own keys win.
    std::map<std::string, std::string> properties;  // Set; an empty value removes.
};

struct Prepared {
    TableMetadata metadata;
    std::string location;                // Of the new metadata file.
    std::vector<std::string> new_files;  // Metadata files that were written, not the data files.
};

// `base_location` is empty for a table that has no metadata file yet (NewTable).
// FAILS: kInvalid (columns, partitioned table); kConflict when a removed path is not live in
// `base`; kCorrupt; kUnavailable. On failure nothing is left behind.
Result<Prepared> Prepare(Cache& cache, const TableMetadata& base, const std::string& base_location,
                         const Change& change, Timestamp now);

// Writes a document that was changed by other means (ExpireSnapshots).
Result<Prepared> PrepareMetadata(TableMetadata changed, const std::string& base_location,
                                 Timestamp now);

// Removes the new files. Only when the pointer certainly does not name them.
void Abandon(const Prepared& prepared);

std::string NewUuid();  // Random, version 4.

}  // namespace weft::iceberg
