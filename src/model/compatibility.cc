#include "model/compatibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace weft::model {
namespace {

using Kind = ColumnChange::Kind;

struct Meaning {
    Kind kind;
    std::string_view name;
    Bump bump;
};

// One row per kind, in the order of the enumeration; the reasons are in the header.
constexpr std::array kMeanings{
    Meaning{Kind::kAdded, "added", Bump::kMinor},
    Meaning{Kind::kAddedRequired, "added_required", Bump::kMinor},
    Meaning{Kind::kRemoved, "removed", Bump::kMajor},
    Meaning{Kind::kRenamed, "renamed", Bump::kMajor},
    Meaning{Kind::kWidened, "widened", Bump::kMinor},
    Meaning{Kind::kNarrowed, "narrowed", Bump::kMajor},
    Meaning{Kind::kTypeChanged, "type_changed", Bump::kMajor},
    Meaning{Kind::kRequiredAdded, "required_added", Bump::kMinor},
    Meaning{Kind::kRequiredRemoved, "required_removed", Bump::kMajor},
    Meaning{Kind::kUniqueAdded, "unique_added", Bump::kMinor},
    Meaning{Kind::kUniqueRemoved, "unique_removed", Bump::kMajor},
    Meaning{Kind::kKeyAdded, "key_added", Bump::kMinor},
    Meaning{Kind::kKeyRemoved, "key_removed", Bump::kMajor},
    Meaning{Kind::kQualityTightened, "quality_tightened", Bump::kMinor},
    Meaning{Kind::kQualityLoosened, "quality_loosened", Bump::kMajor},
    Meaning{Kind::kMaskAdded, "mask_added", Bump::kMajor},
    Meaning{Kind::kMaskChanged, "mask_changed", Bump::kMajor},
    Meaning{Kind::kMaskRemoved, "mask_removed", Bump::kMinor},
    Meaning{Kind::kDocumentation, "documentation", Bump::kPatch},
};
static_assert(kMeanings.size() == static_cast<size_t>(Kind::kCount));

const Meaning& MeaningOf(Kind kind) { return kMeanings[static_cast<size_t>(kind)]; }

class Comparison {
  public:
    std::vector<ColumnChange> changes;

    void Add(Kind kind, const Column& column, std::string from = {}, std::string to = {}) {
        const Bump bump = MeaningOf(kind).bump;
        changes.push_back({kind, column.name, std::move(from), std::move(to), bump == Bump::kMajor,
                           bump, column.at});
    }

    void Flag(bool before, bool after, Kind added, Kind removed, const Column& column) {
        if (before != after) Add(after ? added : removed, column);
    }

    void Types(const Column& before, const Column& after) {
        if (!before.has_type || !after.has_type || before.type == after.type) return;
        Kind kind = Kind::kTypeChanged;
        if (IsWidening(before.type, after.type)) kind = Kind::kWidened;
        if (IsWidening(after.type, before.type)) kind = Kind::kNarrowed;
        Add(kind, after, ToString(before.type), ToString(after.type));
    }

    void Masks(const Column& before, const Column& after) {
        if (before.mask == after.mask) return;
        Kind kind = Kind::kMaskChanged;
        if (before.mask.empty()) kind = Kind::kMaskAdded;
        if (after.mask.empty()) kind = Kind::kMaskRemoved;
        Add(kind, after, before.mask, after.mask);
    }

    void Rules(const Column& before, const Column& after);

    void Same(const Column& before, const Column& after) {
        if (before.name != after.name) Add(Kind::kRenamed, after, before.name, after.name);
        Types(before, after);
        Flag(before.required, after.required, Kind::kRequiredAdded, Kind::kRequiredRemoved, after);
        Flag(before.unique, after.unique, Kind::kUniqueAdded, Kind::kUniqueRemoved, after);
        Flag(before.primary_key, after.primary_key, Kind::kKeyAdded, Kind::kKeyRemoved, after);
        Rules(before, after);
        Masks(before, after);
        const bool text = before.description != after.description ||
                          before.classification != after.classification ||
                          before.references != after.references;
        if (text) Add(Kind::kDocumentation, after);
    }
};

std::optional<double> ToNumber(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// -1 when `a` is less. Dates and times compare as texts: they have one form.
int Compare(const std::string& a, const std::string& b) {
    const auto x = ToNumber(a);
    const auto y = ToNumber(b);
    if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
    return a < b ? -1 : a > b ? 1 : 0;
}

struct Side {
    bool tightened = false;
    bool loosened = false;

    template <class T>
    void Presence(const T& before, const T& after) {
        if (!before && after) tightened = true;
        if (before && !after) loosened = true;
    }

    // `up`: a greater bound is tighter.
    void Bound(const std::optional<std::string>& before, const std::optional<std::string>& after,
               bool up) {
        Presence(before, after);
        if (!before || !after) return;
        const int order = Compare(*before, *after) * (up ? 1 : -1);
        tightened = tightened || order < 0;
        loosened = loosened || order > 0;
    }
    void Length(std::optional<uint64_t> before, std::optional<uint64_t> after, bool up) {
        Presence(before, after);
        if (!before || !after || *before == *after) return;
        ((*before < *after) == up ? tightened : loosened) = true;
    }
};

// One bound, whichever of the two forms it is written in.
struct Limit {
    std::optional<std::string> value;
    bool exclusive = false;
};

Limit Low(const Quality& q) {
    return q.minimum ? Limit{q.minimum, false} : Limit{q.exclusive_minimum, true};
}
Limit High(const Quality& q) {
    return q.maximum ? Limit{q.maximum, false} : Limit{q.exclusive_maximum, true};
}

void CompareLimit(Side& side, const Limit& before, const Limit& after, bool up) {
    side.Bound(before.value, after.value, up);
    if (!before.value || !after.value || Compare(*before.value, *after.value) != 0) return;
    if (before.exclusive != after.exclusive) {
        (after.exclusive ? side.tightened : side.loosened) = true;
    }
}

void CompareValues(Side& side, std::vector<std::string> before, std::vector<std::string> after) {
    if (before.empty() != after.empty()) {
        (before.empty() ? side.tightened : side.loosened) = true;
        return;
    }
    std::ranges::sort(before);
    std::ranges::sort(after);
    side.loosened = side.loosened || !std::ranges::includes(before, after);
    side.tightened = side.tightened || !std::ranges::includes(after, before);
}

void Comparison::Rules(const Column& before, const Column& after) {
    const Quality& a = before.quality;
    const Quality& b = after.quality;
    Side side;
    CompareLimit(side, Low(a), Low(b), true);
    CompareLimit(side, High(a), High(b), false);
    side.Length(a.min_length, b.min_length, true);
    side.Length(a.max_length, b.max_length, false);
    CompareValues(side, a.values, b.values);
    side.Presence(a.pattern, b.pattern);
    // Which of two patterns allows more cannot be told: taken as both.
    if (a.pattern && b.pattern && *a.pattern != *b.pattern) side.loosened = side.tightened = true;
    if (side.tightened) Add(Kind::kQualityTightened, after);
    if (side.loosened) Add(Kind::kQualityLoosened, after);
}

Finding VersionFinding(const Product& after, std::string id, std::string message,
                       std::string help) {
    Finding finding;
    finding.id = std::move(id);
    finding.file = after.version_at.file;
    finding.line = after.version_at.line;
    finding.column = after.version_at.column;
    finding.length = after.version_at.length;
    finding.message = std::move(message);
    finding.help = std::move(help);
    return finding;
}

}  // namespace

std::vector<ColumnChange> CompareContracts(const OutputPort& before, const OutputPort& after) {
    Comparison comparison;
    std::vector<const Column*> matched;
    for (const Column& column : after.columns) {
        const Column* old = before.FindColumn(column.name);
        // `was` stays in the file after the rename has been applied: then the new name is there.
        if (!old && !column.was.empty()) old = before.FindColumn(column.was);
        if (old && std::ranges::find(matched, old) == matched.end()) {
            matched.push_back(old);
            comparison.Same(*old, column);
        } else {
            comparison.Add(column.required ? Kind::kAddedRequired : Kind::kAdded, column, {},
                           column.has_type ? ToString(column.type) : "");
        }
    }
    // Without declared columns the SQL says which there are: nothing can be said here.
    if (after.columns.empty()) return std::move(comparison.changes);
    for (const Column& column : before.columns) {
        if (std::ranges::find(matched, &column) != matched.end()) continue;
        comparison.Add(Kind::kRemoved, column, column.has_type ? ToString(column.type) : "");
    }
    return std::move(comparison.changes);
}

std::string_view KindName(ColumnChange::Kind kind) { return MeaningOf(kind).name; }

std::string Describe(const ColumnChange& change) {
    const std::string column = fmt::format("column `{}`", change.column);
    const auto type = [](const std::string& text) {
        return text.empty() ? std::string() : fmt::format(" ({})", text);
    };
    switch (change.kind) {
        case Kind::kAdded:
            return column + " added" + type(change.to);
        case Kind::kAddedRequired:
            return column + " added, required" + type(change.to);
        case Kind::kRemoved:
            return column + " removed";
        case Kind::kRenamed:
            return fmt::format("{} renamed from `{}`", column, change.from);
        case Kind::kWidened:
            return fmt::format("{} widened from {} to {}", column, change.from, change.to);
        case Kind::kNarrowed:
            return fmt::format("{} narrowed from {} to {}", column, change.from, change.to);
        case Kind::kTypeChanged:
            return fmt::format("{} changed type from {} to {}", column, change.from, change.to);
        case Kind::kRequiredAdded:
            return column + " is now required";
        case Kind::kRequiredRemoved:
            return column + " is no longer required";
        case Kind::kUniqueAdded:
            return column + " is now unique";
        case Kind::kUniqueRemoved:
            return column + " is no longer unique";
        case Kind::kKeyAdded:
            return column + " is now part of the primary key";
        case Kind::kKeyRemoved:
            return column + " is no longer part of the primary key";
        case Kind::kQualityTightened:
            return column + " has stricter quality rules";
        case Kind::kQualityLoosened:
            return column + " has looser quality rules";
        case Kind::kMaskAdded:
            return fmt::format("{} is now masked by {}", column, change.to);
        case Kind::kMaskChanged:
            return fmt::format("{} is masked by {} instead of {}", column, change.to, change.from);
        case Kind::kMaskRemoved:
            return column + " is no longer masked";
        case Kind::kDocumentation:
            return column + " has a new description";
        case Kind::kCount:
            break;
    }
    return column;
}

Bump RequiredBump(const std::vector<ColumnChange>& changes) {
    Bump bump = Bump::kNone;
    for (const ColumnChange& change : changes) bump = std::max(bump, change.bump);
    return bump;
}

std::optional<Finding> CheckVersion(const Product& before, const Product& after,
                                    const std::vector<ColumnChange>& changes) {
    const Version& old = before.version;
    const Version& now = after.version;
    if (now < old) {
        return VersionFinding(
            after, "E1304",
            fmt::format("version {} is below {}, which is applied", ToString(now), ToString(old)),
            fmt::format("write `version: {}`", ToString(Next(old, RequiredBump(changes)))));
    }
    const Bump bump = RequiredBump(changes);
    const std::string next = fmt::format("write `version: {}`", ToString(Next(old, bump)));
    if (bump == Bump::kMajor && now.major == old.major) {
        const auto breaking = std::ranges::find(changes, true, &ColumnChange::breaking);
        return VersionFinding(
            after, "E1301",
            fmt::format("a breaking change needs a new major version: {}", Describe(*breaking)),
            next);
    }
    const bool same_minor = now.major == old.major && now.minor == old.minor;
    if (bump == Bump::kMinor && same_minor) {
        const auto change = std::ranges::find(changes, bump, &ColumnChange::bump);
        return VersionFinding(
            after, "E1303",
            fmt::format("the contract has changed but the version has not: {}", Describe(*change)),
            next);
    }
    return std::nullopt;
}

}  // namespace weft::model
