// Statements that run and statements that ran: `weft queries`, cancel, kill, history.
#include "gateway/http/route.h"
#include "gateway/http/target.h"
#include "meta/history.h"

namespace weft::gateway::http {
namespace {

constexpr uint64_t kHistoryMax = 1'000;

Result<Response> ListRunning(Deps& deps, Request& request) {
    Json list = Json::array();
    for (const auto& one : deps.sessions.List(request.who))
        list.push_back({{"session", one.session},
                        {"principal", one.principal},
                        {"path", one.path},
                        {"client", one.client},
                        {"state", one.state},
                        {"since", ToRfc3339(one.since)},
                        {"worker_pid", one.worker_pid},
                        {"sql", one.sql}});
    return JsonResponse({{"queries", list}});
}

Result<Response> EndRunning(Deps& deps, Request& request) {
    const uint64_t id = TRY(ParseCount(request.Part("id"), "the session"));
    if (id > UINT32_MAX) return Fail(Code::kNotFound, "there is no such session");
    CHECK_OK(deps.sessions.CancelById(request.who, static_cast<uint32_t>(id),
                                      request.QueryIsTrue("kill")));
    return JsonResponse({{"removed", request.Part("id")}});
}

Result<Response> ListPast(Deps& deps, Request& request) {
    uint64_t limit = 100;
    if (request.HasQuery("limit")) limit = TRY(ParseCount(request.Query("limit"), "limit"));
    Json list = Json::array();
    for (const auto& one :
         TRY(deps.history.Queries(request.who.name, std::min(limit, kHistoryMax))))
        list.push_back({{"time", ToRfc3339(one.time)},
                        {"principal", one.principal},
                        {"path", one.path},
                        {"sql", one.sql},
                        {"relations", one.relations},
                        {"sqlstate", one.sqlstate},
                        {"rows", one.rows},
                        {"bytes", one.bytes},
                        {"us", one.us}});
    return JsonResponse({{"queries", list}});
}

}  // namespace

std::vector<Route> QueryRoutes() {
    return {{.method = "GET",
             .pattern = "/api/v1/queries",
             .access = Access::kPrincipal,
             .summary = "Sessions of the caller; all of them for administrators",
             .parameters = {},
             .body = {},
             .answer = "RunningStatements",
             .run = ListRunning},
            {.method = "DELETE",
             .pattern = "/api/v1/queries/{id}",
             .access = Access::kPrincipal,
             .summary = "Cancels the statement of a session",
             .parameters = {{"kill", "query", "boolean", "End its worker at once"}},
             .body = {},
             .answer = "Removal",
             .run = EndRunning},
            {.method = "GET",
             .pattern = "/api/v1/history",
             .access = Access::kPrincipal,
             .summary = "Statements that the caller ran, newest first",
             .parameters = {{"limit", "query", "integer", "At most so many; 100 when absent"}},
             .body = {},
             .answer = "PastStatements",
             .run = ListPast}};
}

}  // namespace weft::gateway::http
