// The columns of a product's dead letters, `product__rejected`: the same for files and for pushed
// events. The worker (engine/job_load.cc) writes them with these field ids.
#pragma once

#include <vector>

#include "meta/state.h"

namespace weft::catalog {

// reason, file, line, raw, received_at, position, key. `file` and `line` are of files, `position`
// and `key` of events.
std::vector<meta::BoundColumn> RejectedColumns();

}  // namespace weft::catalog
