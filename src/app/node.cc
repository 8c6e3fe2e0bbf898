#include "app/node.h"

#include <csignal>
#include <unistd.h>

#include <fmt/format.h>

#include "app/notify.h"
#include "app/operations.h"
#include "app/restore.h"
#include "base/json.h"
#include "base/log.h"
#include "base/log_file.h"
#include "catalog/care.h"
#include "catalog/products.h"
#include "catalog/tables.h"
#include "engine/pool.h"
#include "gateway/server.h"
#include "govern/login.h"
#include "ingest/ingest.h"
#include "io/crypto.h"
#include "io/files.h"
#include "meta/history.h"
#include "meta/products.h"
#include "meta/runs.h"
#include "meta/store.h"
#include "meta/users.h"

namespace weft::app {
namespace {

constexpr std::string_view kAdmin = "admin";

// A key of the node, made at first start and kept in keys/ for good.
Result<std::string> NodeKey(const std::string& data, const std::string& name) {
    const std::string path = data + "/keys/" + name;
    auto key = io::ReadFile(path, 1024);
    if (key) return key;
    if (key.error().code != Code::kNotFound) return key;
    const std::string fresh = io::Random(32);
    CHECK_OK(io::WriteNewFile(path, fresh, 0600));
    return fresh;
}

Result<> GiveAdminToken(meta::Store& store, const std::string& data) {
    const auto state = store.Snapshot();
    const meta::User* admin = state->FindUser(kAdmin);
    Assert(admin != nullptr);
    const std::string token = govern::NewTokenText();
    CHECK_OK(store.Commit("node", meta::AddToken{admin->id, "admin.token",
                                                 govern::MakeVerifier(token, admin->salt, admin->iterations),
                                                 govern::TokenLookup(token), {}}));
    return io::WriteFileAtomically(data + "/run/admin.token", token + "\n", 0600);
}

Result<> FirstStart(meta::Store& store, const std::string& data) {
    if (!store.Snapshot()->FindUser(kAdmin)) {
        meta::AddUser add;
        add.name = kAdmin;
        add.admin = true;
        add.salt = govern::NewSalt();
        CHECK_OK(store.Commit("node", add));
    }
    const auto token = io::Stat(data + "/run/admin.token");
    if (!token && token.error().code == Code::kNotFound) return GiveAdminToken(store, data);
    return {};
}

Result<> MakeFolders(const std::string& data) {
    if (io::FileSize(data + "/" + kRestoringName))
        return Fail(Code::kInvalid, "a restore into " + data + " was begun and did not end",
                    "remove the folder, then restore again");
    for (const char* folder : {"", "/state", "/tables", "/spill", "/keys", "/run"})
        CHECK_OK(io::MakeDirectories(data + folder, 0700));
    return {};
}

Result<> AllowFiles(meta::Store& store, const std::vector<std::string>& roots) {
    for (const auto& root : roots) CHECK_OK(store.Commit("node", meta::AddFileRoot{root}));
    return {};
}

std::string ProgramPath() {
    std::string path(4096, '\0');
    const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
    path.resize(size < 0 ? 0 : static_cast<size_t>(size));
    return path;
}

// Everything between opening the store and listening, owned in the order of making.
struct Node {
    SystemClock clock;
    std::unique_ptr<meta::Store> store;
    std::unique_ptr<meta::History> history;
    std::unique_ptr<Disk> disk;
    std::unique_ptr<engine::Pool> pool;
    std::unique_ptr<catalog::Tables> tables;
    std::unique_ptr<catalog::Products> products;
    std::unique_ptr<catalog::Care> care;
    std::unique_ptr<ingest::Ingest> ingest;
    std::unique_ptr<query::Sessions> sessions;
    std::unique_ptr<pipeline::Runner> runner;
    std::unique_ptr<gateway::Operations> operations;
    std::unique_ptr<gateway::Server> server;
};

Result<> OpenState(Node& node, const NodeOptions& options) {
    node.store = TRY(meta::Store::Open({options.data + "/state", &node.clock, true}));
    node.history = TRY(meta::History::Open(options.data + "/state"));
    node.disk = TRY(Disk::Watch(*node.store, options.data, options.disk));
    CHECK_OK(node.store->Commit("node", meta::InterruptRuns{}));
    CHECK_OK(FirstStart(*node.store, options.data));
    return AllowFiles(*node.store, options.allow_files);
}

Result<> MakeParts(Node& node, const NodeOptions& options) {
    engine::PoolOptions workers;
    workers.program = ProgramPath();
    workers.spill_dir = options.data + "/spill";
    workers.workers_max = options.workers_max;
    workers.insecure = options.insecure_workers;
    node.pool = TRY(engine::Pool::Make(std::move(workers)));
    node.tables = TRY(catalog::Tables::Make({*node.store, node.clock, options.data + "/tables"}));
    node.products = std::make_unique<catalog::Products>(
        catalog::Products::Parts{*node.store, *node.tables, *node.pool, node.clock, options.data});
    node.care = TRY(catalog::Care::Make({*node.store, *node.tables, *node.pool, node.clock, options.data + "/tables"},
                                        options.care));
    node.ingest = TRY(ingest::Ingest::Make({*node.store, *node.tables, *node.pool, node.clock, options.data}, options.ingest));
    node.sessions = TRY(query::Sessions::Make(
        {*node.store, *node.history, *node.pool, *node.tables, node.clock, node.ingest.get()}, options.limits));
    node.runner = TRY(pipeline::Runner::Make(
        {*node.store, *node.history, *node.tables, *node.pool, node.clock, options.data}, options.runs));
    node.operations = MakeOperations({*node.store, *node.history, *node.tables, *node.ingest, *node.disk, node.clock,
                                      options.data, options.tls_certificate});
    return {};
}

Result<> Listen(Node& node, const NodeOptions& options) {
    gateway::ServerOptions listen;
    listen.http = options.http;
    listen.postgres = options.postgres;
    listen.tls_certificate = options.tls_certificate;
    listen.tls_key = options.tls_key;
    listen.hosts = options.hosts;
    listen.mock_key = TRY(NodeKey(options.data, "scram_mock"));
    listen.page_key = TRY(NodeKey(options.data, "page_token"));
    node.server = TRY(gateway::Server::Make({*node.store, *node.history, *node.tables, *node.products, *node.sessions,
                                             *node.runner, *node.pool, node.clock, node.ingest.get(), node.operations.get()},
                                            std::move(listen)));
    Json addresses = Json::object();
    if (!options.http.empty()) addresses["http"] = node.server->http_address();
    if (!options.postgres.empty()) addresses["postgres"] = node.server->postgres_address();
    addresses["pid"] = getpid();
    return io::WriteFileAtomically(options.data + "/run/addresses.json", DumpJson(addresses) + "\n", 0644);
}

}  // namespace

Result<> Serve(const NodeOptions& options) {
    sigset_t stops;
    sigemptyset(&stops);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&stops, signal);
    pthread_sigmask(SIG_BLOCK, &stops, nullptr);  // Before the first thread: all inherit it, sigwait below takes them.
    std::signal(SIGPIPE, SIG_IGN);

    CHECK_OK(MakeFolders(options.data));
    Node node;
    CHECK_OK(OpenState(node, options));
    CHECK_OK(MakeParts(node, options));
    CHECK_OK(Listen(node, options));
    LogInfo("node", "ready: {} and postgres {}", node.server->http_address(), node.server->postgres_address());
    Notify("READY=1");

    int signal = 0;
    while (sigwait(&stops, &signal) != 0 || signal == SIGHUP) {
        ReopenLogFile();
        LogInfo("node", "SIGHUP: the log file is opened anew");
    }
    LogInfo("node", "stopping: draining statements and runs");
    Notify("STOPPING=1");
    // Left over only when the process is killed; a stale file would send the command line nowhere.
    (void)io::RemoveFile(options.data + "/run/addresses.json");
    node.server->Drain();
    node.ingest->Drain();
    node.runner->Drain();
    node.sessions->Drain();
    return {};
}

Result<std::string> ResetAdminToken(const std::string& data) {
    SystemClock clock;
    auto store = TRY(meta::Store::Open({data + "/state", &clock, false}));
    CHECK_OK(GiveAdminToken(*store, data));
    return data + "/run/admin.token";
}

}  // namespace weft::app
