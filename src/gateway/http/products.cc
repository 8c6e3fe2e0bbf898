// The life of products over HTTP: validate, plan, apply, remove, list, show, search, status.
#include "catalog/products.h"
#include "catalog/retention.h"

#include "gateway/error_wire.h"
#include "gateway/http/product_json.h"
#include "gateway/http/route.h"
#include "govern/decide.h"
#include "ingest/ingest.h"
#include "meta/store.h"
#include "pipeline/runner.h"

namespace weft::gateway::http {
namespace {

Result<Response> Validate(Deps&, Request& request) {
    const Json body = TRY(JsonBody(request));
    Json findings = Json::array();
    for (const auto& folder : TRY(ParseFolders(body)))
        for (const auto& finding : model::ParseProduct(folder).findings)
            findings.push_back(gateway::ToJson(finding));
    return JsonResponse({{"findings", findings}});
}

// Only somebody who sits at the node may say which of its folders it reads.
bool IsLocal(std::string_view client) {
    return client.starts_with("127.") || client.starts_with("::1:");
}

catalog::ApplyOptions OptionsOf(const Json& body, const Request& request) {
    catalog::ApplyOptions options;
    options.allow_breaking = JsonBool(body, "allow_breaking");
    const bool admin = std::holds_alternative<govern::Permit>(govern::DecideAdmin(request.who));
    options.allow_files = JsonBool(body, "allow_files") && admin && IsLocal(request.client);
    options.plan_id = JsonString(body, "plan");
    return options;
}

Result<Response> MakePlan(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    const auto folders = TRY(ParseFolders(body));
    return JsonResponse(
        ToJson(TRY(deps.products.MakePlan(request.who, folders, OptionsOf(body, request)))));
}

Result<Response> Apply(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    const auto folders = TRY(ParseFolders(body));
    const auto applied = TRY(deps.products.Apply(request.who, folders, OptionsOf(body, request)));
    const auto state = deps.store.Snapshot();
    Json products = Json::array();
    for (const auto& product : applied.products) {
        Json one{{"product", product.product},
                 {"version", product.version},
                 {"changed", product.changed}};
        const auto found = state->products.find(product.id);
        if (found != state->products.end()) one["generation"] = found->second->generation;
        if (product.needs_run) {
            const auto run = deps.runner.Queue(product.id, "apply", request.who.name);
            // The apply has happened; a run that cannot be queued is no reason to say otherwise.
            if (run) one["run"] = std::to_string(run->value);
            if (!run) one["run_error"] = run.error().message;
        }
        products.push_back(std::move(one));
    }
    return JsonResponse({{"plan", ToJson(applied.plan)}, {"products", products}});
}

Result<Response> Remove(Deps& deps, Request& request) {
    const std::string name = request.Part("domain") + "." + request.Part("product");
    const std::string data = request.Query("data");
    if (data != "" && data != "keep" && data != "delete")
        return Fail(Code::kInvalid, "data must be keep or delete");
    const auto folders = TRY(deps.products.Remove(request.who, name, data != "delete"));
    return JsonResponse({{"removed", name}, {"folders", folders}});
}

Viewer ViewerOf(const Deps& deps, const Request& request) {
    return {*request.state, request.who, deps.clock.Now()};
}

bool MayDiscover(const Viewer& viewer, const meta::Product& product) {
    const auto decision = govern::Decide(viewer.state, viewer.who, govern::Action::kDiscover,
                                         product, "default", viewer.now);
    return std::holds_alternative<govern::Permit>(decision);
}

Result<Response> List(Deps& deps, Request& request) {
    const Viewer viewer = ViewerOf(deps, request);
    Json list = Json::array();
    for (const auto& [id, product] : request.state->products)
        if (MayDiscover(viewer, *product)) list.push_back(ProductSummary(viewer, *product));
    return JsonResponse({{"products", list}});
}

// What table care has done about the promise; the age of rows itself is not measured.
void AddRetention(Deps& deps, const meta::State& state, const meta::Product& product, Json& json) {
    const auto ids = state.ports_of.find(product.id);
    if (ids == state.ports_of.end()) return;
    for (Json& port : json["ports"]) {
        std::string text;
        for (const PortId id : ids->second) {
            const meta::Port& published = *state.ports.at(id);
            if (published.name != JsonString(port, "name")) continue;
            if (!catalog::RetentionOf(state, published)) continue;
            const auto retired = catalog::FindRetired(deps.tables, published);
            if (!retired) continue;
            text = !*retired ? "nothing was too old yet"
                             : "removed " + std::to_string((*retired)->rows) + " rows in " +
                                   std::to_string((*retired)->files) + " files, last at " +
                                   ToRfc3339((*retired)->last);
        }
        if (text.empty()) continue;
        for (Json& guarantee : port["guarantees"])
            if (JsonString(guarantee, "name") == "retention") {
                guarantee["state"] = "enforced";
                guarantee["measured"] = text;
            }
    }
}

std::vector<ingest::Ingest::Lag> LagsOf(const Deps& deps) {
    return deps.ingest ? deps.ingest->Lags() : std::vector<ingest::Ingest::Lag>{};
}

// Why pushed records of the product do not get into its tables at present.
std::string RollErrorOf(const std::vector<ingest::Ingest::Lag>& lags, const std::string& product) {
    for (const auto& lag : lags)
        if (lag.product == product && !lag.error.empty()) return lag.error;
    return {};
}

Result<Response> Show(Deps& deps, Request& request) {
    const Viewer viewer = ViewerOf(deps, request);
    const std::string name = request.Part("domain") + "." + request.Part("product");
    const meta::Product* product =
        TRY(catalog::FindVisible(viewer.state, viewer.who, name, viewer.now));
    Json json = ProductDetail(viewer, *product);
    const auto last = TRY(deps.history.Run(product->run.id));
    const Json status =
        ProductStatus(viewer.state, *product, last, RollErrorOf(LagsOf(deps), name));
    for (const char* key : {"health", "reason", "last_run"}) json[key] = status[key];
    AddRetention(deps, viewer.state, *product, json);
    return JsonResponse(json);
}

Result<Response> Search(Deps& deps, Request& request) {
    Json results = Json::array();
    for (const auto& hit : deps.products.Search(request.who, request.Query("q")))
        results.push_back({{"product", hit.product},
                           {"score", hit.score},
                           {"why", hit.why},
                           {"description", hit.description}});
    return JsonResponse({{"results", results}});
}

Result<Response> Status(Deps& deps, Request& request) {
    const Viewer viewer = ViewerOf(deps, request);
    std::vector<const meta::Product*> wanted;
    if (request.HasQuery("product")) {
        wanted.push_back(TRY(
            catalog::FindVisible(viewer.state, viewer.who, request.Query("product"), viewer.now)));
    } else {
        for (const auto& [id, product] : viewer.state.products)
            if (MayDiscover(viewer, *product)) wanted.push_back(product.get());
    }
    const auto lags = LagsOf(deps);
    Json list = Json::array();
    for (const auto* product : wanted) {
        const auto last = TRY(deps.history.Run(product->run.id));
        const std::string name = viewer.state.FullName(*product);
        list.push_back(ProductStatus(viewer.state, *product, last, RollErrorOf(lags, name)));
    }
    return JsonResponse({{"products", list}});
}

Route Row(std::string_view method, std::string_view pattern, std::string_view summary,
          std::vector<Parameter> parameters,
          std::pair<std::string_view, std::string_view> body_and_answer,
          Result<Response> (*run)(Deps&, Request&)) {
    return {.method = method,
            .pattern = pattern,
            .access = Access::kPrincipal,
            .summary = summary,
            .parameters = std::move(parameters),
            .body = body_and_answer.first,
            .answer = body_and_answer.second,
            .run = run};
}

}  // namespace

std::vector<Route> ProductRoutes() {
    const Parameter only{"product", "query", "string", "Only this product"};
    return {
        Row("POST", "/api/v1/validate", "Every problem of product folders at once", {},
            {"Folders", "Findings"}, Validate),
        Row("POST", "/api/v1/plan", "What applying these folders would do", {}, {"Folders", "Plan"},
            MakePlan),
        Row("POST", "/api/v1/apply", "Makes it so, all or nothing, and queues first runs", {},
            {"Folders", "Applied"}, Apply),
        Row("GET", "/api/v1/products", "Products that the caller may discover", {},
            {"", "Products"}, List),
        Row("GET", "/api/v1/products/{domain}/{product}", "One product", {}, {"", "ProductDetail"},
            Show),
        Row("DELETE", "/api/v1/products/{domain}/{product}",
            "Removes a product that nothing reads from",
            {{"data", "query", "string", "keep (default) or delete the tables' files"}},
            {"", "Removed"}, Remove),
        Row("GET", "/api/v1/search", "Finds products by words",
            {{"q", "query", "string", "The words"}}, {"", "SearchHits"}, Search),
        Row("GET", "/api/v1/status", "Health of products", {only}, {"", "Status"}, Status),
    };
}

}  // namespace weft::gateway::http
