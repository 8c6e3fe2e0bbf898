// A running query of a PostgreSQL client: its connection, its stream, and how far the client has read.
//
// Used by pg_session for queries, portals and cursors, one connection each, so that a suspended one does not stop the
// others. Invariants: bytes go out only at message borders; nothing is read ahead of what the client asked for beyond
// one chunk. THREAD: main.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/pg_encode.h"
#include "engine/pg_message.h"
#include "engine/pg_prepared.h"
#include "engine/pg_record.h"
#include "engine/worker_internal.h"

namespace weft::engine {

class PgPortal {
public:
    using Connection = duckdb::unique_ptr<duckdb::Connection>;

    // Binds and starts the statement; no row is made yet. `values` are the parameters in order.
    // FAILS: as Engine::Admit and DuckDB's binder.
    static Result<std::unique_ptr<PgPortal>> Open(Engine& engine, Connection connection, const PgPrepared& prepared,
                                                  std::vector<duckdb::Value> values, bool utc);
    ~PgPortal();

    const PgColumns& columns() const { return columns_; }
    void SetFormats(const std::vector<int16_t>& formats);  // As in Bind: none, one for all, or one each.
    std::vector<PgField> Fields() const;

    struct Read {
        uint64_t rows = 0;
        bool at_end = false;
    };
    // At most `rows_max` rows (0: all) as DataRow messages. FAILS: kLimit, and what the query runs into.
    Result<Read> Rows(DataOut& out, uint64_t rows_max);
    // The same without sending: MOVE.
    Result<Read> Skip(uint64_t rows_max);
    // Every row as CopyData, CopyOutResponse before and CopyDone behind. Returns the number of rows.
    Result<uint64_t> Copy(DataOut& out, const PgCopyOptions& options);
    // Every row as records of a target. FAILS: as PgRecords::Add.
    Result<> Records(PgRecords& records, uint64_t bytes_max);
    // The last column of every row as text (EXPLAIN's plan).
    Result<std::string> Text();
    // The values of the first row; empty without one. For arguments of EXECUTE.
    Result<std::vector<duckdb::Value>> FirstRow();

    uint64_t position() const { return position_; }
    bool at_end() const { return at_end_; }
    // The connection for the next query. REQUIRES: nothing of the portal is used after it.
    Connection Release();

private:
    PgPortal(Engine& engine, Connection connection) : engine_(engine), connection_(std::move(connection)) {}
    Result<bool> Fill();  // False at the end.
    Result<> Emit(DataOut& out, std::string& bytes, size_t keep_below);

    Engine& engine_;
    Connection connection_;
    std::optional<Engine::Running> running_;
    duckdb::unique_ptr<duckdb::QueryResultStream<>> stream_;
    duckdb::unique_ptr<duckdb::DataChunk> chunk_;
    size_t in_chunk_ = 0;
    PgColumns columns_;
    std::vector<int16_t> formats_;
    std::unique_ptr<PgEncoder> encoder_;
    bool utc_ = true;
    bool at_end_ = false;
    uint64_t position_ = 0;
};

}  // namespace weft::engine
