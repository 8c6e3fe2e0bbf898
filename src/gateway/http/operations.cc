// What machines ask about the node: alive, ready, metrics. No login; nothing of it names a product
// or a principal. And what operators ask, as administrators: backup, use of the disk, checks.
#include "engine/pool.h"
#include "gateway/http/route.h"
#include "gateway/metrics.h"
#include "gateway/operations.h"
#include "govern/decide.h"
#include "ingest/ingest.h"
#include "meta/store.h"
#include "pipeline/runner.h"

namespace weft::gateway::http {
namespace {

Response Text(std::string text, int status = 200) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

Operations::Space SpaceOf(const Deps& deps) {
    return deps.operations ? deps.operations->space() : Operations::Space{};
}

Result<Operations*> OperationsOf(const Deps& deps) {
    if (!deps.operations) return Fail(Code::kUnavailable, "this node does not do that");
    return deps.operations;
}

Result<Response> IsAlive(Deps&, Request&) { return Text("ok\n"); }

Result<Response> IsReady(Deps& deps, Request& request) {
    const bool workers = deps.pool.zygote_pid() > 0;
    std::string text;
    if (request.QueryIsTrue("verbose")) {
        text += "ok   state, version " + std::to_string(deps.store.Snapshot()->version) + "\n";
        text += workers ? "ok   workers\n"
                        : "fail workers: the process that makes them is being started\n";
    }
    const auto space = SpaceOf(deps);
    if (request.QueryIsTrue("verbose"))
        text += space.read_only ? "warn disk: almost full, nothing new is taken\n"
                : space.low     ? "warn disk: little space is left\n"
                                : "ok   disk\n";
    if (!workers) return Text(text + "not ready\n", 503);
    // Still 200: reads go on, and nobody gains when a proxy turns readers away.
    return Text(text + (space.read_only ? "read-only: disk\n" : "ok\n"));
}

Result<Response> ShowMetrics(Deps& deps, Request& request) {
    Metrics::Gauges gauges;
    gauges.workers = deps.pool.worker_count();
    gauges.runs = deps.runner.running();
    gauges.products = request.state->products.size();
    gauges.state_version = request.state->version;
    if (deps.ingest)
        for (const auto& lag : deps.ingest->Lags()) {
            gauges.unchecked_records += lag.waiting_records;
            gauges.unchecked_bytes += lag.waiting_bytes;
            gauges.failing_streams += lag.error.empty() ? 0 : 1;
        }
    const auto space = SpaceOf(deps);
    gauges.disk_free_bytes = space.free_bytes;
    gauges.disk_total_bytes = space.total_bytes;
    gauges.disk_low = space.low;
    gauges.read_only = space.read_only;
    Response response = Text(deps.metrics.Text(gauges));
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

Result<Response> MakeBackup(Deps& deps, Request& request) {
    auto* operations = TRY(OperationsOf(deps));
    const Json body = TRY(JsonBody(request));
    return JsonResponse(TRY(operations->Backup(TRY(TextMember(body, "folder")))), 201);
}

// Administrators see all of it, others what their teams own.
Result<Response> ShowDisk(Deps& deps, Request& request) {
    auto* operations = TRY(OperationsOf(deps));
    const std::string wanted = request.Query("product");
    const auto owns = [&](const meta::Product& product) {
        const auto decision = govern::Decide(*request.state, request.who, govern::Action::kOwn,
                                             product, "default", deps.clock.Now());
        return request.who.admin || std::holds_alternative<govern::Permit>(decision);
    };
    bool found = false;
    const auto may_see = [&](const meta::Product& product) {
        const std::string name = request.state->FullName(product);
        const std::string domain = name.substr(0, name.find('.'));
        if ((!wanted.empty() && wanted != name && wanted != domain) || !owns(product)) return false;
        return found = true;
    };
    Json disk = TRY(operations->Disk(*request.state, may_see, wanted.empty() && request.who.admin));
    if (!wanted.empty() && !found)
        return Fail(Code::kNotFound, "there is no `" + wanted + "` whose disk you may see",
                    "those of your teams; administrators see all");
    return JsonResponse(disk);
}

Result<Response> ShowChecks(Deps& deps, Request& request) {
    auto* operations = TRY(OperationsOf(deps));
    return JsonResponse(operations->Checks(request.QueryIsTrue("deep")));
}

std::vector<Route> OperatorRoutes() {
    std::vector<Route> routes;
    routes.push_back({.method = "POST",
                      .pattern = "/api/v1/backups",
                      .access = Access::kAdministrator,
                      .summary = "Back the node up into a folder of its machine",
                      .parameters = {},
                      .body = "NewBackup",
                      .answer = "Backup",
                      .run = MakeBackup});
    routes.push_back({.method = "GET",
                      .pattern = "/api/v1/disk",
                      .access = Access::kPrincipal,
                      .summary = "Use of the disk by product",
                      .parameters = {{"product", "query", "string", "A product or a domain"}},
                      .body = {},
                      .answer = "Disk",
                      .run = ShowDisk});
    routes.push_back({.method = "GET",
                      .pattern = "/api/v1/checks",
                      .access = Access::kAdministrator,
                      .summary = "What is wrong with the node and what to do",
                      .parameters = {{"deep", "query", "boolean", "Also every file of tables"}},
                      .body = {},
                      .answer = "Checks",
                      .run = ShowChecks});
    return routes;
}

}  // namespace

std::vector<Route> OperationRoutes() {
    std::vector<Route> routes;
    const auto add = [&routes](std::string_view pattern, std::string_view summary, auto* run) {
        routes.push_back({.method = "GET",
                          .pattern = pattern,
                          .access = Access::kPublic,
                          .summary = summary,
                          .parameters = {},
                          .body = {},
                          .answer = "Text",
                          .run = run});
    };
    add("/livez", "The process answers", IsAlive);
    add("/healthz", "The same as /livez", IsAlive);
    add("/readyz", "The node can answer statements; ?verbose lists each check", IsReady);
    add("/metrics", "Prometheus text", ShowMetrics);
    for (auto& route : OperatorRoutes()) routes.push_back(std::move(route));
    return routes;
}

}  // namespace weft::gateway::http
