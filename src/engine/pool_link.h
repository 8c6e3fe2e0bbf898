// One worker as the pool sees it: its process, its control channel, the batch that runs. For
// pool*.cc only.
//
// The worker is hostile: every frame is bounded before it is read, decoded strictly, counted, and
// allowed only when the conversation is at that point. A breach ends the worker and its batch with
// kUnavailable. THREAD: the pool's thread reads and ends; callers begin, interrupt and kill; answer
// threads answer. What they share is guarded by `lock_`.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/pool.h"
#include "io/descriptor.h"

namespace weft::engine {

using SteadyTime = std::chrono::steady_clock::time_point;

class Link {
  public:
    struct Born {
        uint64_t id = 0;
        pid_t pid = -1;
        io::Descriptor control;  // Non-blocking.
        std::string spill_dir;
    };
    // `wake` is called (any thread) when the pool's thread should look at this link again.
    Link(Born born, std::function<void()> wake);
    ~Link();

    uint64_t id() const { return born_.id; }
    pid_t pid() const { return born_.pid; }
    int control() const { return born_.control.get(); }
    const std::string& spill_dir() const { return born_.spill_dir; }

    // ---- callers
    void SendStart(const Start& start);
    Result<> Begin(const ToWorker& batch, Host& host, Worker::OnHead on_head,
                   Worker::OnEnded on_ended);
    void Signal(int signal);
    void Kill(std::string why);
    void Release();  // Its Worker is gone; the pool may forget it when it is dead.

    // ---- the pool's thread
    void Readable();  // Reads what is there; hands questions to `ask`.
    void Writable();
    bool WantsToWrite();
    void Expire(SteadyTime now);
    std::optional<SteadyTime> deadline();
    void Died();          // End of stream: kills, reaps.
    void FinishIfDead();  // Ends the batch once no answer is being made.
    bool dead();
    bool Forgettable();  // Dead, released, nobody uses it.
    std::function<void(FromWorker)> ask;

    // ---- an answer thread, with what `ask` was given
    void Answer(const FromWorker& question);

  private:
    struct Batch {
        Host* host = nullptr;
        Worker::OnHead on_head;
        Worker::OnEnded on_ended;
        std::optional<SteadyTime> deadline;
        bool headed = false;
        uint64_t questions = 0;
        uint64_t names = 0;
        uint32_t outputs = 0;
    };
    struct Out {
        std::string bytes;
        size_t sent = 0;
        std::vector<io::Descriptor> files;
    };
    struct Made {
        ToWorker message;
        std::vector<io::Descriptor> files;
    };
    void Dispatch(FromWorker message);
    bool Question(const FromWorker& message);
    void Breach(const char* what);
    Made Make(Host& host, const FromWorker& question, uint32_t output_index);
    void Send(std::string bytes, std::vector<io::Descriptor> files);  // REQUIRES: lock_ held.
    void Push();                                                      // REQUIRES: lock_ held.
    void End(Result<Ended> ended);

    Born born_;
    std::function<void()> wake_;
    std::string in_;  // The pool's thread only.

    std::mutex lock_;
    std::deque<Out> out_;
    std::optional<Batch> batch_;
    std::string why_;  // It was killed.
    bool ready_ = false;
    bool answering_ = false;  // An answer thread uses the batch's host.
    uint32_t pins_ = 0;       // Answer threads that still use this link.
    bool broken_ = false;     // Reads no more; about to die.
    bool dead_ = false;
    bool released_ = false;
};

}  // namespace weft::engine
