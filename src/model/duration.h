// Durations and shares as people write them in a contract: "30 minutes", "3 years", "99.5 %".
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace weft::model {

// A positive whole number and a unit from seconds to years ("30 minutes", "1 h", "90d"); a month is
// 30 days, a year 365. FAILS: kInvalid.
Result<int64_t> ParseDuration(std::string_view text);  // Microseconds.

// "99.5 %", "0.1%": 0 to 100. FAILS: kInvalid.
Result<double> ParsePercent(std::string_view text);

}  // namespace weft::model
