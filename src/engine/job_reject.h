// What a load refuses: counts per rule, the first bad records for the log, and all of them spooled
// for `rejected`.
//
// Filled by the scans of job_input.cc and by the row rules of job_rule.cc, read by job_load.cc when
// the rows are through. A record is counted once however often the SQL reads its file. Spools live
// in DuckDB's buffers and spill. THREAD: any, until the query has ended.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "duckdb.hpp"
#include "duckdb/common/types/column/column_data_collection.hpp"
#include "engine/protocol.h"

namespace weft::engine {

inline constexpr size_t kBadRecordsKept = 100;
inline constexpr size_t kBadRawBytesMax =
    1'000;  // Of BadRecord::raw; the spool keeps up to the next bound.
inline constexpr size_t kRejectedRawBytesMax = 1u << 20;

// Columns of the spool. received_at is null for records of files.
inline constexpr std::string_view kSpoolNames[] = {"reason",      "file",     "line", "raw",
                                                   "received_at", "position", "key"};

class Rejects {
  public:
    // `spool`: keep every bad record for a file of its own.
    Rejects(duckdb::DatabaseInstance& db, bool spool);

    // `record.raw` is whole. `place` tells records of files apart (input, file, line); 0: a row
    // without a place.
    // `received`: of a pushed record, which then has a position and a key instead of file and line.
    void Add(uint64_t place, BadRecord record, const Received* received = nullptr);

    uint64_t count() const { return count_; }
    std::vector<BadRecord> First() const;  // At most kBadRecordsKept, by place.
    // kSpoolNames. Null when nothing was spooled.
    const duckdb::ColumnDataCollection* spool();

  private:
    void Spool(const BadRecord& record, const Received* received);
    void FlushSpool();

    mutable std::mutex lock_;
    uint64_t count_ = 0;
    std::unordered_set<uint64_t> places_;
    std::map<std::pair<uint64_t, uint64_t>, BadRecord> first_;
    std::unique_ptr<duckdb::ColumnDataCollection> spool_;
    duckdb::DataChunk pending_;
    duckdb::idx_t pending_rows_ = 0;
};

}  // namespace weft::engine
