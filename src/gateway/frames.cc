#include "gateway/frames.h"

#include <algorithm>
#include <cstring>

#include "engine/protocol.h"

namespace weft::gateway {
namespace {

constexpr size_t kHeaderBytes = 5;
constexpr size_t kFirstBytes =
    16u << 10;  // A point query's answer fits; larger ones grow the buffer once.
constexpr size_t kStreamBytes = 512u << 10;

}  // namespace

std::span<char> FrameReader::Space() {
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (buffer_.empty()) buffer_.resize(kFirstBytes);
    // A full buffer means a stream: read it in large pieces from now on.
    if (end_ == buffer_.size() || wanted_ > buffer_.size())
        buffer_.resize(std::max({buffer_.size(), kStreamBytes, wanted_ + kHeaderBytes}));
    return {buffer_.data() + end_, buffer_.size() - end_};
}

void FrameReader::Filled(size_t bytes) { end_ += bytes; }

Result<> FrameReader::Take(std::vector<std::string_view>& pieces) {
    pieces.clear();
    wanted_ = 0;
    while (end_ - begin_ >= kHeaderBytes) {
        if (ended_) return Fail(Code::kCorrupt, "the worker wrote behind the end of its answer");
        const char* frame = buffer_.data() + begin_;
        uint32_t size = 0;
        std::memcpy(&size, frame + 1, sizeof(size));  // Little-endian, as this machine.
        const char type = frame[0];
        if (type != engine::kDataWhole && type != engine::kDataPart && type != engine::kDataEnd)
            return Fail(Code::kCorrupt, "the worker wrote a frame of an unknown type");
        if (size > kFrameBytesMax || (type == engine::kDataEnd && size > 0))
            return Fail(Code::kCorrupt, "the worker wrote a frame that is too large");
        if (end_ - begin_ < kHeaderBytes + size) {
            wanted_ = kHeaderBytes + size;
            break;
        }
        if (type == engine::kDataEnd) {
            ended_ = true;
        } else {
            border_ = type == engine::kDataWhole;
            if (size > 0) pieces.emplace_back(frame + kHeaderBytes, size);
        }
        begin_ += kHeaderBytes + size;
    }
    if (ended_ && begin_ < end_)
        return Fail(Code::kCorrupt, "the worker wrote behind the end of its answer");
    return {};
}

}  // namespace weft::gateway
