#include "base/time.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

namespace weft {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;

struct Parts {
    int year;
    unsigned month, day;
    int64_t hour, minute, second, fraction;
};

Parts ToParts(Timestamp t) {
    int64_t days = t.us / kDay;
    int64_t rest = t.us % kDay;
    if (rest < 0) {
        rest += kDay;
        --days;
    }
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            rest / kHour,
            rest / kMinute % 60,
            rest / kSecond % 60,
            rest % kSecond};
}

// Reads exactly `count` digits and moves on; -1 when they are not there.
int64_t Digits(std::string_view& text, size_t count) {
    if (text.size() < count) return -1;
    int64_t value = 0;
    for (size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool Skip(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

// ".123456789" in microseconds: digits beyond the sixth are cut. -1 when there is no digit.
int64_t Fraction(std::string_view& text) {
    if (!Skip(text, ".,")) return 0;
    int64_t us = 0;
    size_t count = 0;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), ++count) {
        if (count < 6) us = us * 10 + (text[0] - '0');
    }
    if (count == 0) return -1;
    for (; count < 6; ++count) us *= 10;
    return us;
}

}  // namespace

Timestamp SystemClock::Now() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::microseconds>(now).count()};
}

std::string ToRfc3339(Timestamp t) {
    const Parts p = ToParts(t);
    std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", p.year, p.month, p.day,
                                   p.hour, p.minute, p.second);
    if (p.fraction != 0) text += fmt::format(".{:06}", p.fraction);
    return text + "Z";
}

Result<Timestamp> ParseRfc3339(std::string_view text) {
    const auto wrong = [] {
        return Fail(Code::kInvalid, "not an RFC 3339 time", "write it as 2026-11-22T10:15:00Z");
    };
    const int64_t year = Digits(text, 4);
    const bool dash1 = Skip(text, "-");
    const int64_t month = Digits(text, 2);
    const bool dash2 = Skip(text, "-");
    const int64_t day = Digits(text, 2);
    const bool t = Skip(text, "Tt ");
    const int64_t hour = Digits(text, 2);
    const bool colon1 = Skip(text, ":");
    const int64_t minute = Digits(text, 2);
    const bool colon2 = Skip(text, ":");
    const int64_t second = Digits(text, 2);
    if (!(dash1 && dash2 && t && colon1 && colon2) || year < 0 || month < 1 || day < 1)
        return wrong();
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return wrong();
    const int64_t fraction = Fraction(text);
    if (fraction < 0) return wrong();
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return wrong();
    int64_t offset = 0;
    if (!Skip(text, "Zz")) {
        const int64_t sign = text.starts_with('-') ? -1 : 1;
        if (!Skip(text, "+-")) return wrong();
        const int64_t hours = Digits(text, 2);
        const bool colon = Skip(text, ":");
        const int64_t minutes = Digits(text, 2);
        if (!colon || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return wrong();
        offset = sign * (hours * kHour + minutes * kMinute);
    }
    if (!text.empty()) return wrong();
    const int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
    return Timestamp{days * kDay + hour * kHour + minute * kMinute + second * kSecond + fraction -
                     offset};
}

std::string ToFileStamp(Timestamp t) {
    const Parts p = ToParts(t);
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}", p.year, p.month, p.day, p.hour, p.minute,
                       p.second);
}

std::string HumanDuration(int64_t us) {
    if (us < 0) return us == INT64_MIN ? HumanDuration(us + 1) : "-" + HumanDuration(-us);
    if (us < 1'000) return fmt::format("{} µs", us);
    if (us < kSecond) return fmt::format("{} ms", us / 1'000);
    if (us < kMinute) return fmt::format("{}.{} s", us / kSecond, us % kSecond / 100'000);
    if (us < kHour) return fmt::format("{} min {} s", us / kMinute, us % kMinute / kSecond);
    if (us < kDay) return fmt::format("{} h {} min", us / kHour, us % kHour / kMinute);
    return fmt::format("{} d {} h", us / kDay, us % kDay / kHour);
}

std::string HumanAge(int64_t us) {
    const auto amount = [](int64_t age) {
        if (age < kMinute) return fmt::format("{} s", age / kSecond);
        if (age < kHour) return fmt::format("{} min", age / kMinute);
        if (age < kDay) return fmt::format("{} h", age / kHour);
        return age < 2 * kDay ? std::string("1 day") : fmt::format("{} days", age / kDay);
    };
    if (us > -kSecond && us < kSecond) return "just now";
    if (us < 0) return "in " + amount(us == INT64_MIN ? INT64_MAX : -us);
    return amount(us) + " ago";
}

}  // namespace weft
