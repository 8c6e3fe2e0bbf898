#include "io/copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/text.h"
#include "io/crypto.h"
#include "io/descriptor.h"
#include "io/files.h"

namespace weft::io {
namespace {

constexpr size_t kPieceBytes = 1u << 20;

std::unexpected<Error> FailErrno(int error, std::string_view verb, const std::string& path) {
    auto message =
        fmt::format("cannot {} {}: {}", verb, path, std::generic_category().message(error));
    if (error == ENOENT) return Fail(Code::kNotFound, std::move(message));
    if (error == EACCES || error == EPERM || error == EROFS)
        return Fail(Code::kDenied, std::move(message), "check the permissions of this user");
    if (error == ENOSPC || error == EDQUOT)
        return Fail(Code::kUnavailable, std::move(message), "free space on that disk, then retry");
    if (error == EIO) return Fail(Code::kCorrupt, std::move(message), "check the disk");
    return Fail(Code::kUnavailable, std::move(message));
}

Result<> WriteAll(int fd, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return FailErrno(errno, "write", path);
        bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
}

// From the start to where the file ended when it was opened: one that grows is cut there.
Result<Hashed> ReadThrough(const std::string& path, int out, const std::string& out_path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file) return FailErrno(errno, "open", path);
    const uint64_t end = TRY(Stat(file.get())).size;
    Sha256Sum sum;
    Hashed hashed;
    std::string piece(std::min<uint64_t>(kPieceBytes, std::max<uint64_t>(end, 1)), '\0');
    while (hashed.size < end) {
        const size_t wanted = std::min<uint64_t>(piece.size(), end - hashed.size);
        const ssize_t got = ::read(file.get(), piece.data(), wanted);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return FailErrno(errno, "read", path);
        if (got == 0) break;
        const std::string_view bytes(piece.data(), static_cast<size_t>(got));
        sum.Add(bytes);
        if (out >= 0) CHECK_OK(WriteAll(out, bytes, out_path));
        hashed.size += bytes.size();
    }
    hashed.sha256 = Hex(sum.Finish());
    return hashed;
}

}  // namespace

Result<Hashed> HashFile(const std::string& path) { return ReadThrough(path, -1, {}); }

Result<Hashed> CopyFile(const std::string& from, const std::string& to, mode_t mode) {
    CHECK_OK(MakeDirectories(to.substr(0, to.find_last_of('/')), 0700));
    const std::string part = to + ".part";
    ::unlink(part.c_str());  // Of a copy that was killed.
    const Descriptor out(
        ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!out) return FailErrno(errno, "create", part);
    auto copied = ReadThrough(from, out.get(), part);
    if (copied && ::rename(part.c_str(), to.c_str()) != 0)
        copied = FailErrno(errno, "rename", part);
    if (!copied) ::unlink(part.c_str());
    return copied;
}

Result<> SyncFileSystem(const std::string& path) {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return FailErrno(errno, "open", path);
    DurableStep("file system sync");
    if (::syncfs(folder.get()) != 0)
        return Fail(Code::kCorrupt, fmt::format("cannot sync {}", path), "check the disk");
    return {};
}

}  // namespace weft::io
