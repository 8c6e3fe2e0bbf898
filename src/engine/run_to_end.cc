// Begin and wait, for callers with a thread to spend: drains the data channel while the batch runs.
#include <poll.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "engine/channel.h"
#include "engine/pool.h"

namespace weft::engine {
namespace {

constexpr size_t kDataFrameMax = 1u << 20;
constexpr int kLookEveryMs = 50;

using Clock = std::chrono::steady_clock;

class Drain {
  public:
    Drain(std::string* data, uint64_t bytes_max) : data_(data), bytes_max_(bytes_max) {}

    enum class State { kOpen, kEnded, kBroken, kTooLarge };
    // Reads what is there without waiting.
    State Read(int fd) {
        char buffer[64u << 10];
        while (true) {
            const ssize_t got = ::read(fd, buffer, sizeof buffer);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return State::kOpen;
            if (got <= 0) return State::kBroken;
            in_.append(buffer, static_cast<size_t>(got));
            if (const auto state = Frames(); state != State::kOpen) return state;
        }
    }

  private:
    State Frames() {
        size_t at = 0;
        auto state = State::kOpen;
        while (state == State::kOpen && in_.size() - at >= kFrameHeadBytes) {
            const auto head = std::string_view(in_).substr(at, kFrameHeadBytes);
            const size_t size = FrameBodyBytes(head);
            if (size > kDataFrameMax) return State::kBroken;
            if (in_.size() - at - kFrameHeadBytes < size) break;
            if (head[0] == kDataEnd) {
                state = State::kEnded;
            } else if (head[0] != kDataWhole && head[0] != kDataPart) {
                return State::kBroken;
            } else if (data_ != nullptr) {
                if (data_->size() + size > bytes_max_) return State::kTooLarge;
                data_->append(in_, at + kFrameHeadBytes, size);
            }
            at += kFrameHeadBytes + size;
        }
        in_.erase(0, at);
        return state;
    }
    std::string in_;
    std::string* data_;
    uint64_t bytes_max_;
};

struct Outcome {
    std::mutex lock;
    std::condition_variable changed;
    Head head;
    std::optional<Result<Ended>> ended;
};

}  // namespace

Result<Finished> RunToEnd(Worker& worker, const ToWorker& batch, Host& host, std::string* data,
                          uint64_t data_bytes_max, uint64_t deadline_ms) {
    Outcome outcome;
    CHECK_OK(worker.Begin(
        batch, host,
        [&outcome](Head head) {
            const std::lock_guard guard(outcome.lock);
            outcome.head = std::move(head);
        },
        [&outcome](Result<Ended> ended) {
            const std::lock_guard guard(outcome.lock);
            outcome.ended = std::move(ended);
            outcome.changed.notify_all();
        }));
    Drain drain(data, data_bytes_max);
    const auto until = Clock::now() + std::chrono::milliseconds(deadline_ms);
    auto state = Drain::State::kOpen;
    bool late = false;
    while (state == Drain::State::kOpen) {
        pollfd readable{worker.data_descriptor(), POLLIN, 0};
        ::poll(&readable, 1, kLookEveryMs);
        state = drain.Read(worker.data_descriptor());
        late = state == Drain::State::kOpen && Clock::now() >= until;
        if (late) break;
    }
    if (state != Drain::State::kEnded) worker.Kill();
    // The host and this frame must outlive the batch, whatever happened.
    std::unique_lock guard(outcome.lock);
    if (!outcome.changed.wait_until(guard, until, [&] { return outcome.ended.has_value(); })) {
        late = true;
        worker.Kill();
        outcome.changed.wait(guard, [&] { return outcome.ended.has_value(); });
    }
    if (late) {
        auto error = Fail(Code::kLimit, "the statement ran longer than it may");
        error.error().sqlstate = "57014";
        return error;
    }
    if (state == Drain::State::kTooLarge)
        return Fail(Code::kLimit, "the result is larger than it may be");
    auto ended = TRY(std::move(*outcome.ended));
    if (state == Drain::State::kBroken)
        return Fail(Code::kUnavailable, "the worker ended in the middle of a result");
    return Finished{std::move(outcome.head), std::move(ended)};
}

}  // namespace weft::engine
