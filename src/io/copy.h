// Copies of files that are hashed on the way. Used by backup and restore. THREAD: any.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace weft::io {

struct Hashed {
    uint64_t size = 0;
    std::string sha256;  // Lower-case hex.
};

// The bytes that were there when it began. FAILS: kNotFound, kCorrupt (I/O).
Result<Hashed> HashFile(const std::string& path);
// Replaces `to` in one step and makes its folders. Not synced: SyncFileSystem once, after many.
// FAILS: kNotFound (from); kUnavailable (disk full); kCorrupt (I/O). Leaves nothing behind then.
Result<Hashed> CopyFile(const std::string& from, const std::string& to, mode_t mode);
// Everything written to the file system of `path` is durable. FAILS: kCorrupt.
Result<> SyncFileSystem(const std::string& path);

}  // namespace weft::io
