// Commands on users and their tokens. Secrets never get here: callers make verifiers
// (govern/login.h). Used by the gateway and the first start of a node.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "meta/draft.h"

namespace weft::meta {

inline constexpr size_t kTokensPerUserMax = 100;  // SCRAM tries each in turn.

// [A-Za-z0-9._@+-], 1 to 63 bytes; not "everyone", which a grant uses for all.
bool IsUserName(std::string_view text);

struct AddUser {  // FAILS: kInvalid, kExists. Find it by name afterwards.
    static constexpr std::string_view kName = "add_user";
    std::string name;
    bool admin = false;
    std::string salt;  // govern::NewSalt().
    uint32_t iterations = 32'768;
    std::optional<Verifier> password = {};  // None: tokens only.

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

struct SetPassword {  // FAILS: kNotFound, kInvalid.
    static constexpr std::string_view kName = "set_password";
    UserId user;
    Verifier password;  // Under the user's salt and iterations.

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

struct RemoveUser {  // With tokens, memberships, grants. FAILS: kNotFound, kConflict (last admin).
    static constexpr std::string_view kName = "remove_user";
    UserId user;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

struct AddToken {  // FAILS: kNotFound, kInvalid, kLimit, kExists. Find it by lookup afterwards.
    static constexpr std::string_view kName = "add_token";
    UserId user;
    std::string label;
    Verifier verifier;   // Under the user's salt and iterations.
    std::string lookup;  // govern::TokenLookup(text).
    std::optional<Timestamp> expires = {};

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

struct RevokeToken {  // FAILS: kNotFound.
    static constexpr std::string_view kName = "revoke_token";
    TokenId token;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

}  // namespace weft::meta
