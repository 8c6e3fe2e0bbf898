#include "meta/teams.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace weft::meta {
namespace {

constexpr size_t kContactBytesMax = 500;

Result<> CheckMembers(const State& state, const std::set<UserId>& members) {
    for (const UserId member : members) {
        if (!state.users.contains(member)) return Fail(Code::kNotFound, "a member is no user");
    }
    return {};
}

Result<> CheckContact(std::string_view contact) {
    if (contact.size() > kContactBytesMax || !IsUtf8(contact)) {
        return Fail(Code::kInvalid,
                    fmt::format("a contact has at most {} bytes of text", kContactBytesMax));
    }
    return {};
}

Json ToJson(const std::set<UserId>& users) {
    Json json = Json::array();
    for (const UserId user : users) json.push_back(user.value);
    return json;
}

bool OwnsAnything(const State& state, TeamId team) {
    const auto owns = [&](const auto& entry) { return entry.second->team == team; };
    return std::ranges::any_of(state.products, owns);
}

std::set<UserId> MembersAfter(const Team& team, const ChangeTeam& change) {
    std::set<UserId> members = team.members;
    members.insert(change.add.begin(), change.add.end());
    for (const UserId user : change.remove) members.erase(user);
    return members;
}

}  // namespace

bool IsTeamName(std::string_view text) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    };
    return !text.empty() && text.size() <= 128 && IsUtf8(text) && Trim(text) == text &&
           std::ranges::none_of(text, is_control);
}

Result<> AddTeam::Validate(const State& state) const {
    if (!IsTeamName(name)) {
        return Fail(Code::kInvalid, fmt::format("`{}` cannot be a team's name", name),
                    "use 1 to 128 bytes of text without control characters");
    }
    if (state.FindTeam(name) != nullptr) {
        return Fail(Code::kExists, fmt::format("there is a team {} already", name));
    }
    CHECK_OK(CheckContact(contact));
    return CheckMembers(state, members);
}

void AddTeam::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    draft.Put(
        Team{.id = TeamId{draft.NewId()}, .name = name, .contact = contact, .members = members});
    draft.Emit("weft.team.added", {{"name", name}});
}

Json AddTeam::Audit() const {
    return {{"name", name}, {"contact", contact}, {"members", ToJson(members)}};
}

Result<> ChangeTeam::Validate(const State& state) const {
    const auto at = state.teams.find(team);
    if (at == state.teams.end()) return Fail(Code::kNotFound, "this team is gone");
    if (contact) CHECK_OK(CheckContact(*contact));
    CHECK_OK(CheckMembers(state, add));
    for (const UserId user : remove) {
        if (add.contains(user)) {
            return Fail(Code::kInvalid, "the same user is to be added and removed");
        }
    }
    if (!at->second->members.empty() && MembersAfter(*at->second, *this).empty() &&
        OwnsAnything(state, team)) {
        return Fail(
            Code::kConflict,
            fmt::format("team {} owns products and would have no member left", at->second->name),
            "add another member first");
    }
    return {};
}

void ChangeTeam::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    Team changed = *draft.state().teams.at(team);
    changed.members = MembersAfter(changed, *this);
    if (contact) changed.contact = *contact;
    draft.Emit("weft.team.changed", {{"name", changed.name}});
    draft.Put(std::move(changed));
}

Json ChangeTeam::Audit() const {
    Json json = {{"team", team.value}, {"add", ToJson(add)}, {"remove", ToJson(remove)}};
    if (contact) json["contact"] = *contact;
    return json;
}

}  // namespace weft::meta
