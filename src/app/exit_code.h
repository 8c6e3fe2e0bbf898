// Exit codes of the command line: the one table of what a script can rely on, and the way from errors to it.
// Used by cli.cc, the verbs and `weft help exit-codes`. THREAD: any; pure.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"

namespace weft::app {

inline constexpr int kDone = 0;
inline constexpr int kAnswerIsNo = 1;
inline constexpr int kCouldNotRun = 2;
inline constexpr int kLoginNeeded = 4;
inline constexpr int kDeniedExit = 5;
inline constexpr int kConflictExit = 6;
inline constexpr int kNotFoundExit = 7;
inline constexpr int kBreakingRefused = 8;
inline constexpr int kUnavailableExit = 9;
inline constexpr int kInterrupted = 130;

struct ExitMeaning {
    int code;
    std::string_view meaning;
};
std::span<const ExitMeaning> ExitMeanings();

// The code of the error; findings about versions (E1301…E1304) say 8.
int ExitCodeOf(const Error& error);
// True when nothing but time stands between the caller and success.
bool IsRetryable(const Error& error);
// The error with this lower-case word of CodeName; kInvalid for unknown ones.
Code CodeOf(std::string_view name);

}  // namespace weft::app
