#include "gateway/http/api.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "gateway/error_wire.h"
#include "gateway/http/target.h"
#include "govern/decide.h"
#include "govern/login.h"
#include "meta/store.h"

namespace weft::gateway::http {
namespace {

constexpr int kPasswordChecksMax = 4;
constexpr auto kPasswordWaitMax = std::chrono::seconds(5);

std::unexpected<Error> NotLoggedIn(std::string message, std::string hint) {
    Error error{Code::kDenied, std::move(message), {}, "28P01", std::move(hint)};
    return std::unexpected(std::move(error));
}

// True when the path is the pattern's; fills `parts`.
bool Matches(std::string_view pattern, const std::vector<std::string>& path,
             std::map<std::string, std::string, std::less<>>& parts) {
    std::vector<std::string> wanted = Split(pattern.substr(1), '/');
    if (wanted.size() != path.size()) return false;
    parts.clear();
    for (size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].starts_with('{')) {
            parts[wanted[i].substr(1, wanted[i].size() - 2)] = path[i];
        } else if (wanted[i] != path[i]) {
            return false;
        }
    }
    return true;
}

Result<Response> AnswerOpenApi(Deps&, Request&) {
    return Fail(Code::kInvalid, "answered by the table itself");
}

std::vector<Route> AllRoutes() {
    std::vector<Route> all;
    for (auto family : {OperationRoutes(), FollowRoutes(), DataRoutes(), IngestRoutes(),
                        SqlRoutes(), ProductRoutes(), RunRoutes(), UploadRoutes(), LetterRoutes(),
                        AccessRoutes(), UserRoutes(), QueryRoutes()})
        for (auto& route : family) all.push_back(std::move(route));
    all.push_back({.method = "GET",
                   .pattern = "/openapi.json",
                   .access = Access::kPublic,
                   .summary = "This description",
                   .parameters = {},
                   .body = {},
                   .answer = "Object",
                   .run = AnswerOpenApi});
    return all;
}

}  // namespace

Api::Api(Deps deps)
    : deps_(std::move(deps)), routes_(AllRoutes()), password_checks_(kPasswordChecksMax) {}

Response ProblemResponse(const Error& error, std::string_view request_id, int status) {
    Response response;
    response.status = status == 0 ? HttpStatusOf(error) : status;
    response.content_type = "application/problem+json";
    response.body = ProblemJson(error, request_id, status);
    // Basic works and is not offered: a browser that remembers a password would lend it to any
    // page.
    if (response.status == 401)
        response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"weft\"");
    if (response.status == 503 || response.status == 429)
        response.headers.emplace_back("Retry-After", "1");
    if (response.status == 507) response.headers.emplace_back("Retry-After", "60");
    return response;
}

Result<govern::Principal> Api::Authenticate(const Request& request) {
    const std::string header = request.Header("authorization");
    const size_t blank = header.find(' ');
    const std::string kind = ToLower(std::string_view(header).substr(0, blank));
    const std::string_view value =
        blank == std::string::npos ? "" : Trim(std::string_view(header).substr(blank));
    const auto state = request.state ? request.state : deps_.store.Snapshot();
    if (kind == "bearer") return govern::LoginWithToken(*state, value, deps_.clock.Now());
    if (kind == "basic") {
        const auto plain = FromBase64(value);
        const size_t colon = plain ? plain->find(':') : std::string::npos;
        if (colon == std::string::npos)
            return NotLoggedIn("the Authorization header is broken", {});
        if (!password_checks_.try_acquire_for(kPasswordWaitMax))
            return Fail(Code::kUnavailable, "too many logins at once",
                        "use a token: it costs nothing to check");
        auto who = govern::LoginWithSecret(*state, plain->substr(0, colon),
                                           plain->substr(colon + 1), deps_.clock.Now());
        password_checks_.release();
        return who;
    }
    return NotLoggedIn("this address needs a login", "send Authorization: Bearer TOKEN");
}

Result<Response> Api::Call(const Route& route, Request& request) {
    request.state = deps_.store.Snapshot();
    if (route.access.kind() != Access::kPublic) {
        request.who = TRY(Authenticate(request));
        if (route.access.kind() == Access::kAdministrator) {
            const auto decision = govern::DecideAdmin(request.who);
            if (const auto* denial = std::get_if<govern::Denial>(&decision))
                return Fail(Code::kDenied, denial->rule, denial->how_to_ask);
        }
    }
    if (route.run == AnswerOpenApi) return JsonResponse(OpenApi(routes_));
    return route.run(deps_, request);
}

Result<Response> Api::Run(Request& request) {
    const Target target = TRY(ParseTarget(request.target));
    request.query = target.query;
    std::string allowed;
    for (const auto& route : routes_) {
        if (!Matches(route.pattern, target.segments, request.parts)) continue;
        if (route.method == request.method || (request.method == "HEAD" && route.method == "GET"))
            return Call(route, request);
        if (allowed.find(route.method) == std::string::npos)
            allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
    }
    if (allowed.empty())
        return Fail(Code::kNotFound, "there is nothing at this address",
                    "GET /openapi.json lists all");
    Response response =
        ProblemResponse({Code::kInvalid, "this address takes " + allowed, {}, {}, {}}, request.id);
    response.status = 405;
    response.headers.emplace_back("Allow", allowed);
    return response;
}

uint64_t Api::BodyLimit(const Request& request) const {
    const auto target = ParseTarget(request.target);
    std::map<std::string, std::string, std::less<>> parts;
    if (target)
        for (const auto& route : routes_)
            if (route.method == request.method && Matches(route.pattern, target->segments, parts))
                return route.body_bytes_max;
    return kLimits.http_body_bytes_max;
}

Response Api::Answer(Request& request) {
    auto response = Run(request);
    if (!response) return ProblemResponse(response.error(), request.id);
    return std::move(*response);
}

}  // namespace weft::gateway::http
