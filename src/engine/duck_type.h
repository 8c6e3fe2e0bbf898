// Between Weft's column types and DuckDB's, and single values in Iceberg's encoding.
// The widening of DuckDB's other types is the one in base/data_type.h.
#pragma once

#include <optional>
#include <string>

#include "base/data_type.h"
#include "duckdb.hpp"

namespace weft::engine {

duckdb::LogicalType ToDuck(const DataType& type);

// The type that stores every value of `type`; nothing for what has no column type (interval, bit,
// union, …).
std::optional<DataType> FromDuckType(const duckdb::LogicalType& type);

// Iceberg single-value encoding of `value` as a `type` (little-endian numbers, big-endian decimals,
// UTF-8 text). Nothing: null, nested, not castable without loss.
std::optional<std::string> SingleValue(const duckdb::Value& value, const DataType& type);

}  // namespace weft::engine
