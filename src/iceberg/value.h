// Iceberg's single-value encoding: how column bounds and the values of comparisons are stored and
// compared.
//
// Little endian for integer, date (int32), bigint, time, timestamps (int64 microseconds), real and
// double; UTF-8; uuid 16 bytes big endian; decimal unscaled, big endian, shortest two's complement;
// one byte for boolean; blob as it is. Bounds may be of a narrower type than the column has today
// (int below bigint, real below double).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/data_type.h"
#include "base/result.h"

namespace weft::iceberg {

using Int128 = __int128;

bool IsPrimitive(const DataType& type);

// From DuckDB's text of a value (CAST(x AS VARCHAR)): "2026-11-22", "12.50", "nan", "\x00ab" in a
// blob. FAILS: kInvalid when the text is no value of the type or has no encoding ("infinity" as
// date, years beyond int64).
Result<std::string> EncodeValue(const DataType& type, std::string_view text);
// The same text back, for messages and the CLI. FAILS: kCorrupt when the bytes have no length of
// the type.
Result<std::string> ValueText(const DataType& type, std::string_view encoded);

std::string EncodeInt32(int32_t value);  // integer, date
std::string EncodeInt64(int64_t value);  // bigint, time, timestamp, timestamptz
std::string EncodeFloat(float value);
std::string EncodeDouble(double value);
std::string EncodeDecimal(Int128 unscaled);
std::optional<Int128> DecodeDecimal(
    std::string_view encoded);  // Empty when longer than 16 bytes or empty.

// Whether the bytes can be a value of the type or of one that it was widened from.
bool IsEncoded(const DataType& type, std::string_view encoded);
bool IsNan(const DataType& type, std::string_view encoded);

// Order of two encoded values of `type`, of any permitted width. -0.0 equals 0.0; unordered when
// either is NaN. Strings, blobs and uuids compare as unsigned bytes. REQUIRES: IsEncoded of both.
std::partial_ordering CompareValues(const DataType& type, std::string_view a, std::string_view b);

// Bounds as manifests want them: text and blobs cut to 16 characters or bytes (the upper one
// rounded up; empty when no short bound exists), zeros of the sign that includes both, no NaN.
std::optional<std::string> LowerBound(const DataType& type, std::string_view encoded);
std::optional<std::string> UpperBound(const DataType& type, std::string_view encoded);

}  // namespace weft::iceberg
