#include "catalog/planner.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/describe.h"
#include "catalog/ordinal.h"
#include "govern/decide.h"
#include "io/crypto.h"

namespace weft::catalog {
namespace {

using Severity = Finding::Severity;

std::string ReadName(const model::PortName& name) { return name.domain + "." + name.product; }

// Published columns as a contract: what readers have today, inferred types included.
std::vector<model::Column> PublishedColumns(const meta::Port& port) {
    std::vector<model::Column> columns;
    for (const auto& bound : port.columns) {
        columns.push_back(bound.column);
        columns.back().has_type = true;
    }
    return columns;
}

bool HasAllTypes(const std::vector<model::Column>& columns) {
    return !columns.empty() && std::ranges::all_of(columns, &model::Column::has_type);
}

}  // namespace

bool Plan::HasErrors() const { return model::HasErrors(findings); }

Planner::Planner(const Products::Parts& parts, std::shared_ptr<const meta::State> state,
                 govern::Principal who, const ApplyOptions& options)
    : parts_(parts),
      state_(std::move(state)),
      who_(std::move(who)),
      options_(options),
      now_(parts.clock.Now()) {}

Result<Plan> Planner::Make(const std::vector<model::ProductFolder>& folders) {
    plan_.state_version = state_->version;
    Parse(folders);
    CHECK_OK(CheckRights());
    AllowRoots();
    for (auto& product : products_) CheckInputs(product);
    CheckCycles();
    if (!plan_.HasErrors()) {
        for (const size_t index : InOrder()) Complete(products_[index]);
        CheckCycles();  // Again: describing has shown what the SQL reads by name.
        const bool described = !plan_.HasErrors();
        for (auto& product : products_) {
            CheckGrants(product);
            if (described)
                for (const auto& port : product.completed.output_ports)
                    CheckIncremental(product, port);
            Compare(product);
        }
    }
    for (const auto& product : products_) plan_.products.push_back(product.change);
    plan_.id = MakeId();
    return plan_;
}

void Planner::Add(Severity severity, std::string id, const model::Position& at, std::string message,
                  std::string help) {
    Finding finding;
    finding.severity = severity;
    finding.id = std::move(id);
    finding.file = at.file;
    finding.line = at.line;
    finding.column = at.column;
    finding.length = at.length;
    finding.message = std::move(message);
    finding.help = std::move(help);
    if (std::ranges::none_of(plan_.findings, [&](const Finding& f) {
            return f.id == finding.id && f.file == finding.file && f.line == finding.line &&
                   f.message == finding.message;
        }))
        plan_.findings.push_back(std::move(finding));
}

void Planner::Parse(const std::vector<model::ProductFolder>& folders) {
    for (const auto& folder : folders) {
        auto parsed = model::ParseProduct(folder);
        std::ranges::move(parsed.findings, std::back_inserter(plan_.findings));
        if (!parsed.product) continue;
        if (FindPlanned(parsed.product->FullName())) {
            Add(Severity::kError, "E2001", parsed.product->at,
                fmt::format("{} is described by two folders of this plan",
                            parsed.product->FullName()));
            continue;
        }
        PlannedProduct product;
        product.folder = &folder;
        product.spec = *parsed.product;
        product.completed = std::move(*parsed.product);
        product.before = state_->FindProduct(product.spec.domain, product.spec.name);
        product.change.product = product.spec.FullName();
        product.change.to = ToString(product.spec.version);
        for (const auto& input : product.spec.input_ports)
            if (input.kind == model::InputPort::Kind::kProduct)
                product.reads.insert(ReadName(input.product));
        products_.push_back(std::move(product));
    }
}

Result<> Planner::CheckRights() const {
    for (const auto& product : products_) {
        const bool same_team = product.before && state_->teams.at(product.before->team)->name ==
                                                     product.spec.team.name;
        for (const auto& decision :
             {govern::DecideDomain(*state_, who_, product.spec.domain),
              same_team ? govern::Decision{govern::Permit{}}
                        : govern::DecideTeam(*state_, who_, product.spec.team.name),
              product.before ? govern::Decide(*state_, who_, govern::Action::kEvolve,
                                              *product.before, model::kDefaultPort, now_)
                             : govern::Decision{govern::Permit{}}}) {
            const auto* denial = std::get_if<govern::Denial>(&decision);
            if (!denial) continue;
            auto error = govern::ToError(*denial);
            error.message =
                fmt::format("you may not apply {}: {}", product.spec.FullName(), denial->rule);
            return std::unexpected(std::move(error));
        }
    }
    return {};
}

// Folders that product files name and nobody has allowed yet. An administrator on the node's
// machine allows them by applying; for anybody else they are an error.
void Planner::AllowRoots() {
    std::set<std::string> roots;
    auto with_roots = std::make_shared<meta::State>(*state_);
    for (const auto& product : products_) {
        for (const auto& input : product.spec.input_ports) {
            if (input.kind != model::InputPort::Kind::kFile || input.uploaded) continue;
            const auto pattern = AbsolutePattern(
                input, {product.folder->path, parts_.data_folder, product.spec.team.name});
            if (!pattern) {
                Add(Severity::kError, "E2010", input.at, pattern.error().message,
                    pattern.error().hint);
            } else if (!IsAllowed(*state_, *pattern, product.spec.team.name)) {
                if (options_.allow_files && who_.admin) {
                    roots.insert(RootOf(*pattern));
                    new_roots_.emplace(product.spec.team.name, RootOf(*pattern));
                    with_roots->file_roots.insert(product.spec.team.name + ":" + RootOf(*pattern));
                } else {
                    Add(Severity::kError, "E2011", input.at,
                        fmt::format("this node may not read files in {}", RootOf(*pattern)),
                        fmt::format("an administrator allows it: weft serve --allow-files {}",
                                    RootOf(*pattern)));
                }
            }
        }
    }
    if (roots.empty()) return;
    plan_.file_roots.assign(roots.begin(), roots.end());
    state_ = std::move(with_roots);
}

void Planner::CheckInputs(PlannedProduct& product) {
    for (const auto& input : product.spec.input_ports) {
        if (input.kind != model::InputPort::Kind::kProduct) continue;
        const std::string source = ReadName(input.product);
        if (FindPlanned(source)) continue;
        const auto visible = FindVisible(*state_, who_, source, now_);
        if (!visible)
            Add(Severity::kError, "E2002", input.at, visible.error().message, visible.error().hint);
    }
}

// A product that reads from another domain needs a grant; without it the first run will fail, so
// say it now.
void Planner::CheckGrants(const PlannedProduct& product) {
    for (const auto& source : product.reads) {
        const auto dot = source.find('.');
        const std::string domain = source.substr(0, dot);
        if (domain == product.spec.domain || source == product.spec.FullName()) continue;
        const std::string subject = "product:" + product.spec.FullName();
        bool granted = false;
        if (const auto* planned = FindPlanned(source)) {
            for (const auto& grant : planned->spec.grants)
                granted |= grant.to == subject || grant.to == "everyone";
        }
        if (const auto* before = state_->FindProduct(domain, source.substr(dot + 1))) {
            if (const auto it = state_->grants_of.find(before->id); it != state_->grants_of.end()) {
                for (const GrantId id : it->second) {
                    const auto& to = state_->grants.at(id)->subject;
                    granted |= to.kind == meta::Subject::Kind::kEveryone ||
                               (to.kind == meta::Subject::Kind::kProduct &&
                                to.name == product.spec.FullName());
                }
            }
        }
        if (granted) continue;
        Add(Severity::kWarning, "W2003", product.spec.at,
            fmt::format("{} reads {} of another domain and has no grant: its runs will fail",
                        product.spec.FullName(), source),
            fmt::format("its owners run: weft grant {} read --to {}", source, subject));
    }
}

// Depth first over planned and applied products; a product on the current path again is a cycle.
void Planner::CheckCycles() {
    std::set<std::string> done;
    std::vector<std::string> path;
    const std::function<void(const std::string&)> visit = [&](const std::string& name) {
        if (done.contains(name)) return;
        if (const auto seen = std::ranges::find(path, name); seen != path.end()) {
            std::vector<std::string> cycle(seen, path.end());
            cycle.push_back(name);
            const auto* planned = FindPlanned(name);
            Add(Severity::kError, "E2004", planned ? planned->spec.at : model::Position{},
                "these products read each other in a circle: " + Join(cycle, " <- "));
            return;
        }
        if (path.size() >= 1'000) return;  // Deeper than any mesh; the bound is for hostile input.
        path.push_back(name);
        if (const auto* planned = FindPlanned(name)) {
            for (const auto& source : planned->reads) visit(source);
        } else if (const auto dot = name.find('.'); dot != std::string::npos) {
            if (const auto* product =
                    state_->FindProduct(name.substr(0, dot), name.substr(dot + 1)))
                for (const auto& input : product->spec.input_ports)
                    if (input.kind == model::InputPort::Kind::kProduct)
                        visit(ReadName(input.product));
        }
        path.pop_back();
        done.insert(name);
    };
    for (const auto& product : products_) visit(product.spec.FullName());
}

// Sources before their readers. REQUIRES: no cycle over input ports.
std::vector<size_t> Planner::InOrder() const {
    std::vector<size_t> order;
    std::set<size_t> placed;
    const std::function<void(size_t)> place = [&](size_t index) {
        if (!placed.insert(index).second) return;
        for (size_t i = 0; i < products_.size(); ++i)
            if (products_[index].reads.contains(products_[i].spec.FullName())) place(i);
        order.push_back(index);
    };
    for (size_t i = 0; i < products_.size(); ++i) place(i);
    return order;
}

PlannedProduct* Planner::FindPlanned(std::string_view full_name) {
    for (auto& product : products_)
        if (product.spec.FullName() == full_name) return &product;
    return nullptr;
}

std::string Planner::MakeId() const {
    std::string text;
    for (const auto& product : products_) {
        text += fmt::format("{} {} {};", product.spec.FullName(), product.folder->path,
                            product.before ? product.before->generation : 0);
        for (const auto& [name, content] : product.folder->files)
            text += fmt::format("{} {} {}", name, content.size(), content);
    }
    return "pl_" + Hex(io::Sha256(text).substr(0, 8));
}

// ---- completing: columns and types that were not written

void Planner::Complete(PlannedProduct& product) {
    for (auto& port : product.completed.output_ports) CompletePort(product, port);
    product.described = true;
}

void Planner::CompletePort(PlannedProduct& product, model::OutputPort& port) {
    if (product.completed.FedBy(port)) return;  // Events: the contract is complete.
    if (product.spec.input_ports.empty() && port.sql.empty()) {
        Add(Severity::kError, "E2005", port.at,
            fmt::format("output port {} has neither sql nor an input port to take its rows from",
                        port.name));
        return;
    }
    if (port.sql.empty() && product.spec.input_ports.size() > 1) {
        Add(Severity::kError, "E2006", port.at,
            fmt::format("output port {} has no sql, and the product has {} input ports: which one "
                        "is meant?",
                        port.name, product.spec.input_ports.size()),
            "write sql: SELECT * FROM one_of_them");
        return;
    }
    const InputPlace place{product.folder->path, parts_.data_folder, product.spec.team.name,
                           product.before ? product.before->id : ProductId{}};
    JobInputs inputs(parts_.tables, {state_, who_, &product.spec, &port, place});
    inputs.WhilePlanning(
        [&](const model::PortName& name) { return PlannedColumns(product, name); });
    const auto yields = DescribePort(parts_.pool, inputs, product.spec, port, {});
    if (yields) {
        Merge(product, port, *yields);
    } else if (yields.error().code == Code::kNotFound &&
               ((HasAllTypes(port.columns) && port.sql.empty()) ||
                AwaitsUpload(*state_, product.spec, place))) {
        // The contract is complete and the file has not arrived, or nothing can have been uploaded
        // before the first apply: the first run will tell.
        Add(Severity::kWarning, "W2007", port.at, yields.error().message, yields.error().hint);
    } else {
        AddDescribeError(product, port, yields.error());
    }
}

// The columns of a product that this plan or the state knows, for SQL that reads it.
Result<std::vector<model::Column>> Planner::PlannedColumns(PlannedProduct& reader,
                                                           const model::PortName& name) {
    const std::string full_name = ReadName(name);
    reader.reads.insert(full_name);
    if (const auto* planned = FindPlanned(full_name); planned && !name.major) {
        if (const auto* port = planned->completed.FindOutput(name.port);
            port && HasAllTypes(port->columns))
            return port->columns;
    }
    const auto product = FindVisible(*state_, who_, full_name, now_);
    if (!product) return std::unexpected(product.error());
    const meta::Port* port = FindPublished(*state_, name);
    if (port && !port->table.metadata_location.empty()) return PublishedColumns(*port);
    const auto* declared = (*product)->spec.FindOutput(name.port);
    if (declared && HasAllTypes(declared->columns)) return declared->columns;
    return Fail(Code::kUnavailable,
                fmt::format("the columns of {} are not known before its first run has succeeded",
                            full_name),
                fmt::format("weft run {} --wait, then apply again", full_name));
}

// The contract gets the types that were not written; what the contract names and the query does not
// yield is an error.
void Planner::Merge(const PlannedProduct& product, model::OutputPort& port,
                    const std::vector<engine::HeadColumn>& yields) {
    if (port.columns.empty()) {
        port.columns = WithTypes({}, yields);
        for (auto& column : port.columns) column.at = port.at;
        return;
    }
    std::vector<std::string> names;
    for (const auto& yield : yields) names.push_back(yield.name);
    for (auto& column : port.columns) {
        const auto same = std::ranges::find_if(
            yields, [&](const auto& y) { return ToLower(y.name) == ToLower(column.name); });
        if (same == yields.end()) {
            const auto nearest = NearestName(column.name, names);
            Add(Severity::kError, "E1207", column.at,
                fmt::format("column `{}` in the contract is not produced by {}", column.name,
                            port.sql.empty() ? "the input" : "the query"),
                (nearest ? fmt::format("did you mean `{}`? ", *nearest) : std::string()) +
                    "produced: " + Join(names, ", "));
        }
    }
    port.columns = WithTypes(std::move(port.columns), yields);
    if (port.sql.empty()) return;  // A file may have more than the contract takes.
    for (const auto& name : names) {
        if (!port.FindColumn(name)) {
            Add(Severity::kError, "E2008", port.sql_at.line ? port.sql_at : port.at,
                fmt::format("the query yields column `{}`, which the contract of {} does not name",
                            name, product.spec.FullName()),
                "add it to columns, or leave it out of the query");
        }
    }
}

// What `incremental` needs and only the plan knows: types that were inferred, columns of what the
// SQL reads.
void Planner::CheckIncremental(const PlannedProduct& product, const model::OutputPort& port) {
    if (!port.incremental) return;
    const auto& incremental = *port.incremental;
    if (incremental.kind == model::Incremental::Kind::kMerge) return CheckMerge(product, port);
    if (incremental.kind != model::Incremental::Kind::kBy) return;
    const auto* column = port.FindColumn(incremental.columns[0]);
    if (!column) {
        Add(Severity::kError, "E2015", incremental.at,
            fmt::format("`incremental` names {}, which the query does not yield",
                        incremental.columns[0]));
    } else if (column->has_type && !IsOrdinal(column->type)) {
        Add(Severity::kError, "E2015", incremental.at,
            fmt::format("`incremental` by {}: ranges of the type {} cannot be computed",
                        column->name, ToString(column->type)),
            "a column of type date, timestamp, timestamptz, integer or bigint");
    } else if (column->has_type && !IsTime(column->type) && incremental.lateness_us > 0) {
        Add(Severity::kError, "E2015", incremental.at,
            fmt::format("`lateness` is a time, and {} is of the type {}", column->name,
                        ToString(column->type)),
            "leave lateness out, or name a column of time");
    }
}

// New records tell by the key which rows to compute anew, so they must have it.
void Planner::CheckMerge(const PlannedProduct& product, const model::OutputPort& port) {
    bool reads_events = false;
    for (const auto& source : product.reads) {
        const auto* planned = FindPlanned(source);
        const auto dot = source.find('.');
        const auto* applied = state_->FindProduct(source.substr(0, dot), source.substr(dot + 1));
        const model::Product* spec = planned   ? &planned->completed
                                     : applied ? &applied->spec
                                               : nullptr;
        if (!spec) continue;
        for (const auto& events : spec->output_ports) {
            if (!spec->FedBy(events)) continue;
            reads_events = true;
            for (const auto& key : port.incremental->columns) {
                if (events.FindColumn(key)) continue;
                Add(Severity::kError, "E2014", port.incremental->at,
                    fmt::format("`merge` by {}: the events of {} have no such column", key, source),
                    "name the key alike in the events and in the output");
            }
        }
    }
    const bool own = std::ranges::any_of(product.completed.input_ports, [](const auto& input) {
        return input.kind == model::InputPort::Kind::kPush;
    });
    if (reads_events || own) return;
    Add(Severity::kError, "E2014", port.incremental->at,
        "`merge` needs a product fed by events among what the query reads",
        "leave `incremental` out, or write {by: COLUMN}");
}

// Where in the product's files the SQL is wrong: the worker says the byte in the text, the model
// knows where the text is.
void Planner::AddDescribeError(const PlannedProduct& product, const model::OutputPort& port,
                               const Error& error) {
    model::Position at = port.sql_at.line ? port.sql_at : port.at;
    uint32_t position = 0;
    for (const auto& finding : error.findings) position = std::max(position, finding.column);
    if (position > 0 && !port.sql.empty()) {
        const std::string_view before = std::string_view(port.sql).substr(0, position - 1);
        const auto lines = static_cast<uint32_t>(std::ranges::count(before, '\n'));
        const auto last = before.rfind('\n');
        const auto column =
            static_cast<uint32_t>(before.size() - (last == before.npos ? 0 : last + 1));
        at.line += lines;
        at.column = lines == 0 ? at.column + column : column + 1;
    }
    Add(Severity::kError, port.sql.empty() ? "E2013" : "E2009", at,
        fmt::format("{}: {}", product.spec.FullName(), error.message), error.hint);
}

// ---- comparing with what is applied

model::Product Planner::Before(const meta::Product& before) const {
    model::Product spec = before.spec;
    for (auto& port : spec.output_ports) {
        const auto* published = state_->FindPort(before.id, port.name, spec.version.major);
        if (published && !HasAllTypes(port.columns) && !published->columns.empty())
            port.columns = PublishedColumns(*published);
    }
    return spec;
}

void Planner::Compare(PlannedProduct& product) {
    auto& change = product.change;
    if (!product.before) {
        change.kind = ChangeKind::kAdd;
        return;
    }
    const model::Product before = Before(*product.before);
    change.from = ToString(before.version);
    if (product.before->files == product.folder->files &&
        product.before->folder == product.folder->path)
        return;
    change.kind = ChangeKind::kChange;
    for (const auto& port : product.completed.output_ports) {
        const auto* old = before.FindOutput(port.name);
        if (!old) {
            change.notes.push_back(fmt::format("output port {} is added", port.name));
            continue;
        }
        for (auto& column : model::CompareContracts(*old, port)) {
            if (port.name != model::kDefaultPort) column.column = port.name + "." + column.column;
            change.columns.push_back(std::move(column));
        }
        if (old->sql != port.sql)
            change.notes.push_back(fmt::format("sql of port {} changes", port.name));
    }
    bool port_removed = false;
    for (const auto& old : before.output_ports) {
        if (product.completed.FindOutput(old.name)) continue;
        port_removed = true;
        change.notes.push_back(fmt::format("output port {} is removed", old.name));
    }
    if (auto finding = model::CheckVersion(before, product.completed, change.columns))
        plan_.findings.push_back(std::move(*finding));
    const bool new_major = product.completed.version.major > before.version.major;
    if (port_removed && !new_major) {
        Add(Severity::kError, "E1301", product.spec.at,
            "an output port is removed, which needs a new major version",
            fmt::format("write version: {}",
                        ToString(model::Next(before.version, model::Bump::kMajor))));
    }
    change.breaking =
        port_removed || std::ranges::any_of(change.columns, &model::ColumnChange::breaking);
    if (new_major) {
        change.breaking = true;
        change.notes.push_back(fmt::format(
            "version {} stays readable as {}", before.version.major,
            model::TableName({before.domain, before.name, "default", before.version.major})));
        const bool events = std::ranges::any_of(
            product.completed.output_ports,
            [&](const auto& port) { return product.completed.FedBy(port) != nullptr; });
        if (events)
            change.notes.push_back(fmt::format(
                "version {} begins empty: records pushed so far stay in version {}",
                product.completed.version.major, before.version.major));
    }
    plan_.breaking |= change.breaking;
}

}  // namespace weft::catalog
