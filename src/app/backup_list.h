// What a backup holds: MANIFEST.json of its folder, the last file that `weft backup create` writes.
// Without it a folder is no backup. docs/formats.md describes the folder. Used by backup and
// restore. THREAD: any; pure but for reading and writing the one file.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace weft::app {

struct BackupFile {
    std::string place;  // In the data folder: "tables/UUID/data/….parquet"
    uint64_t size = 0;
    std::string sha256;    // Lower-case hex.
    int64_t mtime_ns = 0;  // Of the original: tells uploads apart that kept their size.
};

struct BackupList {
    Timestamp time;
    std::string weft;  // The version that wrote it.
    std::string data;  // The data folder it was made of.
    uint64_t state_version = 0;
    std::string hash;  // Over state and tables (state_hash.h).
    uint64_t products = 0;
    uint64_t rows = 0;
    std::map<std::string, BackupFile> files;  // By path in the backup's folder.

    uint64_t Bytes() const;
};

inline constexpr const char* kBackupListName = "MANIFEST.json";
inline constexpr int64_t kBackupFormat = 1;

// FAILS: kNotFound (no backup, or one that was not finished), kInvalid (of a newer weft), kCorrupt,
// also for paths that lead out of the folder.
Result<BackupList> ReadBackupList(const std::string& folder);
Result<> WriteBackupList(const std::string& folder, const BackupList& list);

}  // namespace weft::app
