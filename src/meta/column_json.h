// A contract column as JSON and back: how published columns are stored. Positions in files are not.
// Used by state_json. Pure.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "meta/state.h"

namespace weft::meta {

Json ToJson(const model::Column& column);
Result<model::Column> ColumnFromJson(const Json& json);  // FAILS: kCorrupt.
Json ToJson(const BoundColumn& column);
Result<BoundColumn> BoundColumnFromJson(const Json& json);  // FAILS: kCorrupt.

}  // namespace weft::meta
