#include "io/lock_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "io/files.h"

namespace weft::io {

Result<LockFile> LockFile::Take(const std::string& path) {
    if (const size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0) {
        CHECK_OK(MakeDirectories(path.substr(0, slash)));
    }
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!file) {
        return Fail(Code::kUnavailable,
                    fmt::format("cannot open lock file {}: {}", path, std::strerror(errno)));
    }
    // The lock belongs to the open file: a worker that was forked without exec must close it.
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return Fail(Code::kUnavailable,
                        fmt::format("cannot lock {}: {}", path, std::strerror(errno)));
        }
        const std::string holder(Trim(ReadAll(file.get(), 64).value_or("")));
        return Fail(Code::kUnavailable,
                    fmt::format("{} is held by process {}", path,
                                holder.empty() ? std::string("unknown") : holder),
                    "stop the other node first, or give this one another --data folder");
    }
    const std::string pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(file.get(), 0) != 0 ||
        ::pwrite(file.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
        return Fail(Code::kUnavailable,
                    fmt::format("cannot write {}: {}", path, std::strerror(errno)));
    }
    return LockFile(std::move(file));
}

}  // namespace weft::io
