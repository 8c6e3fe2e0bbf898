#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weft {
namespace {

constexpr size_t kNearestBytesMax = 64;
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string Quote(std::string_view text, char quote) {
    std::string out(1, quote);
    out.reserve(text.size() + 2);
    for (const char c : text) {
        if (c == '\0') continue;
        if (c == quote) out += quote;
        out += c;
    }
    out += quote;
    return out;
}

// Optimal string alignment: insert, delete, replace, swap of neighbours, each 1. Both sides at most
// 64 bytes.
size_t Distance(std::string_view a, std::string_view b) {
    using Row = std::array<size_t, kNearestBytesMax + 1>;
    Row before_last{};
    Row last{};
    Row row{};
    for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replace});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = last;
        last = row;
    }
    return last[b.size()];
}

// Length of the well-formed UTF-8 sequence at the start of `s`, 0 when there is none.
size_t SequenceLength(std::string_view s) {
    const auto byte = [&](size_t i) { return static_cast<uint8_t>(s[i]); };
    const auto tail = [&](size_t i, uint8_t low = 0x80, uint8_t high = 0xBF) {
        return i < s.size() && byte(i) >= low && byte(i) <= high;
    };
    const uint8_t first = byte(0);
    if (first == 0) return 0;
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const uint8_t low = first == 0xE0 ? 0xA0 : 0x80;   // No overlong forms.
        const uint8_t high = first == 0xED ? 0x9F : 0xBF;  // No surrogates.
        return tail(1, low, high) && tail(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const uint8_t low = first == 0xF0 ? 0x90 : 0x80;
        const uint8_t high = first == 0xF4 ? 0x8F : 0xBF;  // Nothing above U+10FFFF.
        return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

std::string EncodeBase64(std::string_view bytes, std::string_view alphabet, bool pad) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (size_t i = 0; i < bytes.size(); i += 3) {
        const size_t count = std::min<size_t>(3, bytes.size() - i);
        uint32_t group = 0;
        for (size_t k = 0; k < 3; ++k) {
            group = group << 8 | (k < count ? static_cast<uint8_t>(bytes[i + k]) : 0u);
        }
        for (size_t k = 0; k <= count; ++k) out += alphabet[group >> (18 - 6 * k) & 63];
        if (pad) out.append(3 - count, '=');
    }
    return out;
}

// `text` without padding. Strict: unused bits must be zero, so that each value has one form only.
std::optional<std::string> DecodeBase64(std::string_view text, std::string_view alphabet) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 4 * 3 + 2);
    for (size_t i = 0; i < text.size(); i += 4) {
        const size_t count = std::min<size_t>(4, text.size() - i);
        uint32_t group = 0;
        for (size_t k = 0; k < 4; ++k) {
            const size_t digit = k < count ? alphabet.find(text[i + k]) : 0;
            if (digit == std::string_view::npos) return std::nullopt;
            group = group << 6 | static_cast<uint32_t>(digit);
        }
        for (size_t k = 0; k + 1 < count; ++k)
            out += static_cast<char>(group >> (16 - 8 * k) & 0xFF);
        const uint32_t unused = count == 4 ? 0 : group & (0xFFFFFFu >> (8 * (count - 1)));
        if (unused != 0) return std::nullopt;
    }
    return out;
}

}  // namespace

std::string QuoteIdentifier(std::string_view name) { return Quote(name, '"'); }
std::string QuoteLiteral(std::string_view text) { return Quote(text, '\''); }

bool IsName(std::string_view text) {
    if (text.empty() || text.size() > 63 || text[0] < 'a' || text[0] > 'z') return false;
    for (const char c : text) {
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return text.find("__") == std::string_view::npos;
}

bool IsUtf8(std::string_view bytes) {
    while (!bytes.empty()) {
        const size_t length = SequenceLength(bytes);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::optional<std::string> NearestName(std::string_view name,
                                       std::span<const std::string> candidates) {
    if (name.empty() || name.size() > kNearestBytesMax) return std::nullopt;
    const std::string wanted = ToLower(name);
    const std::string* best = nullptr;
    size_t best_distance = kNearestBytesMax + 1;
    for (const std::string& candidate : candidates) {
        if (candidate.empty() || candidate.size() > kNearestBytesMax) continue;
        const size_t distance = Distance(wanted, ToLower(candidate));
        if (distance * 3 > std::max(wanted.size(), candidate.size())) continue;
        if (distance < best_distance) {
            best = &candidate;
            best_distance = distance;
        }
    }
    return best ? std::optional(*best) : std::nullopt;
}

std::string ToLower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string_view Trim(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n\f\v";
    const size_t first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

std::vector<std::string> Split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (;;) {
        const size_t end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string Join(std::span<const std::string> parts, std::string_view separator) {
    std::string out;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += separator;
        out += parts[i];
    }
    return out;
}

std::string Hex(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<uint8_t>(c);
        out += kHexDigits[byte >> 4];
        out += kHexDigits[byte & 15];
    }
    return out;
}

std::optional<std::string> FromHex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    const std::string lower = ToLower(text);
    std::string out;
    for (size_t i = 0; i < lower.size(); i += 2) {
        const size_t high = kHexDigits.find(lower[i]);
        const size_t low = kHexDigits.find(lower[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

std::string Base64(std::string_view bytes) { return EncodeBase64(bytes, kBase64, true); }
std::string Base64Url(std::string_view bytes) { return EncodeBase64(bytes, kBase64Url, false); }

std::optional<std::string> FromBase64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    if (text.ends_with("==")) {
        text.remove_suffix(2);
    } else if (text.ends_with('=')) {
        text.remove_suffix(1);
    }
    return DecodeBase64(text, kBase64);
}

std::optional<std::string> FromBase64Url(std::string_view text) {
    return DecodeBase64(text, kBase64Url);
}

std::string HumanCount(uint64_t count) {
    std::string digits = std::to_string(count);
    for (size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string HumanBytes(uint64_t bytes) {
    if (bytes < 1000) return fmt::format("{} B", bytes);
    static constexpr std::array kUnits{"kB", "MB", "GB", "TB", "PB", "EB"};
    double value = static_cast<double>(bytes) / 1000;
    size_t unit = 0;
    while (value >= 999.95 && unit + 1 < kUnits.size()) {
        value /= 1000;
        ++unit;
    }
    return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace weft
