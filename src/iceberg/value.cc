#include "iceberg/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/text.h"

namespace weft::iceberg {
namespace {

using Kind = DataType::Kind;

constexpr size_t kBoundCharacters = 16;
constexpr int64_t kDayUs = 86'400'000'000;

static_assert(std::endian::native == std::endian::little,
              "fixed-width values are stored as in memory");

template <class T>
std::string Raw(T value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

template <class T>
T FromRaw(std::string_view bytes) {
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::unexpected<Error> NoValue(const DataType& type) {
    return Fail(Code::kInvalid, fmt::format("not a value of {}", ToString(type)));
}

template <class T>
std::optional<T> Number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<Int128> DecimalFromText(std::string_view text, int scale) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    Int128 value = 0;
    int digits = 0;
    int fraction = -1;  // Digits after the point; -1 before it.
    for (const char c : text) {
        if (c == '.' && fraction < 0) {
            fraction = 0;
            continue;
        }
        if (c < '0' || c > '9') return std::nullopt;
        if (fraction >= scale && fraction >= 0) {
            if (c != '0') return std::nullopt;  // More precise than the type: no value of it.
            continue;
        }
        value = value * 10 + (c - '0');
        if (value != 0 && ++digits > 38) return std::nullopt;
        if (fraction >= 0) ++fraction;
    }
    if (text.empty() || text == ".") return std::nullopt;
    for (int i = std::max(fraction, 0); i < scale; ++i) {
        value *= 10;
        if (value != 0 && ++digits > 38) return std::nullopt;
    }
    return negative ? -value : value;
}

// Cuts the leading digits (1 to `width`) off `text`. Empty when there are none.
std::optional<int64_t> TakeDigits(std::string_view& text, size_t width) {
    size_t n = 0;
    int64_t value = 0;
    while (n < text.size() && n < width && text[n] >= '0' && text[n] <= '9') {
        value = value * 10 + (text[n++] - '0');
    }
    if (n == 0) return std::nullopt;
    text.remove_prefix(n);
    return value;
}

bool TakeChar(std::string_view& text, char c) {
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    return true;
}

// "2026-11-22", with up to six digits of year. Days since 1970.
std::optional<int64_t> TakeDate(std::string_view& text) {
    const auto year = TakeDigits(text, 6);
    if (!year || *year > 32'767 || !TakeChar(text, '-'))
        return std::nullopt;  // chrono::year's limit.
    const auto month = TakeDigits(text, 2);
    if (!month || !TakeChar(text, '-')) return std::nullopt;
    const auto day = TakeDigits(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date}.time_since_epoch().count();
}

// "10:15:00" or "10:15:00.123456": microseconds of the day. 24:00:00 is DuckDB's last time.
std::optional<int64_t> TakeTime(std::string_view& text) {
    const auto hour = TakeDigits(text, 2);
    if (!hour || !TakeChar(text, ':')) return std::nullopt;
    const auto minute = TakeDigits(text, 2);
    if (!minute || !TakeChar(text, ':')) return std::nullopt;
    const auto second = TakeDigits(text, 2);
    if (!second || *hour > 24 || *minute > 59 || *second > 59) return std::nullopt;
    int64_t us = ((*hour * 60 + *minute) * 60 + *second) * 1'000'000;
    if (TakeChar(text, '.')) {
        for (int64_t unit = 100'000; unit > 0; unit /= 10) {
            if (text.empty() || text[0] < '0' || text[0] > '9') break;
            us += unit * (text[0] - '0');
            text.remove_prefix(1);
        }
        while (!text.empty() && text[0] == '0') text.remove_prefix(1);
    }
    if (us > kDayUs) return std::nullopt;
    return us;
}

// "+00", "+05:30", "-03:30:15" or "Z": microseconds east of UTC.
std::optional<int64_t> TakeZone(std::string_view& text) {
    if (TakeChar(text, 'Z') || TakeChar(text, 'z')) return 0;
    const bool west = text.starts_with('-');
    if (!TakeChar(text, west ? '-' : '+')) return std::nullopt;
    int64_t seconds = 0;
    for (int64_t unit = 3'600; unit > 0; unit /= 60) {
        const auto part = TakeDigits(text, 2);
        if (!part) return std::nullopt;
        seconds += unit * *part;
        if (unit == 1 || !TakeChar(text, ':')) break;
    }
    return (west ? -seconds : seconds) * 1'000'000;
}

std::optional<int64_t> TimestampFromText(std::string_view text, bool zoned) {
    const auto days = TakeDate(text);
    if (!days) return std::nullopt;
    int64_t us = *days * kDayUs;  // The year is bounded, so this does not overflow.
    if (!text.empty()) {
        if (!TakeChar(text, ' ') && !TakeChar(text, 'T')) return std::nullopt;
        const auto time = TakeTime(text);
        if (!time) return std::nullopt;
        us += *time;
    }
    if (zoned && !text.empty()) {
        const auto east = TakeZone(text);
        if (!east) return std::nullopt;
        us -= *east;
    }
    if (!text.empty()) return std::nullopt;
    return us;
}

std::optional<std::string> BlobFromText(std::string_view text) {
    std::string bytes;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            bytes.push_back(text[i]);
            continue;
        }
        if (i + 3 >= text.size() || text[i + 1] != 'x') return std::nullopt;
        const auto byte = FromHex(text.substr(i + 2, 2));
        if (!byte) return std::nullopt;
        bytes += *byte;
        i += 3;
    }
    return bytes;
}

std::optional<std::string> UuidFromText(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c != '-') digits.push_back(c);
    }
    if (digits.size() != 32 || text.size() != 36) return std::nullopt;
    return FromHex(digits);
}

template <class T, class Encode>
Result<std::string> Encoded(const DataType& type, const std::optional<T>& value, Encode encode) {
    if (!value) return NoValue(type);
    return encode(*value);
}

int64_t Whole(std::string_view encoded) {
    return encoded.size() == 4 ? FromRaw<int32_t>(encoded) : FromRaw<int64_t>(encoded);
}

double Real(std::string_view encoded) {
    return encoded.size() == 4 ? FromRaw<float>(encoded) : FromRaw<double>(encoded);
}

std::string DateText(int64_t days) {
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days{static_cast<int>(days)}}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string TimeText(int64_t us) {
    const int64_t seconds = us / 1'000'000;
    std::string text =
        fmt::format("{:02}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
    if (us % 1'000'000 == 0) return text;
    text += fmt::format(".{:06}", us % 1'000'000);
    while (text.ends_with('0')) text.pop_back();
    return text;
}

std::string TimestampText(int64_t us, bool zoned) {
    const int64_t days = us / kDayUs - (us % kDayUs < 0 ? 1 : 0);
    return DateText(days) + " " + TimeText(us - days * kDayUs) + (zoned ? "+00" : "");
}

std::string DecimalText(Int128 value, int scale) {
    const bool negative = value < 0;
    std::string digits;
    for (auto rest = negative ? -static_cast<unsigned __int128>(value)
                              : static_cast<unsigned __int128>(value);
         rest != 0 || digits.size() <= static_cast<size_t>(scale); rest /= 10) {
        digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    }
    std::ranges::reverse(digits);
    if (scale > 0) digits.insert(digits.size() - static_cast<size_t>(scale), ".");
    return negative ? "-" + digits : digits;
}

std::string BlobText(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        if (c >= 0x20 && c < 0x7f && c != '\\' && c != '\'' && c != '"') {
            text.push_back(c);
        } else {
            text += "\\x" + Hex(std::string_view(&c, 1));
        }
    }
    return text;
}

// Bytes of the first `count` characters. REQUIRES: well-formed UTF-8.
size_t PrefixBytes(std::string_view text, size_t count) {
    size_t i = 0;
    while (i < text.size()) {
        if ((text[i] & 0xc0) != 0x80 && count-- == 0) break;
        ++i;
    }
    return i;
}

// The next code point after the character that begins at `at`, as UTF-8; empty when there is none.
std::string NextCharacter(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character[0]);
    uint32_t point = character.size() == 1   ? lead
                     : character.size() == 2 ? lead & 0x1fu
                     : character.size() == 3 ? lead & 0x0fu
                                             : lead & 0x07u;
    for (const char c : character.substr(1))
        point = point << 6 | (static_cast<uint32_t>(c) & 0x3fu);
    ++point;
    if (point >= 0xd800 && point < 0xe000) point = 0xe000;  // Surrogates are no characters.
    if (point > 0x10ffff) return {};
    std::string out;
    const auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xc0 | point >> 6);
        put(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        put(0xe0 | point >> 12);
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
    } else {
        put(0xf0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3f));
        put(0x80 | (point >> 6 & 0x3f));
        put(0x80 | (point & 0x3f));
    }
    return out;
}

// The shortest text above all that begin with `prefix`: its last character that can grow, grown.
std::optional<std::string> TextAbove(std::string prefix) {
    while (!prefix.empty()) {
        size_t last = prefix.size() - 1;
        while (last > 0 && (prefix[last] & 0xc0) == 0x80) --last;
        const std::string next = NextCharacter(std::string_view(prefix).substr(last));
        prefix.resize(last);
        if (!next.empty()) return prefix + next;
    }
    return std::nullopt;
}

std::optional<std::string> BytesAbove(std::string prefix) {
    while (!prefix.empty()) {
        const auto last = static_cast<unsigned char>(prefix.back());
        prefix.pop_back();
        if (last != 0xff) return prefix + static_cast<char>(last + 1);
    }
    return std::nullopt;
}

// Zeros get the sign that keeps both zeros within the bound.
std::optional<std::string> RealBound(const DataType& type, std::string_view encoded, bool upper) {
    if (IsNan(type, encoded)) return std::nullopt;
    const double value = Real(encoded);
    if (value != 0.0) return std::string(encoded);
    const double zero = upper ? 0.0 : -0.0;
    return encoded.size() == 4 ? EncodeFloat(static_cast<float>(zero)) : EncodeDouble(zero);
}

}  // namespace

bool IsPrimitive(const DataType& type) {
    return type.kind != Kind::kList && type.kind != Kind::kStruct && type.kind != Kind::kMap;
}

std::string EncodeInt32(int32_t value) { return Raw(value); }
std::string EncodeInt64(int64_t value) { return Raw(value); }
std::string EncodeFloat(float value) { return Raw(value); }
std::string EncodeDouble(double value) { return Raw(value); }

std::string EncodeDecimal(Int128 unscaled) {
    std::string bytes;
    for (int shift = 120; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(unscaled >> shift & 0xff)));
    }
    // Leading bytes that only repeat the sign go.
    size_t skip = 0;
    while (skip < 15 && ((bytes[skip] == 0 && !(bytes[skip + 1] & 0x80)) ||
                         (bytes[skip] == '\xff' && (bytes[skip + 1] & 0x80)))) {
        ++skip;
    }
    return bytes.substr(skip);
}

std::optional<Int128> DecodeDecimal(std::string_view encoded) {
    if (encoded.empty() || encoded.size() > 16) return std::nullopt;
    unsigned __int128 value = encoded[0] & 0x80 ? ~static_cast<unsigned __int128>(0) : 0;
    for (const char c : encoded) value = value << 8 | static_cast<unsigned char>(c);
    return static_cast<Int128>(value);
}

Result<std::string> EncodeValue(const DataType& type, std::string_view text) {
    switch (type.kind) {
        case Kind::kBoolean:
            if (text == "true") return std::string(1, '\x01');
            if (text == "false") return std::string(1, '\x00');
            return NoValue(type);
        case Kind::kInteger: return Encoded(type, Number<int32_t>(text), EncodeInt32);
        case Kind::kBigint: return Encoded(type, Number<int64_t>(text), EncodeInt64);
        case Kind::kReal: return Encoded(type, Number<float>(text), EncodeFloat);
        case Kind::kDouble: return Encoded(type, Number<double>(text), EncodeDouble);
        case Kind::kDecimal: return Encoded(type, DecimalFromText(text, type.scale), EncodeDecimal);
        case Kind::kDate: {
            const auto days = TakeDate(text);
            if (!days || !text.empty()) return NoValue(type);
            return EncodeInt32(static_cast<int32_t>(*days));
        }
        case Kind::kTime: {
            const auto us = TakeTime(text);
            if (!us || !text.empty()) return NoValue(type);
            return EncodeInt64(*us);
        }
        case Kind::kTimestamp: return Encoded(type, TimestampFromText(text, false), EncodeInt64);
        case Kind::kTimestampTz: return Encoded(type, TimestampFromText(text, true), EncodeInt64);
        case Kind::kVarchar: return std::string(text);
        case Kind::kUuid: return Encoded(type, UuidFromText(text), [](auto& v) { return v; });
        case Kind::kBlob: return Encoded(type, BlobFromText(text), [](auto& v) { return v; });
        default: return NoValue(type);
    }
}

Result<std::string> ValueText(const DataType& type, std::string_view encoded) {
    if (!IsEncoded(type, encoded)) {
        return Fail(Code::kCorrupt, fmt::format("bytes are no value of {}", ToString(type)));
    }
    switch (type.kind) {
        case Kind::kBoolean: return std::string(encoded[0] ? "true" : "false");
        case Kind::kInteger:
        case Kind::kBigint: return fmt::format("{}", Whole(encoded));
        case Kind::kReal: return fmt::format("{}", FromRaw<float>(encoded));
        case Kind::kDouble: return fmt::format("{}", Real(encoded));
        case Kind::kDecimal: return DecimalText(*DecodeDecimal(encoded), type.scale);
        case Kind::kDate: return DateText(Whole(encoded));
        case Kind::kTime: {
            const int64_t us = Whole(encoded);
            if (us < 0 || us > kDayUs) return Fail(Code::kCorrupt, "bytes are no time of day");
            return TimeText(us);
        }
        case Kind::kTimestamp: return TimestampText(Whole(encoded), false);
        case Kind::kTimestampTz: return TimestampText(Whole(encoded), true);
        case Kind::kUuid: {
            const std::string hex = Hex(encoded);
            return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4),
                               hex.substr(12, 4), hex.substr(16, 4), hex.substr(20));
        }
        case Kind::kBlob: return BlobText(encoded);
        default: return std::string(encoded);
    }
}

bool IsEncoded(const DataType& type, std::string_view encoded) {
    switch (type.kind) {
        case Kind::kBoolean: return encoded.size() == 1;
        case Kind::kInteger:
        case Kind::kDate:
        case Kind::kReal: return encoded.size() == 4;
        case Kind::kBigint:
        case Kind::kDouble: return encoded.size() == 4 || encoded.size() == 8;
        case Kind::kTime:
        case Kind::kTimestamp:
        case Kind::kTimestampTz: return encoded.size() == 8;
        case Kind::kDecimal: return !encoded.empty() && encoded.size() <= 16;
        case Kind::kUuid: return encoded.size() == 16;
        case Kind::kVarchar:
        case Kind::kBlob: return true;
        default: return false;
    }
}

bool IsNan(const DataType& type, std::string_view encoded) {
    const bool real = type.kind == Kind::kReal || type.kind == Kind::kDouble;
    return real && IsEncoded(type, encoded) && std::isnan(Real(encoded));
}

std::partial_ordering CompareValues(const DataType& type, std::string_view a, std::string_view b) {
    Assert(IsEncoded(type, a) && IsEncoded(type, b));
    switch (type.kind) {
        case Kind::kBoolean: return (a[0] != 0) <=> (b[0] != 0);
        case Kind::kInteger:
        case Kind::kBigint:
        case Kind::kDate:
        case Kind::kTime:
        case Kind::kTimestamp:
        case Kind::kTimestampTz: return Whole(a) <=> Whole(b);
        case Kind::kReal:
        case Kind::kDouble: return Real(a) <=> Real(b);
        case Kind::kDecimal: {
            const Int128 x = *DecodeDecimal(a);
            const Int128 y = *DecodeDecimal(b);
            return x < y   ? std::partial_ordering::less
                   : x > y ? std::partial_ordering::greater
                           : std::partial_ordering::equivalent;
        }
        default: return a.compare(b) <=> 0;  // char_traits<char> compares as unsigned bytes.
    }
}

std::optional<std::string> LowerBound(const DataType& type, std::string_view encoded) {
    if (!IsEncoded(type, encoded)) return std::nullopt;
    switch (type.kind) {
        case Kind::kReal:
        case Kind::kDouble: return RealBound(type, encoded, false);
        case Kind::kVarchar:
            if (!IsUtf8(encoded)) return std::nullopt;
            return std::string(encoded.substr(0, PrefixBytes(encoded, kBoundCharacters)));
        case Kind::kBlob: return std::string(encoded.substr(0, kBoundCharacters));
        default: return std::string(encoded);
    }
}

std::optional<std::string> UpperBound(const DataType& type, std::string_view encoded) {
    if (!IsEncoded(type, encoded)) return std::nullopt;
    switch (type.kind) {
        case Kind::kReal:
        case Kind::kDouble: return RealBound(type, encoded, true);
        case Kind::kVarchar: {
            if (!IsUtf8(encoded)) return std::nullopt;
            const size_t cut = PrefixBytes(encoded, kBoundCharacters);
            if (cut == encoded.size()) return std::string(encoded);
            return TextAbove(std::string(encoded.substr(0, cut)));
        }
        case Kind::kBlob:
            if (encoded.size() <= kBoundCharacters) return std::string(encoded);
            return BytesAbove(std::string(encoded.substr(0, kBoundCharacters)));
        default: return std::string(encoded);
    }
}

}  // namespace weft::iceberg
