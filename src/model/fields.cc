#include "model/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace weft::model {
namespace {

constexpr size_t kFindingsMax = 1'000;
constexpr size_t kShownBytesMax = 64;
constexpr size_t kTextsMax = 10'000;

std::string KindWord(Yaml::Kind kind) {
    switch (kind) {
        case Yaml::Kind::kNull:
            return "nothing";
        case Yaml::Kind::kText:
            return "a text";
        case Yaml::Kind::kList:
            return "a list";
        case Yaml::Kind::kMap:
            return "a map";
    }
    return {};
}

}  // namespace

void Report::Add(Finding::Severity severity, std::string_view id, const Position& at,
                 std::string message, std::string expected, std::string help) {
    if (findings_.size() >= kFindingsMax) return;
    Finding finding;
    finding.severity = severity;
    finding.id = std::string(id);
    finding.file = at.file.empty() ? file_ : at.file;
    finding.line = at.line;
    finding.column = at.column;
    finding.length = at.length;
    finding.message = std::move(message);
    finding.expected = std::move(expected);
    finding.help = std::move(help);
    findings_.push_back(std::move(finding));
}

void Report::Error(std::string_view id, const Position& at, std::string message,
                   std::string expected, std::string help) {
    Add(Finding::Severity::kError, id, at, std::move(message), std::move(expected),
        std::move(help));
}

void Report::Error(std::string_view id, const Yaml& at, std::string message, std::string expected,
                   std::string help) {
    Error(id, At(at), std::move(message), std::move(expected), std::move(help));
}

void Report::Warn(std::string_view id, const Position& at, std::string message, std::string help) {
    Add(Finding::Severity::kWarning, id, at, std::move(message), {}, std::move(help));
}

Position Report::At(const Yaml& node) const { return {file_, node.line, node.column, node.length}; }

std::string Show(std::string_view text) {
    std::string shown = "`";
    size_t end = std::min(text.size(), kShownBytesMax);
    while (end > 0 && end < text.size() && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
    for (const char c : text.substr(0, end)) {
        shown += static_cast<uint8_t>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
    return shown + (end < text.size() ? "…`" : "`");
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates) {
    const auto nearest = NearestName(name, candidates);
    return nearest ? fmt::format("did you mean `{}`?", *nearest) : std::string();
}

std::string OneOf(const std::vector<std::string>& names) { return "one of: " + Join(names, ", "); }

Fields::Fields(Report& report, const Yaml& node, std::string what, std::vector<std::string> keys)
    : report_(report), node_(node), what_(std::move(what)) {
    if (!is_map()) {
        report_.Error("E1103", node_,
                      fmt::format("{} is a map, not {}", what_, KindWord(node_.kind)),
                      "keys and values: " + Join(keys, ", "));
        return;
    }
    for (const Yaml& key : node_.keys) {
        if (std::ranges::find(keys, key.text) != keys.end()) continue;
        report_.Error("E1101", key, fmt::format("{} has no key {}", what_, Show(key.text)),
                      OneOf(keys), DidYouMean(key.text, keys));
    }
}

Position Fields::At(std::string_view key) const {
    const auto found = std::ranges::find(node_.keys, key, &Yaml::text);
    return report_.At(found == node_.keys.end() ? node_ : *found);
}

std::string Fields::Text(std::string_view key) const {
    const Yaml* value = Find(key);
    if (!value || value->kind == Yaml::Kind::kNull) return {};
    if (value->kind == Yaml::Kind::kText) return value->text;
    report_.Error("E1103", At(key),
                  fmt::format("`{}` is a text, not {}", key, KindWord(value->kind)));
    return {};
}

std::string Fields::Required(std::string_view key, std::string_view example) const {
    std::string text = Text(key);
    const Yaml* value = Find(key);
    const bool absent = !value || value->kind == Yaml::Kind::kNull ||
                        (value->kind == Yaml::Kind::kText && Trim(text).empty());
    if (absent && is_map()) {
        report_.Error("E1102", At(key), fmt::format("{} needs `{}`", what_, key), {},
                      fmt::format("write `{}: {}`", key, example));
    }
    return text;
}

std::string Fields::Choice(std::string_view key, const std::vector<std::string>& names,
                           std::string otherwise) const {
    std::string text = Text(key);
    if (text.empty()) return otherwise;
    if (std::ranges::find(names, text) != names.end()) return text;
    report_.Error("E1109", *Find(key), fmt::format("{} is no `{}`", Show(text), key), OneOf(names),
                  DidYouMean(text, names));
    return otherwise;
}

std::string Fields::Name(std::string_view key, bool required) const {
    std::string name = required ? Required(key, "a_name") : Text(key);
    if (!name.empty() && !IsName(name)) {
        report_.Error("E1106", *Find(key), fmt::format("{} is not a valid `{}`", Show(name), key),
                      "a lower-case letter, then lower-case letters, digits and single "
                      "underscores; at most 63");
    }
    return name;
}

bool Fields::Bool(std::string_view key, bool otherwise) const {
    const std::string text = Text(key);
    if (text.empty()) return otherwise;
    if (text == "true") return true;
    if (text == "false") return false;
    report_.Error("E1110", *Find(key),
                  fmt::format("`{}` is true or false, not {}", key, Show(text)),
                  "one of: true, false");
    return otherwise;
}

std::optional<uint64_t> Fields::Count(std::string_view key, uint64_t least, uint64_t most) const {
    const std::string text = Text(key);
    if (text.empty()) return std::nullopt;
    uint64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc() && end == text.data() + text.size() && count >= least &&
        count <= most) {
        return count;
    }
    report_.Error("E1110", *Find(key), fmt::format("`{}` cannot be {}", key, Show(text)),
                  fmt::format("a whole number from {} to {}", least, most));
    return std::nullopt;
}

std::vector<std::string> Fields::Texts(std::string_view key) const {
    const Yaml* value = Find(key);
    std::vector<std::string> texts;
    if (!value) return texts;
    if (value->kind == Yaml::Kind::kText) return {value->text};
    for (const Yaml& item : List(key, kTextsMax)) {
        if (item.kind == Yaml::Kind::kText) {
            texts.push_back(item.text);
        } else {
            report_.Error("E1103", item,
                          fmt::format("`{}` lists texts, not {}", key, KindWord(item.kind)), {},
                          item.kind == Yaml::Kind::kNull ? "quote it: \"null\"" : "");
        }
    }
    return texts;
}

const std::vector<Yaml>& Fields::List(std::string_view key, size_t count_max) const {
    static const std::vector<Yaml> kNone;
    const Yaml* value = Find(key);
    if (!value) return kNone;
    if (value->kind != Yaml::Kind::kList) {
        report_.Error("E1103", At(key),
                      fmt::format("`{}` is a list, not {}", key, KindWord(value->kind)), {},
                      "begin each member with `- `");
        return kNone;
    }
    if (value->items.size() > count_max) {
        report_.Error("E1112", At(key),
                      fmt::format("`{}` has more than {} members", key, count_max));
        return kNone;
    }
    return value->items;
}

}  // namespace weft::model
