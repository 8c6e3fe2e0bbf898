#include "engine/pg_insert.h"

#include <charconv>

#include "base/text.h"
#include "duckdb/parser/expression/cast_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/parameter_expression.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/statement/insert_statement.hpp"
#include "duckdb/parser/tableref/expressionlistref.hpp"
#include "engine/duck_type.h"

namespace weft::engine {
namespace {

using duckdb::ExpressionClass;
using Tree = duckdb::unique_ptr<duckdb::ParsedExpression>;

std::unexpected<Error> Refuse(const char* sqlstate, std::string message, std::string hint = {}) {
    Error error;
    error.message = std::move(message);
    error.hint = std::move(hint);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

// Texts for these are read in PostgreSQL's spelling, which the engine's cast does not know
// (pg_record).
bool KeepsText(const DataType& type) {
    using Kind = DataType::Kind;
    return type.kind == Kind::kBlob || type.kind == Kind::kList || type.kind == Kind::kStruct ||
           type.kind == Kind::kMap;
}

duckdb::ExpressionListRef* ValuesOf(duckdb::SelectStatement& source) {
    if (source.node->type != duckdb::QueryNodeType::SELECT_NODE) return nullptr;
    auto& select = source.node->Cast<duckdb::SelectNode>();
    if (!select.from_table ||
        select.from_table->type != duckdb::TableReferenceType::EXPRESSION_LIST)
        return nullptr;
    return &select.from_table->Cast<duckdb::ExpressionListRef>();
}

void Note(const Tree& expression, size_t column, std::vector<PgPlace>& places) {
    if (expression->GetExpressionClass() != ExpressionClass::PARAMETER) return;
    const auto name =
        expression->Cast<duckdb::ParameterExpression>().Identifier().GetIdentifierName();
    size_t number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    if (number > 0) places.push_back({number - 1, column});
}

}  // namespace

Result<> TakePgInsert(duckdb::SQLStatement& statement, PgTakenInsert& taken) {
    auto& node = *statement.Cast<duckdb::InsertStatement>().node;
    if (!node.returning_list.empty())
        return Refuse("0A000", "INSERT … RETURNING is not supported",
                      "Records are checked after they were accepted; their positions are in the "
                      "column _position.");
    if (node.on_conflict_info)
        return Refuse("0A000", "INSERT … ON CONFLICT is not supported",
                      "Records of events have no conflicts.");
    if (node.default_values || !node.select_statement)
        return Refuse("0A000", "INSERT … DEFAULT VALUES is not supported");
    if (node.column_order != duckdb::InsertColumnOrder::INSERT_BY_POSITION)
        return Refuse("0A000", "INSERT … BY NAME is not supported",
                      "Name the columns behind the table.");
    auto& [insert, source] = taken;
    insert.values = node.GetValuesList() != nullptr;
    for (const auto& part : node.qualified_name.Path())
        if (!part.empty()) insert.target.push_back(ToLower(part.GetIdentifierName()));
    for (const auto& column : node.columns) insert.names.push_back(column.GetIdentifierName());
    source = std::move(node.select_statement);
    for (auto& entry : node.cte_map.map)  // WITH … before INSERT.
        source->node->cte_map.map.insert(entry.first, std::move(entry.second));
    source->named_param_map = statement.named_param_map;
    return {};
}

Result<> ShapePgValues(duckdb::SelectStatement& source, const std::vector<OutputColumn>& columns,
                       bool named) {
    auto* list = ValuesOf(source);
    if (!list) return {};
    for (auto& row : list->values) {
        if (row.size() > columns.size())
            return Refuse("42601", "INSERT has more expressions than target columns");
        if (named && row.size() < columns.size())
            return Refuse("42601", "INSERT has more target columns than expressions");
        for (size_t i = 0; i < row.size(); ++i) {
            if (row[i]->GetExpressionClass() == ExpressionClass::DEFAULT)
                row[i] = duckdb::ConstantExpression::Null();
            if (!KeepsText(columns[i].type))
                row[i] = duckdb::make_uniq<duckdb::CastExpression>(ToDuck(columns[i].type),
                                                                   std::move(row[i]));
        }
    }
    return {};
}

std::vector<PgPlace> PgPlacesOf(const duckdb::SelectStatement& source, bool values) {
    std::vector<PgPlace> places;
    if (values) {
        if (const auto* list = ValuesOf(const_cast<duckdb::SelectStatement&>(source)))
            for (const auto& row : list->values)
                for (size_t i = 0; i < row.size(); ++i) Note(row[i], i, places);
    } else if (source.node->type == duckdb::QueryNodeType::SELECT_NODE) {
        const auto& items = source.node->Cast<duckdb::SelectNode>().select_list;
        for (size_t i = 0;
             i < items.size() && items[i]->GetExpressionClass() != ExpressionClass::STAR; ++i)
            Note(items[i], i, places);
    }
    return places;
}

}  // namespace weft::engine
