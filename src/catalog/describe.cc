#include "catalog/describe.h"

namespace weft::catalog {

Result<std::vector<engine::HeadColumn>> DescribePort(engine::Pool& pool, JobInputs& inputs,
                                                     const model::Product& spec, const model::OutputPort& port,
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
    auto finished = TRY(engine::RunToEnd(*worker, std::move(job), inputs, nullptr, 0, limits.time_ms + 5'000));
    if (!finished.ended.ok) return std::unexpected(std::move(finished.ended.error));
    return std::move(finished.head.columns);
}

}  // namespace weft::catalog
