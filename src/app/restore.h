// `weft backup restore`: an empty folder becomes the data folder of the backup's node. Every byte
// is checked against the backup's list on the way, tables are moved to their new place, and at the
// end the hash over state and tables must be the one that was taken when the backup was made.
// THREAD: any; holds the new folder's lock.
#pragma once

#include <string>

#include "app/backup_list.h"
#include "base/result.h"

namespace weft::app {

// A folder with this file in it is half restored: a node refuses it.
inline constexpr const char* kRestoringName = "RESTORING";

// FAILS: kExists unless `data` is missing or empty; as ReadBackupList; kCorrupt naming the file
// that is not what the backup says, or when the hash differs; kUnavailable (disk full). A failed
// one leaves RESTORING behind: remove the folder.
Result<BackupList> RestoreBackup(const std::string& folder, const std::string& data);

}  // namespace weft::app
