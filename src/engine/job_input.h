// File inputs of a job as a DuckDB table function: records become typed rows, those that cannot are
// rejected.
//
// job_load.cc makes one InputTable per file input; `weft_input(n)` scans it. The columns are the
// declared ones, then three that only our own SQL names: kFileColumn (index), kLineColumn (1-based)
// and kRawColumn (the record's text). Only the columns that a query uses are cast and checked. One
// file is read by one thread, in order. Rules of CSV: an empty unquoted field is null, so are the
// texts of `nulls` when unquoted; an empty quoted field is an empty text, null in any other type.
// Columns are found by the header's names (case ignored), others are left alone or, when
// `reject_unknown` says so, break their record. Whole-number columns take no fractions; decimals
// are rounded to their scale as SQL does. Pushed records have two more columns, computed from the
// line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "duckdb.hpp"
#include "engine/job_record.h"
#include "engine/job_reject.h"
#include "engine/protocol.h"
#include "engine/relation.h"

namespace weft::engine {

inline constexpr std::string_view kFileColumn = "weft:file";
inline constexpr std::string_view kLineColumn = "weft:line";
inline constexpr std::string_view kRawColumn = "weft:raw";

// Columns of pushed records that no record has: model::kReceivedAt and model::kPositionColumn,
// which this module may not name.
inline constexpr std::string_view kReceivedAtColumn = "received_at";
inline constexpr std::string_view kPositionColumn = "_position";

struct InputColumn {
    std::string name;
    DataType type;
    duckdb::LogicalType duck;  // Of `type`.
    std::string alias = {};    // What the file may call it instead.
    // Where its values come from: the record, or what the node knows of it.
    enum class From : uint8_t { kRecord, kReceivedAt, kPosition } from = From::kRecord;
};

struct InputTable {
    FileRelation::Format format = FileRelation::Format::kCsv;  // CSV or JSON Lines.
    std::vector<std::string> paths;
    std::vector<std::string> names;  // For messages, beside `paths`.
    bool gzip = false;
    bool header = true;
    char delimiter = ',';
    std::vector<std::string> nulls;
    std::vector<InputColumn> columns;
    uint64_t index = 0;  // n of weft_input(n).
    std::vector<Received> received;  // Pushed records; ordered by first_line.
    bool reject_unknown = false;     // JSON Lines: a member that is no column breaks its record.

    // Null: nobody pushed the record of this line.
    const Received* ReceivedOf(uint64_t line) const;
    uint64_t NextReceived(uint64_t line) const;  // The line from which on it is another one.
};

// REQUIRES: `line` is at or behind the first of `received`.
inline uint64_t PositionOf(const Received& received, uint64_t line) {
    return received.position + (line - received.first_line);
}

class RowRules;

// What the functions of a running job share. Registered once per worker, filled per job.
struct JobState {
    std::vector<std::unique_ptr<InputTable>> inputs;
    std::unique_ptr<Rejects> rejects;
    std::unique_ptr<RowRules> rules;

    JobState();
    ~JobState();
};

struct JobSlot : duckdb::TableFunctionInfo {
    JobState* state = nullptr;
};

// Tells records of files apart; never 0.
inline uint64_t RecordPlace(uint64_t input, uint64_t file, uint64_t line) {
    return input << 56 | (file & 0xFFFF) << 40 | (line & ((1ull << 40) - 1));
}

// Raises in DuckDB's way when the first file's header lacks a column of the table: a plan says so
// before any run.
void CheckHeader(duckdb::ClientContext& client, const InputTable& table);
// Opens one input file for a RecordReader: gunzips, and ends with an error when the file is shorter
// than it was. FAILS (DuckDB's exceptions): inside Engine::Call only.
RecordReader::Source OpenSource(duckdb::ClientContext& client, const std::string& path, bool gzip);

// The slot of the registered functions; the first call of a worker registers weft_input and those
// of job_rule.h.
JobSlot& RegisterInput(duckdb::DatabaseInstance& db);

}  // namespace weft::engine
