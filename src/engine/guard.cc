#include "engine/guard.h"

#include <set>

#include "base/text.h"
#include "duckdb/optimizer/optimizer_extension.hpp"
#include "duckdb/planner/expression/bound_aggregate_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/expression/bound_window_expression.hpp"
#include "duckdb/planner/expression_iterator.hpp"
#include "duckdb/planner/logical_operator_visitor.hpp"
#include "duckdb/planner/operator/logical_explain.hpp"
#include "duckdb/planner/operator/logical_get.hpp"
#include "engine/engine_state.h"
#include "engine/lists.h"
#include "engine/raise.h"

namespace weft::engine {

struct GuardAccess {
    static Engine::State& State(Engine& engine) { return *engine.state_; }
    static Trust TrustOf(const Engine& engine) { return engine.trust_; }
};

namespace {

using duckdb::Expression;
using duckdb::ExpressionClass;
using duckdb::LogicalOperator;
using duckdb::LogicalOperatorType;

constexpr int kDepthMax = 3'000;

[[noreturn]] void Refuse(const std::string& what) {
    RaiseInDuck(duckdb::ExceptionType::PERMISSION, what + " is not permitted");
}

class Guard {
  public:
    Guard(const Engine::State& state, Trust trust) : state_(state), trust_(trust) {}

    // `below`: inside one of our views, whose text no user wrote.
    void Plan(LogicalOperator& op, bool below, int depth) {
        if (depth > kDepthMax) Refuse("a plan this deep");
        Operator(op, below);
        if (op.type == LogicalOperatorType::LOGICAL_SECURE_VIEW) below = true;
        if (!below) {
            duckdb::LogicalOperatorVisitor::EnumerateExpressions(
                op, [this](duckdb::unique_ptr<Expression>* expression) { Check(**expression, 0); });
        }
        for (auto& child : op.children) Plan(*child, below, depth + 1);
    }

  private:
    void Operator(LogicalOperator& op, bool below) {
        switch (op.type) {
            case LogicalOperatorType::LOGICAL_GET:
                return Scan(op.Cast<duckdb::LogicalGet>(), below);
            case LogicalOperatorType::LOGICAL_EXPLAIN:
                // Counters of hidden rows and bytes are part of an ANALYZE.
                if (op.Cast<duckdb::LogicalExplain>().explain_type !=
                        duckdb::ExplainType::EXPLAIN_STANDARD &&
                    state_.restricted) {
                    Refuse("EXPLAIN ANALYZE over a relation with row or column rules");
                }
                return;
            case LogicalOperatorType::LOGICAL_COPY_TO_FILE:
            case LogicalOperatorType::LOGICAL_CREATE_TABLE:
            case LogicalOperatorType::LOGICAL_INSERT:
                if (trust_ == Trust::kJob && !below) return;
                Refuse("writing");
            default:
                if (!IsPlain(op.type)) Refuse("operator " + op.GetName());
        }
    }

    static bool IsPlain(LogicalOperatorType type) {
        switch (type) {
            case LogicalOperatorType::LOGICAL_PROJECTION:
            case LogicalOperatorType::LOGICAL_FILTER:
            case LogicalOperatorType::LOGICAL_AGGREGATE_AND_GROUP_BY:
            case LogicalOperatorType::LOGICAL_WINDOW:
            case LogicalOperatorType::LOGICAL_UNNEST:
            case LogicalOperatorType::LOGICAL_LIMIT:
            case LogicalOperatorType::LOGICAL_ORDER_BY:
            case LogicalOperatorType::LOGICAL_TOP_N:
            case LogicalOperatorType::LOGICAL_DISTINCT:
            case LogicalOperatorType::LOGICAL_SAMPLE:
            case LogicalOperatorType::LOGICAL_PIVOT:
            case LogicalOperatorType::LOGICAL_SECURE_VIEW:
            case LogicalOperatorType::LOGICAL_CHUNK_GET:
            case LogicalOperatorType::LOGICAL_DELIM_GET:
            case LogicalOperatorType::LOGICAL_EXPRESSION_GET:
            case LogicalOperatorType::LOGICAL_DUMMY_SCAN:
            case LogicalOperatorType::LOGICAL_EMPTY_RESULT:
            case LogicalOperatorType::LOGICAL_CTE_REF:
            case LogicalOperatorType::LOGICAL_JOIN:
            case LogicalOperatorType::LOGICAL_DELIM_JOIN:
            case LogicalOperatorType::LOGICAL_COMPARISON_JOIN:
            case LogicalOperatorType::LOGICAL_ANY_JOIN:
            case LogicalOperatorType::LOGICAL_CROSS_PRODUCT:
            case LogicalOperatorType::LOGICAL_POSITIONAL_JOIN:
            case LogicalOperatorType::LOGICAL_ASOF_JOIN:
            case LogicalOperatorType::LOGICAL_DEPENDENT_JOIN:
            case LogicalOperatorType::LOGICAL_UNION:
            case LogicalOperatorType::LOGICAL_EXCEPT:
            case LogicalOperatorType::LOGICAL_INTERSECT:
            case LogicalOperatorType::LOGICAL_RECURSIVE_CTE:
            case LogicalOperatorType::LOGICAL_MATERIALIZED_CTE:
            case LogicalOperatorType::LOGICAL_TRANSACTION:
            case LogicalOperatorType::LOGICAL_PREPARE:
            case LogicalOperatorType::LOGICAL_EXECUTE:
                return true;
            default:
                return false;
        }
    }

    void Scan(duckdb::LogicalGet& get, bool below) {
        const auto name = ToLower(get.function.GetName().GetIdentifierName());
        if (name == kScanFunction || name == kBlockFunction) {
            if (below) return;
            Refuse("a scan outside of a relation");
        }
        static const std::set<std::string> kReaders = {
            "read_csv",     "read_csv_auto", "read_json",        "read_json_auto",   "read_ndjson",
            "read_parquet", "parquet_scan",  "read_ndjson_auto", "read_json_objects"};
        if (kReaders.contains(name) &&
            ((below && state_.reads_input_files) || trust_ == Trust::kJob))
            return;
        if (name == "seq_scan" && trust_ == Trust::kJob) return;  // A temporary table of the job.
        if (state_.MayCall("table:" + name)) return;
        Refuse("table function " + name);
    }

    void Function(const std::string& name) {
        const auto lower = ToLower(name);
        if (state_.MayCall(lower)) return;
        const auto* entry = ReviewedList::Functions().Find(lower);
        if (entry == nullptr || entry->verdict != Verdict::kBound) Refuse("function " + lower);
    }

    void Check(Expression& expression, int depth) {
        if (depth > kDepthMax) Refuse("an expression this deep");
        switch (expression.GetExpressionClass()) {
            case ExpressionClass::BOUND_AGGREGATE:
                Function(expression.Cast<duckdb::BoundAggregateExpression>()
                             .Function()
                             .GetName()
                             .GetIdentifierName());
                break;
            case ExpressionClass::BOUND_FUNCTION:
                Function(expression.Cast<duckdb::BoundFunctionExpression>()
                             .Function()
                             .GetName()
                             .GetIdentifierName());
                break;
            case ExpressionClass::BOUND_WINDOW: {
                auto& window = expression.Cast<duckdb::BoundWindowExpression>();
                if (window.AggregateFunction())
                    Function(window.AggregateFunction()->GetName().GetIdentifierName());
                if (window.WindowFunction())
                    Function(window.WindowFunction()->GetName().GetIdentifierName());
                break;
            }
            case ExpressionClass::BOUND_CASE:
            case ExpressionClass::LEGACY_BOUND_CAST:
            case ExpressionClass::BOUND_COLUMN_REF:
            case ExpressionClass::LEGACY_BOUND_COMPARISON:
            case ExpressionClass::LEGACY_BOUND_BETWEEN:
            case ExpressionClass::BOUND_CONJUNCTION:
            case ExpressionClass::BOUND_CONSTANT:
            case ExpressionClass::BOUND_OPERATOR:
            case ExpressionClass::BOUND_PARAMETER:
            case ExpressionClass::BOUND_REF:
            case ExpressionClass::BOUND_UNNEST:
            case ExpressionClass::BOUND_LAMBDA:
            case ExpressionClass::BOUND_LAMBDA_REF:
            case ExpressionClass::BOUND_EXPANDED:
                break;
            default:
                Refuse("this kind of expression");
        }
        duckdb::ExpressionIterator::EnumerateChildren(
            expression, [&](Expression& child) { Check(child, depth + 1); });
    }

    const Engine::State& state_;
    const Trust trust_;
};

struct GuardInfo : duckdb::OptimizerExtensionInfo {
    explicit GuardInfo(Engine& owner) : engine(owner) {}
    Engine& engine;
};

}  // namespace

void RegisterGuard(duckdb::DBConfig& config, Engine& engine) {
    duckdb::OptimizerExtension guard;
    guard.optimizer_info = duckdb::make_shared_ptr<GuardInfo>(engine);
    guard.pre_optimize_function = [](duckdb::OptimizerExtensionInput& input,
                                     duckdb::unique_ptr<LogicalOperator>& plan) {
        auto& owner = static_cast<GuardInfo&>(*input.info).engine;
        const auto trust = GuardAccess::TrustOf(owner);
        if (trust != Trust::kOwn) Guard(GuardAccess::State(owner), trust).Plan(*plan, false, 0);
    };
    duckdb::OptimizerExtension::Register(config, std::move(guard));
}

}  // namespace weft::engine
