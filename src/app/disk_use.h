// What takes the disk, by product: for `weft du` and GET /api/v1/disk. Looks at folders; moves
// nothing. THREAD: any.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "meta/state.h"

namespace weft::app {

struct DiskUseOf {
    std::string data;  // The data folder.
    std::function<bool(const meta::Product&)> may_see;
    bool whole = false;                         // Also what belongs to the node.
    std::map<std::string, uint64_t> log_bytes;  // Waiting to be checked, by product's full name.
    uint64_t log_total = 0;
};

// {"products": [{"product", "rows", "bytes" (current data), "disk_bytes" (its folders), "old_bytes"
// (of them what only old snapshots or nothing refer to), "rejected_rows", "rejected_bytes",
// "log_bytes", "upload_bytes", "total_bytes"}], "node": {"state_bytes", "log_bytes", "spill_bytes",
// "unowned_bytes"}}. FAILS: kLimit (too many files).
Result<Json> DiskUse(const meta::State& state, const DiskUseOf& of);

// Bytes of the regular files below, 0 when it is not there. FAILS: kLimit beyond ten million
// entries.
Result<uint64_t> BytesBelow(const std::string& folder);

}  // namespace weft::app
