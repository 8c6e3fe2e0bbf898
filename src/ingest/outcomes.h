// What became of records, for those who wait for it: the newest rolls of each stream, in memory.
// THREAD: any.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "ingest/log.h"
#include "ingest/roll.h"

namespace weft::ingest {

class Outcomes {
  public:
    void Add(const Stream& stream, const Rolled& rolled);
    // True as soon as `position` has been rolled; false after `wait_ms`, or when Stop was called.
    bool Wait(const Stream& stream, uint64_t position, uint64_t wait_ms);
    struct Found {
        bool exact = true;  // False: more records were rejected than are remembered one by one.
        uint64_t rejected = 0;
        std::vector<engine::BadRecord> reasons;  // The first ten.
    };
    Found Find(const Stream& stream, uint64_t first, uint64_t count);
    void Stop();

  private:
    std::mutex mutex_;
    std::condition_variable rolled_;
    std::map<Stream, std::deque<Rolled>> rolls_;  // Guarded by mutex_; kRollsMax of each stream.
    bool stopped_ = false;                        // Guarded by mutex_.
};

}  // namespace weft::ingest
