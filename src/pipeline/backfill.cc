#include "pipeline/backfill.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/ordinal.h"
#include "model/duration.h"

namespace weft::pipeline {
namespace {

constexpr int64_t kDayUs = 86'400'000'000;

bool Take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

template <class Number>
bool TakeNumber(std::string_view& text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    return true;
}

Result<int64_t> StepLength(const DataType& type, const std::string& text) {
    int64_t length = 0;
    if (catalog::IsTime(type)) {
        const int64_t us = TRY(model::ParseDuration(text));
        if (type.kind == DataType::Kind::kDate && us % kDayUs != 0)
            return Fail(Code::kInvalid, fmt::format("step {} is no number of days", text),
                        "--step \"1 day\"");
        length = catalog::OrdinalLength(type, us).value_or(0);
    } else {
        std::string_view digits = text;
        if (!TakeNumber(digits, length) || !digits.empty())
            return Fail(Code::kInvalid, fmt::format("step {} is no whole number", text),
                        "--step 1000");
    }
    if (length <= 0) return Fail(Code::kInvalid, fmt::format("step {} leads nowhere", text));
    return length;
}

}  // namespace

std::string ToTrigger(const Step& step) {
    return fmt::format("backfill {} step {} of {}: {} to {}", step.backfill, step.number,
                       step.count, step.from, step.to);
}

std::optional<Step> ParseTrigger(std::string_view trigger) {
    Step step;
    if (!Take(trigger, "backfill ") || !TakeNumber(trigger, step.backfill) ||
        !Take(trigger, " step ") || !TakeNumber(trigger, step.number) || !Take(trigger, " of ") ||
        !TakeNumber(trigger, step.count) || !Take(trigger, ": "))
        return std::nullopt;
    const size_t middle = trigger.find(" to ");
    if (middle == trigger.npos) return std::nullopt;
    step.from = trigger.substr(0, middle);
    step.to = trigger.substr(middle + 4);
    return step;
}

Result<std::vector<Step>> StepsOf(const DataType& type, const Backfill& backfill) {
    const int64_t from = TRY(catalog::OrdinalOf(type, backfill.from));
    const int64_t to = TRY(catalog::OrdinalOf(type, backfill.to));
    if (from >= to)
        return Fail(Code::kInvalid,
                    fmt::format("the range from {} to {} is empty", backfill.from, backfill.to));
    const auto width = static_cast<uint64_t>(to) - static_cast<uint64_t>(from);
    const uint64_t length =
        backfill.step.empty() ? width : static_cast<uint64_t>(TRY(StepLength(type, backfill.step)));
    const uint64_t count = width / length + (width % length > 0 ? 1 : 0);
    if (count > kStepsMax) {
        return Fail(Code::kLimit,
                    fmt::format("{} steps are too many for one backfill: at most {}",
                                HumanCount(count), kStepsMax),
                    "a longer --step, or a shorter range");
    }
    std::vector<Step> steps;
    for (uint64_t i = 0; i < count; ++i) {
        const auto begin = static_cast<int64_t>(static_cast<uint64_t>(from) + i * length);
        const auto end =
            i + 1 == count ? to : static_cast<int64_t>(static_cast<uint64_t>(begin) + length);
        steps.push_back({0, static_cast<uint32_t>(i + 1), static_cast<uint32_t>(count),
                         TRY(catalog::OrdinalText(type, begin)),
                         TRY(catalog::OrdinalText(type, end))});
    }
    return steps;
}

std::vector<Step> Remaining(std::vector<Step> steps, const std::vector<meta::RunRecord>& records,
                            Timestamp since, uint64_t next) {
    uint64_t last = 0;
    std::set<uint32_t> done;
    for (const auto& record : records) {
        const auto step = ParseTrigger(record.trigger);
        if (!step || record.started < since || (last != 0 && step->backfill != last)) continue;
        const auto same = std::ranges::find_if(steps, [&](const Step& s) {
            return s.number == step->number && s.count == step->count && s.from == step->from &&
                   s.to == step->to;
        });
        if (same == steps.end()) continue;
        last = step->backfill;
        if (record.state == "succeeded") done.insert(step->number);
    }
    const bool goes_on = last != 0 && done.size() < steps.size();
    if (goes_on) std::erase_if(steps, [&](const Step& step) { return done.contains(step.number); });
    for (auto& step : steps) step.backfill = goes_on ? last : next;
    return steps;
}

}  // namespace weft::pipeline
