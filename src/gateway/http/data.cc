// GET and HEAD /data/…: the rows of one port, described by parts; no SQL text is put together here.
#include "base/text.h"
#include "catalog/tables.h"
#include "gateway/http/route.h"
#include "gateway/http/target.h"
#include "govern/decide.h"
#include "io/crypto.h"
#include "meta/store.h"
#include "model/port_name.h"

namespace weft::gateway::http {
namespace {

constexpr size_t kColumnsHeaderBytesMax = 60'000;  // Clients refuse longer header lines.
constexpr uint64_t kLimitMax = 1ull << 40;

struct Query {
    DataAddress address;
    engine::Statement statement;
    FormatChoice format;
    std::string bound;     // What a page token is good for: this principal asking exactly this.
    int64_t snapshot = 0;  // From the page token.
};

std::unexpected<Error> WrongPage() {
    return Fail(Code::kInvalid, "the page token does not belong to this request",
                "repeat the first request exactly and add page=TOKEN, or begin again without it");
}

// What the token's seal is bound to: changing any of it makes the token worthless.
std::string BoundTo(const Request& request, const DataAddress& address) {
    Json bound = Json::array({request.who.name, address.relation.domain, address.relation.table});
    for (const char* name : {"columns", "where", "order", "limit"})
        bound.push_back(request.Query(name));
    return DumpJson(bound);
}

Result<> OpenPage(const Deps& deps, std::string_view token, Query& query) {
    const auto sealed = FromBase64Url(token);
    if (!sealed) return WrongPage();
    const auto plain = io::AesGcmOpen(deps.page_key, *sealed, query.bound);
    if (!plain) return WrongPage();
    const Json page = TRY(ParseJson(*plain, 1024));
    query.snapshot = JsonInt(page, "snapshot");
    query.statement.offset = static_cast<uint64_t>(JsonInt(page, "offset"));
    return {};
}

Result<Query> ReadQuery(const Deps& deps, const Request& request) {
    Query query;
    const auto port = request.parts.find("port");
    query.address =
        TRY(ParseDataAddress(request.Part("domain"), request.Part("product"),
                             port == request.parts.end() ? std::string_view() : port->second));
    query.format = TRY(ChooseFormat(query.address.suffix, request.Header("accept")));
    for (const auto& [name, value] : request.query)
        if (name != "columns" && name != "where" && name != "order" && name != "limit" &&
            name != "page")
            return Fail(Code::kInvalid, "there is no parameter " + name,
                        "columns, where, order, limit and page are known");
    engine::Statement& statement = query.statement;
    statement.relation = query.address.relation;
    statement.columns = TRY(ParseNames(request.Query("columns")));
    statement.order = TRY(ParseOrder(request.Query("order")));
    statement.where = request.Query("where");
    if (request.HasQuery("limit")) {
        statement.limit = TRY(ParseCount(request.Query("limit"), "limit"));
        if (statement.limit == 0 || statement.limit > kLimitMax)
            return Fail(Code::kInvalid, "limit must be at least 1",
                        "leave it out to get everything");
    }
    statement.format = query.format.format;
    statement.describe_only = request.method == "HEAD";
    query.bound = BoundTo(request, query.address);
    if (request.HasQuery("page")) CHECK_OK(OpenPage(deps, request.Query("page"), query));
    return query;
}

// Rows of the whole snapshot, when the principal may know that and nothing was filtered.
std::optional<uint64_t> KnownCount(const Deps& deps, const Request& request, const Query& query,
                                   int64_t snapshot) {
    if (!query.statement.where.empty()) return {};
    const auto name =
        model::ParseTableName(query.address.relation.domain, query.address.relation.table);
    if (!name) return {};
    const meta::Port* port = catalog::FindPublished(*request.state, *name);
    if (!port || port->DataVersion() != snapshot || snapshot == 0) return {};
    const auto product = request.state->products.find(port->product);
    if (product == request.state->products.end()) return {};
    const auto decision = govern::Decide(*request.state, request.who, govern::Action::kRead,
                                         *product->second, port->name, deps.clock.Now());
    const auto* permit = std::get_if<govern::Permit>(&decision);
    if (!permit || !permit->row_filter.empty()) return {};
    return port->settled.empty() ? std::optional(port->table.row_count + port->TailRows())
                                 : std::nullopt;
}

void AddHeaders(const Deps& deps, const Request& request, const Query& query, Response& response) {
    query::Session& session = response.rows->session();
    const int64_t snapshot = session.data_version();
    const auto add = [&response](const char* name, std::string value) {
        response.headers.emplace_back(name, std::move(value));
    };
    if (!session.contract_version().empty())
        add("Weft-Contract-Version", session.contract_version());
    if (snapshot != 0) add("Weft-Snapshot", std::to_string(snapshot));
    const std::string columns = ColumnsHeader(response.rows->head());
    if (columns.size() <= kColumnsHeaderBytesMax) add("Weft-Columns", columns);
    const auto count = KnownCount(deps, request, query, snapshot);
    if (count) add("Weft-Count", std::to_string(*count));
    const uint64_t next = query.statement.offset + query.statement.limit;
    if (query.statement.limit == 0 || (count && next >= *count)) return;
    // Whether there is more is not known before the last row: the last token may lead to an empty
    // page.
    const std::string plain = DumpJson({{"snapshot", snapshot}, {"offset", next}});
    add("Weft-Page", Base64Url(io::AesGcmSeal(deps.page_key, plain, query.bound)));
}

Result<Response> ReadRows(Deps& deps, Request& request) {
    Query query = TRY(ReadQuery(deps, request));
    auto session = deps.sessions.Open({request.who, "http", request.client, {}});
    if (query.snapshot != 0) session->PinData(query.snapshot);
    Response response;
    response.content_type = query.format.content_type;
    response.rows = TRY(Rows::Begin(std::move(session), query.statement, *request.lifeline));
    AddHeaders(deps, request, query, response);
    return response;
}

}  // namespace

std::vector<Route> DataRoutes() {
    const std::vector<Parameter> parameters{
        {"columns", "query", "string", "Names separated by commas; all when absent"},
        {"where", "query", "string", "One boolean SQL expression over the columns"},
        {"order", "query", "string", "Names separated by commas, a leading minus for descending"},
        {"limit", "query", "integer", "At most so many rows; everything when absent"},
        {"page", "query", "string", "The header Weft-Page of the answer before"},
    };
    std::vector<Route> routes;
    for (const char* pattern : {"/data/{domain}/{product}", "/data/{domain}/{product}/{port}"})
        routes.push_back(
            {.method = "GET",
             .pattern = pattern,
             .access = Access::kPrincipal,
             .summary = "Rows of an output port; the last part may end in @major and .suffix",
             .parameters = parameters,
             .body = {},
             .answer = "Rows",
             .run = ReadRows});
    return routes;
}

}  // namespace weft::gateway::http
