#include "meta/column_json.h"

#include <fmt/format.h>

namespace weft::meta {
namespace {

// Members that have their usual value are left out: most columns are a name and a type.
void PutText(Json& json, const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
}
void PutFlag(Json& json, const char* key, bool flag) {
    if (flag) json[key] = true;
}
void PutText(Json& json, const char* key, const std::optional<std::string>& text) {
    if (text) json[key] = *text;
}

std::optional<std::string> OptionalText(const Json& json, std::string_view key) {
    if (!json.contains(key)) return std::nullopt;
    return JsonString(json, key);
}
std::optional<uint64_t> OptionalCount(const Json& json, std::string_view key) {
    if (!json.contains(key)) return std::nullopt;
    return static_cast<uint64_t>(JsonInt(json, key));
}

Json ToJson(const model::Quality& quality) {
    Json json = Json::object();
    PutText(json, "minimum", quality.minimum);
    PutText(json, "maximum", quality.maximum);
    PutText(json, "exclusive_minimum", quality.exclusive_minimum);
    PutText(json, "exclusive_maximum", quality.exclusive_maximum);
    PutText(json, "pattern", quality.pattern);
    if (!quality.values.empty()) json["values"] = quality.values;
    if (quality.min_length) json["min_length"] = *quality.min_length;
    if (quality.max_length) json["max_length"] = *quality.max_length;
    return json;
}

model::Quality QualityFromJson(const Json& json) {
    model::Quality quality;
    quality.minimum = OptionalText(json, "minimum");
    quality.maximum = OptionalText(json, "maximum");
    quality.exclusive_minimum = OptionalText(json, "exclusive_minimum");
    quality.exclusive_maximum = OptionalText(json, "exclusive_maximum");
    quality.pattern = OptionalText(json, "pattern");
    if (json.contains("values") && json["values"].is_array()) {
        for (const Json& value : json["values"]) {
            if (value.is_string()) quality.values.push_back(value.get_ref<const std::string&>());
        }
    }
    quality.min_length = OptionalCount(json, "min_length");
    quality.max_length = OptionalCount(json, "max_length");
    return quality;
}

}  // namespace

Json ToJson(const model::Column& column) {
    Json json = {{"name", column.name}};
    if (column.has_type) json["type"] = ToString(column.type);
    PutFlag(json, "required", column.required);
    PutFlag(json, "unique", column.unique);
    PutFlag(json, "primary_key", column.primary_key);
    PutText(json, "description", column.description);
    PutText(json, "classification", column.classification);
    PutText(json, "mask", column.mask);
    PutText(json, "was", column.was);
    if (const auto& to = column.references) {
        json["references"] = {{"domain", to->domain},
                              {"product", to->product},
                              {"port", to->port},
                              {"column", to->column}};
    }
    if (column.quality != model::Quality{}) json["quality"] = ToJson(column.quality);
    return json;
}

Result<model::Column> ColumnFromJson(const Json& json) {
    model::Column column;
    column.name = JsonString(json, "name");
    if (column.name.empty()) return Fail(Code::kCorrupt, "stored column without a name");
    if (json.contains("type")) {
        auto type = ParseDataType(JsonString(json, "type"));
        if (!type) return Fail(Code::kCorrupt, "stored column: " + type.error().message);
        column.type = *std::move(type);
        column.has_type = true;
    }
    column.required = JsonBool(json, "required");
    column.unique = JsonBool(json, "unique");
    column.primary_key = JsonBool(json, "primary_key");
    column.description = JsonString(json, "description");
    column.classification = JsonString(json, "classification");
    column.mask = JsonString(json, "mask");
    column.was = JsonString(json, "was");
    if (json.contains("references")) {
        const Json& to = json["references"];
        column.references = model::ColumnReference{.domain = JsonString(to, "domain"),
                                                   .product = JsonString(to, "product"),
                                                   .port = JsonString(to, "port"),
                                                   .column = JsonString(to, "column")};
    }
    if (json.contains("quality")) column.quality = QualityFromJson(json["quality"]);
    return column;
}

Json ToJson(const BoundColumn& column) {
    Json json = ToJson(column.column);
    json["field_id"] = column.field_id;
    if (!column.child_ids.empty()) json["child_ids"] = column.child_ids;
    return json;
}

Result<BoundColumn> BoundColumnFromJson(const Json& json) {
    BoundColumn column;
    column.column = TRY(ColumnFromJson(json));
    column.field_id = static_cast<int32_t>(JsonInt(json, "field_id"));
    if (json.contains("child_ids") && json["child_ids"].is_array()) {
        for (const Json& id : json["child_ids"]) {
            if (!id.is_number_integer()) return Fail(Code::kCorrupt, "stored column: child id");
            column.child_ids.push_back(id.get<int32_t>());
        }
    }
    return column;
}

}  // namespace weft::meta
