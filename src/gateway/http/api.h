// From a request to its answer: find the route, authenticate, call it, turn errors into
// problem+json.
//
// Used by the connection, on task threads. Holds the route table, which is checked once at start.
// THREAD: any, many at once.
#pragma once

#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "gateway/http/route.h"

namespace weft::gateway::http {

class Api {
  public:
    explicit Api(Deps deps);

    // Never fails: errors are answers too. `request.query` and the path come from `request.target`.
    Response Answer(Request& request);
    // Alone, before a large body is read. FAILS: kDenied 28P01.
    Result<govern::Principal> Authenticate(const Request& request);

    // Of the route that the request would take.
    uint64_t BodyLimit(const Request& request) const;

    const std::vector<Route>& routes() const { return routes_; }

  private:
    Result<Response> Run(Request& request);
    Result<Response> Call(const Route& route, Request& request);

    Deps deps_;
    std::vector<Route> routes_;
    std::counting_semaphore<>
        password_checks_;  // Each costs milliseconds of CPU: a bounded number at once.
};

// `status` 0: as the error says.
Response ProblemResponse(const Error& error, std::string_view request_id, int status = 0);
// OpenAPI 3.1 of the table.
Json OpenApi(const std::vector<Route>& routes);

}  // namespace weft::gateway::http
