#include "model/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/limits.h"

namespace weft::model {
namespace {

constexpr size_t kSamplesMax = 100;
constexpr size_t kNullsMax = 32;
constexpr std::array<std::string_view, 3> kFormats{"csv", "jsonl", "parquet"};

std::unexpected<Error> Wrong(std::string_view member) {
    return Fail(Code::kInvalid, fmt::format("the profile's `{}` is not as expected", member));
}

uint64_t Count(const Json& json, std::string_view key) {
    return static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(json, key)));
}

Result<std::vector<std::string>> Texts(const Json& json, std::string_view key, size_t count_max) {
    std::vector<std::string> texts;
    const auto member = json.find(key);
    if (member == json.end()) return texts;
    if (!member->is_array()) return Wrong(key);
    for (const Json& item : *member) {
        if (texts.size() == count_max) break;
        if (item.is_string()) texts.push_back(item.get<std::string>());
    }
    return texts;
}

std::optional<std::string> OptionalText(const Json& json, std::string_view key) {
    const auto member = json.find(key);
    if (member == json.end() || member->is_null()) return std::nullopt;
    return member->is_string() ? member->get<std::string>() : DumpJson(*member);
}

Result<ProfileColumn> ReadColumn(const Json& json) {
    if (!json.is_object()) return Wrong("columns");
    ProfileColumn column;
    column.name = JsonString(json, "name");
    if (column.name.empty()) return Wrong("name");
    column.type = TRY(ParseDataType(JsonString(json, "type")));
    column.null_count = Count(json, "nulls");
    column.distinct_count = Count(json, "distinct");
    column.unique = JsonBool(json, "unique");
    column.min = OptionalText(json, "min");
    column.max = OptionalText(json, "max");
    column.max_length = Count(json, "max_length");
    column.samples = TRY(Texts(json, "samples", kSamplesMax));
    return column;
}

}  // namespace

Result<Profile> ParseProfile(const Json& json) {
    if (!json.is_object()) return Fail(Code::kInvalid, "a profile is a JSON object");
    Profile profile;
    profile.file = JsonString(json, "file");
    const auto format = std::ranges::find(kFormats, JsonString(json, "format", "csv"));
    if (format == kFormats.end()) return Wrong("format");
    profile.format = static_cast<InputPort::Format>(format - kFormats.begin());
    profile.gzip = JsonBool(json, "gzip");
    profile.header = JsonBool(json, "header", true);
    const std::string delimiter = JsonString(json, "delimiter", ",");
    if (delimiter.size() != 1) return Wrong("delimiter");
    profile.delimiter = delimiter[0];
    profile.nulls = TRY(Texts(json, "nulls", kNullsMax));
    profile.row_count = Count(json, "rows");
    const auto columns = json.find("columns");
    if (columns == json.end() || !columns->is_array() || columns->empty()) return Wrong("columns");
    if (columns->size() > kLimits.columns_max) {
        return Fail(Code::kLimit,
                    fmt::format("the file has more than {} columns", kLimits.columns_max));
    }
    for (const Json& column : *columns) profile.columns.push_back(TRY(ReadColumn(column)));
    return profile;
}

Json ToJson(const Profile& profile) {
    Json columns = Json::array();
    for (const ProfileColumn& column : profile.columns) {
        columns.push_back({{"name", column.name},
                           {"type", ToString(column.type)},
                           {"nulls", column.null_count},
                           {"distinct", column.distinct_count},
                           {"unique", column.unique},
                           {"min", column.min ? Json(*column.min) : Json(nullptr)},
                           {"max", column.max ? Json(*column.max) : Json(nullptr)},
                           {"max_length", column.max_length},
                           {"samples", column.samples}});
    }
    return {{"file", profile.file},
            {"rows", profile.row_count},
            {"format", kFormats[static_cast<size_t>(profile.format)]},
            {"delimiter", std::string(1, profile.delimiter)},
            {"header", profile.header},
            {"gzip", profile.gzip},
            {"nulls", profile.nulls},
            {"columns", std::move(columns)}};
}

}  // namespace weft::model
