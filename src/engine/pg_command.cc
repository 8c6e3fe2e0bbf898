// What the statements do: queries, and those that PostgreSQL clients need beside them.
#include <algorithm>
#include <regex>

#include "base/text.h"
#include "engine/pg_session.h"
#include "engine/pg_value.h"

namespace weft::engine {
namespace {

using Kind = PgUtility::Kind;

constexpr size_t kCursorsMax = 64;
constexpr size_t kSavepointsMax = 1'000;

std::unexpected<Error> Refuse(const char* sqlstate, std::string message, std::string hint = {}) {
    Error error;
    error.message = std::move(message);
    error.hint = std::move(hint);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

PgField TextField(std::string name, int16_t format = 0) {
    PgField field;
    field.name = std::move(name);
    field.format = format;
    return field;
}

// The types of PREPARE name(types); what is not here is inferred.
uint32_t TypeNamed(const std::string& written) {
    static const std::map<std::string, uint32_t> kNames = {
        {"boolean", kPgBool}, {"bool", kPgBool}, {"smallint", kPgInt2}, {"int2", kPgInt2}, {"integer", kPgInt4},
        {"int", kPgInt4}, {"int4", kPgInt4}, {"bigint", kPgInt8}, {"int8", kPgInt8}, {"real", kPgFloat4},
        {"float4", kPgFloat4}, {"double precision", kPgFloat8}, {"float8", kPgFloat8}, {"numeric", kPgNumeric},
        {"decimal", kPgNumeric}, {"text", kPgText}, {"varchar", kPgVarchar}, {"character varying", kPgVarchar},
        {"date", kPgDate}, {"time", kPgTime}, {"timestamp", kPgTimestamp}, {"timestamptz", kPgTimestampTz},
        {"timestamp with time zone", kPgTimestampTz}, {"interval", kPgInterval}, {"uuid", kPgUuid},
        {"bytea", kPgBytea}, {"oid", kPgOid}, {"json", kPgJson}};
    const std::string low = ToLower(written.substr(0, written.find('(')));
    const auto found = kNames.find(std::string(Trim(low)));
    return found == kNames.end() ? 0 : found->second;
}

// Estimates of rows tell of rows that the principal may not read: blanks of the same width keep the boxes whole.
std::string WithoutEstimates(std::string plan) {
    static const std::regex kEstimate("~ ?[0-9,]+( rows?)?|\\b[0-9,]+ [Rr]ows?\\b");
    std::string out;
    auto at = plan.cbegin();
    std::smatch match;
    while (std::regex_search(at, plan.cend(), match, kEstimate)) {
        out.append(at, match[0].first);
        out.append(static_cast<size_t>(match[0].length()), ' ');
        at = match[0].second;
    }
    out.append(at, plan.cend());
    return out;
}

}  // namespace

Result<std::unique_ptr<PgOpen>> PgConversation::Open(PgPrepared& prepared, std::vector<duckdb::Value> values,
                                                     const std::vector<int16_t>& formats) {
    auto open = std::make_unique<PgOpen>();
    open->utility = prepared.utility();
    open->sql = prepared.sql();
    open->formats = formats;
    CHECK_OK(Aim(prepared));
    if (prepared.has_tree()) {
        auto connection = TRY(TakeConnection());
        open->query = TRY(PgPortal::Open(engine_, std::move(connection), prepared, std::move(values), utc()));
        open->query->SetFormats(formats);
    }
    if (prepared.insert()) {
        open->target =
            TRY(writes_.Find(prepared.insert()->target, settings_.Get("search_path").value_or("")))
                ->name;
        open->columns = prepared.aim();
        open->named = !prepared.insert()->names.empty();
    }
    if (open->utility.kind == Kind::kQuery && open->query) open->fields = open->query->Fields();
    else open->fields = OwnFields(open->utility, formats);
    return open;
}

// The columns of statements whose rows we make, or take from a cursor.
std::vector<PgField> PgConversation::OwnFields(const PgUtility& utility, const std::vector<int16_t>& formats) {
    switch (utility.kind) {
        case Kind::kExplain: return {TextField("QUERY PLAN", PgFormatAt(formats, 0))};
        case Kind::kShow:
            if (utility.name.empty())
                return {TextField("name", PgFormatAt(formats, 0)), TextField("setting", PgFormatAt(formats, 1)),
                        TextField("description", PgFormatAt(formats, 2))};
            return {TextField(utility.name, PgFormatAt(formats, 0))};
        case Kind::kFetch: {
            const auto cursor = cursors_.find(utility.name);
            if (cursor == cursors_.end()) return {};
            cursor->second.query->SetFormats(formats);
            return cursor->second.query->Fields();
        }
        case Kind::kExecute: {
            const auto found = prepared_.find(utility.name);
            if (found == prepared_.end() || !found->second->columns() || found->second->insert())
                return {};
            std::vector<PgField> fields;
            const auto& columns = *found->second->columns();
            for (size_t i = 0; i < columns.types.size(); ++i) {
                const auto type = ToPgType(columns.types[i]);
                fields.push_back({columns.names[i], type.oid, type.size, type.modifier, PgFormatAt(formats, i)});
            }
            return fields;
        }
        default: return {};
    }
}

Result<PgConversation::Outcome> PgConversation::Execute(PgOpen& open, uint64_t rows_max, bool simple) {
    switch (open.utility.kind) {
        case Kind::kQuery: return Query(open, rows_max, simple);
        case Kind::kInsert:
            return Insert(open);
        case Kind::kCopyIn:
            return BeginCopy(open, simple);
        case Kind::kExplain: return Explain(open, rows_max, simple);
        case Kind::kFetch:
        case Kind::kMove: return Fetch(open, simple);
        case Kind::kExecute: return ExecutePrepared(open, rows_max, simple);
        case Kind::kShow:
            if (!open.ran) CHECK_OK(Show(open));
            open.ran = true;
            return OwnRows(open, rows_max, simple, "SHOW");
        case Kind::kCopyOut: {
            if (open.ran) return Refuse("55000", "COPY cannot be run twice");
            open.ran = true;
            const uint64_t rows = TRY(open.query->Copy(out_, open.utility.copy));
            return Outcome{"COPY " + std::to_string(rows), rows, false};
        }
        default: {
            if (open.ran) return Refuse("55000", "the portal cannot be run twice");
            open.ran = true;
            return Outcome{TRY(Command(open)), 0, false};
        }
    }
}

Result<PgConversation::Outcome> PgConversation::Query(PgOpen& open, uint64_t rows_max, bool simple) {
    if (simple) {
        PgWriter writer;
        writer.Fields(open.fields);
        CHECK_OK(out_.Append(writer.buffer()));
    }
    const auto read = TRY(open.query->Rows(out_, rows_max));
    return Outcome{"SELECT " + std::to_string(read.rows), read.rows, !read.at_end};
}

Result<PgConversation::Outcome> PgConversation::OwnRows(PgOpen& open, uint64_t rows_max, bool simple, std::string tag) {
    PgWriter writer;
    if (simple) writer.Fields(open.fields);
    Outcome outcome;
    while (open.row_at < open.rows.size() && (rows_max == 0 || outcome.rows < rows_max)) {
        writer.Row(open.rows[open.row_at++]);
        ++outcome.rows;
    }
    outcome.suspended = rows_max > 0 && outcome.rows == rows_max;
    outcome.tag = std::move(tag);
    CHECK_OK(out_.Append(writer.buffer()));
    return outcome;
}

Result<PgConversation::Outcome> PgConversation::Explain(PgOpen& open, uint64_t rows_max, bool simple) {
    if (!open.ran) {
        open.ran = true;
        const std::string plan = TRY(open.query->Text());
        if (engine_.restricted())
            return Refuse("42501", "the plan reads a relation with row or column rules and is not shown");
        for (const auto& line : Split(WithoutEstimates(plan), '\n')) open.rows.push_back({line});
        while (!open.rows.empty() && open.rows.back()[0]->empty()) open.rows.pop_back();
    }
    return OwnRows(open, rows_max, simple, "EXPLAIN");
}

Result<> PgConversation::Show(PgOpen& open) {
    const auto& name = open.utility.name;
    if (name.empty()) {
        for (auto& row : settings_.All()) open.rows.push_back({row.name, row.value, row.about});
        return {};
    }
    const auto value = settings_.Get(name);
    if (!value) return Refuse("42704", "unrecognized configuration parameter \"" + name + "\"");
    open.rows.push_back({*value});
    return {};
}

Result<std::string> PgConversation::Command(PgOpen& open) {
    const auto& utility = open.utility;
    switch (utility.kind) {
        case Kind::kBegin:
        case Kind::kCommit:
        case Kind::kRollback:
        case Kind::kSavepoint:
        case Kind::kRelease:
        case Kind::kRollbackTo: return Transaction(utility);
        case Kind::kTransactionModes: CHECK_OK(SetModes(utility)); break;
        case Kind::kSet: CHECK_OK(Set(utility)); break;
        case Kind::kReset:
            if (utility.name.empty()) settings_.ResetAll();
            else CHECK_OK(settings_.Reset(utility.name));
            break;
        case Kind::kDiscard: CHECK_OK(Discard(utility)); break;
        case Kind::kPrepare: CHECK_OK(Prepare(utility)); break;
        case Kind::kDeallocate:
            if (utility.name.empty()) prepared_.clear();
            else if (prepared_.erase(utility.name) == 0)
                return Refuse("26000", "prepared statement \"" + utility.name + "\" does not exist");
            break;
        case Kind::kDeclare: CHECK_OK(Declare(open)); break;
        case Kind::kClose: {
            if (utility.name.empty()) {
                for (auto& [name, cursor] : cursors_) Retire(std::move(cursor.query));
                cursors_.clear();
                break;
            }
            const auto found = cursors_.find(utility.name);
            if (found == cursors_.end()) return Refuse("34000", "cursor \"" + utility.name + "\" does not exist");
            Retire(std::move(found->second.query));
            cursors_.erase(found);
            break;
        }
        default: break;
    }
    return utility.tag;
}

// ---- transactions: a state, a pinned snapshot (the node's), settings to undo, and records kept
// until their end

Result<std::string> PgConversation::Transaction(const PgUtility& utility) {
    switch (utility.kind) {
        case Kind::kBegin:
            if (transaction_ == 'I') {
                transaction_ = 'T';
                settings_.BeginTransaction();
            }
            if (!utility.isolation.empty()) CHECK_OK(settings_.Set("transaction_isolation", utility.isolation, true));
            if (utility.read_only)
                CHECK_OK(settings_.Set("transaction_read_only", *utility.read_only ? "on" : "off",
                                       true));
            return utility.tag;
        case Kind::kCommit:
        case Kind::kRollback: {
            const bool commit = utility.kind == Kind::kCommit && transaction_ != 'E';
            auto written = commit ? writes_.Commit() : Result<>();
            EndTransaction(commit && written);
            CHECK_OK(written);
            if (utility.and_chain) {
                transaction_ = 'T';
                settings_.BeginTransaction();
            }
            return std::string(commit ? "COMMIT" : "ROLLBACK");
        }
        default: break;
    }
    if (transaction_ == 'I') return Refuse("25P01", utility.tag + " can only be used in transaction blocks");
    if (utility.kind == Kind::kSavepoint) {
        if (savepoints_.size() >= kSavepointsMax) return Refuse("54000", "too many savepoints");
        savepoints_.push_back({utility.name, writes_.Mark()});
        return utility.tag;
    }
    const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                    [&](const Savepoint& savepoint) { return savepoint.name == utility.name; });
    if (found == savepoints_.rend()) return Refuse("3B001", "savepoint \"" + utility.name + "\" does not exist");
    const auto keep = static_cast<size_t>(savepoints_.rend() - found);  // Its own place, counted from 1.
    if (utility.kind == Kind::kRelease) {
        savepoints_.resize(keep - 1);
        return std::string("RELEASE");
    }
    savepoints_.resize(keep);
    writes_.DropTo(savepoints_.back().mark);
    transaction_ = 'T';
    return std::string("ROLLBACK");
}

void PgConversation::EndTransaction(bool commit) {
    const bool was_open = transaction_ != 'I';
    transaction_ = 'I';
    savepoints_.clear();
    writes_.Drop();
    settings_.EndTransaction(commit);
    for (auto at = cursors_.begin(); at != cursors_.end();) {
        const bool stays = at->second.committed || (commit && at->second.hold);
        if (stays) {
            at->second.committed = true;
            ++at;
            continue;
        }
        Retire(std::move(at->second.query));
        at = cursors_.erase(at);
    }
    // Portals other than the running one die with the transaction; the running one is a command without a query.
    if (!was_open) return;
    for (auto& [name, open] : portals_) Retire(std::move(open->query));
}

Result<> PgConversation::SetModes(const PgUtility& utility) {
    if (utility.read_only) {
        const auto* name =
            utility.local ? "transaction_read_only" : "default_transaction_read_only";
        CHECK_OK(settings_.Set(name, *utility.read_only ? "on" : "off", utility.local));
    }
    if (utility.isolation.empty()) return {};
    if (!utility.local) CHECK_OK(settings_.Set("default_transaction_isolation", utility.isolation, false));
    return settings_.Set("transaction_isolation", utility.isolation, utility.local);
}

Result<> PgConversation::Set(const PgUtility& utility) {
    if (utility.to_default) return settings_.Reset(utility.name);
    return settings_.Set(utility.name, utility.value, utility.local);
}

Result<> PgConversation::Discard(const PgUtility& utility) {
    if (utility.name != "all") return {};
    if (transaction_ != 'I') return Refuse("25001", "DISCARD ALL cannot run inside a transaction block");
    for (auto& [name, cursor] : cursors_) Retire(std::move(cursor.query));
    cursors_.clear();
    prepared_.clear();
    settings_.ResetAll();
    return {};
}

// ---- prepared statements in SQL

Result<> PgConversation::Prepare(const PgUtility& utility) {
    if (prepared_.contains(utility.name))
        return Refuse("42P05", "prepared statement \"" + utility.name + "\" already exists");
    const auto texts = TRY(PgSplit(utility.sql));
    if (texts.size() != 1) return Refuse("42601", "one statement is wanted behind AS");
    std::vector<uint32_t> types;
    for (const auto& type : utility.types) types.push_back(TypeNamed(type));
    auto made = TRY(PgPrepared::Make(engine_, texts.front(), std::move(types)));
    CHECK_OK(Aim(*made));
    if (made->has_tree()) {
        auto connection = TRY(TakeConnection());
        auto inferred = made->Infer(engine_, *connection);
        GiveConnection(std::move(connection));
        CHECK_OK(inferred);
    }
    prepared_[utility.name] = std::move(made);
    return {};
}

Result<PgConversation::Outcome> PgConversation::ExecutePrepared(PgOpen& open, uint64_t rows_max, bool simple) {
    if (!open.query) {
        const auto found = prepared_.find(open.utility.name);
        if (found == prepared_.end())
            return Refuse("26000", "prepared statement \"" + open.utility.name + "\" does not exist");
        auto& prepared = *found->second;
        if (!prepared.has_tree() || (prepared.utility().kind != Kind::kQuery && !prepared.insert()))
            return Refuse("0A000", "EXECUTE runs queries and INSERT only");
        std::vector<duckdb::Value> values;
        if (!Trim(open.utility.arguments).empty()) {
            const std::string text = "SELECT " + open.utility.arguments;
            const auto texts = TRY(PgSplit(text));
            if (texts.size() != 1) return Refuse("42601", "syntax error in the arguments of EXECUTE");
            auto arguments = TRY(PgPrepared::Make(engine_, texts.front(), {}));
            auto portal = TRY(PgPortal::Open(engine_, TRY(TakeConnection()), *arguments, {}, utc()));
            values = TRY(portal->FirstRow());
            Retire(std::move(portal));
        }
        if (values.size() != prepared.parameter_count())
            return Refuse("42601", "wrong number of parameters for prepared statement \"" + open.utility.name + "\"");
        CHECK_OK(Aim(prepared));
        auto connection = TRY(TakeConnection());
        CHECK_OK(engine_.Call([&] {
            for (size_t i = 0; i < values.size(); ++i)
                if (prepared.parameter_oids()[i] != kPgNumeric)
                    values[i] = values[i].CastAs(*connection->context, prepared.parameter_types()[i]);
        }));
        open.query = TRY(PgPortal::Open(engine_, std::move(connection), prepared, std::move(values), utc()));
        if (prepared.insert()) {
            const auto& target = prepared.insert()->target;
            open.target =
                TRY(writes_.Find(target, settings_.Get("search_path").value_or("")))->name;
            open.columns = prepared.aim();
            open.named = !prepared.insert()->names.empty();
            return Insert(open);
        }
        open.query->SetFormats(open.formats);
        open.fields = open.query->Fields();
    }
    return Query(open, rows_max, simple);
}

// ---- cursors

Result<> PgConversation::Declare(PgOpen& open) {
    const auto& utility = open.utility;
    if (!utility.hold && transaction_ == 'I' && !in_string_)
        return Refuse("25P01", "DECLARE CURSOR can only be used in transaction blocks");
    if (cursors_.contains(utility.name)) return Refuse("42P03", "cursor \"" + utility.name + "\" already exists");
    if (cursors_.size() >= kCursorsMax) return Refuse("54000", "too many cursors");
    auto& cursor = cursors_[utility.name];
    cursor.query = std::move(open.query);
    cursor.sql = open.sql;
    cursor.hold = utility.hold;
    cursor.committed = utility.hold && transaction_ == 'I';
    return {};
}

Result<PgConversation::Outcome> PgConversation::Fetch(PgOpen& open, bool simple) {
    const auto found = cursors_.find(open.utility.name);
    if (found == cursors_.end()) return Refuse("34000", "cursor \"" + open.utility.name + "\" does not exist");
    if (open.ran) return Refuse("55000", "the portal cannot be run twice");
    open.ran = true;
    auto& query = *found->second.query;
    const bool nothing = !open.utility.fetch_all && open.utility.count == 0;
    const uint64_t rows_max = open.utility.fetch_all ? 0 : static_cast<uint64_t>(open.utility.count);
    if (open.utility.kind == Kind::kMove) {
        const auto read = nothing ? PgPortal::Read{} : TRY(query.Skip(rows_max));
        return Outcome{"MOVE " + std::to_string(read.rows), read.rows, false};
    }
    query.SetFormats(open.formats);
    if (simple) {
        PgWriter writer;
        writer.Fields(query.Fields());
        CHECK_OK(out_.Append(writer.buffer()));
    }
    const auto read = nothing ? PgPortal::Read{} : TRY(query.Rows(out_, rows_max));
    return Outcome{"FETCH " + std::to_string(read.rows), read.rows, false};
}

}  // namespace weft::engine
