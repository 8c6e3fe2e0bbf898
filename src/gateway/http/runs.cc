// Runs over HTTP: start one, list them, wait for one, read its log.
#include <algorithm>

#include "catalog/products.h"
#include "gateway/http/product_json.h"
#include "gateway/http/route.h"
#include "gateway/http/target.h"
#include "govern/decide.h"
#include "meta/store.h"
#include "pipeline/runner.h"

namespace weft::gateway::http {
namespace {

constexpr uint64_t kRunsMax = 1'000;
constexpr uint64_t kLinesMax = 10'000;
constexpr uint64_t kWaitSecondsMax = 60;

// Decides on the product of a run; a run whose product is gone belongs to administrators.
Result<> May(const Deps& deps, const Request& request, govern::Action action,
             const std::string& name) {
    const auto product = catalog::FindVisible(*request.state, request.who, name, deps.clock.Now());
    if (!product) {
        if (std::holds_alternative<govern::Permit>(govern::DecideAdmin(request.who))) return {};
        return std::unexpected(product.error());
    }
    const auto decision =
        govern::Decide(*request.state, request.who, action, **product, "default", deps.clock.Now());
    if (const auto* denial = std::get_if<govern::Denial>(&decision))
        return std::unexpected(govern::ToError(*request.state, request.who, **product, "default",
                                               *denial, deps.clock.Now()));
    return {};
}

// {full}, or a range to be filled again: {from, to, step}.
Result<pipeline::RunOrder> OrderOf(const Json& body) {
    pipeline::RunOrder order;
    order.full = JsonBool(body, "full");
    const pipeline::Backfill range{JsonString(body, "from"), JsonString(body, "to"),
                                   JsonString(body, "step")};
    if (range.from.empty() && range.to.empty() && range.step.empty()) return order;
    if (range.from.empty() || range.to.empty())
        return Fail(Code::kInvalid, "a range needs both `from` and `to`");
    order.range = range;
    return order;
}

Result<Response> Start(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    const std::string name = TRY(TextMember(body, "product"));
    const meta::Product* product =
        TRY(catalog::FindVisible(*request.state, request.who, name, deps.clock.Now()));
    CHECK_OK(May(deps, request, govern::Action::kEvolve, name));
    const auto order = TRY(OrderOf(body));
    Json runs = Json::array();
    for (const RunId run : TRY(deps.runner.QueueOrder(product->id, order, request.who.name)))
        runs.push_back(std::to_string(run.value));
    return JsonResponse({{"run", runs.front()}, {"runs", runs}}, 202);
}

Result<Response> List(Deps& deps, Request& request) {
    uint64_t limit = 50;
    if (request.HasQuery("limit")) limit = TRY(ParseCount(request.Query("limit"), "limit"));
    const std::string product = request.Query("product");
    if (!product.empty()) CHECK_OK(May(deps, request, govern::Action::kDiscover, product));
    Json list = Json::array();
    for (const auto& run : TRY(deps.history.Runs(product, std::min(limit, kRunsMax))))
        if (May(deps, request, govern::Action::kDiscover, run.product)) list.push_back(ToJson(run));
    return JsonResponse({{"runs", list}});
}

Result<meta::RunRecord> FindRun(const Deps& deps, const Request& request, govern::Action action) {
    const RunId id{TRY(ParseCount(request.Part("id"), "the run"))};
    const auto run = TRY(deps.history.Run(id));
    const auto no_such =
        Fail(Code::kNotFound, "there is no run " + request.Part("id"), "`weft runs` lists them");
    if (!run) return no_such;
    if (const auto may = May(deps, request, action, run->product); !may) {
        if (may.error().code == Code::kNotFound) return no_such;
        return std::unexpected(may.error());
    }
    return *run;
}

Result<Response> Show(Deps& deps, Request& request) {
    meta::RunRecord run = TRY(FindRun(deps, request, govern::Action::kDiscover));
    if (request.HasQuery("wait")) {
        const uint64_t wait =
            std::min(TRY(ParseCount(request.Query("wait"), "wait")), kWaitSecondsMax);
        // In short steps, so that a client that has hung up does not hold its thread for a minute.
        for (uint64_t ms = 0; ms < wait * 1'000 && run.ended.us == 0 && !request.lifeline->is_cut();
             ms += 1'000)
            run = TRY(deps.runner.Wait(run.id, 1'000));
    }
    return JsonResponse(ToJson(run));
}

// Lines name bad records with their text, so they are for those who own the product.
Result<Response> ShowLog(Deps& deps, Request& request) {
    const meta::RunRecord run = TRY(FindRun(deps, request, govern::Action::kEvolve));
    Json lines = Json::array();
    for (const auto& line : TRY(deps.history.Log(run.id, kLinesMax)))
        lines.push_back(
            {{"time", ToRfc3339(line.time)}, {"level", line.level}, {"message", line.message}});
    return JsonResponse({{"lines", lines}});
}

}  // namespace

std::vector<Route> RunRoutes() {
    return {{.method = "POST",
             .pattern = "/api/v1/runs",
             .access = Access::kPrincipal,
             .summary = "Queues a run of a product, or one for each step of a range",
             .parameters = {},
             .body = "RunRequest",
             .answer = "RunStarted",
             .run = Start},
            {.method = "GET",
             .pattern = "/api/v1/runs",
             .access = Access::kPrincipal,
             .summary = "Runs, newest first",
             .parameters = {{"product", "query", "string", "Only of this product"},
                            {"limit", "query", "integer", "At most so many; 50 when absent"}},
             .body = {},
             .answer = "Runs",
             .run = List},
            {.method = "GET",
             .pattern = "/api/v1/runs/{id}",
             .access = Access::kPrincipal,
             .summary = "One run; answers when it has ended or the time is up",
             .parameters = {{"wait", "query", "integer", "Seconds, at most 60"}},
             .body = {},
             .answer = "Run",
             .run = Show},
            {.method = "GET",
             .pattern = "/api/v1/runs/{id}/log",
             .access = Access::kPrincipal,
             .summary = "The lines that a run wrote, with file and line of bad records",
             .parameters = {},
             .body = {},
             .answer = "LogLines",
             .run = ShowLog}};
}

}  // namespace weft::gateway::http
