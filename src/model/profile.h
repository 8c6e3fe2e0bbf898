// What a look at a data file has found: the input of a draft (draft.h). Made by the worker over all
// rows; reaches the command line as JSON. Values in it come from the data and are hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "model/product.h"

namespace weft::model {

struct ProfileColumn {
    std::string name;
    DataType type;
    uint64_t null_count = 0;
    uint64_t distinct_count = 0;
    bool unique = false;             // Over all rows that are not null.
    std::optional<std::string> min;  // As text.
    std::optional<std::string> max;
    uint64_t max_length = 0;  // Of texts.
    std::vector<std::string> samples;
};

struct Profile {
    std::string file;  // Absolute path.
    InputPort::Format format = InputPort::Format::kCsv;
    bool gzip = false;
    char delimiter = ',';
    bool header = true;
    std::vector<std::string> nulls;  // Null markers found besides the empty field, as "NA".
    uint64_t row_count = 0;
    std::vector<ProfileColumn> columns;
};

// {"file", "rows", "format", "delimiter", "header", "gzip", "nulls": [], "columns": [{"name",
// "type", "nulls", "distinct", "unique", "min", "max", "max_length", "samples": []}]}
// FAILS: kInvalid (names the member), kLimit.
Result<Profile> ParseProfile(const Json& json);
Json ToJson(const Profile& profile);

}  // namespace weft::model
