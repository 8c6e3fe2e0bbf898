#include "engine/pg_session.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "engine/pg_function.h"
#include "engine/pg_value.h"

namespace weft::engine {
namespace {

constexpr size_t kPreparedMax = 2'000;
constexpr size_t kPortalsMax = 256;
constexpr size_t kSessionBytesMax = 4u << 20;
constexpr size_t kReportSqlMax = 64u << 10;

std::unexpected<Error> Refuse(const char* sqlstate, std::string message) {
    Error error;
    error.message = std::move(message);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

// The 1-based character (not byte) position that PostgreSQL's P field wants.
uint32_t Characters(std::string_view sql, size_t bytes) {
    uint32_t count = 1;
    for (size_t i = 0; i < std::min(bytes, sql.size()); ++i)
        if ((static_cast<unsigned char>(sql[i]) & 0xC0) != 0x80) ++count;
    return count;
}

}  // namespace

std::string PgSqlState(const Error& error) {
    if (!error.sqlstate.empty()) return error.sqlstate;
    switch (error.code) {
        case Code::kInvalid: return "22000";
        case Code::kNotFound: return "42P01";
        case Code::kExists: return "42P07";
        case Code::kDenied: return "42501";
        case Code::kConflict: return "40001";
        case Code::kUnknownOutcome: return "08007";
        case Code::kLimit: return "54000";
        case Code::kUnavailable: return "57P03";
        case Code::kCorrupt:
        case Code::kCount: break;
    }
    return "XX000";
}

Result<std::unique_ptr<PgSession>> PgSession::Make(Engine& engine, DataOut& out) {
    auto session = std::make_unique<PgConversation>(engine, out);
    CHECK_OK(session->Restore(engine.start().session));
    return session;
}

PgConversation::PgConversation(Engine& engine, DataOut& out)
    : engine_(engine),
      out_(out),
      settings_(engine.start().user,
                [this](const std::string& name, const std::string& value) {
                    idle_.clear();  // They carry the old value.
                    return engine_.SetSetting(nullptr, name, value);
                }),
      writes_(engine) {
    for (const auto& setting : engine.start().settings) settings_.SetAtStart(setting.name, setting.value);
    SetPgSessionOfProcess(&settings_);
}

// ---- the state that a new worker replays

Result<> PgConversation::Restore(const std::string& session) {
    if (session.empty()) return {};
    const Json state = TRY(ParseJson(session, 2 * kSessionBytesMax));
    if (!state.is_object() || JsonInt(state, "pg") != 1) return Fail(Code::kCorrupt, "the session's state is not ours");
    if (state.contains("settings")) settings_.Load(state["settings"]);
    if (!state.contains("prepared") || !state["prepared"].is_array()) return {};
    for (const auto& item : state["prepared"]) {
        std::vector<uint32_t> types;
        if (item.contains("types"))
            for (const auto& type : item["types"])
                types.push_back(type.is_number_unsigned() ? type.get<uint32_t>() : 0);
        const std::string sql = JsonString(item, "sql");
        auto texts = PgSplit(sql);
        if (!texts || texts->size() != 1) continue;
        auto made = PgPrepared::Make(engine_, texts->front(), std::move(types));
        if (made) prepared_[JsonString(item, "name")] = std::move(*made);
    }
    saved_ = Save();
    return {};
}

std::string PgConversation::Save() const {
    Json state = {{"pg", 1}, {"settings", settings_.Save()}, {"prepared", Json::array()}};
    size_t bytes = 0;
    for (const auto& [name, prepared] : prepared_) {
        bytes += prepared->sql().size() + name.size() + 64;
        if (bytes > kSessionBytesMax / 2) break;  // Escapes can double it.
        state["prepared"].push_back({{"name", name}, {"sql", prepared->sql()}, {"types", prepared->declared()}});
    }
    return DumpJson(state);
}

// ---- one batch

Ended PgConversation::Run(const Pg& batch) {
    ended_ = {};
    limits_ = batch.limits;
    writes_.BeginBatch();
    bool ready = false;
    out_.Begin(batch.limits.result_bytes);
    std::string_view rest = batch.messages;
    while (!rest.empty() && !ready) {
        auto message = TakePgMessage(rest);
        if (!message) {
            copy_.reset();
            Failed(message.error(), 0, {});
            ready = true;
            break;
        }
        is_last_ = rest.starts_with('S');
        if (copy_) {
            ready = TakeCopy(*message);
        } else if (std::holds_alternative<PgSync>(*message)) {
            ready = true;
        } else if (const auto* query = std::get_if<PgQuery>(&*message)) {
            Simple(query->sql);
            ready = !copy_;
        } else if (!failed_) {
            if (auto done = Take(*message); !done) Failed(done.error(), 0, {});
        }
    }
    // Some clients wait after Flush, before they Sync: the batch stays open, and so does a failure.
    if (ready) {
        Ready();
        failed_ = false;
    }
    auto ended = Finish();
    ended.copy_in = copy_.has_value();
    ended.keep = ended.keep || !ready;
    return ended;
}

Ended PgConversation::Finish() {
    ended_.transaction = transaction_;
    ended_.keep = transaction_ != 'I' || !cursors_.empty();
    std::string now = Save();
    if (now != saved_) {
        ended_.session_changed = true;
        saved_ = now;
    }
    ended_.session = std::move(now);
    for (const auto& report : ended_.reports) {
        ended_.rows += report.rows;
        ended_.bytes += report.bytes;
    }
    return std::move(ended_);
}

void PgConversation::Ready() {
    if (statement_open_) EndStatement({}, nullptr, nullptr);
    // What a sequence or string wrote outside of a block; after an error there is nothing.
    if (transaction_ == 'I') {
        if (auto done = writes_.Commit(); !done) Failed(done.error(), 0, {});
        ClosePortals();
    }
    PgWriter writer;
    for (const auto& [name, value] : settings_.TakeReports()) writer.Parameter(name, value);
    writer.Ready(transaction_);
    out_.Force(writer.buffer());
}

void PgConversation::Failed(const Error& error, size_t offset, std::string_view sql) {
    if (transaction_ == 'T') transaction_ = 'E';
    if (transaction_ == 'I') writes_.Drop();
    failed_ = true;
    PgFailure failure;
    failure.sqlstate = PgSqlState(error);
    failure.message = error.message;
    failure.hint = error.hint;
    if (!error.findings.empty() && error.findings.front().column > 0 && !sql.empty())
        failure.position = Characters(sql, offset + error.findings.front().column - 1);
    PgWriter writer;
    writer.Failure(failure);
    out_.Force(writer.buffer());
}

Result<> PgConversation::CheckTransaction(const PgUtility& utility) const {
    using Kind = PgUtility::Kind;
    if (transaction_ != 'E' || utility.kind == Kind::kCommit || utility.kind == Kind::kRollback ||
        utility.kind == Kind::kRollbackTo)
        return {};
    return Refuse("25P02", "current transaction is aborted, commands ignored until end of transaction block");
}

// ---- one statement's scope with the engine: names are asked once, the clock runs, a report is made

void PgConversation::NeedStatement() {
    if (statement_open_) return;
    StatementLimits limits = limits_;
    const uint64_t own = settings_.statement_timeout_ms();
    if (own > 0 && (limits.time_ms == 0 || own < limits.time_ms)) limits.time_ms = own;
    engine_.BeginStatement(limits);
    statement_open_ = true;
    started_ = std::chrono::steady_clock::now();
    bytes_before_ = out_.bytes();
}

void PgConversation::EndStatement(std::string_view sql, const Outcome* outcome, const Error* error) {
    std::vector<RelationName> relations;
    if (statement_open_) relations = engine_.EndStatement();
    const bool was_open = std::exchange(statement_open_, false);
    if (const auto written = std::exchange(written_, std::nullopt)) relations.push_back(*written);
    if (sql.empty()) return;
    StatementReport report;
    report.sql = std::string(sql.substr(0, kReportSqlMax));
    report.relations = std::move(relations);
    if (outcome) {
        report.tag = outcome->tag;
        report.rows = outcome->rows;
    }
    if (error) report.sqlstate = PgSqlState(*error);
    if (was_open) {
        const auto spent = std::chrono::steady_clock::now() - started_;
        report.us = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
        report.bytes = out_.bytes() - bytes_before_;
    }
    ended_.reports.push_back(std::move(report));
}

// ---- simple protocol

void PgConversation::Simple(std::string_view sql) {
    portals_.erase("");
    if (!IsUtf8(sql)) {
        Failed(Refuse("22021", "invalid byte sequence for encoding \"UTF8\"").error(), 0, {});
        return;
    }
    if (sql.size() > kLimits.sql_bytes_max) {
        Failed(Refuse("54000", "the statement is too long").error(), 0, {});
        return;
    }
    auto texts = PgSplit(sql);
    if (!texts) {
        Failed(texts.error(), 0, sql);
        return;
    }
    if (texts->empty()) {
        PgWriter writer;
        writer.Empty('I');
        out_.Force(writer.buffer());
        return;
    }
    string_ = std::string(sql);
    string_next_ = 0;
    GoOn();
}

void PgConversation::GoOn() {
    const auto texts = PgSplit(string_);  // Once more behind a COPY in the middle.
    in_string_ = texts && texts->size() > 1;
    while (texts && string_next_ < texts->size()) {
        const auto& text = (*texts)[string_next_++];
        is_last_ = string_next_ == texts->size();
        auto done = SimpleStatement(text);
        if (copy_) return;
        if (done) continue;
        EndStatement(text.sql, nullptr, &done.error());
        Failed(done.error(), text.offset, string_);
        break;
    }
    in_string_ = false;
    string_.clear();
}

Result<> PgConversation::SimpleStatement(const PgStatementText& text) {
    NeedStatement();
    auto prepared = TRY(PgPrepared::Make(engine_, text, {}));
    CHECK_OK(CheckTransaction(prepared->utility()));
    if (prepared->parameter_count() > 0) return Refuse("42P02", "there is no parameter $1");
    auto open = TRY(Open(*prepared, {}, {}));
    const Outcome outcome = TRY(Execute(*open, 0, true));
    Retire(std::move(open->query));
    if (outcome.copying) return {};
    PgWriter writer;
    writer.Tag(outcome.tag);
    CHECK_OK(out_.Append(writer.buffer()));
    EndStatement(text.sql, &outcome, nullptr);
    return {};
}

// ---- extended protocol

Result<> PgConversation::Take(const PgClient& message) {
    if (const auto* parse = std::get_if<PgParse>(&message)) return TakeParse(*parse);
    if (const auto* bind = std::get_if<PgBind>(&message)) return TakeBind(*bind);
    if (const auto* describe = std::get_if<PgDescribe>(&message)) return TakeDescribe(*describe);
    if (const auto* execute = std::get_if<PgExecute>(&message)) return TakeExecute(*execute);
    if (const auto* close = std::get_if<PgClose>(&message)) {
        TakeClose(*close);
        return {};
    }
    if (std::holds_alternative<PgFlush>(message)) {
        out_.Flush();
        return {};
    }
    const auto* other = std::get_if<PgOther>(&message);
    if (other && other->type == 'F') return Refuse("0A000", "function calls by number are not supported");
    return {};  // COPY data without COPY: PostgreSQL drops it as well.
}

Result<> PgConversation::TakeParse(const PgParse& message) {
    if (!IsUtf8(message.sql)) return Refuse("22021", "invalid byte sequence for encoding \"UTF8\"");
    if (message.sql.size() > kLimits.sql_bytes_max) return Refuse("54000", "the statement is too long");
    const std::string name(message.name);
    if (name.empty()) prepared_.erase(name);
    else if (prepared_.contains(name)) return Refuse("42P05", "prepared statement \"" + name + "\" already exists");
    if (prepared_.size() >= kPreparedMax) return Refuse("54000", "too many prepared statements");
    const auto texts = TRY(PgSplit(message.sql));
    if (texts.size() > 1) return Refuse("42601", "cannot insert multiple commands into a prepared statement");
    static const PgStatementText kEmpty{};
    const auto& text = texts.empty() ? kEmpty : texts.front();
    const auto parse = [&]() -> Result<std::unique_ptr<PgPrepared>> {
        auto made = TRY(PgPrepared::Make(engine_, text, message.types));
        CHECK_OK(CheckTransaction(made->utility()));
        CHECK_OK(Aim(*made));
        if (made->has_tree() && made->needs_inference()) {
            NeedStatement();
            auto connection = TRY(TakeConnection());
            auto inferred = made->Infer(engine_, *connection);
            GiveConnection(std::move(connection));
            CHECK_OK(inferred);
        }
        return made;
    };
    auto made = parse();
    if (!made) {
        EndStatement(message.sql, nullptr, &made.error());
        Failed(made.error(), text.offset, message.sql);
        return {};
    }
    prepared_[name] = std::move(*made);
    PgWriter writer;
    writer.Empty('1');
    out_.Force(writer.buffer());
    return {};
}

Result<std::vector<duckdb::Value>> PgConversation::Parameters(const PgBind& message, const PgPrepared& prepared) {
    if (message.parameters.size() != prepared.parameter_count())
        return Refuse("08P01", "bind message supplies " + std::to_string(message.parameters.size()) +
                                   " parameters, but prepared statement \"" + std::string(message.statement) +
                                   "\" requires " + std::to_string(prepared.parameter_count()));
    std::vector<duckdb::Value> values;
    if (message.parameters.empty()) return values;
    auto connection = TRY(TakeConnection());
    for (size_t i = 0; i < message.parameters.size(); ++i) {
        const auto& type = prepared.parameter_types()[i];
        if (!message.parameters[i]) {
            values.emplace_back(type);
            continue;
        }
        auto value = engine_.Call([&] {
            return PgParameter(*connection->context, *message.parameters[i], PgFormatAt(message.parameter_formats, i) == 1,
                               prepared.parameter_oids()[i], type);
        });
        if (!value || !*value) {
            auto error = value ? value->error() : value.error();
            if (!value && (error.sqlstate.empty() || error.sqlstate == "22000" || error.sqlstate == "22018"))
                error.sqlstate = "22P02";
            GiveConnection(std::move(connection));
            return std::unexpected(std::move(error));
        }
        values.push_back(std::move(**value));
    }
    GiveConnection(std::move(connection));
    return values;
}

Result<> PgConversation::TakeBind(const PgBind& message) {
    const auto found = prepared_.find(message.statement);
    if (found == prepared_.end())
        return Refuse("26000", "prepared statement \"" + std::string(message.statement) + "\" does not exist");
    auto& prepared = *found->second;
    CHECK_OK(CheckTransaction(prepared.utility()));
    const std::string name(message.portal);
    if (name.empty()) {
        if (auto old = portals_.find(name); old != portals_.end()) {
            Retire(std::move(old->second->query));
            portals_.erase(old);
        }
    } else if (portals_.contains(name)) {
        return Refuse("42P03", "portal \"" + name + "\" already exists");
    }
    if (portals_.size() >= kPortalsMax) return Refuse("54000", "too many portals");
    NeedStatement();
    const auto bind = [&]() -> Result<std::unique_ptr<PgOpen>> {
        CHECK_OK(Aim(prepared));
        if (prepared.has_tree() && prepared.needs_inference()) {  // Replayed from a session's state.
            auto connection = TRY(TakeConnection());
            auto inferred = prepared.Infer(engine_, *connection);
            GiveConnection(std::move(connection));
            CHECK_OK(inferred);
        }
        auto values = TRY(Parameters(message, prepared));
        return Open(prepared, std::move(values), message.result_formats);
    };
    auto open = bind();
    if (!open) {
        EndStatement(prepared.sql(), nullptr, &open.error());
        Failed(open.error(), 0, prepared.sql());
        return {};
    }
    portals_[name] = std::move(*open);
    PgWriter writer;
    writer.Empty('2');
    out_.Force(writer.buffer());
    return {};
}

Result<> PgConversation::DescribeStatement(PgPrepared& prepared) {
    PgWriter writer;
    std::vector<PgField> fields;
    if (prepared.has_tree()) {
        prepared.Forget();
        NeedStatement();
        CHECK_OK(Aim(prepared));
        auto connection = TRY(TakeConnection());
        auto inferred = prepared.Infer(engine_, *connection);
        GiveConnection(std::move(connection));
        CHECK_OK(inferred);
    }
    writer.ParameterTypes(prepared.parameter_oids());
    if (prepared.utility().kind == PgUtility::Kind::kQuery && prepared.columns()) {
        for (size_t i = 0; i < prepared.columns()->types.size(); ++i) {
            const auto type = ToPgType(prepared.columns()->types[i]);
            fields.push_back({prepared.columns()->names[i], type.oid, type.size, type.modifier, 0});
        }
    } else {
        fields = OwnFields(prepared.utility(), {});
    }
    if (fields.empty()) writer.Empty('n');
    else writer.Fields(fields);
    out_.Force(writer.buffer());
    return {};
}

Result<> PgConversation::TakeDescribe(const PgDescribe& message) {
    if (message.kind == 'S') {
        const auto found = prepared_.find(message.name);
        if (found == prepared_.end())
            return Refuse("26000", "prepared statement \"" + std::string(message.name) + "\" does not exist");
        return DescribeStatement(*found->second);
    }
    PgWriter writer;
    std::vector<PgField> fields;
    if (const auto found = portals_.find(message.name); found != portals_.end()) {
        fields = found->second->fields;
    } else if (const auto cursor = cursors_.find(message.name); cursor != cursors_.end()) {
        fields = cursor->second.query->Fields();  // A cursor is a portal to PostgreSQL's clients.
    } else {
        return Refuse("34000", "portal \"" + std::string(message.name) + "\" does not exist");
    }
    if (fields.empty()) writer.Empty('n');
    else writer.Fields(fields);
    out_.Force(writer.buffer());
    return {};
}

Result<> PgConversation::TakeExecute(const PgExecute& message) {
    const auto found = portals_.find(message.portal);
    if (found == portals_.end()) return Refuse("34000", "portal \"" + std::string(message.portal) + "\" does not exist");
    PgOpen& open = *found->second;
    CHECK_OK(CheckTransaction(open.utility));
    const std::string sql = open.sql;  // COMMIT and DISCARD close portals, this one too.
    if (sql.empty()) {
        PgWriter writer;
        writer.Empty('I');
        out_.Force(writer.buffer());
        return {};
    }
    NeedStatement();
    const auto outcome = Execute(open, message.rows_max, false);
    if (!outcome) {
        EndStatement(sql, nullptr, &outcome.error());
        return std::unexpected(outcome.error());
    }
    if (outcome->copying) return {};
    PgWriter writer;
    if (outcome->suspended) writer.Empty('s');
    else writer.Tag(outcome->tag);
    if (auto sent = out_.Append(writer.buffer()); !sent) {
        EndStatement(sql, nullptr, &sent.error());
        return sent;
    }
    EndStatement(sql, &*outcome, nullptr);
    return {};
}

void PgConversation::TakeClose(const PgClose& message) {
    if (message.kind == 'S') {
        if (const auto found = prepared_.find(message.name); found != prepared_.end()) prepared_.erase(found);
    } else if (const auto found = portals_.find(message.name); found != portals_.end()) {
        Retire(std::move(found->second->query));
        portals_.erase(found);
    } else if (const auto cursor = cursors_.find(message.name); cursor != cursors_.end()) {
        Retire(std::move(cursor->second.query));
        cursors_.erase(cursor);
    }
    PgWriter writer;
    writer.Empty('3');
    out_.Force(writer.buffer());
}

// ---- connections: one per running query, kept for the next one

Result<PgPortal::Connection> PgConversation::TakeConnection() {
    if (idle_.empty()) return engine_.Connect();
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

void PgConversation::GiveConnection(PgPortal::Connection connection) {
    constexpr size_t kIdleMax = 4;
    if (connection && idle_.size() < kIdleMax) idle_.push_back(std::move(connection));
}

void PgConversation::Retire(std::unique_ptr<PgPortal> portal) {
    if (portal) GiveConnection(portal->Release());
}

void PgConversation::ClosePortals() {
    for (auto& [name, open] : portals_) Retire(std::move(open->query));
    portals_.clear();
}

bool PgConversation::utc() const {
    const std::string zone = ToLower(settings_.Get("TimeZone").value_or(""));
    return zone == "utc" || zone == "etc/utc" || zone == "gmt";
}

}  // namespace weft::engine
