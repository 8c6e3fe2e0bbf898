#include "meta/users.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace weft::meta {
namespace {

constexpr uint32_t kIterationsMin = 4'096;  // RFC 7677.
constexpr uint32_t kIterationsMax = 10'000'000;
constexpr size_t kLabelBytesMax = 200;

bool IsVerifier(const Verifier& verifier) {
    return verifier.stored_key.size() == 32 && verifier.server_key.size() == 32;
}

Result<> CheckUser(const State& state, UserId user) {
    if (!state.users.contains(user)) return Fail(Code::kNotFound, "this user is gone");
    return {};
}

size_t AdminCount(const State& state) {
    return static_cast<size_t>(
        std::ranges::count_if(state.users, [](const auto& entry) { return entry.second->admin; }));
}

Json NameOf(const State& state, UserId user) {
    const auto at = state.users.find(user);
    return at == state.users.end() ? Json(nullptr) : Json(at->second->name);
}

}  // namespace

bool IsUserName(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '@' || c == '+' || c == '-';
    };
    return !text.empty() && text.size() <= 63 && text != "everyone" &&
           std::ranges::all_of(text, allowed);
}

Result<> AddUser::Validate(const State& state) const {
    if (!IsUserName(name)) {
        return Fail(Code::kInvalid, fmt::format("`{}` cannot be a user's name", name),
                    "use up to 63 letters, digits and . _ @ + -");
    }
    if (state.FindUser(name) != nullptr) {
        return Fail(Code::kExists, fmt::format("there is a user {} already", name));
    }
    if (salt.size() < 16 || iterations < kIterationsMin || iterations > kIterationsMax) {
        return Fail(Code::kInvalid, "salt or iterations of the new user are too small");
    }
    if (password && !IsVerifier(*password)) return Fail(Code::kInvalid, "not a verifier");
    return {};
}

void AddUser::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    draft.Put(User{.id = UserId{draft.NewId()},
                   .name = name,
                   .admin = admin,
                   .salt = salt,
                   .iterations = iterations,
                   .password = password,
                   .created = draft.now()});
    draft.Emit("weft.user.added", {{"name", name}, {"admin", admin}});
}

Json AddUser::Audit() const { return {{"name", name}, {"admin", admin}}; }

Result<> SetPassword::Validate(const State& state) const {
    CHECK_OK(CheckUser(state, user));
    if (!IsVerifier(password)) return Fail(Code::kInvalid, "not a verifier");
    return {};
}

void SetPassword::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    User changed = *draft.state().users.at(user);
    changed.password = password;
    draft.Put(std::move(changed));
}

Json SetPassword::Audit() const { return {{"user", user.value}}; }

Result<> RemoveUser::Validate(const State& state) const {
    CHECK_OK(CheckUser(state, user));
    if (state.users.at(user)->admin && AdminCount(state) == 1) {
        return Fail(Code::kConflict, "the last administrator cannot be removed",
                    "add another one first: weft user add NAME --admin");
    }
    return {};
}

void RemoveUser::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    draft.Emit("weft.user.removed", {{"name", NameOf(draft.state(), user)}});
    draft.Remove(user);
}

Json RemoveUser::Audit() const { return {{"user", user.value}}; }

Result<> AddToken::Validate(const State& state) const {
    CHECK_OK(CheckUser(state, user));
    if (!IsVerifier(verifier) || lookup.size() != 64) {
        return Fail(Code::kInvalid, "not a verifier");
    }
    if (label.size() > kLabelBytesMax || !IsUtf8(label)) {
        return Fail(Code::kInvalid,
                    fmt::format("a token's label has at most {} bytes of text", kLabelBytesMax));
    }
    if (state.token_by_lookup.contains(lookup)) {
        return Fail(Code::kExists, "this token exists already");
    }
    const auto of_user = [&](const auto& entry) { return entry.second->user == user; };
    if (std::ranges::count_if(state.tokens, of_user) >=
        static_cast<std::ptrdiff_t>(kTokensPerUserMax)) {
        return Fail(Code::kLimit, fmt::format("a user has at most {} tokens", kTokensPerUserMax),
                    "revoke old ones: weft token list, weft token revoke ID");
    }
    return {};
}

void AddToken::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    draft.Put(Token{.id = TokenId{draft.NewId()},
                    .user = user,
                    .label = label,
                    .verifier = verifier,
                    .lookup = lookup,
                    .created = draft.now(),
                    .expires = expires});
}

Json AddToken::Audit() const {
    return {{"user", user.value},
            {"label", label},
            {"expires", expires ? Json(ToRfc3339(*expires)) : Json(nullptr)}};
}

Result<> RevokeToken::Validate(const State& state) const {
    if (!state.tokens.contains(token)) return Fail(Code::kNotFound, "this token is gone");
    return {};
}

void RevokeToken::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    const UserId user = draft.state().tokens.at(token)->user;
    draft.Emit("weft.token.revoked",
               {{"token", token.value}, {"user", NameOf(draft.state(), user)}});
    draft.Remove(token);
}

Json RevokeToken::Audit() const { return {{"token", token.value}}; }

}  // namespace weft::meta
