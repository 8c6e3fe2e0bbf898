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

    // Open connections; increments and decrements by the listeners.
    std::atomic<int64_t> postgres_connections{0};
    std::atomic<int64_t> http_connections{0};
    std::atomic<uint64_t> refused_connections{0};

    // What is asked of other parts at scrape time.
    struct Gauges {
        uint64_t workers = 0;
        uint64_t runs = 0;
        uint64_t products = 0;
        uint64_t state_version = 0;
    };
    std::string Text(const Gauges& gauges) const;

  private:
    static constexpr std::array<uint64_t, 10> kBucketMs{1,   5,     10,    50,     100,
                                                        500, 1'000, 5'000, 30'000, 300'000};
    using PerPath = std::array<std::atomic<uint64_t>, static_cast<size_t>(Path::kCount)>;

    std::array<PerPath, static_cast<size_t>(Outcome::kCount)> statements_{};
    std::array<PerPath, kBucketMs.size()> duration_buckets_{};
    PerPath duration_us_{};
    PerPath bytes_{};
    std::array<std::atomic<uint64_t>, 6> requests_{};  // By status / 100; 0 unused.
    std::array<std::atomic<uint64_t>, 2> logins_{};
};

// Resident bytes of this process, from /proc; 0 when unknown.
uint64_t ResidentBytes();

}  // namespace weft::gateway
