// The zygote and the workers that it forks. A worker gives up everything before it reads its first
// message, and its process ends when the node's end of the control channel closes.
#include "engine/zygote.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/limits.h"
#include "base/log.h"
#include "engine/channel.h"
#include "engine/pool.h"
#include "engine/worker_internal.h"
#include "io/sandbox.h"

namespace weft::engine {
namespace {

constexpr int kExitSandbox = 71;
constexpr int kExitEngine = 72;
constexpr size_t kZygoteFrameMax = 64u << 10;

Result<> GiveUp(const ForkRequest& request) {
    CHECK_OK(io::LimitProcess({request.address_space_bytes, request.spill_bytes_max, 512}));
    if (auto able = io::CheckSandbox(); !able) {
        if (request.insecure) return {};
        return able;
    }
    CHECK_OK(io::ConfineFiles(request.spill_dir));
    return io::ConfineCalls();
}

Ended Unexpected() {
    Ended ended;
    ended.ok = false;
    ended.error = {Code::kInvalid, "the worker does not know this batch", {}, {}, {}};
    return ended;
}

// One batch after the other, for one principal, until the node is gone.
[[noreturn]] void Serve(Engine& engine, Control& control, DataOut& out) {
    std::unique_ptr<PgSession> session;
    while (true) {
        const auto batch = control.Receive();
        engine.BeginBatch();
        Ended ended = Unexpected();
        if (const auto* pg = std::get_if<Pg>(&batch)) {
            out.Begin(pg->limits.result_bytes);
            if (!session) {
                auto made = PgSession::Make(engine, out);
                if (!made) ::_exit(kExitEngine);
                session = std::move(*made);
            }
            ended = session->Run(*pg);
        } else if (const auto* statement = std::get_if<Statement>(&batch)) {
            out.Begin(statement->limits.result_bytes);
            ended = RunStatement(engine, out, *statement);
        } else if (const auto* job = std::get_if<Job>(&batch)) {
            out.Begin(job->limits.result_bytes);
            ended = RunJob(engine, out, *job);
        }
        engine.BeginBatch();
        control.SendEnded(ended);
        out.End();
    }
}

[[noreturn]] void Work(Engine& engine, const ForkRequest& request, int control_fd, int data_fd) {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGUSR1);
    sigprocmask(SIG_BLOCK, &interrupt,
                nullptr);  // One thread waits for it; it never breaks into DuckDB.
    if (const auto done = GiveUp(request); !done) {
        LogError("engine", "{}", done.error().message);
        ::_exit(kExitSandbox);
    }
    Control control(control_fd);
    DataOut out(data_fd);
    const auto first = control.Receive();
    const auto* start = std::get_if<Start>(&first);
    if (start == nullptr) ::_exit(kExitEngine);
    if (const auto done = engine.Configure(*start, control); !done) {
        LogError("engine", "worker: {}", done.error().message);
        ::_exit(kExitEngine);
    }
    control.SendReady();
    Serve(engine, control, out);
}

}  // namespace

int RunZygote() {
    const int control = kZygoteFd;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    // Whatever the node forgot to mark stays out of every worker.
    ::close_range(kZygoteFd + 1, ~0U, 0);
    auto engine = Engine::Open();
    Result<> ready = {};
    if (engine) {
        ready = SetUpPg(**engine);
    } else {
        ready = std::unexpected(engine.error());
    }
    if (!ready) {
        const auto& text = ready.error().message;
        SendFrame(control, FrameHead(kZygoteFailed, text.size()) + text);
        return kExitEngine;
    }
    SendFrame(control, FrameHead(kZygoteReady, 0));
    while (auto frame = ReceiveFrame(control, kZygoteFrameMax)) {
        const auto request = ForkRequest::Decode(frame->body);
        if (frame->files.size() != 2 || !request) return kExitEngine;
        // CLONE_PARENT makes the worker a child of the node, which waits for it.
        const auto pid = static_cast<pid_t>(
            syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
        if (pid == 0) {
            ::close(control);
            Work(**engine, *request, frame->files[0].get(), frame->files[1].get());
        }
        const auto text = std::to_string(pid);
        if (!SendFrame(control, FrameHead(kZygoteForked, text.size()) + text)) break;
    }
    // Without running destructors of a database whose forks may still live.
    ::_exit(0);
}

}  // namespace weft::engine
