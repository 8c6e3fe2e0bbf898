// The tree of a Statement: parsed from its text, or built from parts around a filter that was
// parsed alone.
//
// Used by statement_run.cc. Nothing of the user is put into a text: names are quoted, the filter is
// one expression tree without subqueries. Columns are checked against the relation, so that a wrong
// name gets the nearest right one.
#pragma once

#include "base/result.h"
#include "duckdb.hpp"
#include "engine/protocol.h"
#include "engine/worker_internal.h"

namespace weft::engine {

using SqlStatement = duckdb::unique_ptr<duckdb::SQLStatement>;

// The admitted statement, ready to plan: a SELECT, or an EXPLAIN when the text says so.
// FAILS: kInvalid for anything but one reading statement, an unknown column, a filter that is no
// condition.
Result<SqlStatement> BuildStatement(Engine& engine, duckdb::Connection& connection,
                                    const Statement& statement);

}  // namespace weft::engine
