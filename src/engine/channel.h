// Frames on a socket pair: blocking send and receive with descriptors (SCM_RIGHTS), for the worker
// and the zygote.
//
// The node's side never blocks on a worker: see pool_worker.h. Every function answers false or
// nothing when the other side is gone or breaks a rule; there is nothing else to do than to end.
// THREAD: one sender, one receiver at a time.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/descriptor.h"

namespace weft::engine {

inline constexpr size_t kFrameHeadBytes = 5;

struct Frame {
    char type = 0;
    std::string body;
    std::vector<io::Descriptor> files;
};

// Body length of a frame's head. REQUIRES: five bytes.
uint32_t FrameBodyBytes(std::string_view head);
std::string FrameHead(char type, size_t body_bytes);

// `frame` is head and body. Waits for the reader; also on a non-blocking socket.
bool SendFrame(int fd, std::string_view frame, std::span<const io::Descriptor> files = {});
// One attempt: bytes that were taken, -1 when the other side is gone. Descriptors ride on the first
// byte.
ssize_t TrySend(int fd, std::string_view bytes, std::span<const io::Descriptor> files);

// Nothing: end of stream, a body above `body_bytes_max`, or descriptors that did not arrive.
std::optional<Frame> ReceiveFrame(int fd, size_t body_bytes_max);

}  // namespace weft::engine
