// Time as values: UTC microseconds since 1970, RFC 3339 text. A Clock is injected, so that tests
// own the time.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft {

struct Timestamp {
    int64_t us = 0;  // Microseconds since 1970-01-01T00:00:00Z, leap seconds ignored.
    friend auto operator<=>(Timestamp, Timestamp) = default;
};

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Timestamp Now() const = 0;  // THREAD: any.
};

class SystemClock : public Clock {
  public:
    Timestamp Now() const override;
};

class FakeClock : public Clock {
  public:
    Timestamp now;
    Timestamp Now() const override { return now; }
};

std::string ToRfc3339(Timestamp t);  // "2026-11-22T10:15:00.123456Z"; fraction only when not zero.
Result<Timestamp> ParseRfc3339(std::string_view text);
std::string ToFileStamp(Timestamp t);   // "20261122T101500", UTC.
std::string HumanDuration(int64_t us);  // "35 ms", "4.2 s", "3 min 20 s".
std::string HumanAge(int64_t us);       // "2 min ago".

}  // namespace weft
