// What a worker process gives up, for good: resource limits, the file system, system calls.
//
// Used by engine's worker after its fork. The order matters: limits, Landlock (binds the calling
// thread and its later children, so it comes while there is only one thread), the engine's own
// settings, seccomp last (all threads). Nothing here can be undone by the process. THREAD: the only
// one of the process.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace weft::io {

struct ProcessLimits {
    uint64_t address_space_bytes = 6ull << 30;
    uint64_t file_bytes = 4ull << 30;  // Largest file that it may write.
    uint32_t descriptors = 512;
};

// The first missing kernel feature, as an error that names it; checks without giving anything up.
Result<> CheckSandbox();

// No core dumps, no new privileges, not traceable, killed with its parent. FAILS: kUnavailable.
Result<> LimitProcess(const ProcessLimits& limits);

// From now on no path can be opened but below `folder` (empty: none at all); no TCP. FAILS:
// kUnavailable.
Result<> ConfineFiles(const std::string& folder);

// From now on only the system calls that a running query needs; anything else kills the process.
// FAILS: kUnavailable.
Result<> ConfineCalls();

}  // namespace weft::io
