// One hash over everything that a node promises to keep: state and tables, without places on this
// machine. Two folders with the same hash answer every question alike. Used by backup, restore and
// `weft state hash`. THREAD: any.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "iceberg/cache.h"
#include "meta/state.h"

namespace weft::app {

struct StateHash {
    std::string hash;  // Lower-case hex.
    uint64_t rows = 0;
    uint64_t files = 0;
};

// The SHA-256 of the data file at this absolute path, hex.
using FileHash = std::function<Result<std::string>(const std::string& path)>;

// `tables_folder` is where the state says that tables lie. Over the text of meta::DescribeState
// and, by port, each data file of the current snapshot and the tail with rows and hash. FAILS:
// kNotFound, kCorrupt: a file is missing or wrong.
Result<StateHash> HashState(const meta::State& state, const std::string& tables_folder,
                            iceberg::Cache& cache, const FileHash& sha256);

// Of the data folder of a stopped node; reads every data file. FAILS: kUnavailable while a node
// runs on it.
Result<StateHash> HashFolder(const std::string& data);

// The state in `state_folder` (of a data folder or a backup), read from a copy, so that nothing
// there is touched.
Result<std::shared_ptr<const meta::State>> PeekState(const std::string& state_folder);

}  // namespace weft::app
