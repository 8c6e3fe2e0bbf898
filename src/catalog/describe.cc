#include "catalog/describe.h"

#include "base/text.h"

namespace weft::catalog {

Result<std::vector<engine::HeadColumn>> DescribePort(engine::Pool& pool, JobInputs& inputs,
                                                     const model::Product& spec,
                                                     const model::OutputPort& port,
                                                     const DescribeLimits& limits) {
    engine::Start start;
    start.user = "product:" + spec.FullName();
    start.memory_bytes = limits.memory_bytes;
    start.settings = {{"TimeZone", port.timezone}};
    const auto worker = TRY(pool.Take(std::move(start)));
    engine::Job job;
    job.kind = engine::Job::Kind::kLoad;
    job.sql = port.sql;
    job.inputs = inputs.Inputs();
    job.limits.time_ms = limits.time_ms;
    auto finished =
        TRY(engine::RunToEnd(*worker, std::move(job), inputs, nullptr, 0, limits.time_ms + 5'000));
    if (!finished.ended.ok) return std::unexpected(std::move(finished.ended.error));
    return std::move(finished.head.columns);
}

std::vector<model::Column> WithTypes(std::vector<model::Column> columns,
                                     const std::vector<engine::HeadColumn>& yields) {
    if (columns.empty()) {
        for (const auto& yield : yields) {
            columns.emplace_back();
            columns.back().name = yield.name;
        }
    }
    for (auto& column : columns) {
        for (const auto& yield : yields) {
            if (column.has_type || ToLower(yield.name) != ToLower(column.name)) continue;
            column.type = yield.type;
            column.has_type = true;
        }
    }
    return columns;
}

}  // namespace weft::catalog
