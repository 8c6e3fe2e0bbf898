// Strict access to members of table documents: absent or of the wrong type is kCorrupt, never a
// default.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace weft::iceberg {

// Null when `object` is no object or has no such member (or it is null).
inline const Json* FindMember(const Json& object, std::string_view key) {
    if (!object.is_object()) return nullptr;
    const auto it = object.find(key);
    return it == object.end() || it->is_null() ? nullptr : &*it;
}

inline Result<int64_t> IntMember(const Json& object, std::string_view key, int64_t min,
                                 int64_t max = std::numeric_limits<int64_t>::max()) {
    const Json* member = FindMember(object, key);
    if (!member || !member->is_number_integer()) {
        return Fail(Code::kCorrupt, fmt::format("table metadata: no whole number \"{}\"", key));
    }
    const bool above = member->is_number_unsigned() &&
                       member->get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()};
    if (above || member->get<int64_t>() < min || member->get<int64_t>() > max) {
        return Fail(Code::kCorrupt, fmt::format("table metadata: \"{}\" is out of range", key));
    }
    return member->get<int64_t>();
}

inline Result<int32_t> Int32Member(const Json& object, std::string_view key, int32_t min) {
    return static_cast<int32_t>(
        TRY(IntMember(object, key, min, std::numeric_limits<int32_t>::max())));
}

inline Result<std::string> TextMember(const Json& object, std::string_view key) {
    const Json* member = FindMember(object, key);
    if (!member || !member->is_string()) {
        return Fail(Code::kCorrupt, fmt::format("table metadata: no text \"{}\"", key));
    }
    return member->get<std::string>();
}

// An empty array when absent.
inline Result<const Json*> ArrayMember(const Json& object, std::string_view key, size_t items_max) {
    static const Json kEmpty = Json::array();
    const Json* member = FindMember(object, key);
    if (!member) return &kEmpty;
    if (!member->is_array()) {
        return Fail(Code::kCorrupt, fmt::format("table metadata: \"{}\" is no list", key));
    }
    if (member->size() > items_max) {
        return Fail(Code::kLimit, fmt::format("table metadata: \"{}\" has too many items", key));
    }
    return member;
}

}  // namespace weft::iceberg
