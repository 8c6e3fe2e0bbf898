#include "query/session.h"

#include <csignal>

#include "base/log.h"
#include "govern/decide.h"
#include "query/session_internal.h"

namespace weft::query {
namespace {

constexpr int64_t kCancelGraceUs = 500'000;  // Between asking the engine and SIGKILL.

std::string Joined(const std::vector<engine::RelationName>& names) {
    std::string joined;
    for (const auto& name : names) {
        if (!joined.empty()) joined += ", ";
        joined += name.domain.empty() ? name.table : name.domain + "." + name.table;
    }
    return joined;
}

}  // namespace

LiveSession::LiveSession(Shared& shared, SessionOptions options, uint32_t id, uint32_t cancel_key)
    : shared_(shared),
      options_(std::move(options)),
      id_(id),
      cancel_key_(cancel_key),
      answers_(shared.parts.tables, shared.parts.ingest),
      name_(options_.who.name),
      since_(shared.parts.clock.Now()) {
    std::scoped_lock lock(shared_.mutex);
    shared_.sessions.emplace(id_, this);
}

LiveSession::~LiveSession() {
    {
        std::scoped_lock lock(shared_.mutex);
        shared_.sessions.erase(id_);
    }
    worker_.reset();  // Kills it; a running batch has called back before this returns.
}

Result<> LiveSession::Begin(engine::Pg batch, OnEnded on_ended) {
    CHECK_OK(Prepare());
    batch.limits = {shared_.limits.time_ms, shared_.limits.result_bytes};
    return Start(std::move(batch), {}, std::move(on_ended));
}

Result<> LiveSession::Begin(engine::Statement statement, OnHead on_head, OnEnded on_ended) {
    CHECK_OK(Prepare());
    statement.limits = {shared_.limits.time_ms, shared_.limits.result_bytes};
    {
        std::scoped_lock lock(mutex_);
        sql_ = statement.sql;
    }
    return Start(std::move(statement), std::move(on_head), std::move(on_ended));
}

// A principal as of now, a slot, a worker, and the snapshots that this batch will see, in that order.
Result<> LiveSession::Prepare() {
    {
        const auto state = shared_.parts.store.Snapshot();
        std::scoped_lock lock(mutex_);
        Assert(!running_);
        options_.who = TRY(govern::Refresh(*state, options_.who, Now()));
        waiting_ = true;
        since_ = Now();
    }
    auto slot = shared_.slots.Take(name_, shared_.limits.wait_ms_max);
    std::scoped_lock lock(mutex_);
    waiting_ = false;
    if (!slot) return std::unexpected(std::move(slot).error());
    if (worker_dead_) worker_.reset();
    worker_dead_ = false;
    if (!worker_) {
        engine::Start start;
        start.user = name_;
        start.memory_bytes = shared_.limits.memory_bytes;
        start.threads = shared_.limits.threads;
        start.settings = options_.settings;
        start.session = replay_;
        worker_ = TRY(shared_.parts.pool.Take(std::move(start)));
        answers_.NewWorker();
    }
    slot_ = std::move(*slot);
    batch_state_ = shared_.parts.store.Snapshot();  // After the wait: what was revoked meanwhile is not seen.
    options_.who = TRY(govern::Refresh(*batch_state_, options_.who, Now()));
    // An open cursor or portal goes on reading what it was handed: is that still permitted?
    if (keep_ && !answers_.StillPermitted(*batch_state_, options_.who, Now())) {
        worker_->Kill();
        worker_dead_ = true;
        keep_ = false;
        transaction_ = 'I';
        slot_.Release();
        auto revoked = Fail(Code::kDenied, "a right that an open cursor of this session needs was revoked");
        revoked.error().sqlstate = "42501";
        return revoked;
    }
    if (transaction_ == 'I') transaction_state_.reset();
    answers_.Begin(batch_state_, transaction_state_ ? transaction_state_ : batch_state_, options_.who, keep_);
    running_ = true;
    since_ = Now();
    cancel_asked_ = {};
    revoked_ = false;
    return {};
}

Result<> LiveSession::Start(const engine::ToWorker& batch, OnHead on_head, OnEnded on_ended) {
    const auto begun = worker_->Begin(batch, answers_, std::move(on_head),
                                      [this, on_ended = std::move(on_ended)](Result<engine::Ended> ended) {
                                          Finish(ended);
                                          on_ended(std::move(ended));
                                      });
    if (begun) return {};
    std::scoped_lock lock(mutex_);
    running_ = false;
    worker_dead_ = true;
    transaction_ = 'I';
    keep_ = false;
    slot_.Release();
    return begun;
}

void LiveSession::Finish(Result<engine::Ended>& ended) {
    if (ended) Record(ended->reports);
    std::scoped_lock lock(mutex_);
    running_ = false;
    slot_.Release();
    sql_.clear();
    since_ = Now();
    if (!ended) {
        if (cancel_asked_.us != 0) {
            ended.error().message = "canceling statement due to user request";
            ended.error().sqlstate = "57014";
            ended.error().hint.clear();
        } else if (revoked_) {
            ended.error() = {Code::kDenied, "a right that this statement needs was revoked while it ran", {}, "42501", {}};
        }
        worker_dead_ = true;  // Reset at the next Begin: the gateway may still read its last frames.
        transaction_ = 'I';
        keep_ = false;
        answers_.Forget();
        return;
    }
    transaction_ = ended->transaction;
    keep_ = ended->keep;
    if (ended->session_changed) replay_ = ended->session;
    if (transaction_ != 'I' && !transaction_state_) transaction_state_ = batch_state_;
    if (!keep_ && transaction_ == 'I') answers_.Forget();
}

void LiveSession::Record(const std::vector<engine::StatementReport>& reports) {
    for (const auto& report : reports) {
        shared_.parts.history.Append(meta::QueryRecord{Now(), name_, options_.path, report.sql,
                                                       Joined(report.relations), report.sqlstate, report.rows,
                                                       report.bytes, report.us});
    }
}

int LiveSession::data_descriptor() const {
    std::scoped_lock lock(mutex_);
    return worker_ ? worker_->data_descriptor() : -1;
}

void LiveSession::Cancel() {
    std::scoped_lock lock(mutex_);
    if (!running_ || !worker_ || cancel_asked_.us != 0) return;
    cancel_asked_ = Now();
    worker_->Interrupt();
}

void LiveSession::Kill() {
    std::scoped_lock lock(mutex_);
    if (!worker_) return;
    if (running_) {
        if (cancel_asked_.us == 0) cancel_asked_ = Now();
        worker_->Kill();
        return;
    }
    worker_dead_ = true;
    keep_ = false;
    transaction_ = 'I';
}

void LiveSession::Sweep(Timestamp now, const std::shared_ptr<const meta::State>& state, bool state_changed) {
    bool revoked = false;
    std::scoped_lock lock(mutex_);
    if (state_changed && (running_ || keep_ || transaction_ != 'I')) {
        const auto who = govern::Refresh(*state, options_.who, now);
        revoked = !who || !answers_.StillPermitted(*state, *who, now);
    }
    if (!worker_ || worker_dead_) return;
    if (running_) {
        const bool stubborn = cancel_asked_.us != 0 && now.us - cancel_asked_.us > kCancelGraceUs;
        revoked_ |= revoked;
        if (stubborn || revoked) worker_->Kill();
        return;
    }
    const bool idle = !keep_ && transaction_ == 'I' && !waiting_;
    if (revoked && !idle) {              // It still holds descriptors of what was revoked.
        worker_dead_ = true;
        keep_ = false;
        transaction_ = 'I';
        worker_->Kill();
    } else if (idle && now.us - since_.us > int64_t{shared_.limits.idle_ms_max} * 1000) {
        worker_.reset();
    }
}

RunningStatement LiveSession::Describe() const {
    std::scoped_lock lock(mutex_);
    RunningStatement running;
    running.session = id_;
    running.principal = name_;
    running.path = options_.path;
    running.client = options_.client;
    running.state = running_ ? "running" : waiting_ ? "waiting" : transaction_ == 'I' ? "idle" : "idle in transaction";
    running.since = since_;
    running.worker_pid = worker_ && !worker_dead_ ? worker_->pid() : 0;
    running.sql = sql_;
    return running;
}

}  // namespace weft::query
