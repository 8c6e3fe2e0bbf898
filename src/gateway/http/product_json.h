// Products, plans and runs as JSON of the API (docs/api.md). Pure, from one state snapshot. THREAD:
// any.
#pragma once

#include <optional>

#include "base/json.h"
#include "catalog/products.h"
#include "meta/history.h"
#include "meta/state.h"

namespace weft::gateway::http {

Json ToJson(const catalog::Plan& plan);
Json ToJson(const meta::RunRecord& run);

struct Viewer {  // Who looks, and when: readable ports depend on it.
    const meta::State& state;
    const govern::Principal& who;
    Timestamp now;
};
Json ProductSummary(const Viewer& viewer, const meta::Product& product);
Json ProductDetail(const Viewer& viewer, const meta::Product& product);

// healthy: the last run and its checks succeeded. failed: not. unknown: nothing was computed yet,
// or the proof is missing. A declared guarantee that nobody has measured is unknown. `last` is the
// record of the newest run.
Json ProductStatus(const meta::State& state, const meta::Product& product,
                   const std::optional<meta::RunRecord>& last, std::string_view roll_error);

// [{folders: [{path, files}]}]. FAILS: kInvalid, kLimit.
Result<std::vector<model::ProductFolder>> ParseFolders(const Json& body);

}  // namespace weft::gateway::http
