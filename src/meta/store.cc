#include "meta/store.h"

#include <fmt/format.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "base/bounded_queue.h"
#include "base/log.h"
#include "io/lock_file.h"
#include "meta/journal.h"
#include "meta/products.h"
#include "meta/runs.h"

namespace weft::meta {
namespace {

constexpr size_t kWaitingMax = 4'096;
constexpr size_t kBatchMax = 256;

const Clock& SystemTime() {
    static const SystemClock clock;
    return clock;
}

// What a user's wish lets grow; refused while Refuse is in force.
bool Grows(std::string_view command) {
    return command == ApplyProducts::kName || command == StartRun::kName;
}

// <data>/state -> <data>/run/lock
std::string LockPath(const std::string& folder) {
    const size_t slash = folder.rfind('/');
    return (slash == std::string::npos ? std::string(".") : folder.substr(0, slash)) + "/run/lock";
}

}  // namespace

// The writer thread takes what waits as one batch:
//   1. each command validates against the state as the ones before it leave it, then applies;
//   2. one transaction stores all of them; 3. the new state is published; 4. callers hear.
// A refused command changes nothing, so the others of its batch do not notice.
struct Store::Writer {
    struct Waiting {
        Erased command;
        std::function<void(Journal&)> read;  // Instead of a command: a question to the database.
        std::promise<Result<uint64_t>> answer;
    };

    io::LockFile lock;
    std::unique_ptr<Journal> journal;
    const Clock& clock;
    std::atomic<std::shared_ptr<const State>> current;
    std::atomic<bool> is_unusable = false;
    std::atomic<std::shared_ptr<const Error>> refusal;  // Null: nothing is refused.
    std::mutex callbacks_mutex;
    std::vector<std::function<void(std::shared_ptr<const State>)>> callbacks;
    BoundedQueue<std::unique_ptr<Waiting>> queue{kWaitingMax};
    std::jthread thread;  // Last: stops and joins before the rest goes.

    Writer(io::LockFile taken, std::unique_ptr<Journal> opened, const Clock& time,
           std::shared_ptr<const State> loaded)
        : lock(std::move(taken)),
          journal(std::move(opened)),
          clock(time),
          current(std::move(loaded)),
          thread([this](std::stop_token stop) { Loop(stop); }) {}

    void Loop(const std::stop_token& stop);
    void CommitBatch(std::vector<std::unique_ptr<Waiting>>& batch);
    Result<> Persist(const State& base, Draft& draft, const std::vector<Journal::Entry>& entries);
    void Publish(std::shared_ptr<const State> next);
    Result<uint64_t> Ask(std::unique_ptr<Waiting> waiting);
};

void Store::Writer::Loop(const std::stop_token& stop) {
    while (true) {
        auto batch = queue.PopBatch(kBatchMax, stop);
        if (batch.empty()) return;  // Stopping, and nothing waits.
        CommitBatch(batch);
    }
}

void Store::Writer::CommitBatch(std::vector<std::unique_ptr<Waiting>>& batch) {
    const std::shared_ptr<const State> base = current.load();
    Draft draft(base, clock.Now());
    std::vector<Journal::Entry> entries;
    std::vector<Waiting*> accepted;
    for (const auto& waiting : batch) {
        if (waiting->read) continue;
        if (is_unusable) {
            waiting->answer.set_value(Fail(Code::kUnavailable, "the state's disk failed",
                                           "restart the node: it reads again what is there"));
            continue;
        }
        Erased& command = waiting->command;
        if (const auto why = refusal.load(); why && Grows(command.name)) {
            waiting->answer.set_value(std::unexpected(*why));
            continue;
        }
        if (auto valid = command.validate(draft.state()); !valid) {
            waiting->answer.set_value(std::unexpected(std::move(valid).error()));
            continue;
        }
        command.apply(draft);
        if (!command.audit.is_null())
            entries.push_back({command.actor, command.name, DumpJson(command.audit)});
        accepted.push_back(waiting.get());
    }
    if (!accepted.empty()) {
        const uint64_t version = draft.state().version;
        const Result<> stored = Persist(*base, draft, entries);
        for (Waiting* waiting : accepted) {
            if (stored) {
                waiting->answer.set_value(version);
            } else {
                waiting->answer.set_value(std::unexpected(stored.error()));
            }
        }
    }
    for (const auto& waiting : batch) {
        if (!waiting->read) continue;
        waiting->read(*journal);
        waiting->answer.set_value(0);
    }
}

Result<> Store::Writer::Persist(const State& base, Draft& draft,
                                const std::vector<Journal::Entry>& entries) {
    auto stored = journal->Write(base, draft, entries);
    if (stored) {
        Publish(draft.Finish());
        return {};
    }
    if (stored.error().code == Code::kUnknownOutcome) is_unusable = true;
    LogError("meta", "{} commands were not stored: {}", entries.size(), stored.error().message);
    return stored;
}

void Store::Writer::Publish(std::shared_ptr<const State> next) {
    current.store(next);
    const std::scoped_lock lock_callbacks(callbacks_mutex);
    for (const auto& callback : callbacks) callback(next);
}

Result<uint64_t> Store::Writer::Ask(std::unique_ptr<Waiting> waiting) {
    Assert(std::this_thread::get_id() != thread.get_id());  // It would wait for itself.
    auto answer = waiting->answer.get_future();
    CHECK_OK(queue.Push(std::move(waiting)));
    return answer.get();
}

Store::Store(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(StoreOptions options) {
    io::LockFile lock = TRY(io::LockFile::Take(LockPath(options.folder)));
    auto journal = TRY(Journal::Open(options));
    auto state = journal->Load();
    if (!state) {
        state.error().message = options.folder + "/weft.db: " + state.error().message;
        return std::unexpected(std::move(state.error()));
    }
    const Clock& clock = options.clock != nullptr ? *options.clock : SystemTime();
    auto writer =
        std::make_unique<Writer>(std::move(lock), std::move(journal), clock, std::move(*state));
    return std::unique_ptr<Store>(new Store(std::move(writer)));
}

std::shared_ptr<const State> Store::Snapshot() const { return writer_->current.load(); }

Result<uint64_t> Store::CommitErased(Erased command) {
    auto waiting = std::make_unique<Writer::Waiting>();
    waiting->command = std::move(command);
    return writer_->Ask(std::move(waiting));
}

void Store::OnPublish(std::function<void(std::shared_ptr<const State>)> callback) {
    const std::scoped_lock lock(writer_->callbacks_mutex);
    writer_->callbacks.push_back(std::move(callback));
}

Result<std::vector<Store::AuditEntry>> Store::Audit(int64_t after, size_t count_max) const {
    Result<std::vector<AuditEntry>> entries;
    auto waiting = std::make_unique<Writer::Waiting>();
    waiting->read = [&](Journal& journal) { entries = journal.Audit(after, count_max); };
    CHECK_OK(writer_->Ask(std::move(waiting)));
    return entries;
}

Result<> Store::CopyTo(const std::string& path) const {
    Result<> copied;
    auto waiting = std::make_unique<Writer::Waiting>();
    waiting->read = [&](Journal& journal) { copied = journal.CopyTo(path); };
    CHECK_OK(writer_->Ask(std::move(waiting)));
    return copied;
}

void Store::Refuse(std::optional<Error> why) {
    writer_->refusal = why ? std::make_shared<const Error>(std::move(*why)) : nullptr;
}

Result<> Store::CheckWritable() const {
    if (const auto why = writer_->refusal.load()) return std::unexpected(*why);
    return {};
}

Result<uint64_t> Store::CheckAudit() const {
    Result<uint64_t> count;
    auto waiting = std::make_unique<Writer::Waiting>();
    waiting->read = [&](Journal& journal) { count = journal.CheckAudit(); };
    CHECK_OK(writer_->Ask(std::move(waiting)));
    return count;
}

}  // namespace weft::meta
