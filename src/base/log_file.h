// Log lines into a file instead of stderr, kept small: at `bytes_max` PATH becomes PATH.1, PATH.1
// becomes PATH.2, and so on; the oldest goes. Used by log.cc and `weft serve`. THREAD: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft {

struct LogFileOptions {
    std::string path;  // Absolute; empty: stderr.
    uint64_t bytes_max = 64u << 20;
    uint32_t files_max = 5;  // With the one that is written.
};

// Once, at start; from here on every line goes there. FAILS: kInvalid: it cannot be written.
Result<> LogToFile(const LogFileOptions& options);
// Opens the path anew: something else moved the file away (SIGHUP). Keeps the old one on failure.
void ReopenLogFile();

// For log.cc: whole lines. False: there is no file, or it cannot be written; stderr takes it.
bool WriteToLogFile(std::string_view line);

}  // namespace weft
