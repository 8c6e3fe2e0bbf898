// The one implementation of Session, and what it shares with Sessions.
#pragma once

#include <atomic>
#include <mutex>

#include "query/answers.h"
#include "query/session.h"
#include "query/slots.h"

namespace weft::query {

class LiveSession : public Session {
public:
    struct Shared {                       // Owned by Sessions; outlives every session.
        Sessions::Parts parts;
        QueryLimits limits;
        Slots slots;
        std::mutex mutex;
        std::map<uint32_t, LiveSession*> sessions;  // Guarded by mutex.
    };

    LiveSession(Shared& shared, SessionOptions options, uint32_t id, uint32_t cancel_key);
    ~LiveSession() override;

    Result<> Begin(engine::Pg batch, OnEnded on_ended) override;
    Result<> Begin(engine::Statement statement, OnHead on_head, OnEnded on_ended) override;
    int data_descriptor() const override;
    char transaction() const override { return transaction_; }
    void Cancel() override;
    uint32_t id() const override { return id_; }
    uint32_t cancel_key() const override { return cancel_key_; }
    int64_t data_version() const override { return answers_.data_version(); }
    std::string contract_version() const override { return answers_.contract_version(); }
    void PinData(int64_t data_version) override { answers_.Pin(data_version); }

    // Called by the sweeper, about once a second. THREAD: any.
    void Sweep(Timestamp now, const std::shared_ptr<const meta::State>& state, bool state_changed);
    void Kill();
    RunningStatement Describe() const;
    const std::string& name() const { return name_; }

private:
    Result<> Prepare();                   // Principal, slot, worker, snapshots.
    Result<> Start(const engine::ToWorker& batch, OnHead on_head, OnEnded on_ended);
    void Finish(Result<engine::Ended>& ended);
    void Record(const std::vector<engine::StatementReport>& reports);
    Timestamp Now() const { return shared_.parts.clock.Now(); }

    Shared& shared_;
    SessionOptions options_;
    const uint32_t id_;
    const uint32_t cancel_key_;
    Answers answers_;
    const std::string name_;              // Of the principal.
    std::atomic<char> transaction_ = 'I';

    mutable std::mutex mutex_;            // Guards what follows; never held while calling the worker's Begin.
    std::unique_ptr<engine::Worker> worker_;
    bool worker_dead_ = false;
    bool running_ = false;
    bool waiting_ = false;
    bool keep_ = false;
    std::string replay_;                  // Ended::session of the last worker.
    std::string sql_;                     // Of a Statement.
    Slots::Slot slot_;
    Timestamp since_;
    Timestamp cancel_asked_;              // 0: not asked.
    bool revoked_ = false;                // The worker was killed because a right went away.
    std::shared_ptr<const meta::State> batch_state_;
    std::shared_ptr<const meta::State> transaction_state_;
};

}  // namespace weft::query
