// One HTTP/1.1 client: requests in, answers out, one at a time, with limits on size and time of
// everything. Started by server.cc for each accepted socket. THREAD: the wire's loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <string>
#include <vector>

#include "gateway/http/api.h"
#include "gateway/metrics.h"
#include "gateway/tasks.h"
#include "gateway/wire_internal.h"

namespace weft::gateway::http {

struct HttpParts {
    Api& api;
    Tasks& tasks;
    Metrics& metrics;
    std::vector<std::string> hosts;  // Accepted in Host headers beside loopback's; may be empty.
    bool loopback = true;            // Bound to loopback: any other Host is a rebinding attack.
    uint32_t body_seconds_max = 120;
};

// Returns when the connection is over and nothing of it is running any more. `tls` is null when TLS
// is not configured.
asio::awaitable<void> Serve(Wire& wire, HttpParts& parts, asio::ssl::context* tls);

// Whether a Host header names this node. Pure.
bool HostIsOurs(std::string_view host, const std::vector<std::string>& hosts, bool loopback);

}  // namespace weft::gateway::http
