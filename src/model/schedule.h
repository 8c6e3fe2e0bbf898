// When a port is computed: every so often, by cron, when an input changes, or only by hand.
// Pure arithmetic in UTC; the pipeline asks NextRun and remembers the slot that it served.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace weft::model {

struct Schedule {
    enum class Kind : uint8_t {
        kNone,      // At apply and by hand.
        kEvery,     // Aligned to the epoch: "every 15 minutes" runs at :00, :15, :30, :45.
        kCron,      // Five fields, UTC.
        kOnChange,  // When an input has changed.
    };
    Kind kind = Kind::kNone;
    std::string text = "none";        // As written, trimmed.
    int64_t every_us = 0;             // kEvery only.
    std::array<uint64_t, 5> cron{};   // kCron only: bit sets of minute, hour, day, month, weekday.
    bool any_day = true;              // kCron: the day of month was `*`.
    bool any_weekday = true;          // kCron: the day of week was `*`.
    std::vector<std::string> inputs;  // kOnChange: these inputs only; empty: all.
    friend bool operator==(const Schedule&, const Schedule&) = default;
};

// "none", "every 15 minutes", "every day", "on change", "on change of a, b", "0 6 * * mon-fri",
// "cron 0 6 * * *", "hourly", "daily", "weekly", "monthly". FAILS: kInvalid with what is accepted.
Result<Schedule> ParseSchedule(std::string_view text);

// The newest slot that is due: the last slot <= `now` that lies after `last` (missed slots in
// between are skipped, a product runs once for them), else the first slot after `now`. A run is due
// when the answer is <= `now`. Nothing for kNone and kOnChange, and for a cron that never comes.
// `last`: the slot that was served last; never served: the time of apply.
std::optional<Timestamp> NextRun(const Schedule& schedule, Timestamp last, Timestamp now);

}  // namespace weft::model
