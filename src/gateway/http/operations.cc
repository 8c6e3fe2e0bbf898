// What machines ask about the node: alive, ready, metrics. No login; nothing here names a product
// or a principal.
#include "engine/pool.h"
#include "gateway/http/route.h"
#include "gateway/metrics.h"
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

Result<Response> IsAlive(Deps&, Request&) { return Text("ok\n"); }

Result<Response> IsReady(Deps& deps, Request& request) {
    const bool workers = deps.pool.zygote_pid() > 0;
    std::string text;
    if (request.QueryIsTrue("verbose")) {
        text += "ok   state, version " + std::to_string(deps.store.Snapshot()->version) + "\n";
        text += workers ? "ok   workers\n"
                        : "fail workers: the process that makes them is being started\n";
    }
    return workers ? Text(text + "ok\n") : Text(text + "not ready\n", 503);
}

Result<Response> ShowMetrics(Deps& deps, Request& request) {
    Metrics::Gauges gauges;
    gauges.workers = deps.pool.worker_count();
    gauges.runs = deps.runner.running();
    gauges.products = request.state->products.size();
    gauges.state_version = request.state->version;
    Response response = Text(deps.metrics.Text(gauges));
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
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
    return routes;
}

}  // namespace weft::gateway::http
