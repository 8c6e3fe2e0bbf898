// What a product's port will look like: the columns that its SQL (or its only input) yields, asked
// from a worker that binds and reads no row beyond what a file's sniffing needs.
#pragma once

#include <vector>

#include "base/result.h"
#include "catalog/job_inputs.h"
#include "engine/pool.h"

namespace weft::catalog {

struct DescribeLimits {
    uint64_t time_ms = 30'000;
    uint64_t memory_bytes = 1ull << 30;
};

// FAILS: kInvalid with Finding::column as the position in the SQL text where there is one; as the
// inputs' answers fail.
Result<std::vector<engine::HeadColumn>> DescribePort(engine::Pool& pool, JobInputs& inputs,
                                                     const model::Product& spec,
                                                     const model::OutputPort& port,
                                                     const DescribeLimits& limits);

// The columns with the types that were not written; without any columns, all that it yields. Names
// that it does not yield stay without a type.
std::vector<model::Column> WithTypes(std::vector<model::Column> columns,
                                     const std::vector<engine::HeadColumn>& yields);

}  // namespace weft::catalog
