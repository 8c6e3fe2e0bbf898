#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "base/limits.h"
#include "base/log.h"
#include "gateway/error_wire.h"
#include "gateway/pg/batches.h"
#include "gateway/pg/connection_internal.h"
#include "gateway/pg/login.h"
#include "gateway/pg/startup.h"
#include "govern/login.h"

namespace weft::gateway::pg {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// GCC 12 destroys some temporaries in co_await expressions twice: arguments have names in this
// file.
constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr int kTlsRecord = 0x16;
constexpr auto kWriteStallMax = seconds(300);  // A client that takes no byte for so long is gone.
constexpr auto kFailedLoginWait =
    milliseconds(300);  // Guessing over one connection stays slow; nobody is locked out.
constexpr size_t kReadAheadBytes = 64u << 10;

Error Fatal(Code code, std::string sqlstate, std::string message, std::string hint = {}) {
    return Error{code, std::move(message), {}, std::move(sqlstate), std::move(hint)};
}

class Connection {
  public:
    Connection(Wire& wire, PgParts& parts, asio::ssl::context* tls)
        : wire_(wire), parts_(parts), tls_(tls) {}

    asio::awaitable<void> Run();

  private:
    asio::awaitable<bool> Negotiate();
    asio::awaitable<bool> AnswerSsl();
    asio::awaitable<Result<std::string>> Password();
    asio::awaitable<bool> Login();
    asio::awaitable<Result<>> Exchange(govern::ScramExchange& scram, std::string& server_final);
    asio::awaitable<bool> Open(const govern::Principal& who, std::string server_final);
    asio::awaitable<void> ServeBatches();
    asio::awaitable<bool> RunBatch(std::string messages, bool complete);
    asio::awaitable<bool> Forward();
    asio::awaitable<bool> AnswerError(const Error& error, bool complete);
    asio::awaitable<bool> Fail(const Error& error);  // FATAL; always false.
    void Cancel(const CancelRequest& cancel);
    void Count(SteadyTime start);

    Wire& wire_;
    PgParts& parts_;
    asio::ssl::context* tls_;
    StartupMessage startup_;
    std::vector<engine::Setting> settings_;
    std::unique_ptr<query::Session> session_;
    Batches batches_;
    // The batch that runs: set by pool threads through the loop.
    bool running_ = false;
    bool answered_ = false;  // The worker wrote its answer to the end.
    std::optional<Result<>> begun_;
    std::optional<Result<engine::Ended>> ended_;
};

asio::awaitable<bool> Connection::Fail(const Error& error) {
    engine::PgWriter out;
    AppendPgError(out, error, true);
    co_await wire_.Write(out.buffer());
    co_return false;
}

void Connection::Cancel(const CancelRequest& cancel) {
    // Keys have 32 bits; a bounded rate keeps guessing hopeless.
    if (parts_.cancels_left.fetch_sub(1) <= 0) return;
    parts_.sessions.CancelByKey(cancel.session, cancel.key);
}

asio::awaitable<bool> Connection::AnswerSsl() {
    // One co_return at the end: g++ 12 compiles several `co_return co_await` of one coroutine into
    // a trap.
    bool going_on = !wire_.has_tls();
    if (going_on) going_on = co_await wire_.Write(tls_ ? "S" : "N");
    // ReadExactly took the eight bytes and no more: whatever was sent early is now read as a TLS
    // record and fails.
    if (going_on && tls_) going_on = co_await wire_.Handshake(*tls_);
    co_return going_on;
}

// First packets in any order, until a startup message. False: the connection is over.
asio::awaitable<bool> Connection::Negotiate() {
    if (const int first = co_await wire_.PeekByte(); first == kTlsRecord && tls_) {
        if (!co_await wire_.Handshake(*tls_)) co_return false;
        if (!wire_.AlpnIs("postgresql")) {
            const Error error =
                Fatal(Code::kInvalid, "08P01", "direct TLS needs the protocol postgresql (ALPN)");
            co_return co_await Fail(error);
        }
    }
    const Error too_many = Fatal(Code::kInvalid, "08P01", "too many negotiation requests");
    for (uint32_t round = 0;; ++round) {
        std::string length, body;
        if (!co_await wire_.ReadExactly(length, 4)) co_return false;
        const auto size = FirstPacketSize(length);
        if (!size) co_return co_await Fail(size.error());
        if (!co_await wire_.ReadExactly(body, *size)) co_return false;
        auto packet = ParseFirstPacket(body);
        if (!packet) co_return co_await Fail(packet.error());
        if (auto* startup = std::get_if<StartupMessage>(&*packet)) {
            startup_ = std::move(*startup);
            co_return true;
        }
        if (const auto* cancel = std::get_if<CancelRequest>(&*packet)) {
            Cancel(*cancel);
            co_return false;
        }
        if (round == kLimits.pg_negotiations_max) co_return co_await Fail(too_many);
        const bool ssl = std::holds_alternative<SslRequest>(*packet);
        bool going_on = false;
        if (ssl) {
            going_on = co_await AnswerSsl();
        } else {
            going_on = co_await wire_.Write("N");
        }
        if (!going_on) co_return false;
    }
}

// The body of one 'p' message.
asio::awaitable<Result<std::string>> Connection::Password() {
    std::string head, body;
    const auto gone = Fatal(Code::kUnavailable, "08006", "the client is gone");
    if (!co_await wire_.ReadExactly(head, kHeadBytes)) co_return std::unexpected(gone);
    const auto parsed = ParseHead(head, kLimits.pg_message_before_login_bytes_max);
    if (!parsed) co_return std::unexpected(parsed.error());
    if (parsed->type != 'p')
        co_return std::unexpected(
            Fatal(Code::kInvalid, "08P01", "expected an answer to the authentication request"));
    if (parsed->body_bytes > 0 && !co_await wire_.ReadExactly(body, parsed->body_bytes))
        co_return std::unexpected(gone);
    co_return body;
}

asio::awaitable<Result<>> Connection::Exchange(govern::ScramExchange& scram,
                                               std::string& server_final) {
    auto message = co_await Password();
    if (!message) co_return std::unexpected(message.error());
    const auto initial = ParseSaslInitial(*message);
    if (!initial) co_return std::unexpected(initial.error());
    if (initial->mechanism != kMechanism)
        co_return std::unexpected(Fatal(
            Code::kInvalid, "08P01", "the only SASL mechanism here is " + std::string(kMechanism)));
    const auto first = scram.First(initial->response);
    if (!first) co_return std::unexpected(first.error());
    const std::string challenge = SaslContinue(*first);
    if (!co_await wire_.Write(challenge))
        co_return std::unexpected(Fatal(Code::kUnavailable, "08006", "the client is gone"));
    message = co_await Password();
    if (!message) co_return std::unexpected(message.error());
    auto last = scram.Final(*message);
    if (!last) co_return std::unexpected(last.error());
    server_final = std::move(*last);
    co_return Result<>{};
}

asio::awaitable<bool> Connection::Login() {
    if (tls_ && !wire_.has_tls() && !wire_.from_loopback()) {
        const Error error =
            Fatal(Code::kDenied, "28000", "this node wants TLS", "connect with sslmode=require");
        co_return co_await Fail(error);
    }
    if (startup_.minor > 0 || !startup_.unknown_options.empty()) {
        const std::string negotiation = NegotiateVersion(startup_);
        if (!co_await wire_.Write(negotiation)) co_return false;
    }
    auto settings = SessionSettings(startup_);
    if (!settings) co_return co_await Fail(settings.error());
    settings_ = std::move(*settings);

    const auto state = parts_.snapshot();
    govern::ScramExchange scram(state, startup_.user, parts_.mock_key, parts_.clock.Now());
    std::string server_final;
    const std::string offer = SaslOffer();
    if (!co_await wire_.Write(offer)) co_return false;
    const Result<> done = co_await Exchange(scram, server_final);
    if (!done) {
        parts_.metrics.CountLogin(false);
        LogInfo("pg", "{}: login failed ({})", wire_.client(), SqlstateOf(done.error()));
        if (done.error().code != Code::kDenied) co_return co_await Fail(done.error());
        asio::steady_timer wait(wire_.executor(), kFailedLoginWait);
        co_await wait.async_wait(kQuiet);
        const Error failed = LoginFailed(startup_.user);
        co_return co_await Fail(failed);
    }
    parts_.metrics.CountLogin(true);
    co_return co_await Open(scram.principal(), std::move(server_final));
}

asio::awaitable<bool> Connection::Open(const govern::Principal& who, std::string server_final) {
    // After the login, so that only users learn which databases there are.
    if (startup_.database != kDatabase) {
        const Error error =
            Fatal(Code::kNotFound, "3D000", "database \"" + startup_.database + "\" does not exist",
                  "the database of every node is called weft");
        co_return co_await Fail(error);
    }
    session_ = parts_.sessions.Open({who, "postgres", wire_.client(), settings_});
    Welcome welcome;
    welcome.server_final = std::move(server_final);
    welcome.user = who.name;
    welcome.admin = who.admin;
    welcome.settings = settings_;
    welcome.session = session_->id();
    welcome.key = session_->cancel_key();
    const std::string messages = WelcomeMessages(welcome);
    co_return co_await wire_.Write(messages);
}

asio::awaitable<bool> Connection::AnswerError(const Error& error, bool complete) {
    engine::PgWriter out;
    AppendPgError(out, error, false);
    if (complete) {
        out.Ready(session_->transaction());
    } else {
        batches_.SkipToSync();
    }
    co_return co_await wire_.Write(out.buffer());
}

asio::awaitable<void> Connection::ServeBatches() {
    while (true) {
        size_t taken = 0;
        const bool was_sequence = batches_.in_sequence();
        const auto kind = batches_.Take(wire_.input(), taken);
        wire_.Consume(taken);
        if (!kind) {
            co_await Fail(kind.error());
            co_return;
        }
        bool going_on = true;
        if (*kind == Batches::Kind::kTerminate) {
            co_return;
        } else if (*kind == Batches::Kind::kNeedMore) {
            wire_.input_max = std::max(kReadAheadBytes, batches_.wanted());
            wire_.idle =
                wire_.input().empty() && session_->transaction() == 'I' && !batches_.copy_in();
            going_on = co_await wire_.WaitForInput();
            wire_.idle = false;
        } else if (*kind == Batches::Kind::kFunctionCall) {
            const Error error =
                Fatal(Code::kInvalid, "0A000", "function calls outside SQL are not offered");
            going_on = co_await AnswerError(error, true);
        } else {
            std::string messages = batches_.TakeMessages();
            // The end of a COPY in a simple Query is answered with ReadyForQuery, too.
            const bool complete =
                *kind == Batches::Kind::kBatch || (batches_.copy_in() && !batches_.extended());
            if (messages.front() == 'S' &&
                !was_sequence) {  // A lone Sync asks nothing of a worker.
                engine::PgWriter out;
                out.Ready(session_->transaction());
                going_on = co_await wire_.Write(out.buffer());
            } else {
                going_on = co_await RunBatch(std::move(messages), complete);
            }
        }
        if (!going_on) co_return;
    }
}

// Takes data frames to the client until the batch ends. Also when the client is gone, so that the
// worker, blocked on a full channel, comes to its end. False: the client got a part of a message
// and cannot be helped.
asio::awaitable<bool> Connection::Forward() {
    DataChannel channel(wire_.executor(), session_->data_descriptor());
    std::vector<std::string_view> pieces;
    bool intact = true;
    while (true) {
        const Result<> next = co_await channel.Next(pieces);
        if (!next) {
            LogError("pg", "session {}: {}", session_->id(), next.error().message);
            session_->Cancel();
            co_return false;
        }
        if (pieces.empty()) break;
        if (!intact) continue;
        wire_.SetDeadline(kWriteStallMax);
        intact = co_await wire_.Write(pieces);
        wire_.ClearDeadline();
        if (!intact) session_->Cancel();
    }
    answered_ = channel.ended();
    co_return intact && (answered_ || channel.at_border());
}

asio::awaitable<bool> Connection::RunBatch(std::string messages, bool complete) {
    const auto start = std::chrono::steady_clock::now();
    begun_.reset();
    ended_.reset();
    running_ = true;
    // Begin may wait for a slot, so it runs on a task thread; both answers come back through the
    // loop.
    const bool posted =
        parts_.tasks.Post([this, loop = wire_.executor(), text = std::move(messages)]() mutable {
            auto begun = session_->Begin(
                engine::Pg{std::move(text), {}}, [this, loop](Result<engine::Ended> ended) {
                    asio::post(loop, [this, ended = std::move(ended)]() mutable {
                        ended_ = std::move(ended);
                        wire_.changed().Set();
                    });
                });
            asio::post(loop, [this, begun = std::move(begun)]() mutable {
                begun_ = std::move(begun);
                wire_.changed().Set();
            });
        });
    if (!posted) {
        running_ = false;
        const Error error = Fatal(Code::kLimit, "53300", "too many statements are waiting");
        if (batches_.copy_in()) co_return co_await Fail(error);
        co_return co_await AnswerError(error, complete);
    }
    while (!begun_) co_await wire_.changed().Wait();
    if (!*begun_) {
        running_ = false;
        const Error error = begun_->error();
        parts_.metrics.CountStatement(Path::kPostgres, Outcome::kFailed, 0, 0);
        // The worker still waits for rows that it will not get: the session cannot go on.
        if (batches_.copy_in()) co_return co_await Fail(error);
        co_return co_await AnswerError(error, complete);
    }
    const bool intact = co_await Forward();
    while (!ended_)
        co_await wire_.changed().Wait();  // Nothing of the batch may outlive this frame.
    running_ = false;
    Count(start);
    batches_.SetCopyIn(*ended_ && (*ended_)->copy_in);
    if (!intact || wire_.closed()) co_return false;
    // Without its closing frame a batch has lost its worker: the client has no ReadyForQuery yet.
    if (answered_) co_return true;
    const Error died = *ended_
                           ? Fatal(Code::kUnavailable, "58000", "the worker of this session ended")
                           : ended_->error();
    co_return co_await AnswerError(died, complete);
}

void Connection::Count(SteadyTime start) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - start);
    const auto spent = static_cast<uint64_t>(us.count());
    if (!*ended_) {
        const bool cancelled = ended_->error().sqlstate == "57014";
        parts_.metrics.CountStatement(Path::kPostgres,
                                      cancelled ? Outcome::kCancelled : Outcome::kFailed, spent, 0);
        return;
    }
    for (const auto& report : (*ended_)->reports) {
        const Outcome outcome = report.sqlstate.empty()      ? Outcome::kOk
                                : report.sqlstate == "57014" ? Outcome::kCancelled
                                                             : Outcome::kFailed;
        parts_.metrics.CountStatement(Path::kPostgres, outcome, report.us, report.bytes);
    }
}

asio::awaitable<void> Connection::Run() {
    wire_.SetDeadline(seconds(kLimits.login_seconds_max));
    if (parts_.logins.fetch_add(1) >= kLoginsMax) {
        parts_.metrics.refused_connections.fetch_add(1);
        const Error error = Fatal(Code::kLimit, "53300", "too many clients are logging in");
        co_await Fail(error);
        parts_.logins.fetch_sub(1);
        co_return;
    }
    bool welcome = co_await Negotiate();
    if (welcome) welcome = co_await Login();
    parts_.logins.fetch_sub(1);
    if (welcome) {
        wire_.ClearDeadline();
        wire_.on_closed = [this] {
            if (running_) session_->Cancel();
        };
        wire_.StartReading();
        co_await ServeBatches();
        wire_.on_closed = nullptr;
    }
    // Closing a session may wait for a worker's end: not on the loop.
    if (session_)
        parts_.tasks.PostEnd([session = std::move(session_)]() mutable { session.reset(); });
}

}  // namespace

asio::awaitable<void> Serve(Wire& wire, PgParts& parts, asio::ssl::context* tls) {
    Connection connection(wire, parts, tls);
    co_await connection.Run();
    co_await wire.StopReading();
}

}  // namespace weft::gateway::pg
