// Completion scripts for shells, generated from the command tree as `weft help --json` prints it. THREAD: any; pure.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace weft::app {

// bash, zsh or fish. FAILS: kInvalid for other shells.
Result<std::string> CompletionScript(std::string_view shell, const Json& tree);

}  // namespace weft::app
