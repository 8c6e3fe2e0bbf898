#include "engine/statement_build.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/statement/select_statement.hpp"

namespace weft::engine {

namespace {

using Expression = duckdb::unique_ptr<duckdb::ParsedExpression>;
constexpr int kDepthMax = 1'000;

std::unexpected<Error> Invalid(std::string message, std::string sqlstate, std::string hint = {}) {
    auto error = Fail(Code::kInvalid, std::move(message), std::move(hint));
    error.error().sqlstate = std::move(sqlstate);
    return error;
}

std::string TableName(const RelationName& name) {
    return (name.domain.empty() ? "" : QuoteIdentifier(name.domain) + ".") +
           QuoteIdentifier(name.table);
}

std::vector<std::string> ColumnNames(const Relation& relation) {
    std::vector<std::string> names;
    std::visit(
        [&](const auto& body) {
            for (const auto& column : body.columns) names.push_back(column.name);
        },
        relation.body);
    return names;
}

class Parts {
  public:
    Parts(Engine& engine, duckdb::Connection& connection, const Statement& parts)
        : engine_(engine), connection_(connection), parts_(parts) {}
    Result<SqlStatement> Build();

  private:
    Result<> CheckColumn(const std::string& name) const;
    Result<> CheckColumns() const;
    Result<Expression> Where();
    Result<> CheckWhere(const duckdb::ParsedExpression& expression, int depth) const;
    Result<> CheckCondition(const Expression& where);
    Result<SqlStatement> Select(const std::string& list, const std::string& tail,
                                Expression where) const;

    Engine& engine_;
    duckdb::Connection& connection_;
    const Statement& parts_;
    std::vector<std::string> columns_;
};

Result<> Parts::CheckColumn(const std::string& name) const {
    const auto same = [&](const std::string& other) { return ToLower(other) == ToLower(name); };
    if (columns_.empty() || std::ranges::any_of(columns_, same)) return {};
    const auto near = NearestName(name, columns_);
    return Invalid(
        fmt::format("{} has no column '{}'", parts_.relation.table, name), "42703",
        near ? "did you mean '" + *near + "'?" : "its columns are " + Join(columns_, ", "));
}

Result<> Parts::CheckColumns() const {
    for (const auto& name : parts_.columns) CHECK_OK(CheckColumn(name));
    for (const auto& order : parts_.order) CHECK_OK(CheckColumn(order.column));
    return {};
}

Result<> Parts::CheckWhere(const duckdb::ParsedExpression& expression, int depth) const {
    using duckdb::ExpressionClass;
    if (depth > kDepthMax) return Invalid("the filter is too deep", "54001");
    switch (expression.GetExpressionClass()) {
        case ExpressionClass::SUBQUERY:
            return Invalid("a filter holds no subquery", "0A000", "use sql instead");
        case ExpressionClass::STAR:
        case ExpressionClass::WINDOW:
            return Invalid("a filter is about one row", "42P20", "use sql instead");
        case ExpressionClass::COLUMN_REF: {
            const auto& name = expression.Cast<duckdb::ColumnRefExpression>();
            if (name.IsQualified())
                break;  // product.column, or a field of a struct: the binder knows.
            CHECK_OK(CheckColumn(name.GetColumnName().GetIdentifierName()));
            break;
        }
        default:
            break;
    }
    Result<> checked;
    duckdb::ParsedExpressionIterator::EnumerateChildren(
        expression, [&](const duckdb::ParsedExpression& child) {
            if (checked) checked = CheckWhere(child, depth + 1);
        });
    return checked;
}

Result<Expression> Parts::Where() {
    if (parts_.where.empty()) return Expression();
    auto parsed = TRY(engine_.Call(
        [&] { return duckdb::Parser::GetBuiltinParser().ParseExpressionList(parts_.where); }));
    if (parsed.size() != 1 || parsed[0]->HasAlias())
        return Invalid("a filter is exactly one condition", "42601", "join conditions with AND");
    CHECK_OK(CheckWhere(*parsed[0], 0));
    CHECK_OK(engine_.AdmitExpression(*parsed[0]));
    return std::move(parsed[0]);
}

// DuckDB would turn a number or a text into a condition; here it is a mistake.
Result<> Parts::CheckCondition(const Expression& where) {
    auto probe = TRY(Select("1", "", nullptr));
    auto& node = probe->Cast<duckdb::SelectStatement>().node->Cast<duckdb::SelectNode>();
    node.select_list[0] = where->Copy();
    CHECK_OK(engine_.Admit(*probe));
    auto prepared = TRY(engine_.Call([&] { return connection_.Prepare(std::move(probe)); }));
    if (prepared->HasError()) return std::unexpected(engine_.FromDuck(prepared->GetErrorObject()));
    const auto& type = prepared->GetTypes()[0];
    if (type.id() == duckdb::LogicalTypeId::BOOLEAN || type.id() == duckdb::LogicalTypeId::SQLNULL)
        return {};
    return Invalid(
        "a filter is a condition, this one is a value of type " + ToLower(type.ToString()),
        "42804");
}

Result<SqlStatement> Parts::Select(const std::string& list, const std::string& tail,
                                   Expression where) const {
    auto statements = TRY(
        engine_.Parse(fmt::format("SELECT {} FROM {}{}", list, TableName(parts_.relation), tail)));
    if (statements.size() != 1 || statements[0]->type != duckdb::StatementType::SELECT_STATEMENT)
        return Invalid("the parts of the question do not fit", "42601");
    auto& node = *statements[0]->Cast<duckdb::SelectStatement>().node;
    if (where) node.Cast<duckdb::SelectNode>().where_clause = std::move(where);
    return std::move(statements[0]);
}

Result<SqlStatement> Parts::Build() {
    columns_ = ColumnNames(TRY(engine_.Resolve(parts_.relation)));
    CHECK_OK(CheckColumns());
    auto where = TRY(Where());
    if (where) CHECK_OK(CheckCondition(where));
    std::string list, tail;
    for (const auto& name : parts_.columns)
        list += (list.empty() ? "" : ", ") + QuoteIdentifier(name);
    for (const auto& order : parts_.order) {
        tail += (tail.empty() ? " ORDER BY " : ", ") + QuoteIdentifier(order.column) +
                (order.descending ? " DESC" : "");
    }
    if (parts_.limit > 0) tail += fmt::format(" LIMIT {}", parts_.limit);
    if (parts_.offset > 0) tail += fmt::format(" OFFSET {}", parts_.offset);
    auto select = TRY(Select(list.empty() ? "*" : list, tail, std::move(where)));
    CHECK_OK(engine_.Admit(*select));
    return select;
}

}  // namespace

Result<SqlStatement> BuildStatement(Engine& engine, duckdb::Connection& connection,
                                    const Statement& statement) {
    if (statement.sql.empty()) return Parts(engine, connection, statement).Build();
    auto statements = TRY(engine.Parse(statement.sql));
    if (statements.empty()) return Invalid("there is no statement", "42601");
    if (statements.size() > 1) return Invalid("one statement at a time", "42601");
    const auto type = statements[0]->type;
    const bool reads = type == duckdb::StatementType::SELECT_STATEMENT ||
                       type == duckdb::StatementType::EXPLAIN_STATEMENT;
    CHECK_OK(engine.Admit(*statements[0]));
    if (!reads) return Invalid("only statements that read are possible here", "0A000");
    return std::move(statements[0]);
}

}  // namespace weft::engine
