#include "gateway/tasks.h"

namespace weft::gateway {

Tasks::~Tasks() {
    {
        std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    ready_.notify_all();
    for (auto& thread : threads_) thread.join();
}

bool Tasks::Post(std::move_only_function<void()> task) { return Put(std::move(task), true); }

void Tasks::PostEnd(std::move_only_function<void()> task) { Put(std::move(task), false); }

bool Tasks::Put(std::move_only_function<void()> task, bool bounded) {
    {
        std::scoped_lock lock(mutex_);
        if (bounded && (closing_ || waiting_.size() >= waiting_max_)) return false;
        waiting_.push_back(std::move(task));
        // Compared with what waits and not with zero: an idle thread that was woken still counts as
        // idle.
        if (idle_ < waiting_.size() && threads_.size() < threads_max_ && !closing_)
            threads_.emplace_back([this] { Work(); });
    }
    ready_.notify_one();
    return true;
}

void Tasks::Work() {
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        ready_.wait(lock, [&] { return closing_ || !waiting_.empty(); });
        --idle_;
        if (waiting_.empty()) return;  // Closing, and nothing is left.
        auto task = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        task();
        task = nullptr;  // What the task owned is destroyed without the lock.
        lock.lock();
    }
}

}  // namespace weft::gateway
