// The effects of the log's writer on its files: create, append and sync, cut, read back. Every step
// that changes what survives a crash is an io::DurableStep.
//
// kUnavailable: nothing has changed (a full disk; what was written is cut off again). kCorrupt: the
// disk failed, the kernel may have dropped pages, nothing may be acknowledged any more. THREAD: one
// writer; Read… from any.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/descriptor.h"

namespace weft::ingest {

// As the system calls of these names. A test puts its own in.
struct DiskCalls {
    ssize_t (*pwrite)(int fd, const void* bytes, size_t count, off_t offset);
    ssize_t (*pread)(int fd, void* bytes, size_t count, off_t offset);
    int (*fdatasync)(int fd);
    int (*ftruncate)(int fd, off_t size);
};
const DiskCalls& RealDisk();

struct SegmentFile {
    uint64_t first_number = 0;
    uint64_t salt = 0;
    uint64_t size = 0;
    std::string path;
    std::shared_ptr<const io::Descriptor> file;  // Stays readable after the file was deleted.
};

std::string SegmentPath(const std::string& folder, uint64_t first_number);
std::string KeysPath(const std::string& folder, uint64_t first_number);

// With its head, durable in its folder. FAILS: kUnavailable, kCorrupt.
Result<SegmentFile> CreateSegmentFile(const DiskCalls& disk, const std::string& folder,
                                      uint64_t first_number);
Result<SegmentFile> OpenSegmentFile(const std::string& path, uint64_t first_number);
// One write, one sync. FAILS: kUnavailable, kCorrupt.
Result<> AppendAndSync(const DiskCalls& disk, SegmentFile& segment, std::string_view bytes);
// What lies behind `size` goes; the rest is synced. FAILS: kCorrupt.
Result<> CutAndSync(const DiskCalls& disk, SegmentFile& segment, uint64_t size);
// FAILS: kCorrupt, also when the file ends before.
Result<> ReadBytes(const DiskCalls& disk, const SegmentFile& segment, uint64_t offset,
                   uint64_t count, std::string& into);

}  // namespace weft::ingest
