// Arriving files (`incremental: files`): which of the files that match are to be taken now. Pure.
// THREAD: any.
//
// A file is taken once for each state (size and time) that it keeps still in. A newer state of a
// file that was taken replaces its rows; rows of a file that is gone stay.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "catalog/input_files.h"
#include "meta/state.h"

namespace weft::pipeline {

using TakenFiles = std::map<std::string, meta::TakenFile>;

// So long must a file have kept still; uploaded files are whole from the beginning.
inline constexpr int64_t kStillUs = 2'000'000;
inline int64_t StillUs(const model::InputPort& input) { return input.uploaded ? 0 : kStillUs; }

// In the order of their times, then paths: what came first is taken first. A time in the future
// counts as still when it is so far away that nobody can be writing now.
std::vector<catalog::InputFile> ArrivedFiles(const std::vector<catalog::InputFile>& found,
                                             const TakenFiles& taken, Timestamp now,
                                             int64_t still_us = kStillUs);
// Names the state of all of them: equal texts, nothing to do that was not tried.
std::string ArrivedText(const std::vector<catalog::InputFile>& arrived);

}  // namespace weft::pipeline
