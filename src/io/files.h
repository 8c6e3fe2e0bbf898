// The effects on local files that Weft needs, as small free functions: bounded reads, durable
// writes, opening below a root that nobody can leave. Used by every folder that touches the disk;
// paths are absolute unless a root is named.
//
// Durability: what a Write… function returned for survives a power cut (file and directory are
// synced). A failed fsync is kCorrupt: the caller must stop acknowledging, because the kernel may
// have dropped the pages. Codes of all functions: kNotFound, kExists, kDenied (permission, or a
// path that leaves its root), kInvalid (not a regular file, bad name), kLimit (larger than
// allowed), kUnavailable (disk full, too many open files), kCorrupt (I/O). THREAD: any.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/descriptor.h"

namespace weft::io {

// Crash injection. Durable code calls this before and after each step that changes what survives a
// crash (write, fsync, rename, commit). Does nothing unless the environment says so, read once:
//   WEFT_CRASH_AT=N     the process kills itself (SIGKILL) at the N-th call, counted from 1;
//   WEFT_CRASH_LOG=file one line "N name" is appended per call, so that a test knows how many there
//   are.
void DurableStep(const char* name);

struct FileStat {
    uint64_t size = 0;
    int64_t mtime_ns = 0;
    uint64_t inode = 0;
    friend bool operator==(const FileStat&, const FileStat&) = default;
};

Result<std::string> ReadFile(const std::string& path, uint64_t bytes_max);
Result<std::string> ReadAll(int fd,
                            uint64_t bytes_max);  // From the descriptor's position to its end.

// Creates and never replaces. FAILS: kExists. A file that could not be written whole is removed
// again.
Result<> WriteNewFile(const std::string& path, std::string_view bytes, mode_t mode = 0640);
// Replaces: readers see the old or the new bytes, never a part.
Result<> WriteFileAtomically(const std::string& path, std::string_view bytes, mode_t mode = 0640);
Result<> SyncFile(int fd);
Result<> SyncDirectory(const std::string& path);

// A file that arrives in pieces: made when it is missing, never cut; nothing is durable before SyncFile.
Result<Descriptor> OpenToWrite(const std::string& path, mode_t mode = 0640);
// All bytes, from `offset` on. A failure may leave a part of them.
Result<> WriteAt(int fd, uint64_t offset, std::string_view bytes);
// At most so many bytes from `offset` on; fewer only at the file's end.
Result<std::string> ReadAt(int fd, uint64_t offset, size_t bytes_max);
// Replaces `to`: readers see the old file or the new one. Durable when it returns.
Result<> Rename(const std::string& from, const std::string& to);

Result<> MakeDirectories(const std::string& path,
                         mode_t mode = 0750);  // Missing parents too; present ones are fine.
Result<> RemoveFile(const std::string& path);  // FAILS: kNotFound.
// Removes root/relative and everything below it; links are removed, not followed. Nothing there is
// no error. REQUIRES: `relative` is not empty. FAILS: kDenied when it leads out of the root.
Result<> RemoveTree(const std::string& root, const std::string& relative);

// Names (not paths) of all entries but "." and "..", sorted. FAILS: kLimit beyond a million.
Result<std::vector<std::string>> ListDirectory(const std::string& path);
Result<FileStat> Stat(const std::string& path);
Result<FileStat> Stat(int fd);
Result<uint64_t> FileSize(const std::string& path);
Result<uint64_t> FreeBytes(
    const std::string& path);  // For this process, on the file system that holds `path`.

// Opens a regular file below `root` for reading. No symbolic link below the root is followed, so
// the file cannot lie elsewhere, whoever changes the tree meanwhile. The root itself may be reached
// through links.
Result<Descriptor> OpenBeneath(const std::string& root, const std::string& relative);

// Paths, relative to `root` and sorted, of the regular files that match `pattern`: `*` and `?`
// within a name, `**` for any number of folders. As in a shell, a name with a leading dot needs a
// pattern with one. Links are not followed. FAILS: kInvalid for an absolute pattern or one with
// ".."; kLimit beyond 100,000 entries looked at.
Result<std::vector<std::string>> Glob(const std::string& root, const std::string& pattern);

// Whether `name` (no slash) matches one component of a pattern.
bool MatchesWildcard(std::string_view pattern, std::string_view name);

}  // namespace weft::io
