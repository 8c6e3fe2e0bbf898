// Answers that come in pieces: the rows of one statement, and records that follow.
#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "base/log.h"
#include "gateway/http/client_internal.h"

namespace weft::gateway::http {
namespace {

using std::chrono::seconds;

constexpr auto kPause = std::chrono::milliseconds(100);
constexpr auto kAskAnewMax = seconds(2);  // Rights may have gone without any record.
constexpr auto kHeartbeat = seconds(15);  // Without an event.
constexpr size_t kHeldBytesMax = 2u
                                 << 20;  // A batch above it waits for the client with its worker.

}  // namespace

asio::awaitable<void> Connection::WaitForEnd(Rows& rows) {
    ended_ = false;
    rows.WhenEnded([this, loop = wire_.executor()] {
        asio::post(loop, [this] {
            ended_ = true;
            wire_.changed().Set();
        });
    });
    while (!ended_) co_await wire_.changed().Wait();
}

// Everything from the first bytes on. True when the client has all of it.
asio::awaitable<bool> Connection::Stream(DataChannel& channel,
                                         std::vector<std::string_view>& pieces, Rows& rows) {
    bool intact = true;
    std::vector<std::string_view> chunk;
    while (!pieces.empty()) {
        size_t size = 0;
        for (const auto piece : pieces) size += piece.size();
        const std::string chunk_head = fmt::format("{:x}\r\n", size);
        chunk.clear();
        if (!http_10_) chunk.emplace_back(chunk_head);
        chunk.insert(chunk.end(), pieces.begin(), pieces.end());
        if (!http_10_) chunk.emplace_back("\r\n");
        if (intact) {
            wire_.SetDeadline(kWriteStallMax);
            intact = co_await wire_.Write(chunk);
            wire_.ClearDeadline();
            bytes_sent_ += size;
            if (!intact)
                rows.session().Cancel();  // And read on, so that the worker comes to its end.
        }
        const Result<> next = co_await channel.Next(pieces);
        if (!next) {
            LogError("http", "{}: {}", request_.id, next.error().message);
            rows.session().Cancel();
            co_return false;
        }
    }
    co_return intact&& channel.ended();
}

void Connection::CountRows(const Rows& rows, bool sent) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - start_);
    Outcome outcome = Outcome::kOk;
    if (!rows.ended()) {
        outcome = rows.ended().error().sqlstate == "57014" ? Outcome::kCancelled : Outcome::kFailed;
    } else if (!rows.ended()->ok) {
        outcome = rows.ended()->error.sqlstate == "57014" ? Outcome::kCancelled : Outcome::kFailed;
    } else if (!sent) {
        outcome = Outcome::kCancelled;
    }
    parts_.metrics.CountStatement(Path::kHttp, outcome, static_cast<uint64_t>(us.count()),
                                  bytes_sent_);
}

asio::awaitable<bool> Connection::SendRows(Response& response) {
    Rows& rows = *response.rows;
    std::vector<std::string_view> pieces;
    bytes_sent_ = 0;
    DataChannel channel(wire_.executor(), rows.session().data_descriptor());
    const Result<> first = co_await channel.Next(pieces);
    if (!first) rows.session().Cancel();
    bool sent = false;
    if (pieces.empty()) {  // No byte yet: the outcome is known, or will be in a moment.
        co_await WaitForEnd(rows);
        const auto& ended = rows.ended();
        if (!ended || !ended->ok) {
            CountRows(rows, false);
            const Error error = ended ? ended->error : ended.error();
            const Response problem = ProblemResponse(error, request_.id);
            sent = co_await Send(problem);
            co_return sent;
        }
    }
    if (http_10_) keep_alive_ = false;
    wire_.SetDeadline(kWriteStallMax);
    const std::string head = HeadText(response, {});
    sent = co_await wire_.Write(head);
    if (!sent) rows.session().Cancel();
    if (!pieces.empty()) {
        const bool streamed = co_await Stream(channel, pieces, rows);
        sent = sent && streamed;
        co_await WaitForEnd(rows);
        sent = sent && rows.ended() && rows.ended()->ok;
    }
    CountRows(rows, sent);
    Log(response.status);
    // Without the last chunk the client knows that rows are missing.
    if (sent && !http_10_ && !is_head_) sent = co_await wire_.Write("0\r\n\r\n");
    if (!sent) LogWarn("http", "{}: the answer was cut", request_.id);
    co_return sent;
}

asio::awaitable<bool> Connection::WriteChunk(const std::string& bytes) {
    if (bytes.empty()) co_return true;
    const std::string head = http_10_ ? std::string() : fmt::format("{:x}\r\n", bytes.size());
    const std::vector<std::string_view> pieces{head, bytes, http_10_ ? "" : "\r\n"};
    wire_.SetDeadline(kWriteStallMax);
    const bool sent = co_await wire_.Write(pieces);
    wire_.ClearDeadline();
    bytes_sent_ += bytes.size();
    co_return sent;
}

// A moment, or until the client is gone.
asio::awaitable<void> Connection::Pause() {
    bool over = false;
    asio::steady_timer timer(wire_.executor(), kPause);
    timer.async_wait([this, &over](const boost::system::error_code&) {
        over = true;
        wire_.changed().Set();
    });
    while (!over && !wire_.closed()) co_await wire_.changed().Wait();
    timer.cancel();
    while (!over) co_await wire_.changed().Wait();
}

asio::awaitable<Result<std::unique_ptr<Rows>>> Connection::NextBatch(Follow& follow) {
    Lifeline lifeline;
    std::optional<Result<std::unique_ptr<Rows>>> next;
    lifeline_ = &lifeline;
    const bool posted =
        parts_.tasks.Post([this, &follow, &lifeline, &next, loop = wire_.executor()] {
            auto made = follow.Next(lifeline);
            asio::post(loop, [this, &next, made = std::move(made)]() mutable {
                next = std::move(made);
                wire_.changed().Set();
            });
        });
    while (posted && !next) co_await wire_.changed().Wait();
    lifeline_ = nullptr;
    if (!posted) {  // Too many tasks: later.
        follow.PutOff();
        next.emplace(nullptr);
    }
    co_return std::move(*next);
}

// Rows to records, as the client wants them: into `out`, and on to the client only when that is
// too much.
asio::awaitable<Result<>> Connection::TakeBatch(Follow& follow, Rows& rows,
                                                std::string& out) {
    Result<> taken;
    std::vector<std::string_view> pieces;
    DataChannel channel(wire_.executor(), rows.session().data_descriptor());
    do {
        const Result<> read = co_await channel.Next(pieces);
        if (taken && !read) taken = read;
        for (const auto piece : pieces)
            if (taken) taken = follow.Take(piece, out);
        if (taken && out.size() > kHeldBytesMax) {
            follow.StopReading();
            const bool sent = co_await WriteChunk(out);
            if (!sent) taken = Fail(Code::kUnavailable, "client gone");
            out.clear();
        }
        if (!taken) rows.session().Cancel();  // And read on, so that the worker comes to its end.
        if (!read) break;
    } while (!pieces.empty());
    co_await WaitForEnd(rows);
    if (taken && !rows.ended()) taken = std::unexpected(rows.ended().error());
    if (taken && !rows.ended()->ok) taken = std::unexpected(rows.ended()->error);
    if (taken && !channel.ended()) taken = Fail(Code::kUnavailable, "the worker ended");
    co_return taken;
}

// True when there was a batch and the client has it.
asio::awaitable<Result<bool>> Connection::SendBatch(Follow& follow) {
    const auto start = std::chrono::steady_clock::now();
    const uint64_t sent_before = bytes_sent_;
    auto rows = co_await NextBatch(follow);
    if (!rows) follow.StopReading();
    if (!rows) co_return std::unexpected(rows.error());
    if (!*rows) co_return false;
    streaming_ = &(*rows)->session();
    std::string out;
    Result<> taken = co_await TakeBatch(follow, **rows, out);
    streaming_ = nullptr;
    // Before the client has it: a slow one holds neither worker nor turn.
    parts_.tasks.PostEnd([ended = std::move(*rows)]() mutable { ended.reset(); });
    follow.StopReading();
    const bool sent = co_await WriteChunk(out);  // Whole records, also before an error.
    if (taken && !sent) taken = Fail(Code::kUnavailable, "client gone");
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - start);
    parts_.metrics.CountStatement(Path::kHttp, taken ? Outcome::kOk : Outcome::kFailed,
                                  static_cast<uint64_t>(us.count()), bytes_sent_ - sent_before);
    if (!taken) co_return std::unexpected(taken.error());
    follow.EndBatch();
    co_return true;
}

// Batch after batch; in between nothing is held and the client's end is noticed.
asio::awaitable<bool> Connection::SendFollow(Response& response) {
    Follow& follow = *response.follow;
    bytes_sent_ = 0;
    if (http_10_) keep_alive_ = false;
    const std::string head = HeadText(response, {});
    bool sent = co_await wire_.Write(head);
    const std::string greeting = follow.Greeting(), heartbeat = ":\n\n";
    sent = sent && co_await WriteChunk(greeting);
    auto asked = SteadyTime(), wrote = std::chrono::steady_clock::now();
    Result<bool> batch = true;
    while (sent && !wire_.closed() && !wire_.loop().draining && !follow.is_over()) {
        const auto now = std::chrono::steady_clock::now();
        if (*batch || now - asked > kAskAnewMax || follow.MayHaveMore()) {
            batch = co_await SendBatch(follow);
            asked = now;
            if (!batch) break;
            if (*batch) wrote = now;
        }
        if (*batch) continue;
        if (!follow.waits() && !follow.is_put_off()) break;
        if (follow.is_events() && now - wrote > kHeartbeat) {
            sent = co_await WriteChunk(heartbeat);
            wrote = now;
        }
        co_await Pause();
    }
    if (!batch) {
        const std::string error = follow.ErrorText(batch.error(), request_.id);
        LogWarn("http", "{}: the answer was cut: {}", request_.id, batch.error().message);
        sent = co_await WriteChunk(error);
        sent = sent &&
               !error.empty();  // Lines have no other way to tell than to leave out the last chunk.
    }
    Log(response.status);
    if (sent && !http_10_) sent = co_await wire_.Write("0\r\n\r\n");
    co_return sent && !wire_.closed();
}

}  // namespace weft::gateway::http
