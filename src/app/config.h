// The configuration file of `weft serve --config FILE`: YAML, every key optional, flags win over it. docs/weft.yaml
// shows every key. Used by cli_node.cc. THREAD: any.
#pragma once

#include <string>

#include "app/node.h"
#include "base/log.h"
#include "base/log_file.h"
#include "base/result.h"

namespace weft::app {

struct NodeConfig {
    NodeOptions node;
    LogOptions log;
    LogFileOptions log_file;
};

// Fills what the text names. FAILS: kInvalid with all findings (unknown key with the nearest one, wrong kind, number
// out of range).
Result<> ReadConfig(const std::string& text, const std::string& file, NodeConfig& config);

// "debug", "info", "warn", "error". FAILS: kInvalid.
Result<LogLevel> ParseLogLevel(const std::string& name);

}  // namespace weft::app
