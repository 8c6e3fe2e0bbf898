// The world of the log's tests: a folder, a clock and a disk that fails when told. The disk's
// switches are one per process, as the calls are plain functions. THREAD: one test at a time.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ingest/log.h"
#include "ingest/segment_file.h"

namespace weft::ingest {

namespace fs = std::filesystem;

inline std::atomic<int> syncs{0};
inline std::atomic<int> fail_sync_at{-1};  // 0: the next.
inline std::atomic<int> fail_write_with{0};
inline std::atomic<bool> slow{false};

inline ssize_t CountedWrite(int fd, const void* bytes, size_t count, off_t offset) {
    if (const int error = fail_write_with; error != 0) {
        // A part arrives before the disk is full.
        if (::pwrite(fd, bytes, count / 2, offset) < 0) return -1;
        errno = error;
        return -1;
    }
    return ::pwrite(fd, bytes, std::min<size_t>(count, 100), offset);  // Short on purpose.
}
inline int CountedSync(int fd) {
    ++syncs;
    if (slow) ::usleep(20'000);
    if (fail_sync_at >= 0 && fail_sync_at-- == 0) {
        errno = EIO;
        return -1;
    }
    return ::fdatasync(fd);
}
inline const DiskCalls kCounted{CountedWrite, ::pread, CountedSync, ::ftruncate};

class LogTest : public testing::Test {
  protected:
    LogTest() {
        std::string pattern = (fs::temp_directory_path() / "log_test_XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        clock.now.us = 1'000'000'000'000;
        options.folder = folder;
        options.clock = &clock;
        options.disk = &kCounted;
        options.fatal = [this](const Error& error) { fatal = error.message; };
        syncs = 0;
        fail_sync_at = -1;
        fail_write_with = 0;
        slow = false;
    }
    ~LogTest() override {
        log.reset();
        fs::remove_all(folder);
    }

    Result<> TryOpen() {
        log.reset();
        log = TRY(Log::Open(options, [this](const Stream& stream) {
            const auto found = rolled.find(stream);
            return found == rolled.end() ? uint64_t{0} : found->second;
        }));
        return {};
    }
    void Open() {
        const auto opened = TryOpen();
        ASSERT_TRUE(opened) << opened.error().message;
    }
    static Entry Make(const Stream& stream, std::vector<std::string> records,
                      std::string key = {}) {
        Entry entry;
        entry.stream = stream;
        entry.principal = "ana";
        entry.key = std::move(key);
        entry.count = records.size();
        for (const auto& record : records) entry.lines += record + "\n";
        return entry;
    }
    Result<Receipt> Push(const Stream& stream, std::vector<std::string> records,
                         std::string key = {}) {
        return log->Append(Make(stream, std::move(records), std::move(key)));
    }
    // All lines of a stream that wait, one string.
    std::string Lines(const Stream& stream) {
        std::string lines;
        const auto entries = log->Read(stream, 0, UINT64_MAX);
        EXPECT_TRUE(entries) << entries.error().message;
        if (entries) {
            for (const Entry& entry : *entries) lines += entry.lines;
        }
        return lines;
    }
    std::vector<std::string> Files(const std::string& ending) {
        std::vector<std::string> names;
        for (const auto& file : fs::directory_iterator(folder)) {
            if (file.path().extension() == ending) names.push_back(file.path().filename());
        }
        std::ranges::sort(names);
        return names;
    }
    std::string FirstSegment() { return folder + "/" + Files(".log").at(0); }
    static std::string Slurp(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static void Spit(const std::string& path, const std::string& bytes) {
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    }

    const Stream clicks{{7}, "clicks"};
    const Stream orders{{8}, "orders"};
    std::string folder;
    FakeClock clock;
    LogOptions options;
    std::map<Stream, uint64_t> rolled;
    std::string fatal;
    std::unique_ptr<Log> log;
};

}  // namespace weft::ingest
