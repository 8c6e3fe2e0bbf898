// An INSERT as written, taken apart: its target and a query for its rows. The engine never sees an
// INSERT.
//
// Used by pg_prepared. The source is admitted and guarded like any query of the user's; the
// target's name does not reach the catalogue, because who may write need not be able to read.
// THREAD: pure functions; DuckDB's exceptions come through, so inside Engine::Call.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "duckdb.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "engine/protocol.h"

namespace weft::engine {

struct PgInsert {
    std::vector<std::string> target;  // Parts of the name.
    std::vector<std::string> names;   // Columns as named; empty: the target's own order.
    bool values = false;  // VALUES (…), (…): each cell is cast to its column by itself.
};
struct PgTakenInsert {
    PgInsert insert;
    duckdb::unique_ptr<duckdb::SelectStatement> source;
};

// REQUIRES: an INSERT statement; it gives its source away. FAILS: 0A000 for RETURNING, ON CONFLICT,
// DEFAULT VALUES.
Result<> TakePgInsert(duckdb::SQLStatement& statement, PgTakenInsert& taken);

// Casts the cells of VALUES to their columns; DEFAULT is null. FAILS: 42601 when the numbers do not
// fit.
Result<> ShapePgValues(duckdb::SelectStatement& source, const std::vector<OutputColumn>& columns,
                       bool named);

// Parameters that stand alone in a column's place: what they are called, and the column's index.
struct PgPlace {
    size_t parameter = 0;  // From 0.
    size_t column = 0;
};
std::vector<PgPlace> PgPlacesOf(const duckdb::SelectStatement& source, bool values);

}  // namespace weft::engine
