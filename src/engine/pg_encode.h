// DuckDB's chunks as PostgreSQL rows: DataRow messages in text or binary, and the three formats of COPY.
//
// Used by pg_portal. Made once per result; columns of a fixed-size type are written straight into the buffer, never
// through boxed values (only nested types are). Text equals PostgreSQL 15's output with DateStyle ISO, IntervalStyle
// postgres and shortest floats. Every Append may throw DuckDB's exceptions: REQUIRES to be called below Engine::Call.
// THREAD: main.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/pg_type.h"
#include "engine/pg_utility.h"

namespace weft::engine {

class PgEncoder {
public:
    // `formats`: 0 text or 1 binary for each column. `utc`: the session's zone is UTC, so no zone work is needed.
    PgEncoder(const duckdb::vector<duckdb::LogicalType>& types, const std::vector<int16_t>& formats, bool utc);
    ~PgEncoder();

    // Rows [begin, begin + count) of the chunk as DataRow messages.
    void AppendRows(duckdb::ClientContext& client, duckdb::DataChunk& chunk, size_t begin, size_t count,
                    std::string& out);
    // The same rows as CopyData messages: one per row.
    void AppendCopy(duckdb::ClientContext& client, duckdb::DataChunk& chunk, const PgCopyOptions& options,
                    std::string& out);

private:
    struct Column;
    void Prepare(duckdb::ClientContext& client, duckdb::DataChunk& chunk, size_t begin, size_t count);
    size_t RowBytes(size_t count) const;
    std::vector<Column> columns_;
    bool utc_;
};

// CopyData around "a,b": the header line of CSV and text.
void PgAppendCopyHeader(const std::vector<std::string>& names, const PgCopyOptions& options, std::string& out);

}  // namespace weft::engine
