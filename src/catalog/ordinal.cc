#include "catalog/ordinal.h"

#include <charconv>

#include <fmt/format.h>

#include "iceberg/value.h"

namespace weft::catalog {
namespace {

using Kind = DataType::Kind;
constexpr int64_t kDayUs = 86'400'000'000;

}  // namespace

bool IsTime(const DataType& type) {
    return type.kind == Kind::kDate || type.kind == Kind::kTimestamp ||
           type.kind == Kind::kTimestampTz;
}

bool IsOrdinal(const DataType& type) {
    return IsTime(type) || type.kind == Kind::kInteger || type.kind == Kind::kBigint;
}

std::optional<int64_t> OrdinalOfBound(std::string_view encoded) {
    if (encoded.size() != 4 && encoded.size() != 8) return std::nullopt;
    uint64_t bits = 0;
    for (size_t i = encoded.size(); i > 0; --i)
        bits = bits << 8 | static_cast<uint8_t>(encoded[i - 1]);
    if (encoded.size() == 4) return static_cast<int32_t>(static_cast<uint32_t>(bits));
    return static_cast<int64_t>(bits);
}

Result<int64_t> OrdinalOf(const DataType& type, std::string_view text) {
    Assert(IsOrdinal(type));
    const auto ordinal = OrdinalOfBound(TRY(iceberg::EncodeValue(type, text)));
    if (!ordinal)
        return Fail(Code::kInvalid, fmt::format("{} has no place in the order of its type", text));
    return *ordinal;
}

Result<std::string> OrdinalText(const DataType& type, int64_t ordinal) {
    Assert(IsOrdinal(type));
    const bool narrow = type.kind == Kind::kDate || type.kind == Kind::kInteger;
    if (narrow && (ordinal < INT32_MIN || ordinal > INT32_MAX))
        return Fail(Code::kInvalid,
                    fmt::format("{} lies outside of the type {}", ordinal, ToString(type)));
    const auto encoded = narrow ? iceberg::EncodeInt32(static_cast<int32_t>(ordinal))
                                : iceberg::EncodeInt64(ordinal);
    return iceberg::ValueText(type, encoded);
}

std::optional<int64_t> OrdinalLength(const DataType& type, int64_t us) {
    if (!IsTime(type)) return std::nullopt;
    if (type.kind != Kind::kDate) return us;
    return us / kDayUs + (us % kDayUs > 0 ? 1 : 0);
}

std::optional<int64_t> OrdinalOfTime(const DataType& type, Timestamp time) {
    if (!IsTime(type)) return std::nullopt;
    if (type.kind != Kind::kDate) return time.us;
    return time.us / kDayUs - (time.us % kDayUs < 0 ? 1 : 0);
}

std::string ToText(const Watermark& watermark) {
    return fmt::format("g{}{}{}", watermark.generation, watermark.newest.empty() ? "" : " ",
                       watermark.newest);
}

std::optional<Watermark> ParseWatermark(std::string_view text) {
    if (!text.starts_with('g')) return std::nullopt;
    text.remove_prefix(1);
    Watermark watermark;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), watermark.generation);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    if (text.empty()) return watermark;
    if (!text.starts_with(' ') || text.size() == 1) return std::nullopt;
    watermark.newest = text.substr(1);
    return watermark;
}

}  // namespace weft::catalog
