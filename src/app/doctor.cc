// weft doctor: looks for what keeps weft from working on this machine, one line per check. Needs no node; one that
// runs is asked, the folder of a stopped one is looked at.
#include <dlfcn.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <netinet/in.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include <fmt/format.h>

#include "app/checks.h"
#include "app/client.h"
#include "app/exit_code.h"
#include "app/profiler.h"
#include "app/verbs.h"
#include "app/version.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/pool.h"
#include "io/files.h"
#include "io/sandbox.h"

namespace weft::app {
namespace {

constexpr uint64_t kWorkerMs = 20'000;

using State = Check::State;

std::string_view Word(State state) {
    return state == State::kOk ? "ok" : state == State::kWarn ? "warn" : "FAIL";
}

Check CheckKernel() {
    utsname name{};
    uname(&name);
    const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    const long seccomp = prctl(PR_GET_SECCOMP);
    std::string found = fmt::format("Linux {}, Landlock {}, seccomp {}", name.release,
                                    abi > 0 ? fmt::format("ABI {}", abi) : std::string("missing"),
                                    seccomp >= 0 ? "present" : "missing");
    if (const auto sandbox = io::CheckSandbox(); !sandbox)
        return {"sandbox", State::kFail, found + ": " + sandbox.error().message,
                sandbox.error().hint.empty() ? "a newer kernel, or --insecure-workers where all principals are trusted"
                                             : sandbox.error().hint};
    return {"sandbox", State::kOk, found};
}

Check CheckFolder(const std::string& data) {
    std::error_code failed;
    std::filesystem::path place = data;
    while (!std::filesystem::exists(place, failed) && place.has_parent_path() && place != place.parent_path())
        place = place.parent_path();
    if (access(place.c_str(), W_OK) != 0)
        return {"data folder", State::kFail, data + " cannot be written", "choose another with --data DIR"};
    return {"data folder", State::kOk, data + (place == data ? "" : " (made at the first start)")};
}

Check CheckClock() {
    const auto seconds = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    constexpr int64_t kBuilt = 1'735'689'600;  // 2025-01-01: earlier is a machine without a clock.
    if (seconds < kBuilt) return {"clock", State::kFail, "is years behind", "set it: tokens and schedules depend on it"};
    return {"clock", State::kOk, fmt::format("UTC {}", ToRfc3339({seconds * 1'000'000}))};
}

// What a worker says when it is asked; it is where DuckDB lives.
class NoRelations : public engine::Host {
public:
    std::vector<engine::RelationAnswer> OnNames(const std::vector<engine::RelationName>& names) override {
        std::vector<engine::RelationAnswer> answers;
        for (const auto& name : names) answers.push_back({name, Fail(Code::kNotFound, "there are no relations here")});
        return answers;
    }
    Result<engine::ScanFiles> OnOpen(const engine::Open&) override { return Fail(Code::kNotFound, "no files"); }
    Result<std::vector<io::Descriptor>> OnNeedFiles(const engine::NeedFiles&) override {
        return Fail(Code::kNotFound, "no files");
    }
};

// What the loaded library calls itself; by its symbol, because only engine/ sees DuckDB's headers.
std::string LibraryVersion() {
    const auto ask = reinterpret_cast<const char* (*)()>(dlsym(RTLD_DEFAULT, "duckdb_library_version"));
    if (!ask) return "of an unknown version";
    const std::string version = ask();
    return version == "v" + std::string(kDuckDbVersion) ? version : version + " (built for " + std::string(kDuckDbVersion) + ")";
}

Result<std::string> AskWorker() {
    const ScratchFolder scratch = TRY(ScratchFolder::Make());
    engine::PoolOptions options;
    options.program = ProgramPath();
    options.spill_dir = scratch.path();
    options.warm = 0;
    options.insecure = !io::CheckSandbox();
    const bool insecure = options.insecure;
    const auto pool = TRY(engine::Pool::Make(std::move(options)));
    engine::Start start;
    start.user = "doctor";
    start.insecure = insecure;
    const auto worker = TRY(pool->Take(std::move(start)));
    engine::Statement statement;
    statement.sql = "SELECT 1";
    statement.format = engine::Format::kCsv;
    NoRelations host;
    std::string rows;
    const auto done = TRY(engine::RunToEnd(*worker, std::move(statement), host, &rows, 1u << 20, kWorkerMs));
    if (!done.ended.ok) return std::unexpected(done.ended.error);
    return std::string(insecure ? "answers without a sandbox" : "answers in its sandbox") + ", DuckDB " + LibraryVersion();
}

Check CheckWorker() {
    const auto found = AskWorker();
    if (!found) return {"worker", State::kFail, found.error().message, found.error().hint};
    return {"worker", State::kOk, *found};
}

Check CheckPort(const std::string& name, uint16_t port, bool node_runs) {
    const io::Descriptor socket_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    setsockopt(socket_fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(socket_fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0)
        return {"port " + name, State::kOk, fmt::format("{} is free", port)};
    if (node_runs) return {"port " + name, State::kOk, fmt::format("{} is in use while a node runs", port)};
    return {"port " + name, State::kWarn, fmt::format("{} is taken", port), "serve with --" + name + " 127.0.0.1:0"};
}

Check CheckNode(Shell& shell, bool& runs) {
    const auto client = Client::Find(shell);
    if (!client) return {"node", State::kWarn, client.error().message, client.error().hint};
    const auto ready = (*client)->GetText("/readyz?verbose");
    if (!ready) return {"node", State::kFail, ready.error().message, ready.error().hint};
    runs = true;
    const auto who = (*client)->Get("/api/v1/whoami");
    if (!who) return {"node", State::kFail, (*client)->url() + ": " + who.error().message, who.error().hint};
    std::string state;
    for (const auto& line : Split(*ready, '\n'))
        if (line.find("state") != std::string::npos) state = Trim(std::string_view(line).substr(2));
    return {"node", State::kOk, fmt::format("{} is ready for {}{}", (*client)->url(), JsonString(*who, "name"),
                                            state.empty() ? "" : "; " + state)};
}

// What the node says of itself; only to administrators.
std::vector<Check> AskNode(Shell& shell, const DoctorOptions& options) {
    const auto client = Client::Find(shell);
    const auto answer = client ? (*client)->Get(options.deep ? "/api/v1/checks?deep" : "/api/v1/checks")
                               : Result<Json>(std::unexpected(client.error()));
    if (!answer) return {{"checks", State::kWarn, answer.error().message, "ask as an administrator"}};
    std::vector<Check> checks;
    if (const auto list = answer->find("checks"); list != answer->end() && list->is_array())
        for (const Json& one : *list) checks.push_back(CheckOf(one));
    return checks;
}

std::vector<Check> AskFolder(const std::string& data, const DoctorOptions& options) {
    if (!io::FileSize(data + "/state/weft.db")) return {};
    return CheckStopped(data, options.deep, SystemClock().Now());
}

void PrintCheck(Shell& shell, const Check& check) {
    const Tone tone = check.state == State::kOk ? Tone::kGood : check.state == State::kWarn ? Tone::kNote : Tone::kBad;
    shell.Print(fmt::format("{} {:<14} {}\n", shell.Paint(tone, fmt::format("{:<4}", Word(check.state))), check.name,
                            Printable(check.found)));
    if (!check.help.empty() && check.state != State::kOk) shell.Print("     help: " + check.help + "\n");
}

}  // namespace

Result<int> Doctor(Shell& shell, const DoctorOptions& options) {
    const std::string data = TRY(DataFolder(shell));
    bool node_runs = false;
    std::vector<Check> checks{CheckNode(shell, node_runs)};
    checks.push_back(CheckKernel());
    checks.push_back(CheckWorker());
    checks.push_back(CheckFolder(data));
    checks.push_back(CheckClock());
    checks.push_back(CheckPort("http", 8080, node_runs));
    checks.push_back(CheckPort("postgres", 5433, node_runs));
    for (auto& check : node_runs ? AskNode(shell, options) : AskFolder(data, options)) checks.push_back(std::move(check));
    bool failed = false;
    Json list = Json::array();
    for (const auto& check : checks) {
        failed = failed || check.state == State::kFail;
        list.push_back(ToJson(check));
        if (!shell.wants_json()) PrintCheck(shell, check);
    }
    if (shell.wants_json()) shell.PrintJson({{"healthy", !failed}, {"checks", list}});
    return failed ? kAnswerIsNo : kDone;
}

}  // namespace weft::app
