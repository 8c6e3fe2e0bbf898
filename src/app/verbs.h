// What each verb does, one function each; cli.cc reads their options and calls them. The exit code is 0 unless the
// verb has an answer that is "no" (1). Families: cli_products.cc, cli_apply.cc, cli_runs.cc, cli_sql.cc, cli_access.cc,
// cli_node.cc. THREAD: the main one only.
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
struct ServeOptions {
    std::string config;
    std::string http, postgres;
    std::vector<std::string> allow_files;
    std::vector<std::string> hosts;
    std::string tls_certificate, tls_key;
    bool insecure_workers = false;
    std::string log_format, log_level;
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
Result<int> Doctor(Shell& shell);
Result<int> Explain(Shell& shell, const std::string& id);
Result<int> ShowVersion(Shell& shell);

}  // namespace weft::app
