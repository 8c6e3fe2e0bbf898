// Small text functions that every folder needs: quoting, nearest names, checks of names and UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

// SQL identifier and literal, quoted always. The only quoting functions of the project.
// REQUIRES: no NUL byte in `name` (callers check names before they get here; a NUL is dropped).
std::string QuoteIdentifier(std::string_view name);
std::string QuoteLiteral(std::string_view text);

// Domain, product and port names: [a-z][a-z0-9_]{0,62}, no double underscore (design.md, Names and
// addresses).
bool IsName(std::string_view text);
bool IsUtf8(std::string_view bytes);  // Well-formed, no surrogates, no overlong forms, no NUL.

// The candidate with the smallest Damerau-Levenshtein distance, if it is near enough to be meant
// (at most a third of the letters differ). Both sides are compared in lower case. Bounded work:
// names above 64 bytes are skipped.
std::optional<std::string> NearestName(std::string_view name,
                                       std::span<const std::string> candidates);

std::string ToLower(std::string_view text);  // ASCII only.
std::string_view Trim(std::string_view text);
std::vector<std::string> Split(std::string_view text,
                               char separator);  // "a,,b" gives three parts; "" gives one.
std::string Join(std::span<const std::string> parts, std::string_view separator);
std::string Hex(std::string_view bytes);
std::optional<std::string> FromHex(std::string_view text);
std::string Base64(std::string_view bytes);                    // RFC 4648 section 4, padded.
std::optional<std::string> FromBase64(std::string_view text);  // Strict; padding required.
std::string Base64Url(std::string_view bytes);                 // Section 5, without padding.
std::optional<std::string> FromBase64Url(std::string_view text);

// "1,234,567" and "4.2 MB": for people only, never parsed again.
std::string HumanCount(uint64_t count);
std::string HumanBytes(uint64_t bytes);

}  // namespace weft
