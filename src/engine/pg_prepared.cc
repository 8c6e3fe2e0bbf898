#include "engine/pg_prepared.h"

#include <charconv>

#include "base/text.h"
#include "duckdb/parser/expression/cast_expression.hpp"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/expression/parameter_expression.hpp"
#include "duckdb/parser/expression/subquery_expression.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/query_node/set_operation_node.hpp"
#include "duckdb/parser/statement/explain_statement.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "engine/duck_type.h"

namespace weft::engine {
namespace {

using duckdb::ExpressionClass;
using duckdb::LogicalType;
using duckdb::ParsedExpression;
using Tree = duckdb::unique_ptr<ParsedExpression>;

constexpr size_t kParametersMax = 10'000;
constexpr int kDepthMax = 1'000;

std::unexpected<Error> Refuse(const char* sqlstate, std::string message, std::string hint = {}) {
    Error error;
    error.message = std::move(message);
    error.hint = std::move(hint);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

// Calls `visit` for every parameter of the tree; it may replace the node.
using Visit = std::function<void(Tree&, size_t number)>;

void VisitNode(duckdb::QueryNode& node, const Visit& visit, int depth);

void VisitExpression(Tree& expression, const Visit& visit, int depth) {
    if (!expression || depth > kDepthMax) return;
    if (expression->GetExpressionClass() == ExpressionClass::PARAMETER) {
        const auto name = expression->Cast<duckdb::ParameterExpression>().Identifier().GetIdentifierName();
        size_t number = 0;
        std::from_chars(name.data(), name.data() + name.size(), number);
        if (number > 0) visit(expression, number - 1);
        return;
    }
    if (expression->GetExpressionClass() == ExpressionClass::SUBQUERY)
        VisitNode(*expression->Cast<duckdb::SubqueryExpression>().SubqueryMutable()->node, visit, depth + 1);
    duckdb::ParsedExpressionIterator::EnumerateChildren(
        *expression, [&](Tree& child) { VisitExpression(child, visit, depth + 1); });
}

void VisitNode(duckdb::QueryNode& node, const Visit& visit, int depth) {
    if (depth > kDepthMax) return;
    duckdb::ParsedExpressionIterator::EnumerateQueryNodeChildren(
        node, [&](Tree& child) { VisitExpression(child, visit, depth + 1); });
    for (auto& modifier : node.modifiers) {
        if (modifier->type != duckdb::ResultModifierType::LIMIT_MODIFIER) continue;
        auto& limit = modifier->Cast<duckdb::LimitModifier>();
        VisitExpression(limit.limit, visit, depth + 1);
        VisitExpression(limit.offset, visit, depth + 1);
    }
}

duckdb::QueryNode* NodeOf(duckdb::SQLStatement& statement) {
    if (statement.type != duckdb::StatementType::SELECT_STATEMENT) return nullptr;
    return statement.Cast<duckdb::SelectStatement>().node.get();
}

duckdb::SelectNode* FirstSelect(duckdb::QueryNode* node) {
    for (int depth = 0; node && depth < kDepthMax; ++depth) {
        if (node->type == duckdb::QueryNodeType::SELECT_NODE) return &node->Cast<duckdb::SelectNode>();
        if (node->type != duckdb::QueryNodeType::SET_OPERATION_NODE) return nullptr;
        auto& children = node->Cast<duckdb::SetOperationNode>().children;
        node = children.empty() ? nullptr : children.front().get();
    }
    return nullptr;
}

// What PostgreSQL calls a column without AS: the name of the function, column or type; else ?column?.
std::string FigureName(const ParsedExpression& expression, int depth = 0) {
    if (expression.HasAlias()) return expression.GetAlias().GetIdentifierName();
    if (depth > 16) return "?column?";
    switch (expression.GetExpressionClass()) {
        case ExpressionClass::COLUMN_REF:
            return expression.Cast<duckdb::ColumnRefExpression>().GetColumnName().GetIdentifierName();
        case ExpressionClass::FUNCTION: {
            const auto& function = expression.Cast<duckdb::FunctionExpression>();
            std::string name = ToLower(function.FunctionName().GetIdentifierName());
            if (name.starts_with("pg__")) name = name.substr(4);
            if (name == "count_star") return "count";
            if (name.starts_with("pg_reg")) return name.substr(3);
            if (name.empty() || !((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_')) return "?column?";
            static constexpr std::string_view kOperators[] = {"list_value", "struct_pack", "array_extract",
                                                              "struct_extract", "regexp_matches", "row"};
            if (name == "list_value") return "array";
            for (const auto op : kOperators)
                if (name == op) return "?column?";
            return name;
        }
        case ExpressionClass::WINDOW: {
            const std::string text = ToLower(expression.ToString());
            const auto bracket = text.find('(');
            return bracket == std::string::npos ? "?column?" : text.substr(0, bracket);
        }
        case ExpressionClass::CAST: {
            const auto& cast = expression.Cast<duckdb::CastExpression>();
            const std::string inner = FigureName(cast.Child(), depth + 1);
            if (inner != "?column?") return inner;
            std::string type = ToLower(cast.TargetType().ToString());
            type = type.substr(0, type.find('('));
            static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
                {"integer", "int4"}, {"int", "int4"}, {"bigint", "int8"}, {"smallint", "int2"}, {"varchar", "varchar"},
                {"boolean", "bool"}, {"double", "float8"}, {"real", "float4"}, {"float", "float4"}, {"decimal", "numeric"},
                {"timestamp with time zone", "timestamptz"}, {"blob", "bytea"}, {"uinteger", "oid"}};
            for (const auto& [duck, pg] : kNames)
                if (type == duck) return std::string(pg);
            return type;
        }
        case ExpressionClass::CASE: return "case";
        case ExpressionClass::SUBQUERY: {
            const auto& subquery = expression.Cast<duckdb::SubqueryExpression>();
            if (subquery.GetSubqueryType() == duckdb::SubqueryType::EXISTS) return "exists";
            if (subquery.GetSubqueryType() != duckdb::SubqueryType::SCALAR) return "?column?";
            const auto* select = FirstSelect(subquery.Subquery()->node.get());
            return select && !select->select_list.empty() ? FigureName(*select->select_list.front(), depth + 1) : "?column?";
        }
        case ExpressionClass::OPERATOR:
            if (expression.GetExpressionType() == duckdb::ExpressionType::OPERATOR_COALESCE) return "coalesce";
            return "?column?";
        default: return "?column?";
    }
}

}  // namespace

PgPrepared::~PgPrepared() = default;

Result<std::unique_ptr<PgPrepared>> PgPrepared::Make(Engine& engine, const PgStatementText& text,
                                                     std::vector<uint32_t> declared) {
    std::unique_ptr<PgPrepared> made(new PgPrepared);
    made->sql_ = std::string(text.sql);
    made->declared_ = std::move(declared);
    if (text.tokens.empty()) {
        made->utility_.kind = PgUtility::Kind::kNothing;
        return made;
    }
    made->utility_ = TRY(ParsePgUtility(text));
    using Kind = PgUtility::Kind;
    const auto kind = made->utility_.kind;
    if (kind == Kind::kQuery || kind == Kind::kDeclare || kind == Kind::kCopyOut || kind == Kind::kExplain)
        CHECK_OK(made->ParseTree(engine));
    return made;
}

Result<> PgPrepared::ParseTree(Engine& engine) {
    text_ = TRY(RewritePgText(utility_.sql));
    if (utility_.kind == PgUtility::Kind::kExplain) {
        text_.sql.insert(0, "EXPLAIN ");
        for (auto& place : text_.places) place.first += 8;
    }
    auto parsed = engine.Parse(text_.sql);
    if (!parsed) {
        auto error = std::move(parsed).error();
        for (auto& finding : error.findings)
            if (finding.column > 0) finding.column = Place(finding.column);
        return std::unexpected(std::move(error));
    }
    if (parsed->size() != 1) return Refuse("42601", "cannot insert multiple commands into a prepared statement");
    tree_ = std::move(parsed->front());
    if (utility_.kind == PgUtility::Kind::kQuery &&
        tree_->type == duckdb::StatementType::INSERT_STATEMENT) {
        PgTakenInsert taken;
        Result<> done;
        CHECK_OK(engine.Call([&] { done = TakePgInsert(*tree_, taken); }));
        CHECK_OK(done);
        utility_.kind = PgUtility::Kind::kInsert;
        insert_ = std::move(taken.insert);
        tree_ = std::move(taken.source);
    }
    const bool rows = tree_->type == duckdb::StatementType::SELECT_STATEMENT;
    if (!rows && (utility_.kind == PgUtility::Kind::kDeclare || utility_.kind == PgUtility::Kind::kCopyOut))
        return Refuse("42601", "a query is wanted here");
    parameter_count_ = declared_.size();
    for (const auto& [name, index] : tree_->named_param_map) {
        size_t number = 0;
        const auto& text = name.GetIdentifierName();
        if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc() || number > kParametersMax)
            return Refuse("42P02", "there is no parameter $" + text, "Parameters are $1, $2 and so on.");
        parameter_count_ = std::max(parameter_count_, number);
    }
    oids_ = declared_;
    oids_.resize(parameter_count_, 0);
    types_.assign(parameter_count_, LogicalType::VARCHAR);
    for (size_t i = 0; i < parameter_count_; ++i) {
        if (oids_[i] == kPgUnknown) oids_[i] = 0;
        if (oids_[i] != 0) types_[i] = FromPgType(oids_[i]);
    }
    return {};
}

Result<> PgPrepared::Aim(Engine& engine, std::vector<OutputColumn> columns) {
    const auto same = [](const OutputColumn& a, const OutputColumn& b) {
        return a.name == b.name && a.type == b.type;
    };
    if (aimed_ && std::ranges::equal(aim_, columns, same)) return {};
    aimed_.reset();
    const auto shape = [&]() -> Result<> {
        auto copy = tree_->Copy();
        auto& source = copy->Cast<duckdb::SelectStatement>();
        for (const auto& place : PgPlacesOf(source, insert_->values)) {
            if (place.parameter >= oids_.size() || place.column >= columns.size()) continue;
            if (place.parameter < declared_.size() && declared_[place.parameter] != 0 &&
                declared_[place.parameter] != kPgUnknown)
                continue;
            const auto type = ToDuck(columns[place.column].type);
            oids_[place.parameter] = ToPgType(type).oid;
            types_[place.parameter] =
                oids_[place.parameter] == kPgJson ? LogicalType::VARCHAR : type;
        }
        if (insert_->values) CHECK_OK(ShapePgValues(source, columns, !insert_->names.empty()));
        aimed_ = std::move(copy);
        return {};
    };
    Result<> shaped;
    CHECK_OK(engine.Call([&] { shaped = shape(); }));
    CHECK_OK(shaped);
    aim_ = std::move(columns);
    return {};
}

bool PgPrepared::needs_inference() const {
    return std::any_of(oids_.begin(), oids_.end(), [](uint32_t oid) { return oid == 0; });
}

// A copy whose parameters carry their types as casts, so that DuckDB can bind it without values. kCast: those that could
// not be inferred are text. kNulls: nulls of these types stand for them, which binds where casts do not (a macro that
// uses its parameter twice).
Result<duckdb::unique_ptr<duckdb::SQLStatement>> PgPrepared::Typed(Engine& engine, Pass pass) const {
    return engine.Call([&] {
        auto copy = Source().Copy();
        auto* node = NodeOf(*copy);
        if (!node) return copy;
        const auto wrap = [&](Tree& parameter, const LogicalType& type) {
            auto inner = std::move(parameter);
            if (pass == Pass::kNulls) inner = duckdb::ConstantExpression::Null();
            parameter = duckdb::make_uniq<duckdb::CastExpression>(type, std::move(inner));
        };
        if (auto* select = pass == Pass::kDeclared ? FirstSelect(node) : nullptr) {
            for (auto& item : select->select_list) {
                if (item->GetExpressionClass() != ExpressionClass::PARAMETER) continue;
                VisitExpression(item, [&](Tree& parameter, size_t i) {
                    if (oids_[i] == 0) wrap(parameter, LogicalType::VARCHAR);
                }, 0);
            }
        }
        VisitNode(*node, [&](Tree& parameter, size_t i) {
            if (pass != Pass::kDeclared || (oids_[i] != 0 && types_[i].id() != duckdb::LogicalTypeId::VARCHAR)) wrap(parameter, types_[i]);
        }, 0);
        if (pass == Pass::kNulls) copy->named_param_map.clear();
        return copy;
    });
}

Result<> PgPrepared::Infer(Engine& engine, duckdb::Connection& connection) {
    for (const auto pass : {Pass::kDeclared, Pass::kCast, Pass::kNulls}) {
        const bool all = pass != Pass::kDeclared;
        auto copy = TRY(Typed(engine, pass));
        CHECK_OK(engine.Admit(*copy));
        const Engine::Running running(engine, connection);
        auto prepared = TRY(engine.Call([&] { return connection.Prepare(std::move(copy)); }));
        if (prepared->HasError()) {
            if (parameter_count_ > 0 && pass != Pass::kNulls) continue;  // An untyped parameter can be what fails: once more as text.
            auto error = engine.FromDuck(prepared->GetErrorObject());
            for (auto& finding : error.findings)
                if (finding.column > 0) finding.column = Place(finding.column);
            return std::unexpected(std::move(error));
        }
        bool complete = prepared->MetadataAvailable();
        for (size_t i = 0; i < parameter_count_; ++i) {
            if (oids_[i] != 0) continue;
            LogicalType type;
            const duckdb::Identifier name(std::to_string(i + 1));
            const bool known = prepared->TryGetParameterType(name, type) && type.id() != duckdb::LogicalTypeId::UNKNOWN &&
                               type.id() != duckdb::LogicalTypeId::SQLNULL && type.id() != duckdb::LogicalTypeId::ANY;
            if (!known && !all) {
                complete = false;
                continue;
            }
            if (!known) type = LogicalType::VARCHAR;
            oids_[i] = ToPgType(type).oid;
            types_[i] = type.id() == duckdb::LogicalTypeId::DECIMAL ? LogicalType::DECIMAL(38, 10) : type;
        }
        for (const auto& type : prepared->GetTypes()) complete = complete && type.id() != duckdb::LogicalTypeId::UNKNOWN;
        if (!complete && parameter_count_ > 0 && pass != Pass::kNulls) continue;
        if (!prepared->MetadataAvailable()) return Refuse("0A000", "statements that expand into several are not supported");
        PgColumns columns;
        columns.types = prepared->GetTypes();
        for (const auto& name : prepared->GetNames()) columns.names.push_back(name.GetIdentifierName());
        NameColumns(columns.names);
        columns_ = std::move(columns);
        return {};
    }
    return {};
}

Result<duckdb::unique_ptr<duckdb::SQLStatement>> PgPrepared::Admitted(Engine& engine,
                                                                      const std::vector<duckdb::Value>& values) const {
    auto copy = TRY(engine.Call([&] {
        auto tree = Source().Copy();
        if (values.empty()) return tree;
        if (auto* node = NodeOf(*tree)) {
            VisitNode(*node, [&](Tree& parameter, size_t i) {
                if (i < values.size()) parameter = duckdb::ConstantExpression::FromValue(values[i]);
            }, 0);
            tree->named_param_map.clear();
        }
        return tree;
    }));
    CHECK_OK(engine.Admit(*copy));
    return copy;
}

// The items before the first star and behind the last one have a column each; the star's own names stay.
void PgPrepared::NameColumns(std::vector<std::string>& names) const {
    auto* select = tree_ ? FirstSelect(NodeOf(*tree_)) : nullptr;
    if (!select) return;
    const auto& items = select->select_list;
    const auto is_star = [&](size_t i) {
        if (items[i]->GetExpressionClass() == ExpressionClass::STAR) return true;
        // COLUMNS(…) inside a call, or an unnested struct: several columns.
        return items.size() != names.size() && items[i]->GetExpressionClass() == ExpressionClass::FUNCTION;
    };
    size_t front = 0;
    while (front < items.size() && front < names.size() && !is_star(front)) {
        names[front] = FigureName(*items[front]);
        ++front;
    }
    if (front == items.size()) return;
    for (size_t back = 1; back <= items.size() - front && back <= names.size() - front; ++back) {
        if (is_star(items.size() - back)) return;
        names[names.size() - back] = FigureName(*items[items.size() - back]);
    }
}

uint32_t PgPrepared::Place(uint32_t column) const {
    return static_cast<uint32_t>(text_.Original(column - 1) + utility_.sql_offset + 1);
}

}  // namespace weft::engine
