// Reads the frames of a worker's data channel (engine/protocol.h) out of whatever pieces the kernel
// returns.
//
// Only whole frames are handed on, so that a worker which dies inside one leaves the client at the
// border that the last frame named. The bytes are those of a hostile worker: types and lengths are
// checked before they are believed. Used by the loops of pg and http. THREAD: one user at a time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weft::gateway {

class FrameReader {
  public:
    static constexpr size_t kFrameBytesMax = 1u << 20;  // As engine/protocol.h promises.

    // Room for the next read. Invalidates the pieces of the last Take.
    std::span<char> Space();
    void Filled(size_t bytes);

    // The payloads of all whole frames so far, in order; views live until the next Space.
    // FAILS: kCorrupt for an unknown type, a frame above the maximum, or bytes behind the end of
    // the batch.
    Result<> Take(std::vector<std::string_view>& pieces);

    bool ended() const { return ended_; }       // The closing frame was seen.
    bool at_border() const { return border_; }  // What was taken so far ends at a message border.

  private:
    std::vector<char> buffer_;
    size_t begin_ = 0;   // First byte that was not taken.
    size_t end_ = 0;     // Behind the last byte read.
    size_t wanted_ = 0;  // Size of the frame that is not whole yet, header included.
    bool ended_ = false;
    bool border_ = true;
};

}  // namespace weft::gateway
