// What the listeners share: the parts of the node that they call, and their own counters and
// threads. Plain references; server.cc owns what the gateway made itself. THREAD: each part has its
// own rule.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "gateway/metrics.h"
#include "gateway/tasks.h"
#include "meta/state.h"
#include "query/session.h"

namespace weft::gateway {

// What the PostgreSQL listener needs: no more of the node than state, sessions and time.
struct PgParts {
    std::function<std::shared_ptr<const meta::State>()> snapshot;
    query::Sessions& sessions;
    const Clock& clock;
    Tasks& tasks;
    Metrics& metrics;
    std::string mock_key;  // Salts of users that do not exist.
    bool tls_offered = false;
    std::atomic<int> logins{0};            // Connections that are not logged in yet.
    std::atomic<int64_t> cancels_left{0};  // Cancel requests that may still come this second.
};

inline constexpr int kLoginsMax = 256;
inline constexpr int64_t kCancelsPerSecond = 200;

}  // namespace weft::gateway
