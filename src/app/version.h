// The program's version, one place. THREAD: any.
#pragma once

#include <string_view>

namespace weft::app {

inline constexpr std::string_view kVersion = "0.1.0";
inline constexpr std::string_view kDuckDbVersion = "2.0.0";  // That this was built for; `weft doctor` asks the library.

}  // namespace weft::app
