#include "meta/draft.h"

#include <algorithm>

#include "base/result.h"

namespace weft::meta {
namespace {

// Puts the entity under its id and keeps the index by name; names are unique.
template <class Map, class Index, class Entity, class Key>
void PutNamed(Map& map, Index& index, Entity entity, const Key& key, const Key& old_key) {
    const auto id = entity.id;
    Assert(id.value != 0);
    const auto taken = index.find(key);
    Assert(taken == index.end() || taken->second == id);
    if (old_key != key) index.erase(old_key);
    index.insert_or_assign(key, id);
    map.insert_or_assign(id, std::make_shared<const Entity>(std::move(entity)));
}

template <class Map, class Id>
auto OldName(const Map& map, Id id, const std::string& fallback) {
    const auto at = map.find(id);
    return at == map.end() ? fallback : at->second->name;
}

template <class Of, class Owner, class Id>
void EraseFrom(Of& of, Owner owner, Id id) {
    const auto at = of.find(owner);
    if (at == of.end()) return;
    std::erase(at->second, id);
    if (at->second.empty()) of.erase(at);
}

}  // namespace

Draft::Draft(std::shared_ptr<const State> base, Timestamp now)
    : next_(std::make_unique<State>(*base)), now_(now) {
    ++next_->version;
}

uint64_t Draft::NewId() { return ++next_->last_id; }

void Draft::Put(User user) {
    Touch(Kind::kUser, user.id.value);
    const std::string name = user.name;
    const std::string old = OldName(next_->users, user.id, name);
    PutNamed(next_->users, next_->user_by_name, std::move(user), name, old);
}

void Draft::Put(Team team) {
    Touch(Kind::kTeam, team.id.value);
    for (const UserId member : team.members) Assert(next_->users.contains(member));
    const std::string name = team.name;
    const std::string old = OldName(next_->teams, team.id, name);
    PutNamed(next_->teams, next_->team_by_name, std::move(team), name, old);
}

void Draft::Put(Domain domain) {
    Touch(Kind::kDomain, domain.id.value);
    Assert(next_->teams.contains(domain.owner));
    const std::string name = domain.name;
    const std::string old = OldName(next_->domains, domain.id, name);
    PutNamed(next_->domains, next_->domain_by_name, std::move(domain), name, old);
}

void Draft::Put(Product product) {
    Touch(Kind::kProduct, product.id.value);
    Assert(next_->teams.contains(product.team));
    Assert(next_->domains.contains(product.domain));
    const std::pair key(product.domain, product.name);
    const auto at = next_->products.find(product.id);
    const std::pair old =
        at == next_->products.end() ? key : std::pair(at->second->domain, at->second->name);
    PutNamed(next_->products, next_->product_by_name, std::move(product), key, old);
}

void Draft::Put(Token token) {
    Touch(Kind::kToken, token.id.value);
    Assert(token.id.value != 0 && next_->users.contains(token.user));
    const auto taken = next_->token_by_lookup.find(token.lookup);
    Assert(taken == next_->token_by_lookup.end() || taken->second == token.id);
    if (const auto at = next_->tokens.find(token.id); at != next_->tokens.end()) {
        next_->token_by_lookup.erase(at->second->lookup);
    }
    next_->token_by_lookup.insert_or_assign(token.lookup, token.id);
    const TokenId id = token.id;
    next_->tokens.insert_or_assign(id, std::make_shared<const Token>(std::move(token)));
}

void Draft::Put(Port port) {
    Touch(Kind::kPort, port.id.value);
    Assert(port.id.value != 0 && next_->products.contains(port.product));
    const Port* same_name = next_->FindPort(port.product, port.name, port.major);
    Assert(same_name == nullptr || same_name->id == port.id);
    const PortId id = port.id;
    const ProductId product = port.product;
    if (const auto at = next_->ports.find(id); at != next_->ports.end()) {
        Assert(at->second->product == product);
    }
    next_->ports.insert_or_assign(id, std::make_shared<const Port>(std::move(port)));
    std::vector<PortId>& of = next_->ports_of[product];
    if (std::ranges::find(of, id) == of.end()) of.push_back(id);
    std::ranges::sort(of, {}, [&](PortId each) {
        const Port& sorted = *next_->ports.at(each);
        return std::pair(std::string_view(sorted.name), sorted.major);
    });
}

void Draft::Put(Grant grant) {
    Touch(Kind::kGrant, grant.id.value);
    Assert(grant.id.value != 0 && next_->products.contains(grant.product));
    Assert(next_->HasSubject(grant.subject));
    const GrantId id = grant.id;
    const ProductId product = grant.product;
    if (const auto at = next_->grants.find(id); at != next_->grants.end()) {
        Assert(at->second->product == product);
    }
    next_->grants.insert_or_assign(id, std::make_shared<const Grant>(std::move(grant)));
    std::vector<GrantId>& of = next_->grants_of[product];
    if (std::ranges::find(of, id) == of.end()) of.push_back(id);
}

void Draft::Remove(UserId id) {
    Touch(Kind::kUser, id.value);
    const auto user = next_->users.find(id);
    Assert(user != next_->users.end());
    std::vector<TokenId> tokens;
    for (const auto& [token_id, token] : next_->tokens) {
        if (token->user == id) tokens.push_back(token_id);
    }
    for (const TokenId token : tokens) Remove(token);
    std::vector<Team> teams;
    for (const auto& [team_id, team] : next_->teams) {
        if (team->members.contains(id)) teams.push_back(*team);
    }
    for (Team& team : teams) {
        team.members.erase(id);
        Put(std::move(team));
    }
    RemoveGrantsFor({.kind = Subject::Kind::kUser, .id = id.value, .name = {}});
    next_->user_by_name.erase(user->second->name);
    next_->users.erase(user);
}

void Draft::Remove(TokenId id) {
    Touch(Kind::kToken, id.value);
    const auto token = next_->tokens.find(id);
    Assert(token != next_->tokens.end());
    next_->token_by_lookup.erase(token->second->lookup);
    next_->tokens.erase(token);
}

void Draft::Remove(TeamId id) {
    Touch(Kind::kTeam, id.value);
    const auto team = next_->teams.find(id);
    Assert(team != next_->teams.end());
    for (const auto& [key, domain] : next_->domains) Assert(domain->owner != id);
    for (const auto& [key, product] : next_->products) Assert(product->team != id);
    RemoveGrantsFor({.kind = Subject::Kind::kTeam, .id = id.value, .name = {}});
    next_->team_by_name.erase(team->second->name);
    next_->teams.erase(team);
}

void Draft::Remove(DomainId id) {
    Touch(Kind::kDomain, id.value);
    const auto domain = next_->domains.find(id);
    Assert(domain != next_->domains.end());
    for (const auto& [key, product] : next_->products) Assert(product->domain != id);
    next_->domain_by_name.erase(domain->second->name);
    next_->domains.erase(domain);
}

void Draft::Remove(ProductId id) {
    Touch(Kind::kProduct, id.value);
    const auto product = next_->products.find(id);
    Assert(product != next_->products.end());
    const auto ports = next_->ports_of.find(id);
    if (ports != next_->ports_of.end()) {
        for (const PortId port : std::vector(ports->second)) Remove(port);
    }
    const auto grants = next_->grants_of.find(id);
    if (grants != next_->grants_of.end()) {
        for (const GrantId grant : std::vector(grants->second)) Remove(grant);
    }
    // By name: else whoever takes the name later would inherit them. Those that a file declares
    // stay, because the file still says so.
    RemoveGrantsFor({.kind = Subject::Kind::kProduct, .name = next_->FullName(*product->second)});
    next_->product_by_name.erase({product->second->domain, product->second->name});
    next_->products.erase(product);
}

void Draft::Remove(PortId id) {
    Touch(Kind::kPort, id.value);
    const auto port = next_->ports.find(id);
    Assert(port != next_->ports.end());
    EraseFrom(next_->ports_of, port->second->product, id);
    next_->ports.erase(port);
}

void Draft::Remove(GrantId id) {
    Touch(Kind::kGrant, id.value);
    const auto grant = next_->grants.find(id);
    Assert(grant != next_->grants.end());
    EraseFrom(next_->grants_of, grant->second->product, id);
    next_->grants.erase(grant);
}

void Draft::RemoveGrantsFor(const Subject& subject) {
    std::vector<GrantId> gone;
    for (const auto& [id, grant] : next_->grants) {
        const bool by_name = subject.kind == Subject::Kind::kProduct;
        if (grant->subject == subject && !(by_name && grant->declared)) gone.push_back(id);
    }
    for (const GrantId id : gone) Remove(id);
}

void Draft::AddFileRoot(std::string root) {
    if (next_->file_roots.insert(root).second) new_file_roots_.push_back(std::move(root));
}

void Draft::Emit(std::string type, Json data) {
    events_.push_back({std::move(type), std::move(data)});
}

std::shared_ptr<const State> Draft::Finish() {
    return std::make_shared<const State>(std::move(*next_));
}

}  // namespace weft::meta
