#include "engine/comparison.h"

#include <optional>

#include "duckdb/planner/expression/bound_comparison_expression.hpp"
#include "duckdb/planner/expression/bound_conjunction_expression.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/expression/bound_operator_expression.hpp"
#include "duckdb/planner/filter/expression_filter.hpp"
#include "engine/duck_type.h"

namespace weft::engine {
namespace {

using duckdb::Expression;
using duckdb::ExpressionClass;
using duckdb::ExpressionFilter;
using duckdb::ExpressionType;
using Op = Comparison::Op;

constexpr int kDepthMax = 32;

std::optional<Op> OpOf(ExpressionType type) {
    switch (type) {
        case ExpressionType::COMPARE_EQUAL:
            return Op::kEqual;
        case ExpressionType::COMPARE_LESSTHAN:
            return Op::kLess;
        case ExpressionType::COMPARE_LESSTHANOREQUALTO:
            return Op::kLessEqual;
        case ExpressionType::COMPARE_GREATERTHAN:
            return Op::kGreater;
        case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
            return Op::kGreaterEqual;
        default:
            return std::nullopt;
    }
}

struct Collector {
    const RelationColumn& column;
    std::vector<Comparison>& to;

    void Add(Op op, std::vector<std::string> values) {
        if (to.size() < kComparisonsMax) to.push_back({column.field_id, op, std::move(values)});
    }

    void Operator(const duckdb::BoundOperatorExpression& test) {
        const auto& children = test.GetChildren();
        if (children.empty() || !ExpressionFilter::IsSimpleFilterColumnRef(*children[0])) return;
        const auto type = test.GetExpressionType();
        if (type == ExpressionType::OPERATOR_IS_NULL) Add(Op::kIsNull, {});
        if (type == ExpressionType::OPERATOR_IS_NOT_NULL) Add(Op::kIsNotNull, {});
        if (type != ExpressionType::COMPARE_IN || children.size() > kInValuesMax) return;
        std::vector<std::string> values;
        for (size_t i = 1; i < children.size(); ++i) {
            if (children[i]->GetExpressionClass() != ExpressionClass::BOUND_CONSTANT) return;
            auto value = SingleValue(
                children[i]->Cast<duckdb::BoundConstantExpression>().GetValue(), column.type);
            if (!value) return;
            values.push_back(std::move(*value));
        }
        Add(Op::kIn, std::move(values));
    }

    void Walk(const Expression& test, int depth) {
        if (depth > kDepthMax) return;
        switch (test.GetExpressionClass()) {
            case ExpressionClass::BOUND_CONJUNCTION:
                if (test.GetExpressionType() != ExpressionType::CONJUNCTION_AND) return;
                for (const auto& child :
                     test.Cast<duckdb::BoundConjunctionExpression>().GetChildren())
                    Walk(*child, depth + 1);
                return;
            case ExpressionClass::BOUND_OPERATOR:
                return Operator(test.Cast<duckdb::BoundOperatorExpression>());
            case ExpressionClass::BOUND_FUNCTION:
                break;
            default:
                return;
        }
        if (ExpressionFilter::IsRootOptionalExpression(test)) {
            if (const auto child = ExpressionFilter::GetOptionalFilterChild(test))
                Walk(*child, depth + 1);
            return;
        }
        if (!duckdb::BoundComparisonExpression::IsComparison(test)) return;
        auto type = test.GetExpressionType();
        const auto constant = ExpressionFilter::TryGetColumnConstantComparison(
            test.Cast<duckdb::BoundFunctionExpression>(), type);
        const auto op = OpOf(type);
        if (!constant || !op) return;
        if (auto value = SingleValue(constant->GetValue(), column.type))
            Add(*op, {std::move(*value)});
    }
};

}  // namespace

void AddComparisons(const duckdb::TableFilter& filter, const RelationColumn& column,
                    std::vector<Comparison>& to) {
    if (filter.filter_type != duckdb::TableFilterType::EXPRESSION_FILTER) return;
    Collector{column, to}.Walk(*filter.Cast<ExpressionFilter>().expr, 0);
}

}  // namespace weft::engine
