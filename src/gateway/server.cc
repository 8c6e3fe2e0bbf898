#include "gateway/server.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "base/log.h"
#include "gateway/http/connection_internal.h"
#include "gateway/pg/connection_internal.h"
#include "gateway/wire_internal.h"

namespace weft::gateway {
namespace {

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr auto kSweepEvery = std::chrono::milliseconds(500);
constexpr auto kStopMax = std::chrono::seconds(5);
constexpr size_t kTasksWaitingMax = 512;

Result<tcp::endpoint> ParseAddress(const std::string& text) {
    const size_t colon = text.rfind(':');
    std::string host = text.substr(0, colon == std::string::npos ? 0 : colon);
    if (host == "localhost") host = "127.0.0.1";
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host, error);
    unsigned port = 0;
    const std::string digits = colon == std::string::npos ? std::string() : text.substr(colon + 1);
    const bool is_port = !digits.empty() && digits.size() <= 5 &&
                         digits.find_first_not_of("0123456789") == std::string::npos;
    if (is_port) port = static_cast<unsigned>(std::stoul(digits));
    if (error || !is_port || port > 65535)
        return Fail(Code::kInvalid, fmt::format("{} is not an address", text),
                    "write it as 127.0.0.1:5433");
    return tcp::endpoint(address, static_cast<unsigned short>(port));
}

std::string ToText(const tcp::endpoint& endpoint) {
    const std::string host = endpoint.address().to_string();
    return fmt::format(fmt::runtime(endpoint.address().is_v6() ? "[{}]:{}" : "{}:{}"), host,
                       endpoint.port());
}

// "\x0apostgresql" for the listener that speaks it. Chooses ours if the client offers it; else no
// protocol is agreed.
int ChooseAlpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
               unsigned in_size, void* ours) {
    const auto* name = static_cast<const std::string*>(ours);
    for (unsigned at = 0; at + 1 + in[at] <= in_size; at += 1u + in[at]) {
        const std::string_view offered(reinterpret_cast<const char*>(in + at + 1), in[at]);
        if (offered == *name) {
            *out = in + at + 1;
            *out_size = in[at];
            return SSL_TLSEXT_ERR_OK;
        }
        if (at + 1 + in[at] >= in_size) break;
    }
    return SSL_TLSEXT_ERR_NOACK;
}

struct Listener {
    explicit Listener(asio::io_context& io) : acceptor(io) {}
    tcp::acceptor acceptor;
    tcp::endpoint bound;
    std::string alpn;
    std::unique_ptr<asio::ssl::context> tls;
};

Result<std::unique_ptr<asio::ssl::context>> MakeTls(const ServerOptions& options,
                                                    const std::string* alpn) {
    if (options.tls_certificate.empty() && options.tls_key.empty()) return nullptr;
    auto tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    boost::system::error_code error;
    tls->use_certificate_chain_file(options.tls_certificate, error);
    if (error)
        return Fail(Code::kInvalid, fmt::format("cannot use the certificate {}: {}",
                                                options.tls_certificate, error.message()));
    tls->use_private_key_file(options.tls_key, asio::ssl::context::pem, error);
    if (error)
        return Fail(Code::kInvalid,
                    fmt::format("cannot use the key {}: {}", options.tls_key, error.message()));
    SSL_CTX* raw = tls->native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(
        raw, "ECDHE+AESGCM:ECDHE+CHACHA20");  // 1.2 with AEAD and forward secrecy only.
    SSL_CTX_set_options(
        raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(raw, ChooseAlpn, const_cast<std::string*>(alpn));
    return tls;
}

class LoopServer : public Server {
  public:
    LoopServer(Parts parts, ServerOptions options)
        : options_(std::move(options)),
          tasks_(options_.tasks_max, kTasksWaitingMax),
          api_({parts.store, parts.history, parts.tables, parts.products, parts.sessions,
                parts.runner, parts.pool, parts.clock, metrics_, options_.page_key, parts.ingest,
                parts.operations}),
          pg_{[&store = parts.store] { return store.Snapshot(); },
              parts.sessions,
              parts.clock,
              tasks_,
              metrics_,
              options_.mock_key,
              false,
              {},
              {}},
          http_{api_, tasks_, metrics_, options_.hosts, true, options_.body_seconds_max} {}

    ~LoopServer() override;
    Result<> Start();

    std::string http_address() const override {
        if (!http_listener_) return {};
        return (http_listener_->tls ? "https://" : "http://") + ToText(http_listener_->bound);
    }
    std::string postgres_address() const override {
        return pg_listener_ ? ToText(pg_listener_->bound) : std::string();
    }
    void Drain() override;

  private:
    enum class Protocol { kPostgres, kHttp };
    Result<std::unique_ptr<Listener>> Listen(const std::string& address, std::string alpn);
    asio::awaitable<void> Accept(Listener& listener, Protocol protocol);
    asio::awaitable<void> ServeOne(tcp::socket socket, Loop& loop, Listener& listener,
                                   Protocol protocol);
    asio::awaitable<void> Sweep(Loop& loop);
    void OnEachLoop(std::function<void(Loop&)> work);

    ServerOptions options_;
    Metrics metrics_;
    Tasks tasks_;
    http::Api api_;
    PgParts pg_;
    http::HttpParts http_;
    using Guard = asio::executor_work_guard<asio::io_context::executor_type>;
    std::vector<std::unique_ptr<Loop>> loops_;
    std::unique_ptr<Listener> pg_listener_;
    std::unique_ptr<Listener> http_listener_;
    std::vector<Guard> guards_;
    std::vector<std::thread> threads_;
    std::atomic<uint32_t> connections_{0};
    uint32_t next_loop_ = 0;
};

Result<std::unique_ptr<Listener>> LoopServer::Listen(const std::string& address, std::string alpn) {
    const tcp::endpoint endpoint = TRY(ParseAddress(address));
    auto listener = std::make_unique<Listener>(loops_.front()->io);
    listener->alpn = std::move(alpn);
    listener->tls = TRY(MakeTls(options_, &listener->alpn));
    if (!endpoint.address().is_loopback() && !listener->tls)
        return Fail(
            Code::kInvalid,
            fmt::format("{} can be reached from other machines, and that needs TLS", address),
            "give --tls-cert and --tls-key, or listen on 127.0.0.1");
    boost::system::error_code error;
    auto& acceptor = listener->acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return Fail(Code::kUnavailable,
                    fmt::format("cannot listen on {}: {}", address, error.message()));
    listener->bound = acceptor.local_endpoint(error);
    return listener;
}

Result<> LoopServer::Start() {
    if (options_.tls_certificate.empty() != options_.tls_key.empty())
        return Fail(Code::kInvalid, "TLS needs both a certificate and a key");
    for (uint32_t i = 0; i < std::max(options_.loops, 1u); ++i)
        loops_.push_back(std::make_unique<Loop>());
    if (!options_.postgres.empty()) pg_listener_ = TRY(Listen(options_.postgres, "postgresql"));
    if (!options_.http.empty()) http_listener_ = TRY(Listen(options_.http, "http/1.1"));
    pg_.tls_offered = pg_listener_ && pg_listener_->tls;
    pg_.cancels_left.store(kCancelsPerSecond);
    http_.loopback = http_listener_ && http_listener_->bound.address().is_loopback();

    auto& first = loops_.front()->io;
    if (pg_listener_)
        asio::co_spawn(first, Accept(*pg_listener_, Protocol::kPostgres), asio::detached);
    if (http_listener_)
        asio::co_spawn(first, Accept(*http_listener_, Protocol::kHttp), asio::detached);
    for (auto& loop : loops_) {
        asio::co_spawn(loop->io, Sweep(*loop), asio::detached);
        guards_.push_back(asio::make_work_guard(loop->io));
        threads_.emplace_back([&io = loop->io] { io.run(); });
    }
    return {};
}

asio::awaitable<void> LoopServer::Accept(Listener& listener, Protocol protocol) {
    while (listener.acceptor.is_open()) {
        Loop& loop = *loops_[next_loop_++ % loops_.size()];
        auto [error, socket] = co_await listener.acceptor.async_accept(loop.io, kQuiet);
        if (error == asio::error::operation_aborted || !listener.acceptor.is_open()) co_return;
        if (error) {  // Out of descriptors, most likely: wait, the sweep frees some.
            LogWarn("gateway", "cannot accept: {}", error.message());
            asio::steady_timer pause(co_await asio::this_coro::executor,
                                     std::chrono::milliseconds(100));
            co_await pause.async_wait(kQuiet);
            continue;
        }
        if (connections_.load() >= options_.connections_max) {
            metrics_.refused_connections.fetch_add(1);
            continue;  // The socket closes itself.
        }
        connections_.fetch_add(1);
        asio::co_spawn(loop.io, ServeOne(std::move(socket), loop, listener, protocol),
                       asio::detached);
    }
}

asio::awaitable<void> LoopServer::ServeOne(tcp::socket socket, Loop& loop, Listener& listener,
                                           Protocol protocol) {
    const bool postgres = protocol == Protocol::kPostgres;
    auto& gauge = postgres ? metrics_.postgres_connections : metrics_.http_connections;
    gauge.fetch_add(1);
    {
        Wire wire(std::move(socket), loop);
        if (postgres) {
            co_await pg::Serve(wire, pg_, listener.tls.get());
        } else {
            co_await http::Serve(wire, http_, listener.tls.get());
        }
    }
    gauge.fetch_sub(1);
    connections_.fetch_sub(1);
}

asio::awaitable<void> LoopServer::Sweep(Loop& loop) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (true) {
        timer.expires_after(kSweepEvery);
        auto [error] = co_await timer.async_wait(kQuiet);
        if (error) co_return;
        if (&loop == loops_.front().get()) pg_.cancels_left.store(kCancelsPerSecond / 2);
        // A copy: closing a wire may end it, which takes it out of the set.
        const std::vector<Wire*> wires(loop.wires.begin(), loop.wires.end());
        const auto now = std::chrono::steady_clock::now();
        for (Wire* wire : wires)
            if (loop.wires.contains(wire)) wire->CloseWhenPast(now);
    }
}

void LoopServer::OnEachLoop(std::function<void(Loop&)> work) {
    for (auto& loop : loops_) asio::post(loop->io, [work, &loop = *loop] { work(loop); });
}

void LoopServer::Drain() {
    asio::post(loops_.front()->io, [this] {
        boost::system::error_code ignored;
        if (pg_listener_) pg_listener_->acceptor.close(ignored);
        if (http_listener_) http_listener_->acceptor.close(ignored);
    });
    OnEachLoop([](Loop& loop) { loop.draining = true; });
}

LoopServer::~LoopServer() {
    if (!threads_.empty()) {
        Drain();
        OnEachLoop([](Loop& loop) {
            const std::vector<Wire*> wires(loop.wires.begin(), loop.wires.end());
            for (Wire* wire : wires)
                if (loop.wires.contains(wire)) wire->Close();
        });
        const auto deadline = std::chrono::steady_clock::now() + kStopMax;
        while (connections_.load() > 0 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (connections_.load() > 0)
            LogError("gateway", "{} connections did not end", connections_.load());
    }
    for (auto& loop : loops_) loop->io.stop();
    for (auto& thread : threads_) thread.join();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Make(Parts parts, ServerOptions options) {
    auto server = std::make_unique<LoopServer>(parts, std::move(options));
    CHECK_OK(server->Start());
    return server;
}

}  // namespace weft::gateway
