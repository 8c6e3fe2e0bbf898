// weft validate, plan, apply: product folders of this machine against themselves and against a node.
#include <algorithm>
#include <chrono>
#include <set>

#include "app/client.h"
#include "app/exit_code.h"
#include "app/folders.h"
#include "app/plan_text.h"
#include "app/run_watch.h"
#include "app/verbs.h"
#include "base/text.h"
#include "base/time.h"

namespace weft::app {
namespace {

using Severity = Finding::Severity;

std::string Counted(size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string Show(const std::vector<Finding>& findings, const std::vector<LocalFolder>& folders) {
    std::string text;
    for (const auto& finding : findings) text += ShowFinding(finding, folders) + "\n";
    return text;
}

// The same said twice is said once.
void Add(std::vector<Finding>& findings, Finding finding) {
    for (const auto& known : findings)
        if (known.id == finding.id && known.file == finding.file && known.line == finding.line &&
            known.column == finding.column && known.message == finding.message)
            return;
    findings.push_back(std::move(finding));
}

std::vector<Finding> FindingsOf(const Json& answer) {
    std::vector<Finding> findings;
    const auto list = answer.find("findings");
    if (list == answer.end() || !list->is_array()) return findings;
    for (const auto& finding : *list) Add(findings, FindingOf(finding));
    return findings;
}

// An error whose findings are shown with excerpts before its own sentence.
std::unexpected<Error> Complain(Shell& shell, Error error, const std::vector<LocalFolder>& folders) {
    shell.Complain(Show(error.findings, folders));
    return std::unexpected(std::move(error));
}

Json BodyOf(const std::vector<LocalFolder>& folders, const FoldersOptions& options, const Client& client) {
    Json list = Json::array();
    for (const auto& local : folders) {
        Json files = Json::object();
        for (const auto& [name, text] : local.folder.files) files[name] = text;
        list.push_back({{"path", local.absolute}, {"files", std::move(files)}});
    }
    // The node heeds it for administrators only.
    return {{"folders", std::move(list)}, {"allow_breaking", options.allow_breaking}, {"allow_files", client.is_local()}};
}

// Both sides would say the same about the files; saying it here spares the way.
Result<> CheckLocally(Shell& shell, const std::vector<LocalFolder>& folders) {
    Error error;
    for (const auto& local : folders)
        for (auto& finding : model::ParseProduct(local.folder).findings)
            if (finding.severity == Severity::kError) Add(error.findings, std::move(finding));
    if (error.findings.empty()) return {};
    error.message = Counted(error.findings.size(), "problem") + " in the product files; nothing was applied";
    return Complain(shell, std::move(error), folders);
}

std::string PathsOf(const FoldersOptions& options) { return Join(options.paths, " "); }

int CodeOfPlan(const std::vector<Finding>& findings) {
    if (!model::HasErrors(findings)) return kDone;
    const int code = ExitCodeOf(Error{Code::kInvalid, "", findings, "", ""});
    return code == kBreakingRefused ? code : kAnswerIsNo;
}

Result<bool> IsAgreed(Shell& shell, Client& client, const std::vector<LocalFolder>& folders, FoldersOptions& options) {
    const auto plan = client.Send("POST", "/api/v1/plan", BodyOf(folders, options, client));
    if (!plan) return Complain(shell, plan.error(), folders);
    shell.Say(DescribePlan(shell, *plan, false));
    const auto findings = FindingsOf(*plan);
    shell.Complain(Show(findings, folders));
    if (model::HasErrors(findings)) {
        Error error{Code::kInvalid, "the plan has errors; nothing was applied", findings, {}, {}};
        return std::unexpected(std::move(error));
    }
    if (JsonInt(*plan, "add") + JsonInt(*plan, "change") == 0) return true;
    if (JsonBool(*plan, "breaking") && !options.allow_breaking) {
        if (!TRY(shell.Ask("This breaks readers. Apply it all the same?", "--allow-breaking"))) return false;
        options.allow_breaking = true;
    } else if (!TRY(shell.Ask("Apply this?", "--yes"))) {
        return false;
    }
    options.plan = JsonString(*plan, "id");
    return true;
}

// The products that did change, the roots that were allowed, and the ids of the first runs.
std::vector<std::string> TellApplied(Shell& shell, const Json& answer, int64_t us) {
    std::vector<std::string> runs;
    if (const auto plan = answer.find("plan"); plan != answer.end())
        if (const auto roots = plan->find("file_roots"); roots != plan->end())
            for (const auto& root : *roots)
                shell.Say("allowed: this node may now read files in " + CellOf(root).value_or(""));
    const auto products = answer.find("products");
    if (products == answer.end() || !products->is_array()) return runs;
    for (const auto& product : *products) {
        const std::string name = JsonString(product, "product") + " " + JsonString(product, "version");
        if (!shell.wants_json())
            shell.Print(JsonBool(product, "changed") ? "applied " + name + " in " + HumanDuration(us) + "\n"
                                                     : "unchanged " + name + "\n");
        if (const std::string run = JsonString(product, "run"); !run.empty()) runs.push_back(run);
        if (const std::string error = JsonString(product, "run_error"); !error.empty())
            shell.Complain("warning: its first run was not queued: " + error + "\n");
    }
    return runs;
}

// Products that this apply did not change and whose last run failed, or that never ran: somebody who waits wants
// them computed, and a second apply is how one tries again.
Result<std::vector<std::string>> RunAgain(Shell& shell, Client& client, const Json& answer) {
    std::set<std::string> unchanged;
    if (const auto products = answer.find("products"); products != answer.end())
        for (const auto& product : *products)
            if (!JsonBool(product, "changed")) unchanged.insert(JsonString(product, "product"));
    std::vector<std::string> runs;
    if (unchanged.empty()) return runs;
    const Json status = TRY(client.Get("/api/v1/status"));
    const auto products = status.find("products");
    if (products == status.end() || !products->is_array()) return runs;
    for (const auto& product : *products) {
        const std::string name = JsonString(product, "product");
        const auto last = product.find("last_run");
        const bool failed = last != product.end() && last->is_object() && JsonString(*last, "state") == "failed";
        if (!unchanged.contains(name) || !failed) continue;
        const auto started = client.Send("POST", "/api/v1/runs", {{"product", name}});
        if (!started) {
            shell.Complain("warning: " + name + " was not run again: " + started.error().message + "\n");
            continue;
        }
        shell.Say("its last run failed, so " + name + " runs again");
        runs.push_back(JsonString(*started, "run"));
    }
    return runs;
}

}  // namespace

Result<int> Validate(Shell& shell, const FoldersOptions& options) {
    const auto folders = TRY(ReadFolders(options.paths));
    std::vector<Finding> findings;
    size_t valid = 0;
    for (const auto& local : folders) {
        auto parsed = model::ParseProduct(local.folder);
        valid += parsed.product ? 1 : 0;
        for (auto& finding : parsed.findings) Add(findings, std::move(finding));
    }
    if (shell.wants_json()) {
        Json list = Json::array();
        for (const auto& finding : findings) list.push_back(JsonOf(finding));
        shell.PrintJson({{"valid", valid == folders.size()}, {"products", folders.size()}, {"findings", list}});
    } else {
        shell.Complain(Show(findings, folders));
        const auto errors = std::ranges::count(findings, Severity::kError, &Finding::severity);
        const size_t warnings = findings.size() - static_cast<size_t>(errors);
        shell.Print(Counted(folders.size(), "product") + ": " +
                    (errors == 0 ? shell.Paint(Tone::kGood, "valid")
                                 : shell.Paint(Tone::kBad, Counted(static_cast<size_t>(errors), "error"))) +
                    (warnings > 0 ? ", " + Counted(warnings, "warning") : "") + "\n");
    }
    if (valid != folders.size()) return kAnswerIsNo;
    shell.Hint("weft plan " + PathsOf(options));
    return kDone;
}

Result<int> PlanFolders(Shell& shell, const FoldersOptions& options) {
    const auto folders = TRY(ReadFolders(options.paths));
    const auto client = TRY(Client::Find(shell));
    CHECK_OK(CheckLocally(shell, folders));
    const auto plan = client->Send("POST", "/api/v1/plan", BodyOf(folders, options, *client));
    if (!plan) return Complain(shell, plan.error(), folders);
    const auto findings = FindingsOf(*plan);
    if (shell.wants_json()) {
        shell.PrintJson(*plan);
    } else {
        shell.Print(DescribePlan(shell, *plan, true));
        shell.Complain(Show(findings, folders));
    }
    if (const int code = CodeOfPlan(findings); code != kDone) return code;
    const bool changes = JsonInt(*plan, "add") + JsonInt(*plan, "change") > 0;
    if (changes) shell.Hint("weft apply " + PathsOf(options) + " --plan " + JsonString(*plan, "id"));
    return changes && options.exit_code ? kAnswerIsNo : kDone;
}

Result<int> Apply(Shell& shell, const FoldersOptions& given) {
    FoldersOptions options = given;
    const auto folders = TRY(ReadFolders(options.paths));
    const auto client = TRY(Client::Find(shell));
    CHECK_OK(CheckLocally(shell, folders));
    if (shell.input_is_terminal() && shell.output_is_terminal() && options.plan.empty()) {
        if (!TRY(IsAgreed(shell, *client, folders, options))) return Fail(Code::kInvalid, "nothing was applied");
    }
    Json body = BodyOf(folders, options, *client);
    if (!options.plan.empty()) body["plan"] = options.plan;
    const auto start = std::chrono::steady_clock::now();
    const auto applied = client->Send("POST", "/api/v1/apply", body);
    if (!applied) return Complain(shell, applied.error(), folders);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
    if (const auto plan = applied->find("plan"); plan != applied->end())
        shell.Complain(Show(FindingsOf(*plan), folders));
    auto runs = TellApplied(shell, *applied, took.count());
    if (options.wait) std::ranges::move(TRY(RunAgain(shell, *client, *applied)), std::back_inserter(runs));
    Json answer = *applied;
    bool failed = false;
    if (options.wait) {
        answer["runs"] = Json::array();
        for (const auto& run : TRY(WaitForRuns(shell, *client, runs))) {
            failed = failed || !HasSucceeded(run);
            answer["runs"].push_back(run);
        }
    }
    if (shell.wants_json()) shell.PrintJson(answer);
    if (failed) shell.Hint("weft logs RUN");
    else shell.Hint("weft status");
    return failed ? kAnswerIsNo : kDone;
}

}  // namespace weft::app
