// What a worker reports when a batch has ended: files that a job wrote, records that it refused,
// statements that ran. Parts of protocol.h's Ended; claims of a hostile process until the node has
// checked them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/relation.h"

namespace weft::engine {

// One Parquet file that a job wrote, with what Iceberg wants to know about it.
struct WrittenColumn {
    int32_t field_id = 0;
    uint64_t size_bytes = 0;
    uint64_t value_count = 0;
    uint64_t null_count = 0;
    bool has_bounds = false;
    std::string lower;  // Iceberg single-value encoding; strings cut to 16 code points,
    std::string upper;  // the upper one rounded up.
};
struct WrittenFile {
    uint32_t index = 0;  // Of OutputFile.
    bool rejected = false;
    uint64_t row_count = 0;
    uint64_t size_bytes = 0;
    std::vector<WrittenColumn> columns;
    std::vector<int64_t> split_offsets;  // Start of each row group; may be empty.
};

// A record that broke a rule, for the run's log. Values of rows appear only here and in `rejected`,
// never in errors.
struct BadRecord {
    std::string file;   // FileRelation::names; empty for a product input.
    uint64_t line = 0;  // 1-based; 0 unknown.
    std::string column;
    std::string reason;  // "not a bigint", "required", check_name, …
    std::string raw;     // The record's text, cut to 1,000 bytes.
};
struct CheckResult {
    std::string name;     // check_name, "required customer_id", "unique order_id", …
    uint64_t failed = 0;  // Rows that broke it.
};

struct StatementReport {  // For history, `weft queries` and audit.
    std::string sql;  // As executed; cut to 64 KiB. Never leaves the node but to its own principal.
    std::string tag;  // "SELECT 3"; empty when it failed.
    std::string sqlstate;  // Empty when it succeeded.
    uint64_t rows = 0;
    uint64_t bytes = 0;
    uint64_t us = 0;
    std::vector<RelationName> relations;  // That it read.
};

}  // namespace weft::engine
