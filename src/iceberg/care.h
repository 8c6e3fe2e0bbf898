// Table care: what is old, what is unreferenced, what is too small. Decides only; the caller
// commits, and deletes files after a grace longer than the longest statement.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "iceberg/cache.h"
#include "iceberg/manifest.h"
#include "iceberg/metadata.h"

namespace weft::iceberg {

struct Expired {
    TableMetadata metadata;          // Without them; commit it with PrepareMetadata.
    std::vector<int64_t> snapshots;  // Which ones went.
    // Data, manifests, lists, metadata files that nothing in `metadata` refers to any more. Empty
    // together with `snapshots`: there is nothing to do, `metadata` equals the input.
    std::vector<std::string> files;
};

struct Retention {
    size_t snapshots_min = 1;        // Newest of the main branch, kept whatever their age.
    Timestamp older_than;            // Only snapshots before it go.
    size_t metadata_files_max = 20;  // Former metadata files kept in the log.
};
// Heads of branches and tags stay, and all ancestors of branches other than main.
Result<Expired> ExpireSnapshots(Cache& cache, const TableMetadata& table,
                                const Retention& retention);

// Every file that the metadata refers to, from any snapshot: data, manifests, lists, former
// metadata files.
Result<std::set<std::string>> ReferencedFiles(Cache& cache, const TableMetadata& table);

// Files of the current snapshot that are worth merging into one of about `target_bytes`; empty when
// there are too few.
Result<std::vector<DataFile>> PickSmallFiles(Cache& cache, const TableMetadata& table,
                                             uint64_t target_bytes);

}  // namespace weft::iceberg
