// Backfills: a range of an ordered column, computed anew step by step; each step is one published
// run that replaces exactly its part of the range. What was done is read back from the runs'
// records, so that a backfill goes on where it was interrupted. Pure. THREAD: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/coverage.h"
#include "meta/history.h"

namespace weft::pipeline {

inline constexpr uint32_t kStepsMax = 1'000;

struct Backfill {      // As asked for; texts of the column's type.
    std::string from;  // Inclusive.
    std::string to;    // Exclusive.
    std::string step;  // "1 day", for numbers "1000"; empty: one step.
};

// One step of one, as its run carries it and as the trigger in its record says:
// "backfill 17 step 3 of 31: 2026-01-03 to 2026-01-04".
struct Step {
    uint64_t backfill = 0;  // The run that began it.
    uint32_t number = 1;    // 1-based.
    uint32_t count = 1;
    std::string from;  // DuckDB's text.
    std::string to;
    friend bool operator==(const Step&, const Step&) = default;
};
std::string ToTrigger(const Step& step);
std::optional<Step> ParseTrigger(std::string_view trigger);

// The steps, numbered, of no backfill yet. FAILS: kInvalid (no value of the type, an empty range, a
// step that is none); kLimit beyond kStepsMax steps.
Result<std::vector<Step>> StepsOf(const DataType& type, const Backfill& backfill);

// Gives the steps their backfill: the newest one of the same steps in `records` (newest first) that
// began after `since` and did not end well, without what it has done; else a new one, `next`.
std::vector<Step> Remaining(std::vector<Step> steps, const std::vector<meta::RunRecord>& records,
                            Timestamp since, uint64_t next);

}  // namespace weft::pipeline
