#include "meta/state.h"

#include <fmt/format.h>

#include "base/text.h"

namespace weft::meta {
namespace {

// The entity behind an index entry; null when the index has none.
template <class Index, class Key, class Map>
auto* Find(const Index& index, const Key& key, const Map& map) {
    const auto at = index.find(key);
    return at == index.end() ? nullptr : map.at(at->second).get();
}

}  // namespace

const User* State::FindUser(std::string_view name) const { return Find(user_by_name, name, users); }

const Team* State::FindTeam(std::string_view name) const { return Find(team_by_name, name, teams); }

const Domain* State::FindDomain(std::string_view name) const {
    return Find(domain_by_name, name, domains);
}

const Product* State::FindProduct(std::string_view domain, std::string_view name) const {
    const Domain* found = FindDomain(domain);
    if (found == nullptr) return nullptr;
    return Find(product_by_name, std::pair(found->id, std::string(name)), products);
}

const Port* State::FindPort(ProductId product, std::string_view name, uint32_t major) const {
    const auto of = ports_of.find(product);
    if (of == ports_of.end()) return nullptr;
    for (const PortId id : of->second) {
        const Port& port = *ports.at(id);
        if (port.name == name && port.major == major) return &port;
    }
    return nullptr;
}

const Domain& State::DomainOf(const Product& product) const { return *domains.at(product.domain); }

std::string State::FullName(const Product& product) const {
    return DomainOf(product).name + "." + product.name;
}

std::optional<Subject> State::FindSubject(std::string_view text) const {
    if (text == "everyone") return Subject{.kind = Subject::Kind::kEveryone, .name = {}};
    if (text.starts_with("team:")) {
        const Team* team = FindTeam(text.substr(5));
        if (team == nullptr) return std::nullopt;
        return Subject{.kind = Subject::Kind::kTeam, .id = team->id.value, .name = {}};
    }
    if (text.starts_with("product:")) {
        Subject subject{.kind = Subject::Kind::kProduct, .name = std::string(text.substr(8))};
        if (!HasSubject(subject)) return std::nullopt;
        return subject;
    }
    const User* user = FindUser(text);
    if (user == nullptr) return std::nullopt;
    return Subject{.kind = Subject::Kind::kUser, .id = user->id.value, .name = {}};
}

bool State::HasSubject(const Subject& subject) const {
    switch (subject.kind) {
        case Subject::Kind::kUser:
            return users.contains(UserId{subject.id});
        case Subject::Kind::kTeam:
            return teams.contains(TeamId{subject.id});
        case Subject::Kind::kProduct: {
            const size_t dot = subject.name.find('.');
            return dot != std::string::npos && IsName(subject.name.substr(0, dot)) &&
                   IsName(subject.name.substr(dot + 1));
        }
        case Subject::Kind::kEveryone:
            return true;
    }
    return false;
}

std::string State::SubjectName(const Subject& subject) const {
    switch (subject.kind) {
        case Subject::Kind::kUser: {
            const auto at = users.find(UserId{subject.id});
            return at == users.end() ? "a removed user" : at->second->name;
        }
        case Subject::Kind::kTeam: {
            const auto at = teams.find(TeamId{subject.id});
            return at == teams.end() ? "a removed team" : "team:" + at->second->name;
        }
        case Subject::Kind::kProduct:
            return "product:" + subject.name;
        case Subject::Kind::kEveryone:
            return "everyone";
    }
    return {};
}

uint64_t Port::TailRows() const {
    uint64_t rows = 0;
    for (const TailFile& file : tail) rows += file.row_count;
    return rows;
}

int64_t Port::DataVersion() const {
    return pushed ? static_cast<int64_t>(position) : table.snapshot_id;
}

}  // namespace weft::meta
