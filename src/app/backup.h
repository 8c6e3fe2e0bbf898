// `weft backup create`: a copy of a node's data folder as it is at one moment, made while the node
// writes.
//
//     hold the log ─► pin the tables ─► copy the state (one point) ─► what that state refers to ─►
//     the log ─► MANIFEST
//
// Files of tables never change, so a folder that holds an earlier backup gets only the new ones.
// Whatever the state of that point has not rolled yet lies in the log, which is copied after it.
// What a folder holds counts only with the list that names it: a backup that was cut short leaves
// the one before it whole. THREAD: any; one backup into a folder at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/backup_list.h"
#include "base/result.h"
#include "base/time.h"
#include "meta/state.h"

namespace weft::app {

// Where a backup comes from: a running node, or the folder of a stopped one.
struct BackupSource {
    std::string data;  // Absolute.
    // weft.db and history.db into this folder.
    std::function<Result<>(const std::string& folder)> copy_state;
    // The state now; null: nobody writes. Its tables are pinned before it is copied.
    std::function<std::shared_ptr<const meta::State>()> snapshot;
    std::function<std::shared_ptr<const void>(const std::string& uuid)> pin;
    // Paths of the log's segments, none of which goes while the answer lives; null: what lies
    // there.
    std::function<std::shared_ptr<const std::vector<std::string>>()> hold_log;
};

// The data folder of a node that does not run; holds its lock while it lives.
// FAILS: kNotFound without a state, kUnavailable while a node runs on it.
Result<BackupSource> StoppedNode(const std::string& data);

struct BackupDone {
    BackupList list;
    uint64_t copied_files = 0;  // The others were there already.
    uint64_t copied_bytes = 0;
};

// FAILS: kInvalid (a folder of other things, or inside the data folder), kUnavailable (disk full,
// another backup into this folder), kCorrupt (a file that the state refers to is missing: the node
// is damaged).
Result<BackupDone> CreateBackup(const BackupSource& source, const std::string& folder,
                                const Clock& clock);

// Reads every byte. FAILS: kCorrupt naming the first file that is missing or wrong.
Result<BackupList> VerifyBackup(const std::string& folder);

}  // namespace weft::app
