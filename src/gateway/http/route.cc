#include "gateway/http/route.h"

#include "base/limits.h"
#include "base/text.h"

namespace weft::gateway::http {

std::string Request::Header(std::string_view name) const {
    const auto it = headers.find(name);
    return it == headers.end() ? std::string() : it->second;
}

std::string Request::Query(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return {};
}

bool Request::HasQuery(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return true;
    return false;
}

bool Request::QueryIsTrue(std::string_view name) const {
    if (!HasQuery(name)) return false;
    const std::string value = ToLower(Query(name));
    return value.empty() || value == "true" || value == "1" || value == "yes";
}

const std::string& Request::Part(std::string_view name) const {
    const auto it = parts.find(name);
    Assert(it != parts.end());
    return it->second;
}

Response JsonResponse(const Json& value, int status) {
    Response response;
    response.status = status;
    response.body = DumpJson(value) + "\n";
    return response;
}

Result<Json> JsonBody(const Request& request) {
    Json body = TRY(ParseJson(request.body, kLimits.http_body_bytes_max));
    if (!body.is_object()) return Fail(Code::kInvalid, "the body must be a JSON object");
    return body;
}

Result<std::string> TextMember(const Json& body, std::string_view name) {
    const auto it = body.find(name);
    if (it == body.end() || !it->is_string())
        return Fail(Code::kInvalid, "the body needs the text `" + std::string(name) + "`");
    return it->get<std::string>();
}

}  // namespace weft::gateway::http
