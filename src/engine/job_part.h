// Loads that compute only a part of a port's rows anew (protocol.h, Part): the SQL around the
// user's statement that says which rows are of the part, and which old rows stay.
//
// Used by job_load.cc. No text of a user becomes SQL here: names are quoted, and the ends of a
// range and the keys are literals that are cast to the column's type. What is of the part is asked
// twice: as a plain comparison, so that DuckDB's optimizer takes it down to the scan and the node
// prunes files by it; and by weft_keep, which must not count a row that lies outside, in whatever
// order the optimizer evaluates. THREAD: main of a worker.
#pragma once

#include <string>

#include "base/result.h"
#include "duckdb.hpp"
#include "engine/protocol.h"
#include "engine/worker_internal.h"

namespace weft::engine {

// Keys beyond that are not named one by one.
inline constexpr size_t kPartKeysNamedMax = 1'000;

struct PartSql {
    std::string join;              // Behind the rows; empty: none.
    std::string where = "true";    // True for every row of the part.
    std::string inside = "true";   // True for the rows of the part alone.
    std::string newest = "NULL";   // The value whose greatest is wanted.
    std::string kept;              // SELECT of the rows that stay; empty: none.
};

// True for the inputs that only `part` names: what the user's SQL reads are the others.
bool IsOfPart(const Part& part, const Input& input);

// Reads the keys of a kMerge into a temporary table of `connection`. FAILS: kInvalid when the part
// names columns or inputs that the job does not have, and as the reading does.
Result<PartSql> MakePart(Engine& engine, duckdb::Connection& connection, const Job& job);

}  // namespace weft::engine
