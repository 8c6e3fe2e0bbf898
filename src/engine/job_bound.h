// Lower and upper bounds of columns in Iceberg's single-value encoding, from the texts of DuckDB's
// file statistics.
//
// Used by job_output.cc. Strings are cut to 16 code points and blobs to 16 bytes; an upper bound
// that was cut is rounded up. A bound is left out rather than wrong: NaN, nested types, texts that
// cannot be read back. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/data_type.h"

namespace weft::engine {

enum class BoundSide : uint8_t { kLower, kUpper };

// `text` is as RETURN_STATS of DuckDB 2.0.0 writes it: booleans 0 and 1, blobs in hex, the rest as
// SQL casts to text.
std::optional<std::string> EncodeBound(const DataType& type, std::string_view text, BoundSide side);

// The largest prefix of at most `count` code points; `whole` says that nothing was cut.
std::string_view CutCodePoints(std::string_view text, size_t count, bool& whole);

// The shortest string of that length that is above everything beginning with `prefix`; absent when
// there is none.
std::optional<std::string> RoundUpText(std::string_view prefix);
std::optional<std::string> RoundUpBytes(std::string_view prefix);

}  // namespace weft::engine
