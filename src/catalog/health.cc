#include "catalog/health.h"

#include <algorithm>

#include "base/json.h"

namespace weft::catalog {
namespace {

// The first check that rows broke, as a sentence; empty when all held.
std::string BrokenCheck(const meta::RunRecord& run) {
    const auto checks = ParseJson(run.checks.empty() ? "[]" : run.checks);
    if (!checks || !checks->is_array()) return {};
    for (const auto& check : *checks)
        if (const int64_t failed = JsonInt(check, "failed"); failed > 0)
            return JsonString(check, "name") + " failed on " + std::to_string(failed) + " rows";
    return {};
}

Health OfRuns(const meta::Product& product, const std::optional<meta::RunRecord>& last) {
    switch (product.run.state) {
        case meta::RunState::kNone:
            return {"unknown", "it has not run yet"};
        case meta::RunState::kFailed:
            return {"failed", product.run.error};
        case meta::RunState::kQueued:
        case meta::RunState::kRunning:
            if (!product.last_success) return {"unknown", "its first run has not ended"};
            if (product.run.attempt > 0)
                return {"failed", "the last run failed; it is tried again"};
            return {"healthy", "a new run is under way"};
        case meta::RunState::kSucceeded:
            break;
    }
    if (!last) return {"unknown", "the record of the last run is missing"};
    const std::string broken = BrokenCheck(*last);
    if (!broken.empty()) return {"failed", broken};
    return {"healthy", "the last run and its checks succeeded"};
}

}  // namespace

Health HealthOf(const meta::State& state, const meta::Product& product,
                const std::optional<meta::RunRecord>& last, std::string_view roll_error) {
    if (!roll_error.empty()) return {"failed", "pushed records wait: " + std::string(roll_error)};
    bool is_fed = false, is_computed = false, has_records = false;
    for (const auto& port : product.spec.output_ports) {
        if (!product.spec.FedBy(port)) {
            is_computed = true;
            continue;
        }
        is_fed = true;
        const auto* records = state.FindPort(product.id, port.name, product.spec.version.major);
        has_records |= records && records->HasRows();
    }
    if (is_computed || !is_fed) return OfRuns(product, last);
    if (!has_records) return {"unknown", "nothing was pushed yet"};
    return {"healthy", "pushed records get into its table"};
}

}  // namespace weft::catalog
