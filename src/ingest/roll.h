// One roll: records of one stream that lie in the log are checked in a worker and become visible as
// a tail file; those that break the contract become dead letters. And one commit: the tail of a
// port becomes a snapshot of its table.
//
// Both are one meta command at their end: before it nothing is visible, after it everything is.
// Used by ingest.cc. THREAD: any, but one at a time for a stream and for a port.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "catalog/tables.h"
#include "engine/pool.h"
#include "ingest/log.h"
#include "meta/store.h"

namespace weft::ingest {

struct RollParts {
    meta::Store& store;
    catalog::Tables& tables;
    engine::Pool& pool;
    const Clock& clock;
    Log& log;
    uint64_t memory_bytes = 0;
    uint64_t bytes_max = 0;  // Of lines in one roll.
};

struct Rolled {
    uint64_t first = 0;  // Positions; last < first: there was nothing to roll.
    uint64_t last = 0;
    uint64_t rejected = 0;
    std::vector<engine::BadRecord> bad;  // The first hundred; `line` is the position.
    std::vector<uint64_t> replayed;      // Dead letters that are settled now.
};

// `records_max`: fewer, to find a record that a worker cannot survive. `poison`: the first record
// is taken for such a one and goes to the dead letters unseen. Makes the port, or gives it the
// newest contract, even when there is nothing to roll. FAILS: kConflict (the product was applied
// meanwhile: try again); as the worker fails; nothing has changed then.
Result<Rolled> Roll(const RollParts& parts, const Stream& stream, uint64_t records_max,
                    bool poison);

// Large files of the tail are appended as they are, small ones are merged before. FAILS: kConflict:
// try again.
Result<> Commit(const RollParts& parts, PortId port);

// Commits the tail of a product's dead letters and writes their table without the settled ones.
// FAILS: kConflict.
Result<> RewriteLetters(const RollParts& parts, PortId port);

}  // namespace weft::ingest
