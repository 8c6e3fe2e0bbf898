// A statement's rows in memory, for routes that look into them: read by parts through a governed
// session, like any other reader's. Bounded: it stops at a row's end once it has enough bytes.
// THREAD: task threads; blocks.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "gateway/http/route.h"

namespace weft::gateway::http {

struct Collected {
    std::vector<Json> rows;  // One object each.
    bool all = true;         // False: there are more, behind what the bound let through.
    int64_t data_version = 0;
};

// At least one row when there is any. `data_version` 0: the newest. FAILS: as the session;
// kUnavailable when the client is gone.
Result<Collected> Collect(Deps& deps, Request& request, engine::Statement statement,
                          size_t bytes_max, int64_t data_version = 0);

}  // namespace weft::gateway::http
