#include "app/restore.h"

#include "app/moved_table.h"
#include "app/state_hash.h"
#include "base/log.h"
#include "io/copy.h"
#include "io/files.h"
#include "io/lock_file.h"
#include "meta/copied_state.h"

namespace weft::app {
namespace {

Result<> CheckEmpty(const std::string& data) {
    const auto names = io::ListDirectory(data);
    if (!names && names.error().code == Code::kNotFound) return {};
    if (!names) return std::unexpected(names.error());
    if (names->empty()) return {};
    return Fail(Code::kExists, data + " is not empty",
                "restore into a new folder, then serve with --data that folder");
}

Result<> CopyFiles(const std::string& folder, const std::string& data, const BackupList& list) {
    for (const auto& [path, file] : list.files) {
        const bool key = file.place.starts_with("keys/");
        const auto copied =
            io::CopyFile(folder + "/" + path, data + "/" + file.place, key ? 0600 : 0640);
        if (!copied && copied.error().code == Code::kNotFound)
            return Fail(Code::kCorrupt, folder + "/" + path + " is missing",
                        "weft backup verify " + folder);
        if (!copied) return std::unexpected(copied.error());
        if (copied->size != file.size || copied->sha256 != file.sha256)
            return Fail(Code::kCorrupt,
                        folder + "/" + path + " has other bytes than when it was written",
                        "weft backup verify " + folder);
    }
    return {};
}

Result<> MoveTables(const std::string& from, const std::string& to) {
    const auto state = TRY(meta::ReadState(to + "/state"));
    const std::string old_tables = from + "/tables";
    const std::string new_tables = to + "/tables";
    const auto moved = [&](const std::string& path) {
        return new_tables + path.substr(old_tables.size());
    };
    for (const auto& [id, port] : state->ports) {
        const meta::Table& table = port->table;
        if (!table.location.starts_with(old_tables + "/"))
            return Fail(Code::kCorrupt, table.location + " lies outside of the tables of " + from);
        if (!table.metadata_location.empty())
            CHECK_OK(MoveTable(table.location, moved(table.location), table.metadata_location));
    }
    return meta::MoveTables(to + "/state", [&](meta::Port& port) {
        port.table.location = moved(port.table.location);
        if (!port.table.metadata_location.empty())
            port.table.metadata_location = moved(port.table.metadata_location);
    });
}

// Reads the restored state through the restored metadata: what the next node will see.
Result<> CheckHash(const std::string& data, const BackupList& list) {
    std::map<std::string, std::string>
        hashes;  // By place; all of them were checked when they were copied.
    for (const auto& [path, file] : list.files) hashes[file.place] = file.sha256;
    const auto state = TRY(meta::ReadState(data + "/state"));
    iceberg::Cache cache;
    const auto hashed = TRY(HashState(
        *state, data + "/tables", cache, [&](const std::string& path) -> Result<std::string> {
            const auto known = path.starts_with(data + "/")
                                   ? hashes.find(path.substr(data.size() + 1))
                                   : hashes.end();
            if (known == hashes.end()) return Fail(Code::kCorrupt, path + " is not in the backup");
            return known->second;
        }));
    if (hashed.hash != list.hash)
        return Fail(Code::kCorrupt,
                    "the restored state is not the one that was backed up: its hash is " +
                        hashed.hash + " and not " + list.hash);
    return {};
}

}  // namespace

Result<BackupList> RestoreBackup(const std::string& folder, const std::string& data) {
    auto list = TRY(ReadBackupList(folder));
    CHECK_OK(CheckEmpty(data));
    CHECK_OK(io::MakeDirectories(data, 0700));
    const auto lock = TRY(io::LockFile::Take(data + "/run/lock"));
    const std::string mark = data + "/" + kRestoringName;
    CHECK_OK(io::WriteNewFile(mark, "a restore has begun here and not ended\n", 0600));
    CHECK_OK(CopyFiles(folder, data, list));
    if (list.data != data) CHECK_OK(MoveTables(list.data, data));
    CHECK_OK(CheckHash(data, list));
    CHECK_OK(io::SyncFileSystem(data));
    CHECK_OK(io::RemoveFile(mark));
    CHECK_OK(io::SyncDirectory(data));
    return list;
}

}  // namespace weft::app
