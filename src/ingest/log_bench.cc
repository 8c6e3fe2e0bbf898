// The log beside bench/ingest_log_peer.c: N threads append a record each and wait.
//
//   log_bench FOLDER PRODUCERS SECONDS BYTES [RECORDS]
//
// RECORDS of BYTES in one request (1). A thread of its own releases what was accepted, as rolling
// would.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ingest/log.h"

int main(int argc, char** argv) {
    using namespace weft;
    if (argc < 5)
        return std::fprintf(stderr, "usage: log_bench FOLDER PRODUCERS SECONDS BYTES [RECORDS]\n"),
               2;
    using Steady = std::chrono::steady_clock;
    const std::string folder = std::string(argv[1]) + "/log_bench";
    const int producers = std::atoi(argv[2]);
    const uint64_t records = argc > 5 ? std::strtoull(argv[5], nullptr, 10) : 1;
    std::string lines;
    for (uint64_t i = 0; i < records; ++i) {
        lines += std::string(std::strtoull(argv[4], nullptr, 10) - 1, 'x') + "\n";
    }
    const SystemClock clock;
    ingest::LogOptions options;
    options.folder = folder;
    options.clock = &clock;
    auto log = ingest::Log::Open(options, [](const ingest::Stream&) { return uint64_t{0}; });
    if (!log) return std::fprintf(stderr, "%s\n", log.error().message.c_str()), 1;
    const ingest::Stream stream{{1}, "in"};
    std::atomic<bool> stop{false};
    std::mutex mutex;
    std::vector<int64_t> all;
    std::vector<std::jthread> threads;
    const auto begin = Steady::now();
    for (int i = 0; i < producers; ++i) {
        threads.emplace_back([&] {
            std::vector<int64_t> own;
            while (!stop) {
                ingest::Entry entry;
                entry.stream = stream;
                entry.principal = "bench";
                entry.count = records;
                entry.lines = lines;
                const auto start = Steady::now();
                if (const auto got = (*log)->Append(std::move(entry)); !got) {
                    std::fprintf(stderr, "%s\n", got.error().message.c_str());
                    return;
                }
                own.push_back(
                    std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - start)
                        .count());
            }
            const std::scoped_lock lock(mutex);
            all.insert(all.end(), own.begin(), own.end());
        });
    }
    const auto end = begin + std::chrono::seconds(std::atoi(argv[3]));
    while (Steady::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        (*log)->Release(stream, (*log)->LastPosition(stream));
    }
    stop = true;
    threads.clear();
    const double took = std::chrono::duration<double>(Steady::now() - begin).count();
    std::sort(all.begin(), all.end());
    if (all.empty()) return 1;
    const double rate = static_cast<double>(all.size()) / took;
    std::printf("log  producers %d acks/s %.0f p50 %ld us p99 %ld us, %.0f records/s\n", producers,
                rate, all[all.size() / 2], all[all.size() * 99 / 100],
                rate * static_cast<double>(records));
    log->reset();
    std::filesystem::remove_all(folder);
    return 0;
}
