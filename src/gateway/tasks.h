// Threads for what may block: taking a slot, committing to the store, waiting for a run. The loops
// never do.
//
// Threads are started when work waits and none is idle, up to a maximum; the queue is bounded, so
// an overload is refused at the door instead of being remembered. THREAD: any. OWNS: its threads.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace weft::gateway {

class Tasks {
  public:
    Tasks(uint32_t threads_max, size_t waiting_max)
        : threads_max_(threads_max), waiting_max_(waiting_max) {}
    ~Tasks();  // Finishes what was accepted.

    // False when too much is waiting or the end has begun: the task was not taken and will not run.
    bool Post(std::move_only_function<void()> task);
    // As Post, and never refused for a full queue: for the ends of things (closing a session),
    // which free room.
    void PostEnd(std::move_only_function<void()> task);

  private:
    bool Put(std::move_only_function<void()> task, bool bounded);
    void Work();

    const uint32_t threads_max_;
    const size_t waiting_max_;
    std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::move_only_function<void()>> waiting_;  // Guarded by mutex_, as all below.
    std::vector<std::thread> threads_;
    uint32_t idle_ = 0;
    bool closing_ = false;
};

}  // namespace weft::gateway
