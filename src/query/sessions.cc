// All sessions of the node, and the sweeper that takes idle workers back and ends what was cancelled or revoked.
#include <chrono>
#include <thread>

#include "base/log.h"
#include "govern/decide.h"
#include "io/crypto.h"
#include "query/session_internal.h"

namespace weft::query {
namespace {

constexpr auto kSweepEvery = std::chrono::milliseconds(250);
constexpr auto kDrainMax = std::chrono::seconds(10);

uint32_t RandomKey() {
    const std::string bytes = io::Random(4);
    uint32_t key = 0;
    for (const char byte : bytes) key = key << 8 | static_cast<uint8_t>(byte);
    return key;
}

class AllSessions : public Sessions {
public:
    AllSessions(Parts parts, QueryLimits limits)
        : shared_{parts, limits, Slots(limits.statements_max, limits.statements_per_principal), {}, {}},
          sweeper_([this](std::stop_token stop) { SweepLoop(stop); }) {}

    ~AllSessions() override {
        sweeper_.request_stop();
        sweeper_.join();
    }

    std::unique_ptr<Session> Open(SessionOptions options) override {
        return std::make_unique<LiveSession>(shared_, std::move(options), next_id_.fetch_add(1), RandomKey());
    }

    bool CancelByKey(uint32_t id, uint32_t key) override {
        std::scoped_lock lock(shared_.mutex);
        const auto it = shared_.sessions.find(id);
        // One 32-bit comparison: no byte-wise timing to learn from.
        if (it == shared_.sessions.end() || (it->second->cancel_key() ^ key) != 0) return false;
        it->second->Cancel();
        return true;
    }

    Result<> CancelById(const govern::Principal& who, uint32_t id, bool kill) override {
        std::scoped_lock lock(shared_.mutex);
        const auto it = shared_.sessions.find(id);
        if (it == shared_.sessions.end() || !Owns(who, *it->second))
            return Fail(Code::kNotFound, fmt::format("no session {}", id), "`weft queries` lists them");
        if (kill) {
            it->second->Kill();
        } else {
            it->second->Cancel();
        }
        return {};
    }

    std::vector<RunningStatement> List(const govern::Principal& who) const override {
        std::scoped_lock lock(shared_.mutex);
        std::vector<RunningStatement> running;
        for (const auto& [id, session] : shared_.sessions)
            if (Owns(who, *session)) running.push_back(session->Describe());
        return running;
    }

    void Drain() override {
        shared_.slots.Close();
        const auto deadline = std::chrono::steady_clock::now() + kDrainMax;
        while (shared_.slots.taken() > 0 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        std::scoped_lock lock(shared_.mutex);
        for (const auto& [id, session] : shared_.sessions) session->Kill();
    }

private:
    static bool Owns(const govern::Principal& who, const LiveSession& session) {
        return who.admin || who.name == session.name();
    }

    void SweepLoop(std::stop_token stop) {
        uint64_t seen_version = 0;
        uint64_t round = 0;
        while (!stop.stop_requested()) {
            std::this_thread::sleep_for(kSweepEvery);
            const auto state = shared_.parts.store.Snapshot();
            const auto now = shared_.parts.clock.Now();
            // Every second round anyway: a grant's end is no change of state.
            const bool changed = state->version != seen_version || ++round % 4 == 0;
            seen_version = state->version;
            std::scoped_lock lock(shared_.mutex);
            for (const auto& [id, session] : shared_.sessions) session->Sweep(now, state, changed);
        }
    }

    mutable LiveSession::Shared shared_;
    std::atomic<uint32_t> next_id_ = 1;
    std::jthread sweeper_;
};

}  // namespace

Result<std::unique_ptr<Sessions>> Sessions::Make(Parts parts, QueryLimits limits) {
    if (limits.statements_max == 0 || limits.statements_per_principal == 0)
        return Fail(Code::kInvalid, "limits.statements must be at least 1");
    return std::make_unique<AllSessions>(parts, limits);
}

}  // namespace weft::query
