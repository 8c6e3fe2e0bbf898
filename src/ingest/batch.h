// Entries of the log put together as one file of lines for a worker, with where each line came
// from. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/relation.h"
#include "ingest/log.h"

namespace weft::ingest {

struct Batch {
    std::string lines;
    uint64_t count = 0;
    std::vector<engine::Received> received;  // Ordered by line.
    std::vector<uint64_t> replays;           // Dead letters among the records.
};

// The records behind position `after`, at most `records_max`. `poison`: only the first one, wrapped
// as a JSON text that is no object, so that it becomes a dead letter whatever is in it. FAILS:
// kCorrupt when entries leave a gap or are not what they say.
Result<Batch> MakeBatch(const std::vector<Entry>& entries, uint64_t after, uint64_t records_max,
                        bool poison);

}  // namespace weft::ingest
