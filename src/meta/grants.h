// Commands on grants. Who may give one is the caller's question to govern (Action::kOwn).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "meta/draft.h"

namespace weft::meta {

// A grant for the same subject and port that exists already gets the new end instead. FAILS:
// kNotFound, kInvalid.
struct AddGrant {
    static constexpr std::string_view kName = "add_grant";
    ProductId product;
    std::string port = "*";  // An output port, or "*". Dead letters stay with the team.
    model::Access access = model::Access::kRead;
    Subject subject;
    std::optional<Timestamp> until = {};
    std::string given_by;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

// A declared grant comes back with the next apply of its file; callers say so. FAILS: kNotFound.
struct RevokeGrant {
    static constexpr std::string_view kName = "revoke_grant";
    GrantId grant;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

}  // namespace weft::meta
