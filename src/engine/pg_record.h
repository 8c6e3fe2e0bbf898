// Rows of a result as records of a target: one line of JSON each, in the target's own types.
//
// Used by pg_insert and pg_copy_in. Every value is cast to its column's type first, so what reaches
// the node is exact and reads back as that type: decimals and numbers in plain notation, instants
// in UTC, blobs in the \xAA form of the engine. Texts of PostgreSQL clients are understood: bytea
// as \x0aff, arrays as {a,b}, objects as JSON. THREAD: one user. Casts throw DuckDB's exceptions:
// they are caught inside.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/worker_internal.h"

namespace weft::engine {

inline constexpr size_t kWriteBytesMax = 4u << 20;   // Lines of one question to the node.
inline constexpr size_t kRecordLineMax = 1u << 20;   // As the node takes them.
inline constexpr size_t kWriteRecordsMax = 500'000;  // Of one question.

struct PgPiece {  // Whole records, at most kWriteBytesMax bytes of them.
    std::string lines;
    uint64_t count = 0;
};

class PgRecords {
  public:
    // `columns`: the target's, in the order of the rows' columns. `place`: names the row of an
    // error for people.
    PgRecords(Engine& engine, std::vector<OutputColumn> columns);
    ~PgRecords();

    // FAILS: 42601 too many columns; 22P02 and 22003 a value that its column cannot hold, `bad_row`
    // says where; 54000 a record that is too large.
    Result<> Add(duckdb::ClientContext& client, duckdb::DataChunk& rows);
    size_t bad_row() const { return bad_row_; }  // In the chunk of the failed Add.

    const std::vector<PgPiece>& pieces() const { return pieces_; }
    std::vector<PgPiece> TakePieces();
    uint64_t bytes() const { return bytes_; }  // Of the pieces not yet taken.
    uint64_t count() const { return count_; }  // Of all rows so far.
    const std::vector<OutputColumn>& columns() const { return columns_; }

  private:
    using Vector = duckdb::Vector;
    Result<> Cast(duckdb::ClientContext& client, const OutputColumn& column, Vector& from,
                  Vector& to, size_t count);
    Result<> Refuse(const OutputColumn& column, const Vector& from, size_t row);
    Result<> Cut(std::string_view lines);

    Engine& engine_;
    std::vector<OutputColumn> columns_;
    std::vector<std::string> names_;
    duckdb::vector<duckdb::LogicalType> types_;  // As written: the target's, VARCHAR for blobs.
    std::vector<PgPiece> pieces_;
    size_t bad_row_ = 0;
    uint64_t bytes_ = 0;
    uint64_t count_ = 0;
};

// '{1,"a b",NULL}' as ["1","a b",null]; nothing when it is no array of one dimension.
std::optional<std::string> PgArrayAsJson(std::string_view text);

}  // namespace weft::engine
