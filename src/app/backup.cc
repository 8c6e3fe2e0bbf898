#include "app/backup.h"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "app/state_hash.h"
#include "app/version.h"
#include "iceberg/care.h"
#include "io/copy.h"
#include "io/files.h"
#include "io/lock_file.h"
#include "meta/copied_state.h"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = "weft-backup";       // Says that this folder is ours to clean.
constexpr std::string_view kMomentPrefix = "at-";  // Folders of what changes: state, log, keys.
constexpr int kStateCopiesMax = 5;
constexpr size_t kDepthMax = 8;

// The folder must be new, empty, or one that an earlier backup has marked; and apart from the data.
Result<> CheckFolder(const std::string& data, const std::string& folder) {
    std::error_code failed;
    const auto real = [&](const std::string& path) {
        return fs::weakly_canonical(path, failed).string() + "/";
    };
    if (folder.empty() || folder.front() != '/')
        return Fail(Code::kInvalid, "the folder must be an absolute path");
    if (real(folder).starts_with(real(data)) || real(data).starts_with(real(folder)))
        return Fail(Code::kInvalid, folder + " and the data folder lie in each other",
                    "choose a folder on another disk");
    CHECK_OK(io::MakeDirectories(folder, 0700));
    const auto names = TRY(io::ListDirectory(folder));
    if (!names.empty() && !io::FileSize(folder + "/" + kMark))
        return Fail(Code::kInvalid, folder + " holds other things",
                    "name an empty folder, or one of an earlier backup");
    return {};
}

// Regular files below `root`/`under`, relative to the root, with a bound on depth. Nothing there:
// none.
Result<> ListBelow(const std::string& root, const std::string& under,
                   std::vector<std::string>& found, size_t depth = 0) {
    if (depth > kDepthMax) return Fail(Code::kLimit, "folders lie too deep in " + root);
    const auto names = io::ListDirectory(root + "/" + under);
    if (!names && names.error().code == Code::kNotFound) return {};
    if (!names) return std::unexpected(names.error());
    std::error_code failed;
    for (const auto& name : *names) {
        const std::string path = under + "/" + name;
        const auto type = fs::symlink_status(root + "/" + path, failed).type();
        if (type == fs::file_type::directory) CHECK_OK(ListBelow(root, path, found, depth + 1));
        if (type == fs::file_type::regular) found.push_back(path);
    }
    return {};
}

class Backup {
  public:
    Backup(const BackupSource& source, std::string folder, const Clock& clock)
        : source_(source), folder_(std::move(folder)), tables_(source.data + "/tables") {
        done_.list.time = clock.Now();
        done_.list.weft = kVersion;
        done_.list.data = source.data;
    }
    Result<BackupDone> Run();

  private:
    Result<> CopyState();
    Result<bool> PinAll(const meta::State& state);
    Result<> CopyTables();
    Result<> CopyPort(const meta::Port& port);
    Result<> CopyKept();
    Result<> CopyUploads();
    Result<> CopyLog();
    Result<> CopyKeys();
    Result<> Hash();
    Result<> Prune();
    // Of a place that never gets other bytes: taken from the earlier backup when it is there.
    Result<> AddLasting(const std::string& place, bool compare_times);
    Result<> AddMomentary(const std::string& place, const std::string& from);

    const BackupSource& source_;
    const std::string folder_;
    const std::string tables_;
    std::string moment_;  // "at-20261122T083000-418"
    BackupList before_;
    BackupDone done_;
    std::map<std::string, std::shared_ptr<const void>> pins_;  // By table.
    std::vector<std::shared_ptr<const std::vector<std::string>>> held_;
    std::shared_ptr<const meta::State> state_;
    iceberg::Cache cache_;
};

Result<BackupDone> Backup::Run() {
    CHECK_OK(CheckFolder(source_.data, folder_));
    if (!io::FileSize(folder_ + "/" + kMark))
        CHECK_OK(io::WriteNewFile(folder_ + "/" + kMark, "", 0600));
    const auto lock = TRY(io::LockFile::Take(folder_ + "/lock"));
    auto before = ReadBackupList(folder_);
    if (before)
        before_ = std::move(*before);
    else if (before.error().code != Code::kNotFound)
        return std::unexpected(before.error());
    moment_ = std::string(kMomentPrefix) + ToFileStamp(done_.list.time);
    while (io::Stat(folder_ + "/" + moment_)) moment_ += "a";  // Another one in the same second.
    // Held before the state is copied: what it has not rolled cannot go.
    if (source_.hold_log) held_.push_back(source_.hold_log());
    CHECK_OK(CopyState());
    // And again: records that were accepted meanwhile may lie in a new segment.
    if (source_.hold_log) held_.push_back(source_.hold_log());
    CHECK_OK(CopyTables());
    CHECK_OK(CopyKept());
    CHECK_OK(CopyUploads());
    CHECK_OK(CopyLog());
    CHECK_OK(CopyKeys());
    CHECK_OK(Hash());
    CHECK_OK(io::SyncFileSystem(folder_));
    CHECK_OK(WriteBackupList(folder_, done_.list));
    CHECK_OK(Prune());
    return std::move(done_);
}

// True when every table of the state was pinned already.
Result<bool> Backup::PinAll(const meta::State& state) {
    bool all = true;
    for (const auto& [id, port] : state.ports) {
        if (!source_.pin || pins_.contains(port->table.uuid)) continue;
        pins_[port->table.uuid] = source_.pin(port->table.uuid);
        all = false;
    }
    return all;
}

// A table that came between pinning and copying could lose files to care: then once more, with it
// pinned.
Result<> Backup::CopyState() {
    const std::string to = folder_ + "/" + moment_ + "/state";
    if (source_.snapshot) (void)TRY(PinAll(*source_.snapshot()));
    for (int i = 0; i < kStateCopiesMax; ++i) {
        CHECK_OK(io::RemoveTree(folder_, moment_ + "/state"));
        CHECK_OK(io::MakeDirectories(to, 0700));
        CHECK_OK(source_.copy_state(to));
        state_ = TRY(meta::ReadState(to));
        if (TRY(PinAll(*state_)) || !source_.snapshot) break;
    }
    for (const char* name : {"weft.db", "history.db"}) {
        const std::string path = moment_ + "/state/" + name;
        const auto hashed = io::HashFile(folder_ + "/" + path);
        if (!hashed && hashed.error().code == Code::kNotFound &&
            name != std::string_view("weft.db"))
            continue;
        if (!hashed) return std::unexpected(hashed.error());
        done_.list.files[path] = {std::string("state/") + name, hashed->size, hashed->sha256, 0};
        done_.copied_bytes += hashed->size;
        ++done_.copied_files;
    }
    done_.list.state_version = state_->version;
    done_.list.products = state_->products.size();
    return {};
}

Result<> Backup::AddLasting(const std::string& place, bool compare_times) {
    if (done_.list.files.contains(place)) return {};
    const auto stat = TRY(io::Stat(source_.data + "/" + place));
    const auto known = before_.files.find(place);
    if (known != before_.files.end() && known->second.size == stat.size &&
        (!compare_times || known->second.mtime_ns == stat.mtime_ns)) {
        const auto there = io::FileSize(folder_ + "/" + place);
        if (there && *there == stat.size) {
            done_.list.files.emplace(place, known->second);
            return {};
        }
    }
    const auto copied = TRY(io::CopyFile(source_.data + "/" + place, folder_ + "/" + place, 0600));
    done_.list.files[place] = {place, copied.size, copied.sha256, stat.mtime_ns};
    done_.copied_bytes += copied.size;
    ++done_.copied_files;
    return {};
}

Result<> Backup::AddMomentary(const std::string& place, const std::string& from) {
    const std::string path = moment_ + "/" + place;
    const auto copied = TRY(io::CopyFile(from, folder_ + "/" + path, 0600));
    done_.list.files[path] = {place, copied.size, copied.sha256, 0};
    done_.copied_bytes += copied.size;
    ++done_.copied_files;
    return {};
}

Result<> Backup::CopyTables() {
    for (const auto& [id, port] : state_->ports) CHECK_OK(CopyPort(*port));
    return {};
}

Result<> Backup::CopyPort(const meta::Port& port) {
    const auto add = [&](const std::string& path) -> Result<> {
        if (!path.starts_with(tables_ + "/"))
            return Fail(Code::kCorrupt, path + " lies outside of the node's tables");
        const auto added = AddLasting(path.substr(source_.data.size() + 1), false);
        if (added || added.error().code != Code::kNotFound) return added;
        return Fail(Code::kCorrupt, path + " is missing, and the state refers to it",
                    "weft doctor --deep");
    };
    for (const auto& file : port.tail) CHECK_OK(add(port.table.location + "/data/" + file.name));
    const std::string& location = port.table.metadata_location;
    if (location.empty()) return {};
    CHECK_OK(add(location));
    const auto metadata = TRY(cache_.Metadata(location));
    std::set<std::string> former;  // Nobody reads them: one that is gone is no loss.
    for (const auto& entry : metadata->metadata_log) former.insert(entry.path);
    for (const auto& path : TRY(iceberg::ReferencedFiles(cache_, *metadata)))
        if (!former.contains(path) || io::FileSize(path)) CHECK_OK(add(path));
    return {};
}

// Tables of removed products whose data was to be kept.
Result<> Backup::CopyKept() {
    const auto uuids = io::ListDirectory(tables_);
    if (!uuids) return {};
    for (const auto& uuid : *uuids) {
        if (!io::FileSize(tables_ + "/" + uuid + "/KEPT")) continue;
        std::vector<std::string> found;
        CHECK_OK(ListBelow(source_.data, "tables/" + uuid, found));
        for (const auto& place : found) CHECK_OK(AddLasting(place, false));
    }
    return {};
}

Result<> Backup::CopyUploads() {
    std::vector<std::string> found;
    CHECK_OK(ListBelow(source_.data, "uploads", found));
    for (const auto& place : found) {
        const auto added = AddLasting(place, true);
        if (!added && added.error().code != Code::kNotFound)
            return added;  // Gone: finished or given up.
    }
    return {};
}

Result<> Backup::CopyLog() {
    std::set<std::string> paths;
    for (const auto& held : held_) paths.insert(held->begin(), held->end());
    std::vector<std::string> found;
    CHECK_OK(ListBelow(source_.data, "ingest", found));
    // Beside segments lie the keys of segments that are gone; those may go with age.
    for (const auto& place : found)
        if (!source_.hold_log || !place.ends_with(".log")) paths.insert(source_.data + "/" + place);
    for (const auto& path : paths) {
        const auto added = AddMomentary("ingest/" + path.substr(path.find_last_of('/') + 1), path);
        if (!added && (added.error().code != Code::kNotFound || path.ends_with(".log")))
            return added;
    }
    return {};
}

Result<> Backup::CopyKeys() {
    std::vector<std::string> found;
    CHECK_OK(ListBelow(source_.data, "keys", found));
    for (const auto& place : found) CHECK_OK(AddMomentary(place, source_.data + "/" + place));
    return {};
}

Result<> Backup::Hash() {
    const auto hashed = TRY(
        HashState(*state_, tables_, cache_, [&](const std::string& path) -> Result<std::string> {
            return done_.list.files.at(path.substr(source_.data.size() + 1)).sha256;
        }));
    done_.list.hash = hashed.hash;
    done_.list.rows = hashed.rows;
    return {};
}

// What only earlier backups name goes, now that this one stands.
Result<> Backup::Prune() {
    for (const auto& name : TRY(io::ListDirectory(folder_)))
        if (name.starts_with(kMomentPrefix) && name != moment_)
            CHECK_OK(io::RemoveTree(folder_, name));
    std::vector<std::string> found;
    for (const char* part : {"tables", "uploads"}) CHECK_OK(ListBelow(folder_, part, found));
    for (const auto& path : found)
        if (!done_.list.files.contains(path)) CHECK_OK(io::RemoveFile(folder_ + "/" + path));
    return {};
}

}  // namespace

Result<BackupSource> StoppedNode(const std::string& data) {
    if (!io::FileSize(data + "/state/weft.db"))
        return Fail(Code::kNotFound, "there is no state in " + data);
    const auto lock =
        std::make_shared<const io::LockFile>(TRY(io::LockFile::Take(data + "/run/lock")));
    BackupSource source;
    source.data = data;
    source.copy_state = [data, lock](const std::string& folder) -> Result<> {
        for (const char* name : {"weft.db", "weft.db-wal", "history.db", "history.db-wal"}) {
            const auto copied = io::CopyFile(data + "/state/" + name, folder + "/" + name, 0600);
            if (!copied && copied.error().code != Code::kNotFound)
                return std::unexpected(copied.error());
        }
        return meta::FinishCopies(folder);
    };
    return source;
}

Result<BackupDone> CreateBackup(const BackupSource& source, const std::string& folder,
                                const Clock& clock) {
    return Backup(source, folder, clock).Run();
}

Result<BackupList> VerifyBackup(const std::string& folder) {
    auto list = TRY(ReadBackupList(folder));
    for (const auto& [path, file] : list.files) {
        const auto hashed = io::HashFile(folder + "/" + path);
        if (!hashed && hashed.error().code == Code::kNotFound)
            return Fail(Code::kCorrupt, folder + "/" + path + " is missing",
                        "weft backup create " + folder);
        if (!hashed) return std::unexpected(hashed.error());
        if (hashed->size != file.size || hashed->sha256 != file.sha256)
            return Fail(Code::kCorrupt,
                        folder + "/" + path + " has other bytes than when it was written",
                        "remove that file, then: weft backup create " + folder);
    }
    return list;
}

}  // namespace weft::app
