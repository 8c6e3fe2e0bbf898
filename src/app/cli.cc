#include "app/cli.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

#include "app/completion.h"
#include "app/exit_code.h"
#include "app/verbs.h"
#include "app/version.h"
#include "base/text.h"

namespace weft::app {
namespace {

constexpr std::string_view kDaily = "Daily loop";
constexpr std::string_view kPeople = "People and access";
constexpr std::string_view kNode = "Node";
constexpr std::string_view kMeta = "About weft";

using Run = std::function<Result<int>(Shell&)>;

// Where options are stored while the line is read; lives as long as the tree that points into it.
struct Choices {
    GlobalOptions global;
    InitOptions init;
    FoldersOptions folders;
    RemoveOptions remove;
    ProductOptions product;
    std::vector<std::string> words;
    SqlOptions sql;
    UserOptions user;
    TeamOptions team;
    TokenOptions token;
    GrantOptions grant;
    QueriesOptions queries;
    PushOptions push;
    FollowOptions follow;
    LettersOptions letters;
    UploadOptions upload;
    ServeOptions serve;
    BackupOptions backup;
    DoctorOptions doctor;
    std::string topic;
    uint32_t limit = 0;
};

class Tree {
public:
    Tree() : app_("weft: data products that describe, compute and guard themselves", "weft") {
        Globals();
        Daily();
        Reading();
        Events();
        Letters();
        People();
        Tokens();
        Nodes();
        Operating();
        Meta();
        app_.require_subcommand(0, 1);
        app_.footer("Errors: `weft explain E1207`. Exit codes: `weft help exit-codes`. Try it all: `./x demo`.");
    }
    CLI::App& app() { return app_; }
    Choices& choices() { return choices_; }

    // The deepest verb of the line; null: none.
    const Run* Chosen() const {
        for (const auto& [verb, run] : runs_)
            if (verb->parsed()) return &run;
        return nullptr;
    }

private:
    CLI::App* Verb(CLI::App* parent, std::string_view group, const std::string& name, const std::string& meaning, Run run) {
        CLI::App* verb = parent->add_subcommand(name, meaning);
        verb->group(std::string(group));
        verb->fallthrough();
        if (run) runs_.emplace_back(verb, std::move(run));
        return verb;
    }
    CLI::App* Noun(std::string_view group, const std::string& name, const std::string& meaning) {
        CLI::App* noun = Verb(&app_, group, name, meaning, nullptr);
        noun->require_subcommand(1);
        return noun;
    }
    static void Paths(CLI::App* verb, FoldersOptions& folders) {
        verb->add_option("paths", folders.paths, "product folders, or trees of them")->type_name("PATH")->required();
    }

    void Globals();
    void Daily();
    void Reading();
    void Events();
    void Letters();
    void People();
    void Tokens();
    void Nodes();
    void Operating();
    void Meta();
    Result<int> Help(Shell& shell);

    CLI::App app_;
    Choices choices_;
    std::vector<std::pair<CLI::App*, Run>> runs_;
};

void Tree::Globals() {
    GlobalOptions& global = choices_.global;
    app_.add_option("--url", global.url, "the node, as http://127.0.0.1:8080 (WEFT_URL)");
    app_.add_option("--token-file", global.token_file, "file that holds the token (or WEFT_TOKEN)");
    app_.add_option("--data", global.data, "data folder of a node on this machine (WEFT_DATA)")->type_name("DIR");
    app_.add_option("-p,--profile", global.profile, "profile of ~/.config/weft/config.yaml (WEFT_PROFILE)");
    app_.add_option("-o,--output", global.output, "table, plain, csv, markdown, json or jsonl (WEFT_OUTPUT)");
    app_.add_flag("--json", global.json, "the same as -o json");
    app_.add_flag("-q,--quiet", global.quiet, "no progress, no hints");
    app_.add_flag("-v,--verbose", global.verbose, "more of it");
    app_.add_option("--color", global.color, "auto, always or never");
    app_.add_flag("--no-input", global.no_input, "never ask");
    app_.add_flag("-y,--yes", global.yes, "yes to every question");
    app_.add_option("--timeout", global.timeout_s, "seconds that a request or a wait may take");
    app_.add_option("-C", global.folder, "run as if started there")->type_name("DIR");
}

void Tree::Daily() {
    auto* verb = Verb(&app_, kDaily, "init", "draft a product from a data file",
                      [this](Shell& shell) { return Init(shell, choices_.init); });
    verb->add_option("product", choices_.init.product, "DOMAIN.PRODUCT")->required();
    verb->add_option("--from", choices_.init.from, "csv, tsv, jsonl or parquet; texts also .gz")->required()->type_name("FILE");
    verb->add_option("--folder", choices_.init.folder, "where to write; ./PRODUCT when absent")->type_name("DIR");
    verb->add_flag("--force", choices_.init.force, "write over a product.yaml");
    verb->add_flag("--insecure-workers", choices_.init.insecure, "read the file without a sandbox");

    verb = Verb(&app_, kDaily, "validate", "every problem of product folders at once; needs no node",
                [this](Shell& shell) { return Validate(shell, choices_.folders); });
    Paths(verb, choices_.folders);

    verb = Verb(&app_, kDaily, "plan", "what applying would do", [this](Shell& shell) { return PlanFolders(shell, choices_.folders); });
    Paths(verb, choices_.folders);
    verb->add_flag("--allow-breaking", choices_.folders.allow_breaking, "plan as if breaking readers was agreed");
    verb->add_flag("--exit-code", choices_.folders.exit_code, "exit 1 when something would change");

    verb = Verb(&app_, kDaily, "apply", "make it so, all or nothing", [this](Shell& shell) { return Apply(shell, choices_.folders); });
    Paths(verb, choices_.folders);
    verb->add_flag("--wait", choices_.folders.wait, "until first runs have ended; exit 1 if one failed");
    verb->add_flag("--allow-breaking", choices_.folders.allow_breaking, "agree to break readers of the old version");
    verb->add_option("--plan", choices_.folders.plan, "only if the plan is still this one")->type_name("pl_ID");

    verb = Verb(&app_, kDaily, "run", "compute a product now", [this](Shell& shell) { return StartRun(shell, choices_.product); });
    verb->add_option("product", choices_.product.product, "DOMAIN.PRODUCT")->required();
    verb->add_flag("--wait", choices_.product.wait, "until it has ended; exit 1 if it failed");
    verb->add_flag("--full", choices_.product.full, "everything anew, also of an incremental port");
    verb->add_option("--from", choices_.product.from, "fill a range again: from this value of the port's `by` column")->type_name("T");
    verb->add_option("--to", choices_.product.to, "up to this value, without it")->type_name("T");
    verb->add_option("--step", choices_.product.step, "so much in each run, as \"1 day\"; goes on where it was interrupted");

    verb = Verb(&app_, kDaily, "status", "health of products", [this](Shell& shell) { return Status(shell, choices_.product); });
    verb->add_option("product", choices_.product.product, "DOMAIN.PRODUCT");

    verb = Verb(&app_, kDaily, "runs", "runs, newest first", [this](Shell& shell) { return ListRuns(shell, choices_.product); });
    verb->add_option("product", choices_.product.product, "DOMAIN.PRODUCT");
    verb->add_option("--limit", choices_.product.limit, "at most so many");

    verb = Verb(&app_, kDaily, "logs", "log of a run, or of a product's last one",
                [this](Shell& shell) { return ShowLog(shell, choices_.topic); });
    verb->add_option("run", choices_.topic, "RUN or DOMAIN.PRODUCT")->required();

    verb = Verb(&app_, kDaily, "remove", "remove a product that nothing reads from",
                [this](Shell& shell) { return Remove(shell, choices_.remove); });
    verb->add_option("product", choices_.remove.product, "DOMAIN.PRODUCT")->required();
    verb->add_flag("--keep-data", choices_.remove.keep_data, "leave its tables' files (the default)");
    verb->add_flag("--delete-data", choices_.remove.delete_data, "delete them too; needs --yes without a terminal");
    verb->add_option("--data", choices_.remove.data, "keep or delete: the same");
}

void Tree::Reading() {
    auto* verb = Verb(&app_, kDaily, "sql", "run SQL; without a statement a conversation, or a script from standard input",
                      [this](Shell& shell) { return Sql(shell, choices_.sql); });
    verb->add_option("statement", choices_.sql.statement, "one statement, or several with `;`");
    verb->add_option("-f,--file", choices_.sql.file, "read them from a file")->type_name("FILE");
    verb->add_option("--rows", choices_.sql.rows, "rows shown on a terminal; 0: all");

    verb = Verb(&app_, kDaily, "search", "find products by words", [this](Shell& shell) { return Search(shell, choices_.words); });
    verb->add_option("words", choices_.words, "WORD")->required();

    verb = Verb(&app_, kDaily, "show", "one product: ports, columns, promises, access",
                [this](Shell& shell) { return Show(shell, choices_.product); });
    verb->add_option("product", choices_.product.product, "DOMAIN.PRODUCT")->required();

    Verb(&app_, kDaily, "products", "all products that you may know of", [](Shell& shell) { return ListProducts(shell); });

    verb = Verb(&app_, kDaily, "history", "statements that you ran", [this](Shell& shell) { return ListHistory(shell, choices_.limit); });
    verb->add_option("--limit", choices_.limit, "at most so many");
}

void Tree::Events() {
    PushOptions& push = choices_.push;
    auto* verb = Verb(&app_, kDaily, "push", "send records to a product; exit 1 if some were rejected",
                      [&push](Shell& shell) { return Push(shell, push); });
    verb->add_option("product", push.product, "DOMAIN.PRODUCT[.PORT]")->required();
    verb->add_option("files", push.files, "jsonl, ndjson, json or csv, also .gz and .zst; - is standard input")->required()->type_name("FILE");
    verb->add_option("--format", push.format, "jsonl, json (an array) or csv, when the name does not say it");
    verb->add_flag("--no-key", push.no_key, "store them again, also when this file was pushed before");
    verb->add_flag("--no-wait", push.no_wait, "until they are durable, and not until they are checked");

    FollowOptions& follow = choices_.follow;
    verb = Verb(&app_, kDaily, "follow", "print records of a product as they arrive, as JSON Lines",
                [&follow](Shell& shell) { return FollowChanges(shell, follow); });
    verb->add_option("product", follow.product, "DOMAIN.PRODUCT[.PORT]")->required();
    verb->add_option("--since", follow.since, "behind this _position, or `now`; from the beginning when absent")->type_name("POSITION");
    verb->add_option("--limit", follow.limit, "end after so many");
}

void Tree::Letters() {
    LettersOptions& letters = choices_.letters;
    auto* noun = Noun(kDaily, "rejected", "dead letters: list, show, replay, edit, purge");
    const auto add = [&](const std::string& name, const std::string& meaning,
                         Result<int> (*run)(Shell&, const LettersOptions&)) {
        auto* verb = Verb(noun, "", name, meaning,
                          [&letters, run](Shell& shell) { return run(shell, letters); });
        verb->add_option("product", letters.product, "DOMAIN.PRODUCT")->required();
        return verb;
    };
    auto* verb = add("list", "records that were refused, newest first", ListLetters);
    verb->add_option("--limit", letters.limit, "at most so many");
    verb->add_option("--reason", letters.reason, "only those whose reason contains this")
        ->type_name("TEXT");
    verb = add("show", "one of them, whole", ShowLetter);
    verb->add_option("position", letters.position, "POSITION, or FILE:LINE")->required();
    verb = add("replay", "put them in again, each once", ReplayLetters);
    verb->add_option("positions", letters.positions, "POSITION or range, as 12 15-20");
    verb->add_flag("--all", letters.all, "all that there are now");
    verb->add_option("--reason", letters.reason, "those whose reason contains this")
        ->type_name("TEXT");
    verb->add_option("--input", letters.input, "the push input, when there are several");
    verb = add("edit", "mend one in $EDITOR and put it in", EditLetter);
    verb->add_option("position", letters.position, "POSITION")->required();
    verb->add_option("--with", letters.with, "take the new text from there; - is standard input")
        ->type_name("FILE");
    verb->add_option("--input", letters.input, "the push input, when there are several");
    verb = add("purge", "delete them for good; needs --yes without a terminal", PurgeLetters);
    verb->add_option("positions", letters.positions, "POSITION or range, as 12 15-20");
    verb->add_flag("--all", letters.all, "all that there are now");

    UploadOptions& upload = choices_.upload;
    verb = Verb(&app_, kDaily, "upload", "send files to an input port; resumes what was cut",
                [&upload](Shell& shell) { return UploadFiles(shell, upload); });
    verb->add_option("product", upload.product, "DOMAIN.PRODUCT")->required();
    verb->add_option("input", upload.input, "the input port")->required();
    verb->add_option("files", upload.files,
                     "they keep their names; one of the same name is replaced")
        ->type_name("FILE");
    verb->add_flag("--wait", upload.wait, "until the run has ended; exit 1 if it failed");
    verb->add_flag("--list", upload.list, "what has been uploaded");
    verb->add_option("--remove", upload.remove, "delete an uploaded file")->type_name("NAME");
}

void Tree::People() {
    GrantOptions& grant = choices_.grant;
    Verb(&app_, kPeople, "whoami", "who the node takes you for", [](Shell& shell) { return WhoAmI(shell); });
    auto* verb = Verb(&app_, kPeople, "grant", "let somebody read a port",
                      [&grant](Shell& shell) { return AddGrant(shell, grant); });
    verb->add_option("port", grant.product, "DOMAIN.PRODUCT[.PORT]")->required();
    verb->add_option("action", grant.action, "read or write")->required();
    verb->add_option("--to", grant.name, "USER, team:NAME, product:DOMAIN.PRODUCT or everyone")->required();
    verb->add_option("--until", grant.until, "day (2027-12-31) or time in RFC 3339");

    verb = Verb(&app_, kPeople, "revoke", "take a grant back", [&grant](Shell& shell) { return RevokeGrant(shell, grant); });
    verb->add_option("grant", grant.product, "grant ID, or DOMAIN.PRODUCT[.PORT] with --from")->required();
    verb->add_option("--from,--to", grant.name, "whose grants on the product");

    verb = Verb(&app_, kPeople, "grants", "who may read what", [this](Shell& shell) { return ListGrants(shell, choices_.topic); });
    verb->add_option("product", choices_.topic, "DOMAIN.PRODUCT");

    UserOptions& user = choices_.user;
    auto* noun = Noun(kPeople, "user", "add, remove, password");
    verb = Verb(noun, "", "add", "add a user", [&user](Shell& shell) { return AddUser(shell, user); });
    verb->add_option("name", user.name, "NAME")->required();
    verb->add_option("--password-file", user.password_file, "file that holds the password; - is standard input")->type_name("FILE");
    verb->add_flag("--admin", user.admin, "an administrator");
    verb = Verb(noun, "", "remove", "remove a user with tokens and grants", [&user](Shell& shell) { return RemoveUser(shell, user); });
    verb->add_option("name", user.name, "NAME")->required();
    verb = Verb(noun, "", "password", "set a password", [&user](Shell& shell) { return SetPassword(shell, user); });
    verb->add_option("name", user.name, "NAME")->required();
    verb->add_option("--password-file", user.password_file, "file that holds it; - is standard input")->type_name("FILE");
    Verb(noun, "", "list", "all users that you may know of", [](Shell& shell) { return ListUsers(shell); });
    Verb(&app_, kPeople, "users", "all users that you may know of", [](Shell& shell) { return ListUsers(shell); });

    TeamOptions& team = choices_.team;
    noun = Noun(kPeople, "team", "add, change, list");
    verb = Verb(noun, "", "add", "add a team; one that exists gets the members", [&team](Shell& shell) { return AddTeam(shell, team); });
    verb->add_option("name", team.name, "NAME")->required();
    verb->add_option("--member", team.add, "USER; may be repeated");
    verb->add_option("--contact", team.contact, "how to reach it");
    verb = Verb(noun, "", "change", "change a team's members", [&team](Shell& shell) { return ChangeTeam(shell, team); });
    verb->add_option("name", team.name, "NAME")->required();
    verb->add_option("--add", team.add, "USER; may be repeated");
    verb->add_option("--remove", team.remove, "USER; may be repeated");
    verb->add_option("--contact", team.contact, "how to reach it");
    Verb(noun, "", "list", "all teams", [](Shell& shell) { return ListTeams(shell); });
    Verb(&app_, kPeople, "teams", "all teams", [](Shell& shell) { return ListTeams(shell); });
}

void Tree::Tokens() {
    TokenOptions& token = choices_.token;
    auto* noun = Noun(kPeople, "token", "create, list, revoke");
    auto* verb = Verb(noun, "", "create", "make a token and print it, this once",
                      [&token](Shell& shell) { return CreateToken(shell, token); });
    verb->add_option("--for", token.user, "USER; yourself when absent");
    verb->add_option("--ttl", token.ttl, "time to live, as 30d or 12h; for good when absent");
    verb->add_option("--label", token.label, "what it is for");
    Verb(noun, "", "list", "tokens: yours, or all for administrators", [](Shell& shell) { return ListTokens(shell); });
    verb = Verb(noun, "", "revoke", "revoke a token; its sessions end", [&token](Shell& shell) { return RevokeToken(shell, token); });
    verb->add_option("id", token.id, "ID")->required();

    verb = Verb(&app_, kPeople, "audit", "changes of the node's state", [this](Shell& shell) { return ListAudit(shell, choices_.limit); });
    verb->add_option("--limit", choices_.limit, "at most so many");
}

void Tree::Nodes() {
    ServeOptions& serve = choices_.serve;
    auto* verb = Verb(&app_, kNode, "serve", "run a node in the foreground", [&serve](Shell& shell) { return RunNode(shell, serve); });
    verb->add_option("--config", serve.config, "configuration file; flags win over it")->type_name("FILE");
    verb->add_option("--http", serve.http, "HOST:PORT, port 0 is any free one, `none` is none");
    verb->add_option("--postgres", serve.postgres, "HOST:PORT");
    verb->add_option("--allow-files", serve.allow_files, "folder whose files products may read; may be repeated")->type_name("DIR");
    verb->add_option("--host", serve.hosts, "name by which clients may call the node, beside localhost");
    verb->add_option("--tls-certificate", serve.tls_certificate, "PEM; needed beyond loopback")->type_name("FILE");
    verb->add_option("--tls-key", serve.tls_key, "PEM")->type_name("FILE");
    verb->add_flag("--insecure-workers", serve.insecure_workers, "run even where the kernel has no sandbox");
    verb->add_option("--log-format", serve.log_format, "text or json");
    verb->add_option("--log-level", serve.log_level, "debug, info, warn or error");
    verb->add_option("--log-file", serve.log_file, "write the log there instead of to stderr; opened anew at SIGHUP")->type_name("FILE");
    verb->add_option("--log-bytes", serve.log_bytes, "begin a new file at this size, as 64M");
    verb->add_option("--log-files", serve.log_files, "keep so many of them");
    verb->add_option("--disk-warn", serve.disk_warn, "say so below this free space, as 10% or 5G");
    verb->add_option("--disk-stop", serve.disk_stop, "take in nothing more below this free space, as 1G");

    QueriesOptions& queries = choices_.queries;
    verb = Verb(&app_, kNode, "queries", "statements that run now", [&queries](Shell& shell) { return Queries(shell, queries); });
    verb->add_option("--cancel", queries.cancel, "end the statement of this SESSION");
    verb->add_option("--kill", queries.kill, "end its worker at once");

    auto* noun = Noun(kNode, "admin", "reset-token");
    Verb(noun, "", "reset-token", "a new administrator's token, on the machine of the stopped node (--data)",
         [](Shell& shell) { return ResetToken(shell); });
    Verb(&app_, kNode, "healthcheck", "exit 0 when the node is ready, else 1", [](Shell& shell) { return CheckHealth(shell); });
    verb = Verb(&app_, kNode, "doctor", "look for what keeps weft from working; with --data also in the folder of a stopped node",
                [this](Shell& shell) { return Doctor(shell, choices_.doctor); });
    verb->add_flag("--deep", choices_.doctor.deep, "look at every file of every table and at every byte of the log");
}

void Tree::Operating() {
    BackupOptions& backup = choices_.backup;
    auto* noun = Noun(kNode, "backup", "create, verify, show, restore");
    auto* verb = Verb(noun, "", "create", "back a node up into a folder of its machine, while it works (or is stopped: --data)",
                      [&backup](Shell& shell) { return MakeBackup(shell, backup); });
    verb->add_option("folder", backup.folder, "new, empty, or of an earlier backup: then only what is new is copied")->required()->type_name("DIR");
    verb = Verb(noun, "", "verify", "read every byte of a backup", [&backup](Shell& shell) { return VerifyBackupFolder(shell, backup); });
    verb->add_option("folder", backup.folder, "the backup")->required()->type_name("DIR");
    verb = Verb(noun, "", "show", "what a backup holds", [&backup](Shell& shell) { return ShowBackup(shell, backup); });
    verb->add_option("folder", backup.folder, "the backup")->required()->type_name("DIR");
    verb = Verb(noun, "", "restore", "make the empty folder --data a node's data folder from a backup",
                [&backup](Shell& shell) { return RestoreNode(shell, backup); });
    verb->add_option("folder", backup.folder, "the backup")->required()->type_name("DIR");

    noun = Noun(kNode, "state", "hash");
    Verb(noun, "", "hash", "one hash over state and tables of a stopped node (--data): equal ones hold the same",
         [](Shell& shell) { return ShowStateHash(shell); });

    verb = Verb(&app_, kNode, "du", "what takes the disk, by product", [this](Shell& shell) { return ShowDiskUse(shell, choices_.topic); });
    verb->add_option("product", choices_.topic, "DOMAIN or DOMAIN.PRODUCT");
}

// The tree as data, for agents and for completion.
Json Describe(const CLI::App& app) {
    Json json{{"name", app.get_name()}, {"about", app.get_description()}};
    json["options"] = Json::array();
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_name() == "--help") continue;
        Json one{{"name", option->get_name(!option->get_positional(), true)}, {"about", option->get_description()}};
        one["required"] = option->get_required();
        one["takes_value"] = option->get_type_size() != 0;
        one["positional"] = option->get_positional();
        json["options"].push_back(std::move(one));
    }
    json["verbs"] = Json::array();
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
        json["verbs"].push_back(Describe(*verb));
    return json;
}

Result<int> Tree::Help(Shell& shell) {
    if (choices_.topic == "exit-codes") {
        for (const auto& meaning : ExitMeanings()) shell.Print(fmt::format("{:>4}  {}\n", meaning.code, meaning.meaning));
        return kDone;
    }
    if (shell.wants_json()) {
        shell.PrintJson(Describe(app_));
        return kDone;
    }
    CLI::App* verb = choices_.topic.empty() ? &app_ : nullptr;
    for (CLI::App* known : app_.get_subcommands([](const CLI::App*) { return true; }))
        if (known->get_name() == choices_.topic) verb = known;
    if (!verb) return Fail(Code::kNotFound, "there is no help about `" + choices_.topic + "`", "a verb, or exit-codes");
    shell.Print(verb->help());
    return kDone;
}

void Tree::Meta() {
    auto* verb = Verb(&app_, kMeta, "help", "help about a verb, or exit-codes; with --json the whole tree",
                      [this](Shell& shell) { return Help(shell); });
    verb->add_option("topic", choices_.topic, "VERB or exit-codes");
    verb = Verb(&app_, kMeta, "explain", "what an error means", [this](Shell& shell) { return Explain(shell, choices_.topic); });
    verb->add_option("id", choices_.topic, "as E1207")->required();
    verb = Verb(&app_, kMeta, "completion", "script for a shell: bash, zsh or fish", [this](Shell& shell) -> Result<int> {
        shell.Print(TRY(CompletionScript(choices_.topic, Describe(app_))));
        return kDone;
    });
    verb->add_option("shell", choices_.topic, "bash, zsh or fish")->required();
    Verb(&app_, kMeta, "version", "the version", [](Shell& shell) { return ShowVersion(shell); });
    app_.set_version_flag("--version", "weft " + std::string(kVersion));
}

// CLI11's own words, in our form; a verb that does not exist gets the nearest one.
Error UsageError(const CLI::App& app, const CLI::ParseError& error, std::span<char*> words) {
    std::vector<std::string> verbs;
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) verbs.push_back(verb->get_name());
    for (const char* word : words) {
        const std::string_view text(word);
        if (text.starts_with('-')) break;
        if (std::ranges::find(verbs, text) != verbs.end()) break;
        const auto nearest = NearestName(text, verbs);
        return {Code::kInvalid, "there is no verb `" + std::string(text) + "`", {}, {},
                nearest ? "did you mean `weft " + *nearest + "`?" : "`weft --help` lists them"};
    }
    std::string hint = "weft";
    for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
        at = at->get_subcommands().front();
        hint += " " + at->get_name();
    }
    return {Code::kInvalid, error.what(), {}, {}, hint + " --help"};
}

int Finish(Shell& shell, Result<int> done) {
    if (!done) {
        shell.Report(done.error());
        return ExitCodeOf(done.error());
    }
    if (!shell.Flush() && *done == kDone) {
        shell.Report({Code::kUnavailable, "standard output cannot be written", {}, {}, {}});
        return kCouldNotRun;
    }
    return *done;
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
    Tree tree;
    CLI::App& app = tree.app();
    const std::span<char*> words(argv + 1, static_cast<size_t>(std::max(0, argc - 1)));
    // CLI11 tells of help and of mistakes by exceptions; they end here.
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        Shell shell(tree.choices().global);
        (void)shell.Settle();
        return Finish(shell, std::unexpected(UsageError(app, error, words)));
    }
    const Run* run = tree.Chosen();
    if (!run) {
        std::fputs(app.help().c_str(), stdout);
        return kDone;
    }
    std::signal(SIGPIPE, SIG_IGN);
    Shell shell(tree.choices().global);
    if (const auto settled = shell.Settle(); !settled) return Finish(shell, std::unexpected(settled.error()));
    const std::string& folder = tree.choices().global.folder;
    if (!folder.empty() && chdir(folder.c_str()) != 0)
        return Finish(shell, Fail(Code::kInvalid, "cannot go to the folder " + folder));
    return Finish(shell, (*run)(shell));
}

}  // namespace weft::app
