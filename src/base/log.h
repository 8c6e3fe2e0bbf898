// Structured log lines on stderr: text for people, JSON for machines. Never row values, never
// secrets. THREAD: any.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weft {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarn, kError };

struct LogOptions {
    LogLevel level = LogLevel::kInfo;
    bool json = false;
};
void SetLog(LogOptions options);  // Once, at start.
void LogLine(LogLevel level, std::string_view area, std::string_view message);

template <class... Args>
void LogInfo(std::string_view area, fmt::format_string<Args...> text, Args&&... args) {
    LogLine(LogLevel::kInfo, area, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void LogWarn(std::string_view area, fmt::format_string<Args...> text, Args&&... args) {
    LogLine(LogLevel::kWarn, area, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void LogError(std::string_view area, fmt::format_string<Args...> text, Args&&... args) {
    LogLine(LogLevel::kError, area, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void LogDebug(std::string_view area, fmt::format_string<Args...> text, Args&&... args) {
    LogLine(LogLevel::kDebug, area, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace weft
