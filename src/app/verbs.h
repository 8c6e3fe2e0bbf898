// What each verb does, one function each; cli.cc reads their options and calls them. The exit code is 0 unless the
// verb has an answer that is "no" (1). Families: cli_products.cc, cli_apply.cc, cli_runs.cc, cli_sql.cc, cli_events.cc, cli_access.cc,
// cli_node.cc, cli_ops.cc. THREAD: the main one only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/node.h"
#include "app/shell.h"
#include "base/result.h"

namespace weft::app {

struct InitOptions {
    std::string product;           // DOMAIN.PRODUCT
    std::string from;              // A data file.
    std::string folder;            // Empty: ./PRODUCT
    bool force = false;
    bool insecure = false;
};
struct FoldersOptions {
    std::vector<std::string> paths;
    std::string plan;              // Apply exactly this one.
    bool allow_breaking = false;
    bool wait = false;
    bool exit_code = false;        // plan: 1 when something would change.
};
struct RemoveOptions {
    std::string product;
    std::string data;              // "", "keep" or "delete".
    bool keep_data = false;
    bool delete_data = false;
};
struct ProductOptions {
    std::string product;           // May be empty where all are meant.
    bool wait = false;
    uint32_t limit = 0;
    bool full = false;             // run: everything, also of an incremental port.
    std::string from, to, step;    // run: a range, filled again step by step.
};
struct SqlOptions {
    std::string statement;         // Empty: interactive, or a script from standard input.
    std::string file;
    uint64_t rows = 200;           // Shown on a terminal at most; 0: all.
};
struct UserOptions {
    std::string name;
    std::string password_file;
    bool admin = false;
};
struct TeamOptions {
    std::string name;
    std::vector<std::string> add;
    std::vector<std::string> remove;
    std::string contact;
};
struct TokenOptions {
    std::string user;
    std::string label;
    std::string ttl;               // "30d", "12h"
    std::string id;
};
struct GrantOptions {
    std::string product;           // DOMAIN.PRODUCT[.PORT]; revoke: or an id.
    std::string action;            // "read" or "write"
    std::string name;              // --to, --from
    std::string until;
};
struct QueriesOptions {
    std::string cancel;
    std::string kill;
};
struct PushOptions {
    std::string product;           // DOMAIN.PRODUCT[.PORT]
    std::vector<std::string> files;
    std::string format;            // "jsonl", "json", "csv"; empty: by the file's name.
    bool no_key = false;
    bool no_wait = false;
};
struct FollowOptions {
    std::string product;           // DOMAIN.PRODUCT[.PORT]
    std::string since;             // A position, or "now".
    uint64_t limit = 0;
};
struct LettersOptions {
    std::string product;
    std::string position;                // show, edit: a position, or FILE:LINE
    std::vector<std::string> positions;  // "12", "15-20"
    bool all = false;
    std::string reason;                  // Whose reason contains it.
    std::string with;                    // edit: file of the new text; "-": standard input; empty: an editor.
    std::string input;                   // Push input, when there are several.
    uint64_t limit = 0;
};
struct UploadOptions {
    std::string product;
    std::string input;
    std::vector<std::string> files;
    bool wait = false;
    bool list = false;
    std::string remove;
};
struct ServeOptions {
    std::string config;
    std::string http, postgres;
    std::vector<std::string> allow_files;
    std::vector<std::string> hosts;
    std::string tls_certificate, tls_key;
    bool insecure_workers = false;
    std::string log_format, log_level;
    std::string log_file, log_bytes;
    uint32_t log_files = 0;
    std::string disk_warn, disk_stop;
};
struct BackupOptions {
    std::string folder;            // Where the backup is, or will be.
};
struct DoctorOptions {
    bool deep = false;             // Every file.
};

Result<int> Init(Shell& shell, const InitOptions& options);
Result<int> Validate(Shell& shell, const FoldersOptions& options);
Result<int> PlanFolders(Shell& shell, const FoldersOptions& options);
Result<int> Apply(Shell& shell, const FoldersOptions& options);
Result<int> Remove(Shell& shell, const RemoveOptions& options);
Result<int> Show(Shell& shell, const ProductOptions& options);
Result<int> ListProducts(Shell& shell);
Result<int> Search(Shell& shell, const std::vector<std::string>& words);
Result<int> Status(Shell& shell, const ProductOptions& options);

Result<int> StartRun(Shell& shell, const ProductOptions& options);
Result<int> ListRuns(Shell& shell, const ProductOptions& options);
Result<int> ShowLog(Shell& shell, const std::string& run_or_product);
Result<int> Sql(Shell& shell, const SqlOptions& options);
Result<int> Queries(Shell& shell, const QueriesOptions& options);
Result<int> ListHistory(Shell& shell, uint32_t limit);

Result<int> Push(Shell& shell, const PushOptions& options);
Result<int> FollowChanges(Shell& shell, const FollowOptions& options);

Result<int> ListLetters(Shell& shell, const LettersOptions& options);
Result<int> ShowLetter(Shell& shell, const LettersOptions& options);
Result<int> ReplayLetters(Shell& shell, const LettersOptions& options);
Result<int> EditLetter(Shell& shell, const LettersOptions& options);
Result<int> PurgeLetters(Shell& shell, const LettersOptions& options);
Result<int> UploadFiles(Shell& shell, const UploadOptions& options);

Result<int> WhoAmI(Shell& shell);
Result<int> AddUser(Shell& shell, const UserOptions& options);
Result<int> RemoveUser(Shell& shell, const UserOptions& options);
Result<int> SetPassword(Shell& shell, const UserOptions& options);
Result<int> ListUsers(Shell& shell);
Result<int> AddTeam(Shell& shell, const TeamOptions& options);
Result<int> ChangeTeam(Shell& shell, const TeamOptions& options);
Result<int> ListTeams(Shell& shell);
Result<int> CreateToken(Shell& shell, const TokenOptions& options);
Result<int> ListTokens(Shell& shell);
Result<int> RevokeToken(Shell& shell, const TokenOptions& options);
Result<int> AddGrant(Shell& shell, const GrantOptions& options);
Result<int> RevokeGrant(Shell& shell, const GrantOptions& options);
Result<int> ListGrants(Shell& shell, const std::string& product);
Result<int> ListAudit(Shell& shell, uint32_t limit);

Result<int> RunNode(Shell& shell, const ServeOptions& options);
Result<int> ResetToken(Shell& shell);
Result<int> CheckHealth(Shell& shell);
Result<int> Doctor(Shell& shell, const DoctorOptions& options);
Result<int> MakeBackup(Shell& shell, const BackupOptions& options);
Result<int> RestoreNode(Shell& shell, const BackupOptions& options);
Result<int> VerifyBackupFolder(Shell& shell, const BackupOptions& options);
Result<int> ShowBackup(Shell& shell, const BackupOptions& options);
Result<int> ShowStateHash(Shell& shell);
Result<int> ShowDiskUse(Shell& shell, const std::string& product);
Result<int> Explain(Shell& shell, const std::string& id);
Result<int> ShowVersion(Shell& shell);

}  // namespace weft::app
