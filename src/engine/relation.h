// What the node tells a worker about one name: a relation that this principal may read, or why not.
//
// These are the values that cross from node to worker. The node makes them (catalog/relation.h
// decides), the worker only obeys. A worker never sees a path, a bound or a credential: only
// columns, files by number and descriptors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/data_type.h"
#include "base/result.h"

namespace weft::engine {

// A name as the statement wrote it, folded by the worker: parts are as in catalog.domain.table.
struct RelationName {
    std::string domain;  // Empty: the statement gave none.
    std::string table;   // `product`, `product__port`, `product__v1`, `product__port__v1`
                         // (design.md, Names).
    friend auto operator<=>(const RelationName&, const RelationName&) = default;
};

// A column as the principal sees it. `mask` replaces the raw column for everything that the user
// writes.
struct RelationColumn {
    std::string name;
    DataType type;
    int32_t field_id = 0;            // Iceberg field id; files are mapped by it, never by name.
    std::vector<int32_t> child_ids;  // Of a nested type's parts, depth first.
    bool required = false;
    std::string mask;  // DuckDB expression over the raw columns; empty: the column itself.
    std::string comment;
    std::string alias;      // FileRelation: another name that a file may use for it (a contract's was:).
    bool hidden =
        false;  // Raw column that only filter and masks may use; the principal does not see it.
};

// A governed table: scanned through descriptors that the node opens on demand.
struct TableRelation {
    std::vector<RelationColumn> columns;
    std::string row_filter;  // DuckDB expression over the raw columns; empty: every row.
    uint64_t row_count = 0;  // Of the whole snapshot; 0 where the principal may not know it.
};

// Rows made by the node for this principal: mesh.*, and what pg_catalog is computed from. See
// engine/block.h.
struct BlockRelation {
    std::vector<RelationColumn> columns;
    std::string block;  // Encoded by engine::BlockWriter.
};

// Where a run of lines of a pushed batch came from.
struct Received {
    uint64_t first_line = 1;  // 1-based; up to the next member's first_line.
    uint64_t position = 0;    // Of the first line; the others follow one by one.
    int64_t received_us = 0;  // As Timestamp.
    std::string key;          // Idempotency key of the request or event; for dead letters.
};

// Files of an input port that the run of a product reads; opened like a table's.
struct FileRelation {
    enum class Format : uint8_t { kCsv, kJsonLines, kParquet };
    Format format = Format::kCsv;
    std::vector<RelationColumn> columns;  // Empty: sniffed from the files.
    std::string delimiter;                // CSV; empty: sniffed.
    std::optional<bool> header;           // CSV; absent: sniffed.
    std::vector<std::string> nulls;       // CSV: texts that mean null, beside the empty one.
    bool gzip = false;
    std::vector<std::string> names;  // For messages only: one per file, as the product wrote it.
    // Pushed records (kJsonLines, one file): ordered by first_line. The relation then has two more
    // columns, model::kReceivedAt and kPositionColumn.
    std::vector<Received> received;
    bool reject_unknown = false;  // kJsonLines: a member that is no column breaks its record.
};

struct Relation {
    // A token that the worker uses in Open. Unique in the session, made by the node, never shown to
    // the user.
    uint64_t token = 0;
    std::variant<TableRelation, BlockRelation, FileRelation> body;
};

// Comparisons that reached the scan: total, silent, on unmasked columns; joined by AND. The node
// prunes by them.
struct Comparison {
    enum class Op : uint8_t {
        kEqual,
        kLess,
        kLessEqual,
        kGreater,
        kGreaterEqual,
        kIsNull,
        kIsNotNull,
        kIn
    };
    int32_t field_id = 0;
    Op op = Op::kEqual;
    std::vector<std::string>
        values;  // Iceberg single-value encoding of the column's type; one, or many for kIn.
};

struct ScanFile {
    uint64_t size_bytes = 0;
    uint64_t row_count = 0;  // 0: unknown (input files).
};

// What the node answers to Open: the files of the scan, in order. Descriptors follow on demand by
// index.
struct ScanFiles {
    std::vector<ScanFile> files;
};

}  // namespace weft::engine
