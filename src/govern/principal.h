// Who asks, after authentication: the same value on every access path.
#pragma once

#include <set>
#include <string>

#include "base/id.h"
#include "meta/state.h"

namespace weft::govern {

struct Principal {
    enum class Kind : uint8_t { kUser, kProduct };
    Kind kind = Kind::kUser;
    std::string name;   // "ana", or "product:sales.orders"
    UserId user;        // kUser.
    ProductId product;  // kProduct: the product whose run asks.
    TokenId token;  // The token it came with; 0 with a password. A revoked token ends its sessions.
    std::set<TeamId> teams;
    bool admin = false;
};

Principal UserPrincipal(const meta::State& state, const meta::User& user);
Principal ProductPrincipal(const meta::State& state, const meta::Product& product);

// The principal as of this state: teams, admin and existence are looked up again for each
// statement. With `now`, an expired token ends its session too. FAILS: kDenied (28000) when the
// user, the product or the token is gone.
Result<Principal> Refresh(const meta::State& state, const Principal& principal, Timestamp now = {});

}  // namespace weft::govern
