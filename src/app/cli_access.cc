// weft whoami, user, users, team, teams, token, grant, revoke, grants, audit.
#include <charconv>
#include <iostream>
#include <termios.h>
#include <unistd.h>

#include "app/client.h"
#include "app/exit_code.h"
#include "app/verbs.h"
#include "base/text.h"
#include "io/files.h"

namespace weft::app {
namespace {

constexpr uint64_t kPasswordFileBytesMax = 4'096;

// Typed twice, without an echo.
Result<std::string> TypedPassword() {
    termios before{};
    tcgetattr(STDIN_FILENO, &before);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::string once, again;
    std::cerr << "Password: ";
    std::getline(std::cin, once);
    std::cerr << "\nAgain: ";
    std::getline(std::cin, again);
    std::cerr << "\n";
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    if (once != again) return Fail(Code::kInvalid, "the two are not the same");
    return once;
}

// From a file ("-": standard input), or typed; never a flag's value, which every process can read.
Result<std::string> PasswordOf(Shell& shell, const std::string& file) {
    if (file.empty()) {
        if (!shell.input_is_terminal())
            return Fail(Code::kInvalid, "nobody is here to type a password", "name a file with --password-file FILE");
        return TypedPassword();
    }
    std::string text = TRY(file == "-" ? io::ReadAll(STDIN_FILENO, kPasswordFileBytesMax)
                                       : io::ReadFile(file, kPasswordFileBytesMax));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return text;
}

// "30d", "12h", "90m", "3600s", "3600" -> seconds.
Result<int64_t> SecondsOf(std::string_view text) {
    int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
    const int64_t each = unit == "d" ? 86'400 : unit == "h" ? 3'600 : unit == "m" ? 60 : unit == "s" || unit.empty() ? 1 : 0;
    if (error != std::errc() || each == 0 || count <= 0 || count > 100ll * 366 * 86'400 / each)
        return Fail(Code::kInvalid, "`" + std::string(text) + "` is not a time to live", "as 30d, 12h or 90m");
    return count * each;
}

struct PortOf {
    std::string product, port;
};
// "sales.orders" or "sales.orders.items"; without a port all of them are meant.
Result<PortOf> ParsePort(const std::string& text) {
    const auto parts = Split(text, '.');
    if (parts.size() == 2) return PortOf{text, "*"};
    if (parts.size() == 3) return PortOf{parts[0] + "." + parts[1], parts[2]};
    return Fail(Code::kInvalid, "`" + text + "` is not a port", "write DOMAIN.PRODUCT or DOMAIN.PRODUCT.PORT");
}

void PrintDone(Shell& shell, const Json& answer, const std::string& sentence) {
    if (shell.wants_json()) shell.PrintJson(answer);
    else shell.Print(sentence + "\n");
    if (const std::string note = JsonString(answer, "note"); !note.empty()) shell.Say("note: " + note);
}

bool IsNumber(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The ids of all grants on the product (and port) to one subject.
Result<std::vector<std::string>> GrantsTo(Client& client, const GrantOptions& options) {
    if (options.name.empty())
        return Fail(Code::kInvalid, "from whom?", "weft revoke " + options.product + " --from NAME, or weft revoke ID");
    const PortOf port = TRY(ParsePort(options.product));
    const Json answer = TRY(client.Get("/api/v1/grants?product=" + UrlPart(port.product)));
    std::vector<std::string> ids;
    const auto list = answer.find("grants");
    if (list != answer.end() && list->is_array())
        for (const auto& grant : *list) {
            const std::string to = JsonString(grant, "to");
            const bool same = to == options.name || to == "user:" + options.name;
            if (same && (port.port == "*" || JsonString(grant, "port") == port.port)) ids.push_back(JsonString(grant, "id"));
        }
    if (ids.empty())
        return Fail(Code::kNotFound, options.name + " has no grant on " + options.product,
                    "weft grants " + port.product + " lists them");
    return ids;
}

}  // namespace

Result<int> WhoAmI(Shell& shell) {
    const auto client = TRY(Client::Find(shell));
    const Json who = TRY(client->Get("/api/v1/whoami"));
    if (shell.wants_json()) {
        shell.PrintJson(who);
        return kDone;
    }
    const std::string teams = who.contains("teams") ? CellOf(who["teams"]).value_or("") : "";
    shell.Print(JsonString(who, "name") + (JsonBool(who, "admin") ? " (administrator)" : "") +
                (teams.empty() ? "" : ", in " + teams) + " at " + client->url() + "\n");
    return kDone;
}

Result<int> AddUser(Shell& shell, const UserOptions& options) {
    const auto client = TRY(Client::Find(shell));
    Json body{{"name", options.name}, {"admin", options.admin}};
    if (!options.password_file.empty() || shell.input_is_terminal())
        body["password"] = TRY(PasswordOf(shell, options.password_file));
    PrintDone(shell, TRY(client->Send("POST", "/api/v1/users", body)), "added user " + options.name);
    shell.Hint("weft token create --for " + options.name);
    return kDone;
}

Result<int> RemoveUser(Shell& shell, const UserOptions& options) {
    const auto client = TRY(Client::Find(shell));
    if (shell.input_is_terminal() && !TRY(shell.Ask("Remove " + options.name + " with all tokens and grants?", "--yes")))
        return Fail(Code::kInvalid, "nothing was removed");
    PrintDone(shell, TRY(client->Send("DELETE", "/api/v1/users/" + UrlPart(options.name), Json())),
              "removed user " + options.name);
    return kDone;
}

Result<int> SetPassword(Shell& shell, const UserOptions& options) {
    const auto client = TRY(Client::Find(shell));
    const Json body{{"password", TRY(PasswordOf(shell, options.password_file))}};
    PrintDone(shell, TRY(client->Send("PUT", "/api/v1/users/" + UrlPart(options.name) + "/password", body)),
              "the password of " + options.name + " is set");
    return kDone;
}

Result<int> ListUsers(Shell& shell) {
    static constexpr ListField kFields[] = {{"name", "name"}, {"admin", "admin"}, {"teams", "teams"},
                                            {"password", "password"}, {"created", "created"}};
    const auto client = TRY(Client::Find(shell));
    shell.PrintList(TRY(client->Get("/api/v1/users")), "users", kFields, "there are no users");
    return kDone;
}

Result<int> AddTeam(Shell& shell, const TeamOptions& options) {
    const auto client = TRY(Client::Find(shell));
    Json body{{"name", options.name}, {"members", options.add}};
    if (!options.contact.empty()) body["contact"] = options.contact;
    auto added = client->Send("POST", "/api/v1/teams", body);
    // A team that is there, perhaps from the first apply of its product, gets the members.
    if (!added && added.error().code == Code::kExists && !options.add.empty()) {
        shell.Say("team " + options.name + " exists; its new members join");
        return ChangeTeam(shell, options);
    }
    PrintDone(shell, TRY(std::move(added)), "added team " + options.name);
    return kDone;
}

Result<int> ChangeTeam(Shell& shell, const TeamOptions& options) {
    const auto client = TRY(Client::Find(shell));
    Json body{{"add", options.add}, {"remove", options.remove}};
    if (!options.contact.empty()) body["contact"] = options.contact;
    const Json team = TRY(client->Send("PATCH", "/api/v1/teams/" + UrlPart(options.name), body));
    PrintDone(shell, team, "team " + options.name + ": " +
                               (team.contains("members") ? CellOf(team["members"]).value_or("") : ""));
    return kDone;
}

Result<int> ListTeams(Shell& shell) {
    static constexpr ListField kFields[] = {{"name", "name"}, {"contact", "contact"}, {"members", "members"}};
    const auto client = TRY(Client::Find(shell));
    shell.PrintList(TRY(client->Get("/api/v1/teams")), "teams", kFields, "there are no teams");
    return kDone;
}

Result<int> CreateToken(Shell& shell, const TokenOptions& options) {
    const auto client = TRY(Client::Find(shell));
    Json body = Json::object();
    if (!options.user.empty()) body["user"] = options.user;
    if (!options.label.empty()) body["label"] = options.label;
    if (!options.ttl.empty()) body["ttl_seconds"] = TRY(SecondsOf(options.ttl));
    const Json made = TRY(client->Send("POST", "/api/v1/tokens", body));
    if (shell.wants_json()) shell.PrintJson(made);
    else shell.Print(JsonString(made, "token") + "\n");
    if (shell.output_is_terminal()) shell.Say("It is shown this once. Use it as WEFT_TOKEN or as PostgreSQL password.");
    return kDone;
}

Result<int> ListTokens(Shell& shell) {
    static constexpr ListField kFields[] = {{"id", "id"}, {"user", "user"}, {"label", "label"}, {"created", "created"},
                                            {"expires", "expires"}};
    const auto client = TRY(Client::Find(shell));
    shell.PrintList(TRY(client->Get("/api/v1/tokens")), "tokens", kFields, "there are no tokens");
    return kDone;
}

Result<int> RevokeToken(Shell& shell, const TokenOptions& options) {
    const auto client = TRY(Client::Find(shell));
    PrintDone(shell, TRY(client->Send("DELETE", "/api/v1/tokens/" + UrlPart(options.id), Json())),
              "revoked token " + options.id);
    return kDone;
}

Result<int> AddGrant(Shell& shell, const GrantOptions& options) {
    if (options.action != "read" && options.action != "write")
        return Fail(Code::kInvalid, "`" + options.action + "` cannot be granted", "read, or write (pushing records)");
    const PortOf port = TRY(ParsePort(options.product));
    const auto client = TRY(Client::Find(shell));
    Json body{{"product", port.product}, {"port", port.port}, {"access", options.action}, {"to", options.name}};
    if (!options.until.empty()) body["until"] = options.until;
    const Json grant = TRY(client->Send("POST", "/api/v1/grants", body));
    PrintDone(shell, grant, options.name + " may " + (options.action == "read" ? "read " : "write to ") + options.product +
                                (options.until.empty() ? "" : " until " + options.until) + " (grant " +
                                JsonString(grant, "id") + ")");
    return kDone;
}

Result<int> RevokeGrant(Shell& shell, const GrantOptions& options) {
    const auto client = TRY(Client::Find(shell));
    std::vector<std::string> ids{options.product};
    if (!IsNumber(options.product)) ids = TRY(GrantsTo(*client, options));
    for (const auto& id : ids)
        PrintDone(shell, TRY(client->Send("DELETE", "/api/v1/grants/" + UrlPart(id), Json())), "revoked grant " + id);
    return kDone;
}

Result<int> ListGrants(Shell& shell, const std::string& product) {
    static constexpr ListField kFields[] = {{"id", "id"}, {"product", "product"}, {"port", "port"}, {"access", "access"}, {"to", "to"},
                                            {"declared", "declared"}, {"given_by", "given_by"}, {"until", "until"}};
    const auto client = TRY(Client::Find(shell));
    const std::string query = product.empty() ? "" : "?product=" + UrlPart(product);
    shell.PrintList(TRY(client->Get("/api/v1/grants" + query)), "grants", kFields, "there are no grants");
    return kDone;
}

Result<int> ListAudit(Shell& shell, uint32_t limit) {
    static constexpr ListField kFields[] = {{"sequence", "sequence", true}, {"time", "time"}, {"actor", "actor"},
                                            {"command", "command"}, {"detail", "detail"}};
    const auto client = TRY(Client::Find(shell));
    const std::string path = "/api/v1/audit?limit=" + std::to_string(limit == 0 ? 100 : limit);
    shell.PrintList(TRY(client->Get(path)), "entries", kFields, "nothing was changed yet");
    return kDone;
}

}  // namespace weft::app
