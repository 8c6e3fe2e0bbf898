#include "pipeline/increment.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/job_inputs.h"
#include "catalog/ordinal.h"
#include "meta/runs.h"
#include "model/port_name.h"

namespace weft::pipeline {
namespace {

const meta::BoundColumn* FindColumn(const meta::Port& port, std::string_view name) {
    for (const auto& bound : port.columns)
        if (ToLower(bound.column.name) == ToLower(name)) return &bound;
    return nullptr;
}

const meta::Port* FindPort(const meta::State& state, uint64_t id) {
    const auto port = state.ports.find(PortId{id});
    return port == state.ports.end() ? nullptr : port->second.get();
}

bool ReadsFiles(const meta::Product& product) {
    return std::ranges::any_of(product.spec.input_ports, [](const auto& input) {
        return input.kind == model::InputPort::Kind::kFile;
    });
}

bool IsSame(const meta::State& state, uint64_t port_id, uint64_t version) {
    const auto* port = FindPort(state, port_id);
    return port && static_cast<uint64_t>(port->DataVersion()) == version;
}

Increment All(engine::Part part, std::string why) {
    Increment increment;
    increment.part = std::move(part);
    increment.why = std::move(why);
    return increment;
}

// Why the last publication cannot be built upon; empty: it can.
std::string Unusable(const meta::State& state, const meta::Product& product,
                     const meta::Port* before, const RunWish& wish) {
    if (wish.full) return "as asked for";
    if (!before || before->table.metadata_location.empty()) return "nothing is published yet";
    const auto watermark = catalog::ParseWatermark(before->watermark);
    if (!watermark) return "the last run leaves nothing to build upon";
    if (watermark->generation != product.generation) return "the product was applied again";
    for (const auto& [id, version] : before->read_to) {
        const auto* read = FindPort(state, id);
        const auto* newest = read ? catalog::NewestOf(state, *read) : nullptr;
        if (newest && newest->id != read->id) return "an input has another version now";
    }
    return {};
}

Result<Increment> Ranged(catalog::Tables& tables, const meta::Port& before,
                         const meta::BoundColumn& column, const catalog::Range& range,
                         engine::Part part) {
    const DataType& type = column.column.type;
    Increment increment;
    increment.kind = Increment::Kind::kPart;
    if (range.from) part.from = TRY(catalog::OrdinalText(type, *range.from));
    if (range.to) part.to = TRY(catalog::OrdinalText(type, *range.to));
    auto coverage = TRY(catalog::Cover(tables, before, column.field_id, range));
    for (const auto& file : coverage.inside) increment.removed.push_back(file.path);
    increment.kept = std::move(coverage.across);
    increment.untouched = coverage.outside;
    if (!increment.kept.empty()) part.kept = catalog::JobInputs::kKept;
    increment.part = std::move(part);
    return increment;
}

Result<Increment> By(catalog::Tables& tables, const meta::State& state,
                     const meta::Product& product, const model::Incremental& incremental,
                     const meta::Port* before, const RunWish& wish) {
    engine::Part part;
    part.kind = engine::Part::Kind::kBy;
    part.columns = incremental.columns;
    if (const std::string why = Unusable(state, product, before, wish); !why.empty())
        return All(std::move(part), why);
    const auto* column = FindColumn(*before, incremental.columns[0]);
    if (!column || !catalog::IsOrdinal(column->column.type))
        return All(std::move(part), fmt::format("column {} has no order", incremental.columns[0]));
    const DataType& type = column->column.type;
    if (wish.step) {
        const catalog::Range range{TRY(catalog::OrdinalOf(type, wish.step->from)),
                                   TRY(catalog::OrdinalOf(type, wish.step->to))};
        return Ranged(tables, *before, *column, range, std::move(part));
    }
    const auto newest =
        catalog::OrdinalOf(type, catalog::ParseWatermark(before->watermark)->newest);
    if (!newest) return All(std::move(part), "the last run found no rows");
    const bool same = !before->read_to.empty() && !ReadsFiles(product) &&
                      std::ranges::all_of(before->read_to, [&](const auto& read) {
                          return IsSame(state, read.first, read.second);
                      });
    if (same) {
        Increment nothing;
        nothing.kind = Increment::Kind::kNothing;
        return nothing;
    }
    int64_t from = 0;
    if (__builtin_sub_overflow(
            *newest, catalog::OrdinalLength(type, incremental.lateness_us).value_or(0), &from))
        from = INT64_MIN;
    return Ranged(tables, *before, *column, {from, std::nullopt}, std::move(part));
}

// The only input that may have changed is the port fed by events that the SQL reads.
Result<Increment> Merge(catalog::Tables& tables, const meta::State& state,
                        const meta::Product& product, const model::Incremental& incremental,
                        const meta::Port* before, const RunWish& wish) {
    if (const std::string why = Unusable(state, product, before, wish); !why.empty())
        return All({}, why);
    if (ReadsFiles(product)) return All({}, "it reads files");
    const meta::Port* events = nullptr;
    uint64_t position = 0;
    for (const auto& [id, version] : before->read_to) {
        const auto* port = FindPort(state, id);
        if (port && port->pushed && port->name != meta::kRejectedPort) {
            if (events) return All({}, "it reads more than one product fed by events");
            events = port;
            position = version;
        } else if (!IsSame(state, id, version)) {
            return All({}, "another input has changed");
        }
    }
    if (!events) return All({}, "it reads no product fed by events");
    Increment increment;
    if (static_cast<uint64_t>(events->DataVersion()) == position) {
        increment.kind = Increment::Kind::kNothing;
        return increment;
    }
    if (static_cast<uint64_t>(events->DataVersion()) < position)
        return All({}, "the events were numbered anew");
    for (const auto& key : incremental.columns)
        if (!FindColumn(*events, key))
            return All({}, fmt::format("the events have no column {}", key));
    increment.kind = Increment::Kind::kPart;
    increment.part.kind = engine::Part::Kind::kMerge;
    increment.part.columns = incremental.columns;
    increment.part.changed = catalog::JobInputs::kChanged;
    increment.kept = TRY(catalog::FilesOf(tables, *before));
    if (!increment.kept.empty()) increment.part.kept = catalog::JobInputs::kKept;
    const auto& source = *state.products.at(events->product);
    const std::string& domain = state.DomainOf(source).name;
    increment.changed = {domain,
                         model::TableName({domain, source.name, events->name, events->major})};
    increment.changed_behind = position;
    return increment;
}

}  // namespace

Result<Increment> PlanIncrement(catalog::Tables& tables, const meta::State& state,
                                const meta::Product& product, const model::OutputPort& port,
                                const meta::Port* before, const RunWish& wish) {
    if (!port.incremental || port.incremental->kind == model::Incremental::Kind::kFiles)
        return Increment{};
    if (wish.step) CHECK_OK(CheckRanges(state, product, before));
    if (port.incremental->kind == model::Incremental::Kind::kMerge)
        return Merge(tables, state, product, *port.incremental, before, wish);
    return By(tables, state, product, *port.incremental, before, wish);
}

Result<> CheckRanges(const meta::State& state, const meta::Product& product,
                     const meta::Port* before) {
    const std::string why = Unusable(state, product, before, {});
    if (why.empty()) return {};
    const std::string name = state.FullName(product);
    return Fail(Code::kConflict, fmt::format("{} cannot be computed by ranges: {}", name, why),
                fmt::format("weft run {} --full --wait", name));
}

std::string NewestOf(const DataType& type, const std::string& before, const std::string& found,
                     Timestamp now) {
    std::optional<int64_t> newest;
    for (const auto& text : {before, found}) {
        if (text.empty()) continue;
        const auto ordinal = catalog::OrdinalOf(type, text);
        // "infinity": beyond every moment.
        const auto value = ordinal ? std::optional(*ordinal) : catalog::OrdinalOfTime(type, now);
        if (value) newest = std::max(newest.value_or(INT64_MIN), *value);
    }
    if (!newest) return {};
    if (const auto limit = catalog::OrdinalOfTime(type, now)) newest = std::min(*newest, *limit);
    return catalog::OrdinalText(type, *newest).value_or(std::string());
}

}  // namespace weft::pipeline
