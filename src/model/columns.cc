#include "model/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/limits.h"
#include "base/text.h"

namespace weft::model {
namespace {

using Kind = DataType::Kind;
constexpr size_t kColumnNameBytesMax = 255;
constexpr size_t kPatternBytesMax = 1'000;

bool IsNumber(Kind kind) {
    return kind == Kind::kInteger || kind == Kind::kBigint || kind == Kind::kReal ||
           kind == Kind::kDouble || kind == Kind::kDecimal;
}

bool IsTime(Kind kind) {
    return kind == Kind::kDate || kind == Kind::kTimestamp || kind == Kind::kTimestampTz;
}

std::optional<double> ToNumber(std::string_view text) {
    double value = 0;
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool digits = text.find_first_of("0123456789") != std::string_view::npos;
    if (error != std::errc() || end != text.data() + text.size() || !digits) return std::nullopt;
    return value;
}

void CheckName(Report& report, const Yaml& key, std::set<std::string>& seen) {
    const std::string& name = key.text;
    const bool control = std::ranges::any_of(
        name, [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; });
    if (name.empty() || name.size() > kColumnNameBytesMax || control) {
        report.Error("E1202", key, fmt::format("{} cannot be the name of a column", Show(name)),
                     fmt::format("1 to {} bytes without control characters", kColumnNameBytesMax));
    }
    if (!seen.insert(ToLower(name)).second) {
        report.Error("E1203", key,
                     fmt::format("column {} differs from another only in case", Show(name)),
                     "names that differ when case is ignored");
    }
}

void ReadType(Report& report, const Yaml& node, const std::string& text, Column& column) {
    if (text.empty()) return;
    auto type = ParseDataType(text);
    if (!type) {
        report.Error("E1201", node, type.error().message,
                     "boolean, integer, bigint, real, double, decimal(p,s), date, time, timestamp, "
                     "timestamptz, varchar, uuid, blob, type[], struct(…), map(…)",
                     type.error().hint);
        return;
    }
    column.type = std::move(*type);
    column.has_type = true;
}

void ReadMask(Report& report, const Fields& fields, Column& column) {
    const std::vector<std::string> masks(std::begin(kMasks), std::end(kMasks));
    column.mask = fields.Text("mask");
    if (column.mask.empty()) return;
    if (std::ranges::find(masks, column.mask) == masks.end()) {
        report.Error("E1205", *fields.Find("mask"),
                     fmt::format("{} is not a mask", Show(column.mask)), OneOf(masks),
                     DidYouMean(column.mask, masks));
        return;
    }
    if (!column.has_type) return;
    const Kind kind = column.type.kind;
    const bool for_time = column.mask.starts_with("truncate-");
    const bool for_text = column.mask == "mask-alphanum" || column.mask.starts_with("show-") ||
                          column.mask.starts_with("sha-256");
    if ((for_time && !IsTime(kind)) || (for_text && kind != Kind::kVarchar)) {
        report.Error(
            "E1210", *fields.Find("mask"),
            fmt::format("mask `{}` does not fit type {}", column.mask, ToString(column.type)),
            for_time ? "a date or timestamp column" : "a varchar column",
            "`replace-with-null` and `mask-to-fixed-value` fit every type");
    }
}

void ReadReference(Report& report, const Fields& fields, Column& column) {
    const std::string text = fields.Text("references");
    if (text.empty()) return;
    auto parts = Split(text, '.');
    const size_t names = parts.size() - 1;
    bool good = parts.size() == 3 || parts.size() == 4;
    for (size_t i = 0; good && i < names; ++i) good = IsName(parts[i]);
    if (!good || parts.back().empty()) {
        report.Error("E1206", *fields.Find("references"),
                     fmt::format("{} does not name a column", Show(text)),
                     "domain.product.column or domain.product.port.column");
        return;
    }
    ColumnReference reference{parts[0], parts[1], std::string(kDefaultPort), parts.back()};
    if (parts.size() == 4) reference.port = parts[2];
    column.references = std::move(reference);
}

// A bound: a literal of the column's type.
std::optional<std::string> ReadBound(Report& report, const Fields& fields, std::string_view key,
                                     const Column& column) {
    std::string text = fields.Text(key);
    if (text.empty()) return std::nullopt;
    const Kind kind = column.type.kind;
    const bool ordered = IsNumber(kind) || IsTime(kind) || kind == Kind::kTime;
    if (column.has_type && !ordered) {
        report.Error(
            "E1208", fields.At(key),
            fmt::format("`{}` does not fit type {}", key, ToString(column.type)),
            "a number, date or time column",
            kind == Kind::kVarchar ? "for texts there are `minLength` and `maxLength`" : "");
    } else if (column.has_type ? !IsLiteral(text, kind)
                               : !ToNumber(text) && !IsLiteral(text, Kind::kTimestampTz)) {
        report.Error("E1208", *fields.Find(key),
                     fmt::format("{} is not a value of type {}", Show(text),
                                 column.has_type ? ToString(column.type) : "number or date"));
    }
    return text;
}

void CheckBounds(Report& report, const Fields& fields, const Quality& quality) {
    const auto& low = quality.minimum ? quality.minimum : quality.exclusive_minimum;
    const auto& high = quality.maximum ? quality.maximum : quality.exclusive_maximum;
    bool empty =
        quality.min_length && quality.max_length && *quality.min_length > *quality.max_length;
    if (low && high) {
        const auto a = ToNumber(*low);
        const auto b = ToNumber(*high);
        if (a && b) empty = empty || *a > *b;
    }
    if (empty) {
        report.Error("E1209", report.At(fields.node()), "no value can satisfy these bounds",
                     "a minimum that is not above the maximum");
    }
    if ((quality.minimum && quality.exclusive_minimum) ||
        (quality.maximum && quality.exclusive_maximum)) {
        report.Error("E1209", report.At(fields.node()),
                     "a bound is given twice, with and without `exclusive`", "one of the two");
    }
}

void CheckTextRules(Report& report, const Fields& fields, const Column& column) {
    for (const std::string_view key : {"pattern", "minLength", "maxLength"}) {
        if (!fields.Find(key) || !column.has_type || column.type.kind == Kind::kVarchar) continue;
        report.Error("E1208", fields.At(key),
                     fmt::format("`{}` does not fit type {}", key, ToString(column.type)),
                     "a varchar column");
    }
    if (column.quality.pattern && column.quality.pattern->size() > kPatternBytesMax) {
        report.Error("E1208", fields.At("pattern"),
                     fmt::format("`pattern` is longer than {} bytes", kPatternBytesMax));
    }
}

void ReadQuality(Report& report, const Yaml& node, Column& column) {
    const Fields fields(report, node, "`quality`",
                        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern",
                         "enum", "values", "minLength", "maxLength"});
    if (!fields.is_map()) return;
    Quality& quality = column.quality;
    quality.minimum = ReadBound(report, fields, "minimum", column);
    quality.maximum = ReadBound(report, fields, "maximum", column);
    quality.exclusive_minimum = ReadBound(report, fields, "exclusiveMinimum", column);
    quality.exclusive_maximum = ReadBound(report, fields, "exclusiveMaximum", column);
    if (std::string pattern = fields.Text("pattern"); !pattern.empty()) {
        quality.pattern = std::move(pattern);
    }
    quality.min_length = fields.Count("minLength", 0, UINT32_MAX);
    quality.max_length = fields.Count("maxLength", 0, UINT32_MAX);
    const std::string_view key = fields.Find("enum") ? "enum" : "values";
    quality.values = fields.Texts(key);
    if (fields.Find("enum") && fields.Find("values")) {
        report.Error("E1111", fields.At("values"), "`values` and `enum` mean the same",
                     "one of the two");
    }
    if (fields.Find(key) && quality.values.empty()) {
        report.Error("E1209", fields.At(key), "no value can satisfy an empty list");
    }
    for (const std::string& value : quality.values) {
        if (!column.has_type || IsLiteral(value, column.type.kind)) continue;
        report.Error(
            "E1208", fields.At(key),
            fmt::format("{} is not a value of type {}", Show(value), ToString(column.type)));
    }
    CheckTextRules(report, fields, column);
    CheckBounds(report, fields, quality);
}

Column ReadColumn(Report& report, const Yaml& key, const Yaml& node) {
    Column column;
    column.name = key.text;
    column.at = report.At(key);
    if (node.kind == Yaml::Kind::kNull) return column;
    if (node.kind == Yaml::Kind::kText) {
        ReadType(report, node, node.text, column);
        return column;
    }
    const Fields fields(report, node, "column " + Show(key.text),
                        {"type", "required", "unique", "primaryKey", "description",
                         "classification", "mask", "references", "was", "quality"});
    if (!fields.is_map()) return column;
    if (fields.Find("type")) ReadType(report, *fields.Find("type"), fields.Text("type"), column);
    column.required = fields.Bool("required", false);
    column.unique = fields.Bool("unique", false);
    column.primary_key = fields.Bool("primaryKey", false);
    column.description = fields.Text("description");
    column.classification = fields.Text("classification");
    column.was = fields.Text("was");
    ReadMask(report, fields, column);
    ReadReference(report, fields, column);
    if (const Yaml* quality = fields.Find("quality")) ReadQuality(report, *quality, column);
    return column;
}

// `was` names a column that is gone: not this one, not another one that is there, not twice.
void CheckRenames(Report& report, const std::vector<Column>& columns) {
    std::set<std::string> present;
    std::set<std::string> old;
    for (const Column& column : columns) present.insert(ToLower(column.name));
    for (const Column& column : columns) {
        if (column.was.empty()) continue;
        const std::string was = ToLower(column.was);
        if (present.contains(was) || !old.insert(was).second) {
            report.Error(
                "E1211", column.at,
                fmt::format("column {} cannot have been {}", Show(column.name), Show(column.was)),
                "the name of a column that is no longer there");
        }
    }
}

bool IsClock(std::string_view text) {
    if (text.size() != 5 && text.size() != 8) return false;
    return ParseRfc3339("2000-01-01T" + std::string(text) + (text.size() == 5 ? ":00Z" : "Z"))
        .has_value();
}

}  // namespace

bool IsLiteral(std::string_view text, DataType::Kind kind) {
    const std::string t(text);
    switch (kind) {
        case Kind::kInteger:
        case Kind::kBigint: {
            int64_t value = 0;
            const char* begin = t.data() + (t.starts_with('+') ? 1 : 0);
            const auto [end, error] = std::from_chars(begin, t.data() + t.size(), value);
            return error == std::errc() && end == t.data() + t.size();
        }
        case Kind::kReal:
        case Kind::kDouble:
            return ToNumber(t).has_value();
        case Kind::kDecimal:
            return ToNumber(t).has_value() && t.find_first_of("eE") == std::string::npos;
        case Kind::kDate:
            return t.size() == 10 && ParseRfc3339(t + "T00:00:00Z").has_value();
        case Kind::kTime:
            return IsClock(t);
        case Kind::kTimestamp:
        case Kind::kTimestampTz:
            return IsLiteral(t, Kind::kDate) || ParseRfc3339(t).has_value() ||
                   ParseRfc3339(t + "Z").has_value();
        case Kind::kBoolean:
            return t == "true" || t == "false";
        case Kind::kVarchar:
            return true;
        default:
            return false;
    }
}

std::vector<Column> ReadColumns(Report& report, const Fields& port) {
    std::vector<Column> columns;
    const Yaml* node = port.Find("columns");
    if (!node) return columns;
    if (node->kind != Yaml::Kind::kMap) {
        report.Error("E1103", port.At("columns"), "`columns` is a map of names to types",
                     "for example `order_id: {type: bigint, required: true}`");
        return columns;
    }
    if (node->keys.size() > kLimits.columns_max) {
        report.Error("E1112", port.At("columns"),
                     fmt::format("`columns` has more than {} members", kLimits.columns_max));
        return columns;
    }
    std::set<std::string> seen;
    for (size_t i = 0; i < node->keys.size(); ++i) {
        CheckName(report, node->keys[i], seen);
        columns.push_back(ReadColumn(report, node->keys[i], node->items[i]));
    }
    CheckRenames(report, columns);
    return columns;
}

}  // namespace weft::model
