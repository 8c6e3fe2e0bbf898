// OpenAPI 3.1 from the route table: one source for what is served and what is described.
#include <array>

#include "base/text.h"
#include "gateway/http/api.h"

namespace weft::gateway::http {
namespace {

// name, then "member:type" with a trailing ? for what may be absent; [] marks lists.
struct Shape {
    std::string_view name;
    std::string_view members;
};
constexpr std::array kShapes{
    Shape{"Problem",
          "type:string title:string status:integer code:string detail:string hint:string? "
          "sqlstate:string? findings:Finding[]? request_id:string"},
    Shape{"Finding",
          "severity:string id:string file:string line:integer column:integer length:integer "
          "message:string expected:string help:string"},
    Shape{"Principal", "name:string kind:string admin:boolean teams:string[]"},
    Shape{"Folder", "path:string files:Object"},
    Shape{"Folders",
          "folders:Folder[] allow_breaking:boolean? allow_destroy:boolean? allow_files:boolean? "
          "plan:string?"},
    Shape{"Findings", "findings:Finding[]"},
    Shape{"ColumnChange", "kind:string column:string from:string to:string breaking:boolean"},
    Shape{"ProductChange",
          "product:string change:string from:string to:string breaking:boolean "
          "columns:ColumnChange[] notes:string[]"},
    Shape{"Plan",
          "id:string state_version:integer breaking:boolean destroys:boolean "
          "products:ProductChange[] "
          "findings:Finding[] add:integer change:integer destroy:integer file_roots:string[]"},
    Shape{"AppliedProduct", "product:string version:string generation:integer run:string?"},
    Shape{"Applied", "plan:Plan products:AppliedProduct[]"},
    Shape{"Removed", "removed:string folders:string[]"},
    Shape{"ProductSummary",
          "product:string version:string description:string team:string readable:boolean "
          "ports:string[]"},
    Shape{"Products", "products:ProductSummary[]"},
    Shape{"ProductDetail",
          "product:string version:string description:string team:Object ports:Object[] "
          "inputs:Object[] versions:string[] folder:string applied_by:string applied:string"},
    Shape{"SearchHit", "product:string score:number why:string description:string"},
    Shape{"SearchHits", "results:SearchHit[]"},
    Shape{"Guarantee", "name:string promised:string state:string measured:string"},
    Shape{"ProductStatus",
          "product:string version:string health:string reason:string last_run:Run? "
          "guarantees:Guarantee[] dead_letters:integer?"},
    Shape{"Status", "products:ProductStatus[]"},
    Shape{"Run",
          "id:string product:string version:string trigger:string state:string started:string "
          "ended:string? "
          "rows_written:integer rows_rejected:integer error:string checks:Object[] by:string"},
    Shape{"Runs", "runs:Run[]"},
    Shape{"RunRequest", "product:string full:boolean from:string to:string step:string"},
    Shape{"RunStarted", "run:string runs:string[]"},
    Shape{"LogLine", "time:string level:string message:string"},
    Shape{"LogLines", "lines:LogLine[]"},
    Shape{"NewUpload", "name:string size:integer sha256:string"},
    Shape{"Upload",
          "upload:string name:string size:integer offset:integer done:boolean run:string? "
          "run_error:string?"},
    Shape{"UploadedFile", "name:string size:integer modified:string"},
    Shape{"UploadedFiles", "files:UploadedFile[]"},
    Shape{"Letter",
          "position:integer? reason:string file:string? line:integer? raw:string? "
          "received_at:string key:string?"},
    Shape{"Letters", "letters:Letter[] page:string?"},
    Shape{"LetterChoice", "positions:string[]? all:boolean? reason:string? edited:string?"},
    Shape{"Replayed", "replayed:integer found:integer"},
    Shape{"Purged", "purged:string"},
    Shape{"Sql", "sql:string parameters:string[]?"},
    Shape{"RunningStatement",
          "session:integer principal:string path:string client:string state:string since:string "
          "worker_pid:integer sql:string"},
    Shape{"RunningStatements", "queries:RunningStatement[]"},
    Shape{"PastStatement",
          "time:string principal:string path:string sql:string relations:string sqlstate:string "
          "rows:integer bytes:integer us:integer"},
    Shape{"PastStatements", "queries:PastStatement[]"},
    Shape{"NewUser", "name:string password:string? admin:boolean?"},
    Shape{"User", "name:string admin:boolean teams:string[] password:boolean created:string"},
    Shape{"Users", "users:User[]"},
    Shape{"NewTeam", "name:string members:string[]? contact:string?"},
    Shape{"TeamChange", "add:string[]? remove:string[]? contact:string?"},
    Shape{"Team", "name:string contact:string members:string[]"},
    Shape{"Teams", "teams:Team[]"},
    Shape{"NewToken", "user:string? label:string? ttl_seconds:integer?"},
    Shape{"TokenText", "id:string token:string"},
    Shape{"Token", "id:string user:string label:string created:string expires:string?"},
    Shape{"Tokens", "tokens:Token[]"},
    Shape{"Password", "password:string"},
    Shape{"NewGrant", "product:string port:string? to:string until:string?"},
    Shape{"Grant",
          "id:string product:string port:string access:string to:string until:string? declared:boolean "
          "given_by:string "
          "created:string"},
    Shape{"Grants", "grants:Grant[]"},
    Shape{"Removal", "removed:string run:string? run_error:string?"},
    Shape{"BadRecord", "position:integer column:string reason:string"},
    Shape{"Receipt",
          "count:integer repeated:boolean product:string? input:string? first_position:integer? "
          "last_position:integer? duplicates:integer? checked:boolean? accepted:integer? "
          "rejected:integer? exact:boolean? reasons:BadRecord[]? streams:Receipt[]?"},
    Shape{"NewBackup", "folder:string"},
    Shape{"Backup",
          "folder:string time:string state_version:integer hash:string products:integer "
          "rows:integer files:integer bytes:integer copied_files:integer copied_bytes:integer "
          "us:integer"},
    Shape{"Disk", "products:Object[] node:Object? disk:Object"},
    Shape{"Check", "name:string state:string found:string help:string"},
    Shape{"Checks", "checks:Check[]"},
    Shape{"AuditEntry", "sequence:integer time:string actor:string command:string detail:Object"},
    Shape{"AuditEntries", "entries:AuditEntry[]"},
};

Json TypeOf(std::string_view type) {
    if (type.ends_with("[]"))
        return {{"type", "array"}, {"items", TypeOf(type.substr(0, type.size() - 2))}};
    if (type == "Object") return {{"type", "object"}};
    if (type == "string" || type == "integer" || type == "boolean" || type == "number")
        return {{"type", type}};
    return {{"$ref", "#/components/schemas/" + std::string(type)}};
}

Json ObjectOf(const Shape& shape) {
    Json members = Json::object();
    Json required = Json::array();
    for (const auto& word : Split(shape.members, ' ')) {
        const size_t colon = word.find(':');
        std::string_view type = std::string_view(word).substr(colon + 1);
        const bool optional = type.ends_with('?');
        if (optional) type.remove_suffix(1);
        members[word.substr(0, colon)] = TypeOf(type);
        if (!optional) required.push_back(word.substr(0, colon));
    }
    return {{"type", "object"}, {"properties", members}, {"required", required}};
}

Json ParametersOf(const Route& route) {
    Json parameters = Json::array();
    for (const auto& part : Split(route.pattern, '/'))
        if (part.starts_with('{'))
            parameters.push_back({{"name", part.substr(1, part.size() - 2)},
                                  {"in", "path"},
                                  {"required", true},
                                  {"schema", {{"type", "string"}}}});
    for (const auto& parameter : route.parameters)
        parameters.push_back({{"name", parameter.name},
                              {"in", parameter.where},
                              {"description", parameter.meaning},
                              {"schema", {{"type", parameter.type}}}});
    return parameters;
}

Json ContentOf(std::string_view name) {
    if (name == "Changes")
        return {{"application/x-ndjson", Json::object()}, {"text/event-stream", Json::object()}};
    if (name == "Records") {
        Json content = Json::object();
        for (const char* type :
             {"application/x-ndjson", "application/jsonl", "application/json", "text/csv",
              "application/cloudevents+json", "application/cloudevents-batch+json"})
            content[type] = Json::object();
        return content;
    }
    if (name == "Bytes") return {{"application/octet-stream", Json::object()}};
    if (name == "Text") return {{"text/plain", {{"schema", {{"type", "string"}}}}}};
    if (name == "Rows") {
        Json content = Json::object();
        for (const char* type : {"application/jsonl", "application/json", "text/csv",
                                 "application/vnd.apache.parquet"})
            content[type] = Json::object();
        return content;
    }
    return {{"application/json", {{"schema", TypeOf(name)}}}};
}

Json OperationOf(const Route& route) {
    Json operation{{"summary", route.summary}, {"parameters", ParametersOf(route)}};
    if (!route.body.empty())
        operation["requestBody"] = {{"required", true}, {"content", ContentOf(route.body)}};
    operation["responses"] = {
        {"200", {{"description", "Done"}, {"content", ContentOf(route.answer)}}},
        {"default",
         {{"description", "A problem"},
          {"content", {{"application/problem+json", {{"schema", TypeOf("Problem")}}}}}}}};
    if (route.access.kind() == Access::kPublic) operation["security"] = Json::array();
    if (route.access.kind() == Access::kAdministrator)
        operation["description"] = "Administrators only.";
    return operation;
}

}  // namespace

Json OpenApi(const std::vector<Route>& routes) {
    Json document{
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "Weft"}, {"version", "1"}, {"description", "Data products of this node."}}},
        {"security",
         Json::array({Json{{"token", Json::array()}}, Json{{"password", Json::array()}}})}};
    document["paths"] = Json::object();
    for (const auto& route : routes)
        document["paths"][std::string(route.pattern)][ToLower(route.method)] = OperationOf(route);
    Json shapes = Json::object();
    for (const auto& shape : kShapes) shapes[std::string(shape.name)] = ObjectOf(shape);
    document["components"] = {{"schemas", shapes},
                              {"securitySchemes",
                               {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
                                {"password", {{"type", "http"}, {"scheme", "basic"}}}}}};
    return document;
}

}  // namespace weft::gateway::http
