// Requests, answers and the one table of routes that also yields /openapi.json. No sockets, no
// Boost.
//
// A route is a row: who may call it is a member without a default, so a row that forgets it does
// not compile. Each family of routes is one file with one function that returns its rows (data.cc,
// sql.cc, products.cc …). THREAD: routes run on task threads and may block.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "gateway/http/follow.h"
#include "gateway/http/rows.h"
#include "govern/principal.h"
#include "meta/state.h"

namespace weft::catalog {
class Products;
class Tables;
}  // namespace weft::catalog
namespace weft::pipeline {
class Runner;
}
namespace weft::meta {
class History;
class Store;
}  // namespace weft::meta
namespace weft::engine {
class Pool;
}
namespace weft::ingest {
class Ingest;
}

namespace weft::gateway {
class Metrics;
class Operations;
}

namespace weft::gateway::http {

inline constexpr uint64_t kBodyBytesMost = 64u << 20;  // Of any route.

struct Request {
    std::string method;
    std::string target;                                      // As sent.
    std::vector<std::pair<std::string, std::string>> query;  // Decoded.
    std::map<std::string, std::string, std::less<>>
        headers;  // Names in lower case; repeated ones joined by ", ".
    std::map<std::string, std::string, std::less<>> parts;  // What the route's {names} matched.
    std::string body;
    std::string client;
    std::string id;                            // In the log and in the answer.
    govern::Principal who;                     // After authentication.
    std::shared_ptr<const meta::State> state;  // One snapshot for the request.
    Lifeline* lifeline = nullptr;              // Outlives the call.

    std::string Header(std::string_view name) const;
    std::string Query(std::string_view name) const;  // The first; empty when absent.
    bool HasQuery(std::string_view name) const;
    bool QueryIsTrue(std::string_view name) const;         // "?kill", "?kill=true", "?kill=1"
    const std::string& Part(std::string_view name) const;  // REQUIRES: the pattern has it.
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::unique_ptr<Rows> rows;      // Instead of a body.
    std::unique_ptr<Follow> follow;  // Instead of a body: one batch of rows after the other.
};

Response JsonResponse(const Json& value, int status = 200);

// What routes may call. References to parts of the node; pure wiring.
struct Deps {
    meta::Store& store;
    meta::History& history;
    catalog::Tables& tables;
    catalog::Products& products;
    query::Sessions& sessions;
    pipeline::Runner& runner;
    engine::Pool& pool;
    const Clock& clock;
    Metrics& metrics;
    std::string page_key;              // Seals page tokens.
    ingest::Ingest* ingest = nullptr;  // Null: this node takes no events.
    Operations* operations = nullptr;  // Null: in tests.
};

class Access {  // Who may call a route. No default on purpose.
  public:
    enum Kind { kPublic, kPrincipal, kAdministrator };
    constexpr Access(Kind kind) : kind_(kind) {}
    constexpr Kind kind() const { return kind_; }

  private:
    Kind kind_;
};

struct Parameter {
    std::string_view name;
    std::string_view where;  // "query"; path parameters come from the pattern.
    std::string_view type;   // "string", "integer", "boolean"
    std::string_view meaning;
};

struct Route {
    std::string_view method;
    std::string_view pattern;  // "/api/v1/runs/{id}"
    Access access;
    std::string_view summary;
    std::vector<Parameter> parameters;
    std::string_view body;  // Name in openapi.cc's table; empty: none.
    std::string_view answer;
    Result<Response> (*run)(Deps& deps, Request& request);
    uint64_t body_bytes_max = kLimits.http_body_bytes_max;  // At most kBodyBytesMost.
};

std::vector<Route> DataRoutes();
std::vector<Route> SqlRoutes();
std::vector<Route> ProductRoutes();
std::vector<Route> RunRoutes();
std::vector<Route> UploadRoutes();
std::vector<Route> LetterRoutes();
std::vector<Route> AccessRoutes();
std::vector<Route> UserRoutes();
std::vector<Route> QueryRoutes();
std::vector<Route> OperationRoutes();
std::vector<Route> IngestRoutes();
std::vector<Route> FollowRoutes();

// A body that must be a JSON object. FAILS: kInvalid, kLimit.
Result<Json> JsonBody(const Request& request);
// A member that must be there and a text. FAILS: kInvalid naming it.
Result<std::string> TextMember(const Json& body, std::string_view name);

}  // namespace weft::gateway::http
