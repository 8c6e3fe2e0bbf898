// Users, their passwords and tokens, and teams.
#include "meta/users.h"
#include "base/text.h"
#include "gateway/http/route.h"
#include "gateway/http/target.h"
#include "govern/decide.h"
#include "govern/login.h"
#include "meta/store.h"
#include "meta/teams.h"

namespace weft::gateway::http {
namespace {

constexpr size_t kPasswordBytesMin = 8;
constexpr size_t kPasswordBytesMax = 1'024;

std::unexpected<Error> NoUser(const std::string& name) {
    return Fail(Code::kNotFound, "there is no user " + name, "`weft users` lists them");
}

Result<> CheckPassword(std::string_view password) {
    if (password.size() < kPasswordBytesMin)
        return Fail(Code::kInvalid, "a password needs at least 8 characters",
                    "tokens are better for machines");
    if (password.size() > kPasswordBytesMax || !IsUtf8(password))
        return Fail(Code::kInvalid, "a password is UTF-8 text of at most 1,024 bytes");
    return {};
}

bool IsAdmin(const govern::Principal& who) {
    return std::holds_alternative<govern::Permit>(govern::DecideAdmin(who));
}

// One's own affairs need no permission; those of others are an administrator's.
Result<> OwnOrAdmin(const govern::Principal& who, UserId user) {
    if (who.kind == govern::Principal::Kind::kUser && who.user == user) return {};
    const auto decision = govern::DecideAdmin(who);
    if (const auto* denial = std::get_if<govern::Denial>(&decision))
        return Fail(Code::kDenied, denial->rule, denial->how_to_ask);
    return {};
}

Json ToJson(const meta::State& state, const meta::User& user) {
    Json teams = Json::array();
    for (const auto& [id, team] : state.teams)
        if (team->members.contains(user.id)) teams.push_back(team->name);
    return {{"name", user.name},
            {"admin", user.admin},
            {"teams", teams},
            {"password", user.password.has_value()},
            {"created", ToRfc3339(user.created)}};
}

Json ToJson(const meta::State& state, const meta::Team& team) {
    Json members = Json::array();
    for (const UserId id : team.members)
        if (const auto user = state.users.find(id); user != state.users.end())
            members.push_back(user->second->name);
    return {{"name", team.name}, {"contact", team.contact}, {"members", members}};
}

Result<Response> AddUser(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    meta::AddUser add;
    add.name = TRY(TextMember(body, "name"));
    add.admin = JsonBool(body, "admin");
    add.salt = govern::NewSalt();
    if (body.contains("password") && !body["password"].is_null()) {
        const std::string password = TRY(TextMember(body, "password"));
        CHECK_OK(CheckPassword(password));
        add.password = govern::MakeVerifier(password, add.salt, add.iterations);
    }
    CHECK_OK(deps.store.Commit(request.who.name, add));
    const auto state = deps.store.Snapshot();
    const meta::User* user = state->FindUser(add.name);
    if (!user) return NoUser(add.name);
    return JsonResponse(ToJson(*state, *user), 201);
}

// Administrators see everybody; others see themselves and the members of their teams.
Result<Response> ListUsers(Deps&, Request& request) {
    const bool all = IsAdmin(request.who);
    Json list = Json::array();
    for (const auto& [id, user] : request.state->users) {
        bool visible = all || id == request.who.user;
        for (const TeamId team_id : request.who.teams)
            if (const auto team = request.state->teams.find(team_id);
                team != request.state->teams.end())
                visible = visible || team->second->members.contains(id);
        if (visible) list.push_back(ToJson(*request.state, *user));
    }
    return JsonResponse({{"users", list}});
}

Result<Response> RemoveUser(Deps& deps, Request& request) {
    const meta::User* user = request.state->FindUser(request.Part("name"));
    if (!user) return NoUser(request.Part("name"));
    CHECK_OK(deps.store.Commit(request.who.name, meta::RemoveUser{user->id}));
    return JsonResponse({{"removed", user->name}});
}

Result<Response> SetPassword(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    const std::string password = TRY(TextMember(body, "password"));
    const meta::User* user = request.state->FindUser(request.Part("name"));
    if (!user) {
        CHECK_OK(OwnOrAdmin(request.who, UserId{}));  // Others learn nothing about who exists.
        return NoUser(request.Part("name"));
    }
    CHECK_OK(OwnOrAdmin(request.who, user->id));
    CHECK_OK(CheckPassword(password));
    meta::SetPassword set{user->id, govern::MakeVerifier(password, user->salt, user->iterations)};
    CHECK_OK(deps.store.Commit(request.who.name, set));
    return JsonResponse(ToJson(*request.state, *user));
}

Result<std::set<UserId>> Members(const meta::State& state, const Json& body, std::string_view key) {
    std::set<UserId> members;
    const auto list = body.find(key);
    if (list == body.end() || list->is_null()) return members;
    if (!list->is_array())
        return Fail(Code::kInvalid, "`" + std::string(key) + "` must be a list of user names");
    for (const auto& name : *list) {
        if (!name.is_string())
            return Fail(Code::kInvalid, "`" + std::string(key) + "` must be a list of user names");
        const meta::User* user = state.FindUser(name.get<std::string>());
        if (!user) return NoUser(name.get<std::string>());
        members.insert(user->id);
    }
    return members;
}

Result<Response> AddTeam(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    meta::AddTeam add;
    add.name = TRY(TextMember(body, "name"));
    add.contact = JsonString(body, "contact");
    add.members = TRY(Members(*request.state, body, "members"));
    CHECK_OK(deps.store.Commit(request.who.name, add));
    const auto state = deps.store.Snapshot();
    const meta::Team* team = state->FindTeam(add.name);
    if (!team) return Fail(Code::kConflict, "the team was changed in the same moment");
    return JsonResponse(ToJson(*state, *team), 201);
}

Result<Response> ListTeams(Deps&, Request& request) {
    Json list = Json::array();
    for (const auto& [id, team] : request.state->teams)
        list.push_back(ToJson(*request.state, *team));
    return JsonResponse({{"teams", list}});
}

Result<Response> ChangeTeam(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    const meta::Team* team = request.state->FindTeam(request.Part("name"));
    if (!team) return Fail(Code::kNotFound, "there is no team " + request.Part("name"));
    meta::ChangeTeam change;
    change.team = team->id;
    change.add = TRY(Members(*request.state, body, "add"));
    change.remove = TRY(Members(*request.state, body, "remove"));
    if (body.contains("contact")) change.contact = TRY(TextMember(body, "contact"));
    CHECK_OK(deps.store.Commit(request.who.name, change));
    const auto state = deps.store.Snapshot();
    team = state->FindTeam(request.Part("name"));
    if (!team) return Fail(Code::kConflict, "the team was changed in the same moment");
    return JsonResponse(ToJson(*state, *team));
}

Json ToJson(const meta::State& state, const meta::Token& token) {
    const auto user = state.users.find(token.user);
    Json json{{"id", std::to_string(token.id.value)},
              {"user", user == state.users.end() ? std::string() : user->second->name},
              {"label", token.label},
              {"created", ToRfc3339(token.created)}};
    if (token.expires) json["expires"] = ToRfc3339(*token.expires);
    return json;
}

Result<Response> AddToken(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    const std::string name = JsonString(body, "user", request.who.name);
    const meta::User* user = request.state->FindUser(name);
    CHECK_OK(OwnOrAdmin(request.who, user ? user->id : UserId{}));
    if (!user) return NoUser(name);
    const std::string text = govern::NewTokenText();
    meta::AddToken add;
    add.user = user->id;
    add.label = JsonString(body, "label");
    add.verifier = govern::MakeVerifier(text, user->salt, user->iterations);
    add.lookup = govern::TokenLookup(text);
    const int64_t ttl = JsonInt(body, "ttl_seconds");
    if (ttl < 0 || ttl > 100ll * 366 * 86'400)
        return Fail(Code::kInvalid, "ttl_seconds is out of range");
    if (ttl > 0) add.expires = Timestamp{deps.clock.Now().us + ttl * 1'000'000};
    CHECK_OK(deps.store.Commit(request.who.name, add));
    const auto state = deps.store.Snapshot();
    const auto made = state->token_by_lookup.find(add.lookup);
    if (made == state->token_by_lookup.end())
        return Fail(Code::kConflict, "the token was revoked at once");
    return JsonResponse({{"id", std::to_string(made->second.value)}, {"token", text}}, 201);
}

Result<Response> ListTokens(Deps&, Request& request) {
    const bool all = IsAdmin(request.who);
    Json list = Json::array();
    for (const auto& [id, token] : request.state->tokens)
        if (all || token->user == request.who.user) list.push_back(ToJson(*request.state, *token));
    return JsonResponse({{"tokens", list}});
}

Result<Response> RevokeToken(Deps& deps, Request& request) {
    const TokenId id{TRY(ParseCount(request.Part("id"), "the token"))};
    const auto token = request.state->tokens.find(id);
    const UserId owner = token == request.state->tokens.end() ? UserId{} : token->second->user;
    CHECK_OK(OwnOrAdmin(request.who, owner));
    CHECK_OK(deps.store.Commit(request.who.name, meta::RevokeToken{id}));
    return JsonResponse({{"removed", request.Part("id")}});
}

Route Row(std::string_view method, std::string_view pattern, Access access,
          std::string_view summary, std::pair<std::string_view, std::string_view> body_and_answer,
          Result<Response> (*run)(Deps&, Request&)) {
    return {.method = method,
            .pattern = pattern,
            .access = access,
            .summary = summary,
            .parameters = {},
            .body = body_and_answer.first,
            .answer = body_and_answer.second,
            .run = run};
}

}  // namespace

std::vector<Route> UserRoutes() {
    constexpr auto kAdmin = Access::kAdministrator;
    constexpr auto kAny = Access::kPrincipal;
    return {
        Row("POST", "/api/v1/users", kAdmin, "Adds a user; passwords have at least 8 characters",
            {"NewUser", "User"}, AddUser),
        Row("GET", "/api/v1/users", kAny, "Users that the caller may know", {"", "Users"},
            ListUsers),
        Row("DELETE", "/api/v1/users/{name}", kAdmin, "Removes a user with tokens and grants",
            {"", "Removal"}, RemoveUser),
        Row("PUT", "/api/v1/users/{name}/password", kAny,
            "Sets a password; one's own, or as administrator", {"Password", "User"}, SetPassword),
        Row("POST", "/api/v1/teams", kAdmin, "Adds a team", {"NewTeam", "Team"}, AddTeam),
        Row("GET", "/api/v1/teams", kAny, "All teams", {"", "Teams"}, ListTeams),
        Row("PATCH", "/api/v1/teams/{name}", kAdmin, "Adds and removes members",
            {"TeamChange", "Team"}, ChangeTeam),
        Row("POST", "/api/v1/tokens", kAny, "Makes a token; its text is shown once",
            {"NewToken", "TokenText"}, AddToken),
        Row("GET", "/api/v1/tokens", kAny, "The caller's tokens; all for administrators",
            {"", "Tokens"}, ListTokens),
        Row("DELETE", "/api/v1/tokens/{id}", kAny, "Revokes a token; its sessions end",
            {"", "Removal"}, RevokeToken),
    };
}

}  // namespace weft::gateway::http
