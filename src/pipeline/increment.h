// What a run has to compute of a port with `incremental: {by: …}` or `{merge: …}`: everything,
// nothing, or a part, with the files of the table that the part replaces. Correctness first:
// whatever is not certain is computed anew.
// (`incremental: files` is arrival.h.) THREAD: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/coverage.h"
#include "engine/protocol.h"
#include "meta/state.h"
#include "pipeline/backfill.h"

namespace weft::pipeline {

struct Increment {
    enum class Kind : uint8_t { kAll, kNothing, kPart };
    Kind kind = Kind::kAll;
    std::string why;    // kAll: in a word, for the run's log; empty: it is not incremental.
    engine::Part part;  // Also of kAll: which newest value is wanted.
    std::vector<std::string> removed;  // kPart: files whose rows are all computed anew.
    std::vector<catalog::TableFile>
        kept;                      // kPart: files with rows of both sides; replaced as well.
    uint64_t untouched = 0;        // kPart: files that stay.
    engine::RelationName changed;  // Of kMerge.
    uint64_t changed_behind = 0;   // Its records with greater positions are new.
};

struct RunWish {
    bool full = false;
    std::optional<Step> step;  // Of a backfill.
};

// `before`: the port as last published, or null. FAILS: kConflict for a step of a port that has to
// be computed whole first; as the catalog does.
Result<Increment> PlanIncrement(catalog::Tables& tables, const meta::State& state,
                                const meta::Product& product, const model::OutputPort& port,
                                const meta::Port* before, const RunWish& wish);

// Whether ranges of the port can be computed on top of its last publication. FAILS: kConflict
// saying why not.
Result<> CheckRanges(const meta::State& state, const meta::Product& product,
                     const meta::Port* before);

// The watermark after a run: the greater of both values, but not beyond `now` (a record from the
// future must not stop the port from seeing the present). Texts of the type; either may be empty.
std::string NewestOf(const DataType& type, const std::string& before, const std::string& found,
                     Timestamp now);

}  // namespace weft::pipeline
