// The rows of one statement on their way to an HTTP client: begun on a task thread, forwarded by
// the loop.
//
// Begin blocks until the columns are known or the statement failed, so that errors become proper
// answers. After that the loop reads the data channel and asks Ended() for how it went. A Lifeline
// lets the loop cancel a statement whose client has gone while Begin still waits. THREAD: as said
// per function.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "engine/protocol.h"
#include "query/session.h"

namespace weft::gateway::http {

class Lifeline {  // THREAD: any.
  public:
    void Cut();  // The client is gone: cancels what is attached, now or later.
    void Attach(query::Session* session);
    void Detach();
    bool is_cut() const;

  private:
    mutable std::mutex mutex_;
    query::Session* session_ = nullptr;
    bool cut_ = false;
};

class Rows {
  public:
    // THREAD: a task thread; waits. FAILS: as Session::Begin, and with the statement's own error
    // before its columns.
    static Result<std::unique_ptr<Rows>> Begin(std::unique_ptr<query::Session> session,
                                               engine::Statement statement, Lifeline& lifeline);
    ~Rows();  // Cancels and waits for the end: a task thread, not a loop.

    const engine::Head& head() const { return *head_; }
    query::Session& session() { return *session_; }
    bool describe_only() const { return describe_only_; }
    // Called once when the statement has ended, at once when it has already. THREAD: loop; `then`
    // is called anywhere.
    void WhenEnded(std::function<void()> then);
    // REQUIRES: WhenEnded has called back.
    const Result<engine::Ended>& ended() const { return *ended_; }

  private:
    Rows() = default;
    std::unique_ptr<query::Session> session_;
    bool describe_only_ = false;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool begun_ = false;
    std::optional<engine::Head> head_;            // Guarded by mutex_ until Begin has returned.
    std::optional<Result<engine::Ended>> ended_;  // Guarded by mutex_ until WhenEnded called back.
    std::function<void()> then_;                  // Guarded by mutex_.
};

// [{"name": "carrier", "type": "varchar"}] for the header Weft-Columns: ASCII, as headers must be.
std::string ColumnsHeader(const engine::Head& head);

}  // namespace weft::gateway::http
