// One statement of a PostgreSQL client, parsed once: its kind, its tree, its parameters and (when asked) its columns.
//
// Used by pg_session for Parse, PREPARE, DECLARE and every simple statement. The tree is kept as parsed: each execution
// copies it and has the copy admitted anew, because what a principal may read can change between two executions.
// THREAD: main.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/pg_insert.h"
#include "engine/pg_message.h"
#include "engine/pg_rewrite.h"
#include "engine/pg_type.h"
#include "engine/pg_utility.h"
#include "engine/worker_internal.h"

namespace weft::engine {

struct PgColumns {
    std::vector<std::string> names;
    duckdb::vector<duckdb::LogicalType> types;
};

class PgPrepared {
public:
    // `declared`: the client's parameter types, 0 for those it leaves to us.
    // FAILS: 42601 and what the utility parser refuses.
    static Result<std::unique_ptr<PgPrepared>> Make(Engine& engine, const PgStatementText& text,
                                                    std::vector<uint32_t> declared);
    ~PgPrepared();

    const PgUtility& utility() const { return utility_; }
    const std::string& sql() const { return sql_; }
    const std::vector<uint32_t>& declared() const { return declared_; }
    bool has_tree() const { return tree_ != nullptr; }
    size_t parameter_count() const { return parameter_count_; }
    bool needs_inference() const;   // A parameter without a type of the client's.

    // INSERT: the tree is the query for its rows. Aim gives it the target's columns: cells of
    // VALUES are cast to them and parameters typed by them. REQUIRES: before Infer and Admitted,
    // again when the columns may have changed.
    const std::optional<PgInsert>& insert() const { return insert_; }
    Result<> Aim(Engine& engine, std::vector<OutputColumn> columns);
    const std::vector<OutputColumn>& aim() const {
        return aim_;
    }  // The columns that the rows fill, from the first.

    // Binds a copy to learn parameter types and columns. REQUIRES: has_tree(), between Begin- and EndStatement.
    Result<> Infer(Engine& engine, duckdb::Connection& connection);
    void Forget() { columns_.reset(); }  // Policy or tables may have changed.
    const std::optional<PgColumns>& columns() const { return columns_; }
    const std::vector<uint32_t>& parameter_oids() const { return oids_; }
    const std::vector<duckdb::LogicalType>& parameter_types() const { return types_; }

    // A copy of the tree with `values` in place of its parameters, admitted. FAILS: as Engine::Admit.
    Result<duckdb::unique_ptr<duckdb::SQLStatement>> Admitted(Engine& engine,
                                                              const std::vector<duckdb::Value>& values) const;
    // PostgreSQL's names for the columns that DuckDB called `names`.
    void NameColumns(std::vector<std::string>& names) const;
    // The place in sql() of a place (1-based) in the text that DuckDB saw.
    uint32_t Place(uint32_t column) const;

private:
    PgPrepared() = default;
    Result<> ParseTree(Engine& engine);
    enum class Pass : uint8_t { kDeclared, kCast, kNulls };
    Result<duckdb::unique_ptr<duckdb::SQLStatement>> Typed(Engine& engine, Pass pass) const;
    const duckdb::SQLStatement& Source() const { return aimed_ ? *aimed_ : *tree_; }

    std::string sql_;
    PgUtility utility_;
    PgRewritten text_;
    duckdb::unique_ptr<duckdb::SQLStatement> tree_;
    std::optional<PgInsert> insert_;
    std::vector<OutputColumn> aim_;
    duckdb::unique_ptr<duckdb::SQLStatement> aimed_;  // tree_ for aim_.
    std::vector<uint32_t> declared_;
    std::vector<uint32_t> oids_;
    std::vector<duckdb::LogicalType> types_;
    size_t parameter_count_ = 0;
    std::optional<PgColumns> columns_;
};

}  // namespace weft::engine
