#include "meta/products.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "meta/teams.h"

namespace weft::meta {
namespace {

// A grant may be for a team that the same apply creates.
Result<> CheckDeclaredGrants(const State& state, const AppliedProduct& applied,
                             const std::set<std::string>& new_teams) {
    for (const model::Grant& grant : applied.spec.grants) {
        const bool is_new_team =
            grant.to.starts_with("team:") && new_teams.contains(grant.to.substr(5));
        if (!is_new_team && !state.FindSubject(grant.to)) {
            return Fail(Code::kNotFound,
                        fmt::format("{} grants to `{}`, whom this node does not know",
                                    applied.spec.FullName(), grant.to),
                        "create it first: weft user add NAME, weft team add NAME");
        }
    }
    return {};
}

Result<> CheckApplied(const State& state, const AppliedProduct& applied) {
    const model::Product& spec = applied.spec;
    const std::string full_name = spec.FullName();
    if (!IsName(spec.domain) || !IsName(spec.name) || !IsTeamName(spec.team.name) ||
        spec.output_ports.empty() || applied.files.empty()) {
        return Fail(Code::kInvalid, fmt::format("product {} is incomplete", full_name));
    }
    const Domain* domain = state.FindDomain(spec.domain);
    if ((domain == nullptr ? DomainId{} : domain->id) != applied.expected_domain) {
        return Fail(Code::kConflict,
                    fmt::format("domain {} has been created or removed meanwhile", spec.domain),
                    "plan again");
    }
    const Product* old = state.FindProduct(spec.domain, spec.name);
    if ((old == nullptr ? 0 : old->generation) != applied.expected_generation) {
        return Fail(Code::kConflict,
                    fmt::format("{} has been {} meanwhile", full_name,
                                old == nullptr ? "removed" : "applied by " + old->applied_by),
                    "plan again, then apply");
    }
    return {};
}

TeamId PutTeam(Draft& draft, const model::Team& wanted, UserId applier) {
    const Team* old = draft.state().FindTeam(wanted.name);
    if (old != nullptr && (wanted.contact.empty() || wanted.contact == old->contact)) {
        return old->id;
    }
    Team team;
    if (old != nullptr) {
        team = *old;
    } else {
        team = {
            .id = TeamId{draft.NewId()}, .name = wanted.name, .contact = {}, .members = {applier}};
        draft.Emit("weft.team.added", {{"name", wanted.name}});
    }
    team.contact = wanted.contact;
    const TeamId id = team.id;
    draft.Put(std::move(team));
    return id;
}

DomainId PutDomain(Draft& draft, const std::string& name, TeamId owner) {
    if (const Domain* old = draft.state().FindDomain(name)) return old->id;
    const DomainId id{draft.NewId()};
    draft.Put(Domain{.id = id, .name = name, .owner = owner});
    draft.Emit("weft.domain.added", {{"name", name}});
    return id;
}

ProductId PutProduct(Draft& draft, const AppliedProduct& applied, UserId applier) {
    const model::Product& spec = applied.spec;
    const TeamId team = PutTeam(draft, spec.team, applier);
    const DomainId domain = PutDomain(draft, spec.domain, team);
    Product product;
    if (const Product* old = draft.state().FindProduct(spec.domain, spec.name)) {
        product = *old;
    } else {
        product.id = ProductId{draft.NewId()};
        product.domain = domain;
        product.name = spec.name;
        product.created = draft.now();
    }
    ++product.generation;
    product.team = team;
    product.spec = spec;
    product.files = applied.files;
    product.folder = applied.folder;
    product.applied_by = draft.state().users.at(applier)->name;
    product.applied = draft.now();
    const std::string version = model::ToString(spec.version);
    if (product.versions.empty() || product.versions.back() != version) {
        product.versions.push_back(version);
    }
    draft.Emit(
        "weft.product.applied",
        {{"product", spec.FullName()}, {"version", version}, {"generation", product.generation}});
    const ProductId id = product.id;
    draft.Put(std::move(product));
    return id;
}

void ReplaceDeclaredGrants(Draft& draft, ProductId product, const AppliedProduct& applied,
                           const std::string& applier) {
    std::vector<GrantId> old;
    if (const auto of = draft.state().grants_of.find(product);
        of != draft.state().grants_of.end()) {
        std::ranges::copy_if(of->second, std::back_inserter(old),
                             [&](GrantId id) { return draft.state().grants.at(id)->declared; });
    }
    for (const GrantId id : old) draft.Remove(id);
    for (const model::Grant& wanted : applied.spec.grants) {
        const std::optional<Subject> subject = draft.state().FindSubject(wanted.to);
        Assert(subject.has_value());
        const std::vector<std::string> all{"*"};
        for (const std::string& port : wanted.ports.empty() ? all : wanted.ports) {
            draft.Put(Grant{.id = GrantId{draft.NewId()},
                            .product = product,
                            .port = port,
                            .access = wanted.access,
                            .subject = *subject,
                            .until = wanted.until,
                            .declared = true,
                            .given_by = applier,
                            .created = draft.now()});
        }
    }
}

Result<const Product*> FindIn(const State& state, ProductId product) {
    const auto at = state.products.find(product);
    if (at == state.products.end()) return Fail(Code::kNotFound, "this product is gone");
    return at->second.get();
}

}  // namespace

Result<> ApplyProducts::Validate(const State& state) const {
    if (products.empty()) return Fail(Code::kInvalid, "nothing to apply");
    if (!state.users.contains(applier)) return Fail(Code::kNotFound, "this user is gone");
    std::set<std::string> names;
    std::set<std::string> new_teams;
    for (const AppliedProduct& applied : products) {
        CHECK_OK(CheckApplied(state, applied));
        new_teams.insert(applied.spec.team.name);
        if (!names.insert(applied.spec.FullName()).second) {
            return Fail(Code::kInvalid, fmt::format("{} appears twice", applied.spec.FullName()));
        }
    }
    for (const AppliedProduct& applied : products) {
        CHECK_OK(CheckDeclaredGrants(state, applied, new_teams));
    }
    return {};
}

void ApplyProducts::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    std::vector<ProductId> ids;
    for (const AppliedProduct& applied : products) {
        ids.push_back(PutProduct(draft, applied, applier));
    }
    // After all products, because a grant may be for a team that a later one created.
    const std::string name = draft.state().users.at(applier)->name;
    for (size_t i = 0; i < products.size(); ++i) {
        ReplaceDeclaredGrants(draft, ids[i], products[i], name);
    }
}

Json ApplyProducts::Audit() const {
    Json applied = Json::array();
    for (const AppliedProduct& each : products) {
        applied.push_back({{"product", each.spec.FullName()},
                           {"version", model::ToString(each.spec.version)},
                           {"team", each.spec.team.name},
                           {"generation", each.expected_generation + 1}});
    }
    return {{"products", std::move(applied)}};
}

std::vector<std::string> ReadersOf(const State& state, const Product& product) {
    const std::string& domain = state.DomainOf(product).name;
    std::set<std::string> readers;
    for (const auto& [id, other] : state.products) {
        if (id == product.id) continue;
        for (const model::InputPort& input : other->spec.input_ports) {
            if (input.kind == model::InputPort::Kind::kProduct && input.product.domain == domain &&
                input.product.product == product.name) {
                readers.insert(state.FullName(*other));
            }
        }
    }
    // And those whose SQL names it: their last publication says what they read.
    for (const auto& [id, port] : state.ports) {
        const Product& reader = *state.products.at(port->product);
        if (reader.id == product.id || port->major != reader.spec.version.major) continue;
        for (const uint64_t input : port->inputs) {
            const auto read = state.ports.find(PortId{input});
            if (read != state.ports.end() && read->second->product == product.id)
                readers.insert(state.FullName(reader));
        }
    }
    return {readers.begin(), readers.end()};
}

Result<> RemoveProduct::Validate(const State& state) const {
    const Product* found = TRY(FindIn(state, product));
    if (found->generation != expected_generation) {
        return Fail(Code::kConflict,
                    fmt::format("{} has been applied again meanwhile", state.FullName(*found)));
    }
    const std::vector<std::string> readers = ReadersOf(state, *found);
    if (!readers.empty()) {
        return Fail(Code::kConflict,
                    fmt::format("{} is read by {}", state.FullName(*found), Join(readers, ", ")),
                    "remove these inputs first, or agree with their teams");
    }
    return {};
}

void RemoveProduct::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    draft.Emit("weft.product.removed",
               {{"product", draft.state().FullName(*draft.state().products.at(product))}});
    draft.Remove(product);
}

Json RemoveProduct::Audit() const {
    return {{"product", product.value}, {"generation", expected_generation}};
}

Result<> AddFileRoot::Validate(const State&) const {
    const std::string folder = root + "/";
    if (!root.starts_with('/') || root.size() > 4096 || !IsUtf8(root) ||
        (root.size() > 1 && root.ends_with('/')) || folder.find("/../") != std::string::npos ||
        folder.find("/./") != std::string::npos) {
        return Fail(Code::kInvalid, fmt::format("`{}` is not an absolute, plain folder", root));
    }
    return {};
}

void AddFileRoot::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    draft.AddFileRoot(team.empty() ? root : team + ":" + root);
}

Json AddFileRoot::Audit() const { return {{"root", root}, {"team", team}}; }

}  // namespace weft::meta
