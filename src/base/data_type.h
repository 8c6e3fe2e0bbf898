// A column's type: the one type system of contracts, tables and wire formats.
//
// The set is what Iceberg v2 can store; DuckDB's other types are widened at the edge that meets
// them (tinyint, smallint, utinyint, usmallint -> integer; uinteger -> bigint; ubigint ->
// decimal(20,0); hugeint -> decimal(38,0); timestamp_s/ms/ns -> timestamp; enum -> varchar; json ->
// varchar). The text form is DuckDB's SQL spelling, in lower case, and is the form in product
// files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weft {

struct DataType {
    enum class Kind : uint8_t {
        kBoolean,
        kInteger,
        kBigint,
        kReal,
        kDouble,
        kDecimal,
        kDate,
        kTime,
        kTimestamp,
        kTimestampTz,
        kVarchar,
        kUuid,
        kBlob,
        kList,
        kStruct,
        kMap
    };
    Kind kind = Kind::kVarchar;
    uint8_t precision = 0;                 // kDecimal only: 1…38.
    uint8_t scale = 0;                     // kDecimal only: 0…precision.
    std::vector<DataType> children;        // kList: element; kMap: key, value; kStruct: fields.
    std::vector<std::string> field_names;  // kStruct only, beside `children`.

    friend bool operator==(const DataType&, const DataType&) = default;
};

// Parses "decimal(12,2)", "varchar[]", "struct(a integer, b varchar)", "map(varchar, bigint)" and
// all usual synonyms (int, int4, text, string, timestamp with time zone, …) including the widened
// ones above. FAILS: kInvalid with the nearest type name; kLimit beyond 16 levels or 4 KiB.
Result<DataType> ParseDataType(std::string_view text);
std::string ToString(const DataType& type);  // Canonical spelling; ParseDataType(ToString(t)) == t.

// True when every value of `from` is a value of `to` and Iceberg v2 can promote in place:
// equal types, integer -> bigint, real -> double, decimal(p,s) -> decimal(q>=p,s). Nested types:
// equal only.
bool IsWidening(const DataType& from, const DataType& to);

}  // namespace weft
