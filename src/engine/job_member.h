// Which column a member of a JSON record is, by its name.
//
// Used by job_input.cc, once for every member of every record: records of one stream have the same
// members in the same order nearly always, so the answer for the last record's member at the same
// place is tried first. Case is ignored; a column's own name goes before another's alias.
// THREAD: one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/job_input.h"

namespace weft::engine {

class MemberColumns {
  public:
    struct Found {
        int32_t column = -1;  // Of the table; -1: none.
        bool alias = false;   // By the column's other name.
    };
    // Columns that do not come from the record are not found.
    explicit MemberColumns(const std::vector<InputColumn>& columns);

    // `place`: which member of its record it is.
    Found Find(std::string_view name, size_t place) {
        if (place < guesses_.size() && guesses_[place].name == name) return guesses_[place].found;
        return LookUp(name, place);
    }

    // "unknown member 'x'; the nearest column is 'y'".
    std::string Unknown(std::string_view name) const;

  private:
    struct Guess {
        std::string name;
        Found found;
    };
    Found LookUp(std::string_view name, size_t place);

    std::unordered_map<std::string, Found> by_name_;  // Lower case.
    std::vector<std::string> names_;
    std::vector<Guess> guesses_;  // By place.
};

// A name of a record, cut so that a reason stays short.
std::string ShortName(std::string_view name);

}  // namespace weft::engine
