// JSON for settings, API bodies and table metadata: nlohmann's value type behind a bounded parser.
// Bulk JSON (records) is never parsed here; workers do that.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft {

using Json = nlohmann::ordered_json;

// FAILS: kInvalid with byte position or for a duplicate key; also beyond 64 levels; kLimit beyond 4 million
// values or `bytes_max`. Never throws.
Result<Json> ParseJson(std::string_view text, size_t bytes_max = 16u << 20);

// Member access that cannot throw: the member, converted, or `otherwise` when absent or of another
// type.
std::string JsonString(const Json& object, std::string_view key, std::string otherwise = {});
int64_t JsonInt(const Json& object, std::string_view key, int64_t otherwise = 0);
bool JsonBool(const Json& object, std::string_view key, bool otherwise = false);

// Compact; invalid UTF-8 is replaced, so this never throws.
std::string DumpJson(const Json& value);
std::string DumpJsonPretty(const Json& value);

}  // namespace weft
