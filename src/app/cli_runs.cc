// weft run, runs, logs, queries, history.
#include <algorithm>

#include "app/client.h"
#include "app/exit_code.h"
#include "app/run_watch.h"
#include "app/verbs.h"
#include "base/text.h"

namespace weft::app {
namespace {

bool IsNumber(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The id itself, or the newest run of a product.
Result<std::string> RunOf(Client& client, const std::string& run_or_product) {
    if (IsNumber(run_or_product)) return run_or_product;
    const Json answer = TRY(client.Get("/api/v1/runs?limit=1&product=" + UrlPart(run_or_product)));
    const auto runs = answer.find("runs");
    if (runs == answer.end() || !runs->is_array() || runs->empty())
        return Fail(Code::kNotFound, run_or_product + " has not run yet", "start one: weft run " + run_or_product);
    return JsonString((*runs)[0], "id");
}

}  // namespace

Result<int> StartRun(Shell& shell, const ProductOptions& options) {
    const auto client = TRY(Client::Find(shell));
    Json order{{"product", options.product}};
    if (options.full) order["full"] = true;
    for (const auto& [key, value] : {std::pair{"from", &options.from}, {"to", &options.to}, {"step", &options.step}})
        if (!value->empty()) order[key] = *value;
    const Json started = TRY(client->Send("POST", "/api/v1/runs", order));
    std::vector<std::string> ids;
    if (const auto runs = started.find("runs"); runs != started.end() && runs->is_array())
        for (const auto& run : *runs) ids.push_back(run.is_string() ? run.get<std::string>() : std::string());
    if (ids.empty()) ids.push_back(JsonString(started, "run"));
    const std::string name = "run " + ids[0] + " of " + options.product;
    const std::string steps = ids.size() == 1 ? "" : " and " + std::to_string(ids.size() - 1) + " more steps";
    if (!options.wait) {
        if (shell.wants_json()) shell.PrintJson(started);
        else shell.Print(name + steps + "\n");
        shell.Hint("weft logs " + ids[0]);
        return kDone;
    }
    const auto runs = TRY(WaitForRuns(shell, *client, ids));
    const auto failed = std::ranges::find_if_not(runs, HasSucceeded);
    const Json& shown = failed == runs.end() ? runs[0] : *failed;
    if (shell.wants_json()) shell.PrintJson(ids.size() == 1 ? runs[0] : Json{{"runs", runs}});
    else shell.Print(name + steps + ": " + JsonString(shown, "state") + "\n");
    if (failed == runs.end()) return kDone;
    shell.Hint("weft logs " + JsonString(shown, "id"));
    return kAnswerIsNo;
}

Result<int> ListRuns(Shell& shell, const ProductOptions& options) {
    static constexpr ListField kFields[] = {
        {"run", "id"}, {"product", "product"}, {"version", "version"}, {"state", "state"}, {"trigger", "trigger"},
        {"started", "started"}, {"rows", "rows_written", true}, {"rejected", "rows_rejected", true}, {"error", "error"}};
    const auto client = TRY(Client::Find(shell));
    std::string path = "/api/v1/runs?limit=" + std::to_string(options.limit == 0 ? 50 : options.limit);
    if (!options.product.empty()) path += "&product=" + UrlPart(options.product);
    shell.PrintList(TRY(client->Get(path)), "runs", kFields, "nothing has run yet");
    return kDone;
}

Result<int> ShowLog(Shell& shell, const std::string& run_or_product) {
    const auto client = TRY(Client::Find(shell));
    const std::string id = TRY(RunOf(*client, run_or_product));
    const Json answer = TRY(client->Get("/api/v1/runs/" + UrlPart(id) + "/log"));
    const auto lines = answer.find("lines");
    if (shell.output() == Output::kJson) {
        shell.PrintJson(answer);
    } else if (lines != answer.end() && lines->is_array()) {
        for (const auto& line : *lines) {
            if (shell.output() == Output::kJsonl) {
                shell.PrintJson(line);
                continue;
            }
            const std::string level = JsonString(line, "level");
            const Tone tone = level == "error" ? Tone::kBad : level.starts_with("warn") ? Tone::kNote : Tone::kPlain;
            shell.Print(JsonString(line, "time") + " " + shell.Paint(tone, level) + " " +
                        Printable(JsonString(line, "message")) + "\n");
        }
    }
    return kDone;
}

Result<int> Queries(Shell& shell, const QueriesOptions& options) {
    const auto client = TRY(Client::Find(shell));
    const bool kill = !options.kill.empty();
    if (kill || !options.cancel.empty()) {
        const std::string id = kill ? options.kill : options.cancel;
        const std::string path = "/api/v1/queries/" + UrlPart(id) + (kill ? "?kill" : "");
        const Json answer = TRY(client->Send("DELETE", path, Json()));
        if (shell.wants_json()) shell.PrintJson(answer);
        else shell.Print((kill ? "killed " : "canceled ") + id + "\n");
        return kDone;
    }
    static constexpr ListField kFields[] = {{"session", "session", true}, {"principal", "principal"}, {"path", "path"},
                                            {"client", "client"}, {"state", "state"}, {"since", "since"},
                                            {"worker", "worker_pid", true}, {"sql", "sql"}};
    shell.PrintList(TRY(client->Get("/api/v1/queries")), "queries", kFields, "no statement is running");
    return kDone;
}

Result<int> ListHistory(Shell& shell, uint32_t limit) {
    static constexpr ListField kFields[] = {{"time", "time"}, {"path", "path"}, {"rows", "rows", true},
                                            {"us", "us", true}, {"sqlstate", "sqlstate"}, {"sql", "sql"}};
    const auto client = TRY(Client::Find(shell));
    const std::string path = "/api/v1/history?limit=" + std::to_string(limit == 0 ? 50 : limit);
    shell.PrintList(TRY(client->Get(path)), "queries", kFields, "you have run no statement yet");
    return kDone;
}

}  // namespace weft::app
