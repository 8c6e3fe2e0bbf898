// The statement as written: rewrites, then the lists, over every node of the tree. What is not
// named here is refused, so a new kind of node in a later DuckDB is refused until somebody has
// thought about it.
#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "duckdb/common/enums/statement_type.hpp"
#include "duckdb/parser/expression/list.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/query_node/list.hpp"
#include "duckdb/parser/statement/list.hpp"
#include "duckdb/parser/tableref/list.hpp"
#include "engine/catalogue.h"
#include "engine/engine_state.h"
#include "engine/lists.h"

namespace weft::engine {
namespace {

using duckdb::ExpressionClass;
using duckdb::ParsedExpression;
using duckdb::QueryNode;
using duckdb::QueryNodeType;
using duckdb::StatementType;
using duckdb::TableRef;
using duckdb::TableReferenceType;

constexpr int kDepthMax =
    1'200;  // DuckDB's own limit for expressions is 1,000; the stack takes far more.

Error Refused(std::string message, std::string hint = {}) {
    return {Code::kDenied, std::move(message), {}, "42501", std::move(hint)};
}
Error Unsupported(std::string message, std::string hint = {}) {
    return {Code::kInvalid, std::move(message), {}, "0A000", std::move(hint)};
}

constexpr int kStructurePartsMax = 1'000;

// DuckDB reads the structure that from_json is given by recursion, while it binds: deep enough, it
// ends the worker. So it must be a literal that can be looked at. Empty: nothing is wrong.
std::string WrongStructure(const duckdb::FunctionExpression& function) {
    static const std::set<std::string> kTakers{"from_json", "from_json_strict", "json_transform",
                                               "json_transform_strict"};
    const auto name = ToLower(function.FunctionName().GetIdentifierName());
    if (!kTakers.contains(name) || function.GetArguments().size() < 2) return {};
    const auto& structure = function.GetArguments()[1].GetExpression();
    if (structure.GetExpressionClass() != ExpressionClass::CONSTANT)
        return "the structure of " + name + " must be a literal";
    const auto opens = std::ranges::count_if(structure.ToString(),
                                             [](char c) { return c == '[' || c == '{'; });
    return opens > kStructurePartsMax ? "the structure of " + name + " has too many parts" : "";
}

class Admission {
  public:
    explicit Admission(const Engine::StateAccess& state) : state_(state.get()) {}

    void Statement(duckdb::SQLStatement& statement);
    void Expression(ParsedExpression& expression);
    std::optional<Error>& error() { return error_; }

    // Every relation named, but for names of CTEs: folded, each once.
    std::vector<RelationName> Names() const {
        std::vector<RelationName> names;
        for (const auto& name : names_) {
            if (name.domain.empty() && ctes_.contains(name.table)) continue;
            names.push_back(name);
        }
        return names;
    }

  private:
    struct Level {  // Stops the walk when it is too deep or has already failed.
        explicit Level(Admission& walk) : walk_(walk) {
            if (++walk_.depth_ > kDepthMax)
                walk_.Fail({Code::kLimit, "the statement is nested too deeply", {}, "54001", {}});
        }
        ~Level() { --walk_.depth_; }
        Admission& walk_;
    };
    void Fail(Error error) {
        if (!error_) error_ = std::move(error);
    }
    template <class T>
    void Maybe(T& expression) {
        if (expression) Expression(*expression);
    }
    template <class T>
    void All(T& expressions) {
        for (auto& expression : expressions) Maybe(expression);
    }
    void CheckFunction(std::string_view name, bool table);
    void Function(duckdb::FunctionExpression& function);
    void Node(QueryNode& node);
    void Select(duckdb::SelectNode& node);
    void Modifiers(QueryNode& node);
    void Ref(TableRef& ref);
    void Base(duckdb::BaseTableRef& ref);
    void TableFunction(duckdb::TableFunctionRef& ref);
    void Pivot(duckdb::PivotRef& ref);
    void Show(duckdb::ShowRef& ref);
    bool Name(duckdb::QualifiedName& name);

    const Engine::State& state_;
    std::optional<Error> error_;
    std::set<RelationName> names_;
    std::set<std::string> ctes_;
    int depth_ = 0;
};

void Admission::Statement(duckdb::SQLStatement& statement) {
    const Level level(*this);
    if (error_) return;
    const auto kind = duckdb::StatementTypeToString(statement.type);
    const auto* entry = ReviewedList::Statements().Find(kind);
    if (entry == nullptr || entry->verdict != Verdict::kAllow) {
        return Fail(Unsupported(kind + " statements are not supported here",
                                entry != nullptr ? entry->reason : ""));
    }
    switch (statement.type) {
        case StatementType::SELECT_STATEMENT:
            return Node(*statement.Cast<duckdb::SelectStatement>().node);
        case StatementType::EXPLAIN_STATEMENT: {
            auto& explain = statement.Cast<duckdb::ExplainStatement>();
            if (explain.explain_type == duckdb::ExplainType::EXPLAIN_SQL)
                return Fail(Unsupported("EXPLAIN SQL is not supported here"));
            return Statement(*explain.stmt);
        }
        case StatementType::PREPARE_STATEMENT:
            return Statement(*statement.Cast<duckdb::PrepareStatement>().statement);
        case StatementType::EXECUTE_STATEMENT:
            for (auto& [name, value] : statement.Cast<duckdb::ExecuteStatement>().named_values)
                Maybe(value);
            return;
        case StatementType::TRANSACTION_STATEMENT:
            return;
        default:
            return Fail(Unsupported(kind + " statements are not supported here"));
    }
}

void Admission::CheckFunction(std::string_view name, bool table) {
    const auto lower = ToLower(name);
    if (!state_.MayCall(table ? "table:" + lower : lower))
        Fail(Refused("function " + lower + " is not permitted",
                     "docs/sql.md lists the functions that are"));
}

void Admission::Function(duckdb::FunctionExpression& function) {
    for (const auto& rewrite : state_.function_rewrites) rewrite(function);
    const auto& name = function.GetQualifiedName();
    // pg_catalog.f is f, for clients that write it so.
    if (name.Path().size() > 1 && name.Schema() == "pg_catalog")
        function.SetQualifiedName(duckdb::QualifiedName(name.Name()));
}

void Admission::Expression(ParsedExpression& expression) {
    const Level level(*this);
    if (error_) return;
    switch (expression.GetExpressionClass()) {
        case ExpressionClass::FUNCTION: {
            auto& function = expression.Cast<duckdb::FunctionExpression>();
            Function(function);
            CheckFunction(function.FunctionName().GetIdentifierName(), false);
            if (auto wrong = WrongStructure(function); !wrong.empty())
                Fail(Unsupported(std::move(wrong)));
            break;
        }
        case ExpressionClass::WINDOW:
            CheckFunction(
                expression.Cast<duckdb::WindowExpression>().FunctionName().GetIdentifierName(),
                false);
            break;
        case ExpressionClass::SUBQUERY: {
            auto& subquery = expression.Cast<duckdb::SubqueryExpression>();
            if (subquery.Subquery()) Node(*subquery.SubqueryMutable()->node);
            break;
        }
        case ExpressionClass::CASE:
        case ExpressionClass::CAST:
        case ExpressionClass::COLUMN_REF:
        case ExpressionClass::COMPARISON:
        case ExpressionClass::CONJUNCTION:
        case ExpressionClass::CONSTANT:
        case ExpressionClass::OPERATOR:
        case ExpressionClass::STAR:
        case ExpressionClass::PARAMETER:
        case ExpressionClass::COLLATE:
        case ExpressionClass::LAMBDA:
        case ExpressionClass::POSITIONAL_REFERENCE:
        case ExpressionClass::BETWEEN:
        case ExpressionClass::TYPE:
            break;
        default:
            return Fail(Unsupported("this kind of expression is not supported here"));
    }
    duckdb::ParsedExpressionIterator::EnumerateChildren(
        expression, [this](ParsedExpression& child) { Expression(child); });
}

void Admission::Modifiers(QueryNode& node) {
    for (auto& modifier : node.modifiers) {
        switch (modifier->type) {
            case duckdb::ResultModifierType::LIMIT_MODIFIER: {
                auto& limit = modifier->Cast<duckdb::LimitModifier>();
                Maybe(limit.limit);
                Maybe(limit.offset);
                break;
            }
            case duckdb::ResultModifierType::ORDER_MODIFIER:
                for (auto& order : modifier->Cast<duckdb::OrderModifier>().orders)
                    Maybe(order.expression);
                break;
            case duckdb::ResultModifierType::DISTINCT_MODIFIER:
                All(modifier->Cast<duckdb::DistinctModifier>().distinct_on_targets);
                break;
            default:
                return Fail(Unsupported("this clause is not supported here"));
        }
    }
}

void Admission::Select(duckdb::SelectNode& node) {
    All(node.select_list);
    if (node.from_table) Ref(*node.from_table);
    Maybe(node.where_clause);
    All(node.groups.group_expressions);
    Maybe(node.having);
    Maybe(node.qualify);
}

void Admission::Node(QueryNode& node) {
    const Level level(*this);
    if (error_) return;
    for (auto& entry : node.cte_map.map) {
        // Names of CTEs count for the whole statement: asking the node for one name more or less is
        // harmless.
        ctes_.insert(ToLower(entry.first.GetIdentifierName()));
        auto& cte = *entry.second;
        All(cte.key_targets);
        All(cte.payload_aggregates);
        if (cte.query_node) Node(*cte.query_node);
    }
    Modifiers(node);
    switch (node.type) {
        case QueryNodeType::SELECT_NODE:
            return Select(node.Cast<duckdb::SelectNode>());
        case QueryNodeType::SET_OPERATION_NODE:
            for (auto& child : node.Cast<duckdb::SetOperationNode>().children) Node(*child);
            return;
        case QueryNodeType::RECURSIVE_CTE_NODE: {
            auto& cte = node.Cast<duckdb::RecursiveCTENode>();
            ctes_.insert(ToLower(cte.ctename.GetIdentifierName()));
            All(cte.key_targets);
            Node(*cte.left);
            return Node(*cte.right);
        }
        case QueryNodeType::CTE_NODE: {
            auto& cte = node.Cast<duckdb::CTENode>();
            ctes_.insert(ToLower(cte.ctename.GetIdentifierName()));
            Node(*cte.query);
            return Node(*cte.child);
        }
        default:
            return Fail(Unsupported("statements that change data are not supported here"));
    }
}

// True when the name is one that the node is asked for; puts our catalogue in front of PostgreSQL's
// SQL schemas.
bool Admission::Name(duckdb::QualifiedName& name) {
    const auto& path = name.Path();
    if (path.size() > 3 || path.empty()) {
        Fail(Unsupported("relations have at most three name parts"));
        return false;
    }
    if (path.size() == 3 && path[0] != kCatalogName) {
        Fail({Code::kNotFound,
              "there is no database " + path[0].GetIdentifierName() + " here",
              {},
              "3D000",
              {}});
        return false;
    }
    const auto domain =
        path.size() == 1 ? std::string() : ToLower(name.Schema().GetIdentifierName());
    const auto table = ToLower(name.Name().GetIdentifierName());
    const auto in_catalogue = [&](const std::string& schema) {
        name = duckdb::QualifiedName(duckdb::Identifier(kCatalogName), duckdb::Identifier(schema),
                                     name.Name());
    };
    if (domain == "pg_catalog" || domain == "information_schema") in_catalogue(domain);
    // DuckDB would find its own pg_class after ours has not been found in the session's domain.
    if (domain.empty() && !ctes_.contains(table) && state_.FindSystemView("pg_catalog", table)) {
        in_catalogue("pg_catalog");
        return false;
    }
    if (domain == "system" || domain == "temp" || domain == "memory") {
        Fail({Code::kNotFound,
              "relation \"" + domain + "." + table + "\" does not exist",
              {},
              "42P01",
              {}});
        return false;
    }
    names_.insert(FoldedName(domain, table));
    if (names_.size() > kLimits.names_per_statement_max)
        Fail({Code::kLimit, "the statement names too many relations", {}, "54001", {}});
    return true;
}

void Admission::Base(duckdb::BaseTableRef& ref) {
    for (const auto& rewrite : state_.table_rewrites) rewrite(ref);
    if (ref.at_clause)
        return Fail(Unsupported("AT is not supported here", "name a pinned version: product__v1"));
    Name(ref.GetQualifiedNameMutable());
}

void Admission::TableFunction(duckdb::TableFunctionRef& ref) {
    if (ref.bind_info || !ref.function ||
        ref.function->GetExpressionClass() != ExpressionClass::FUNCTION)
        return Fail(Unsupported("this kind of table is not supported here"));
    auto& function = ref.function->Cast<duckdb::FunctionExpression>();
    Function(function);
    CheckFunction(function.FunctionName().GetIdentifierName(), true);
    duckdb::ParsedExpressionIterator::EnumerateChildren(
        function, [this](ParsedExpression& child) { Expression(child); });
    if (ref.subquery) Node(*ref.subquery->node);
}

void Admission::Pivot(duckdb::PivotRef& ref) {
    Ref(*ref.source);
    All(ref.aggregates);
    for (auto& pivot : ref.pivots) {
        if (!pivot.pivot_enum.empty())
            return Fail(Unsupported("PIVOT over a type is not supported here"));
        All(pivot.pivot_expressions);
        for (auto& entry : pivot.entries) Maybe(entry.expr);
        if (pivot.subquery) Node(*pivot.subquery);
    }
}

void Admission::Show(duckdb::ShowRef& ref) {
    if (ref.show_type != duckdb::ShowType::DESCRIBE && ref.show_type != duckdb::ShowType::SUMMARY)
        return Fail(Unsupported("this SHOW is not supported here",
                                "SELECT * FROM mesh.products lists what there is"));
    if (ref.query) Node(*ref.query);
    if (!ref.GetTableName().empty()) Name(ref.qualified_name);
}

void Admission::Ref(TableRef& ref) {
    const Level level(*this);
    if (error_) return;
    switch (ref.type) {
        case TableReferenceType::BASE_TABLE:
            return Base(ref.Cast<duckdb::BaseTableRef>());
        case TableReferenceType::SUBQUERY:
            return Node(*ref.Cast<duckdb::SubqueryRef>().subquery->node);
        case TableReferenceType::JOIN: {
            auto& join = ref.Cast<duckdb::JoinRef>();
            Ref(*join.left);
            Ref(*join.right);
            Maybe(join.condition);
            Maybe(join.ranking_expression);
            return All(join.duplicate_eliminated_columns);
        }
        case TableReferenceType::TABLE_FUNCTION:
            return TableFunction(ref.Cast<duckdb::TableFunctionRef>());
        case TableReferenceType::EXPRESSION_LIST:
            for (auto& row : ref.Cast<duckdb::ExpressionListRef>().values) All(row);
            return;
        case TableReferenceType::EMPTY_FROM:
            return;
        case TableReferenceType::PIVOT:
            return Pivot(ref.Cast<duckdb::PivotRef>());
        case TableReferenceType::SHOW_REF:
            return Show(ref.Cast<duckdb::ShowRef>());
        default:
            return Fail(Unsupported("this kind of table is not supported here"));
    }
}

}  // namespace

RelationName FoldedName(std::string_view sql_schema, std::string_view table) {
    RelationName name{ToLower(sql_schema), ToLower(table)};
    if (name.domain == "main") name.domain.clear();
    return name;
}

Result<Engine::Statements> Engine::Parse(std::string_view sql) {
    if (sql.size() > kLimits.sql_bytes_max) return Fail(Code::kLimit, "the statement is too long");
    return Call([&] {
        auto parser = duckdb::Parser::GetBuiltinParser();
        parser.ParseQuery(std::string(sql));
        return std::move(parser.statements);
    });
}

Result<> Engine::Admit(duckdb::SQLStatement& statement) {
    Admission walk{StateAccess(*this)};
    CHECK_OK(Call([&] { walk.Statement(statement); }));
    if (walk.error()) return std::unexpected(std::move(*walk.error()));
    return AskAhead(walk.Names());
}

Result<> Engine::AdmitExpression(duckdb::ParsedExpression& expression) {
    Admission walk{StateAccess(*this)};
    CHECK_OK(Call([&] { walk.Expression(expression); }));
    if (walk.error()) return std::unexpected(std::move(*walk.error()));
    return AskAhead(walk.Names());
}

}  // namespace weft::engine
