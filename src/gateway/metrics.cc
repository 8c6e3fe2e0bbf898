#include "gateway/metrics.h"

#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

namespace weft::gateway {
namespace {

constexpr std::array<std::string_view, 2> kPathNames{"postgres", "http"};
constexpr std::array<std::string_view, 3> kOutcomeNames{"ok", "failed", "cancelled"};
static_assert(kPathNames.size() == static_cast<size_t>(Path::kCount));
static_assert(kOutcomeNames.size() == static_cast<size_t>(Outcome::kCount));

void Head(std::string& out, std::string_view name, std::string_view type,
          std::string_view meaning) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, meaning, name, type);
}

void Plain(std::string& out, std::string_view name, std::string_view type, std::string_view meaning,
           uint64_t value) {
    Head(out, name, type, meaning);
    out += fmt::format("{} {}\n", name, value);
}

}  // namespace

uint64_t ResidentBytes() {
    std::FILE* file = std::fopen("/proc/self/statm", "re");
    if (!file) return 0;
    unsigned long long size = 0, resident = 0;
    const int count = std::fscanf(file, "%llu %llu", &size, &resident);
    std::fclose(file);
    return count == 2 ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

void Metrics::CountStatement(Path path, Outcome outcome, uint64_t us, uint64_t bytes) {
    const auto at = static_cast<size_t>(path);
    statements_[static_cast<size_t>(outcome)][at].fetch_add(1, std::memory_order_relaxed);
    duration_us_[at].fetch_add(us, std::memory_order_relaxed);
    bytes_[at].fetch_add(bytes, std::memory_order_relaxed);
    for (size_t i = 0; i < kBucketMs.size(); ++i)
        if (us <= kBucketMs[i] * 1'000)
            duration_buckets_[i][at].fetch_add(1, std::memory_order_relaxed);
}

void Metrics::CountRequest(int status) {
    const auto group = static_cast<size_t>(status / 100);
    if (group < requests_.size()) requests_[group].fetch_add(1, std::memory_order_relaxed);
}

void Metrics::CountLogin(bool ok) { logins_[ok ? 1 : 0].fetch_add(1, std::memory_order_relaxed); }

void Metrics::CountIngest(bool ok, uint64_t records, uint64_t bytes) {
    ingests_[ok ? 1 : 0].fetch_add(1, std::memory_order_relaxed);
    ingest_records_.fetch_add(records, std::memory_order_relaxed);
    ingest_bytes_.fetch_add(bytes, std::memory_order_relaxed);
}

void Metrics::IngestText(const Gauges& gauges, std::string& out) const {
    Head(out, "weft_ingest_requests_total", "counter", "Requests with events by result.");
    for (const int i : {0, 1})
        out += fmt::format("weft_ingest_requests_total{{result=\"{}\"}} {}\n",
                           i == 0 ? "refused" : "accepted", ingests_[i].load());
    Plain(out, "weft_ingest_records_total", "counter", "Records accepted over HTTP.",
          ingest_records_.load());
    Plain(out, "weft_ingest_bytes_total", "counter", "Their bytes, unpacked.",
          ingest_bytes_.load());
    Plain(out, "weft_ingest_waiting_records", "gauge", "Accepted and not visible yet.",
          gauges.unchecked_records);
    Plain(out, "weft_ingest_waiting_bytes", "gauge", "Their bytes.", gauges.unchecked_bytes);
    Plain(out, "weft_ingest_failing_streams", "gauge", "Streams whose last check failed.",
          gauges.failing_streams);
    Plain(out, "weft_followers", "gauge", "Answers that wait for new records.",
          static_cast<uint64_t>(followers.load()));
    Plain(out, "weft_http_body_bytes", "gauge", "Bodies of requests in memory.",
          static_cast<uint64_t>(body_bytes.load()));
}

std::string Metrics::Text(const Gauges& gauges) const {
    std::string out;
    Head(out, "weft_statements_total", "counter", "Statements by access path and result.");
    std::array<uint64_t, kPathNames.size()> totals{};
    for (size_t o = 0; o < kOutcomeNames.size(); ++o)
        for (size_t p = 0; p < kPathNames.size(); ++p) {
            const uint64_t count = statements_[o][p].load(std::memory_order_relaxed);
            totals[p] += count;
            out += fmt::format("weft_statements_total{{path=\"{}\",result=\"{}\"}} {}\n",
                               kPathNames[p], kOutcomeNames[o], count);
        }
    Head(out, "weft_statement_duration_seconds", "histogram", "Time from statement to last row.");
    for (size_t p = 0; p < kPathNames.size(); ++p) {
        for (size_t i = 0; i < kBucketMs.size(); ++i)
            out +=
                fmt::format("weft_statement_duration_seconds_bucket{{path=\"{}\",le=\"{}\"}} {}\n",
                            kPathNames[p], static_cast<double>(kBucketMs[i]) / 1e3,
                            duration_buckets_[i][p].load());
        out += fmt::format("weft_statement_duration_seconds_bucket{{path=\"{}\",le=\"+Inf\"}} {}\n",
                           kPathNames[p], totals[p]);
        out += fmt::format("weft_statement_duration_seconds_sum{{path=\"{}\"}} {:.6f}\n",
                           kPathNames[p], static_cast<double>(duration_us_[p].load()) / 1e6);
        out += fmt::format("weft_statement_duration_seconds_count{{path=\"{}\"}} {}\n",
                           kPathNames[p], totals[p]);
    }
    Head(out, "weft_result_bytes_total", "counter", "Bytes of results by access path.");
    for (size_t p = 0; p < kPathNames.size(); ++p)
        out += fmt::format("weft_result_bytes_total{{path=\"{}\"}} {}\n", kPathNames[p],
                           bytes_[p].load());
    Head(out, "weft_http_requests_total", "counter", "HTTP answers by class of status.");
    for (size_t i = 1; i < requests_.size(); ++i)
        out +=
            fmt::format("weft_http_requests_total{{status=\"{}xx\"}} {}\n", i, requests_[i].load());
    Head(out, "weft_logins_total", "counter", "PostgreSQL logins.");
    out += fmt::format("weft_logins_total{{result=\"failed\"}} {}\n", logins_[0].load());
    out += fmt::format("weft_logins_total{{result=\"ok\"}} {}\n", logins_[1].load());
    Head(out, "weft_sessions", "gauge", "Open connections.");
    out += fmt::format("weft_sessions{{path=\"postgres\"}} {}\n", postgres_connections.load());
    out += fmt::format("weft_sessions{{path=\"http\"}} {}\n", http_connections.load());
    Plain(out, "weft_connections_refused_total", "counter", "Connections closed at a limit.",
          refused_connections.load());
    IngestText(gauges, out);
    if (gauges.disk_total_bytes > 0) {
        Plain(out, "weft_disk_free_bytes", "gauge", "Free bytes of the data folder's disk.",
              gauges.disk_free_bytes);
        Plain(out, "weft_disk_total_bytes", "gauge", "All bytes of it.", gauges.disk_total_bytes);
        Plain(out, "weft_disk_low", "gauge", "1: free bytes are below the first threshold.",
              gauges.disk_low ? 1 : 0);
        Plain(out, "weft_read_only", "gauge", "1: below the second; nothing new is taken.",
              gauges.read_only ? 1 : 0);
    }
    Plain(out, "weft_workers", "gauge", "Worker processes.", gauges.workers);
    Plain(out, "weft_runs", "gauge", "Runs that are executing.", gauges.runs);
    Plain(out, "weft_products", "gauge", "Products of this node.", gauges.products);
    Plain(out, "weft_state_version", "counter", "Version of the node's state.",
          gauges.state_version);
    Plain(out, "process_resident_memory_bytes", "gauge", "Resident memory of the node process.",
          ResidentBytes());
    return out;
}

}  // namespace weft::gateway
