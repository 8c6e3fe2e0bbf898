#include "app/run_watch.h"

#include <chrono>

#include "base/text.h"
#include "base/time.h"

namespace weft::app {
namespace {

constexpr uint32_t kAskSeconds = 30;  // One request waits this long at most; then the next one asks.

bool HasEnded(const Json& run) {
    const std::string state = JsonString(run, "state");
    return state == "succeeded" || state == "failed" || run.contains("ended");
}

}  // namespace

bool HasSucceeded(const Json& run) { return JsonString(run, "state") == "succeeded"; }

std::string DescribeRun(const Json& run) {
    std::string text = JsonString(run, "product") + ": run " + JsonString(run, "id") + " " + JsonString(run, "state");
    const std::string trigger = JsonString(run, "trigger");
    if (const size_t step = trigger.find("step "); trigger.starts_with("backfill ") && step != trigger.npos)
        text = trigger.substr(step) + ": " + text;
    if (!HasSucceeded(run)) {
        const std::string error = JsonString(run, "error");
        return error.empty() ? text : text + ": " + error;
    }
    const auto count = [&](std::string_view key) { return static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(run, key))); };
    text += ", " + HumanCount(count("rows_written")) + (count("rows_written") == 1 ? " row" : " rows");
    if (count("rows_rejected") > 0) text += ", " + HumanCount(count("rows_rejected")) + " rejected";
    return text + " in " + HumanDuration(JsonInt(run, "us"));
}

Result<std::vector<Json>> WaitForRuns(Shell& shell, Client& client, const std::vector<std::string>& runs) {
    const auto start = std::chrono::steady_clock::now();
    const uint32_t timeout = shell.options().timeout_s;
    std::vector<Json> records;
    for (const auto& id : runs) {
        Json run;
        do {
            const auto waited = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start);
            if (timeout > 0 && waited.count() >= timeout)
                return Fail(Code::kUnavailable, "run " + id + " has not ended after " + std::to_string(timeout) + " s",
                            "it goes on; look with: weft runs");
            const uint32_t left = timeout == 0 ? kAskSeconds : timeout - static_cast<uint32_t>(waited.count());
            const uint32_t ask = std::max(1u, std::min(kAskSeconds, left / 2 + 1));
            run = TRY(client.Get("/api/v1/runs/" + UrlPart(id) + "?wait=" + std::to_string(ask)));
        } while (!HasEnded(run));
        shell.Say((HasSucceeded(run) ? shell.PaintError(Tone::kGood, "ok") : shell.PaintError(Tone::kBad, "FAIL")) + " " +
                  DescribeRun(run));
        records.push_back(std::move(run));
    }
    return records;
}

}  // namespace weft::app
