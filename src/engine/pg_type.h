// DuckDB's types as PostgreSQL sees them: OID, size, modifier; and back, for parameters.
//
// Used by the encoder, by Describe and by pg_catalog's functions. Each DuckDB type has exactly one PostgreSQL type;
// nested ones become arrays (one level of simple elements) or json. UINTEGER is PostgreSQL's oid: contracts have no
// unsigned columns, and pg_catalog needs one. THREAD: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "duckdb.hpp"

namespace weft::engine {

inline constexpr uint32_t kPgBool = 16, kPgBytea = 17, kPgInt8 = 20, kPgInt2 = 21, kPgInt4 = 23, kPgText = 25,
                          kPgOid = 26, kPgJson = 114, kPgFloat4 = 700, kPgFloat8 = 701, kPgUnknown = 705,
                          kPgVarchar = 1043, kPgDate = 1082, kPgTime = 1083, kPgTimestamp = 1114,
                          kPgTimestampTz = 1184, kPgInterval = 1186, kPgTimeTz = 1266, kPgNumeric = 1700,
                          kPgUuid = 2950;

struct PgType {
    uint32_t oid = kPgText;
    int16_t size = -1;
    int32_t modifier = -1;
    uint32_t element = 0;  // Arrays: the element's OID.
};
PgType ToPgType(const duckdb::LogicalType& type);

// The DuckDB type of a parameter that the client declares. Unknown OIDs: VARCHAR.
duckdb::LogicalType FromPgType(uint32_t oid);

}  // namespace weft::engine
