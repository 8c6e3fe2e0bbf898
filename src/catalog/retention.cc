#include "catalog/retention.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "base/log.h"
#include "iceberg/cache.h"
#include "iceberg/commit.h"
#include "iceberg/scan.h"
#include "meta/ports.h"
#include "meta/runs.h"

namespace weft::catalog {
namespace {

constexpr std::string_view kGuarantee = "retention";
// Properties of the table: they outlive its snapshots.
constexpr const char* kRowsProperty = "weft.retired-rows";
constexpr const char* kFilesProperty = "weft.retired-files";
constexpr const char* kTimeProperty = "weft.retired-at";

std::optional<int64_t> Promised(const model::OutputPort& port) {
    for (const auto& guarantee : port.guarantees)
        if (guarantee.name == kGuarantee && guarantee.duration_us) return guarantee.duration_us;
    return std::nullopt;
}

// Of all ports of the product that are fed by events; absent when one of them keeps for good.
std::optional<int64_t> Longest(const model::Product& spec) {
    std::optional<int64_t> longest;
    for (const auto& port : spec.output_ports) {
        if (!spec.FedBy(port)) continue;
        const auto own = Promised(port);
        if (!own) return std::nullopt;
        longest = std::max(longest.value_or(0), *own);
    }
    return longest;
}

int32_t ReceivedColumn(const meta::Port& port) {
    for (const auto& bound : port.columns)
        if (bound.column.name == model::kReceivedAt) return bound.field_id;
    return 0;
}

// The newest received_at that can be in the file; absent: unknown.
std::optional<int64_t> NewestIn(const iceberg::DataFile& file, int32_t received) {
    const auto* stats = file.Find(received);
    if (!stats || !stats->upper || stats->upper->size() != sizeof(int64_t) || stats->null_count > 0)
        return std::nullopt;
    int64_t us = 0;
    std::memcpy(&us, stats->upper->data(), sizeof us);
    return us;
}

uint64_t NumberIn(const iceberg::TableMetadata& table, const char* key) {
    const auto found = table.properties.find(key);
    uint64_t number = 0;
    if (found != table.properties.end())
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
    return number;
}

}  // namespace

std::optional<int64_t> RetentionOf(const meta::State& state, const meta::Port& port) {
    const auto product = state.products.find(port.product);
    if (product == state.products.end() || !port.pushed) return std::nullopt;
    const model::Product& spec = product->second->spec;
    if (port.name == meta::kRejectedPort) return Longest(spec);
    const model::OutputPort* declared = spec.FindOutput(port.name);
    return declared ? Promised(*declared) : std::nullopt;
}

Result<TooOld> FindTooOld(Tables& tables, const meta::State& state, const meta::Port& port,
                          Timestamp now) {
    TooOld old;
    const auto retention = RetentionOf(state, port);
    const int32_t received = ReceivedColumn(port);
    if (!retention || received == 0 || port.table.metadata_location.empty()) return old;
    const auto metadata = TRY(tables.cache().Metadata(port.table.metadata_location));
    for (const auto& file :
         TRY(iceberg::PlanScan(tables.cache(), *metadata, port.table.snapshot_id, {}))) {
        const auto newest = NewestIn(file, received);
        if (!newest || *newest >= now.us - *retention) continue;
        old.paths.push_back(file.path);
        old.rows += static_cast<uint64_t>(file.record_count);
    }
    return old;
}

Result<bool> RemoveTooOld(meta::Store& store, Tables& tables, const meta::Port& port,
                          Timestamp now) {
    const auto state = store.Snapshot();
    const TooOld old = TRY(FindTooOld(tables, *state, port, now));
    if (old.paths.empty()) return false;
    const auto pin = tables.Pin(port.table.uuid);
    const auto before = TRY(tables.cache().Metadata(port.table.metadata_location));
    iceberg::Change change;
    change.operation = iceberg::Change::Operation::kRewrite;
    change.removed_paths = old.paths;
    change.properties = {
        {kRowsProperty, std::to_string(NumberIn(*before, kRowsProperty) + old.rows)},
        {kFilesProperty, std::to_string(NumberIn(*before, kFilesProperty) + old.paths.size())},
        {kTimeProperty, ToRfc3339(now)}};
    const auto prepared =
        TRY(iceberg::Prepare(tables.cache(), *before, port.table.metadata_location, change, now));
    meta::Table table = port.table;
    table.metadata_location = prepared.location;
    table.snapshot_id = prepared.metadata.current_snapshot_id.value_or(0);
    table.row_count = table.size_bytes = 0;
    const auto live =
        TRY(iceberg::PlanScan(tables.cache(), prepared.metadata, table.snapshot_id, {}));
    table.file_count = static_cast<uint32_t>(live.size());
    for (const auto& file : live) {
        table.row_count += static_cast<uint64_t>(file.record_count);
        table.size_bytes += static_cast<uint64_t>(file.file_size);
    }
    const auto swapped =
        store.Commit("care", meta::SwapTable{port.id, port.table.metadata_location, table});
    if (!swapped) {
        if (swapped.error().code != Code::kUnknownOutcome) iceberg::Abandon(prepared);
        return std::unexpected(swapped.error());
    }
    const auto product = state->products.find(port.product);
    LogInfo("care", "retention of {}.{}: {} files with {} rows are too old and gone",
            product == state->products.end() ? "?" : state->FullName(*product->second), port.name,
            old.paths.size(), old.rows);
    return true;
}

Result<std::optional<Retired>> FindRetired(Tables& tables, const meta::Port& port) {
    if (port.table.metadata_location.empty()) return std::nullopt;
    const auto metadata = TRY(tables.cache().Metadata(port.table.metadata_location));
    Retired retired{NumberIn(*metadata, kRowsProperty), NumberIn(*metadata, kFilesProperty), {}};
    if (retired.files == 0) return std::nullopt;
    if (const auto at = metadata->properties.find(kTimeProperty); at != metadata->properties.end())
        if (const auto time = ParseRfc3339(at->second)) retired.last = *time;
    return retired;
}

}  // namespace weft::catalog
