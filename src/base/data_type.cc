#include "base/data_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/text.h"

namespace weft {
namespace {

using Kind = DataType::Kind;
constexpr size_t kLevelsMax = 16;
constexpr size_t kBytesMax = 4'096;

struct Synonym {
    std::string_view name;
    Kind kind;
    uint8_t precision = 0;
};

// The first name of each kind is the canonical one.
constexpr std::array kSynonyms{
    Synonym{"boolean", Kind::kBoolean},
    Synonym{"bool", Kind::kBoolean},
    Synonym{"logical", Kind::kBoolean},
    Synonym{"integer", Kind::kInteger},
    Synonym{"int", Kind::kInteger},
    Synonym{"int4", Kind::kInteger},
    Synonym{"int32", Kind::kInteger},
    Synonym{"signed", Kind::kInteger},
    Synonym{"tinyint", Kind::kInteger},
    Synonym{"int1", Kind::kInteger},
    Synonym{"smallint", Kind::kInteger},
    Synonym{"int2", Kind::kInteger},
    Synonym{"int16", Kind::kInteger},
    Synonym{"short", Kind::kInteger},
    Synonym{"utinyint", Kind::kInteger},
    Synonym{"uint8", Kind::kInteger},
    Synonym{"usmallint", Kind::kInteger},
    Synonym{"uint16", Kind::kInteger},
    Synonym{"bigint", Kind::kBigint},
    Synonym{"int8", Kind::kBigint},
    Synonym{"int64", Kind::kBigint},
    Synonym{"long", Kind::kBigint},
    Synonym{"uinteger", Kind::kBigint},
    Synonym{"uint32", Kind::kBigint},
    Synonym{"real", Kind::kReal},
    Synonym{"float", Kind::kReal},
    Synonym{"float4", Kind::kReal},
    Synonym{"double", Kind::kDouble},
    Synonym{"float8", Kind::kDouble},
    Synonym{"decimal", Kind::kDecimal},
    Synonym{"numeric", Kind::kDecimal},
    Synonym{"dec", Kind::kDecimal},
    Synonym{"ubigint", Kind::kDecimal, 20},
    Synonym{"uint64", Kind::kDecimal, 20},
    Synonym{"hugeint", Kind::kDecimal, 38},
    Synonym{"int128", Kind::kDecimal, 38},
    Synonym{"date", Kind::kDate},
    Synonym{"time", Kind::kTime},
    Synonym{"timestamp", Kind::kTimestamp},
    Synonym{"datetime", Kind::kTimestamp},
    Synonym{"timestamp_us", Kind::kTimestamp},
    Synonym{"timestamp_s", Kind::kTimestamp},
    Synonym{"timestamp_ms", Kind::kTimestamp},
    Synonym{"timestamp_ns", Kind::kTimestamp},
    Synonym{"timestamptz", Kind::kTimestampTz},
    Synonym{"varchar", Kind::kVarchar},
    Synonym{"text", Kind::kVarchar},
    Synonym{"string", Kind::kVarchar},
    Synonym{"char", Kind::kVarchar},
    Synonym{"bpchar", Kind::kVarchar},
    Synonym{"nvarchar", Kind::kVarchar},
    Synonym{"character", Kind::kVarchar},
    Synonym{"json", Kind::kVarchar},
    Synonym{"enum", Kind::kVarchar},
    Synonym{"uuid", Kind::kUuid},
    Synonym{"guid", Kind::kUuid},
    Synonym{"blob", Kind::kBlob},
    Synonym{"bytea", Kind::kBlob},
    Synonym{"binary", Kind::kBlob},
    Synonym{"varbinary", Kind::kBlob},
    Synonym{"list", Kind::kList},
    Synonym{"struct", Kind::kStruct},
    Synonym{"row", Kind::kStruct},
    Synonym{"map", Kind::kMap},
};

// DuckDB's reserved words: as a field name they must be quoted to be read again.
constexpr auto kReserved = std::to_array<std::string_view>(
    {"all",          "analyse",     "analyze", "and",       "any",        "array",      "as",
     "asc",          "asymmetric",  "both",    "case",      "cast",       "check",      "collate",
     "column",       "constraint",  "create",  "default",   "deferrable", "desc",       "describe",
     "distinct",     "do",          "else",    "end",       "except",     "false",      "fetch",
     "for",          "foreign",     "from",    "group",     "having",     "in",         "initially",
     "intersect",    "into",        "lambda",  "lateral",   "leading",    "limit",      "not",
     "null",         "offset",      "on",      "only",      "or",         "order",      "pivot",
     "pivot_longer", "pivot_wider", "placing", "primary",   "qualify",    "references", "returning",
     "select",       "show",        "some",    "summarize", "symmetric",  "table",      "then",
     "to",           "trailing",    "true",    "union",     "unique",     "unpivot",    "using",
     "variadic",     "when",        "where",   "window",    "with"});

bool IsWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<uint8_t>(c) >= 0x80;
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string FieldName(const std::string& name) {
    bool plain = !name.empty() && IsWordStart(name[0]);
    for (const char c : name) plain = plain && (IsWordStart(c) || IsDigit(c));
    plain = plain && std::ranges::find(kReserved, ToLower(name)) == kReserved.end();
    return plain ? name : QuoteIdentifier(name);
}

std::string_view KindName(Kind kind) {
    return std::ranges::find(kSynonyms, kind, &Synonym::kind)->name;
}

size_t Height(const DataType& type) {  // At most 16 deep: Parser checks each level that it adds.
    size_t most = 0;
    for (const DataType& child : type.children) most = std::max(most, Height(child));
    return most + 1;
}

class Parser {
  public:
    explicit Parser(std::string_view text) : rest_(text) {}

    Result<DataType> Whole() {
        DataType type = TRY(Type(1));
        if (!Peek().empty())
            return Wrong(fmt::format("unexpected `{}` after the type", rest_.substr(0, 16)));
        return type;
    }

  private:
    static std::unexpected<Error> Wrong(std::string message, std::string hint = {}) {
        return Fail(Code::kInvalid, std::move(message), std::move(hint));
    }
    static std::unexpected<Error> TooDeep() {
        return Fail(Code::kLimit, fmt::format("type is nested deeper than {} levels", kLevelsMax));
    }

    std::string_view Peek() {
        rest_ = Trim(rest_);
        return rest_;
    }
    bool Take(char c) {
        if (!Peek().starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::string_view Word() {
        Peek();
        size_t end = 0;
        while (end < rest_.size() && (IsWordStart(rest_[end]) || (end > 0 && IsDigit(rest_[end]))))
            ++end;
        const std::string_view word = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return word;
    }
    bool TakeWords(std::initializer_list<std::string_view> words) {
        const std::string_view before = rest_;
        for (const std::string_view word : words) {
            if (ToLower(Word()) != word) {
                rest_ = before;
                return false;
            }
        }
        return true;
    }
    std::optional<uint32_t> Number() {
        Peek();
        size_t end = 0;
        uint32_t value = 0;
        for (; end < rest_.size() && IsDigit(rest_[end]); ++end) {
            if (end == 9) return std::nullopt;
            value = value * 10 + static_cast<uint32_t>(rest_[end] - '0');
        }
        rest_.remove_prefix(end);
        return end > 0 ? std::optional(value) : std::nullopt;
    }
    std::optional<std::string> Quoted(char quote) {
        if (!Take(quote)) return std::nullopt;
        std::string name;
        while (!rest_.empty()) {
            const char c = rest_[0];
            rest_.remove_prefix(1);
            if (c == quote) {
                if (!rest_.starts_with(quote)) return name;
                rest_.remove_prefix(1);
            }
            name += c;
        }
        return std::nullopt;
    }

    Result<DataType> Type(size_t level) {
        if (level > kLevelsMax) return TooDeep();
        DataType type = TRY(Base(level));
        while (Take('[')) {
            if (!Take(']')) return Wrong("lists have no length: write `[]`");
            DataType list{.kind = Kind::kList, .children = {}, .field_names = {}};
            list.children.push_back(std::move(type));
            type = std::move(list);
            if (Height(type) + level - 1 > kLevelsMax) return TooDeep();
        }
        return type;
    }

    Result<DataType> Base(size_t level) {
        const std::string_view word = Word();
        if (word.empty()) return Wrong("a type name is missing");
        const std::string name = ToLower(word);
        const auto found = std::ranges::find(kSynonyms, name, &Synonym::name);
        if (found == kSynonyms.end()) return Unknown(word, name);
        DataType type{
            .kind = found->kind, .precision = found->precision, .children = {}, .field_names = {}};
        if (name == "double") TakeWords({"precision"});
        if (name == "character") TakeWords({"varying"});
        if (name == "enum") CHECK_OK(SkipEnum());
        switch (type.kind) {
            case Kind::kDecimal:
                return type.precision > 0 ? type : Decimal();
            case Kind::kStruct:
                return Struct(level);
            case Kind::kMap:
                return Map(level);
            case Kind::kList:
                return Wrong("a list is written as its element and `[]`",
                             "for example `varchar[]`");
            case Kind::kTimestamp:
                if (TakeWords({"with", "time", "zone"})) type.kind = Kind::kTimestampTz;
                TakeWords({"without", "time", "zone"});
                return type;
            case Kind::kTime:
                if (TakeWords({"with", "time", "zone"}))
                    return Wrong("time with time zone cannot be stored", "use time");
                TakeWords({"without", "time", "zone"});
                return type;
            case Kind::kVarchar:
                return Varchar(std::move(type));
            default:
                return type;
        }
    }

    Result<DataType> Varchar(DataType type) {
        if (Take('(') && (!Number() || !Take(')')))
            return Wrong("the length of a text type is a number");
        return type;
    }

    Result<> SkipEnum() {
        if (!Take('(')) return {};
        do {
            if (!Quoted('\'')) return Wrong("an enum lists its values in single quotes");
        } while (Take(','));
        if (!Take(')')) return Wrong("`)` is missing after the values of the enum");
        return {};
    }

    Result<DataType> Decimal() {
        DataType type{
            .kind = Kind::kDecimal, .precision = 18, .scale = 3, .children = {}, .field_names = {}};
        if (!Take('(')) return type;
        const auto precision = Number();
        std::optional<uint32_t> scale = 0;
        if (Take(',')) scale = Number();
        if (!precision || !scale || !Take(')')) return Wrong("decimal is written as decimal(12,2)");
        if (*precision < 1 || *precision > 38)
            return Wrong("the precision of a decimal is 1 to 38");
        if (*scale > *precision) return Wrong("the scale of a decimal is at most its precision");
        type.precision = static_cast<uint8_t>(*precision);
        type.scale = static_cast<uint8_t>(*scale);
        return type;
    }

    Result<DataType> Struct(size_t level) {
        DataType type{.kind = Kind::kStruct, .children = {}, .field_names = {}};
        if (!Take('(')) return Wrong("a struct is written as struct(a integer, b varchar)");
        std::set<std::string> seen;
        do {
            auto name = Peek().starts_with('"') ? Quoted('"') : std::optional<std::string>(Word());
            if (!name || name->empty()) return Wrong("a field name is missing in the struct");
            if (!seen.insert(ToLower(*name)).second) {
                return Wrong(fmt::format("field `{}` appears twice in the struct", *name));
            }
            type.field_names.push_back(std::move(*name));
            type.children.push_back(TRY(Type(level + 1)));
        } while (Take(','));
        if (!Take(')')) return Wrong("`)` is missing after the fields of the struct");
        return type;
    }

    Result<DataType> Map(size_t level) {
        DataType type{.kind = Kind::kMap, .children = {}, .field_names = {}};
        if (!Take('(')) return Wrong("a map is written as map(varchar, bigint)");
        type.children.push_back(TRY(Type(level + 1)));
        if (!Take(',')) return Wrong("a map has a key and a value type");
        type.children.push_back(TRY(Type(level + 1)));
        if (!Take(')')) return Wrong("`)` is missing after the types of the map");
        return type;
    }

    static std::unexpected<Error> Unknown(std::string_view word, const std::string& lower) {
        std::vector<std::string> names;
        for (const Synonym& synonym : kSynonyms) names.emplace_back(synonym.name);
        const auto nearest = NearestName(lower, names);
        return Wrong(
            fmt::format("unknown type `{}`", word.substr(0, 64)),
            nearest ? fmt::format("did you mean `{}`?", *nearest)
                    : "for example bigint, varchar, decimal(12,2), date, timestamptz, varchar[]");
    }

    std::string_view rest_;
};

}  // namespace

Result<DataType> ParseDataType(std::string_view text) {
    if (text.size() > kBytesMax)
        return Fail(Code::kLimit, fmt::format("type is longer than {} bytes", kBytesMax));
    if (!IsUtf8(text)) return Fail(Code::kInvalid, "type is not valid UTF-8");
    return Parser(text).Whole();
}

std::string ToString(const DataType& type) {
    switch (type.kind) {
        case Kind::kDecimal:
            return fmt::format("decimal({},{})", type.precision, type.scale);
        case Kind::kList:
            return type.children.empty() ? "varchar[]" : ToString(type.children[0]) + "[]";
        case Kind::kMap: {
            if (type.children.size() != 2) return "map(varchar, varchar)";
            return fmt::format("map({}, {})", ToString(type.children[0]),
                               ToString(type.children[1]));
        }
        case Kind::kStruct: {
            std::vector<std::string> fields;
            for (size_t i = 0; i < type.children.size() && i < type.field_names.size(); ++i) {
                fields.push_back(FieldName(type.field_names[i]) + " " + ToString(type.children[i]));
            }
            return "struct(" + Join(fields, ", ") + ")";
        }
        default:
            return std::string(KindName(type.kind));
    }
}

bool IsWidening(const DataType& from, const DataType& to) {
    if (from == to) return true;
    if (from.kind == Kind::kInteger && to.kind == Kind::kBigint) return true;
    if (from.kind == Kind::kReal && to.kind == Kind::kDouble) return true;
    return from.kind == Kind::kDecimal && to.kind == Kind::kDecimal && from.scale == to.scale &&
           to.precision >= from.precision;
}

}  // namespace weft
