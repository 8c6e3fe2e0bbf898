// Cuts a logged-in client's stream of messages into batches: what the worker gets in one piece and
// answers in one.
//
// A batch is one simple Query, or everything up to Sync. A Flush before Sync hands over what there
// is so far (the client waits for that answer), and so does a Query in the middle of a sequence.
// Every length is checked before a byte behind it is believed. While a COPY FROM takes the client's
// rows, a batch is about kCopyBatchBytes of them, or what ends the COPY. Pure: no sockets;
// connection.cc drives it. THREAD: one user at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft::gateway::pg {

inline constexpr size_t kCopyBatchBytes = 1u << 20;

class Batches {
  public:
    enum class Kind {
        kNeedMore,      // Give more input.
        kBatch,         // messages(): complete, ends with Query or Sync.
        kPartial,       // messages(): ends with Flush; the sequence goes on.
        kFunctionCall,  // Not served: to be answered with an error.
        kTerminate,
    };

    // Takes whole messages off the front of `input`; `taken` says how many bytes are done with.
    // FAILS: kInvalid or kLimit 08P01: the stream cannot be trusted any more.
    Result<Kind> Take(std::string_view input, size_t& taken);

    // The batch, once Take said kBatch or kPartial; empties it.
    std::string TakeMessages();
    // After an error in a part of a sequence: everything up to Sync is dropped, and Sync comes as a
    // kBatch.
    void SkipToSync() { skip_ = true; }
    // The worker waits for the client's rows, or does no more. In the extended protocol the Sync
    // that ends the sequence is still to come: those before it did not count.
    void SetCopyIn(bool copy_in);
    bool copy_in() const { return copy_in_; }
    bool extended() const { return extended_; }  // The last batch was no simple Query.
    bool in_sequence() const {
        return in_sequence_;
    }  // A part was handed over and its Sync is still to come.
    size_t wanted() const { return wanted_; }  // Bytes of input that the next Take needs.

  private:
    Result<Kind> TakeCopy(std::string_view input, size_t& taken);
    std::string messages_;
    size_t wanted_ = 5;
    bool skip_ = false;
    bool in_sequence_ = false;
    bool copy_in_ = false;
    bool extended_ = false;
};

}  // namespace weft::gateway::pg
