// One COPY … FROM STDIN under way: the client's bytes become records, kept until its end or written
// as they come.
//
// Used by PgConversation, one at a time; lives over batches. Up to kKeptBytesMax of records are
// kept and written at the end, all or nothing but for the requests they need; beyond that only a
// COPY outside of a transaction goes on, and what it wrote stays written. THREAD: main.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/pg_copy_rows.h"
#include "engine/pg_portal.h"
#include "engine/pg_record.h"
#include "engine/pg_write.h"

namespace weft::engine {

class PgCopyIn {
  public:
    // `alone`: nothing else belongs to its transaction, so it may write before its end.
    PgCopyIn(Engine& engine, PgPortal::Connection connection, PgCopyOptions options,
             RelationName target, std::vector<OutputColumn> columns, bool alone);
    ~PgCopyIn();

    // FAILS: 22P04, 22P02, 22021 what is wrong, with its line; 54000; as the node says.
    Result<> Feed(PgWrites& writes, std::string_view bytes);
    // CopyDone: the rest of the rows goes to `writes`, which the caller commits.
    Result<> Finish(PgWrites& writes);

    uint64_t rows() const { return records_.count(); }
    uint64_t accepted() const { return accepted_; }  // Already written.
    const RelationName& target() const { return target_; }
    PgPortal::Connection Release() { return std::move(connection_); }

  private:
    Result<> Take(PgWrites& writes);
    Result<> TakeHeader(const PgCopyRows::Fields& fields);
    Result<> Append(const PgCopyRows::Fields& fields);
    Result<> Turn(PgWrites& writes);  // The chunk's rows into records.
    std::unexpected<Error> Located(Error error, uint64_t line) const;

    Engine& engine_;
    PgPortal::Connection connection_;
    PgCopyOptions options_;
    RelationName target_;
    PgCopyRows rows_;
    PgRecords records_;
    duckdb::unique_ptr<duckdb::DataChunk> chunk_;
    std::vector<uint64_t> lines_;  // Of the chunk's rows.
    size_t chunk_bytes_ = 0;
    uint64_t accepted_ = 0;
    bool alone_;
    bool header_;  // Still to come.
};

}  // namespace weft::engine
