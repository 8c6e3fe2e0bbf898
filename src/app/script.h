// SQL text cut into statements at semicolons that stand outside of quotes, comments and dollar quotes. Used by
// `weft sql` for scripts and to know when a typed statement is complete. THREAD: any; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::app {

struct Script {
    std::vector<std::string> statements;  // Complete ones, without their semicolon, none empty.
    std::string rest;                     // What follows the last semicolon; blank when nothing does.
};
Script SplitScript(std::string_view text);

}  // namespace weft::app
