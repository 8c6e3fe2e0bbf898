// From DuckDB's table filters to the comparisons that the node prunes by. Whatever is not
// understood is left out: pruning less is always right.
#pragma once

#include <vector>

#include "duckdb/planner/table_filter.hpp"
#include "engine/relation.h"

namespace weft::engine {

inline constexpr size_t kComparisonsMax = 200;
inline constexpr size_t kInValuesMax = 1'000;

// Adds what `filter` (over the one column) demands of every row.
void AddComparisons(const duckdb::TableFilter& filter, const RelationColumn& column,
                    std::vector<Comparison>& to);

}  // namespace weft::engine
