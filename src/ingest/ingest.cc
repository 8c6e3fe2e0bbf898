#include "ingest/ingest.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "ingest/outcomes.h"
#include "ingest/roll.h"
#include "io/files.h"
#include "meta/runs.h"
#include "meta/tails.h"

namespace weft::ingest {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr uint32_t kPoisonFailures =
    3;  // Of a single record, before it is taken for one that kills workers.
constexpr uint32_t kDrainMs = 10'000;
constexpr uint32_t kConflictsMax = 20;
constexpr int64_t kFreeBytesAgeMs = 500;

// What is to be done for one stream.
struct Work {
    std::optional<Steady::time_point> due;  // Nothing to do when absent.
    bool busy = false;
    uint32_t failures = 0;  // In a row.
    uint64_t records_max = UINT64_MAX;
    std::string error;
};

// The next commit of one port.
struct Commits {
    Steady::time_point due;
    bool busy = false;
    uint32_t failures = 0;
};

class NodeIngest : public Ingest {
  public:
    NodeIngest(Parts parts, IngestOptions options)
        : parts_(std::move(parts)), options_(std::move(options)) {}
    ~NodeIngest() override { Stop(); }
    Result<> Start();

    Result<Target> FindTarget(const meta::State& state, const govern::Principal& who,
                              std::string_view domain, std::string_view product,
                              std::string_view input) const override {
        return ingest::FindTarget(state, who, domain, product, input, parts_.clock.Now());
    }
    Result<Target> FindTable(const meta::State& state, const govern::Principal& who,
                             const engine::RelationName& name) const override {
        return ingest::FindTable(state, who, name, parts_.clock.Now());
    }
    Result<Target> FindType(const meta::State& state, const govern::Principal& who,
                            std::string_view domain, std::string_view type) const override {
        return ingest::FindType(state, who, domain, type, parts_.clock.Now());
    }
    Result<Receipt> Accept(const Target& target, const govern::Principal& who, Records records,
                           std::string key) override;
    Result<Checked> WaitChecked(const Stream& stream, const Receipt& receipt,
                                uint64_t wait_ms) override;
    Result<uint64_t> Replay(const Target& target, const govern::Principal& who,
                            std::vector<Letter> letters) override;
    Result<> Purge(ProductId product, uint32_t major, std::vector<meta::Settled> ranges,
                   const std::string& by) override;
    std::shared_ptr<const void> OnRolled(std::function<void()> callback) override;
    std::vector<Lag> Lags() const override;
    Log& log() override { return *log_; }
    void Drain() override;

  private:
    RollParts Rolling() const {
        return {parts_.store,          parts_.tables,          parts_.pool, parts_.clock, *log_,
                options_.memory_bytes, options_.roll_bytes_max};
    }
    Result<> MayAccept();
    Result<Receipt> Append(Entry entry);
    void Loop(std::stop_token stop);
    void NoteStates();  // New and changed products get their ports.
    void RollOne(const Stream& stream);
    void CommitOne(PortId port);
    void AfterRoll(const Stream& stream, const Result<Rolled>& rolled);
    void ScheduleCommits(ProductId product);
    void TellFollowers();
    void Stop();
    bool Idle() const;  // REQUIRES: mutex_ held.

    Parts parts_;
    IngestOptions options_;
    std::unique_ptr<Log> log_;
    Outcomes outcomes_;
    std::atomic<bool> draining_{false};
    std::atomic<int64_t> free_checked_ms_{INT64_MIN / 2};
    std::atomic<uint64_t> free_bytes_{UINT64_MAX};

    // Outlives this: the store cannot forget a callback.
    struct Signal {
        mutable std::mutex mutex;
        mutable std::condition_variable_any wake;
        mutable bool states_changed = true;  // Guarded by mutex.
    };
    const std::shared_ptr<const Signal> signal_ = std::make_shared<const Signal>();
    std::mutex& mutex_ = signal_->mutex;
    std::condition_variable_any& wake_ = signal_->wake;
    std::map<Stream, Work> work_;  // Guarded by mutex_, as all below.
    std::map<PortId, Commits> commits_;
    std::map<ProductId, uint64_t> generations_;           // Of products whose ports are made.
    std::set<std::pair<ProductId, uint64_t>> replaying_;  // Dead letters in the log.
    struct Followers {  // Outlives this, too: a follower may end later.
        mutable std::mutex mutex;
        mutable std::map<uint64_t, std::function<void()>> callbacks;
        mutable uint64_t last = 0;
    };
    const std::shared_ptr<const Followers> followers_ = std::make_shared<const Followers>();
    std::vector<std::jthread> threads_;  // Last: joins first.
};

Result<> NodeIngest::Start() {
    options_.log.folder = parts_.data_folder + "/ingest";
    options_.log.clock = &parts_.clock;
    CHECK_OK(io::MakeDirectories(options_.log.folder, 0700));
    const auto rolled = [this](const Stream& stream) -> uint64_t {
        const auto state = parts_.store.Snapshot();
        const auto at = state->products.find(stream.product);
        if (at == state->products.end()) return 0;
        const auto* input = at->second->spec.FindInput(stream.input);
        const auto* port = input ? at->second->spec.Feeds(*input) : nullptr;
        return port ? meta::RolledPosition(*state, stream.product, port->name) : 0;
    };
    log_ = TRY(Log::Open(options_.log, rolled));
    const auto now = Steady::now();
    for (const auto& pending : log_->Waiting()) {
        work_[pending.stream].due = now;
        for (const auto& entry :
             TRY(log_->Read(pending.stream, rolled(pending.stream), UINT64_MAX)))
            for (const uint64_t letter : entry.replays)
                replaying_.emplace(pending.stream.product, letter);
    }
    const auto state = parts_.store.Snapshot();
    for (const auto& [id, port] : state->ports)
        if (!port->tail.empty()) commits_[id].due = now + milliseconds(options_.commit_ms);
    parts_.store.OnPublish([signal = signal_](const std::shared_ptr<const meta::State>&) {
        std::scoped_lock lock(signal->mutex);
        signal->states_changed = true;
        signal->wake.notify_one();
    });
    for (uint32_t i = 0; i < std::max(options_.threads, 1u); ++i)
        threads_.emplace_back([this](std::stop_token stop) { Loop(stop); });
    return {};
}

// ---- accepting

Result<> NodeIngest::MayAccept() {
    if (draining_)
        return Fail(Code::kUnavailable, "the node is stopping: nothing was stored",
                    "try again when it is back");
    CHECK_OK(parts_.store.CheckWritable());
    const int64_t now =
        std::chrono::duration_cast<milliseconds>(Steady::now().time_since_epoch()).count();
    if (now - free_checked_ms_ > kFreeBytesAgeMs) {
        free_checked_ms_ = now;
        free_bytes_ = io::FreeBytes(options_.log.folder).value_or(0);
    }
    if (free_bytes_ >= options_.free_bytes_min) return {};
    Error error{Code::kUnavailable,
                "the node's disk is nearly full: nothing was stored",
                {},
                "53100",
                "free space on it, or ask an administrator; `weft du` shows what takes it"};
    return std::unexpected(std::move(error));
}

Result<Receipt> NodeIngest::Append(Entry entry) {
    const Stream stream = entry.stream;
    auto receipt = log_->Append(std::move(entry));
    if (!receipt || receipt->repeated) return receipt;
    const auto due = Steady::now() + milliseconds(options_.roll_ms);
    std::scoped_lock lock(mutex_);
    Work& work = work_[stream];
    if (!work.due) {
        work.due = due;
        wake_.notify_one();
    }
    return receipt;
}

Result<Receipt> NodeIngest::Accept(const Target& target, const govern::Principal& who,
                                   Records records, std::string key) {
    CHECK_OK(MayAccept());
    if (records.count == 0) return Receipt{log_->LastPosition(target.stream) + 1, 0, false};
    Entry entry;
    entry.stream = target.stream;
    entry.count = records.count;
    entry.principal = who.name;
    entry.key = std::move(key);
    entry.record_keys = std::move(records.record_keys);
    entry.lines = std::move(records.lines);
    return Append(std::move(entry));
}

Result<Ingest::Checked> NodeIngest::WaitChecked(const Stream& stream, const Receipt& receipt,
                                                uint64_t wait_ms) {
    Checked checked;
    checked.done = outcomes_.Wait(stream, receipt.first_position + receipt.count - 1, wait_ms);
    if (!checked.done) return checked;
    const auto found = outcomes_.Find(stream, receipt.first_position, receipt.count);
    checked.exact = found.exact;
    checked.rejected = found.rejected;
    checked.accepted = receipt.count - found.rejected;
    checked.reasons = found.reasons;
    return checked;
}

// ---- dead letters

Result<uint64_t> NodeIngest::Replay(const Target& target, const govern::Principal& who,
                                    std::vector<Letter> letters) {
    CHECK_OK(MayAccept());
    Entry entry;
    entry.stream = target.stream;
    entry.principal = who.name;
    {
        std::scoped_lock lock(mutex_);
        const auto state = parts_.store.Snapshot();
        if (!state->products.contains(target.stream.product))
            return Fail(Code::kNotFound, "this product is gone");
        // Of all majors: a contract that was mended is often the next one.
        uint64_t newest = 0;
        std::vector<meta::Settled> settled;
        if (const auto ports = state->ports_of.find(target.stream.product);
            ports != state->ports_of.end()) {
            for (const PortId id : ports->second) {
                const meta::Port& port = *state->ports.at(id);
                if (port.name != meta::kRejectedPort) continue;
                newest = std::max(newest, port.position);
                settled.insert(settled.end(), port.settled.begin(), port.settled.end());
            }
        }
        for (auto& letter : letters) {
            if (letter.position > newest) continue;
            const auto covers = [&](const meta::Settled& range) {
                return range.first <= letter.position && letter.position <= range.last;
            };
            if (std::ranges::any_of(settled, covers)) continue;
            if (!replaying_.emplace(target.stream.product, letter.position).second) continue;
            std::ranges::replace(letter.raw, '\n', ' ');
            entry.lines += letter.raw + "\n";
            entry.replays.push_back(letter.position);
            ++entry.count;
        }
    }
    if (entry.count == 0) return 0;
    const auto replays = entry.replays;
    const auto receipt = Append(std::move(entry));
    if (!receipt) {
        std::scoped_lock lock(mutex_);
        for (const uint64_t position : replays) replaying_.erase({target.stream.product, position});
        return std::unexpected(receipt.error());
    }
    return receipt->count;
}

Result<> NodeIngest::Purge(ProductId product, uint32_t major, std::vector<meta::Settled> ranges,
                           const std::string& by) {
    CHECK_OK(parts_.store.Commit(
        by, meta::SettleRejected{product, major, std::move(ranges), "purged by " + by}));
    for (uint32_t attempt = 0; attempt < kConflictsMax; ++attempt) {
        const auto state = parts_.store.Snapshot();
        const auto* port = state->FindPort(product, meta::kRejectedPort, major);
        if (!port) return {};
        const auto done = RewriteLetters(Rolling(), port->id);
        if (done || done.error().code != Code::kConflict) return done;
    }
    return Fail(Code::kUnavailable,
                "the dead letters are hidden, but their table is too busy to be written again",
                "purge once more later: their bytes are still on the disk");
}

// ---- rolling

// Each product that takes events has its ports from the moment it is applied, with the newest
// contract.
void NodeIngest::NoteStates() {
    std::scoped_lock lock(mutex_);
    if (!std::exchange(signal_->states_changed, false)) return;
    const auto state = parts_.store.Snapshot();
    std::vector<ProductId> gone;
    for (const auto& [id, generation] : generations_)
        if (!state->products.contains(id)) gone.push_back(id);
    for (const ProductId id : gone) {
        generations_.erase(id);
        std::erase_if(
            work_, [&](const auto& each) { return each.first.product == id && !each.second.busy; });
        log_->Forget(id);
    }
    for (const auto& [id, product] : state->products) {
        uint64_t& seen = generations_[id];
        if (seen == product->generation) continue;
        seen = product->generation;
        for (const auto& input : product->spec.input_ports)
            if (input.kind == model::InputPort::Kind::kPush)
                work_[{id, input.name}].due = Steady::now();
    }
}

void NodeIngest::Loop(std::stop_token stop) {
    while (!stop.stop_requested()) {
        NoteStates();
        std::optional<Stream> stream;
        std::optional<PortId> port;
        {
            std::unique_lock lock(mutex_);
            const auto now = Steady::now();
            auto next = now + milliseconds(1'000);
            for (auto& [key, work] : work_) {
                if (work.busy || !work.due) continue;
                if (*work.due <= now && !stream) {
                    stream = key;
                    work.busy = true;
                    work.due.reset();
                } else {
                    next = std::min(next, *work.due);
                }
            }
            for (auto& [id, commit] : commits_) {
                if (stream || commit.busy) continue;
                if (commit.due <= now && !port) {
                    port = id;
                    commit.busy = true;
                } else {
                    next = std::min(next, commit.due);
                }
            }
            if (!stream && !port) {
                wake_.wait_until(lock, stop, next, [] { return false; });
                continue;
            }
        }
        if (stream) RollOne(*stream);
        if (port) CommitOne(*port);
    }
}

void NodeIngest::RollOne(const Stream& stream) {
    uint64_t records_max = 0;
    bool poison = false;
    {
        std::scoped_lock lock(mutex_);
        const Work& work = work_[stream];
        records_max = work.records_max;
        poison = records_max == 1 && work.failures >= kPoisonFailures;
    }
    AfterRoll(stream, Roll(Rolling(), stream, records_max, poison));
}

void NodeIngest::AfterRoll(const Stream& stream, const Result<Rolled>& rolled) {
    const bool moved = rolled && rolled->last >= rolled->first;
    if (moved) {
        outcomes_.Add(stream, *rolled);
        log_->Release(stream, rolled->last);
        ScheduleCommits(stream.product);
        TellFollowers();
    }
    std::scoped_lock lock(mutex_);
    Work& work = work_[stream];
    work.busy = false;
    if (rolled) {
        work.failures = 0;
        work.error.clear();
        work.records_max = work.records_max > UINT64_MAX / 2 ? UINT64_MAX : work.records_max * 2;
        for (const uint64_t letter : rolled->replayed) replaying_.erase({stream.product, letter});
        if (moved && log_->LastPosition(stream) > rolled->last) work.due = Steady::now();
        return;
    }
    const Error& error = rolled.error();
    if (error.code == Code::kNotFound) {
        work.error = error.message;
        return;  // Until the product is applied again.
    }
    if (error.code != Code::kConflict) {
        ++work.failures;
        work.error = error.message;
        LogWarn("ingest", "rolling input {}: {}", stream.input, error.message);
        // A record that kills workers is looked for by halving.
        if (work.records_max != 1) {
            work.records_max = std::min<uint64_t>(work.records_max, 1u << 20) / 8;
            work.records_max = std::max<uint64_t>(work.records_max, 1);
            work.failures = work.records_max == 1 ? 0 : work.failures;
        }
    }
    const uint32_t wait = std::min<uint32_t>(100u << std::min(work.failures, 6u), 5'000);
    work.due = Steady::now() + milliseconds(wait);
    wake_.notify_one();
}

// ---- commits

void NodeIngest::ScheduleCommits(ProductId product) {
    const auto state = parts_.store.Snapshot();
    const auto ports = state->ports_of.find(product);
    if (ports == state->ports_of.end()) return;
    const auto now = Steady::now();
    std::scoped_lock lock(mutex_);
    for (const PortId id : ports->second) {
        const meta::Port& port = *state->ports.at(id);
        if (port.tail.empty()) continue;
        uint64_t bytes = 0;
        for (const auto& file : port.tail) bytes += file.size_bytes;
        auto [at, fresh] =
            commits_.try_emplace(id, Commits{now + milliseconds(options_.commit_ms)});
        if (bytes >= options_.commit_bytes && !at->second.busy) at->second.due = now;
    }
    wake_.notify_one();
}

void NodeIngest::CommitOne(PortId port) {
    const auto done = Commit(Rolling(), port);
    const auto state = parts_.store.Snapshot();
    const auto at = state->ports.find(port);
    const bool more = at != state->ports.end() && !at->second->tail.empty();
    std::scoped_lock lock(mutex_);
    Commits& commit = commits_[port];
    commit.busy = false;
    if (done && !more) {
        commits_.erase(port);
        return;
    }
    commit.failures = done || done.error().code == Code::kConflict ? 0 : commit.failures + 1;
    if (!done && done.error().code != Code::kConflict)
        LogWarn("ingest", "committing a tail: {}", done.error().message);
    const uint32_t wait = done ? options_.commit_ms
                               : std::min<uint32_t>(200u << std::min(commit.failures, 7u), 30'000);
    commit.due = Steady::now() + milliseconds(wait);
}

// ---- the rest

std::shared_ptr<const void> NodeIngest::OnRolled(std::function<void()> callback) {
    std::scoped_lock lock(followers_->mutex);
    const uint64_t id = ++followers_->last;
    followers_->callbacks.emplace(id, std::move(callback));
    return std::shared_ptr<const void>(followers_.get(), [followers = followers_, id](const void*) {
        std::scoped_lock held(followers->mutex);
        followers->callbacks.erase(id);
    });
}

void NodeIngest::TellFollowers() {
    std::scoped_lock lock(followers_->mutex);
    for (const auto& [id, callback] : followers_->callbacks) callback();
}

std::vector<Ingest::Lag> NodeIngest::Lags() const {
    const auto state = parts_.store.Snapshot();
    std::map<Stream, Lag> lags;
    for (const auto& pending : log_->Waiting()) {
        Lag& lag = lags[pending.stream];
        lag.waiting_bytes = pending.bytes;
        lag.waiting_records = pending.last_position;
    }
    {
        std::scoped_lock lock(mutex_);
        for (const auto& [stream, work] : work_) lags[stream].error = work.error;
    }
    std::vector<Lag> out;
    for (auto& [stream, lag] : lags) {
        const auto at = state->products.find(stream.product);
        if (at == state->products.end()) continue;
        lag.product = state->FullName(*at->second);
        lag.input = stream.input;
        const auto* input = at->second->spec.FindInput(stream.input);
        const auto* port = input ? at->second->spec.Feeds(*input) : nullptr;
        const uint64_t rolled = port ? meta::RolledPosition(*state, stream.product, port->name) : 0;
        lag.waiting_records = lag.waiting_records > rolled ? lag.waiting_records - rolled : 0;
        out.push_back(std::move(lag));
    }
    return out;
}

bool NodeIngest::Idle() const {
    return std::ranges::none_of(
               work_, [](const auto& each) { return each.second.busy || each.second.due; }) &&
           std::ranges::none_of(commits_, [](const auto& each) { return each.second.busy; });
}

void NodeIngest::Drain() {
    draining_ = true;
    const auto until = Steady::now() + milliseconds(kDrainMs);
    while (Steady::now() < until) {
        {
            std::scoped_lock lock(mutex_);
            for (auto& [stream, work] : work_)
                if (work.due && work.failures > 0)
                    work.due.reset();  // It is in the log: the next start goes on.
                else if (work.due)
                    work.due = Steady::now();
            if (Idle()) break;
            wake_.notify_all();
        }
        std::this_thread::sleep_for(milliseconds(20));
    }
    Stop();
}

void NodeIngest::Stop() {
    draining_ = true;
    for (auto& thread : threads_) thread.request_stop();
    wake_.notify_all();
    threads_.clear();
    outcomes_.Stop();
}

}  // namespace

Result<std::unique_ptr<Ingest>> Ingest::Make(Parts parts, IngestOptions options) {
    auto ingest = std::make_unique<NodeIngest>(std::move(parts), std::move(options));
    CHECK_OK(ingest->Start());
    return ingest;
}

}  // namespace weft::ingest
