#include "base/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>

#include "base/json.h"
#include "base/log_file.h"
#include "base/time.h"

namespace weft {
namespace {

constexpr size_t kMessageBytesMax = 8'192;
std::atomic<LogLevel> least{LogLevel::kInfo};
std::atomic<bool> as_json{false};
std::mutex writing;

// One record is one line: whoever controls a name must not be able to forge a second one.
std::string OneLine(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (static_cast<uint8_t>(c) >= 0x20 && c != 0x7F) {
            out += c;
        } else {
            out += fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
        }
    }
    return out;
}

void WriteAll(std::string_view line) {
    if (WriteToLogFile(line)) return;
    const std::scoped_lock lock(writing);
    while (!line.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
        if (written <= 0) return;  // Nobody listens: nowhere to report that.
        line.remove_prefix(static_cast<size_t>(written));
    }
}

}  // namespace

void SetLog(LogOptions options) {
    least = options.level;
    as_json = options.json;
}

void LogLine(LogLevel level, std::string_view area, std::string_view message) {
    if (level < least.load(std::memory_order_relaxed)) return;
    static constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warn", "error"};
    const std::string_view name = kNames[static_cast<size_t>(level)];
    const std::string time = ToRfc3339(SystemClock().Now());
    const std::string_view text = message.substr(0, kMessageBytesMax);
    if (as_json.load(std::memory_order_relaxed)) {
        WriteAll(
            DumpJson(Json{{"time", time}, {"level", name}, {"area", area}, {"message", text}}) +
            "\n");
    } else {
        WriteAll(fmt::format("{} {:<5} {}: {}\n", time, name, area, OneLine(text)));
    }
}

}  // namespace weft
