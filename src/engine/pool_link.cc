#include "engine/pool_link.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "base/limits.h"
#include "base/log.h"
#include "engine/channel.h"

namespace weft::engine {
namespace {

constexpr auto kGrace =
    std::chrono::seconds(2);                   // Between the engine's own time limit and SIGKILL.
constexpr uint64_t kQuestionsMax = 1'000'000;  // Of one batch.
constexpr uint64_t kNamesMax = 100'000;
constexpr uint32_t kOutputsMax = 100'000;
constexpr size_t kQuestionBytesMax = 4u << 20;
constexpr size_t kReportBytesMax = 16u << 20;  // Head and Ended.
constexpr size_t kReadBytes = 64u << 10;

size_t BodyMax(char type) {
    if (type == 'i') return kLimits.pg_batch_bytes_max;  // Rows of a client.
    return type == 'h' || type == 'e' ? kReportBytesMax : kQuestionBytesMax;
}

uint64_t TimeOf(const ToWorker& batch) {
    if (const auto* pg = std::get_if<Pg>(&batch)) return pg->limits.time_ms;
    if (const auto* statement = std::get_if<Statement>(&batch)) return statement->limits.time_ms;
    if (const auto* job = std::get_if<Job>(&batch)) return job->limits.time_ms;
    return 0;
}

}  // namespace

Link::Link(Born born, std::function<void()> wake)
    : born_(std::move(born)), wake_(std::move(wake)) {}
Link::~Link() = default;

void Link::SendStart(const Start& start) {
    const std::lock_guard guard(lock_);
    Send(Encode(ToWorker(start)), {});
}

Result<> Link::Begin(const ToWorker& batch, Host& host, Worker::OnHead on_head,
                     Worker::OnEnded on_ended) {
    auto bytes = Encode(batch);
    {
        const std::lock_guard guard(lock_);
        Assert(!batch_);
        if (dead_ || broken_)
            return Fail(Code::kUnavailable, "the worker of this session has ended");
        auto& running = batch_.emplace();
        running.host = &host;
        running.on_head = std::move(on_head);
        running.on_ended = std::move(on_ended);
        if (const auto ms = TimeOf(batch); ms > 0)
            running.deadline =
                std::chrono::steady_clock::now() + std::chrono::milliseconds(ms) + kGrace;
        Send(std::move(bytes), {});
    }
    wake_();
    return {};
}

void Link::Signal(int signal) {
    const std::lock_guard guard(lock_);
    if (!dead_) ::kill(born_.pid, signal);  // Not reaped yet, so the number is still its own.
}

void Link::Kill(std::string why) {
    const std::lock_guard guard(lock_);
    if (why_.empty()) why_ = std::move(why);
    if (!dead_) ::kill(born_.pid, SIGKILL);
}

void Link::Release() {
    Kill("the session has ended");
    {
        const std::lock_guard guard(lock_);
        released_ = true;
    }
    wake_();
}

void Link::Send(std::string bytes, std::vector<io::Descriptor> files) {
    out_.push_back({std::move(bytes), 0, std::move(files)});
    Push();
}

void Link::Push() {
    while (!out_.empty() && !broken_ && !dead_) {
        auto& front = out_.front();
        const ssize_t sent =
            TrySend(control(), std::string_view(front.bytes).substr(front.sent), front.files);
        if (sent == 0) return;
        if (sent < 0) {
            broken_ = true;
            ::kill(born_.pid, SIGKILL);
            return;
        }
        front.files.clear();
        front.sent += static_cast<size_t>(sent);
        if (front.sent == front.bytes.size()) out_.pop_front();
    }
}

void Link::Writable() {
    const std::lock_guard guard(lock_);
    Push();
}

bool Link::WantsToWrite() {
    const std::lock_guard guard(lock_);
    return !out_.empty() && !broken_ && !dead_;
}

std::optional<SteadyTime> Link::deadline() {
    const std::lock_guard guard(lock_);
    return batch_ && !dead_ ? batch_->deadline : std::nullopt;
}

void Link::Expire(SteadyTime now) {
    if (const auto until = deadline(); until && *until <= now)
        Kill("the statement ran longer than it may");
}

bool Link::dead() {
    const std::lock_guard guard(lock_);
    return dead_;
}

bool Link::Forgettable() {
    const std::lock_guard guard(lock_);
    return dead_ && released_ && pins_ == 0 && !batch_;
}

void Link::Readable() {
    char buffer[kReadBytes];
    while (true) {
        {
            const std::lock_guard guard(lock_);
            if (broken_ || dead_) break;
        }
        // Plain read: descriptors that a worker might send are thrown away by the kernel.
        const ssize_t got = ::read(control(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (got <= 0) break;
        in_.append(buffer, static_cast<size_t>(got));
        size_t at = 0;
        while (in_.size() - at >= kFrameHeadBytes) {
            const auto head = std::string_view(in_).substr(at, kFrameHeadBytes);
            const size_t size = FrameBodyBytes(head);
            if (size > BodyMax(head[0])) {
                Breach("a frame above its limit");
                break;
            }
            if (in_.size() - at - kFrameHeadBytes < size) break;
            auto message =
                DecodeFromWorker(head[0], std::string_view(in_).substr(at + kFrameHeadBytes, size));
            at += kFrameHeadBytes + size;
            if (message) {
                Dispatch(std::move(*message));
            } else {
                Breach("a malformed frame");
            }
        }
        in_.erase(0, at);
    }
    Died();
}

void Link::Breach(const char* what) {
    LogWarn("engine", "worker {} ended: it sent {}", born_.pid, what);
    const std::lock_guard guard(lock_);
    broken_ = true;
    ::kill(born_.pid, SIGKILL);
}

// Counts and allows a question; REQUIRES: lock_ held.
bool Link::Question(const FromWorker& message) {
    if (!batch_ || answering_ || ++batch_->questions > kQuestionsMax) return false;
    if (const auto* names = std::get_if<Names>(&message)) batch_->names += names->names.size();
    if (std::holds_alternative<NeedOutput>(message)) ++batch_->outputs;
    return batch_->names <= kNamesMax && batch_->outputs <= kOutputsMax;
}

void Link::Dispatch(FromWorker message) {
    {
        const std::lock_guard guard(lock_);
        if (broken_ || dead_) return;
    }
    if (std::holds_alternative<Ready>(message)) {
        const std::lock_guard guard(lock_);
        if (std::exchange(ready_, true)) broken_ = true;
        return;
    }
    if (auto* ended = std::get_if<Ended>(&message)) {
        bool allowed = false;
        {
            const std::lock_guard guard(lock_);
            allowed = batch_ && !answering_;
        }
        return allowed ? End(std::move(*ended)) : Breach("an end without a batch");
    }
    if (auto* head = std::get_if<Head>(&message)) {
        Worker::OnHead on_head;
        {
            const std::lock_guard guard(lock_);
            if (batch_ && !answering_ && !std::exchange(batch_->headed, true))
                on_head = batch_->on_head;
            else
                broken_ = true;
        }
        if (on_head) on_head(std::move(*head));
        return;
    }
    {
        const std::lock_guard guard(lock_);
        if (Question(message)) {
            answering_ = true;
            ++pins_;
        } else {
            broken_ = true;
        }
        if (broken_) return;
    }
    ask(std::move(message));
}

Link::Made Link::Make(Host& host, const FromWorker& question, uint32_t output_index) {
    if (const auto* names = std::get_if<Names>(&question)) {
        Made made{Relations{host.OnNames(names->names)}, {}};
        auto& answers = std::get<Relations>(made.message).answers;
        Assert(answers.size() == names->names.size());
        size_t bytes = 0;
        for (auto& answer : answers) {
            if (!answer.answer) continue;
            const auto* block = std::get_if<BlockRelation>(&answer.answer->body);
            bytes += block != nullptr ? block->block.size() : 0;
            if (bytes > kLimits.worker_frame_bytes_max / 2)
                answer.answer =
                    Fail(Code::kLimit, "this relation of the node is too large to be read at once");
        }
        return made;
    }
    if (const auto* open = std::get_if<Open>(&question)) return {Opened{host.OnOpen(*open)}, {}};
    if (const auto* need = std::get_if<NeedFiles>(&question)) {
        auto files = host.OnNeedFiles(*need);
        if (!files) LogWarn("engine", "files of a scan: {}", files.error().message);
        if (!files || files->size() != need->indices.size()) return {Files{0}, {}};
        return {Files{static_cast<uint32_t>(files->size())}, std::move(*files)};
    }
    if (const auto* write = std::get_if<Write>(&question)) return {Written{host.OnWrite(*write)}, {}};
    auto file = host.OnNeedOutput(std::get<NeedOutput>(question), output_index);
    std::vector<io::Descriptor> files;
    if (file) files.push_back(std::move(*file));
    return {OutputFile{output_index}, std::move(files)};
}

void Link::Answer(const FromWorker& question) {
    Host* host = nullptr;
    uint32_t output_index = 0;
    {
        const std::lock_guard guard(lock_);
        host = batch_->host;
        output_index = batch_->outputs - (std::holds_alternative<NeedOutput>(question) ? 1 : 0);
    }
    auto made = Make(*host, question, output_index);
    auto bytes = Encode(made.message);
    {
        const std::lock_guard guard(lock_);
        answering_ = false;  // From here on the host may go.
        Send(std::move(bytes), std::move(made.files));
        --pins_;
    }
    wake_();
}

void Link::End(Result<Ended> ended) {
    Worker::OnEnded on_ended;
    {
        const std::lock_guard guard(lock_);
        on_ended = std::move(batch_->on_ended);
        batch_.reset();
    }
    on_ended(std::move(ended));
}

void Link::Died() {
    {
        const std::lock_guard guard(lock_);
        if (dead_) return;
        ::kill(born_.pid, SIGKILL);
        int status = 0;
        while (::waitpid(born_.pid, &status, 0) < 0 && errno == EINTR) {
        }
        if (why_.empty() && WIFSIGNALED(status))
            LogWarn("engine", "worker {} ended by signal {}", born_.pid, WTERMSIG(status));
        if (why_.empty() && WIFEXITED(status) && WEXITSTATUS(status) != 0)
            LogWarn("engine", "worker {} ended with code {}", born_.pid, WEXITSTATUS(status));
        dead_ = true;
        out_.clear();
    }
    FinishIfDead();
}

void Link::FinishIfDead() {
    std::string why;
    {
        const std::lock_guard guard(lock_);
        if (!dead_ || !batch_ || answering_) return;
        why = why_.empty() ? "the worker of this session crashed; the statement was not finished"
                           : why_;
    }
    auto error = Fail(Code::kUnavailable, std::move(why),
                      "run it again with fewer rows, or ask for higher limits");
    error.error().sqlstate = "57P01";
    End(std::move(error));
}

}  // namespace weft::engine
