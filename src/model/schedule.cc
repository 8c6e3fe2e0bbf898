#include "model/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/text.h"
#include "model/duration.h"

namespace weft::model {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kDay = 24 * 60 * kMinute;
constexpr int64_t kEveryMax = 366 * kDay;
constexpr int kSearchDays = 9 * 366;  // 29 February may be eight years away.
constexpr std::string_view kAccepted =
    "write `every 15 minutes`, `every day`, a cron line as `0 6 * * *`, `on change` or `none`";

struct Field {
    std::string_view name;
    uint32_t least;
    uint32_t most;
    std::vector<std::string> words;  // For `least`, `least` + 1, …
};

const std::array<Field, 5>& Fields() {
    static const std::array<Field, 5> fields{
        Field{"minute", 0, 59, {}}, Field{"hour", 0, 23, {}}, Field{"day of month", 1, 31, {}},
        Field{"month",
              1,
              12,
              {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
        Field{"day of week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}};
    return fields;
}

std::unexpected<Error> Wrong(std::string message) {
    return Fail(Code::kInvalid, std::move(message), std::string(kAccepted));
}

Result<uint32_t> Number(std::string_view text, const Field& field) {
    const auto word = std::ranges::find(field.words, text);
    if (word != field.words.end()) {
        return field.least + static_cast<uint32_t>(word - field.words.begin());
    }
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < field.least ||
        value > field.most) {
        return Wrong(
            fmt::format("`{}` is not a {} ({} to {})", text, field.name, field.least, field.most));
    }
    return value;
}

// One part of a field's list: "*", "5", "1-5", "*/15", "10-30/5".
Result<uint64_t> CronPart(std::string_view part, const Field& field) {
    uint32_t step = 1;
    const size_t slash = part.find('/');
    const std::string_view range = part.substr(0, slash);
    if (slash != std::string_view::npos) {
        step = TRY(Number(part.substr(slash + 1), {field.name, 1, field.most, {}}));
    }
    uint32_t first = field.least;
    uint32_t last = field.most;
    if (range != "*") {
        const size_t dash = range.find('-');
        first = TRY(Number(range.substr(0, dash), field));
        if (dash != std::string_view::npos) {
            last = TRY(Number(range.substr(dash + 1), field));
        } else if (slash == std::string_view::npos) {
            last = first;
        }
        if (last < first) return Wrong(fmt::format("the range `{}` runs backwards", range));
    }
    uint64_t bits = 0;
    for (uint32_t value = first; value <= last; value += step) bits |= 1ull << value;
    return bits;
}

Result<Schedule> Cron(const std::vector<std::string>& words, Schedule schedule) {
    schedule.kind = Schedule::Kind::kCron;
    for (size_t i = 0; i < 5; ++i) {
        for (const std::string& part : Split(words[i], ',')) {
            schedule.cron[i] |= TRY(CronPart(part, Fields()[i]));
        }
    }
    if (schedule.cron[4] & 1ull << 7) schedule.cron[4] |= 1;  // 7 is Sunday as well.
    schedule.any_day = words[2].starts_with('*');
    schedule.any_weekday = words[4].starts_with('*');
    return schedule;
}

Result<Schedule> Every(std::string_view rest, Schedule schedule) {
    std::string amount(Trim(rest));
    if (!amount.empty() && (amount[0] < '0' || amount[0] > '9')) amount = "1 " + amount;
    const auto duration = ParseDuration(amount);
    // Months and years differ in length: for those there is cron.
    const bool calendar = amount.ends_with("y") ? !amount.ends_with("day")
                                                : amount.find("month") != std::string::npos ||
                                                      amount.find("year") != std::string::npos;
    if (!duration || calendar || *duration > kEveryMax) {
        return Wrong(fmt::format("`{}` is not a schedule", schedule.text.substr(0, 64)));
    }
    schedule.kind = Schedule::Kind::kEvery;
    schedule.every_us = *duration;
    return schedule;
}

Result<Schedule> OnChange(std::string_view rest, Schedule schedule) {
    schedule.kind = Schedule::Kind::kOnChange;
    rest = Trim(rest);
    if (rest.starts_with("of ")) {
        const std::string_view names = Trim(rest.substr(3));
        if (names != "inputs" && names != "its inputs") {
            for (const std::string& name : Split(names, ',')) {
                if (!IsName(Trim(name))) return Wrong("`on change of` lists names of input ports");
                schedule.inputs.emplace_back(Trim(name));
            }
        }
    } else if (!rest.empty()) {
        return Wrong(fmt::format("`{}` is not a schedule", schedule.text.substr(0, 64)));
    }
    return schedule;
}

bool IsCronDay(const Schedule& schedule, int64_t day) {
    const std::chrono::sys_days date{std::chrono::days{day}};
    const std::chrono::year_month_day parts{date};
    const unsigned weekday = std::chrono::weekday{date}.c_encoding();
    if (!(schedule.cron[3] >> static_cast<unsigned>(parts.month()) & 1)) return false;
    const bool by_day = schedule.cron[2] >> static_cast<unsigned>(parts.day()) & 1;
    const bool by_weekday = schedule.cron[4] >> weekday & 1;
    // As cron does: when both are restricted, either is enough.
    if (schedule.any_day || schedule.any_weekday) return by_day && by_weekday;
    return by_day || by_weekday;
}

// The last (or first) slot of `day` within minutes [from, to]; -1: none.
int64_t SlotOfDay(const Schedule& schedule, int64_t from, int64_t to, bool newest) {
    for (int64_t i = 0; i <= to - from; ++i) {
        const int64_t minute = newest ? to - i : from + i;
        if (schedule.cron[1] >> minute / 60 & 1 && schedule.cron[0] >> minute % 60 & 1) {
            return minute;
        }
    }
    return -1;
}

int64_t Floor(int64_t value, int64_t unit) {
    const int64_t rest = value % unit;
    return value - (rest < 0 ? rest + unit : rest);
}

std::optional<Timestamp> NextCron(const Schedule& schedule, Timestamp last, Timestamp now) {
    const int64_t today = Floor(now.us, kDay) / kDay;
    const int64_t minute = (now.us - today * kDay) / kMinute;
    for (int64_t back = 0; back < kSearchDays; ++back) {
        const int64_t day = today - back;
        if ((day + 1) * kDay <= last.us) break;
        if (!IsCronDay(schedule, day)) continue;
        const int64_t found = SlotOfDay(schedule, 0, back == 0 ? minute : 1439, true);
        if (found < 0) continue;
        const Timestamp slot{day * kDay + found * kMinute};
        if (slot > last) return slot;
        break;
    }
    for (int64_t ahead = 0; ahead < kSearchDays; ++ahead) {
        if (!IsCronDay(schedule, today + ahead)) continue;
        const int64_t found = SlotOfDay(schedule, ahead == 0 ? minute + 1 : 0, 1439, false);
        if (found >= 0) return Timestamp{(today + ahead) * kDay + found * kMinute};
    }
    return std::nullopt;
}

}  // namespace

Result<Schedule> ParseSchedule(std::string_view text) {
    Schedule schedule;
    if (text.size() > 1'024) return Wrong("the schedule is too long");
    schedule.text = std::string(Trim(text));
    std::string lower = ToLower(schedule.text);
    if (lower == "none" || lower == "manual") return schedule;
    if (lower.starts_with("every ")) return Every(std::string_view(lower).substr(6), schedule);
    if (lower == "on change" || lower.starts_with("on change ")) {
        return OnChange(std::string_view(lower).substr(9), schedule);
    }
    if (lower == "hourly") lower = "0 * * * *";
    if (lower == "daily") lower = "0 0 * * *";
    if (lower == "weekly") lower = "0 0 * * mon";
    if (lower == "monthly") lower = "0 0 1 * *";
    if (lower.starts_with("cron")) lower = lower.substr(4);
    std::vector<std::string> words;
    for (std::string& word : Split(lower, ' ')) {
        if (!word.empty() && word != ":") words.push_back(std::move(word));
    }
    if (words.size() != 5) {
        return Wrong(fmt::format("`{}` is not a schedule", schedule.text.substr(0, 64)));
    }
    return Cron(words, std::move(schedule));
}

std::optional<Timestamp> NextRun(const Schedule& schedule, Timestamp last, Timestamp now) {
    switch (schedule.kind) {
        case Schedule::Kind::kNone:
        case Schedule::Kind::kOnChange:
            return std::nullopt;
        case Schedule::Kind::kCron:
            return NextCron(schedule, last, now);
        case Schedule::Kind::kEvery: {
            Assert(schedule.every_us > 0);
            const Timestamp slot{Floor(now.us, schedule.every_us)};
            return slot > last ? slot : Timestamp{slot.us + schedule.every_us};
        }
    }
    return std::nullopt;
}

}  // namespace weft::model
