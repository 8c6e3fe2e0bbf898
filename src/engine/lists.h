// The reviewed lists (lists/*.txt): which statements, functions and settings a user may name.
// Default: deny. A test compares them with what the linked DuckDB has, so that a new release fails
// until somebody has read it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

namespace weft::engine {

enum class Verdict : uint8_t { kDeny, kAllow, kBound };

struct ListEntry {
    Verdict verdict = Verdict::kDeny;
    std::string reason;
};

class ReviewedList {
  public:
    explicit ReviewedList(std::string_view text);

    // Case is ignored. Null: nobody has reviewed it.
    const ListEntry* Find(std::string_view name) const;
    bool Allows(std::string_view name) const;
    const std::unordered_map<std::string, ListEntry>& entries() const {
        return entries_;
    }  // Keys in lower case.

    static const ReviewedList& Statements();
    static const ReviewedList& Functions();
    static const ReviewedList& Settings();

  private:
    std::unordered_map<std::string, ListEntry> entries_;
};

}  // namespace weft::engine
