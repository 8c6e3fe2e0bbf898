// Frames and messages between node and worker. Both ends include this file, nothing else of each other.
//
// Two socket pairs per worker (design.md, Reading):
//   control  frames in both directions, descriptors ride on them (SCM_RIGHTS). Requests of the
//   worker are answered in
//            order. The worker reads control only when idle or while it waits for an answer.
//   data     frames from worker to node only: bytes already encoded for the client.
// A frame is one type byte, four length bytes (little-endian), body. Integers in bodies are
// little-endian, strings and lists are length-prefixed (uint32). Both ends treat the other as
// hostile: lengths, counts and kinds are checked, and a frame that breaks a rule ends the
// conversation (and the worker).
//
//   life of a statement batch
//     node -> worker   Pg | Statement | Job
//     worker -> node   Names            node -> worker   Relations          (any number of times)
//     worker -> node   Open             node -> worker   Opened
//     worker -> node   NeedFiles        node -> worker   Files (+descriptors)
//     worker -> node   Head             (Statement and Job only: before the first data frame)
//     worker => node   data 'd' 'p' …   then 'z'         (data channel)
//     worker -> node   Ended            (control; sent before the closing 'z' of the data channel)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "engine/relation.h"
#include "engine/report.h"

namespace weft::engine {

// ---- data channel: frame types
inline constexpr char kDataWhole =
    'd';  // Bytes that end at a message border of the client's protocol.
inline constexpr char kDataPart =
    'p';  // Bytes that do not: the client cannot be told of an error until kDataWhole.
inline constexpr char kDataEnd = 'z';  // The batch is over; empty body.
inline constexpr size_t kDataFrameBytes =
    256u << 10;  // Target size of a frame; a frame is never above 1 MiB.

// ---- node -> worker

struct Setting {
    std::string name;
    std::string value;
};

// First message to a forked worker, before any statement. Answered by Ready.
struct Start {
    std::string user;       // What current_user shows.
    std::string spill_dir;  // Empty: no spilling.
    uint64_t memory_bytes = 512u << 20;
    uint32_t threads = 1;
    bool insecure = false;  // No sandbox: only when the node was told --insecure-workers.
    std::vector<Setting>
        settings;  // Startup parameters of a PostgreSQL client (TimeZone, application_name, …).
    std::string session;  // Opaque state of Ended::session to replay; empty for a new session.
};

struct StatementLimits {
    uint64_t time_ms = 0;       // 0: none. The node's clock kills; the worker also tells DuckDB.
    uint64_t result_bytes = 0;  // 0: none.
};

// PostgreSQL: one simple Query, or everything from Parse to Sync, as the client sent it (type byte,
// length, body each). The answer on the data channel is PostgreSQL messages, the last one
// ReadyForQuery.
struct Pg {
    std::string messages;
    StatementLimits limits;
};

enum class Format : uint8_t { kJsonLines, kJson, kCsv, kParquet, kArrow };

struct OrderBy {
    std::string column;
    bool descending = false;
};

// One statement for HTTP and the command line. Either `sql`, or a read of one relation built from
// parts: the worker builds the tree, nothing is concatenated. `where` must be exactly one boolean
// expression, parsed alone.
struct Statement {
    std::string sql;
    RelationName relation;             // Used when `sql` is empty.
    std::vector<std::string> columns;  // Empty: all.
    std::string where;
    std::vector<OrderBy> order;
    uint64_t limit = 0;  // 0: everything.
    uint64_t offset = 0;
    std::vector<std::string> parameters;  // Text; bound to $1… of `sql`.
    Format format = Format::kJsonLines;
    bool describe_only = false;  // Head and no rows.
    StatementLimits limits;
};

// One output column of a load, with the row rules that the worker checks. `type` is the declared
// type.
struct OutputColumn {
    std::string name;
    DataType type;
    int32_t field_id = 0;
    std::vector<int32_t> child_ids;  // Of a nested type's parts, depth first.
    bool required = false;
    std::string
        check;  // DuckDB boolean expression over the output row; null counts as true; empty: none.
    std::string check_name;  // For messages: "minimum 0 of amount".
};

// A load that computes a part of a port's rows anew (model::Incremental). The written files hold the
// new rows and, from `kept`, those rows that the part does not cover.
struct Part {
    enum class Kind : uint8_t { kAll, kBy, kMerge };
    Kind kind = Kind::kAll;
    std::vector<std::string> columns;  // One for kBy; the keys for kMerge.
    std::string from;     // kBy: rows with columns[0] >= from; text that casts to its type; empty: all.
    std::string to;       // kBy: and < to; empty: no end. (A backfill's range.)
    std::string changed;  // kMerge: the Input whose rows' keys are computed anew.
    std::string kept;     // The Input with the files of the table that hold rows of both sides; empty: none.
};

struct Input {
    std::string name;  // As the SQL names it (the input port).
    RelationName
        relation;  // Asked for by Names like any other: product inputs and file inputs alike.
};

// Work for pipelines and table care. The worker writes Parquet into descriptors that the node
// opened.
struct Job {
    enum class Kind : uint8_t {
        kLoad,     // Run `sql` (or SELECT * FROM the only input), cast, check, write.
        kMerge,    // Read `relation`, write it again as one file. Uses `columns` and `sort_by`.
        kProfile,  // Read `relation` (a FileRelation) and answer a profile as JSON in Head::extra.
    };
    Kind kind = Kind::kLoad;
    std::string sql;  // Empty with kLoad: the only input as it is.
    std::vector<Input> inputs;
    std::vector<OutputColumn>
        columns;  // Empty with kLoad: only describe; the inferred columns come back in Head.
    std::vector<std::string> sort_by;
    std::vector<std::vector<std::string>>
        unique;  // Column sets that are promised unique; violations are counted, not refused.
    uint64_t bad_rows_max = 0;  // Row-rule violations tolerated before the run fails.
    double bad_rows_share_max =
        0;  // The same as a share of all rows, 0…1; the larger of the two counts.
    uint64_t target_file_bytes = 256u << 20;
    uint64_t target_row_group_rows = 122'880;
    bool rejected = false;  // Also write the bad records as a second table (see Written::rejected).
    Part part;              // kLoad only.
    StatementLimits limits;
};

struct RelationAnswer {
    RelationName name;
    // The relation; or a denial (kDenied, with rule and hint) or kNotFound, as an error.
    Result<Relation> answer;
};
struct Relations {
    std::vector<RelationAnswer> answers;  // One per asked name, same order.
};
struct Opened {
    Result<ScanFiles> answer;
};
struct Files {  // Descriptors ride on the frame, in the order of the indices asked for.
    uint32_t count = 0;
};
struct OutputFile {  // One write-only descriptor rides on the frame.
    uint32_t index = 0;
};

// Answer to Write: the target's columns, without those that the node fills; or why not.
struct Written {
    Result<std::vector<OutputColumn>> answer;
};

using ToWorker =
    std::variant<Start, Pg, Statement, Job, Relations, Opened, Files, OutputFile, Written>;

// ---- worker -> node

struct Ready {};

struct Names {
    std::vector<RelationName> names;
};
struct Open {
    uint64_t token = 0;
    std::vector<int32_t> field_ids;  // Columns that the scan reads.
    std::vector<Comparison> comparisons;
};
struct NeedFiles {
    uint64_t token = 0;
    uint64_t scan = 0;              // Which granted Open of the session, counted from 0.
    std::vector<uint32_t> indices;  // At most kLimits.worker_frame_descriptors_max.
};
struct NeedOutput {  // A job wants to write its next file.
    bool rejected = false;
};

// INSERT and COPY FROM of a PostgreSQL client: records for a port fed by events, one JSON object per
// line. No lines: only asks whether the principal may, and for the columns.
struct Write {
    RelationName relation;
    std::string lines;
    uint64_t count = 0;
};

struct HeadColumn {
    std::string name;
    DataType type;
};
struct Head {
    std::vector<HeadColumn> columns;
    std::string extra;  // JSON; used by Job::kProfile.
};

struct Ended {
    bool ok = true;  // Statement and Job: false with `error`. Pg: errors went to the client.
    Error error;
    uint64_t rows = 0;
    uint64_t bytes = 0;
    char transaction = 'I';  // I idle, T in a transaction, E failed one.
    bool copy_in = false;    // Waits for CopyData: the next batch is a part of the client's rows.
    bool keep = false;       // An open transaction, portal or cursor needs this very worker.
    bool session_changed = false;
    std::string session;  // Settings and prepared texts, opaque to the node; at most 4 MiB.
    std::vector<StatementReport> reports;
    // Jobs only.
    std::vector<WrittenFile> files;
    std::vector<CheckResult> checks;
    std::vector<BadRecord> bad_records;  // The first 100.
    uint64_t bad_record_count = 0;
    std::string newest;  // Part::Kind::kBy: the greatest columns[0] of the new rows, as text; empty: none.
};

using FromWorker = std::variant<Ready, Names, Open, NeedFiles, NeedOutput, Head, Ended, Write>;

// One frame's bytes (header included). REQUIRES: the body fits kLimits.worker_frame_bytes_max.
std::string Encode(const ToWorker& message);
std::string Encode(const FromWorker& message);

// FAILS: kCorrupt for anything that is not exactly one well-formed body of that type.
Result<ToWorker> DecodeToWorker(char type, std::string_view body);
Result<FromWorker> DecodeFromWorker(char type, std::string_view body);

}  // namespace weft::engine
