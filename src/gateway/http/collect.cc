#include "gateway/http/collect.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>

#include "gateway/frames.h"

namespace weft::gateway::http {
namespace {

constexpr int kWaitMs = 500;  // Between looks at whether the client is still there.
constexpr size_t kRowBytesMax =
    64u << 20;  // A row is at most a record and its reason; this is for a broken worker.

// Cuts whole lines off `pending` and parses them.
Result<> TakeRows(std::string& pending, std::vector<Json>& rows) {
    size_t begin = 0;
    for (size_t end; (end = pending.find('\n', begin)) != std::string::npos; begin = end + 1)
        rows.push_back(
            TRY(ParseJson(std::string_view(pending).substr(begin, end - begin), kRowBytesMax)));
    pending.erase(0, begin);
    if (pending.size() > kRowBytesMax) return Fail(Code::kLimit, "a row is too large to be shown");
    return {};
}

// False: the descriptor has nothing more to say.
Result<bool> ReadSome(int fd, FrameReader& frames, std::vector<std::string_view>& pieces,
                      const Request& request) {
    pieces.clear();
    pollfd ready{fd, POLLIN, 0};
    const int count = ::poll(&ready, 1, kWaitMs);
    if (request.lifeline->is_cut()) return Fail(Code::kUnavailable, "client gone");
    if (count <= 0) return true;
    const auto space = frames.Space();
    const ssize_t got = ::read(fd, space.data(), space.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (got <= 0) return false;
    frames.Filled(static_cast<size_t>(got));
    CHECK_OK(frames.Take(pieces));
    return !frames.ended() || !pieces.empty();
}

// How the statement went, once its rows are read.
Result<> WaitForEnd(Rows& rows) {
    std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;
    rows.WhenEnded([&] {
        std::scoped_lock lock(mutex);
        ended = true;
        changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ended; });
    if (!rows.ended()) return std::unexpected(rows.ended().error());
    if (!rows.ended()->ok) return std::unexpected(rows.ended()->error);
    return {};
}

}  // namespace

Result<Collected> Collect(Deps& deps, Request& request, engine::Statement statement,
                          size_t bytes_max, int64_t data_version) {
    statement.format = engine::Format::kJsonLines;
    auto session = deps.sessions.Open({request.who, "http", request.client, {}});
    if (data_version != 0) session->PinData(data_version);
    const auto rows = TRY(Rows::Begin(std::move(session), std::move(statement), *request.lifeline));
    Collected collected;
    collected.data_version = rows->session().data_version();
    FrameReader frames;
    std::vector<std::string_view> pieces;
    std::string pending;
    size_t bytes = 0;
    bool more = true;
    while (more && !frames.ended()) {
        more = TRY(ReadSome(rows->session().data_descriptor(), frames, pieces, request));
        for (const auto piece : pieces) {
            pending += piece;
            bytes += piece.size();
        }
        CHECK_OK(TakeRows(pending, collected.rows));
        if (bytes >= bytes_max && !collected.rows.empty() && !frames.ended()) {
            collected.all = false;  // The end of `rows` cancels the rest.
            return collected;
        }
    }
    CHECK_OK(WaitForEnd(*rows));
    return collected;
}

}  // namespace weft::gateway::http
