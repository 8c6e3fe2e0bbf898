// Functions that PostgreSQL has and DuckDB has not (or has with other answers), for catalogue queries of drivers.
//
// Registered once, in the zygote, by SetUpPg. Two kinds: SQL macros (pg_catalog/function.sql), and native functions for
// what needs the session's settings or a table of constants. A name that DuckDB has already is taken over by renaming
// the call to pg__name in every tree. THREAD: registration before any fork; calls on DuckDB's threads.
#pragma once

#include "base/result.h"
#include "engine/pg_setting.h"
#include "engine/worker_internal.h"

namespace weft::engine {

Result<> RegisterPgFunctions(Engine& engine);

// A worker serves one session: current_setting and set_config look here. Set before the first statement.
void SetPgSessionOfProcess(PgSettings* settings);

}  // namespace weft::engine
