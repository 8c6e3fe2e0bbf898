#include "ingest/outcomes.h"

#include <algorithm>
#include <chrono>

namespace weft::ingest {
namespace {
constexpr size_t kRollsMax = 256;
constexpr size_t kReasonsMax = 10;
}  // namespace

void Outcomes::Add(const Stream& stream, const Rolled& rolled) {
    {
        std::scoped_lock lock(mutex_);
        auto& rolls = rolls_[stream];
        rolls.push_back(rolled);
        if (rolls.size() > kRollsMax) rolls.pop_front();
    }
    rolled_.notify_all();
}

bool Outcomes::Wait(const Stream& stream, uint64_t position, uint64_t wait_ms) {
    std::unique_lock lock(mutex_);
    const auto done = [&] {
        const auto at = rolls_.find(stream);
        return stopped_ ||
               (at != rolls_.end() && !at->second.empty() && at->second.back().last >= position);
    };
    return rolled_.wait_for(lock, std::chrono::milliseconds(wait_ms), done) && !stopped_;
}

Outcomes::Found Outcomes::Find(const Stream& stream, uint64_t first, uint64_t count) {
    std::scoped_lock lock(mutex_);
    Found found;
    const uint64_t last = first + count - 1;
    const auto at = rolls_.find(stream);
    if (at == rolls_.end() || at->second.empty() || at->second.front().first > first) {
        found.exact = false;  // Rolled so long ago that it is forgotten.
        return found;
    }
    for (const Rolled& rolled : at->second) {
        if (rolled.last < first || rolled.first > last) continue;
        if (first <= rolled.first && rolled.last <= last) {
            found.rejected += rolled.rejected;
        } else {
            found.rejected += static_cast<uint64_t>(
                std::ranges::count_if(rolled.bad, [&](const engine::BadRecord& bad) {
                    return first <= bad.line && bad.line <= last;
                }));
            if (rolled.bad.size() < rolled.rejected && rolled.bad.back().line < last)
                found.exact = false;
        }
        for (const auto& bad : rolled.bad)
            if (first <= bad.line && bad.line <= last && found.reasons.size() < kReasonsMax)
                found.reasons.push_back(bad);
    }
    return found;
}

void Outcomes::Stop() {
    {
        std::scoped_lock lock(mutex_);
        stopped_ = true;
    }
    rolled_.notify_all();
}

}  // namespace weft::ingest
