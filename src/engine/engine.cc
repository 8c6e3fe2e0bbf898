// Life of the database in a worker: opened in the zygote, locked down after the fork, one
// connection per portal.
#include <csignal>
#include <ctime>

#include "base/text.h"
#include "duckdb/main/client_config.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/main/config.hpp"
#include "engine/catalogue.h"
#include "engine/engine_state.h"
#include "engine/files.h"
#include "engine/guard.h"
#include "engine/lists.h"
#include "engine/scan.h"

namespace weft::engine {
namespace {

constexpr timespec kInterruptEvery{0, 10'000'000};

void SetUp(duckdb::DBConfig& config) {
    const auto set = [&config](const char* name, duckdb::Value value) {
        config.SetOptionByName(duckdb::Identifier(name), value);
    };
    for (const char* name :
         {"autoload_known_extensions", "autoinstall_known_extensions", "allow_community_extensions",
          "allow_persistent_secrets", "enable_external_file_cache"}) {
        set(name, duckdb::Value::BOOLEAN(false));
    }
    set("threads", duckdb::Value::BIGINT(1));
    // Otherwise eight threads start with the database: it could not be forked.
    set("async_threads", duckdb::Value::BIGINT(0));
    // An internal error of one statement must not end the session: nothing is stored that could be
    // damaged.
    set("disable_database_invalidation", duckdb::Value::BOOLEAN(true));
    set("home_directory", duckdb::Value("/nonexistent"));
}

// REQUIRES: below Engine::Call.
void Run(duckdb::Connection& connection, const std::string& sql) {
    const auto result = connection.Query(sql);
    if (result->HasError()) result->ThrowError();
}

std::string SettingSql(const std::string& name, const std::string& value) {
    return value.empty() ? "RESET " + QuoteIdentifier(name)
                         : "SET " + QuoteIdentifier(name) + " = " + QuoteLiteral(value);
}

}  // namespace

Engine::Engine() : state_(std::make_unique<State>()) {}

Engine::~Engine() {
    if (state_->interrupts.joinable()) {
        state_->interrupts.request_stop();
        pthread_kill(state_->interrupts.native_handle(), SIGUSR1);
        state_->interrupts.join();
    }
    state_->own.reset();
    state_->db.reset();
}

duckdb::DatabaseInstance& Engine::db() { return *state_->db->instance; }
void Engine::SetCatalog(NodeCatalog* catalog) { state_->catalog = catalog; }
uint64_t Engine::epoch() const { return state_->epoch; }

Result<std::unique_ptr<Engine>> Engine::Open() {
    std::unique_ptr<Engine> engine(new Engine());
    auto& self = *engine;
    const Trusting trusting(self, Trust::kOwn);
    CHECK_OK(self.Call([&self] {
        auto& state = *self.state_;
        duckdb::DBConfig config;
        SetUp(config);
        RegisterGuard(config, self);
        RegisterCatalogue(config, self);
        state.db = duckdb::make_uniq<duckdb::DuckDB>(nullptr, &config);
        auto files = duckdb::make_uniq<PassedFiles>();
        self.files_ = files.get();
        self.db().GetFileSystem().RegisterSubSystem(std::move(files));
        state.source = duckdb::make_shared_ptr<ScanSource>();
        state.source->files = self.files_;
        state.source->control = [&self] { return self.control_; };
        state.source->fail = [&state](Error error) { state.FailInDuck(std::move(error)); };
        state.source->find = [&state](uint64_t token) -> SharedRelation {
            const std::lock_guard guard(state.lock);
            const auto found = state.by_token.find(token);
            return found == state.by_token.end() ? nullptr : found->second;
        };
        RegisterScan(self.db(), state.source);
        RegisterBlockScan(self.db(), state.source);
        duckdb::Connection connection(*state.db);
        Run(connection, "ATTACH '' AS weft (TYPE weft)");
        // Warms parser, binder, casts and time zones for every fork.
        Run(connection, "SELECT sum(range), strftime(now(), '%Y') FROM range(10)");
    }));
    return engine;
}

Result<> Engine::Configure(const Start& start, Control& control) {
    Assert(control_ == nullptr);
    control_ = &control;
    files_->SetControl(&control);
    start_ = start;
    const Trusting trusting(*this, Trust::kOwn);
    CHECK_OK(Call([this] {
        state_->own = duckdb::make_uniq<duckdb::Connection>(*state_->db);
        auto& own = *state_->own;
        std::string folders = "'weft://', 'weft-out://'";
        if (!start_.spill_dir.empty()) folders += ", " + QuoteLiteral(start_.spill_dir);
        Run(own, "SET allowed_directories = [" + folders + "]");
        Run(own, "SET temp_directory = " + QuoteLiteral(start_.spill_dir));
        Run(own, "SET memory_limit = '" + std::to_string(start_.memory_bytes >> 10) + "KiB'");
        if (start_.threads > 1) Run(own, "SET threads = " + std::to_string(start_.threads));
        std::string open = "'max_execution_time'";
        for (const auto& [name, entry] : ReviewedList::Settings().entries()) {
            if (entry.verdict == Verdict::kAllow) open += ", " + QuoteLiteral(name);
        }
        Run(own, "SET allowed_configs = [" + open + "]");
        // One way, both: from here on only the open settings can change.
        Run(own, "SET enable_external_access = false");
        Run(own, "SET lock_configuration = true");
    }));
    state_->interrupts = std::jthread([this] { Interrupts(); });
    for (const auto& setting : start.settings) {
        // Settings of PostgreSQL that DuckDB does not know are the session's business.
        if (ReviewedList::Settings().Allows(setting.name))
            (void)SetSetting(nullptr, setting.name, setting.value);
    }
    return {};
}

Result<duckdb::unique_ptr<duckdb::Connection>> Engine::Connect() {
    const Trusting trusting(*this, Trust::kOwn);
    return Call([this] {
        auto connection = duckdb::make_uniq<duckdb::Connection>(*state_->db);
        Run(*connection, "USE weft");
        for (const auto& [name, value] : state_->settings)
            Run(*connection, SettingSql(name, value));
        // FROM 'file' is a name like any other, and the node does not know it.
        connection->context->config.use_replacement_scans = false;
        return connection;
    });
}

Result<> Engine::SetSetting(duckdb::Connection* now, const std::string& name,
                            const std::string& value) {
    if (!ReviewedList::Settings().Allows(name)) {
        const auto* entry = ReviewedList::Settings().Find(name);
        auto refused = Fail(Code::kDenied, "setting " + name + " cannot be changed",
                            entry ? entry->reason : "");
        refused.error().sqlstate = "42501";
        return refused;
    }
    const Trusting trusting(*this, Trust::kOwn);
    auto done = Call([&] {
        const auto sql = SettingSql(name, value);
        if (now != nullptr) Run(*now, sql);
        // Some are the database's, some the connection's: a trial on our own connection finds bad
        // values either way.
        if (ToLower(name) != "search_path" && ToLower(name) != "schema") Run(*state_->own, sql);
    });
    if (!done) {
        done.error().sqlstate = "22023";
        return done;
    }
    if (value.empty()) {
        state_->settings.erase(ToLower(name));
    } else {
        state_->settings[ToLower(name)] = value;
    }
    return {};
}

void Engine::BeginStatement(const StatementLimits& limits) {
    auto& state = *state_;
    bool idle = false;
    {
        const std::lock_guard guard(state.running_lock);
        idle = state.running.empty();
    }
    {
        const std::lock_guard guard(state.lock);
        ++state.epoch;
        state.answers.clear();
        if (idle) state.by_token.clear();
        state.read.clear();
        state.denial.reset();
        // A cursor of an earlier statement may still fail: over what it reads, with the error it keeps.
        if (idle) {
            state.restricted = false;
            state.reads_input_files = false;
            state.kept.reset();
        }
    }
    state.catalog->Forget(idle);
    if (limits.time_ms == state.time_ms) return;
    const Trusting trusting(*this, Trust::kOwn);
    // The node's clock kills anyway: a failure here costs only the nicer message.
    if (Call([&] {
            Run(*state.own, "SET GLOBAL max_execution_time = " + std::to_string(limits.time_ms));
        }))
        state.time_ms = limits.time_ms;
}

std::vector<RelationName> Engine::EndStatement() {
    for (const auto scan : state_->input_scans) files_->Close(scan);
    state_->input_scans.clear();
    files_->CloseOutputs();
    return relations();
}

std::vector<RelationName> Engine::relations() const {
    const std::lock_guard guard(state_->lock);
    return {state_->read.begin(), state_->read.end()};
}

bool Engine::restricted() const {
    const std::lock_guard guard(state_->lock);
    return state_->restricted;
}

void Engine::AddFunctionRewrite(FunctionRewrite rewrite) {
    state_->function_rewrites.push_back(std::move(rewrite));
}
void Engine::AddTableRewrite(TableRewrite rewrite) {
    state_->table_rewrites.push_back(std::move(rewrite));
}
void Engine::AddSystemView(SystemView view) { state_->system_views.push_back(std::move(view)); }
void Engine::AllowFunction(const std::string& name) { state_->own_functions.insert(ToLower(name)); }

Engine::Running::Running(Engine& engine, duckdb::Connection& connection)
    : engine_(engine), client_(connection.context) {
    const std::lock_guard guard(engine_.state_->running_lock);
    engine_.state_->running.insert(client_.get());
}

Engine::Running::~Running() {
    const std::lock_guard guard(engine_.state_->running_lock);
    engine_.state_->running.erase(engine_.state_->running.find(client_.get()));
}

void Engine::BeginBatch() { interrupted_ = false; }

void Engine::Interrupts() {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &wanted, nullptr);  // Taken below; unblocked it would end the process.
    while (!state_->interrupts.get_stop_token().stop_requested()) {
        // Again and again: DuckDB forgets an interrupt when the next query of a batch starts.
        const int signal = interrupted_ ? sigtimedwait(&wanted, nullptr, &kInterruptEvery)
                                        : sigwaitinfo(&wanted, nullptr);
        if (signal == SIGUSR1) interrupted_ = true;
        if (!interrupted_) continue;
        const std::lock_guard guard(state_->running_lock);
        for (auto* client : state_->running) client->Interrupt();
    }
}

}  // namespace weft::engine
