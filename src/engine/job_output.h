// Writing the rows of a job: COPY statements to weft-out:// paths, and what Iceberg wants to know
// about the files.
//
// Used by job_load.cc for loads, rejected records and merges. DuckDB returns the statistics of what
// it wrote (RETURN_STATS), so nothing is read back. Field ids are given for every nested field too.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "duckdb.hpp"
#include "engine/protocol.h"
#include "engine/worker_internal.h"

namespace weft::engine {

// "{id: 1, tags: {__duckdb_field_id: 2, element: 3}}". FAILS: kInvalid when child_ids do not fit
// the type.
Result<std::string> FieldIds(const std::vector<OutputColumn>& columns);

struct CopyTarget {
    bool rejected = false;  // One file of rejected records; else as many files as the rows need.
    uint64_t row_group_rows = 122'880;
    uint64_t file_bytes = 0;  // About so large does a file get; 0: one file.
    std::string path;         // Of the only file, or of the folder of many; made by OpenTarget.
    uint32_t index = 0;       // Of the only file.
};
Result<CopyTarget> OpenTarget(Engine& engine, const Job& job, bool rejected);

// "COPY (<select>) TO '<path>' (…)".
Result<std::string> CopySql(std::string_view select, const CopyTarget& target,
                            const std::vector<OutputColumn>& columns);

// Runs a COPY made from CopySql (perhaps with other rows put in) under Trust::kJob. Files without
// rows are left out.
Result<std::vector<WrittenFile>> RunCopy(Engine& engine, duckdb::Connection& connection,
                                         duckdb::unique_ptr<duckdb::SQLStatement> copy,
                                         const CopyTarget& target,
                                         const std::vector<OutputColumn>& columns);

}  // namespace weft::engine
