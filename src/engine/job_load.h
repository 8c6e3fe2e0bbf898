// Loads: a product's SQL over its inputs becomes checked, typed rows in Parquet files; and merges
// of files.
//
// Phases: open the file inputs, bind the SQL, describe or match its columns with the declared ones,
// then one statement that casts, checks every row rule, sorts and writes, then the counts. Nothing
// is kept in memory but DuckDB's buffers. Row rules are those of the output columns; records that a
// file input cannot read count as violations too. THREAD: main of a worker.
#pragma once

#include "base/result.h"
#include "engine/job_input.h"
#include "engine/protocol.h"
#include "engine/worker_internal.h"

namespace weft::engine {

// Fills `ended`; sends Head when job.columns is empty. FAILS: kInvalid (the rows or the SQL),
// kDenied, kLimit, ….
Result<> RunLoad(Engine& engine, const Job& job, Ended& ended);
Result<> RunMerge(Engine& engine, const Job& job, Ended& ended);

// The files of a relation of CSV or JSON Lines, opened; without columns.
Result<InputTable> OpenFiles(Engine& engine, const FileRelation& file, uint64_t token);

// The InputTable of a file relation, its files opened. `declared` serves where the relation names
// no columns; with neither the columns are found by reading all rows. FAILS: kInvalid for Parquet
// (which DuckDB reads itself).
Result<std::unique_ptr<InputTable>> OpenTable(Engine& engine, duckdb::Connection& connection,
                                              const Relation& relation,
                                              const std::vector<OutputColumn>& declared);

}  // namespace weft::engine
