#include "engine/job_bound.h"

#include <cmath>

#include "base/text.h"
#include "duckdb.hpp"
#include "engine/duck_type.h"

namespace weft::engine {

namespace {

constexpr size_t kBoundLength = 16;
using duckdb::Value;

std::optional<Value> Read(std::string_view text, const duckdb::LogicalType& type) {
    Value value(std::string{text});
    std::string error;
    auto out = value.DefaultTryCastAs(type, &error);
    if (!out || out->IsNull()) return std::nullopt;
    return *out;
}

std::optional<std::string> Text(std::string_view text, BoundSide side) {
    bool whole = true;
    const auto prefix = CutCodePoints(text, kBoundLength, whole);
    if (whole || side == BoundSide::kLower) return std::string(prefix);
    return RoundUpText(prefix);
}

std::optional<std::string> Blob(std::string_view hex, BoundSide side) {
    const auto bytes = FromHex(hex);
    if (!bytes) return std::nullopt;
    if (bytes->size() <= kBoundLength) return *bytes;
    const auto prefix = std::string_view(*bytes).substr(0, kBoundLength);
    return side == BoundSide::kLower ? std::optional(std::string(prefix)) : RoundUpBytes(prefix);
}

// REQUIRES: one well-formed code point.
uint32_t CodePoint(std::string_view utf8) {
    const auto first = static_cast<unsigned char>(utf8[0]);
    if (first < 0x80) return first;
    uint32_t point = first & (0x7Fu >> utf8.size());
    for (const char c : utf8.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3F);
    return point;
}

std::string Utf8(uint32_t point) {
    if (point < 0x80) return std::string(1, static_cast<char>(point));
    std::string tail;
    uint32_t limit = 0x3F, head = 0x80;
    while (point > limit) {
        tail.insert(tail.begin(), static_cast<char>(0x80 | (point & 0x3F)));
        point >>= 6;
        head = head >> 1 | 0x80;
        limit >>= 1;
        if (tail.size() == 1) limit = 0x1F;
    }
    return static_cast<char>(head | point) + tail;
}

}  // namespace

std::string_view CutCodePoints(std::string_view text, size_t count, bool& whole) {
    size_t at = 0;
    while (at < text.size() && count > 0) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
        --count;
    }
    whole = at == text.size();
    return text.substr(0, at);
}

std::optional<std::string> RoundUpBytes(std::string_view prefix) {
    std::string out(prefix);
    while (!out.empty()) {
        const auto last = static_cast<unsigned char>(out.back());
        if (last != 0xFF) {
            out.back() = static_cast<char>(last + 1);
            return out;
        }
        out.pop_back();
    }
    return std::nullopt;
}

std::optional<std::string> RoundUpText(std::string_view prefix) {
    std::string_view left = prefix;
    while (!left.empty()) {
        size_t at = left.size() - 1;
        while (at > 0 && (static_cast<unsigned char>(left[at]) & 0xC0) == 0x80) --at;
        auto point = CodePoint(left.substr(at));
        if (point < 0x10FFFF) {
            point = point == 0xD7FF ? 0xE000 : point + 1;  // Surrogates are no characters.
            return std::string(left.substr(0, at)) + Utf8(point);
        }
        left = left.substr(0, at);
    }
    return std::nullopt;
}

std::optional<std::string> EncodeBound(const DataType& type, std::string_view text,
                                       BoundSide side) {
    using Kind = DataType::Kind;
    switch (type.kind) {
        case Kind::kVarchar:
            return Text(text, side);
        case Kind::kBlob:
            return Blob(text, side);
        case Kind::kList:
        case Kind::kStruct:
        case Kind::kMap:
            return std::nullopt;
        case Kind::kReal:
        case Kind::kDouble: {
            const auto number = Read(text, duckdb::LogicalType::DOUBLE);
            if (!number || std::isnan(number->GetValue<double>())) return std::nullopt;
            if (number->GetValue<double>() == 0)
                text = side == BoundSide::kLower ? "-0.0" : "0.0";  // -0 is below +0.
            break;
        }
        default:
            break;
    }
    const auto value = Read(text, ToDuck(type));
    return value ? SingleValue(*value, type) : std::nullopt;
}

}  // namespace weft::engine
