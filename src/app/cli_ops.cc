// weft backup create|verify|show|restore, state hash, du.
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "app/backup.h"
#include "app/client.h"
#include "app/exit_code.h"
#include "app/restore.h"
#include "app/state_hash.h"
#include "app/verbs.h"
#include "base/text.h"
#include "io/files.h"

namespace weft::app {
namespace {

int64_t Count(const Json& json, std::string_view key) { return JsonInt(json, key); }

std::string Bytes(const Json& json, std::string_view key) {
    return HumanBytes(static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(json, key))));
}

Json ToJson(const std::string& folder, const BackupList& list) {
    return {{"folder", folder},
            {"time", ToRfc3339(list.time)},
            {"weft", list.weft},
            {"data", list.data},
            {"state_version", list.state_version},
            {"hash", list.hash},
            {"products", list.products},
            {"rows", list.rows},
            {"files", list.files.size()},
            {"bytes", list.Bytes()}};
}

std::string Sentence(const std::string& folder, const BackupList& list) {
    return fmt::format("{}: {}, state {}, {} products, {} rows, {} files, {}\nhash {}\n", folder,
                       ToRfc3339(list.time), list.state_version, list.products, list.rows,
                       list.files.size(), HumanBytes(list.Bytes()), list.hash);
}

// The folder of a stopped node is named, and no node answers for it: then this process makes the
// backup.
bool IsStoppedNode(const Shell& shell) {
    if (shell.options().data.empty() || !shell.options().url.empty()) return false;
    return !io::FileSize(AbsolutePath(shell.options().data) + "/run/addresses.json");
}

Result<Json> BackUpStopped(Shell& shell, const std::string& folder) {
    const auto began = std::chrono::steady_clock::now();
    const auto source = TRY(StoppedNode(TRY(DataFolder(shell))));
    const auto done = TRY(CreateBackup(source, folder, SystemClock()));
    Json json = ToJson(folder, done.list);
    json["copied_files"] = done.copied_files;
    json["copied_bytes"] = done.copied_bytes;
    json["us"] = std::chrono::duration_cast<std::chrono::microseconds>(
                     std::chrono::steady_clock::now() - began)
                     .count();
    return json;
}

TableRow DiskRow(const Json& one) {
    return {JsonString(one, "product"),   std::to_string(Count(one, "rows")),
            Bytes(one, "bytes"),          Bytes(one, "disk_bytes"),
            Bytes(one, "old_bytes"),      std::to_string(Count(one, "rejected_rows")),
            Bytes(one, "rejected_bytes"), Bytes(one, "log_bytes"),
            Bytes(one, "upload_bytes"),   Bytes(one, "total_bytes")};
}

}  // namespace

Result<int> MakeBackup(Shell& shell, const BackupOptions& options) {
    const std::string folder = AbsolutePath(options.folder);
    Json done;
    if (IsStoppedNode(shell)) {
        done = TRY(BackUpStopped(shell, folder));
    } else {
        const auto client = TRY(Client::Find(shell));
        if (!client->is_local()) shell.Say("the folder is one of the node's machine");
        done = TRY(client->Send("POST", "/api/v1/backups", Json{{"folder", folder}}));
    }
    if (shell.wants_json())
        shell.PrintJson(done);
    else
        shell.Print(
            fmt::format("backed up {} products, {} rows at state {} into {}\n{} files, {}; copied "
                        "{} files, {} in {}\nhash {}\n",
                        Count(done, "products"), Count(done, "rows"), Count(done, "state_version"),
                        folder, Count(done, "files"), Bytes(done, "bytes"),
                        Count(done, "copied_files"), Bytes(done, "copied_bytes"),
                        HumanDuration(Count(done, "us")), JsonString(done, "hash")));
    shell.Hint("weft backup verify " + folder);
    return kDone;
}

Result<int> VerifyBackupFolder(Shell& shell, const BackupOptions& options) {
    const std::string folder = AbsolutePath(options.folder);
    const auto list = VerifyBackup(folder);
    if (!list && list.error().code == Code::kCorrupt) {
        shell.Report(list.error());
        return kAnswerIsNo;
    }
    if (!list) return std::unexpected(list.error());
    if (shell.wants_json())
        shell.PrintJson(ToJson(folder, *list));
    else
        shell.Print("whole: " + Sentence(folder, *list));
    return kDone;
}

Result<int> ShowBackup(Shell& shell, const BackupOptions& options) {
    const std::string folder = AbsolutePath(options.folder);
    const auto list = TRY(ReadBackupList(folder));
    if (shell.wants_json())
        shell.PrintJson(ToJson(folder, list));
    else
        shell.Print(Sentence(folder, list));
    return kDone;
}

Result<int> RestoreNode(Shell& shell, const BackupOptions& options) {
    if (shell.options().data.empty())
        return Fail(Code::kInvalid, "restore needs the folder to restore into",
                    "--data EMPTY-FOLDER");
    const std::string folder = AbsolutePath(options.folder);
    const std::string data = TRY(DataFolder(shell));
    const auto list = TRY(RestoreBackup(folder, data));
    Json json = ToJson(folder, list);
    json["data"] = data;
    if (shell.wants_json())
        shell.PrintJson(json);
    else
        shell.Print(fmt::format(
            "restored {} products, {} rows, state {} of {} into {}\nhash {}: equal\n",
            list.products, list.rows, list.state_version, ToRfc3339(list.time), data, list.hash));
    shell.Hint("weft serve --data " + data);
    return kDone;
}

Result<int> ShowStateHash(Shell& shell) {
    const auto hashed = TRY(HashFolder(TRY(DataFolder(shell))));
    if (shell.wants_json())
        shell.PrintJson({{"hash", hashed.hash}, {"rows", hashed.rows}, {"files", hashed.files}});
    else
        shell.Print(hashed.hash + "\n");
    return kDone;
}

Result<int> ShowDiskUse(Shell& shell, const std::string& product) {
    const auto client = TRY(Client::Find(shell));
    const Json use =
        TRY(client->Get("/api/v1/disk" + (product.empty() ? "" : "?product=" + UrlPart(product))));
    if (shell.wants_json()) {
        shell.PrintJson(use);
        return kDone;
    }
    Table table;
    for (const char* name : {"product", "rows", "data", "on disk", "old", "rejected", "their data",
                             "in log", "uploads", "total"})
        table.columns.push_back({.name = name, .right = name != std::string_view("product")});
    for (const Json& one : use.value("products", Json::array())) table.rows.push_back(DiskRow(one));
    if (table.rows.empty())
        shell.Say("no products");
    else
        shell.PrintTable(table);
    if (const auto node = use.find("node"); node != use.end())
        shell.Print(fmt::format("node: state {}, log {}, spill {}, tables of no product {}\n",
                                Bytes(*node, "state_bytes"), Bytes(*node, "log_bytes"),
                                Bytes(*node, "spill_bytes"), Bytes(*node, "unowned_bytes")));
    if (const auto disk = use.find("disk"); disk != use.end())
        shell.Print(fmt::format("disk: {} free of {}{}\n", Bytes(*disk, "free_bytes"),
                                Bytes(*disk, "total_bytes"),
                                JsonBool(*disk, "read_only") ? ": read-only"
                                : JsonBool(*disk, "low")     ? ": nearly full"
                                                             : ""));
    return kDone;
}

}  // namespace weft::app
