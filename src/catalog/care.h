// Table care, in the background: small files are merged, old snapshots expire, files that nothing
// refers to go. All of it is ordinary commits by compare-and-set; a run that publishes meanwhile
// wins and care tries again later.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tables.h"
#include "engine/pool.h"
#include "meta/store.h"

namespace weft::catalog {

struct CareOptions {
    uint32_t every_ms = 60'000;
    uint32_t merge_files_min = 8;  // Merge when at least this many small files lie in a table.
    uint64_t target_file_bytes = 256ull << 20;
    uint32_t snapshots_keep_min = 3;
    uint64_t snapshot_age_ms_max = 3'600'000;
    uint64_t grace_ms =
        7'200'000;  // An unreferenced file is kept this long: above the longest run.
};

class Care {  // THREAD: any. OWNS: one background thread.
  public:
    struct Parts {
        meta::Store& store;
        Tables& tables;
        engine::Pool& pool;
        const Clock& clock;
        std::string folder;  // <data>/tables
    };
    static Result<std::unique_ptr<Care>> Make(Parts parts, CareOptions options);
    virtual ~Care() = default;

    // One round over all tables now; for tests and `weft admin care`. Returns how many tables
    // changed.
    virtual Result<uint32_t> RunOnce() = 0;
};

}  // namespace weft::catalog
