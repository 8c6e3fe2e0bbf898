#include "engine/pool.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <map>
#include <thread>

#include "base/bounded_queue.h"
#include "base/log.h"
#include "engine/channel.h"
#include "engine/pool_link.h"
#include "engine/zygote.h"
#include "io/sandbox.h"

namespace weft::engine {
namespace {

namespace fs = std::filesystem;

constexpr size_t kAnswerThreads = 4;
constexpr size_t kQuestionsWaitingMax = 10'000;  // One per worker at most, so it is never full.
constexpr auto kZygoteWait = std::chrono::seconds(20);
constexpr auto kZygoteRetry = std::chrono::milliseconds(500);

struct Pair {
    io::Descriptor ours, theirs;
};

Result<Pair> SocketPair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return Fail(Code::kUnavailable, "no sockets for a worker");
    return Pair{io::Descriptor(ends[0]), io::Descriptor(ends[1])};
}

void NonBlocking(int fd) { ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK); }

pid_t Spawn(const std::string& program, int control) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, control, kZygoteFd);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // A group of its own: Ctrl-C in the node's terminal is the node's to act on; it drains and then ends its workers.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::string name = "weft", verb = "worker";
    char* arguments[] = {name.data(), verb.data(), nullptr};
    char* environment[] = {nullptr};  // No credentials.
    pid_t pid = -1;
    if (::posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments, environment) != 0)
        pid = -1;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

class PoolImpl;

class WorkerHandle : public Worker {
  public:
    WorkerHandle(PoolImpl& pool, Link& link, io::Descriptor data)
        : pool_(pool), link_(link), data_(std::move(data)) {}
    ~WorkerHandle() override;
    Result<> Begin(const ToWorker& batch, Host& host, OnHead on_head, OnEnded on_ended) override {
        return link_.Begin(batch, host, std::move(on_head), std::move(on_ended));
    }
    int data_descriptor() const override { return data_.get(); }
    void Interrupt() override { link_.Signal(SIGUSR1); }
    void Kill() override { link_.Kill("the statement was ended by the node"); }
    int pid() const override { return link_.pid(); }

  private:
    PoolImpl& pool_;
    Link& link_;  // The pool keeps it until this handle is gone.
    io::Descriptor data_;
};

class PoolImpl : public Pool {
  public:
    explicit PoolImpl(PoolOptions options)
        : options_(std::move(options)), questions_(kQuestionsWaitingMax) {}
    ~PoolImpl() override;
    Result<> Start();

    Result<std::unique_ptr<Worker>> Take(engine::Start start) override;
    uint32_t worker_count() const override {
        const std::lock_guard guard(lock_);
        return handed_out_;
    }
    int zygote_pid() const override { return zygote_pid_.load(); }
    void GaveBack() {
        const std::lock_guard guard(lock_);
        --handed_out_;
    }

  private:
    struct Warm {
        Link* link = nullptr;
        io::Descriptor data;
    };
    struct Question {
        Link* link = nullptr;
        FromWorker message;
    };
    void Loop(std::stop_token stop);
    Result<>
    StartZygote();  // The pool's thread: workers die with the thread that made their zygote.
    void ZygoteGone();
    Result<Warm> Fork();
    void KeepWarm();
    int Turn();  // Deadlines, watches, funerals; milliseconds until the next deadline, or -1.
    void Wake() {
        const uint64_t one = 1;
        (void)!::write(wake_.get(), &one, sizeof one);
    }
    void Watch(int fd, uint64_t id, uint32_t events, int operation) {
        epoll_event event{events, {.u64 = id}};
        ::epoll_ctl(epoll_.get(), operation, fd, &event);
    }

    static constexpr uint64_t kWakeId = 0, kZygoteId = 1, kFirstLink = 2;
    PoolOptions options_;
    io::Descriptor epoll_, wake_;
    BoundedQueue<Question> questions_;

    std::mutex zygote_lock_;  // One request at a time. Before lock_.
    io::Descriptor zygote_;
    std::atomic<int> zygote_pid_{-1};
    SteadyTime zygote_retry_{};

    mutable std::mutex lock_;
    std::condition_variable changed_;
    std::map<uint64_t, std::unique_ptr<Link>> links_;
    std::deque<Warm> warm_;
    std::optional<Result<>> started_;
    uint64_t next_id_ = kFirstLink;
    uint32_t handed_out_ = 0;
    std::map<uint64_t, bool> watched_;  // The pool's thread: also for writing?
    bool stopping_ = false;

    std::vector<std::jthread> answerers_;
    std::jthread thread_;
};

WorkerHandle::~WorkerHandle() {
    pool_.GaveBack();
    link_.Release();
}

Result<> PoolImpl::Start() {
    if (!options_.insecure) CHECK_OK(io::CheckSandbox());
    if (!options_.spill_dir.empty()) {
        std::error_code failed;
        options_.spill_dir = fs::absolute(options_.spill_dir, failed).string();
        fs::remove_all(options_.spill_dir, failed);
        fs::create_directories(options_.spill_dir, failed);
        if (failed)
            return Fail(Code::kUnavailable, "cannot make the spill folder " + options_.spill_dir);
    }
    epoll_ = io::Descriptor(::epoll_create1(EPOLL_CLOEXEC));
    wake_ = io::Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!epoll_ || !wake_) return Fail(Code::kUnavailable, "no descriptors for the workers' pool");
    Watch(wake_.get(), kWakeId, EPOLLIN, EPOLL_CTL_ADD);
    for (size_t i = 0; i < kAnswerThreads; ++i) {
        answerers_.emplace_back([this](std::stop_token stop) {
            while (true) {
                auto batch = questions_.PopBatch(1, stop);
                if (batch.empty()) return;
                batch[0].link->Answer(batch[0].message);
            }
        });
    }
    thread_ = std::jthread([this](std::stop_token stop) { Loop(stop); });
    std::unique_lock guard(lock_);
    changed_.wait(guard, [this] { return started_.has_value(); });
    return *started_;
}

PoolImpl::~PoolImpl() {
    {
        const std::lock_guard guard(lock_);
        stopping_ = true;
        for (auto& [id, link] : links_) link->Kill("the node is stopping");
        for (auto& warm : warm_) warm.link->Release();
        warm_.clear();
        if (thread_.joinable()) thread_.request_stop();
    }
    if (thread_.joinable()) {
        Wake();
        thread_.join();  // Ends when every worker is dead and released.
    }
    for (auto& answerer : answerers_) answerer.request_stop();
    answerers_.clear();
    zygote_.Close();
    if (const pid_t pid = zygote_pid_.load(); pid > 0) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
}

Result<> PoolImpl::StartZygote() {
    auto pair = TRY(SocketPair());
    const std::lock_guard guard(zygote_lock_);
    const pid_t pid = Spawn(options_.program, pair.theirs.get());
    pair.theirs.Close();
    if (pid < 0) return Fail(Code::kUnavailable, "cannot start " + options_.program + " worker");
    zygote_pid_ = pid;
    const timeval limit{kZygoteWait.count(), 0};
    ::setsockopt(pair.ours.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const auto answer = ReceiveFrame(pair.ours.get(), 64u << 10);
    if (!answer || answer->type != kZygoteReady) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        zygote_pid_ = -1;
        return Fail(Code::kUnavailable,
                    "the engine did not start" + (answer ? ": " + answer->body : std::string()));
    }
    zygote_ = std::move(pair.ours);
    Watch(zygote_.get(), kZygoteId, EPOLLRDHUP, EPOLL_CTL_ADD);
    return {};
}

void PoolImpl::ZygoteGone() {
    const std::lock_guard guard(zygote_lock_);
    if (const pid_t pid = zygote_pid_.exchange(-1); pid > 0) {
        LogWarn("engine", "the zygote {} ended and is started again", pid);
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
    zygote_.Close();
}

Result<PoolImpl::Warm> PoolImpl::Fork() {
    auto control = TRY(SocketPair());
    auto data = TRY(SocketPair());
    const auto id = [this] {
        const std::lock_guard guard(lock_);
        return next_id_++;
    }();
    ForkRequest request{
        {}, options_.address_space_bytes, options_.spill_bytes_max, options_.insecure};
    if (!options_.spill_dir.empty()) {
        request.spill_dir = options_.spill_dir + "/" + std::to_string(id);
        std::error_code failed;
        fs::create_directory(request.spill_dir, failed);
        fs::permissions(request.spill_dir, fs::perms::owner_all, failed);
        if (failed) return Fail(Code::kUnavailable, "cannot make a spill folder");
    }
    pid_t pid = -1;
    {
        const std::lock_guard guard(zygote_lock_);
        const auto body = request.Encode();
        std::vector<io::Descriptor> ends;
        ends.push_back(std::move(control.theirs));
        ends.push_back(std::move(data.theirs));
        std::optional<Frame> answer;
        if (zygote_ && SendFrame(zygote_.get(), FrameHead(kZygoteFork, body.size()) + body, ends))
            answer = ReceiveFrame(zygote_.get(), 64u << 10);
        if (answer && answer->type == kZygoteForked)
            std::from_chars(answer->body.data(), answer->body.data() + answer->body.size(), pid);
    }
    if (pid <= 0) {
        std::error_code failed;
        if (!request.spill_dir.empty()) fs::remove_all(request.spill_dir, failed);
        return Fail(Code::kUnavailable, "cannot start a worker now");
    }
    NonBlocking(control.ours.get());
    NonBlocking(data.ours.get());
    auto link = std::make_unique<Link>(
        Link::Born{id, pid, std::move(control.ours), request.spill_dir}, [this] { Wake(); });
    auto* address = link.get();
    link->ask = [this, address](FromWorker message) {
        const auto pushed = questions_.Push({address, std::move(message)});
        Assert(pushed.has_value());
    };
    {
        const std::lock_guard guard(lock_);
        links_.emplace(id, std::move(link));
    }
    Wake();
    return Warm{address, std::move(data.ours)};
}

Result<std::unique_ptr<Worker>> PoolImpl::Take(engine::Start start) {
    std::optional<Warm> warm;
    {
        const std::lock_guard guard(lock_);
        if (handed_out_ >= options_.workers_max)
            return Fail(Code::kLimit, "all workers of this node are busy",
                        "try again, or raise the limit of workers");
        ++handed_out_;
        while (!warm && !warm_.empty()) {
            warm = std::move(warm_.front());
            warm_.pop_front();
            if (warm->link->dead()) {
                warm->link->Release();
                warm.reset();
            }
        }
    }
    if (!warm) {
        auto forked = Fork();
        if (!forked) {  // The zygote may be on its way back.
            std::unique_lock guard(lock_);
            changed_.wait_for(guard, std::chrono::seconds(5),
                              [this] { return zygote_pid_ > 0 || stopping_; });
            guard.unlock();
            forked = Fork();
        }
        if (!forked) {
            GaveBack();
            return std::unexpected(std::move(forked.error()));
        }
        warm = std::move(*forked);
    }
    start.spill_dir = warm->link->spill_dir();
    start.insecure = options_.insecure;
    warm->link->SendStart(start);
    Wake();
    return std::make_unique<WorkerHandle>(*this, *warm->link, std::move(warm->data));
}

void PoolImpl::KeepWarm() {
    while (true) {
        {
            const std::lock_guard guard(lock_);
            std::erase_if(warm_, [](Warm& warm) {
                const bool gone = warm.link->dead();
                if (gone) warm.link->Release();
                return gone;
            });
            if (stopping_ || warm_.size() >= options_.warm) return;
        }
        auto forked = Fork();
        if (!forked) return;
        const std::lock_guard guard(lock_);
        if (stopping_) return forked->link->Release();  // Whoever stops has not seen this one.
        warm_.push_back(std::move(*forked));
    }
}

int PoolImpl::Turn() {
    const auto now = std::chrono::steady_clock::now();
    std::optional<SteadyTime> next;
    std::vector<Link*> all;
    std::vector<std::unique_ptr<Link>> gone;
    {
        const std::lock_guard guard(lock_);
        for (auto at = links_.begin(); at != links_.end();) {
            if (at->second->Forgettable()) {
                watched_.erase(at->first);
                gone.push_back(std::move(at->second));
                at = links_.erase(at);
            } else {
                all.push_back((at++)->second.get());
            }
        }
    }
    for (const auto& link : gone) {
        std::error_code failed;
        if (!link->spill_dir().empty()) fs::remove_all(link->spill_dir(), failed);
    }
    for (auto* link : all) {
        link->Expire(now);
        link->FinishIfDead();
        if (link->dead()) {
            if (watched_.erase(link->id()) > 0)
                ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, link->control(), nullptr);
            continue;
        }
        const bool writes = link->WantsToWrite();
        const auto watched = watched_.find(link->id());
        if (watched == watched_.end() || watched->second != writes) {
            Watch(link->control(), link->id(), EPOLLIN | (writes ? EPOLLOUT : 0u),
                  watched == watched_.end() ? EPOLL_CTL_ADD : EPOLL_CTL_MOD);
            watched_[link->id()] = writes;
        }
        if (const auto until = link->deadline(); until && (!next || *until < *next)) next = *until;
    }
    if (!next) return -1;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*next - now).count();
    return static_cast<int>(std::clamp<int64_t>(left + 1, 1, 60'000));
}

void PoolImpl::Loop(std::stop_token stop) {
    {
        auto started = StartZygote();
        const std::lock_guard guard(lock_);
        started_ = std::move(started);
        changed_.notify_all();
        if (!*started_) return;
    }
    epoll_event events[64];
    while (true) {
        if (zygote_pid_ > 0) KeepWarm();
        int wait_ms = Turn();
        {
            const std::lock_guard guard(lock_);
            if (stop.stop_requested() && links_.empty()) return;
        }
        if (zygote_pid_ < 0) {
            const auto now = std::chrono::steady_clock::now();
            if (now >= zygote_retry_ && !stop.stop_requested()) {
                zygote_retry_ = now + kZygoteRetry;
                if (const auto started = StartZygote(); !started)
                    LogError("engine", "{}", started.error().message);
                changed_.notify_all();
                continue;
            }
            wait_ms = static_cast<int>(kZygoteRetry.count());
        }
        const int count = ::epoll_wait(epoll_.get(), events, 64, wait_ms);
        for (int i = 0; i < count; ++i) {
            const uint64_t id = events[i].data.u64;
            if (id == kWakeId) {
                uint64_t seen = 0;
                (void)!::read(wake_.get(), &seen, sizeof seen);
            } else if (id == kZygoteId) {
                ZygoteGone();
            } else {
                Link* link = nullptr;
                {
                    const std::lock_guard guard(lock_);
                    if (const auto found = links_.find(id); found != links_.end())
                        link = found->second.get();
                }
                if (link == nullptr) continue;
                if (events[i].events & EPOLLOUT) link->Writable();
                if (events[i].events & ~static_cast<uint32_t>(EPOLLOUT)) link->Readable();
            }
        }
    }
}

}  // namespace

Result<io::Descriptor> Host::OnNeedOutput(const NeedOutput&, uint32_t) {
    return Fail(Code::kDenied, "this statement may not write files");
}

Result<std::vector<OutputColumn>> Host::OnWrite(const Write&) {
    return Fail(Code::kDenied, "this statement may not write rows");
}

Result<std::unique_ptr<Pool>> Pool::Make(PoolOptions options) {
    auto pool = std::make_unique<PoolImpl>(std::move(options));
    CHECK_OK(pool->Start());
    return pool;
}

}  // namespace weft::engine
