// One PostgreSQL client from its first byte to its last: negotiation, login, batches forwarded to a
// session. Started by server.cc for each accepted socket. THREAD: the wire's loop.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include "gateway/parts.h"
#include "gateway/wire_internal.h"

namespace weft::gateway::pg {

// Returns when the connection is over and nothing of it is running any more. `tls` is null when TLS
// is not configured.
asio::awaitable<void> Serve(Wire& wire, PgParts& parts, asio::ssl::context* tls);

}  // namespace weft::gateway::pg
