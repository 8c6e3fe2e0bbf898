#include "catalog/system_relations.h"

#include <array>

#include "catalog/tables.h"
#include "engine/block.h"
#include "govern/decide.h"
#include "model/port_name.h"

namespace weft::catalog {
namespace {

using engine::BlockWriter;
using engine::RelationColumn;

struct View {  // Who looks at what.
    const meta::State& state;
    const govern::Principal& who;
    Timestamp now;

    bool May(govern::Action action, const meta::Product& product, std::string_view port) const {
        return std::holds_alternative<govern::Permit>(
            govern::Decide(state, who, action, product, port, now));
    }
    bool MayDiscover(const meta::Product& product) const {
        return May(govern::Action::kDiscover, product, "default");
    }
    std::string TeamName(TeamId id) const {
        const auto it = state.teams.find(id);
        return it == state.teams.end() ? std::string() : it->second->name;
    }
};

RelationColumn Column(std::string name, DataType::Kind kind) {
    RelationColumn column;
    column.name = std::move(name);
    column.type.kind = kind;
    return column;
}
RelationColumn Text(std::string name) { return Column(std::move(name), DataType::Kind::kVarchar); }
RelationColumn Big(std::string name) { return Column(std::move(name), DataType::Kind::kBigint); }
RelationColumn Flag(std::string name) { return Column(std::move(name), DataType::Kind::kBoolean); }
RelationColumn Time(std::string name) {
    return Column(std::move(name), DataType::Kind::kTimestampTz);
}
RelationColumn Number(std::string name) {
    return Column(std::move(name), DataType::Kind::kInteger);
}

int64_t Oid(uint64_t id) { return static_cast<int64_t>(id + kFirstOid); }

void Moment(BlockWriter& block, Timestamp t) {
    if (t.us == 0) {
        block.Null();
    } else {
        block.Time(t.us);
    }
}

std::string_view RunWord(meta::RunState state) {
    static constexpr std::array<std::string_view, 5> kWords{"none", "queued", "running",
                                                            "succeeded", "failed"};
    return kWords[static_cast<size_t>(state)];
}

// Each published port of each product, with the name that SQL knows it by. The newest published
// major has the plain name; every major has its pinned one.
template <class F>
void ForEachTable(const View& view, govern::Action action, F&& visit) {
    for (const auto& [id, product] : view.state.products) {
        const auto ports = view.state.ports_of.find(id);
        if (ports == view.state.ports_of.end()) continue;
        const auto& domain = view.state.DomainOf(*product);
        for (const PortId port_id : ports->second) {
            const meta::Port& port = *view.state.ports.at(port_id);
            if (port.table.metadata_location.empty() || !view.May(action, *product, port.name))
                continue;
            model::PortName name{domain.name, product->name, port.name, {}};
            const bool current = FindPublished(view.state, name) == &port;
            if (!current) name.major = port.major;
            visit(domain, *product, port, model::TableName(name));
        }
    }
}

engine::BlockRelation Domains(const View& view) {
    BlockWriter block({Text("domain"), Text("owner"), Big("products")});
    for (const auto& [id, domain] : view.state.domains) {
        int64_t products = 0;
        for (const auto& [product_id, product] : view.state.products)
            if (product->domain == id && view.MayDiscover(*product)) ++products;
        if (products == 0 && !view.who.admin && !view.who.teams.contains(domain->owner)) continue;
        block.Text(domain->name).Text(view.TeamName(domain->owner)).Bigint(products);
    }
    return std::move(block).Finish();
}

engine::BlockRelation Products(const View& view) {
    BlockWriter block({Text("domain"), Text("product"), Text("version"), Text("description"),
                       Text("team"), Text("contact"), Text("status"), Text("visibility"),
                       Text("run_state"), Time("run_ended"), Time("applied"), Text("applied_by")});
    for (const auto& [id, product] : view.state.products) {
        if (!view.MayDiscover(*product)) continue;
        block.Text(view.state.DomainOf(*product).name)
            .Text(product->name)
            .Text(ToString(product->spec.version))
            .Text(product->spec.description)
            .Text(view.TeamName(product->team))
            .Text(product->spec.team.contact)
            .Text(product->spec.status)
            .Text(product->spec.is_private ? "private" : "public")
            .Text(RunWord(product->run.state));
        Moment(block, product->run.ended);
        Moment(block, product->applied);
        block.Text(product->applied_by);
    }
    return std::move(block).Finish();
}

engine::BlockRelation Ports(const View& view) {
    BlockWriter block({Text("domain"), Text("product"), Text("port"), Text("table_name"),
                       Number("major"), Text("contract_version"), Big("row_count"),
                       Big("size_bytes"), Big("file_count"), Time("published"), Flag("readable")});
    ForEachTable(view, govern::Action::kDiscover,
                 [&](const auto& domain, const auto& product, const meta::Port& port,
                     const std::string& table) {
                     const bool readable = view.May(govern::Action::kRead, product, port.name);
                     block.Text(domain.name)
                         .Text(product.name)
                         .Text(port.name)
                         .Text(table)
                         .Integer(static_cast<int32_t>(port.major))
                         .Text(port.contract_version);
                     if (readable) {
                         block.Bigint(static_cast<int64_t>(port.table.row_count))
                             .Bigint(static_cast<int64_t>(port.table.size_bytes))
                             .Bigint(port.table.file_count);
                     } else {
                         block.Null().Null().Null();
                     }
                     Moment(block, port.table.published);
                     block.Boolean(readable);
                 });
    return std::move(block).Finish();
}

engine::BlockRelation Columns(const View& view) {
    BlockWriter block({Text("domain"), Text("product"), Text("port"), Text("table_name"),
                       Number("position"), Text("column_name"), Text("data_type"), Flag("required"),
                       Flag("primary_key"), Text("classification"), Text("description")});
    ForEachTable(view, govern::Action::kDiscover,
                 [&](const auto& domain, const auto& product, const meta::Port& port,
                     const std::string& table) {
                     int32_t position = 0;
                     for (const auto& bound : port.columns) {
                         block.Text(domain.name)
                             .Text(product.name)
                             .Text(port.name)
                             .Text(table)
                             .Integer(++position)
                             .Text(bound.column.name)
                             .Text(ToString(bound.column.type))
                             .Boolean(bound.column.required)
                             .Boolean(bound.column.primary_key)
                             .Text(bound.column.classification)
                             .Text(bound.column.description);
                     }
                 });
    return std::move(block).Finish();
}

engine::BlockRelation Runs(const View& view) {
    BlockWriter block({Text("domain"), Text("product"), Big("run"), Text("state"), Time("started"),
                       Time("ended"), Number("attempt"), Text("error")});
    for (const auto& [id, product] : view.state.products) {
        if (product->run.state == meta::RunState::kNone || !view.MayDiscover(*product)) continue;
        const bool owner = view.May(govern::Action::kEvolve, *product, "default");
        block.Text(view.state.DomainOf(*product).name)
            .Text(product->name)
            .Bigint(static_cast<int64_t>(product->run.id.value))
            .Text(RunWord(product->run.state));
        Moment(block, product->run.started);
        Moment(block, product->run.ended);
        block.Integer(static_cast<int32_t>(product->run.attempt));
        if (owner) {
            block.Text(product->run.error);
        } else {
            block.Null();
        }
    }
    return std::move(block).Finish();
}

engine::BlockRelation PgNamespaces(const View& view) {
    BlockWriter block({Big("oid"), Text("name"), Text("owner"), Text("comment")});
    std::set<DomainId> seen;
    ForEachTable(view, govern::Action::kRead,
                 [&](const auto& domain, const auto&, const auto&, const auto&) {
                     if (!seen.insert(domain.id).second) return;
                     block.Bigint(Oid(domain.id.value))
                         .Text(domain.name)
                         .Text(view.TeamName(domain.owner))
                         .Null();
                 });
    return std::move(block).Finish();
}

engine::BlockRelation PgRelations(const View& view) {
    BlockWriter block({Big("oid"), Big("namespace_oid"), Text("namespace"), Text("name"),
                       Text("kind"), Text("owner"), Big("row_count"), Text("comment")});
    ForEachTable(view, govern::Action::kRead,
                 [&](const auto& domain, const auto& product, const meta::Port& port,
                     const std::string& table) {
                     block.Bigint(Oid(port.id.value))
                         .Bigint(Oid(domain.id.value))
                         .Text(domain.name)
                         .Text(table)
                         .Text("r")
                         .Text(view.TeamName(product.team))
                         .Bigint(static_cast<int64_t>(port.table.row_count))
                         .Text(product.spec.description);
                 });
    return std::move(block).Finish();
}

engine::BlockRelation PgColumns(const View& view) {
    BlockWriter block({Big("relation_oid"), Number("position"), Text("name"), Text("data_type"),
                       Flag("required"), Flag("primary_key"), Text("comment")});
    ForEachTable(view, govern::Action::kRead,
                 [&](const auto&, const auto&, const meta::Port& port, const auto&) {
                     int32_t position = 0;
                     for (const auto& bound : port.columns) {
                         block.Bigint(Oid(port.id.value))
                             .Integer(++position)
                             .Text(bound.column.name)
                             .Text(ToString(bound.column.type))
                             .Boolean(bound.column.required)
                             .Boolean(bound.column.primary_key)
                             .Text(bound.column.description);
                     }
                 });
    return std::move(block).Finish();
}

// The caller and the teams that own what he may see: what an \d shows as owner must have a name.
engine::BlockRelation PgRoles(const View& view) {
    BlockWriter block({Big("oid"), Text("name"), Flag("is_admin")});
    if (view.who.kind == govern::Principal::Kind::kUser)
        block.Bigint(Oid(view.who.user.value)).Text(view.who.name).Boolean(view.who.admin);
    std::set<TeamId> seen;
    ForEachTable(view, govern::Action::kRead,
                 [&](const auto& domain, const auto& product, const auto&, const auto&) {
                     for (const TeamId team : {domain.owner, product.team})
                         if (seen.insert(team).second)
                             block.Bigint(Oid(team.value)).Text(view.TeamName(team)).Boolean(false);
                 });
    return std::move(block).Finish();
}

struct SystemTable {
    std::string_view name;
    engine::BlockRelation (*make)(const View&);
};
constexpr std::array kSystemTables{
    SystemTable{"domains", Domains},
    SystemTable{"products", Products},
    SystemTable{"ports", Ports},
    SystemTable{"columns", Columns},
    SystemTable{"runs", Runs},
    SystemTable{"pg_namespaces", PgNamespaces},
    SystemTable{"pg_relations", PgRelations},
    SystemTable{"pg_columns", PgColumns},
    SystemTable{"pg_roles", PgRoles},
};

}  // namespace

Result<std::optional<engine::BlockRelation>> FilesRelation(const meta::State& state,
                                                           const govern::Principal& who,
                                                           const meta::Product& product,
                                                           uint32_t major, Timestamp now) {
    BlockWriter block({Text("path"), Big("size"), Time("modified"), Big("rows"), Time("taken_at"),
                       Big("run"), Text("port")});
    bool has_files = false, may_read = false;
    std::optional<Error> denied;
    for (const auto& port : product.spec.output_ports) {
        if (!port.incremental || port.incremental->kind != model::Incremental::Kind::kFiles)
            continue;
        has_files = true;
        const auto decision =
            govern::Decide(state, who, govern::Action::kRead, product, port.name, now);
        if (const auto* denial = std::get_if<govern::Denial>(&decision)) {
            denied = govern::ToError(state, who, product, port.name, *denial, now);
            continue;
        }
        may_read = true;
        const auto* published = state.FindPort(product.id, port.name, major);
        if (!published) continue;
        for (const auto& [path, file] : published->taken) {
            block.Text(path)
                .Bigint(static_cast<int64_t>(file.size))
                .Time(file.mtime_ns / 1'000)
                .Bigint(static_cast<int64_t>(file.row_count))
                .Time(file.taken.us)
                .Bigint(static_cast<int64_t>(file.run.value))
                .Text(port.name);
        }
    }
    if (!has_files) return std::optional<engine::BlockRelation>();
    if (!may_read) return std::unexpected(std::move(*denied));
    return std::optional(std::move(block).Finish());
}

std::optional<engine::BlockRelation> SystemRelation(const meta::State& state,
                                                    const govern::Principal& who,
                                                    std::string_view name, Timestamp now) {
    for (const auto& table : kSystemTables)
        if (table.name == name) return table.make(View{state, who, now});
    return std::nullopt;
}

}  // namespace weft::catalog
