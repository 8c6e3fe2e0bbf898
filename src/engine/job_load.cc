#include "engine/job_load.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/query_node/set_operation_node.hpp"
#include "duckdb/parser/statement/copy_statement.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref/joinref.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "engine/duck_type.h"
#include "engine/job_output.h"
#include "engine/job_part.h"
#include "engine/job_profile.h"
#include "engine/job_rule.h"

namespace weft::engine {

namespace {

using Connection = duckdb::unique_ptr<duckdb::Connection>;
using Statement = duckdb::unique_ptr<duckdb::SQLStatement>;

// What the SQL yields, before casts.
struct Produced {
    std::vector<std::string> names;
    duckdb::vector<duckdb::LogicalType> types;
    bool placed = false;  // Rows carry file, line and raw text.
};

class Load {
  public:
    Load(Engine& engine, const Job& job, JobState& state)
        : engine_(engine), job_(job), state_(state) {}
    Result<> Run(Ended& ended);

  private:
    Result<> OpenInputs();
    Result<Statement> Source();
    Result<Produced> Bind(const duckdb::SQLStatement& source);
    Result<> Describe(const Produced& produced);
    Result<> Match(const Produced& produced) const;
    Result<std::string> Select(const Produced& produced);
    void AddRules(const Produced& produced);
    Result<> AddChecks();
    Result<std::vector<WrittenFile>> Write(const Produced& produced, Statement source);
    Result<> Judge(Ended& ended) const;
    Result<> CountDuplicates(Ended& ended);
    Result<> WriteRejected(Ended& ended);
    const duckdb::LogicalType& TypeOf(const Produced& produced, const std::string& name) const;

    Engine& engine_;
    const Job& job_;
    JobState& state_;
    const Input* OnlyInput() const;

    Connection connection_;
    std::vector<RowRule> rules_;
    PartSql part_;
};

std::string Violation(const std::string& expression) {
    return "coalesce(" + expression + ", false)";
}

// The subquery in `from` that stands first, at the left end of joins.
duckdb::SubqueryRef* FirstSubquery(duckdb::TableRef* from) {
    while (from != nullptr && from->type == duckdb::TableReferenceType::JOIN)
        from = from->Cast<duckdb::JoinRef>().left.get();
    if (from == nullptr || from->type != duckdb::TableReferenceType::SUBQUERY) return nullptr;
    return &from->Cast<duckdb::SubqueryRef>();
}

// The user's rows go where "(SELECT 1) AS weft_rows" stands, at the bottom of our own statement.
Result<> PutRows(duckdb::SQLStatement& copy, Statement source) {
    auto* node = copy.Cast<duckdb::CopyStatement>().info->select_statement.get();
    while (node != nullptr) {
        if (node->type == duckdb::QueryNodeType::SET_OPERATION_NODE) {
            // The rows that stay come second.
            node = node->Cast<duckdb::SetOperationNode>().children[0].get();
            continue;
        }
        if (node->type != duckdb::QueryNodeType::SELECT_NODE) break;
        auto* subquery = FirstSubquery(node->Cast<duckdb::SelectNode>().from_table.get());
        if (subquery == nullptr) break;
        if (subquery->alias == duckdb::Identifier("weft_rows")) {
            subquery->subquery =
                duckdb::unique_ptr_cast<duckdb::SQLStatement, duckdb::SelectStatement>(
                    std::move(source));
            return {};
        }
        node = subquery->subquery->node.get();
    }
    return Fail(Code::kInvalid, "the statement that writes has no place for the rows");
}

// Null: there are more inputs than one, or none.
const Input* Load::OnlyInput() const {
    const Input* only = nullptr;
    for (const auto& input : job_.inputs) {
        if (IsOfPart(job_.part, input)) continue;
        if (only != nullptr) return nullptr;
        only = &input;
    }
    return only;
}

Result<> Load::OpenInputs() {
    std::map<std::string, Engine::InputView> views;
    for (const auto& input : job_.inputs) {
        const auto relation = TRY(engine_.Resolve(input.relation));
        const auto* file = std::get_if<FileRelation>(&relation.body);
        Engine::InputView view{input.relation, {}};
        if (file != nullptr && file->format != FileRelation::Format::kParquet) {
            const bool whole = job_.sql.empty() && OnlyInput() == &input;
            auto table = TRY(OpenTable(engine_, *connection_, relation,
                                       whole ? job_.columns : std::vector<OutputColumn>{}));
            table->index = state_.inputs.size();
            std::string columns;
            for (const auto& column : table->columns) {
                columns += (columns.empty() ? "" : ", ") + QuoteIdentifier(column.name);
            }
            view.sql = fmt::format("SELECT {} FROM weft_input({})", columns, table->index);
            state_.inputs.push_back(std::move(table));
        }
        views.emplace(input.name, std::move(view));
    }
    engine_.SetInputs(std::move(views));
    return {};
}

// The statement that yields the rows, admitted. Without SQL it is the only input as it is, with the
// places of records.
Result<Statement> Load::Source() {
    std::string sql = job_.sql;
    const bool placed = sql.empty() && state_.inputs.size() == 1;
    if (sql.empty()) {
        const auto* only = OnlyInput();
        if (only == nullptr)
            return Fail(Code::kInvalid, "without sql there must be exactly one input");
        sql = placed ? "SELECT * FROM weft_input(0)"
                     : "SELECT * FROM " + QuoteIdentifier(only->name);
    }
    auto statements = TRY(engine_.Parse(sql));
    if (statements.size() != 1 || statements[0]->type != duckdb::StatementType::SELECT_STATEMENT)
        return Fail(Code::kInvalid, "the sql of a port must be exactly one SELECT");
    if (!placed) CHECK_OK(engine_.Admit(*statements[0]));
    return std::move(statements[0]);
}

Result<Produced> Load::Bind(const duckdb::SQLStatement& source) {
    const Engine::Trusting trusting(engine_, Trust::kJob);
    auto prepared = TRY(engine_.Call([&] { return connection_->Prepare(source.Copy()); }));
    if (prepared->HasError()) return std::unexpected(engine_.FromDuck(prepared->GetErrorObject()));
    Produced produced;
    const auto& types = prepared->GetTypes();
    std::vector<std::string> seen;
    for (size_t i = 0; i < types.size(); ++i) {
        const auto& name = prepared->GetNames()[i].GetIdentifierName();
        if (name == kFileColumn) {
            produced.placed = true;
            break;
        }
        if (std::ranges::find(seen, ToLower(name)) != seen.end())
            return Fail(Code::kInvalid, "two output columns are named '" + name + "'",
                        "give one of them another name with AS");
        seen.push_back(ToLower(name));
        produced.names.push_back(name);
        produced.types.push_back(types[i]);
    }
    return produced;
}

Result<> Load::Describe(const Produced& produced) {
    Head head;
    for (size_t i = 0; i < produced.names.size(); ++i) {
        const auto type = FromDuckType(produced.types[i]);
        if (!type) {
            return Fail(Code::kInvalid,
                        fmt::format("column '{}' is of the type {}, which tables cannot store",
                                    produced.names[i], produced.types[i].ToString()),
                        "cast it to another type in the sql");
        }
        head.columns.push_back({produced.names[i], *type});
    }
    engine_.control().SendHead(head);
    return {};
}

const duckdb::LogicalType& Load::TypeOf(const Produced& produced, const std::string& name) const {
    const auto found =
        std::ranges::find(produced.names, ToLower(name), [](const auto& n) { return ToLower(n); });
    return produced.types[static_cast<size_t>(found - produced.names.begin())];
}

Result<> Load::Match(const Produced& produced) const {
    Error error{Code::kInvalid, {}, {}, {}, {}};
    std::vector<std::string> declared;
    const auto add = [&](std::string text) {
        error.message += (error.message.empty() ? "" : "; ") + text;
    };
    for (const auto& column : job_.columns) {
        declared.push_back(ToLower(column.name));
        const auto same = [&](const std::string& name) { return ToLower(name) == declared.back(); };
        if (std::ranges::any_of(produced.names, same)) continue;
        add("column '" + column.name + "' is declared but not produced");
        if (const auto near = NearestName(column.name, produced.names))
            add("the nearest produced is '" + *near + "'");
    }
    for (const auto& name : produced.names) {
        if (std::ranges::find(declared, ToLower(name)) != declared.end()) continue;
        add("column '" + name + "' is produced but not declared");
        if (error.hint.empty()) error.hint = "declare it, or leave it out of the sql";
    }
    if (!error.message.empty()) return std::unexpected(error);
    return {};
}

// Casts that can fail, then required, then checks: the first broken one names the reason of a
// rejected row.
void Load::AddRules(const Produced& produced) {
    for (const auto& column : job_.columns) {
        if (ToDuck(column.type) == TypeOf(produced, column.name)) continue;
        const auto name = QuoteIdentifier("weft:cast " + column.name);
        rules_.push_back({column.name, "not a " + ToString(column.type), "", name});
    }
    for (const auto& column : job_.columns) {
        if (!column.required) continue;
        rules_.push_back({column.name, "required", "required " + column.name,
                          QuoteIdentifier(column.name) + " IS NULL"});
    }
}

Result<> Load::AddChecks() {
    for (const auto& column : job_.columns) {
        if (column.check.empty()) continue;
        auto parsed = TRY(engine_.Call([&] {
            auto parser = duckdb::Parser::GetBuiltinParser();
            return parser.ParseExpressionList(column.check);
        }));
        if (parsed.size() != 1)
            return Fail(Code::kInvalid,
                        "the check of column '" + column.name + "' must be one expression");
        CHECK_OK(engine_.AdmitExpression(*parsed[0]));
        parsed[0]->ClearAlias();
        const auto name = column.check_name.empty() ? "check of " + column.name : column.check_name;
        rules_.push_back(
            {column.name, name, name, Violation("NOT (" + parsed[0]->ToString() + ")")});
    }
    return {};
}

// SELECT declared columns FROM (SELECT casts FROM rows) WHERE weft_keep(place, part, violations,
// hashes) UNION ALL the rows that stay ORDER BY …
Result<std::string> Load::Select(const Produced& produced) {
    std::string columns, casts, arguments, order;
    const auto add = [](std::string& list, const std::string& item) {
        list += (list.empty() ? "" : ", ") + item;
    };
    for (const auto& column : job_.columns) {
        const auto name = QuoteIdentifier(column.name);
        add(columns, name);
        if (ToDuck(column.type) == TypeOf(produced, column.name)) {
            add(casts, name + " AS " + name);
            continue;
        }
        const auto cast = fmt::format("TRY_CAST({} AS {})", name, ToString(column.type));
        add(casts, cast + " AS " + name);
        add(casts, fmt::format("({} IS NOT NULL AND {} IS NULL) AS {}", name, cast,
                               QuoteIdentifier("weft:cast " + column.name)));
    }
    std::string broken = "false";
    for (const auto& rule : rules_) broken += " OR " + rule.broken;
    if (produced.placed) {
        for (const auto part : {kFileColumn, kLineColumn, kRawColumn}) {
            add(casts, QuoteIdentifier(part));
            add(arguments, QuoteIdentifier(part));
        }
    } else {
        // The row as JSON, made only for a row that will be rejected.
        arguments = fmt::format(
            "NULL::INTEGER, NULL::BIGINT, CASE WHEN {} THEN to_json(struct_pack({}))::VARCHAR END",
            broken, [&] {
                std::string fields;
                for (const auto& column : job_.columns) {
                    const auto name = QuoteIdentifier(column.name);
                    add(fields, name + " := " + name);
                }
                return fields;
            }());
    }
    add(arguments, part_.inside);
    add(arguments, part_.newest);
    for (const auto& rule : rules_) add(arguments, rule.broken);
    for (const auto& set : job_.unique) {
        std::string nulls = "false", keys;
        for (const auto& column : set) {
            nulls += " OR " + QuoteIdentifier(column) + " IS NULL";
            add(keys, QuoteIdentifier(column));
        }
        add(arguments, fmt::format("CASE WHEN {} THEN NULL ELSE hash({}) END", nulls, keys));
    }
    for (const auto& column : job_.sort_by) add(order, QuoteIdentifier(column));
    const auto kept = part_.kept.empty() ? "" : " UNION ALL " + part_.kept;
    return fmt::format(
        "SELECT {} FROM (SELECT {} FROM (SELECT 1) AS weft_rows) AS weft_typed{} WHERE {} AND "
        "weft_keep({}){}{}",
        columns, casts, part_.join, part_.where, arguments, kept,
        order.empty() ? "" : " ORDER BY " + order);
}

Result<std::vector<WrittenFile>> Load::Write(const Produced& produced, Statement source) {
    AddRules(produced);
    CHECK_OK(AddChecks());
    state_.rules = std::make_unique<RowRules>(engine_.db(), state_, rules_, job_.unique.size());
    const auto target = TRY(OpenTarget(engine_, job_, false));
    const auto sql = TRY(CopySql(TRY(Select(produced)), target, job_.columns));
    auto statements = TRY(engine_.Parse(sql));
    CHECK_OK(PutRows(*statements[0], std::move(source)));
    return RunCopy(engine_, *connection_, std::move(statements[0]), target, job_.columns);
}

Result<> Load::Judge(Ended& ended) const {
    ended.bad_record_count = state_.rejects->count();
    ended.bad_records = state_.rejects->First();
    const uint64_t bad = ended.bad_record_count;
    const uint64_t rows = state_.rules->kept() + bad;
    ended.rows = state_.rules->kept();
    ended.newest = state_.rules->newest();
    for (size_t i = 0; i < rules_.size(); ++i) {
        const auto failed = state_.rules->failed()[i];
        if (!rules_[i].check.empty())
            ended.checks.push_back({rules_[i].check, failed});
        else if (failed > 0)
            ended.checks.push_back({"type " + rules_[i].column, failed});
    }
    const auto share = job_.bad_rows_share_max * static_cast<double>(rows);
    if (bad <= job_.bad_rows_max || static_cast<double>(bad) <= share) return {};
    const auto& first = ended.bad_records.front();
    std::string where = first.file.empty() ? "" : fmt::format("{}:{}: ", first.file, first.line);
    if (!first.column.empty()) where += first.column + ": ";
    return Fail(Code::kInvalid,
                fmt::format("{} of {} records {} the contract; first: {}{}", HumanCount(bad),
                            HumanCount(rows), bad == 1 ? "breaks" : "break", where, first.reason),
                "mend them, or allow some with badRows");
}

Result<> Load::CountDuplicates(Ended& ended) {
    for (size_t set = 0; set < job_.unique.size(); ++set) {
        const Engine::Trusting trusting(engine_, Trust::kJob);
        const Engine::Running running(engine_, *connection_);
        auto rows = TRY(engine_.Call([&] {
            return connection_->Query(
                fmt::format("SELECT count(*) - count(DISTINCT h) FROM weft_hashes({})", set));
        }));
        if (rows->HasError()) return std::unexpected(engine_.FromDuck(rows->GetErrorObject()));
        const auto count =
            TRY(engine_.Call([&] { return rows->Fetch()->GetValue(0, 0).GetValue<uint64_t>(); }));
        ended.checks.push_back({"unique " + Join(job_.unique[set], ", "), count});
    }
    return {};
}

Result<> Load::WriteRejected(Ended& ended) {
    if (!job_.rejected || state_.rejects->spool() == nullptr) return {};
    using Kind = DataType::Kind;
    std::vector<OutputColumn> columns;
    const std::pair<const char*, Kind> kinds[] = {{"reason", Kind::kVarchar},
                                                  {"file", Kind::kVarchar},
                                                  {"line", Kind::kBigint},
                                                  {"raw", Kind::kVarchar},
                                                  {"received_at", Kind::kTimestampTz},
                                                  {"position", Kind::kBigint},
                                                  {"key", Kind::kVarchar}};
    for (const auto& [name, kind] : kinds) {
        OutputColumn column;
        column.name = name;
        column.type.kind = kind;
        column.field_id = static_cast<int32_t>(columns.size()) + 1;
        columns.push_back(std::move(column));
    }
    const auto target = TRY(OpenTarget(engine_, job_, true));
    const auto sql =
        TRY(CopySql("SELECT reason, file, line, raw, coalesce(received_at, now()) AS received_at, "
                    "position, key FROM weft_rejected()",
                    target, columns));
    auto statements = TRY(engine_.Parse(sql));
    auto files = TRY(RunCopy(engine_, *connection_, std::move(statements[0]), target, columns));
    std::ranges::move(files, std::back_inserter(ended.files));
    return {};
}

Result<> Load::Run(Ended& ended) {
    connection_ = TRY(engine_.Connect());
    CHECK_OK(OpenInputs());
    auto source = TRY(Source());
    const auto produced = TRY(Bind(*source));
    if (job_.columns.empty()) return Describe(produced);
    CHECK_OK(Match(produced));
    part_ = TRY(MakePart(engine_, *connection_, job_));
    auto files = TRY(Write(produced, std::move(source)));
    CHECK_OK(Judge(ended));
    ended.files = std::move(files);
    CHECK_OK(CountDuplicates(ended));
    return WriteRejected(ended);
}

bool IsMade(std::string_view column) {
    const auto lower = ToLower(column);
    return lower == kReceivedAtColumn || lower == kPositionColumn;
}

// The columns of pushed records that the node knows.
void AddMade(InputTable& table) {
    using From = InputColumn::From;
    for (const auto from : {From::kReceivedAt, From::kPosition}) {
        InputColumn column;
        const bool time = from == From::kReceivedAt;
        column.name = time ? kReceivedAtColumn : kPositionColumn;
        column.type.kind = time ? DataType::Kind::kTimestampTz : DataType::Kind::kBigint;
        column.duck = ToDuck(column.type);
        column.from = from;
        table.columns.push_back(std::move(column));
    }
}

// The functions of job_input.h see a job's state only while it lives.
class Slotted {
  public:
    Slotted(JobSlot& slot, JobState& state) : slot_(slot) { slot_.state = &state; }
    ~Slotted() { slot_.state = nullptr; }
    Slotted(const Slotted&) = delete;
    Slotted& operator=(const Slotted&) = delete;

  private:
    JobSlot& slot_;
};

}  // namespace

Result<InputTable> OpenFiles(Engine& engine, const FileRelation& file, uint64_t token) {
    InputTable table;
    table.format = file.format;
    table.paths = TRY(engine.OpenInput(token));
    table.names = file.names;
    for (size_t i = table.names.size(); i < table.paths.size(); ++i)
        table.names.push_back(fmt::format("file {}", i + 1));
    table.gzip = file.gzip;
    table.header = file.header.value_or(true);
    table.nulls = file.nulls;
    if (!file.delimiter.empty()) table.delimiter = file.delimiter[0];
    return table;
}

Result<std::unique_ptr<InputTable>> OpenTable(Engine& engine, duckdb::Connection& connection,
                                              const Relation& relation,
                                              const std::vector<OutputColumn>& declared) {
    const auto& file = std::get<FileRelation>(relation.body);
    if (file.format == FileRelation::Format::kParquet)
        return Fail(Code::kInvalid, "Parquet files have their own types");
    auto table = std::make_unique<InputTable>(TRY(OpenFiles(engine, file, relation.token)));
    const bool pushed = !file.received.empty();
    if (pushed && (file.format != FileRelation::Format::kJsonLines || table->paths.size() > 1))
        return Fail(Code::kInvalid, "pushed records are one file of JSON Lines");
    table->received = file.received;
    table->reject_unknown = file.reject_unknown;
    const auto add = [&](const auto& column, std::string alias) {
        if (pushed && IsMade(column.name)) return;  // They are added below.
        table->columns.push_back(
            {column.name, column.type, ToDuck(column.type), std::move(alias)});
    };
    for (const auto& column : file.columns) add(column, column.alias);
    if (table->columns.empty()) {
        for (const auto& column : declared) add(column, {});
    }
    const bool csv = file.format == FileRelation::Format::kCsv;
    if (csv && file.delimiter.empty())
        table->delimiter = TRY(SniffTable(engine, connection, *table));
    if (!table->columns.empty()) {
        CHECK_OK(engine.Call([&] { CheckHeader(*connection.context, *table); }));
        if (pushed) AddMade(*table);
        return table;
    }
    const auto profile = TRY(ProfileTable(engine, connection, *table, file.header));
    table->header = profile.header;
    if (csv && table->nulls.empty()) table->nulls = profile.nulls;
    for (const auto& column : profile.columns) add(column, {});
    if (table->columns.empty())
        return Fail(Code::kInvalid,
                    table->names.empty() ? "no file" : table->names[0] + " is empty");
    if (pushed) AddMade(*table);
    return table;
}

Result<> RunLoad(Engine& engine, const Job& job, Ended& ended) {
    JobState state;
    state.rejects = std::make_unique<Rejects>(engine.db(), job.rejected);
    auto* slot = TRY(engine.Call([&] { return &RegisterInput(engine.db()); }));
    for (const auto* name :
         {"table:weft_input", "table:weft_hashes", "table:weft_rejected", "weft_keep"})
        engine.AllowFunction(name);
    const Slotted slotted(*slot, state);
    Load load(engine, job, state);
    return load.Run(ended);
}

Result<> RunMerge(Engine& engine, const Job& job, Ended& ended) {
    if (job.inputs.size() != 1) return Fail(Code::kInvalid, "a merge reads exactly one relation");
    auto connection = TRY(engine.Connect());
    engine.SetInputs({{job.inputs[0].name, {job.inputs[0].relation, {}}}});
    std::string columns, order;
    for (const auto& column : job.columns) {
        columns += (columns.empty() ? "" : ", ") + QuoteIdentifier(column.name);
    }
    for (const auto& column : job.sort_by)
        order += (order.empty() ? " ORDER BY " : ", ") + QuoteIdentifier(column);
    const auto target = TRY(OpenTarget(engine, job, false));
    const auto select =
        fmt::format("SELECT {} FROM {}{}", columns, QuoteIdentifier(job.inputs[0].name), order);
    auto statements = TRY(engine.Parse(TRY(CopySql(select, target, job.columns))));
    ended.files = TRY(RunCopy(engine, *connection, std::move(statements[0]), target, job.columns));
    for (const auto& file : ended.files) ended.rows += file.row_count;
    return {};
}

}  // namespace weft::engine
