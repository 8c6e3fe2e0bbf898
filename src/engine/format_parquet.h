// A result as one Parquet file on the data channel: DuckDB's writer writes front to back into
// DataOut. Used by statement_run.cc. THREAD: main; while the COPY runs, only its writer touches
// DataOut.
#pragma once

#include "base/result.h"
#include "duckdb.hpp"
#include "engine/statement_build.h"
#include "engine/worker_internal.h"

namespace weft::engine {

// REQUIRES: `select` was admitted. Returns the rows. FAILS: kInvalid when it is no SELECT or has a
// type without Parquet counterpart, kLimit when the result is too large.
Result<uint64_t> SendParquet(Engine& engine, duckdb::Connection& connection, DataOut& out,
                             SqlStatement select, duckdb::vector<duckdb::Value> values);

}  // namespace weft::engine
