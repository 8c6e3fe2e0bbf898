#include "gateway/http/connection_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "gateway/error_wire.h"
#include "gateway/http/client_internal.h"
#include "io/crypto.h"

namespace weft::gateway::http {
namespace {

namespace beast = boost::beast::http;
using std::chrono::seconds;

// GCC 12 destroys some temporaries in co_await expressions twice: arguments have names in this
// file.
constexpr auto kHeaderTimeMax = seconds(20);  // From its first byte to its last.
constexpr size_t kSmallBodyBytes = 64u
                                   << 10;  // Larger ones are read only for those who are logged in.
constexpr int64_t kBodiesBytesMax = 256ll << 20;
constexpr uint64_t kBodyStepBytes = 256u << 10;  // Taken at a time when the length is not known.
constexpr auto kLingerMax = seconds(2);

std::string_view ReasonOf(int status) {
    const auto reason = beast::obsolete_reason(static_cast<beast::status>(status));
    return {reason.data(), reason.size()};
}

bool IsRequestId(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return std::isalnum(c) || c == '-' || c == '_' || c == '.';
           });
}

// The path alone, for the log: conditions in the query may hold what rows hold.
std::string LogPath(std::string_view target) {
    std::string path(target.substr(0, std::min(target.find('?'), size_t{200})));
    for (char& c : path)
        if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
    return path;
}

Error ParseError(const boost::system::error_code& failed) {
    if (failed == beast::error::header_limit)
        return {Code::kLimit, "the header is too large", {}, {}, {}};
    if (failed == beast::error::body_limit)
        return {Code::kLimit, "the body is too large", {}, "54000", "send it in smaller parts"};
    return {Code::kInvalid, "this is not HTTP/1.1: " + failed.message(), {}, {}, {}};
}

}  // namespace

asio::awaitable<bool> Connection::ReadHeader(Parser& parser) {
    parser.header_limit(static_cast<uint32_t>(kLimits.http_header_bytes_max));
    parser.body_limit(kBodyBytesMost);
    wire_.SetDeadline(seconds(kLimits.http_idle_seconds_max));
    wire_.input_max = 64u << 10;
    const Error endless{
        Code::kLimit, "the header is too large", {}, {}, {}};  // One line without end.
    bool started = false;
    while (!parser.is_header_done()) {
        boost::system::error_code failed;
        const size_t used = parser.put(asio::buffer(wire_.input()), failed);
        wire_.Consume(used);
        if (failed && failed != beast::error::need_more) {
            const Error error = ParseError(failed);
            co_return co_await Reject(
                error, failed == beast::error::header_limit ? 431 : HttpStatusOf(error));
        }
        if (parser.is_header_done()) break;
        if (wire_.input().size() > kLimits.http_header_bytes_max)  // One endless line.
            co_return co_await Reject(endless, 431);
        wire_.idle = !started && wire_.input().empty();
        const bool more = co_await wire_.WaitForInput();
        wire_.idle = false;
        if (!more) co_return false;
        if (!started) {
            started = true;
            start_ = std::chrono::steady_clock::now();
            wire_.SetDeadline(kHeaderTimeMax);  // Not renewed: dripping bytes does not help.
        }
    }
    if (!started) start_ = std::chrono::steady_clock::now();
    co_return true;
}

Request Connection::ToRequest(Parser& parser) const {
    auto& message = parser.get();
    Request request;
    request.method = std::string(message.method_string().data(), message.method_string().size());
    request.target = std::string(message.target().data(), message.target().size());
    for (const auto& field : message) {
        std::string& value =
            request.headers[ToLower({field.name_string().data(), field.name_string().size()})];
        if (!value.empty()) value += ", ";
        value.append(field.value().data(), field.value().size());
    }
    request.client = wire_.client();
    request.id = request.Header("x-request-id");
    if (!IsRequestId(request.id)) request.id = Hex(io::Random(8));
    return request;
}

asio::awaitable<Result<>> Connection::Login() {
    std::optional<Result<govern::Principal>> who;
    const bool posted = parts_.tasks.Post([this, &who, loop = wire_.executor()] {
        auto answer = parts_.api.Authenticate(request_);
        asio::post(loop, [this, &who, answer = std::move(answer)]() mutable {
            who = std::move(answer);
            wire_.changed().Set();
        });
    });
    if (!posted) co_return Fail(Code::kUnavailable, "too many requests are waiting");
    while (!who) co_await wire_.changed().Wait();
    if (!*who) co_return std::unexpected(who->error());
    co_return Result<>{};
}

// Room for that many bytes of this body, of what there is for all.
bool Connection::Reserve(uint64_t bytes) {
    const auto more = static_cast<int64_t>(bytes) - reserved_;
    if (more <= 0) return true;
    reserved_ += more;
    return parts_.metrics.body_bytes.fetch_add(more) + more <= kBodiesBytesMax;
}

void Connection::Release() {
    std::string().swap(request_.body);
    parts_.metrics.body_bytes.fetch_sub(std::exchange(reserved_, 0));
}

// Whether a large body may be sent at all: who is it, and is there room.
asio::awaitable<Result<>> Connection::AdmitBody(Parser& parser) {
    const auto length = parser.content_length();
    if (!length && !parser.chunked()) co_return Result<>{};
    const uint64_t most = parts_.api.BodyLimit(request_);
    parser.body_limit(most);
    if (length && *length > most)
        co_return std::unexpected(ParseError(beast::error::body_limit));
    if (parser.chunked() || *length > kSmallBodyBytes) {
        const Result<> known = co_await Login();
        if (!known) co_return known;
    }
    if (!Reserve(length ? *length : kBodyStepBytes))
        co_return Fail(Code::kUnavailable, "too many large requests at once");
    co_return Result<>{};
}

asio::awaitable<Result<>> Connection::ReadBody(Parser& parser) {
    const Result<> admitted = co_await AdmitBody(parser);
    if (!admitted) co_return admitted;
    if (!parser.is_done() && ToLower(request_.Header("expect")) == "100-continue")
        if (!co_await wire_.Write("HTTP/1.1 100 Continue\r\n\r\n"))
            co_return Fail(Code::kUnavailable, "client gone");
    wire_.SetDeadline(seconds(parts_.body_seconds_max));  // Not renewed either.
    parser.eager(true);
    while (!parser.is_done()) {
        boost::system::error_code failed;
        const size_t used = parser.put(asio::buffer(wire_.input()), failed);
        wire_.Consume(used);
        if (failed && failed != beast::error::need_more)
            co_return std::unexpected(ParseError(failed));
        if (parser.is_done()) break;
        const uint64_t size = parser.get().body().size();
        const bool full = size + kBodyStepBytes / 2 > static_cast<uint64_t>(reserved_);
        if (full && !parser.content_length() && !Reserve(size + kBodyStepBytes))
            co_return Fail(Code::kUnavailable, "too many large requests at once");
        if (used > 0 && !wire_.input().empty()) continue;
        if (wire_.input().size() >= wire_.input_max)  // An endless chunk header.
            co_return Fail(Code::kInvalid, "the chunks of the body are broken");
        if (!co_await wire_.WaitForInput()) co_return Fail(Code::kUnavailable, "client gone");
    }
    request_.body = std::move(parser.get().body());
    co_return Result<>{};
}

// The answer, made on a task thread; cancelled when the client hangs up meanwhile.
asio::awaitable<Response> Connection::Ask() {
    Lifeline lifeline;
    std::optional<Response> response;
    request_.lifeline = &lifeline;
    lifeline_ = &lifeline;
    const bool posted = parts_.tasks.Post([this, &response, loop = wire_.executor()] {
        Response made = parts_.api.Answer(request_);
        asio::post(loop, [this, &response, made = std::move(made)]() mutable {
            response = std::move(made);
            wire_.changed().Set();
        });
    });
    if (posted) {
        while (!response) co_await wire_.changed().Wait();
    } else {
        response = ProblemResponse(
            {Code::kUnavailable, "too many requests are waiting", {}, {}, {}}, request_.id);
    }
    lifeline_ = nullptr;
    request_.lifeline = nullptr;
    co_return std::move(*response);
}

std::string Connection::HeadText(const Response& response, std::optional<size_t> length) const {
    std::string head =
        fmt::format("HTTP/1.1 {} {}\r\n", response.status, ReasonOf(response.status));
    const auto add = [&head](std::string_view name, std::string_view value) {
        head += name;
        head += ": ";
        for (const char c : value)  // No value may open a new line.
            if (c != '\r' && c != '\n' && c != '\0') head += c;
        head += "\r\n";
    };
    if (!response.content_type.empty()) add("Content-Type", response.content_type);
    for (const auto& [name, value] : response.headers) add(name, value);
    add("X-Request-Id", request_.id);
    add("Cache-Control", "no-store");
    add("X-Content-Type-Options", "nosniff");
    if (length) {
        add("Content-Length", std::to_string(*length));
    } else if (!http_10_) {
        add("Transfer-Encoding", "chunked");
    }
    if (!keep_alive_) add("Connection", "close");
    head += "\r\n";
    return head;
}

void Connection::Log(int status) {
    using std::chrono::milliseconds;
    const auto ms =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start_).count();
    parts_.metrics.CountRequest(status);
    const bool probe = request_.target == "/livez" || request_.target == "/readyz" ||
                       request_.target == "/metrics";
    const bool push = status < 400 && request_.target.starts_with("/ingest/");  // Too many to tell.
    LogLine(probe || push ? LogLevel::kDebug : LogLevel::kInfo, "http",
            fmt::format("{} {} {} {} {} {} ms {}", request_.id, request_.client,
                        LogPath(request_.method), LogPath(request_.target), status, ms,
                        request_.who.name.empty() ? "-" : request_.who.name));
}

asio::awaitable<bool> Connection::Send(const Response& response) {
    wire_.SetDeadline(kWriteStallMax);
    const std::string head = HeadText(response, response.body.size());
    std::vector<std::string_view> pieces{head};
    if (!is_head_ && !response.body.empty()) pieces.push_back(response.body);
    const bool sent = co_await wire_.Write(pieces);
    Log(response.status);
    co_return sent;
}

asio::awaitable<bool> Connection::Reject(const Error& error, int status) {
    keep_alive_ = false;
    if (request_.id.empty()) request_.id = Hex(io::Random(8));
    Response response = ProblemResponse(error, request_.id);
    response.status = status;
    co_await Send(response);
    co_return false;
}

asio::awaitable<bool> Connection::ServeOne() {
    Parser parser;
    request_ = {};
    keep_alive_ = true;
    is_head_ = false;
    if (!co_await ReadHeader(parser)) co_return false;
    request_ = ToRequest(parser);
    keep_alive_ = parser.keep_alive() && !wire_.loop().draining;
    http_10_ = parser.get().version() < 11;
    is_head_ = request_.method == "HEAD";
    const Error no_host{Code::kInvalid, "the header Host is missing", {}, {}, {}};
    const Error other_host{Code::kInvalid,
                           "this node does not answer to that Host",
                           {},
                           {},
                           "name it in `hosts` of the configuration"};
    if (!request_.headers.contains("host") && !http_10_) co_return co_await Reject(no_host, 400);
    if (!HostIsOurs(request_.Header("host"), parts_.hosts, parts_.loopback))
        co_return co_await Reject(other_host, 421);
    const Result<> body = co_await ReadBody(parser);
    if (!body) {
        Release();
        co_return co_await Reject(body.error(), HttpStatusOf(body.error()));
    }
    wire_.ClearDeadline();
    co_return co_await Respond();
}

asio::awaitable<bool> Connection::Respond() {
    Response response = co_await Ask();
    Release();
    if (response.follow) {
        const bool sent = co_await SendFollow(response);
        co_return sent&& keep_alive_;
    }
    if (!response.rows) {
        const bool sent = co_await Send(response);
        co_return sent&& keep_alive_;
    }
    streaming_ = &response.rows->session();
    const bool sent = co_await SendRows(response);
    streaming_ = nullptr;
    // Closing a session may wait for a worker's end: not on the loop.
    parts_.tasks.PostEnd([rows = std::move(response.rows)]() mutable { rows.reset(); });
    co_return sent&& keep_alive_;
}

asio::awaitable<void> Connection::Run() {
    wire_.on_closed = [this] {
        if (lifeline_) lifeline_->Cut();
        if (streaming_) streaming_->Cancel();
    };
    wire_.StartReading();
    bool going_on = true;
    while (going_on) going_on = co_await ServeOne();
    // Closing while the client still sends would throw away what it has not read of the answer.
    if (!wire_.closed()) {
        wire_.EndWriting();
        wire_.SetDeadline(kLingerMax);
        bool more = true;
        while (more) {
            wire_.Consume(wire_.input().size());
            more = co_await wire_.WaitForInput();
        }
    }
}

bool HostIsOurs(std::string_view host, const std::vector<std::string>& hosts, bool loopback) {
    const size_t colon = host.find(':', host.starts_with('[') ? host.find(']') : 0);
    const std::string name = ToLower(host.substr(0, colon));
    if (name == "localhost" || name == "127.0.0.1" || name == "[::1]") return true;
    const bool configured =
        std::any_of(hosts.begin(), hosts.end(), [&](const auto& h) { return ToLower(h) == name; });
    return configured || name.empty() || (!loopback && hosts.empty());
}

asio::awaitable<void> Serve(Wire& wire, HttpParts& parts, asio::ssl::context* tls) {
    wire.SetDeadline(kHeaderTimeMax);
    bool ready = true;
    if (tls) ready = co_await wire.Handshake(*tls);
    if (ready) {
        Connection connection(wire, parts);
        co_await connection.Run();
        wire.on_closed = nullptr;
        co_await wire.StopReading();
    }
}

}  // namespace weft::gateway::http
