// POST /api/v1/sql: one statement, its rows streamed in the format that the client accepts.
#include "base/limits.h"
#include "gateway/http/route.h"
#include "gateway/http/target.h"

namespace weft::gateway::http {
namespace {

constexpr size_t kParametersMax = 1'000;
constexpr size_t kColumnsHeaderBytesMax = 60'000;

Result<std::vector<std::string>> Parameters(const Json& body) {
    std::vector<std::string> parameters;
    const auto list = body.find("parameters");
    if (list == body.end() || list->is_null()) return parameters;
    if (!list->is_array() || list->size() > kParametersMax)
        return Fail(Code::kInvalid, "`parameters` must be a list of at most 1,000 texts");
    for (const auto& value : *list) {
        if (value.is_null() || value.is_structured())
            return Fail(Code::kInvalid, "a parameter must be a text, a number or a boolean",
                        "write NULL in the statement itself");
        parameters.push_back(value.is_string() ? value.get<std::string>() : DumpJson(value));
    }
    return parameters;
}

Result<Response> RunSql(Deps& deps, Request& request) {
    const Json body = TRY(JsonBody(request));
    engine::Statement statement;
    statement.sql = TRY(TextMember(body, "sql"));
    if (statement.sql.empty()) return Fail(Code::kInvalid, "the statement is empty");
    if (statement.sql.size() > kLimits.sql_bytes_max)
        return Fail(Code::kLimit, "the statement is too long");
    if (statement.sql.find('\0') != std::string::npos)
        return Fail(Code::kInvalid, "the statement has a NUL byte");
    statement.parameters = TRY(Parameters(body));
    const FormatChoice format = TRY(ChooseFormat({}, request.Header("accept")));
    statement.format = format.format;
    const bool from_cli = request.Header("user-agent").starts_with("weft");
    auto session = deps.sessions.Open({request.who, from_cli ? "cli" : "http", request.client, {}});
    Response response;
    response.content_type = format.content_type;
    response.rows = TRY(Rows::Begin(std::move(session), std::move(statement), *request.lifeline));
    const std::string columns = ColumnsHeader(response.rows->head());
    if (columns.size() <= kColumnsHeaderBytesMax)
        response.headers.emplace_back("Weft-Columns", columns);
    return response;
}

}  // namespace

std::vector<Route> SqlRoutes() {
    return {{.method = "POST",
             .pattern = "/api/v1/sql",
             .access = Access::kPrincipal,
             .summary = "One SQL statement; its rows by Accept (jsonl, json, csv, parquet)",
             .parameters = {},
             .body = "Sql",
             .answer = "Rows",
             .run = RunSql}};
}

}  // namespace weft::gateway::http
