// Queues are bounded, consumers take batches. A background loop reads as one line:
//     while (!stop.stop_requested()) Roll(queue.PopBatch(64, stop));
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/result.h"

namespace weft {

template <class T>
class BoundedQueue {  // THREAD: any.
  public:
    explicit BoundedQueue(size_t items_max) : items_max_(items_max) { Assert(items_max > 0); }

    // FAILS: kLimit when full: callers slow down.
    Result<> Push(T item) {
        std::scoped_lock lock(mutex_);
        if (items_.size() == items_max_) return Fail(Code::kLimit, "queue full, retry later");
        items_.push_back(std::move(item));
        ready_.notify_one();
        return {};
    }

    // Waits for at least one item. Empty only when stopping.
    std::vector<T> PopBatch(size_t batch_max, std::stop_token stop) {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, stop, [&] { return !items_.empty(); });
        std::vector<T> batch;
        while (!items_.empty() && batch.size() < batch_max) {
            batch.push_back(std::move(items_.front()));
            items_.pop_front();
        }
        return batch;
    }

  private:
    const size_t items_max_;
    std::mutex mutex_;
    std::condition_variable_any ready_;
    std::deque<T> items_;  // Guarded by mutex_.
};

}  // namespace weft
