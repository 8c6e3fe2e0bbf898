// A product's version, "1.4.2": breaking.compatible.fix. Used by plan, ports and file names.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft::model {

struct Version {
    uint32_t major = 0;
    uint32_t minor = 0;
    uint32_t patch = 0;
    friend auto operator<=>(const Version&, const Version&) = default;
};

// Exactly three numbers without leading zeros, each at most 999'999. FAILS: kInvalid.
Result<Version> ParseVersion(std::string_view text);
std::string ToString(const Version& version);

enum class Bump : uint8_t { kNone, kPatch, kMinor, kMajor };

// The smallest version above `version` that says so: Next({1,4,2}, kMinor) == {1,5,0}.
Version Next(const Version& version, Bump bump);
std::string ToString(Bump bump);  // "none", "patch", "minor", "major"

}  // namespace weft::model
