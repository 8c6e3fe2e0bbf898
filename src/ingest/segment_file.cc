#include "ingest/segment_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "ingest/bytes.h"
#include "ingest/segment.h"
#include "io/crypto.h"
#include "io/files.h"

namespace weft::ingest {
namespace {

std::string Why(int error) { return std::generic_category().message(error); }

bool IsFull(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

std::unexpected<Error> DiskFailed(std::string_view verb, const std::string& path, int error) {
    return Fail(Code::kCorrupt,
                fmt::format("cannot {} {}: {} (errno {})", verb, path, Why(error), error),
                "the node stops: acknowledged data is safe, start it again when the disk is well");
}

std::unexpected<Error> Full(const std::string& path, int error) {
    return Fail(Code::kUnavailable,
                fmt::format("nothing was stored: cannot write {}: {}", path, Why(error)),
                "free space on the disk, then send it again");
}

// 0, or errno. A short write is tried on: the next call says why.
int WriteAll(const DiskCalls& disk, int fd, std::string_view bytes, uint64_t offset) {
    while (!bytes.empty()) {
        const ssize_t n = disk.pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) return ENOSPC;
        bytes.remove_prefix(static_cast<size_t>(n));
        offset += static_cast<uint64_t>(n);
    }
    return 0;
}

Result<> Sync(const DiskCalls& disk, const SegmentFile& segment) {
    io::DurableStep("ingest sync");
    // Never tried again: after a failure the kernel may have dropped the pages and would say yes.
    if (disk.fdatasync(segment.file->get()) != 0) return DiskFailed("sync", segment.path, errno);
    io::DurableStep("ingest synced");
    return {};
}

}  // namespace

const DiskCalls& RealDisk() {
    static constexpr DiskCalls kReal{::pwrite, ::pread, ::fdatasync, ::ftruncate};
    return kReal;
}

std::string SegmentPath(const std::string& folder, uint64_t first_number) {
    return fmt::format("{}/{:020}.log", folder, first_number);
}

std::string KeysPath(const std::string& folder, uint64_t first_number) {
    return fmt::format("{}/{:020}.keys", folder, first_number);
}

Result<SegmentFile> CreateSegmentFile(const DiskCalls& disk, const std::string& folder,
                                      uint64_t first_number) {
    SegmentFile segment;
    segment.first_number = first_number;
    const std::string random = io::Random(sizeof segment.salt);
    segment.salt = ByteReader(random).Get<uint64_t>();
    segment.path = SegmentPath(folder, first_number);
    io::DurableStep("ingest create");
    const int fd =
        ::open(segment.path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) return Full(segment.path, errno);
    segment.file = std::make_shared<const io::Descriptor>(fd);
    auto written = AppendAndSync(disk, segment, EncodeSegmentHead({first_number, segment.salt}));
    if (!written) {
        ::unlink(segment.path.c_str());
        return std::unexpected(std::move(written).error());
    }
    // A file that is not in its folder after a power cut takes everything in it along.
    if (auto synced = io::SyncDirectory(folder); !synced) {
        synced.error().code = Code::kCorrupt;
        return std::unexpected(std::move(synced).error());
    }
    io::DurableStep("ingest created");
    return segment;
}

Result<SegmentFile> OpenSegmentFile(const std::string& path, uint64_t first_number) {
    SegmentFile segment;
    segment.first_number = first_number;
    segment.path = path;
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return Fail(Code::kUnavailable, fmt::format("cannot open {}: {}", path, Why(errno)));
    }
    segment.file = std::make_shared<const io::Descriptor>(fd);
    segment.size = TRY(io::Stat(fd)).size;
    return segment;
}

Result<> AppendAndSync(const DiskCalls& disk, SegmentFile& segment, std::string_view bytes) {
    io::DurableStep("ingest write");
    const int error = WriteAll(disk, segment.file->get(), bytes, segment.size);
    if (IsFull(error)) {
        CHECK_OK(CutAndSync(disk, segment, segment.size));
        return Full(segment.path, error);
    }
    if (error != 0) return DiskFailed("write", segment.path, error);
    io::DurableStep("ingest written");
    CHECK_OK(Sync(disk, segment));
    segment.size += bytes.size();
    return {};
}

Result<> CutAndSync(const DiskCalls& disk, SegmentFile& segment, uint64_t size) {
    io::DurableStep("ingest cut");
    if (disk.ftruncate(segment.file->get(), static_cast<off_t>(size)) != 0) {
        return DiskFailed("cut", segment.path, errno);
    }
    CHECK_OK(Sync(disk, segment));
    segment.size = size;
    return {};
}

Result<> ReadBytes(const DiskCalls& disk, const SegmentFile& segment, uint64_t offset,
                   uint64_t count, std::string& into) {
    into.resize(count);
    for (uint64_t filled = 0; filled < count;) {
        const ssize_t n = disk.pread(segment.file->get(), into.data() + filled, count - filled,
                                     static_cast<off_t>(offset + filled));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return DiskFailed("read", segment.path, errno);
        if (n == 0) {
            return Fail(Code::kCorrupt,
                        fmt::format("{} ends before byte {}", segment.path, offset + count));
        }
        filled += static_cast<uint64_t>(n);
    }
    return {};
}

}  // namespace weft::ingest
