#include "base/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>

namespace weft {
namespace {

struct LogFile {
    std::mutex mutex;
    LogFileOptions options;  // Guarded by mutex, as all below.
    int fd = -1;
    uint64_t size = 0;

    bool Open() {
        const int fresh =
            ::open(options.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
        if (fresh < 0) return false;
        struct stat stat {};
        size = ::fstat(fresh, &stat) == 0 ? static_cast<uint64_t>(stat.st_size) : 0;
        if (fd >= 0) ::close(fd);
        fd = fresh;
        return true;
    }

    // PATH.4 -> gone, PATH.3 -> PATH.4, …, PATH -> PATH.1. What cannot be renamed stays; nothing
    // here may end the node.
    void Rotate() {
        const auto name = [&](uint32_t number) {
            return number == 0 ? options.path : options.path + "." + std::to_string(number);
        };
        if (options.files_max <= 1) {
            if (::ftruncate(fd, 0) == 0) size = 0;
            return;
        }
        for (uint32_t number = options.files_max - 1; number > 0; --number)
            (void)std::rename(name(number - 1).c_str(), name(number).c_str());
        if (!Open()) size = 0;  // Goes on in the file that is open; looks again a file later.
    }
};

LogFile& TheFile() {
    static auto* const file = new LogFile;  // Never destroyed: threads may log until the end.
    return *file;
}

}  // namespace

Result<> LogToFile(const LogFileOptions& options) {
    LogFile& file = TheFile();
    const std::scoped_lock lock(file.mutex);
    file.options = options;
    file.options.bytes_max = std::max<uint64_t>(options.bytes_max, 4'096);
    if (options.path.empty()) {
        if (file.fd >= 0) ::close(file.fd);
        file.fd = -1;
        return {};
    }
    if (!file.Open())
        return Fail(Code::kInvalid,
                    "cannot write the log file " + options.path + ": " + std::strerror(errno),
                    "its folder must exist and belong to the node's user");
    return {};
}

void ReopenLogFile() {
    LogFile& file = TheFile();
    const std::scoped_lock lock(file.mutex);
    if (file.fd >= 0) (void)file.Open();
}

bool WriteToLogFile(std::string_view line) {
    LogFile& file = TheFile();
    const std::scoped_lock lock(file.mutex);
    if (file.fd < 0) return false;
    if (file.size > 0 && file.size + line.size() > file.options.bytes_max) file.Rotate();
    while (!line.empty()) {
        const ssize_t written = ::write(file.fd, line.data(), line.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;  // A full disk: stderr may still be read by somebody.
        file.size += static_cast<uint64_t>(written);
        line.remove_prefix(static_cast<size_t>(written));
    }
    return true;
}

}  // namespace weft
