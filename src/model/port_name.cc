#include "model/port_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace weft::model {
namespace {

constexpr size_t kNameBytesMax = 512;
constexpr std::array<std::string_view, 6> kReservedDomains{"mesh",   "main",   "temp",
                                                           "system", "memory", "public"};
constexpr std::array<std::string_view, 5> kReservedPorts{"rejected", "stats", "schemata", "files",
                                                         "changes"};

// "12" without leading zeros, as a major version.
std::optional<uint32_t> ParseMajor(std::string_view digits) {
    uint32_t major = 0;
    if (digits.empty() || digits.size() > 6 || (digits.size() > 1 && digits[0] == '0')) return {};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), major);
    if (error != std::errc() || end != digits.data() + digits.size()) return {};
    return major;
}

Result<> CheckNames(const PortName& name) {
    for (const std::string* part : {&name.domain, &name.product, &name.port}) {
        if (!IsName(*part)) {
            return Fail(Code::kInvalid, fmt::format("`{}` is not a valid name", *part),
                        "names are lower-case letters, digits and single underscores");
        }
    }
    if (IsVersionLike(name.port)) {
        return Fail(Code::kInvalid, fmt::format("`{}` cannot be the name of a port", name.port));
    }
    return {};
}

Result<PortName> Wrong(std::string_view text) {
    return Fail(Code::kInvalid, fmt::format("`{}` does not name a port", text.substr(0, 128)),
                "write domain.product, domain.product.port, or with @1 for one major version");
}

}  // namespace

Result<PortName> ParseTableName(std::string_view domain, std::string_view table) {
    if (domain.size() > kNameBytesMax || table.size() > kNameBytesMax) {
        return Fail(Code::kInvalid, "the name is too long");
    }
    std::vector<std::string> parts;
    std::string rest = ToLower(table);
    for (size_t at; (at = rest.find("__")) != std::string::npos; rest = rest.substr(at + 2)) {
        parts.push_back(rest.substr(0, at));
    }
    parts.push_back(rest);
    PortName name{ToLower(domain), parts[0], std::string(kDefaultPort), {}};
    if (parts.size() > 1 && IsVersionLike(parts.back())) {
        name.major = ParseMajor(std::string_view(parts.back()).substr(1));
        if (!name.major) {
            return Fail(Code::kInvalid, fmt::format("`{}` is not a major version", parts.back()));
        }
        parts.pop_back();
    }
    if (parts.size() > 2) {
        return Fail(Code::kInvalid, fmt::format("`{}` has too many parts", table),
                    "write product, product__port or product__port__v1");
    }
    if (parts.size() == 2) name.port = parts[1];
    CHECK_OK(CheckNames(name));
    return name;
}

std::string TableName(const PortName& name) {
    std::string table = name.product;
    if (name.port != kDefaultPort) table += "__" + name.port;
    if (name.major) table += fmt::format("__v{}", *name.major);
    return table;
}

Result<PortName> ParsePortReference(std::string_view text) {
    constexpr std::string_view kAddress = "weft://";
    if (text.size() > kNameBytesMax) return Wrong(text);
    std::string_view path = text;
    char separator = '.';
    if (path.starts_with(kAddress)) {
        path.remove_prefix(kAddress.size());
        separator = '/';
    }
    PortName name;
    if (const size_t at = path.find('@'); at != std::string_view::npos) {
        name.major = ParseMajor(path.substr(at + 1));
        if (!name.major) return Wrong(text);
        path = path.substr(0, at);
    }
    auto parts = Split(path, separator);
    if (parts.size() < 2 || parts.size() > 3) return Wrong(text);
    name.domain = std::move(parts[0]);
    name.product = std::move(parts[1]);
    if (parts.size() == 3) name.port = std::move(parts[2]);
    CHECK_OK(CheckNames(name));
    return name;
}

std::string ToString(const PortName& name) {
    std::string text = name.domain + "." + name.product;
    if (name.port != kDefaultPort) text += "." + name.port;
    if (name.major) text += fmt::format("@{}", *name.major);
    return text;
}

bool IsReservedDomain(std::string_view name) {
    return name.starts_with("pg_") || name == "information_schema" ||
           std::ranges::find(kReservedDomains, name) != kReservedDomains.end();
}

bool IsReservedPort(std::string_view name) {
    return std::ranges::find(kReservedPorts, name) != kReservedPorts.end();
}

bool IsVersionLike(std::string_view name) {
    return name.size() > 1 && name[0] == 'v' &&
           name.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

}  // namespace weft::model
