// What a change of an output port means for its readers, and which version it needs.
//
// A reader selects by name, parses by type, and relies on what the contract excludes. So:
//   added                  minor     readers by name do not see it
//   added_required         minor     a promise more; rows of the past are recomputed by the run
//   removed                breaking  a query that names it fails
//   renamed (`was:`)       breaking  the same for readers by name; data, field id and rules survive
//   widened                minor     in place in Iceberg; every old value keeps its meaning
//   narrowed, type_changed breaking  values or parsers may not fit
//   required_added         minor     the port promises more
//   required_removed       breaking  readers meet nulls that the contract had excluded
//   unique_added           minor
//   unique_removed         breaking  joins on it may multiply rows
//   key_added              minor
//   key_removed            breaking  as unique_removed
//   quality_tightened      minor     fewer values can occur
//   quality_loosened       breaking  values occur that the contract had excluded
//   mask_added/_changed    breaking  readers get other values
//   mask_removed           minor
//   documentation          patch     description, classification, references
// The order of columns is no part of the contract. A type that was inferred is compared only when
// both sides have one; with no declared columns after the change, none count as removed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/product.h"

namespace weft::model {

struct ColumnChange {
    enum class Kind : uint8_t {
        kAdded,
        kAddedRequired,
        kRemoved,
        kRenamed,
        kWidened,
        kNarrowed,
        kTypeChanged,
        kRequiredAdded,
        kRequiredRemoved,
        kUniqueAdded,
        kUniqueRemoved,
        kKeyAdded,
        kKeyRemoved,
        kQualityTightened,
        kQualityLoosened,
        kMaskAdded,
        kMaskChanged,
        kMaskRemoved,
        kDocumentation,
        kCount
    };
    Kind kind = Kind::kAdded;
    std::string column;  // The name after the change, or before it when removed.
    std::string from;    // Type, name, rule before; empty where there is nothing to say.
    std::string to;
    bool breaking = false;
    Bump bump = Bump::kNone;
    Position at;  // In the new file.
    friend bool operator==(const ColumnChange&, const ColumnChange&) = default;
};

std::vector<ColumnChange> CompareContracts(const OutputPort& before, const OutputPort& after);
std::string_view KindName(ColumnChange::Kind kind);  // "added", "added_required", …
std::string Describe(const ColumnChange& change);    // "column `a` widened from integer to bigint"

Bump RequiredBump(const std::vector<ColumnChange>& changes);

// The finding when the version does not say what the changes need: E1301
// (breaking without a new major), E1303 (changed contract under the same version; names the version
// to write), E1304 (the version went back). Patch changes need no new version.
std::optional<Finding> CheckVersion(const Product& before, const Product& after,
                                    const std::vector<ColumnChange>& changes);

}  // namespace weft::model
