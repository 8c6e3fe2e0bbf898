// Every finding's id with its title and one paragraph: what `weft explain E1207` prints and what
// docs/errors.md is generated from. E10 files, E11 form, E12 columns, E13 versions, E14 ports, E15
// times and promises, E16 grants, E17 contract files, E20 plans on a node; W: the same areas, warnings.
#pragma once

#include <span>
#include <string_view>

namespace weft::model {

struct FindingId {
    std::string_view id;
    std::string_view title;
    std::string_view text;
};

std::span<const FindingId> FindingIds();              // By id.
const FindingId* FindFindingId(std::string_view id);  // Any case; null: unknown.

}  // namespace weft::model
