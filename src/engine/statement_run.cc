// Runs one Statement: Head, then the rows in the wanted format on the data channel, then Ended with
// its report.

#include <fmt/format.h>

#include <chrono>

#include "base/text.h"
#include "duckdb/main/query_result_stream.hpp"
#include "engine/duck_type.h"
#include "engine/format_parquet.h"
#include "engine/format_text.h"
#include "engine/statement_build.h"

namespace weft::engine {

namespace {

constexpr size_t kSqlKept = 64u << 10;

class Run {
  public:
    Run(Engine& engine, DataOut& out, const Statement& statement)
        : engine_(engine), out_(out), statement_(statement) {}
    Result<> All();

    uint64_t rows = 0;
    std::string sql;  // As executed, for the report.

  private:
    using Values = duckdb::vector<duckdb::Value>;
    Result<Values> Bind(duckdb::PreparedStatement& prepared) const;
    Head ToHead(const duckdb::PreparedStatement& prepared) const;
    Result<> Texts(duckdb::Connection& connection, duckdb::PreparedStatement& prepared,
                   Values values);

    Engine& engine_;
    DataOut& out_;
    const Statement& statement_;
};

// Texts become values of the types that the statement wants at their places; where it does not say,
// they stay texts.
Result<Run::Values> Run::Bind(duckdb::PreparedStatement& prepared) const {
    const auto& texts = statement_.parameters;
    const auto wanted = prepared.GetParameterCount();
    if (texts.size() != wanted)
        return Fail(Code::kInvalid, fmt::format("the statement has {} parameters, {} were given",
                                                wanted, texts.size()));
    return engine_.Call([&] {
        const auto types = prepared.GetExpectedParameterTypes();
        Values values;
        for (size_t i = 0; i < texts.size(); ++i) {
            duckdb::Value value(texts[i]);
            const auto found = types.find(std::to_string(i + 1));
            const bool known = found != types.end() &&
                               found->second.id() != duckdb::LogicalTypeId::UNKNOWN &&
                               found->second.id() != duckdb::LogicalTypeId::INVALID;
            values.push_back(known ? value.DefaultCastAs(found->second) : value);
        }
        return values;
    });
}

Head Run::ToHead(const duckdb::PreparedStatement& prepared) const {
    Head head;
    for (size_t i = 0; i < prepared.GetTypes().size(); ++i) {
        // What no table can store (intervals, …) travels as text.
        head.columns.push_back({prepared.GetNames()[i].GetIdentifierName(),
                                FromDuckType(prepared.GetTypes()[i]).value_or(DataType{})});
    }
    return head;
}

Result<> Run::Texts(duckdb::Connection& connection, duckdb::PreparedStatement& prepared,
                    Values values) {
    const auto head = ToHead(prepared);
    std::vector<std::string> names;
    for (const auto& column : head.columns) names.push_back(column.name);
    TextFormat format(statement_.format, names, prepared.GetTypes());
    auto result = TRY(engine_.Call([&] { return prepared.Submit(values); }));
    if (result->HasError()) return std::unexpected(engine_.FromDuck(result->GetErrorObject()));
    auto stream = TRY(engine_.Call(
        [&] { return std::make_unique<duckdb::QueryResultStream<>>(std::move(result)); }));
    std::string bytes;
    bool begun = false;
    while (true) {
        auto chunk = TRY(engine_.Call([&] { return stream->Fetch(); }));
        if (stream->HasError()) return std::unexpected(engine_.FromDuck(stream->GetErrorObject()));
        if (!begun) {  // Only now: an error of the first rows comes without a head.
            engine_.control().SendHead(head);
            format.Begin(bytes);
            begun = true;
        }
        if (!chunk || chunk->size() == 0) break;
        CHECK_OK(engine_.Call([&] { format.Rows(*connection.context, *chunk, bytes); }));
        rows += chunk->size();
        CHECK_OK(out_.Append(bytes, format.whole()));
        bytes.clear();
    }
    format.End(bytes);
    return out_.Append(bytes);
}

Result<> Run::All() {
    auto connection = TRY(engine_.Connect());
    auto statement = TRY(BuildStatement(engine_, *connection, statement_));
    sql = statement_.sql.empty() ? statement->ToString() : statement_.sql;
    const bool parquet = statement_.format == Format::kParquet;
    SqlStatement copy = parquet ? statement->Copy() : nullptr;
    auto prepared = TRY(engine_.Call([&] { return connection->Prepare(std::move(statement)); }));
    if (prepared->HasError()) return std::unexpected(engine_.FromDuck(prepared->GetErrorObject()));
    if (statement_.describe_only) {
        engine_.control().SendHead(ToHead(*prepared));
        return {};
    }
    if (statement_.format == Format::kArrow)
        return Fail(Code::kInvalid, "Arrow is not offered here", "ask for json, csv or parquet");
    auto values = TRY(Bind(*prepared));
    const Engine::Running running(engine_, *connection);
    if (!parquet) return Texts(*connection, *prepared, std::move(values));
    engine_.control().SendHead(ToHead(*prepared));
    rows = TRY(SendParquet(engine_, *connection, out_, std::move(copy), std::move(values)));
    return {};
}

}  // namespace

Ended RunStatement(Engine& engine, DataOut& out, const Statement& statement) {
    const auto begin = std::chrono::steady_clock::now();
    engine.BeginStatement(statement.limits);
    out.Begin(statement.limits.result_bytes);
    Ended ended;
    StatementReport report;
    {
        Run run(engine, out, statement);
        if (auto result = run.All(); !result) {
            ended.ok = false;
            ended.error = std::move(result.error());
        }
        ended.rows = report.rows = run.rows;
        report.sql =
            run.sql.empty() ? statement.sql.substr(0, kSqlKept) : run.sql.substr(0, kSqlKept);
    }
    ended.bytes = report.bytes = out.bytes();
    if (ended.ok)
        report.tag = fmt::format("SELECT {}", ended.rows);
    else
        report.sqlstate = ended.error.sqlstate.empty() ? "22000" : ended.error.sqlstate;
    report.relations = engine.EndStatement();
    report.us = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                          std::chrono::steady_clock::now() - begin)
                                          .count());
    ended.reports.push_back(std::move(report));
    return ended;
}

}  // namespace weft::engine
