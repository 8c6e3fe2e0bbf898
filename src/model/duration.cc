#include "model/duration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace weft::model {
namespace {

struct Unit {
    std::string_view name;
    int64_t seconds;
};

constexpr std::array kUnits{
    Unit{"s", 1},
    Unit{"sec", 1},
    Unit{"second", 1},
    Unit{"m", 60},
    Unit{"min", 60},
    Unit{"minute", 60},
    Unit{"h", 3'600},
    Unit{"hour", 3'600},
    Unit{"d", 86'400},
    Unit{"day", 86'400},
    Unit{"w", 604'800},
    Unit{"week", 604'800},
    Unit{"month", 2'592'000},
    Unit{"y", 31'536'000},
    Unit{"year", 31'536'000},
};
constexpr int64_t kCountMax = 100'000;

}  // namespace

Result<int64_t> ParseDuration(std::string_view text) {
    const auto wrong = [&] {
        return Fail(Code::kInvalid, fmt::format("`{}` is not a duration", text.substr(0, 64)),
                    "write a number and a unit: 30 minutes, 1 hour, 90 days, 3 years");
    };
    const std::string_view trimmed = Trim(text);
    int64_t count = 0;
    const auto [end, error] =
        std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), count);
    if (error != std::errc() || count < 1 || count > kCountMax) return wrong();
    std::string unit = ToLower(Trim(trimmed.substr(end - trimmed.data())));
    auto found = std::ranges::find(kUnits, std::string_view(unit), &Unit::name);
    if (found == kUnits.end() && unit.size() > 2 && unit.ends_with('s')) {
        unit.pop_back();
        found = std::ranges::find(kUnits, std::string_view(unit), &Unit::name);
    }
    if (found == kUnits.end()) return wrong();
    return count * found->seconds * 1'000'000;
}

Result<double> ParsePercent(std::string_view text) {
    std::string_view number = Trim(text);
    double percent = -1;
    if (number.ends_with('%')) {
        number = Trim(number.substr(0, number.size() - 1));
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(),
                                                  percent, std::chars_format::fixed);
        if (error != std::errc() || end != number.data() + number.size()) percent = -1;
    }
    if (!(percent >= 0 && percent <= 100)) {
        return Fail(Code::kInvalid, fmt::format("`{}` is not a share", text.substr(0, 64)),
                    "write a percentage from 0 % to 100 %");
    }
    return percent;
}

}  // namespace weft::model
