// PostgreSQL spellings that DuckDB's parser or binder refuses, turned into ones that it knows; text for text.
//
// Used by pg_prepared before Engine::Parse, for PostgreSQL clients only. Works on tokens, so strings and comments are
// safe, and changes only what catalogue queries of drivers need: OPERATOR(pg_catalog.~), COLLATE pg_catalog.default,
// ::regclass and its kin, '{…}' arrays, pg_catalog types. What it makes is checked like anything a user writes.
// THREAD: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace weft::engine {

struct PgRewritten {
    std::string sql;
    std::vector<std::pair<size_t, size_t>> places;  // (offset in `sql`, offset in the original), ascending.
    size_t Original(size_t offset) const;
};
Result<PgRewritten> RewritePgText(std::string_view sql);

}  // namespace weft::engine
