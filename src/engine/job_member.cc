#include "engine/job_member.h"

#include "base/text.h"
#include "engine/job_bound.h"

namespace weft::engine {

namespace {
constexpr size_t kGuessesMax = 1'024;
constexpr size_t kGuessedBytesMax = 256;
constexpr size_t kNearColumnsMax = 200;  // Above, looking for the nearest name costs too much.
constexpr size_t kShownPoints = 60;
}  // namespace

MemberColumns::MemberColumns(const std::vector<InputColumn>& columns) {
    for (size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].from != InputColumn::From::kRecord) continue;
        names_.push_back(columns[i].name);
        by_name_[ToLower(columns[i].name)] = {static_cast<int32_t>(i), false};
    }
    for (size_t i = 0; i < columns.size(); ++i) {
        if (!columns[i].alias.empty())
            by_name_.try_emplace(ToLower(columns[i].alias), static_cast<int32_t>(i), true);
    }
}

MemberColumns::Found MemberColumns::LookUp(std::string_view name, size_t place) {
    const auto known = by_name_.find(ToLower(name));
    const Found found = known == by_name_.end() ? Found{} : known->second;
    if (place < kGuessesMax && name.size() <= kGuessedBytesMax) {
        if (place >= guesses_.size()) guesses_.resize(place + 1);
        guesses_[place] = {std::string(name), found};
    }
    return found;
}

std::string MemberColumns::Unknown(std::string_view name) const {
    auto reason = "unknown member '" + ShortName(name) + "'";
    if (names_.size() > kNearColumnsMax) return reason;
    if (const auto near = NearestName(name, names_))
        reason += "; the nearest column is '" + *near + "'";
    return reason;
}

std::string ShortName(std::string_view name) {
    bool whole = true;
    const auto cut = CutCodePoints(name, kShownPoints, whole);
    return std::string(cut) + (whole ? "" : "…");
}

}  // namespace weft::engine
