// A contract's columns as the worker checks them: types, required, and quality rules as one SQL
// expression each.
#pragma once

#include <string>
#include <vector>

#include "engine/protocol.h"
#include "meta/state.h"
#include "model/product.h"

namespace weft::catalog {

// Quality of one column as a DuckDB boolean expression over the output row, with its name for
// messages; both empty when there is no rule. Null passes: `required` is the rule about null.
struct RowCheck {
    std::string expression;
    std::string name;  // "minimum 0 and maximum 100 of amount"
};
RowCheck CheckOf(const model::Column& column);

std::vector<engine::OutputColumn> OutputColumns(const std::vector<meta::BoundColumn>& columns);

// Column sets that the contract promises unique: the primary key, and each `unique` column.
std::vector<std::vector<std::string>> UniqueSets(const std::vector<meta::BoundColumn>& columns);

}  // namespace weft::catalog
