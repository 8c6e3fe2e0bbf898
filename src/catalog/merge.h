// Writes the rows of some files of a table again, as few files: for table care, the tail of events,
// and purges.
//
// Nothing is committed here: the caller prepares and swaps. THREAD: any.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/staging.h"
#include "catalog/tables.h"
#include "engine/pool.h"

namespace weft::catalog {

struct MergeFile {
    std::string path;
    uint64_t size_bytes = 0;
    uint64_t row_count = 0;
};

// The data files of the port's present snapshot; empty when it has none yet.
Result<std::vector<MergeFile>> LiveFiles(Tables& tables, const meta::Port& port);

struct MergeOptions {
    uint64_t target_file_bytes = 256ull << 20;
    uint64_t memory_bytes = 1ull << 30;
    uint64_t time_ms = 600'000;
    std::string row_filter;  // DuckDB, over the raw columns; empty: every row.
};

// The new files are written through `staging`. FAILS: kCorrupt when, without a filter, the number
// of rows changed; as the worker fails.
Result<std::vector<engine::WrittenFile>> MergeFiles(Tables& tables, engine::Pool& pool,
                                                    const meta::Port& port, Staging& staging,
                                                    std::vector<MergeFile> files,
                                                    const MergeOptions& options);

}  // namespace weft::catalog
