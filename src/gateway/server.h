// The gateway's façade: listeners for PostgreSQL and HTTP, their loops and threads. No Boost type
// is seen from here.
//
// app wires it last and drains it first. Everything that the gateway may do is decided by govern
// and done by the parts below; it speaks wire formats and has no rule of its own. THREAD: one
// caller. OWNS: sockets, loops, task threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/products.h"
#include "catalog/tables.h"
#include "engine/pool.h"
#include "meta/history.h"
#include "meta/store.h"
#include "pipeline/runner.h"
#include "query/session.h"

namespace weft::ingest {
class Ingest;
}

namespace weft::gateway {

class Operations;

struct Parts {
    meta::Store& store;
    meta::History& history;
    catalog::Tables& tables;
    catalog::Products& products;
    query::Sessions& sessions;
    pipeline::Runner& runner;
    engine::Pool& pool;
    const Clock& clock;
    ingest::Ingest* ingest = nullptr;  // Null: the node takes no events.
    Operations* operations = nullptr;  // Null: nobody backs it up, nothing watches its disk.
};

struct ServerOptions {
    std::string http = "127.0.0.1:8080";  // HOST:PORT; "" = none; port 0: any free one.
    std::string postgres = "127.0.0.1:5433";
    std::string tls_certificate;  // PEM paths, both or none. Needed for anything but loopback.
    std::string tls_key;
    std::vector<std::string> hosts;  // Names in Host headers that are accepted beside loopback's.
    std::string mock_key;            // 32 random bytes each, kept by the node for good.
    std::string page_key;
    uint32_t loops = 2;                // Threads that move bytes.
    uint32_t tasks_max = 64;           // Threads that may block, started on demand.
    uint32_t connections_max = 4'000;  // Of both listeners together.
    uint32_t body_seconds_max = 120;   // From an HTTP request's header to the end of its body.
};

class Server {
  public:
    // FAILS: kInvalid (bad address, certificate, or an address beyond loopback without TLS),
    // kUnavailable (port taken).
    static Result<std::unique_ptr<Server>> Make(Parts parts, ServerOptions options);
    // REQUIRES: sessions and runs are drained, so that every answer under way comes to its end.
    virtual ~Server() = default;

    virtual std::string http_address()
        const = 0;  // "http://127.0.0.1:8080"; "" when there is none.
    virtual std::string postgres_address() const = 0;  // "127.0.0.1:5433"
    virtual void Drain() = 0;  // No new connections; idle ones end, answers under way finish.
};

}  // namespace weft::gateway
