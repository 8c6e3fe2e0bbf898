// Counters of the node as Prometheus text. Labels are bounded: the access path and how it ended,
// never a principal, never a statement. THREAD: any; relaxed atomics, a scrape may be a moment off.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace weft::gateway {

enum class Path : uint8_t { kPostgres, kHttp, kCount };
enum class Outcome : uint8_t { kOk, kFailed, kCancelled, kCount };

class Metrics {
  public:
    void CountStatement(Path path, Outcome outcome, uint64_t us, uint64_t bytes);
    void CountRequest(int status);  // HTTP answers by class of status.
    void CountLogin(bool ok);
    void CountIngest(bool ok, uint64_t records, uint64_t bytes);  // One request with events.

    // Open connections; increments and decrements by the listeners.
    std::atomic<int64_t> postgres_connections{0};
    std::atomic<int64_t> http_connections{0};
    std::atomic<uint64_t> refused_connections{0};

    // Gauges that are bounds too.
    std::atomic<int64_t> body_bytes{0};     // Bodies of HTTP requests in memory.
    std::atomic<int64_t> followers{0};      // Answers that wait for new records.
    std::atomic<int64_t> pushes_waiting{0};  // Requests that wait until their records are checked.

    // What is asked of other parts at scrape time.
    struct Gauges {
        uint64_t workers = 0;
        uint64_t runs = 0;
        uint64_t products = 0;
        uint64_t state_version = 0;
        uint64_t unchecked_records = 0;  // Accepted and in no table yet.
        uint64_t unchecked_bytes = 0;
        uint64_t failing_streams = 0;    // Whose last check failed.
        uint64_t disk_free_bytes = 0;
        uint64_t disk_total_bytes = 0;   // 0: unknown.
        bool disk_low = false;
        bool read_only = false;
    };
    std::string Text(const Gauges& gauges) const;

  private:
    void IngestText(const Gauges& gauges, std::string& out) const;

    static constexpr std::array<uint64_t, 10> kBucketMs{1,   5,     10,    50,     100,
                                                        500, 1'000, 5'000, 30'000, 300'000};
    using PerPath = std::array<std::atomic<uint64_t>, static_cast<size_t>(Path::kCount)>;

    std::array<PerPath, static_cast<size_t>(Outcome::kCount)> statements_{};
    std::array<PerPath, kBucketMs.size()> duration_buckets_{};
    PerPath duration_us_{};
    PerPath bytes_{};
    std::array<std::atomic<uint64_t>, 6> requests_{};  // By status / 100; 0 unused.
    std::array<std::atomic<uint64_t>, 2> logins_{};
    std::array<std::atomic<uint64_t>, 2> ingests_{};  // Refused, accepted.
    std::atomic<uint64_t> ingest_records_{0};
    std::atomic<uint64_t> ingest_bytes_{0};
};

// Resident bytes of this process, from /proc; 0 when unknown.
uint64_t ResidentBytes();

}  // namespace weft::gateway
