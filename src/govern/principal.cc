#include "govern/principal.h"

#include <fmt/format.h>

namespace weft::govern {
namespace {

std::unexpected<Error> Gone(const Principal& principal, const char* what) {
    Error error{Code::kDenied,
                fmt::format("{} of {} is gone", what, principal.name),
                {},
                "28000",
                "sign in again"};
    return std::unexpected(std::move(error));
}

}  // namespace

Principal UserPrincipal(const meta::State& state, const meta::User& user) {
    Principal principal{.kind = Principal::Kind::kUser,
                        .name = user.name,
                        .user = user.id,
                        .product = {},
                        .token = {},
                        .teams = {},
                        .admin = user.admin};
    for (const auto& [id, team] : state.teams) {
        if (team->members.contains(user.id)) principal.teams.insert(id);
    }
    return principal;
}

// In no team: what a product reads is granted to it, or lies in its own domain.
Principal ProductPrincipal(const meta::State& state, const meta::Product& product) {
    return {.kind = Principal::Kind::kProduct,
            .name = "product:" + state.FullName(product),
            .user = {},
            .product = product.id,
            .token = {},
            .teams = {},
            .admin = false};
}

Result<Principal> Refresh(const meta::State& state, const Principal& principal, Timestamp now) {
    if (principal.kind == Principal::Kind::kProduct) {
        const auto product = state.products.find(principal.product);
        if (product == state.products.end()) return Gone(principal, "the product");
        return ProductPrincipal(state, *product->second);
    }
    const auto user = state.users.find(principal.user);
    if (user == state.users.end()) return Gone(principal, "the account");
    if (principal.token.value != 0) {
        const auto token = state.tokens.find(principal.token);
        if (token == state.tokens.end() || token->second->user != principal.user) {
            return Gone(principal, "the token");
        }
        if (token->second->expires && *token->second->expires <= now) {
            return Gone(principal, "the validity of the token");
        }
    }
    Principal fresh = UserPrincipal(state, *user->second);
    fresh.token = principal.token;
    return fresh;
}

}  // namespace weft::govern
