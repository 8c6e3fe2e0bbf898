#include "engine/channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/limits.h"
#include "base/result.h"

namespace weft::engine {
namespace {

constexpr size_t kDescriptorsMax = kLimits.worker_frame_descriptors_max;

bool ReadAll(int fd, char* at, size_t size) {
    while (size > 0) {
        const ssize_t got = ::read(fd, at, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        size -= static_cast<size_t>(got);
    }
    return true;
}

}  // namespace

uint32_t FrameBodyBytes(std::string_view head) {
    Assert(head.size() >= kFrameHeadBytes);
    uint32_t size = 0;
    std::memcpy(&size, head.data() + 1, sizeof size);
    return size;
}

std::string FrameHead(char type, size_t body_bytes) {
    std::string head(kFrameHeadBytes, type);
    const auto size = static_cast<uint32_t>(body_bytes);
    std::memcpy(head.data() + 1, &size, sizeof size);
    return head;
}

ssize_t TrySend(int fd, std::string_view bytes, std::span<const io::Descriptor> files) {
    Assert(files.size() <= kDescriptorsMax);
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) char rights[CMSG_SPACE(sizeof(int) * kDescriptorsMax)];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!files.empty()) {
        std::vector<int> numbers;
        for (const auto& file : files) numbers.push_back(file.get());
        const size_t size = numbers.size() * sizeof(int);
        message.msg_control = rights;
        message.msg_controllen = CMSG_SPACE(size);
        auto* head = CMSG_FIRSTHDR(&message);
        head->cmsg_len = CMSG_LEN(size);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        std::memcpy(CMSG_DATA(head), numbers.data(), size);
    }
    while (true) {
        const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
        if (sent >= 0) return sent;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
        if (errno != EINTR) return -1;
    }
}

bool SendFrame(int fd, std::string_view frame, std::span<const io::Descriptor> files) {
    while (!frame.empty()) {
        const ssize_t sent = TrySend(fd, frame, files);
        if (sent < 0) return false;
        if (sent == 0) {
            pollfd writable{fd, POLLOUT, 0};
            if (::poll(&writable, 1, -1) < 0 && errno != EINTR) return false;
            continue;
        }
        frame.remove_prefix(static_cast<size_t>(sent));
        files = {};
    }
    return true;
}

std::optional<Frame> ReceiveFrame(int fd, size_t body_bytes_max) {
    char head[kFrameHeadBytes];
    iovec part{head, sizeof head};
    alignas(cmsghdr) char rights[CMSG_SPACE(sizeof(int) * kDescriptorsMax)];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = rights;
    message.msg_controllen = sizeof rights;
    ssize_t got = 0;
    do {
        got = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return std::nullopt;
    Frame frame;
    for (auto* control = CMSG_FIRSTHDR(&message); control != nullptr;
         control = CMSG_NXTHDR(&message, control)) {
        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
        const size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(control) + i * sizeof(int), sizeof number);
            frame.files.emplace_back(number);
        }
    }
    if (message.msg_flags & MSG_CTRUNC) return std::nullopt;
    const auto have = static_cast<size_t>(got);
    if (!ReadAll(fd, head + have, sizeof head - have)) return std::nullopt;
    const auto size = FrameBodyBytes({head, sizeof head});
    if (size > body_bytes_max) return std::nullopt;
    frame.type = head[0];
    frame.body.resize(size);
    if (!ReadAll(fd, frame.body.data(), size)) return std::nullopt;
    return frame;
}

}  // namespace weft::engine
