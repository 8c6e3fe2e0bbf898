#include "io/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>

namespace weft::io {
namespace {

constexpr size_t kListEntriesMax = 1'000'000;
constexpr size_t kGlobEntriesMax = 100'000;
constexpr size_t kGlobComponentsMax = 32;

struct CrashPlan {
    uint64_t at = 0;  // 0: never.
    int log = -1;
    std::atomic<uint64_t> count{0};

    CrashPlan() {
        if (const char* text = std::getenv("WEFT_CRASH_AT")) at = std::strtoull(text, nullptr, 10);
        if (const char* file = std::getenv("WEFT_CRASH_LOG")) {
            log = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        }
    }
};

std::unexpected<Error> FailErrno(int error, std::string_view verb, std::string_view path) {
    auto message =
        fmt::format("cannot {} {}: {}", verb, path, std::generic_category().message(error));
    switch (error) {
        case ENOENT: return Fail(Code::kNotFound, std::move(message));
        case EEXIST: return Fail(Code::kExists, std::move(message));
        case EACCES:
        case EPERM:
        case EROFS:
            return Fail(Code::kDenied, std::move(message),
                        "check the permissions of the node's user");
        case ELOOP:
        case EXDEV:
            return Fail(Code::kDenied,
                        fmt::format("{} leads out of its root or through a link", path));
        case EISDIR:
        case ENOTDIR:
        case EINVAL:
        case ENXIO:
        case ENAMETOOLONG: return Fail(Code::kInvalid, std::move(message));
        case ENOSPC:
        case EDQUOT:
            return Fail(Code::kUnavailable, std::move(message),
                        "free space on the disk, then retry");
        case EIO: return Fail(Code::kCorrupt, std::move(message), "check the disk");
        default: return Fail(Code::kUnavailable, std::move(message));
    }
}

Result<FileStat> ToStat(const struct stat& st) {
    return FileStat{static_cast<uint64_t>(st.st_size),
                    int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec, st.st_ino};
}

Result<> WriteAll(int fd, std::string_view bytes, const std::string& path) {
    DurableStep("write");
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return FailErrno(errno, "write", path);
        bytes.remove_prefix(static_cast<size_t>(n));
    }
    DurableStep("written");
    return {};
}

// Creates `path`, writes and syncs it, but not its directory. Leaves nothing behind on failure.
Result<> CreateAndSync(const std::string& path, std::string_view bytes, mode_t mode) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!file) return FailErrno(errno, "create", path);
    auto done = WriteAll(file.get(), bytes, path);
    if (done) done = SyncFile(file.get());
    if (!done) ::unlink(path.c_str());
    return done;
}

std::string ParentOf(const std::string& path) {
    const size_t slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string RandomSuffix() {
    uint64_t bits = 0;
    Assert(::getrandom(&bits, sizeof bits, 0) == sizeof bits);
    return fmt::format("{:016x}", bits);
}

Descriptor OpenRoot(const std::string& root) {
    return Descriptor(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

Descriptor OpenAtBeneath(int root, const std::string& relative, uint64_t flags) {
    open_how how{};
    how.flags = flags | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    while (true) {
        const long fd = ::syscall(SYS_openat2, root, relative.c_str(), &how, sizeof how);
        if (fd >= 0) return Descriptor(static_cast<int>(fd));
        // EAGAIN: the kernel saw a rename of a parent while resolving and wants the caller to try
        // again.
        if (errno != EINTR && errno != EAGAIN) return {};
    }
}

struct Entry {
    std::string name;
    bool is_directory = false;
    bool is_file = false;
};

// OWNS: nothing of `folder`; consumes a duplicate of it.
Result<std::vector<Entry>> Entries(Descriptor folder, const std::string& path, size_t entries_max) {
    DIR* opened = ::fdopendir(folder.get());
    if (!opened) return FailErrno(errno, "list", path);
    const int fd = folder.Release();
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(opened, ::closedir);
    std::vector<Entry> entries;
    while (true) {
        errno = 0;
        const dirent* e = ::readdir(stream.get());
        if (!e && errno != 0) return FailErrno(errno, "list", path);
        if (!e) break;
        Entry entry{e->d_name, e->d_type == DT_DIR, e->d_type == DT_REG};
        if (entry.name == "." || entry.name == "..") continue;
        if (entries.size() >= entries_max)
            return Fail(Code::kLimit, fmt::format("too many entries in {}", path));
        if (e->d_type == DT_UNKNOWN) {
            struct stat st;
            if (::fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
                continue;  // Removed meanwhile.
            entry.is_directory = S_ISDIR(st.st_mode);
            entry.is_file = S_ISREG(st.st_mode);
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<std::vector<std::string>> PatternParts(const std::string& pattern) {
    if (pattern.empty() || pattern.front() == '/' || pattern.find('\0') != std::string::npos) {
        return Fail(Code::kInvalid, "a file pattern must be relative to its root");
    }
    std::vector<std::string> parts;
    for (size_t begin = 0; begin <= pattern.size();) {
        const size_t end = std::min(pattern.find('/', begin), pattern.size());
        std::string part = pattern.substr(begin, end - begin);
        begin = end + 1;
        if (part.empty() || part == ".") continue;
        if (part == "..") return Fail(Code::kInvalid, "a file pattern may not contain \"..\"");
        if (part == "**" && !parts.empty() && parts.back() == "**") continue;
        parts.push_back(std::move(part));
    }
    if (parts.empty()) return Fail(Code::kInvalid, "a file pattern must name files");
    if (parts.size() > kGlobComponentsMax)
        return Fail(Code::kLimit, "a file pattern has too many folders");
    if (parts.back() == "**") parts.push_back("*");
    return parts;
}

}  // namespace

void DurableStep(const char* name) {
    static CrashPlan plan;
    if (plan.at == 0 && plan.log < 0) [[likely]]
        return;
    const uint64_t n = ++plan.count;
    if (plan.log >= 0) {
        const std::string line = fmt::format("{} {}\n", n, name);
        // A lost line only makes the test's log shorter.
        [[maybe_unused]] const ssize_t ignored = ::write(plan.log, line.data(), line.size());
    }
    if (n == plan.at) ::kill(::getpid(), SIGKILL);
}

Result<std::string> ReadAll(int fd, uint64_t bytes_max) {
    const FileStat st = TRY(Stat(fd));
    if (st.size > bytes_max)
        return Fail(Code::kLimit, fmt::format("file is larger than {} bytes", bytes_max));
    std::string bytes;
    bytes.resize(static_cast<size_t>(st.size) + 1);  // One more: a file that grows is noticed.
    size_t filled = 0;
    while (true) {
        if (filled == bytes.size()) bytes.resize(bytes.size() * 2);
        const ssize_t n = ::read(fd, bytes.data() + filled, bytes.size() - filled);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return FailErrno(errno, "read", "file");
        if (n == 0) break;
        filled += static_cast<size_t>(n);
        if (filled > bytes_max)
            return Fail(Code::kLimit, fmt::format("file is larger than {} bytes", bytes_max));
    }
    bytes.resize(filled);
    return bytes;
}

Result<std::string> ReadFile(const std::string& path, uint64_t bytes_max) {
    // O_NONBLOCK: a named pipe must not hang the caller; it is refused below.
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return FailErrno(errno, "open", path);
    struct stat st;
    if (::fstat(file.get(), &st) != 0) return FailErrno(errno, "stat", path);
    if (!S_ISREG(st.st_mode))
        return Fail(Code::kInvalid, fmt::format("{} is not a regular file", path));
    auto bytes = ReadAll(file.get(), bytes_max);
    if (!bytes) return Fail(bytes.error().code, fmt::format("{}: {}", path, bytes.error().message));
    return bytes;
}

Result<> WriteNewFile(const std::string& path, std::string_view bytes, mode_t mode) {
    CHECK_OK(CreateAndSync(path, bytes, mode));
    return SyncDirectory(ParentOf(path));
}

Result<> WriteFileAtomically(const std::string& path, std::string_view bytes, mode_t mode) {
    const std::string draft = fmt::format("{}.tmp.{}", path, RandomSuffix());
    CHECK_OK(CreateAndSync(draft, bytes, mode));
    DurableStep("rename");
    if (::rename(draft.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(draft.c_str());
        return FailErrno(error, "replace", path);
    }
    DurableStep("renamed");
    return SyncDirectory(ParentOf(path));
}

Result<Descriptor> OpenToWrite(const std::string& path, mode_t mode) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file) return FailErrno(errno, "write", path);
    return file;
}

Result<> WriteAt(int fd, uint64_t offset, std::string_view bytes) {
    DurableStep("write");
    while (!bytes.empty()) {
        const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return FailErrno(errno, "write", "file");
        bytes.remove_prefix(static_cast<size_t>(n));
        offset += static_cast<uint64_t>(n);
    }
    DurableStep("written");
    return {};
}

Result<std::string> ReadAt(int fd, uint64_t offset, size_t bytes_max) {
    std::string bytes(bytes_max, '\0');
    size_t filled = 0;
    while (filled < bytes_max) {
        const ssize_t n = ::pread(fd, bytes.data() + filled, bytes_max - filled,
                                  static_cast<off_t>(offset + filled));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return FailErrno(errno, "read", "file");
        if (n == 0) break;
        filled += static_cast<size_t>(n);
    }
    bytes.resize(filled);
    return bytes;
}

Result<> Rename(const std::string& from, const std::string& to) {
    DurableStep("rename");
    if (::rename(from.c_str(), to.c_str()) != 0) return FailErrno(errno, "replace", to);
    DurableStep("renamed");
    CHECK_OK(SyncDirectory(ParentOf(to)));
    if (ParentOf(from) == ParentOf(to)) return {};
    return SyncDirectory(ParentOf(from));
}

Result<> SyncFile(int fd) {
    DurableStep("fsync");
    if (::fsync(fd) != 0) {
        return Fail(Code::kCorrupt,
                    fmt::format("fsync failed: {}", std::generic_category().message(errno)),
                    "check the disk; the node must not go on with this file");
    }
    DurableStep("fsynced");
    return {};
}

Result<> SyncDirectory(const std::string& path) {
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return FailErrno(errno, "open", path);
    return SyncFile(folder.get());
}

Result<> MakeDirectories(const std::string& path, mode_t mode) {
    if (path.empty() || path.front() != '/')
        return Fail(Code::kInvalid, "a folder needs an absolute path");
    // Top down; each new name is made durable in its parent before anything is put below it.
    for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        if (part.back() != '/') {
            if (::mkdir(part.c_str(), mode) == 0) {
                CHECK_OK(SyncDirectory(ParentOf(part)));
            } else if (errno != EEXIST) {
                return FailErrno(errno, "create folder", part);
            }
        }
        if (end == std::string::npos) break;
    }
    struct stat st;
    if (::stat(path.c_str(), &st) != 0) return FailErrno(errno, "stat", path);
    if (!S_ISDIR(st.st_mode)) return Fail(Code::kInvalid, fmt::format("{} is not a folder", path));
    return {};
}

Result<> RemoveFile(const std::string& path) {
    DurableStep("unlink");
    if (::unlink(path.c_str()) != 0) return FailErrno(errno, "remove", path);
    DurableStep("unlinked");
    return {};
}

Result<> RemoveTree(const std::string& root, const std::string& relative) {
    Assert(!relative.empty());
    if (relative == "." || relative.find('\0') != std::string::npos) {
        return Fail(Code::kInvalid, "the root itself is not removed");
    }
    const Descriptor top = OpenRoot(root);
    if (!top) return FailErrno(errno, "open", root);
    const Descriptor found = OpenAtBeneath(top.get(), relative, O_PATH | O_NOFOLLOW);
    if (!found && errno == ENOENT) return {};
    if (!found && errno != ELOOP) return FailErrno(errno, "remove", relative);
    struct stat st;
    struct stat root_st;
    if (found && ::fstat(found.get(), &st) == 0 && ::fstat(top.get(), &root_st) == 0 &&
        st.st_ino == root_st.st_ino && st.st_dev == root_st.st_dev) {
        return Fail(Code::kInvalid, "the root itself is not removed");
    }
    if (!found && relative.find('/') != std::string::npos)
        return FailErrno(ELOOP, "remove", relative);
    DurableStep("remove tree");
    std::error_code error;
    std::filesystem::remove_all(root + "/" + relative, error);
    if (error) return FailErrno(error.value(), "remove", relative);
    DurableStep("removed tree");
    return {};
}

Result<std::vector<std::string>> ListDirectory(const std::string& path) {
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return FailErrno(errno, "open", path);
    std::vector<std::string> names;
    for (Entry& entry : TRY(Entries(std::move(folder), path, kListEntriesMax)))
        names.push_back(std::move(entry.name));
    std::ranges::sort(names);
    return names;
}

Result<FileStat> Stat(const std::string& path) {
    struct stat st;
    if (::stat(path.c_str(), &st) != 0) return FailErrno(errno, "stat", path);
    return ToStat(st);
}

Result<FileStat> Stat(int fd) {
    struct stat st;
    if (::fstat(fd, &st) != 0) return FailErrno(errno, "stat", "file");
    return ToStat(st);
}

Result<uint64_t> FileSize(const std::string& path) { return TRY(Stat(path)).size; }

Result<uint64_t> FreeBytes(const std::string& path) {
    struct statvfs st;
    if (::statvfs(path.c_str(), &st) != 0) return FailErrno(errno, "measure", path);
    return uint64_t{st.f_bavail} * st.f_frsize;
}

Result<Descriptor> OpenBeneath(const std::string& root, const std::string& relative) {
    if (relative.empty() || relative.find('\0') != std::string::npos)
        return Fail(Code::kInvalid, "empty or bad path");
    const Descriptor top = OpenRoot(root);
    if (!top) return FailErrno(errno, "open", root);
    // O_NONBLOCK: opening a named pipe must not hang; it is refused below.
    Descriptor file = OpenAtBeneath(top.get(), relative, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file) return FailErrno(errno, "open", relative);
    struct stat st;
    if (::fstat(file.get(), &st) != 0) return FailErrno(errno, "stat", relative);
    if (!S_ISREG(st.st_mode))
        return Fail(Code::kInvalid, fmt::format("{} is not a regular file", relative));
    return file;
}

bool MatchesWildcard(std::string_view pattern, std::string_view name) {
    if (name.starts_with('.') && !pattern.starts_with('.')) return false;
    // The usual two pointers: on a mismatch, let the last star take one byte more. Worst case
    // |pattern| * |name|.
    size_t p = 0;
    size_t n = 0;
    size_t star = std::string_view::npos;
    size_t star_n = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_n = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++star_n;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

Result<std::vector<std::string>> Glob(const std::string& root, const std::string& pattern) {
    const auto parts = TRY(PatternParts(pattern));
    const Descriptor top = OpenRoot(root);
    if (!top) return FailErrno(errno, "open", root);
    using Step = std::pair<std::string,
                           size_t>;  // Folder relative to the root, and the part to match in it.
    std::vector<Step> steps{{"", 0}};
    std::set<Step> seen{steps.front()};  // "a/**/**" style patterns reach the same step twice.
    std::set<std::string> found;
    size_t entries_left = kGlobEntriesMax;
    const auto push = [&](Step step) {
        if (seen.insert(step).second) steps.push_back(std::move(step));
    };
    while (!steps.empty()) {
        const auto [folder, index] = std::move(steps.back());
        steps.pop_back();
        if (parts[index] == "**") push({folder, index + 1});
        Descriptor opened =
            OpenAtBeneath(top.get(), folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
        if (!opened)
            continue;  // Not there, not a folder, a link or not readable: nothing matches in it.
        for (const Entry& entry :
             TRY(Entries(std::move(opened), root + "/" + folder, entries_left))) {
            --entries_left;
            const std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
            if (parts[index] == "**") {
                if (entry.is_directory && !entry.name.starts_with('.')) push({path, index});
            } else if (MatchesWildcard(parts[index], entry.name)) {
                if (index + 1 == parts.size() && entry.is_file) found.insert(path);
                if (index + 1 < parts.size() && entry.is_directory) push({path, index + 1});
            }
        }
    }
    return std::vector<std::string>(found.begin(), found.end());
}

}  // namespace weft::io
