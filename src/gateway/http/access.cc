// Who am I, who may read what, and what was changed: whoami, grants, audit.
#include "base/text.h"
#include "catalog/products.h"
#include "gateway/http/route.h"
#include "gateway/http/target.h"
#include "govern/decide.h"
#include "meta/grants.h"
#include "meta/store.h"

namespace weft::gateway::http {
namespace {

constexpr uint64_t kAuditMax = 1'000;

Result<Response> WhoAmI(Deps&, Request& request) {
    Json teams = Json::array();
    for (const TeamId id : request.who.teams)
        if (const auto team = request.state->teams.find(id); team != request.state->teams.end())
            teams.push_back(team->second->name);
    return JsonResponse(
        {{"name", request.who.name},
         {"kind", request.who.kind == govern::Principal::Kind::kUser ? "user" : "product"},
         {"admin", request.who.admin},
         {"teams", teams}});
}

Json ToJson(const meta::State& state, const meta::Grant& grant) {
    const auto product = state.products.find(grant.product);
    Json json{{"id", std::to_string(grant.id.value)},
              {"product",
               product == state.products.end() ? std::string() : state.FullName(*product->second)},
              {"port", grant.port},
              {"access", grant.access == model::Access::kWrite ? "write" : "read"},
              {"to", state.SubjectName(grant.subject)},
              {"declared", grant.declared},
              {"given_by", grant.given_by},
              {"created", ToRfc3339(grant.created)}};
    if (grant.until) json["until"] = ToRfc3339(*grant.until);
    return json;
}

// A time, or a date that means its end.
Result<std::optional<Timestamp>> ParseUntil(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return TRY(ParseRfc3339(text.size() == 10 ? text + "T23:59:59Z" : text));
}

Result<> MayOwn(const Deps& deps, const Request& request, const meta::Product& product,
                std::string_view port) {
    const auto decision = govern::Decide(*request.state, request.who, govern::Action::kOwn, product,
                                         port, deps.clock.Now());
    if (const auto* denial = std::get_if<govern::Denial>(&decision))
        return std::unexpected(
            govern::ToError(*request.state, request.who, product, port, *denial, deps.clock.Now()));
    return {};
}

Result<Response> AddGrant(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    const std::string name = TRY(TextMember(body, "product"));
    const std::string to = TRY(TextMember(body, "to"));
    const meta::Product* product =
        TRY(catalog::FindVisible(*request.state, request.who, name, deps.clock.Now()));
    meta::AddGrant add;
    add.product = product->id;
    add.port = JsonString(body, "port", "*");
    const std::string access = JsonString(body, "access", "read");
    if (access != "read" && access != "write")
        return Fail(Code::kInvalid, "`" + access + "` cannot be granted", "read, or write");
    if (access == "write") add.access = model::Access::kWrite;
    add.until = TRY(ParseUntil(JsonString(body, "until")));
    add.given_by = request.who.name;
    CHECK_OK(MayOwn(deps, request, *product, add.port));
    const auto subject = request.state->FindSubject(to);
    if (!subject)
        return Fail(Code::kNotFound, "there is nobody called " + to,
                    "write a user's name, team:NAME, product:DOMAIN.PRODUCT or everyone");
    add.subject = *subject;
    CHECK_OK(deps.store.Commit(request.who.name, add));
    const auto state = deps.store.Snapshot();
    for (const auto& [id, grant] : state->grants)
        if (grant->product == add.product && grant->port == add.port &&
            grant->access == add.access && grant->subject == add.subject)
            return JsonResponse(ToJson(*state, *grant), 201);
    return Fail(Code::kConflict, "the grant was revoked in the same moment");
}

bool Concerns(const govern::Principal& who, const meta::Subject& subject) {
    switch (subject.kind) {
        case meta::Subject::Kind::kUser:
            return who.kind == govern::Principal::Kind::kUser && who.user.value == subject.id;
        case meta::Subject::Kind::kTeam:
            return who.teams.contains(TeamId{subject.id});
        case meta::Subject::Kind::kProduct:
            return false;
        case meta::Subject::Kind::kEveryone:
            return true;
    }
    return false;
}

// Those who own a product see all of its grants; others see what concerns them.
Result<Response> ListGrants(Deps& deps, Request& request) {
    std::optional<ProductId> only;
    if (request.HasQuery("product"))
        only = TRY(catalog::FindVisible(*request.state, request.who, request.Query("product"),
                                        deps.clock.Now()))
                   ->id;
    Json list = Json::array();
    for (const auto& [id, grant] : request.state->grants) {
        if (only && grant->product != *only) continue;
        const auto product = request.state->products.find(grant->product);
        if (product == request.state->products.end()) continue;
        if (Concerns(request.who, grant->subject) ||
            MayOwn(deps, request, *product->second, grant->port))
            list.push_back(ToJson(*request.state, *grant));
    }
    return JsonResponse({{"grants", list}});
}

Result<Response> RevokeGrant(Deps& deps, Request& request) {
    const GrantId id{TRY(ParseCount(request.Part("id"), "the grant"))};
    const auto no_such =
        Fail(Code::kNotFound, "there is no such grant", "`weft grants` lists them");
    const auto grant = request.state->grants.find(id);
    if (grant == request.state->grants.end()) return no_such;
    const auto product = request.state->products.find(grant->second->product);
    if (product == request.state->products.end()) return no_such;
    CHECK_OK(MayOwn(deps, request, *product->second, grant->second->port));
    const bool declared = grant->second->declared;
    CHECK_OK(deps.store.Commit(request.who.name, meta::RevokeGrant{id}));
    Json answer{{"removed", request.Part("id")}};
    if (declared)
        answer["note"] = "the product file declares this grant: the next apply gives it again";
    return JsonResponse(answer);
}

Result<Response> ShowAudit(Deps& deps, Request& request) {
    uint64_t after = 0, limit = 100;
    if (request.HasQuery("after")) after = TRY(ParseCount(request.Query("after"), "after"));
    if (request.HasQuery("limit")) limit = TRY(ParseCount(request.Query("limit"), "limit"));
    if (after > INT64_MAX) return Fail(Code::kInvalid, "after is too large");
    Json list = Json::array();
    for (const auto& entry :
         TRY(deps.store.Audit(static_cast<int64_t>(after), std::min(limit, kAuditMax)))) {
        auto detail = ParseJson(entry.detail);
        list.push_back({{"sequence", entry.sequence},
                        {"time", ToRfc3339(entry.time)},
                        {"actor", entry.actor},
                        {"command", entry.command},
                        {"detail", detail ? *detail : Json(entry.detail)}});
    }
    return JsonResponse({{"entries", list}});
}

}  // namespace

std::vector<Route> AccessRoutes() {
    return {{.method = "GET",
             .pattern = "/api/v1/whoami",
             .access = Access::kPrincipal,
             .summary = "The caller",
             .parameters = {},
             .body = {},
             .answer = "Principal",
             .run = WhoAmI},
            {.method = "POST",
             .pattern = "/api/v1/grants",
             .access = Access::kPrincipal,
             .summary = "Opens a port of a product to a user, a team, a product or everyone",
             .parameters = {},
             .body = "NewGrant",
             .answer = "Grant",
             .run = AddGrant},
            {.method = "GET",
             .pattern = "/api/v1/grants",
             .access = Access::kPrincipal,
             .summary = "Grants on the caller's products, and those that concern the caller",
             .parameters = {{"product", "query", "string", "Only this product"}},
             .body = {},
             .answer = "Grants",
             .run = ListGrants},
            {.method = "DELETE",
             .pattern = "/api/v1/grants/{id}",
             .access = Access::kPrincipal,
             .summary = "Revokes a grant; what runs by it ends within seconds",
             .parameters = {},
             .body = {},
             .answer = "Removal",
             .run = RevokeGrant},
            {.method = "GET",
             .pattern = "/api/v1/audit",
             .access = Access::kAdministrator,
             .summary = "Changes of the node's state, oldest first",
             .parameters = {{"after", "query", "integer", "Entries behind this sequence number"},
                            {"limit", "query", "integer", "At most so many; 100 when absent"}},
             .body = {},
             .answer = "AuditEntries",
             .run = ShowAudit}};
}

}  // namespace weft::gateway::http
