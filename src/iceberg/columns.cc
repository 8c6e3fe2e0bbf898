#include "iceberg/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "iceberg/member.h"

namespace weft::iceberg {
namespace {

using Kind = DataType::Kind;

constexpr int kDepthMax = 16;
constexpr int32_t kIdMax = 2'147'483'000;  // Iceberg reserves the few above for its own columns.

struct PrimitiveName {
    Kind kind;
    std::string_view name;
};
constexpr PrimitiveName kPrimitives[] = {
    {Kind::kBoolean, "boolean"},
    {Kind::kInteger, "int"},
    {Kind::kBigint, "long"},
    {Kind::kReal, "float"},
    {Kind::kDouble, "double"},
    {Kind::kDate, "date"},
    {Kind::kTime, "time"},
    {Kind::kTimestamp, "timestamp"},
    {Kind::kTimestampTz, "timestamptz"},
    {Kind::kVarchar, "string"},
    {Kind::kUuid, "uuid"},
    {Kind::kBlob, "binary"},
};

// Walks `ids` as it walks the type: the next id belongs to the next nested part.
Json TypeToJson(const DataType& type, const int32_t*& ids) {
    Json json = Json::object();
    switch (type.kind) {
        case Kind::kDecimal: return fmt::format("decimal({}, {})", type.precision, type.scale);
        case Kind::kList:
            json["type"] = "list";
            json["element-id"] = *ids++;
            json["element"] = TypeToJson(type.children[0], ids);
            json["element-required"] = false;
            return json;
        case Kind::kMap:
            json["type"] = "map";
            json["key-id"] = *ids++;
            json["key"] = TypeToJson(type.children[0], ids);
            json["value-id"] = *ids++;
            json["value"] = TypeToJson(type.children[1], ids);
            json["value-required"] = false;
            return json;
        case Kind::kStruct:
            json["type"] = "struct";
            json["fields"] = Json::array();
            for (size_t i = 0; i < type.children.size(); ++i) {
                Json field = Json::object();
                field["id"] = *ids++;
                field["name"] = type.field_names[i];
                field["required"] = false;
                field["type"] = TypeToJson(type.children[i], ids);
                json["fields"].push_back(std::move(field));
            }
            return json;
        default:
            for (const auto& primitive : kPrimitives) {
                if (primitive.kind == type.kind) return std::string(primitive.name);
            }
            Assert(false && "every kind has a name");
            return {};
    }
}

// "decimal(12, 2)" with any blanks; the numbers are checked by the caller.
bool ParseDecimal(std::string_view text, int& precision, int& scale) {
    if (!text.starts_with("decimal(") || !text.ends_with(")")) return false;
    const auto parts = Split(text.substr(8, text.size() - 9), ',');
    if (parts.size() != 2) return false;
    const auto number = [](std::string_view part, int& value) {
        part = Trim(part);
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        return error == std::errc() && end == part.data() + part.size();
    };
    return number(parts[0], precision) && number(parts[1], scale);
}

Result<DataType> PrimitiveFromText(const std::string& text) {
    DataType type;
    for (const auto& primitive : kPrimitives) {
        if (primitive.name == text) {
            type.kind = primitive.kind;
            return type;
        }
    }
    int precision = 0;
    int scale = 0;
    if (ParseDecimal(text, precision, scale)) {
        if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
            return Fail(Code::kCorrupt, "table metadata: decimal out of range");
        }
        type.kind = Kind::kDecimal;
        type.precision = static_cast<uint8_t>(precision);
        type.scale = static_cast<uint8_t>(scale);
        return type;
    }
    if (text.starts_with("fixed[") && text.ends_with("]")) {
        type.kind = Kind::kBlob;
        return type;
    }
    return Fail(Code::kInvalid, fmt::format("column type {} is not supported", text.substr(0, 64)));
}

Result<DataType> TypeFromJson(const Json& json, std::vector<int32_t>& ids, int depth) {
    if (depth > kDepthMax) return Fail(Code::kLimit, "table metadata: types nest too deep");
    if (json.is_string()) return PrimitiveFromText(json.get<std::string>());
    const std::string kind = TRY(TextMember(json, "type"));
    const auto part = [&](std::string_view id, std::string_view name) -> Result<DataType> {
        ids.push_back(TRY(Int32Member(json, id, 1)));
        const Json* member = FindMember(json, name);
        if (!member) return Fail(Code::kCorrupt, "table metadata: nested type without its parts");
        return TypeFromJson(*member, ids, depth + 1);
    };
    DataType type;
    if (kind == "list") {
        type.kind = Kind::kList;
        type.children.push_back(TRY(part("element-id", "element")));
    } else if (kind == "map") {
        type.kind = Kind::kMap;
        type.children.push_back(TRY(part("key-id", "key")));
        type.children.push_back(TRY(part("value-id", "value")));
    } else if (kind == "struct") {
        type.kind = Kind::kStruct;
        for (const Json& field : *TRY(ArrayMember(json, "fields", kLimits.columns_max))) {
            ids.push_back(TRY(Int32Member(field, "id", 1)));
            type.field_names.push_back(TRY(TextMember(field, "name")));
            const Json* member = FindMember(field, "type");
            if (!member) return Fail(Code::kCorrupt, "table metadata: field without type");
            type.children.push_back(TRY(TypeFromJson(*member, ids, depth + 1)));
        }
    } else {
        return Fail(Code::kInvalid,
                    fmt::format("column type {} is not supported", kind.substr(0, 64)));
    }
    return type;
}

Result<> CheckType(const DataType& type, int depth) {
    if (depth > kDepthMax) return Fail(Code::kLimit, "types nest too deep");
    const size_t wanted = type.kind == Kind::kList ? 1 : type.kind == Kind::kMap ? 2 : 0;
    const bool is_struct = type.kind == Kind::kStruct;
    if (is_struct ? type.children.empty() || type.children.size() != type.field_names.size()
                  : type.children.size() != wanted) {
        return Fail(Code::kInvalid, "a nested type has the wrong number of parts");
    }
    for (const DataType& child : type.children) CHECK_OK(CheckType(child, depth + 1));
    return {};
}

}  // namespace

const Field* Columns::Find(int32_t field_id) const {
    const auto it = std::ranges::find(fields, field_id, &Field::id);
    return it == fields.end() ? nullptr : &*it;
}

size_t ChildCount(const DataType& type) {
    size_t count = type.children.size();
    for (const DataType& child : type.children) count += ChildCount(child);
    return count;
}

int32_t MaxFieldId(const Columns& columns) {
    int32_t max = 0;
    for (const Field& field : columns.fields) {
        max = std::max(max, field.id);
        for (const int32_t id : field.child_ids) max = std::max(max, id);
    }
    return max;
}

Result<int32_t> AssignIds(Columns& columns, int32_t last_column_id) {
    std::vector<Field*> fresh;
    size_t needed = 0;
    for (Field& field : columns.fields) {
        if (field.id != 0) continue;
        fresh.push_back(&field);
        needed += 1 + ChildCount(field.type);
    }
    if (last_column_id < 0 || needed > static_cast<size_t>(kIdMax - last_column_id)) {
        return Fail(Code::kLimit, "the table has used up its column ids");
    }
    // Top level first, so that the ids of a plain table count from 1 in the order of its columns.
    for (Field* field : fresh) field->id = ++last_column_id;
    for (Field* field : fresh) {
        field->child_ids.resize(ChildCount(field->type));
        for (int32_t& id : field->child_ids) id = ++last_column_id;
    }
    return last_column_id;
}

Result<> CheckColumns(const Columns& columns) {
    if (columns.fields.empty()) return Fail(Code::kInvalid, "a table needs at least one column");
    if (columns.fields.size() > kLimits.columns_max) {
        return Fail(Code::kLimit, "a table has too many columns");
    }
    std::set<std::string> names;
    std::set<int32_t> ids;
    for (const Field& field : columns.fields) {
        if (field.name.empty() || !IsUtf8(field.name)) {
            return Fail(Code::kInvalid, "a column has no proper name");
        }
        if (!names.insert(ToLower(field.name)).second) {
            return Fail(Code::kInvalid, fmt::format("column {} exists twice", field.name));
        }
        CHECK_OK(CheckType(field.type, 0));
        if (field.child_ids.size() != ChildCount(field.type)) {
            return Fail(Code::kInvalid, fmt::format("column {} lacks nested ids", field.name));
        }
        bool fresh = field.id > 0 && ids.insert(field.id).second;
        for (const int32_t id : field.child_ids) fresh = fresh && id > 0 && ids.insert(id).second;
        if (!fresh) return Fail(Code::kInvalid, fmt::format("column {} has a bad id", field.name));
    }
    for (const int32_t id : columns.identifier_field_ids) {
        const Field* field = columns.Find(id);
        if (!field || !field->required) {
            return Fail(Code::kInvalid, "an identifier column must exist and be required");
        }
    }
    return {};
}

Result<> CheckEvolution(const Columns& from, const Columns& to, const Evolution& rules) {
    CHECK_OK(CheckColumns(to));
    for (const Field& field : to.fields) {
        const Field* old = from.Find(field.id);
        if (!old) {
            const int32_t lowest = std::min(
                field.id,
                field.child_ids.empty() ? field.id : *std::ranges::min_element(field.child_ids));
            if (lowest <= rules.last_column_id) {
                return Fail(Code::kInvalid,
                            fmt::format("column {} uses an id that was used before", field.name));
            }
            if (field.required && !rules.replaces_rows) {
                return Fail(Code::kInvalid,
                            fmt::format("column {} is new and required, but older rows have no "
                                        "value for it",
                                        field.name));
            }
            continue;
        }
        if (!(old->type == field.type && old->child_ids == field.child_ids) &&
            !(field.child_ids.empty() && IsWidening(old->type, field.type))) {
            return Fail(Code::kInvalid,
                        fmt::format("column {} cannot change from {} to {}", field.name,
                                    ToString(old->type), ToString(field.type)));
        }
        if (field.required && !old->required && !rules.replaces_rows) {
            return Fail(Code::kInvalid,
                        fmt::format("column {} cannot become required", field.name));
        }
    }
    return {};
}

Json ToJson(const Columns& columns) {
    Json json = Json::object();
    json["type"] = "struct";
    json["schema-id"] = columns.schema_id;
    json["fields"] = Json::array();
    for (const Field& field : columns.fields) {
        Json member = Json::object();
        member["id"] = field.id;
        member["name"] = field.name;
        member["required"] = field.required;
        const int32_t* ids = field.child_ids.data();
        member["type"] = TypeToJson(field.type, ids);
        if (!field.doc.empty()) member["doc"] = field.doc;
        json["fields"].push_back(std::move(member));
    }
    if (!columns.identifier_field_ids.empty()) {
        json["identifier-field-ids"] = columns.identifier_field_ids;
    }
    return json;
}

Result<Columns> ColumnsFromJson(const Json& json) {
    Columns columns;
    if (FindMember(json, "schema-id")) columns.schema_id = TRY(Int32Member(json, "schema-id", 0));
    for (const Json& member : *TRY(ArrayMember(json, "fields", kLimits.columns_max))) {
        Field field;
        field.id = TRY(Int32Member(member, "id", 1));
        field.name = TRY(TextMember(member, "name"));
        field.required = JsonBool(member, "required");
        field.doc = JsonString(member, "doc");
        if (FindMember(member, "initial-default")) {
            return Fail(Code::kInvalid, "column defaults are not supported");
        }
        const Json* type = FindMember(member, "type");
        if (!type) return Fail(Code::kCorrupt, "table metadata: column without type");
        field.type = TRY(TypeFromJson(*type, field.child_ids, 0));
        columns.fields.push_back(std::move(field));
    }
    for (const Json& id : *TRY(ArrayMember(json, "identifier-field-ids", kLimits.columns_max))) {
        if (!id.is_number_integer()) return Fail(Code::kCorrupt, "table metadata: bad identifier");
        columns.identifier_field_ids.push_back(id.get<int32_t>());
    }
    return columns;
}

}  // namespace weft::iceberg
