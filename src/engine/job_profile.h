// Profiles of input files: format, delimiter, header, null markers, and for every column a type
// that fits all its rows.
//
// Used by `weft init --from` (Job::kProfile, answered as JSON in Head::extra) and by loads whose
// inputs declare no columns. CSV and JSON Lines are read once, record by record, in bounded memory;
// Parquet is asked through DuckDB. Records that cannot be split are counted and left out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/job_guess.h"
#include "engine/job_input.h"
#include "engine/worker_internal.h"

namespace weft::engine {

struct Profile {
    uint64_t rows = 0;
    uint64_t bad_rows = 0;
    bool header = true;
    std::vector<std::string> nulls;
    std::vector<GuessedColumn> columns;
};

// Of CSV and JSON Lines. `header`: as told; absent: judged by the first record.
Result<Profile> ProfileTable(Engine& engine, duckdb::Connection& connection,
                             const InputTable& table, std::optional<bool> header);
Result<char> SniffTable(Engine& engine, duckdb::Connection& connection, const InputTable& table);

Result<> RunProfile(Engine& engine, const Job& job, Ended& ended);

}  // namespace weft::engine
