// The scan of a governed table: DuckDB's Parquet scan with a reader of ours that maps columns by
// Iceberg field id.
//
// `weft_scan('<token>')` is only ever written by our own views. Binding, EXPLAIN and Describe open
// nothing: the node is asked to open when execution starts, with the columns and the comparisons
// that reached the scan, and prunes. `weft_block('<token>')` reads a block of rows made by the node
// (block_scan.cc).
#pragma once

#include <functional>
#include <memory>

#include "duckdb.hpp"
#include "engine/relation.h"

namespace weft::engine {

class Control;
class PassedFiles;

// What the scan functions need, alive as long as the database.
struct ScanSource : duckdb::TableFunctionInfo {
    // The relation of a token that a view of ours names; null when the session knows none.
    std::function<std::shared_ptr<const Relation>(uint64_t token)> find;
    std::function<Control*()> control;
    std::function<void(Error)>
        fail;  // Keeps the error for the client and fails inside DuckDB; never returns.
    PassedFiles* files = nullptr;
};

inline constexpr const char* kScanFunction = "weft_scan";
inline constexpr const char* kBlockFunction = "weft_block";

// REQUIRES: the parquet extension is loaded. May throw (DuckDB's exceptions).
void RegisterScan(duckdb::DatabaseInstance& db, duckdb::shared_ptr<ScanSource> source);
void RegisterBlockScan(duckdb::DatabaseInstance& db, duckdb::shared_ptr<ScanSource> source);

}  // namespace weft::engine
