#include "gateway/http/rows.h"

#include "base/json.h"

namespace weft::gateway::http {

void Lifeline::Cut() {
    std::scoped_lock lock(mutex_);
    cut_ = true;
    if (session_) session_->Cancel();
}

void Lifeline::Attach(query::Session* session) {
    std::scoped_lock lock(mutex_);
    session_ = session;
    if (cut_) session_->Cancel();
}

void Lifeline::Detach() {
    std::scoped_lock lock(mutex_);
    session_ = nullptr;
}

bool Lifeline::is_cut() const {
    std::scoped_lock lock(mutex_);
    return cut_;
}

Result<std::unique_ptr<Rows>> Rows::Begin(std::unique_ptr<query::Session> session,
                                          engine::Statement statement, Lifeline& lifeline) {
    std::unique_ptr<Rows> rows(new Rows);
    Rows& self = *rows;
    self.session_ = std::move(session);
    self.describe_only_ = statement.describe_only;
    lifeline.Attach(self.session_.get());
    auto begun = self.session_->Begin(
        std::move(statement),
        [&self](engine::Head head) {
            std::scoped_lock lock(self.mutex_);
            self.head_ = std::move(head);
            self.changed_.notify_all();
        },
        [&self](Result<engine::Ended> ended) {
            std::function<void()> then;
            {
                // Notified under the lock: the waiter may destroy this object as soon as it can
                // take it.
                std::scoped_lock lock(self.mutex_);
                self.ended_ = std::move(ended);
                then = std::move(self.then_);
                self.changed_.notify_all();
            }
            if (then) then();
        });
    if (begun) {
        std::unique_lock lock(self.mutex_);
        self.begun_ = true;
        self.changed_.wait(lock, [&] { return self.head_ || self.ended_; });
    }
    lifeline.Detach();
    if (!begun) return std::unexpected(begun.error());
    if (self.head_) return rows;
    if (!*self.ended_) return std::unexpected(self.ended_->error());
    if (!(*self.ended_)->ok) return std::unexpected((*self.ended_)->error);
    self.head_.emplace();  // A statement without columns.
    return rows;
}

Rows::~Rows() {
    std::unique_lock lock(mutex_);
    if (!begun_ || ended_) return;
    lock.unlock();
    session_->Cancel();
    lock.lock();
    changed_.wait(lock, [&] { return ended_.has_value(); });
}

void Rows::WhenEnded(std::function<void()> then) {
    {
        std::scoped_lock lock(mutex_);
        if (!ended_) {
            then_ = std::move(then);
            return;
        }
    }
    then();
}

std::string ColumnsHeader(const engine::Head& head) {
    Json columns = Json::array();
    for (const auto& column : head.columns)
        columns.push_back({{"name", column.name}, {"type", ToString(column.type)}});
    return columns.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace weft::gateway::http
