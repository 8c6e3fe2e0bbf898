#include "engine/lists.h"

#include "base/result.h"

namespace weft::engine {
namespace {

// The files are raw string literals: included as they are, so that the build sees when they change.
constexpr std::string_view kStatements =
#include "engine/lists/statements.txt"
    ;
constexpr std::string_view kFunctions =
#include "engine/lists/functions.txt"
    ;
constexpr std::string_view kSettings =
#include "engine/lists/settings.txt"
    ;

std::string Lower(std::string_view text) {
    std::string lower(text);
    for (auto& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

}  // namespace

ReviewedList::ReviewedList(std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.starts_with("# ")) continue;
        const auto first = line.find('\t');
        const auto second = line.find('\t', first + 1);
        Assert(first != std::string_view::npos && second != std::string_view::npos &&
               second + 1 < line.size());
        const auto decision = line.substr(first + 1, second - first - 1);
        Assert(decision == "allow" || decision == "deny" || decision == "bound");
        ListEntry entry{decision == "allow"   ? Verdict::kAllow
                        : decision == "bound" ? Verdict::kBound
                                              : Verdict::kDeny,
                        std::string(line.substr(second + 1))};
        const bool added = entries_.emplace(Lower(line.substr(0, first)), std::move(entry)).second;
        Assert(added);
    }
}

const ListEntry* ReviewedList::Find(std::string_view name) const {
    const auto found = entries_.find(Lower(name));
    return found == entries_.end() ? nullptr : &found->second;
}

bool ReviewedList::Allows(std::string_view name) const {
    const auto* entry = Find(name);
    return entry != nullptr && entry->verdict == Verdict::kAllow;
}

const ReviewedList& ReviewedList::Statements() {
    static const ReviewedList list(kStatements);
    return list;
}
const ReviewedList& ReviewedList::Functions() {
    static const ReviewedList list(kFunctions);
    return list;
}
const ReviewedList& ReviewedList::Settings() {
    static const ReviewedList list(kSettings);
    return list;
}

}  // namespace weft::engine
