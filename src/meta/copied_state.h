// A state that no node has open: a copy in a backup, or the folder of a stopped node. Reads and
// moves it without a store. Used by app (backup, restore, doctor). THREAD: one per file.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "meta/state.h"

namespace weft::meta {

// `folder` holds weft.db. Migrates it to the newest format and leaves one file. FAILS: kNotFound,
// kInvalid for a newer version, kCorrupt.
Result<std::shared_ptr<const State>> ReadState(const std::string& folder);

// Copies of weft.db and history.db with their write-ahead logs become one file each. FAILS:
// kCorrupt.
Result<> FinishCopies(const std::string& folder);

// `change` gets each port and may edit where its table lies. FAILS: as ReadState, kUnavailable.
Result<> MoveTables(const std::string& folder, const std::function<void(Port&)>& change);

// The state as text without places on this machine: one line per entity, in a fixed order. Equal
// texts mean equal states. `folder` is the tables' folder, which paths lose.
std::string DescribeState(const State& state, const std::string& tables_folder);

}  // namespace weft::meta
