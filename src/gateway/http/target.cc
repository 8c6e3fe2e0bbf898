#include "gateway/http/target.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/limits.h"
#include "base/text.h"

namespace weft::gateway::http {
namespace {

constexpr size_t kSegmentsMax = 16;
constexpr size_t kQueryMax = 64;

int HexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

Result<std::string> Decode(std::string_view text, bool plus_is_blank) {
    std::string plain;
    plain.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_blank) {
            plain += ' ';
        } else if (text[i] != '%') {
            plain += text[i];
        } else {
#ifdef WEFT_PLANT_BUG  // For the fuzz target's own test: believes that two digits always follow.
            const int high = HexDigit(text[i + 1]), low = HexDigit(text[i + 2]);
#else
            if (text.size() - i < 3) return Fail(Code::kInvalid, "the address has a cut % escape");
            const int high = HexDigit(text[i + 1]), low = HexDigit(text[i + 2]);
#endif
            if (high < 0 || low < 0)
                return Fail(Code::kInvalid, "the address has a wrong % escape");
            plain += static_cast<char>(high << 4 | low);
            i += 2;
        }
    }
    if (!IsUtf8(plain)) return Fail(Code::kInvalid, "the address is not UTF-8");
    return plain;
}

Result<> AddSegments(std::string_view path, std::vector<std::string>& segments) {
    for (const auto& raw : Split(path, '/')) {
        if (raw.empty()) continue;
        if (segments.size() == kSegmentsMax)
            return Fail(Code::kLimit, "the path has too many parts");
        auto segment = TRY(Decode(raw, false));
        const bool control =
            std::any_of(segment.begin(), segment.end(), [](unsigned char c) { return c < 0x20; });
        if (segment == "." || segment == ".." || control)
            return Fail(Code::kInvalid, "the path has a part that is not allowed");
        segments.push_back(std::move(segment));
    }
    return {};
}

constexpr std::array<std::pair<std::string_view, FormatChoice>, 4> kFormats{{
    {"jsonl", {engine::Format::kJsonLines, "application/jsonl"}},
    {"json", {engine::Format::kJson, "application/json"}},
    {"csv", {engine::Format::kCsv, "text/csv; charset=utf-8; header=present"}},
    {"parquet", {engine::Format::kParquet, "application/vnd.apache.parquet"}},
}};

std::string_view SuffixOfMediaType(std::string_view type) {
    if (type == "application/jsonl" || type == "application/x-ndjson" ||
        type == "application/x-jsonlines" || type == "application/json-lines" || type == "*/*" ||
        type == "application/*")
        return "jsonl";
    if (type == "application/json") return "json";
    if (type == "text/csv" || type == "text/*") return "csv";
    if (type == "application/vnd.apache.parquet" || type == "application/parquet" ||
        type == "application/x-parquet")
        return "parquet";
    return {};
}

// The q of one range of Accept, in thousandths.
int Quality(std::string_view parameters) {
    for (const auto& part : Split(parameters, ';')) {
        const std::string_view text = Trim(part);
        if (!text.starts_with("q=")) continue;
        double q = 1;
        const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), q);
        if (error != std::errc() || !(q >= 0 && q <= 1)) return 0;
        return static_cast<int>(q * 1000);
    }
    return 1000;
}

std::string_view BestOfAccept(std::string_view accept) {
    std::string_view best;
    int best_quality = 0;
    for (const auto& range : Split(accept, ',')) {
        const size_t semicolon = range.find(';');
        const std::string type = ToLower(Trim(std::string_view(range).substr(0, semicolon)));
        const int quality = semicolon == std::string::npos
                                ? 1000
                                : Quality(std::string_view(range).substr(semicolon));
        const auto suffix = SuffixOfMediaType(type);
        if (!suffix.empty() && quality > best_quality) {
            best = suffix;
            best_quality = quality;
        }
    }
    return best;
}

}  // namespace

Result<Target> ParseTarget(std::string_view target) {
    if (target.size() > kLimits.http_header_bytes_max)
        return Fail(Code::kLimit, "the address is too long");
    for (const std::string_view origin :
         {"http://", "https://"})  // The absolute form that proxies send.
        if (target.starts_with(origin)) {
            target.remove_prefix(origin.size());
            const size_t slash = target.find('/');
            target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
            break;
        }
    if (!target.starts_with('/'))
        return Fail(Code::kInvalid, "the address must begin with a slash");
    target = target.substr(0, target.find('#'));
    const size_t question = target.find('?');
    Target parsed;
    CHECK_OK(AddSegments(target.substr(0, question), parsed.segments));
    if (question == std::string_view::npos) return parsed;
    for (const auto& part : Split(target.substr(question + 1), '&')) {
        if (part.empty()) continue;
        if (parsed.query.size() == kQueryMax)
            return Fail(Code::kLimit, "the address has too many parameters");
        const size_t equals = part.find('=');
        auto name = TRY(Decode(std::string_view(part).substr(0, equals), true));
        std::string value;
        if (equals != std::string::npos)
            value = TRY(Decode(std::string_view(part).substr(equals + 1), true));
        parsed.query.emplace_back(std::move(name), std::move(value));
    }
    return parsed;
}

Result<uint64_t> ParseCount(std::string_view text, std::string_view what) {
    uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size())
        return Fail(Code::kInvalid,
                    std::string(what) + " must be a whole number that is not negative");
    return count;
}

Result<DataAddress> ParseDataAddress(std::string_view domain, std::string_view product,
                                     std::string_view port) {
    DataAddress address;
    std::string last(port.empty() ? product : port);
    const size_t dot = last.rfind('.');
    if (dot != std::string::npos) {
        address.suffix = ToLower(std::string_view(last).substr(dot + 1));
        last.resize(dot);
    }
    std::string major;
    const auto take_major = [&major](std::string& name) {
        const size_t at = name.find('@');
        if (at == std::string::npos) return;
        major = name.substr(at + 1);
        name.resize(at);
    };
    take_major(last);
    std::string product_name = port.empty() ? last : std::string(product);
    const std::string port_name = port.empty() ? std::string() : last;
    if (!port.empty() && major.empty())
        take_major(product_name);  // orders@1/items means the same as orders/items@1.
    if (major.starts_with('v')) major.erase(0, 1);
    address.product = std::string(domain) + "." + product_name;
    const bool names =
        IsName(domain) && IsName(product_name) && (port_name.empty() || IsName(port_name));
    if (!names) {
        Error error{Code::kNotFound, "there is no " + address.product, {}, "42P01", {}};
        return std::unexpected(std::move(error));
    }
    address.relation.domain = domain;
    address.relation.table = product_name;
    if (!port_name.empty() && port_name != "default") address.relation.table += "__" + port_name;
    if (!major.empty())
        address.relation.table +=
            "__v" + std::to_string(TRY(ParseCount(major, "the version behind @")));
    return address;
}

Result<std::vector<std::string>> ParseNames(std::string_view text) {
    std::vector<std::string> names;
    for (size_t i = 0;
         i < text.size() || (!text.empty() && text.back() == ',' && i == text.size());) {
        std::string name;
        if (i < text.size() && text[i] == '"') {
            for (++i;; ++i) {
                if (i >= text.size()) return Fail(Code::kInvalid, "a quoted name does not end");
                if (text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"')
                    ++i;
                else if (text[i] == '"')
                    break;
                name += text[i];
            }
            ++i;
            if (i < text.size() && text[i] != ',')
                return Fail(Code::kInvalid, "names are separated by commas");
        } else {
            const size_t end = std::min(text.find(',', i), text.size());
            name = text.substr(i, end - i);
            i = end;
        }
        if (name.empty()) return Fail(Code::kInvalid, "a name in the list is empty");
        if (names.size() == kLimits.columns_max)
            return Fail(Code::kLimit, "the list of names is too long");
        names.push_back(std::move(name));
        if (i >= text.size()) break;
        ++i;  // The comma.
    }
    return names;
}

Result<std::vector<engine::OrderBy>> ParseOrder(std::string_view text) {
    std::vector<engine::OrderBy> order;
    for (auto& name : TRY(ParseNames(text))) {
        const bool descending = name.starts_with('-');
        if (descending) name.erase(0, 1);
        if (name.empty()) return Fail(Code::kInvalid, "order has a minus without a name");
        order.push_back({std::move(name), descending});
    }
    return order;
}

Result<FormatChoice> ChooseFormat(std::string_view suffix, std::string_view accept) {
    std::string_view wanted = suffix;
    if (wanted.empty())
        wanted = Trim(accept).empty() ? std::string_view("jsonl") : BestOfAccept(accept);
    for (const auto& [name, choice] : kFormats)
        if (name == wanted) return choice;
    Error error{Code::kInvalid,
                "this address offers jsonl, json, csv and parquet",
                {},
                "0A000",
                "append .jsonl, .json, .csv or .parquet, or send Accept"};
    return std::unexpected(std::move(error));
}

}  // namespace weft::gateway::http
