#include "app/backup_list.h"

#include "base/json.h"
#include "io/files.h"

namespace weft::app {
namespace {

constexpr uint64_t kListBytesMax = 1ull << 30;
constexpr size_t kPathBytesMax = 4'096;

// A relative path of plain parts: what restore may write below the new data folder.
bool IsSafe(const std::string& path) {
    if (path.empty() || path.size() > kPathBytesMax || path.front() == '/') return false;
    for (size_t begin = 0; begin <= path.size();) {
        const size_t end = std::min(path.find('/', begin), path.size());
        const std::string part = path.substr(begin, end - begin);
        if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string::npos)
            return false;
        begin = end + 1;
    }
    return true;
}

uint64_t Count(const Json& json, std::string_view key) {
    return static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(json, key)));
}

}  // namespace

uint64_t BackupList::Bytes() const {
    uint64_t bytes = 0;
    for (const auto& [path, file] : files) bytes += file.size;
    return bytes;
}

Result<BackupList> ReadBackupList(const std::string& folder) {
    const std::string path = folder + "/" + kBackupListName;
    const auto text = io::ReadFile(path, kListBytesMax);
    if (!text && text.error().code == Code::kNotFound)
        return Fail(Code::kNotFound,
                    folder + " holds no finished backup: there is no " + kBackupListName,
                    "weft backup create " + folder);
    if (!text) return std::unexpected(text.error());
    const auto bad = [&](const std::string& what) {
        return Fail(Code::kCorrupt, path + ": " + what);
    };
    const auto json = ParseJson(*text, kListBytesMax);
    if (!json || !json->is_object()) return bad("does not parse");
    if (JsonInt(*json, "format") != kBackupFormat)
        return Fail(
            Code::kInvalid,
            path + " was written by another version of weft (" + JsonString(*json, "weft") + ")",
            "restore it with that version");
    BackupList list;
    const auto time = ParseRfc3339(JsonString(*json, "time"));
    if (!time) return bad("has no time");
    list.time = *time;
    list.weft = JsonString(*json, "weft");
    list.data = JsonString(*json, "data");
    list.state_version = Count(*json, "state_version");
    list.hash = JsonString(*json, "hash");
    list.products = Count(*json, "products");
    list.rows = Count(*json, "rows");
    const auto files = json->find("files");
    if (files == json->end() || !files->is_array()) return bad("lists no files");
    for (const Json& one : *files) {
        const std::string name = JsonString(one, "path");
        BackupFile file{JsonString(one, "place"), Count(one, "size"), JsonString(one, "sha256"),
                        JsonInt(one, "mtime_ns")};
        if (!IsSafe(name) || !IsSafe(file.place) || file.sha256.size() != 64)
            return bad("names a file wrongly");
        if (!list.files.emplace(name, std::move(file)).second) return bad("names a file twice");
    }
    return list;
}

Result<> WriteBackupList(const std::string& folder, const BackupList& list) {
    Json json{{"format", kBackupFormat},
              {"weft", list.weft},
              {"time", ToRfc3339(list.time)},
              {"data", list.data},
              {"state_version", list.state_version},
              {"hash", list.hash},
              {"products", list.products},
              {"rows", list.rows}};
    Json& files = json["files"] = Json::array();
    for (const auto& [path, file] : list.files)
        files.push_back({{"path", path},
                         {"place", file.place},
                         {"size", file.size},
                         {"sha256", file.sha256},
                         {"mtime_ns", file.mtime_ns}});
    return io::WriteFileAtomically(folder + "/" + kBackupListName, DumpJson(json) + "\n", 0600);
}

}  // namespace weft::app
