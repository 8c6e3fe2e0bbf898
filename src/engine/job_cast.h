// One column of the rows under way in a scan of job_input.h: texts of records become values of its
// type.
//
// Numbers, times and booleans in their usual spelling are read here, exactly; every other text, and
// every other type, is left to DuckDB's own cast, so that both together say what DuckDB alone
// would. Whole-number columns take no fractions. THREAD: one. FAILS (DuckDB's exceptions): inside
// Engine::Call only.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/data_type.h"
#include "duckdb.hpp"

namespace weft::engine {

class ColumnCast {
  public:
    // `json`: texts of nested values are JSON.
    ColumnCast(const DataType& type, const duckdb::LogicalType& duck, bool json);

    void Start();  // A new chunk: forgets the rows.
    void SetNull(duckdb::idx_t row);
    // `lasting`: the bytes live as long as the vector that Finish is given; else they are copied.
    void Set(duckdb::idx_t row, std::string_view text, bool lasting);

    // Casts what is left, and tells of every row whose text is no value of the type.
    void Finish(duckdb::ClientContext& client, duckdb::idx_t rows, const duckdb::Vector& lasting,
                const std::function<void(duckdb::idx_t)>& bad);
    duckdb::Vector& values() { return typed_ ? *typed_ : *text_; }

  private:
    bool Read(duckdb::idx_t row, std::string_view text);
    void CastAll(duckdb::ClientContext& client, duckdb::idx_t rows,
                 const std::function<void(duckdb::idx_t)>& bad);
    void CastLeft(duckdb::ClientContext& client, const duckdb::Vector& lasting,
                  const std::function<void(duckdb::idx_t)>& bad);

    const DataType& type_;
    const duckdb::LogicalType& duck_;
    const duckdb::LogicalType text_type_;
    const bool reads_;  // Usual spellings are read here; text_ then has only the others.
    duckdb::unique_ptr<duckdb::Vector> text_;
    duckdb::unique_ptr<duckdb::Vector> typed_;
    std::vector<duckdb::idx_t> left_;  // Rows of the texts in text_, when reads_.
};

// The usual spellings. Nothing: left to DuckDB's cast, which may take it all the same.
std::optional<int64_t> ReadWhole(std::string_view text);
std::optional<int64_t> ReadDecimal(std::string_view text, uint32_t precision, uint32_t scale);
std::optional<double> ReadDouble(std::string_view text);
// Microseconds since 1970, "2025-01-31T12:00:00.5Z". A zone is there exactly when `zone` says so.
std::optional<int64_t> ReadTimestamp(std::string_view text, bool zone);
std::optional<int32_t> ReadDate(std::string_view text);  // Days since 1970.

}  // namespace weft::engine
