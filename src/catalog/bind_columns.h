// A contract's columns bound to Iceberg field ids: by name, or by `was:` when a column was renamed.
// A binding is for good: an id is never used for another column, so a dropped column's data cannot
// come back under a new name.
#pragma once

#include <vector>

#include "base/result.h"
#include "meta/state.h"
#include "model/product.h"

namespace weft::iceberg {
struct Columns;
}

namespace weft::catalog {

struct Binding {
    std::vector<meta::BoundColumn> columns;
    int32_t last_column_id = 0;
};

// `before` are the published columns of the same table (empty for a new one). FAILS: kLimit when
// ids run out.
Result<Binding> BindColumns(const std::vector<model::Column>& contract,
                            const std::vector<meta::BoundColumn>& before, int32_t last_column_id);

iceberg::Columns ToIceberg(const std::vector<meta::BoundColumn>& columns);

}  // namespace weft::catalog
