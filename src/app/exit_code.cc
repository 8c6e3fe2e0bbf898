#include "app/exit_code.h"

#include <algorithm>
#include <array>

namespace weft::app {
namespace {

constexpr std::array kMeanings{
    ExitMeaning{kDone, "done; an empty list too"},
    ExitMeaning{kAnswerIsNo, "the check ran and the answer is no: invalid files, a failed run, changes with --exit-code"},
    ExitMeaning{kCouldNotRun, "could not run: usage, files that do not parse or do not exist, a question without --yes"},
    ExitMeaning{kLoginNeeded, "a login is needed: no token, or one that is wrong or expired"},
    ExitMeaning{kDeniedExit, "permission denied"},
    ExitMeaning{kConflictExit, "conflict: stale plan, somebody was faster, the name is taken, the file exists"},
    ExitMeaning{kNotFoundExit, "not found, or you may not know that it exists"},
    ExitMeaning{kBreakingRefused, "breaking change refused: it needs a new major version"},
    ExitMeaning{kUnavailableExit, "node unavailable or time is up; worth a retry"},
    ExitMeaning{kInterrupted, "interrupted"},
};

struct CodeExit {
    Code code;
    int exit;
};
constexpr std::array kExits{
    CodeExit{Code::kInvalid, kCouldNotRun},         CodeExit{Code::kNotFound, kNotFoundExit},
    CodeExit{Code::kExists, kConflictExit},         CodeExit{Code::kDenied, kDeniedExit},
    CodeExit{Code::kConflict, kConflictExit},       CodeExit{Code::kUnknownOutcome, kUnavailableExit},
    CodeExit{Code::kLimit, kUnavailableExit},       CodeExit{Code::kUnavailable, kUnavailableExit},
    CodeExit{Code::kCorrupt, kCouldNotRun},
};

constexpr bool EveryCodeHasOneRow() {
    if (kExits.size() != static_cast<size_t>(Code::kCount)) return false;
    for (size_t i = 0; i < kExits.size(); ++i)
        if (kExits[i].code != static_cast<Code>(i)) return false;
    return true;
}
static_assert(EveryCodeHasOneRow(), "add the new Code to kExits, in the order of the enumeration");

bool IsAboutVersion(const Finding& finding) {
    return finding.id == "E1301" || finding.id == "E1303" || finding.id == "E1304";
}

}  // namespace

std::span<const ExitMeaning> ExitMeanings() { return kMeanings; }

int ExitCodeOf(const Error& error) {
    if (error.sqlstate == "28P01" || error.sqlstate == "28000") return kLoginNeeded;
    if (error.sqlstate == "57014") return kUnavailableExit;
    bool errors = false, only_versions = true;
    for (const auto& finding : error.findings) {
        if (finding.severity != Finding::Severity::kError) continue;
        errors = true;
        only_versions = only_versions && IsAboutVersion(finding);
    }
    if (errors && only_versions) return kBreakingRefused;
    return kExits[static_cast<size_t>(error.code)].exit;
}

bool IsRetryable(const Error& error) {
    return error.code == Code::kUnavailable || error.code == Code::kConflict || error.code == Code::kLimit;
}

Code CodeOf(std::string_view name) {
    for (const auto& row : kExits)
        if (CodeName(row.code) == name) return row.code;
    return Code::kInvalid;
}

}  // namespace weft::app
