#include "catalog/tables.h"

#include <map>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/system_relations.h"
#include "govern/decide.h"
#include "iceberg/cache.h"
#include "iceberg/scan.h"
#include "io/files.h"
#include "meta/runs.h"

namespace weft::catalog {
namespace {

// How many readers and writers hold a table's files. OWNS: nothing; the pins keep it alive.
class Pins {
  public:
    static std::shared_ptr<const void> Add(const std::shared_ptr<Pins>& pins,
                                           const std::string& uuid) {
        uint64_t number = 0;
        {
            std::scoped_lock lock(pins->mutex_);
            number = ++pins->last_;
            pins->held_[uuid].insert(number);
        }
        return std::shared_ptr<const void>(
            pins.get(), [pins, uuid, number](const void*) { pins->Remove(uuid, number); });
    }
    bool Has(const std::string& uuid) const {
        std::scoped_lock lock(mutex_);
        return held_.contains(uuid);
    }
    uint64_t Oldest(const std::string& uuid) const {
        std::scoped_lock lock(mutex_);
        const auto it = held_.find(uuid);
        return it == held_.end() ? last_ : *it->second.begin() - 1;
    }
    uint64_t Count() const {
        std::scoped_lock lock(mutex_);
        return last_;
    }

  private:
    void Remove(const std::string& uuid, uint64_t number) {
        std::scoped_lock lock(mutex_);
        const auto it = held_.find(uuid);
        it->second.erase(number);
        if (it->second.empty()) held_.erase(it);
    }
    mutable std::mutex mutex_;
    uint64_t last_ = 0;                               // Guarded by mutex_.
    std::map<std::string, std::set<uint64_t>> held_;  // Guarded by mutex_.
};

// The nearest table that this principal may read; nobody is told of names that he may not see.
std::string NearestReadable(const meta::State& state, const govern::Principal& who,
                            const engine::RelationName& name, Timestamp now) {
    std::vector<std::string> names;
    for (const auto& [id, product] : state.products) {
        if (std::holds_alternative<govern::Permit>(
                govern::Decide(state, who, govern::Action::kDiscover, *product, "default", now)))
            names.push_back(state.FullName(*product));
    }
    const auto nearest = NearestName(name.domain + "." + name.table, names);
    return nearest ? fmt::format("did you mean {}?", *nearest) : std::string();
}

Error WithHint(Error error, std::string hint) {
    if (!hint.empty()) error.hint = std::move(hint);
    return error;
}

Error NotPublished(const meta::State& state, const meta::Product& product) {
    Error error;
    error.code = Code::kUnavailable;
    error.sqlstate = "55000";
    error.message = state.FullName(product) + " has no data yet: no run of it has succeeded";
    if (product.run.state == meta::RunState::kFailed) error.message += " (the last one failed)";
    error.hint = "weft status " + state.FullName(product);
    return error;
}

// What a reader of a port fed by events does not see of its files: records after the version that
// he reads, and dead letters that were replayed or purged. Empty: nothing.
std::string EventFilter(const Scannable& table) {
    const meta::Port& port = table.port;
    std::vector<std::string> parts;
    const bool letters = port.name == meta::kRejectedPort;
    const std::string_view position = letters ? "position" : model::kPositionColumn;
    if (port.pushed && table.data_version < port.DataVersion())
        parts.push_back(fmt::format("\"{}\" <= {}", position, table.data_version));
    for (const auto& settled : port.settled)
        parts.push_back(fmt::format("(\"{0}\" IS NULL OR \"{0}\" < {1} OR \"{0}\" > {2})", position,
                                    settled.first, settled.last));
    return Join(parts, " AND ");
}

engine::TableRelation ToRelation(const Scannable& table, const govern::Permit& permit) {
    const meta::Port& port = table.port;
    engine::TableRelation relation;
    relation.row_filter = EventFilter(table);
    if (!permit.row_filter.empty()) {
        relation.row_filter =
            relation.row_filter.empty()
                ? permit.row_filter
                : fmt::format("({}) AND ({})", permit.row_filter, relation.row_filter);
    }
    relation.row_count = relation.row_filter.empty() ? port.table.row_count + port.TailRows() : 0;
    for (const auto& bound : port.columns) {
        engine::RelationColumn column;
        column.name = bound.column.name;
        column.type = bound.column.type;
        column.field_id = bound.field_id;
        column.child_ids = bound.child_ids;
        column.required = bound.column.required;
        column.comment = bound.column.description;
        for (const auto& mask : permit.masks)
            if (mask.column == bound.column.name) column.mask = mask.expression;
        relation.columns.push_back(std::move(column));
    }
    return relation;
}

std::vector<iceberg::Comparison> ToIceberg(const std::vector<engine::Comparison>& comparisons) {
    std::vector<iceberg::Comparison> out;
    out.reserve(comparisons.size());
    for (const auto& comparison : comparisons)
        out.push_back({comparison.field_id, static_cast<iceberg::Comparison::Op>(comparison.op),
                       comparison.values});
    return out;
}
static_assert(static_cast<int>(iceberg::Comparison::Op::kIn) ==
              static_cast<int>(engine::Comparison::Op::kIn));
static_assert(static_cast<int>(iceberg::Comparison::Op::kIsNull) ==
              static_cast<int>(engine::Comparison::Op::kIsNull));

class LocalTables : public Tables {
  public:
    explicit LocalTables(Parts parts) : parts_(std::move(parts)) {}

    Result<Resolved> Resolve(const std::shared_ptr<const meta::State>& state,
                             const govern::Principal& who, const engine::RelationName& name,
                             int64_t data_version) override;
    Result<Plan> PlanScan(const Scannable& table, const engine::Open& open) override;
    Result<io::Descriptor> OpenFile(const Scannable& table, const std::string& path) override;
    std::shared_ptr<const void> Pin(const std::string& uuid) override {
        return Pins::Add(pins_, uuid);
    }
    bool IsPinned(const std::string& uuid) const override { return pins_->Has(uuid); }
    uint64_t OldestPin(const std::string& uuid) const override { return pins_->Oldest(uuid); }
    uint64_t PinCount() const override { return pins_->Count(); }
    iceberg::Cache& cache() override { return cache_; }
    const std::string& folder() const override { return parts_.folder; }

  private:
    Result<Resolved> ResolveSystem(const meta::State& state, const govern::Principal& who,
                                   const engine::RelationName& name) const;
    Parts parts_;
    iceberg::Cache cache_;
    const std::shared_ptr<Pins> pins_ = std::make_shared<Pins>();
};

Result<Resolved> LocalTables::ResolveSystem(const meta::State& state, const govern::Principal& who,
                                            const engine::RelationName& name) const {
    auto block = SystemRelation(state, who, name.table, parts_.clock.Now());
    if (!block) return std::unexpected(govern::NoSuchRelation(name.domain, name.table));
    Resolved resolved;
    resolved.relation.body = std::move(*block);
    resolved.full_name = "mesh." + name.table;
    return resolved;
}

// Name -> product, port, major -> decision -> relation: the only way to rows, for every access
// path.
Result<Resolved> LocalTables::Resolve(const std::shared_ptr<const meta::State>& state,
                                      const govern::Principal& who,
                                      const engine::RelationName& name, int64_t data_version) {
    if (name.domain == "mesh") return ResolveSystem(*state, who, name);
    const Timestamp now = parts_.clock.Now();
    const auto missing = [&] {
        return std::unexpected(WithHint(govern::NoSuchRelation(name.domain, name.table),
                                        NearestReadable(*state, who, name, now)));
    };
    const auto port_name = model::ParseTableName(name.domain, name.table);
    if (!port_name) return missing();
    const meta::Product* product = state->FindProduct(port_name->domain, port_name->product);
    if (!product) return missing();

    // First of all: to those who may not know of it, a product is exactly like one that does not
    // exist.
    const auto known =
        govern::Decide(*state, who, govern::Action::kDiscover, *product, port_name->port, now);
    if (std::holds_alternative<govern::Denial>(known)) return missing();

    if (port_name->port == kFilesPort) {
        auto files = TRY(FilesRelation(
            *state, who, *product, port_name->major.value_or(product->spec.version.major), now));
        if (!files) return missing();
        Resolved resolved;
        resolved.relation.body = std::move(*files);
        resolved.full_name = state->FullName(*product);
        return resolved;
    }
    const auto decision =
        govern::Decide(*state, who, govern::Action::kRead, *product, port_name->port, now);
    if (const auto* denial = std::get_if<govern::Denial>(&decision))
        return std::unexpected(
            govern::ToError(*state, who, *product, port_name->port, *denial, now));

    const meta::Port* port = FindPublished(*state, *port_name);
    const bool declared = product->spec.FindOutput(port_name->port) != nullptr &&
                          (!port_name->major || *port_name->major == product->spec.version.major);
    if (!port && !declared) return missing();
    if (!port || !port->HasRows()) return std::unexpected(NotPublished(*state, *product));

    Resolved resolved;
    resolved.table =
        Scannable{*port, port->table.snapshot_id, data_version ? data_version : port->DataVersion(),
                  Pin(port->table.uuid)};
    if (!port->pushed && data_version) resolved.table->snapshot_id = data_version;
    resolved.relation.body = ToRelation(*resolved.table, std::get<govern::Permit>(decision));
    resolved.full_name = state->FullName(*product);
    return resolved;
}

// Tail files are few and young: all of them are read. A file may be asked for until care has swept
// it, which waits for the pin of the reader.
void AddTail(const meta::Port& port, Tables::Plan& plan) {
    for (const auto& file : port.tail) {
        plan.files.files.push_back({file.size_bytes, file.row_count});
        plan.paths.push_back(port.table.location + "/data/" + file.name);
    }
}

Result<Tables::Plan> LocalTables::PlanScan(const Scannable& table, const engine::Open& open) {
    if (table.port.table.metadata_location.empty()) {
        Plan plan;
        AddTail(table.port, plan);
        return plan;
    }
    const auto metadata = TRY(cache_.Metadata(table.port.table.metadata_location));
    if (table.snapshot_id != 0 && !metadata->FindSnapshot(table.snapshot_id)) {
        auto gone =
            Fail(Code::kUnavailable, "the snapshot that this transaction or page reads has expired",
                 "start again from the newest");
        gone.error().sqlstate = "72000";
        return gone;
    }
    const auto comparisons = ToIceberg(open.comparisons);
    const auto files = TRY(iceberg::PlanScan(cache_, *metadata, table.snapshot_id, comparisons));
    Plan plan;
    plan.files.files.reserve(files.size());
    plan.paths.reserve(files.size());
    for (const auto& file : files) {
        plan.files.files.push_back(
            {static_cast<uint64_t>(file.file_size), static_cast<uint64_t>(file.record_count)});
        plan.paths.push_back(file.path);
    }
    AddTail(table.port, plan);
    return plan;
}

Result<io::Descriptor> LocalTables::OpenFile(const Scannable& table, const std::string& path) {
    const std::string root = table.port.table.location + "/";
    if (!path.starts_with(root))
        return Fail(Code::kCorrupt, "a data file lies outside of its table");
    return io::OpenBeneath(table.port.table.location, path.substr(root.size()));
}

}  // namespace

const meta::Port* FindPublished(const meta::State& state, const model::PortName& name) {
    const meta::Product* product = state.FindProduct(name.domain, name.product);
    if (!product) return nullptr;
    if (name.major) return state.FindPort(product->id, name.port, *name.major);
    const auto ports = state.ports_of.find(product->id);
    if (ports == state.ports_of.end()) return nullptr;
    const meta::Port* newest = nullptr;
    for (const PortId id : ports->second) {  // By name, then major: the last published one wins.
        const meta::Port& port = *state.ports.at(id);
        if (port.name != name.port) continue;
        if (!newest || !newest->HasRows() || port.HasRows()) newest = &port;
    }
    return newest;
}

Result<std::unique_ptr<Tables>> Tables::Make(Parts parts) {
    CHECK_OK(io::MakeDirectories(parts.folder));
    return std::make_unique<LocalTables>(std::move(parts));
}

}  // namespace weft::catalog
