// Values of an ordered column (date, timestamp, timestamptz, integer, bigint) as one int64: days,
// microseconds, the number. What incremental runs and backfills compute with; texts are DuckDB's.
// Pure. THREAD: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/data_type.h"
#include "base/result.h"
#include "base/time.h"

namespace weft::catalog {

bool IsOrdinal(const DataType& type);
bool IsTime(const DataType& type);  // The ordinals that lateness and steps in time apply to.

// FAILS: kInvalid when the text is no finite value of the type. REQUIRES: IsOrdinal.
Result<int64_t> OrdinalOf(const DataType& type, std::string_view text);
Result<std::string> OrdinalText(const DataType& type, int64_t ordinal);

// A bound of a data file (Iceberg's single-value encoding); nothing when it has no length of such a
// type.
std::optional<int64_t> OrdinalOfBound(std::string_view encoded);

// A length of time in the type's own unit, rounded up; nothing for numbers.
std::optional<int64_t> OrdinalLength(const DataType& type, int64_t us);
// The moment as a value of the type; nothing for numbers.
std::optional<int64_t> OrdinalOfTime(const DataType& type, Timestamp time);

// How far an incremental port has been computed, as meta::Port::watermark keeps it: "g12 2026-11-22
// 10:00:00+00". The generation is the product's when the run read it; another one means that
// everything is computed anew.
struct Watermark {
    uint64_t generation = 0;
    std::string newest;  // Empty: the port had no rows, or is not incremental by a column.
    friend bool operator==(const Watermark&, const Watermark&) = default;
};
std::string ToText(const Watermark& watermark);
std::optional<Watermark> ParseWatermark(std::string_view text);

}  // namespace weft::catalog
