#include "govern/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "model/port_name.h"

namespace weft::govern {
namespace {

std::string Verb(Action action) {
    switch (action) {
        case Action::kDiscover:
            return "see";
        case Action::kRead:
            return "read";
        case Action::kWrite:
            return "write to";
        case Action::kEvolve:
            return "change";
        case Action::kOwn:
            return "give access to";
    }
    return "use";
}

bool IsMember(const Principal& who, TeamId team) {
    return who.kind == Principal::Kind::kUser && who.teams.contains(team);
}
bool IsAdmin(const Principal& who) { return who.kind == Principal::Kind::kUser && who.admin; }

std::string TeamText(const meta::State& state, TeamId id) {
    const auto at = state.teams.find(id);
    if (at == state.teams.end()) return "an administrator";
    const meta::Team& team = *at->second;
    return team.contact.empty() ? "team " + team.name
                                : fmt::format("team {} ({})", team.name, team.contact);
}

// "sales.orders", "sales.orders.items": as commands take it.
std::string Dotted(const meta::State& state, const meta::Product& product, std::string_view port) {
    const std::string name = state.FullName(product);
    return port == model::kDefaultPort || port.empty() ? name : fmt::format("{}.{}", name, port);
}

bool IsFor(const meta::State& state, const Principal& who, const meta::Subject& subject) {
    using Kind = meta::Subject::Kind;
    if (subject.kind == Kind::kEveryone) return true;
    if (who.kind == Principal::Kind::kProduct) {
        if (subject.kind != Kind::kProduct) return false;
        const auto product = state.products.find(who.product);
        return product != state.products.end() && state.FullName(*product->second) == subject.name;
    }
    if (subject.kind == Kind::kUser) return UserId{subject.id} == who.user;
    return subject.kind == Kind::kTeam && who.teams.contains(TeamId{subject.id});
}

struct GrantsFound {
    const meta::Grant* living = nullptr;
    const meta::Grant* ended = nullptr;
};

// `port` empty: a grant on any port will do.
// `access` absent: a grant of any kind will do.
GrantsFound FindGrants(const meta::State& state, const Principal& who, const meta::Product& product,
                       std::string_view port, std::optional<model::Access> access, Timestamp now) {
    GrantsFound found;
    const auto of = state.grants_of.find(product.id);
    if (of == state.grants_of.end()) return found;
    for (const GrantId id : of->second) {
        const meta::Grant& grant = *state.grants.at(id);
        if (!port.empty() && grant.port != "*" && grant.port != port) continue;
        if (access && grant.access != *access) continue;
        if (!IsFor(state, who, grant.subject)) continue;
        (grant.until && *grant.until <= now ? found.ended : found.living) = &grant;
    }
    return found;
}

// The product whose run asks; null for users.
const meta::Product* Asking(const meta::State& state, const Principal& who) {
    if (who.kind != Principal::Kind::kProduct) return nullptr;
    const auto at = state.products.find(who.product);
    return at == state.products.end() ? nullptr : at->second.get();
}

// Whether more than a yes or no would be needed. A port that the files no longer name may still
// have its old table: nobody can say what rules it had, so it counts as ruled.
bool HasRules(const meta::State& state, const meta::Product& product, std::string_view port) {
    const model::OutputPort* spec = product.spec.FindOutput(port);
    if (spec != nullptr && spec->HasReadRules()) return true;
    const auto ports = state.ports_of.find(product.id);
    if (ports == state.ports_of.end()) return false;
    const auto has_mask = [](const meta::BoundColumn& column) {
        return !column.column.mask.empty();
    };
    return std::ranges::any_of(ports->second, [&](PortId id) {
        const meta::Port& published = *state.ports.at(id);
        return published.name == port &&
               (spec == nullptr || std::ranges::any_of(published.columns, has_mask));
    });
}

Denial Deny(const meta::State& state, const Principal& who, Action action,
            const meta::Product& product, std::string rule) {
    return {.action = action,
            .rule = std::move(rule),
            .decider = TeamText(state, product.team),
            .how_to_ask =
                fmt::format("ask {}", TeamText(state, product.team) + " for it, as " + who.name)};
}

Denial DenyWithoutGrant(const meta::State& state, const Principal& who, Action action,
                        const meta::Product& product, std::string_view port,
                        const meta::Grant* ended) {
    Denial denial = Deny(state, who, action, product,
                         ended == nullptr ? fmt::format("no grant for {}", who.name)
                                          : fmt::format("the grant for {} ended {}", who.name,
                                                        ToRfc3339(*ended->until)));
    denial.how_to_ask = fmt::format("ask them, or a member runs: weft grant {} {} --to {}",
                                    Dotted(state, product, port),
                                    action == Action::kWrite ? "write" : "read", who.name);
    return denial;
}

Decision DecideDiscover(const meta::State& state, const Principal& who,
                        const meta::Product& product, Timestamp now) {
    if (!product.spec.is_private) return Permit{.rule = "not private"};
    if (IsMember(who, product.team)) return Permit{.rule = "owning team"};
    if (IsAdmin(who)) return Permit{.rule = "administrator"};
    const meta::Product* asking = Asking(state, who);
    if (asking != nullptr && asking->domain == product.domain) return Permit{.rule = "own domain"};
    if (const auto* grant = FindGrants(state, who, product, {}, {}, now).living) {
        return Permit{.rule = fmt::format("grant {}", grant->id.value)};
    }
    return Deny(state, who, Action::kDiscover, product, "it is private");
}

Decision DecideRead(const meta::State& state, const Principal& who, const meta::Product& product,
                    std::string_view port, Timestamp now) {
    if (IsMember(who, product.team)) return Permit{.rule = "owning team"};
    const meta::Product* asking = Asking(state, who);
    const bool is_own_domain = asking != nullptr && asking->domain == product.domain;
    const bool is_own_team = asking != nullptr && asking->team == product.team;
    const GrantsFound grants = FindGrants(state, who, product, port, model::Access::kRead, now);

    // Dead letters are raw: nobody else reads them, whatever was granted.
    if (model::IsReservedPort(port)) {
        if (is_own_domain && is_own_team) return Permit{.rule = "own domain"};
        return Deny(state, who, Action::kRead, product,
                    fmt::format("`{}` is for the owning team only", port));
    }
    if (!is_own_domain && grants.living == nullptr) {
        return DenyWithoutGrant(state, who, Action::kRead, product, port, grants.ended);
    }
    if (!is_own_team && HasRules(state, product, port)) {
        Denial denial = Deny(state, who, Action::kRead, product,
                             "it has row or column rules, which this node cannot enforce yet, so "
                             "only its owning team reads it");
        denial.how_to_ask = "ask them for an output port without rows, mask and minimumGroup";
        return denial;
    }
    if (is_own_domain) return Permit{.rule = "own domain"};
    return Permit{.rule = fmt::format("grant {}", grants.living->id.value)};
}

// Pushing records: the owning team, and who was granted it. Administrators write only by grant.
Decision DecideWrite(const meta::State& state, const Principal& who, const meta::Product& product,
                     std::string_view port, Timestamp now) {
    if (IsMember(who, product.team)) return Permit{.rule = "owning team"};
    const GrantsFound grants = FindGrants(state, who, product, port, model::Access::kWrite, now);
    if (grants.living != nullptr)
        return Permit{.rule = fmt::format("grant {}", grants.living->id.value)};
    return DenyWithoutGrant(state, who, Action::kWrite, product, port, grants.ended);
}

Decision DecideChange(const meta::State& state, const Principal& who, Action action,
                      const meta::Product& product) {
    if (IsMember(who, product.team)) return Permit{.rule = "owning team"};
    if (IsAdmin(who)) return Permit{.rule = "administrator"};
    const auto domain = state.domains.find(product.domain);
    if (action == Action::kEvolve && domain != state.domains.end() &&
        IsMember(who, domain->second->owner)) {
        return Permit{.rule = "domain's team"};
    }
    return Deny(state, who, action, product, fmt::format("{} is not in the owning team", who.name));
}

Denial DenyTeam(const meta::State& state, const Principal& who, std::string rule, TeamId team) {
    return {.action = Action::kEvolve,
            .rule = std::move(rule),
            .decider = TeamText(state, team),
            .how_to_ask = fmt::format("ask them to add {0}: weft team add {1} --member {0}",
                                      who.name, state.teams.at(team)->name)};
}

}  // namespace

Decision Decide(const meta::State& state, const Principal& who, Action action,
                const meta::Product& product, std::string_view port, Timestamp now) {
    switch (action) {
        case Action::kDiscover:
            return DecideDiscover(state, who, product, now);
        case Action::kRead:
            return DecideRead(state, who, product, port, now);
        case Action::kWrite:
            return DecideWrite(state, who, product, port, now);
        case Action::kEvolve:
        case Action::kOwn:
            return DecideChange(state, who, action, product);
    }
    return Deny(state, who, action, product, "no rule permits it");
}

Decision DecideDomain(const meta::State& state, const Principal& who, std::string_view domain) {
    if (who.kind != Principal::Kind::kUser) {
        return Denial{.action = Action::kEvolve,
                      .rule = "products do not apply products",
                      .decider = "the node",
                      .how_to_ask = {}};
    }
    if (IsAdmin(who)) return Permit{.rule = "administrator"};
    const meta::Domain* found = state.FindDomain(domain);
    if (found == nullptr) return Permit{.rule = "new domain"};
    if (IsMember(who, found->owner)) return Permit{.rule = "domain's team"};
    return DenyTeam(state, who,
                    fmt::format("domain {} belongs to {}, and {} is no member", domain,
                                TeamText(state, found->owner), who.name),
                    found->owner);
}

Decision DecideTeam(const meta::State& state, const Principal& who, std::string_view team) {
    if (IsAdmin(who)) return Permit{.rule = "administrator"};
    const meta::Team* found = state.FindTeam(team);
    if (found == nullptr && who.kind == Principal::Kind::kUser) return Permit{.rule = "new team"};
    if (found != nullptr && IsMember(who, found->id)) return Permit{.rule = "member"};
    if (found == nullptr) return DecideDomain(state, who, {});
    return DenyTeam(state, who, fmt::format("{} is no member of team {}", who.name, team),
                    found->id);
}

Decision DecideAdmin(const Principal& who) {
    if (IsAdmin(who)) return Permit{.rule = "administrator"};
    return Denial{.action = Action::kOwn,
                  .rule = fmt::format("{} is no administrator", who.name),
                  .decider = "an administrator",
                  .how_to_ask = "ask an administrator of this node"};
}

Error ToError(const meta::State& state, const Principal& who, const meta::Product& product,
              std::string_view port, const Denial& denial, Timestamp now) {
    const Decision seen = Decide(state, who, Action::kDiscover, product, port, now);
    if (std::holds_alternative<Denial>(seen)) {
        const std::string& domain = state.DomainOf(product).name;
        return NoSuchRelation(domain, model::TableName({.domain = domain,
                                                        .product = product.name,
                                                        .port = std::string(port),
                                                        .major = {}}));
    }
    return {Code::kDenied,
            fmt::format("you may not {} {}: {}. Decided by {}.", Verb(denial.action),
                        Dotted(state, product, port), denial.rule, denial.decider),
            {},
            "42501",
            denial.how_to_ask};
}

Error ToError(const Denial& denial) {
    return {Code::kDenied,
            fmt::format("you may not do this: {}. Decided by {}.", denial.rule, denial.decider),
            {},
            "42501",
            denial.how_to_ask};
}

Error NoSuchRelation(std::string_view domain, std::string_view table) {
    return {Code::kNotFound,
            fmt::format("relation \"{}.{}\" does not exist", domain, table),
            {},
            "42P01",
            {}};
}

}  // namespace weft::govern
