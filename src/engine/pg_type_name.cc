#include "engine/pg_type_name.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/text.h"
#include "engine/pg_catalog.h"
#include "engine/pg_type.h"

namespace weft::engine {
namespace {

constexpr uint32_t kJsonArray = 199;
constexpr uint32_t kTextArray = 1009;
constexpr uint32_t kCharacter = 1042;
constexpr uint32_t kVarchar = 1043;

struct Named {
    std::string_view name;
    uint32_t oid;
    uint32_t array;
};

// Our types, and DuckDB's names where they differ.
constexpr Named kOurs[] = {
    {"boolean", kPgBool, 1000}, {"integer", kPgInt4, 1007}, {"bigint", kPgInt8, 1016},
    {"smallint", kPgInt2, 1005}, {"tinyint", kPgInt2, 1005}, {"real", kPgFloat4, 1021},
    {"float", kPgFloat4, 1021}, {"double", kPgFloat8, 1022}, {"date", kPgDate, 1182},
    {"time", kPgTime, 1183}, {"timestamp", kPgTimestamp, 1115}, {"timestamptz", kPgTimestampTz, 1185},
    {"timestamp with time zone", kPgTimestampTz, 1185}, {"uuid", kPgUuid, 2951}, {"blob", kPgBytea, 1001},
    {"interval", kPgInterval, 1187}, {"json", kPgJson, kJsonArray}, {"hugeint", kPgNumeric, 1231},
    {"ubigint", kPgNumeric, 1231}};

// SQL's names of types that pg_type names otherwise.
constexpr std::pair<uint32_t, std::string_view> kSqlNames[] = {
    {kPgBool, "boolean"}, {18, "\"char\""}, {kPgInt8, "bigint"}, {kPgInt2, "smallint"}, {kPgInt4, "integer"},
    {kPgFloat4, "real"}, {kPgFloat8, "double precision"}, {kCharacter, "character"}, {kVarchar, "character varying"},
    {kPgTime, "time without time zone"}, {kPgTimestamp, "timestamp without time zone"},
    {kPgTimestampTz, "timestamp with time zone"}, {kPgTimeTz, "time with time zone"}, {1562, "bit varying"}};

struct Builtin {
    std::string name;
    uint32_t element = 0;  // Of an array.
};

// The rows of pg_type: lines of cells between bars, in the text that builtin.sql makes its view of.
const std::map<uint32_t, Builtin>& Builtins() {
    static const std::map<uint32_t, Builtin> kBuiltins = [] {
        std::map<uint32_t, Builtin> types;
        const std::string text = SystemViewSql("pg_catalog", "pg_type").value_or("");
        for (const auto& line : Split(text, '\n')) {
            const auto cells = Split(line, '|');
            if (cells.size() < 15) continue;
            std::string_view first = cells[0];
            first.remove_prefix(first.rfind('\'') + 1);  // The first row stands behind the call; npos + 1 is 0.
            uint32_t oid = 0;
            if (std::from_chars(first.data(), first.data() + first.size(), oid).ec != std::errc()) continue;
            auto& type = types[oid];
            type.name = std::string(cells[1]);
            // Not int2vector and oidvector, which have elements as well.
            const auto& element = cells[13];
            if (cells[1].starts_with('_'))
                std::from_chars(element.data(), element.data() + element.size(), type.element);
        }
        return types;
    }();
    return kBuiltins;
}

std::string Modifier(uint32_t oid, int32_t modifier) {
    if (oid == kPgNumeric && modifier >= 4)
        return "(" + std::to_string((modifier - 4) / 65536) + "," + std::to_string((modifier - 4) % 65536) + ")";
    if ((oid == kCharacter || oid == kVarchar) && modifier > 4) return "(" + std::to_string(modifier - 4) + ")";
    return {};
}

Named Scalar(std::string_view type) {
    if (type.starts_with("decimal")) return {type, kPgNumeric, 1231};
    if (type.starts_with("struct") || type.starts_with("map")) return {type, kPgJson, kJsonArray};
    for (const auto& ours : kOurs)
        if (ours.name == type) return ours;
    return {type, kPgText, kTextArray};
}

}  // namespace

uint32_t PgOidOfType(std::string_view type) {
    if (type.ends_with("[][]")) return kPgJson;  // PostgreSQL's arrays cannot be ragged.
    if (!type.ends_with("[]")) return Scalar(type).oid;
    type.remove_suffix(2);
    return Scalar(type).array;
}

std::string PgTypeName(int64_t oid, std::optional<int32_t> modifier) {
    if (oid == 0) return "-";
    if (oid < 0 || oid > UINT32_MAX) return "???";
    auto number = static_cast<uint32_t>(oid);
    const auto found = Builtins().find(number);
    if (found == Builtins().end()) return "???";
    const bool array = found->second.element != 0;
    if (array) number = found->second.element;
    const auto element = Builtins().find(number);
    std::string name = element == Builtins().end() ? found->second.name : element->second.name;
    for (const auto& [id, sql] : kSqlNames)
        if (id == number) name = sql;
    return name + Modifier(number, modifier.value_or(-1)) + (array ? "[]" : "");
}

std::string PgQuoteIdentifier(std::string_view name) {
    bool plain = !name.empty() && (name[0] == '_' || (name[0] >= 'a' && name[0] <= 'z'));
    for (const char c : name)
        plain = plain && (c == '_' || c == '$' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    return plain ? std::string(name) : QuoteIdentifier(name);
}

std::vector<std::string> PgNameParts(std::string_view text) {
    std::vector<std::string> parts;
    for (size_t at = 0; at < text.size();) {
        if (text[at] == '.') {
            ++at;
            continue;
        }
        std::string part;
        if (text[at] == '"') {
            for (++at; at < text.size(); ++at) {
                if (text[at] == '"' && !(at + 1 < text.size() && text[at + 1] == '"')) break;
                if (text[at] == '"') ++at;
                part += text[at];
            }
            ++at;
        } else {
            const size_t end = std::min(text.find_first_of(".\"", at), text.size());
            part = ToLower(Trim(text.substr(at, end - at)));
            at = end;
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace weft::engine
