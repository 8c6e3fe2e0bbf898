#include "base/result.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace weft {

std::string CodeName(Code code) {
    static constexpr std::array kNames{"invalid", "not_found",   "exists",
                                       "denied",  "conflict",    "unknown_outcome",
                                       "limit",   "unavailable", "corrupt"};
    static_assert(kNames.size() == static_cast<size_t>(Code::kCount));
    return kNames[static_cast<size_t>(code)];
}

void AssertFailed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    std::abort();
}

}  // namespace weft
