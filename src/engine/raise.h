// How our callbacks fail inside DuckDB: it only understands its exceptions. Caught again in
// Engine::Call.
#pragma once

#include <string>

#include "duckdb.hpp"

namespace weft::engine {

// REQUIRES: called from DuckDB, below Engine::Call.
[[noreturn]] inline void RaiseInDuck(duckdb::ExceptionType type, const std::string& message) {
    duckdb::ErrorData(type, message).Throw();
    __builtin_unreachable();
}

}  // namespace weft::engine
