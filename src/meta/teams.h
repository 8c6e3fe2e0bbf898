// Commands on teams. Who may do this is the caller's question to govern.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "meta/draft.h"

namespace weft::meta {

// Letters of any script, digits and punctuation but no control characters; 1 to 128 bytes.
bool IsTeamName(std::string_view text);

struct AddTeam {  // FAILS: kInvalid, kExists, kNotFound (a member). Find it by name afterwards.
    static constexpr std::string_view kName = "add_team";
    std::string name;
    std::string contact = {};
    std::set<UserId> members = {};

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

// Adding a member twice or removing a stranger is no error. FAILS: kNotFound, kInvalid (both added
// and removed), kConflict (an owner of products would be left without members).
struct ChangeTeam {
    static constexpr std::string_view kName = "change_team";
    TeamId team;
    std::set<UserId> add = {};
    std::set<UserId> remove = {};
    std::optional<std::string> contact = {};

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

}  // namespace weft::meta
