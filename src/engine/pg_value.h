// One boxed value as PostgreSQL text, binary or JSON: nested types, and parameters in both directions.
// Not for the hot path (pg_encode has its own). REQUIRES: below Engine::Call, DuckDB may throw. THREAD: main.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "duckdb.hpp"

namespace weft::engine {

inline constexpr int64_t kPgEpochUs = 946'684'800'000'000;  // 2000-01-01 in microseconds since 1970.
inline constexpr int32_t kPgEpochDays = 10'957;

std::string PgValueText(duckdb::ClientContext& client, const duckdb::Value& value);    // REQUIRES: not null.
std::string PgValueBinary(duckdb::ClientContext& client, const duckdb::Value& value);  // REQUIRES: not null.
void PgAppendJson(duckdb::ClientContext& client, const duckdb::Value& value, std::string& out);

// numeric's binary form: base 10,000 digits. `digits` are decimal, `scale` of them behind the point.
void PgAppendNumeric(__int128 value, unsigned scale, std::string& out);

// A parameter of a Bind message as a DuckDB value of (about) `type`. `oid` is what the client was told.
// FAILS: 22P03 bad binary form, 22P02 bad text.
Result<duckdb::Value> PgParameter(duckdb::ClientContext& client, std::string_view bytes, bool binary, uint32_t oid,
                                  const duckdb::LogicalType& type);

}  // namespace weft::engine
