// The last look before a statement runs: the bound plan, before any optimizer has touched it.
//
// Every operator is on a list here; every scan is one of ours below a secure view, or a generator;
// every function that the binder chose is on the reviewed list. It sees what runs, whatever way the
// names in it were found.
#pragma once

#include "duckdb.hpp"
#include "engine/worker_internal.h"

namespace weft::engine {

void RegisterGuard(duckdb::DBConfig& config, Engine& engine);

}  // namespace weft::engine
