// What a team writes, as values: a product with its input ports, output ports, contract and grants.
//
// Made by ParseProduct (folder.h), which has checked all that can be known from the folder alone:
// names, types, rules that fit their column, references of the right form. Whether the things that
// it names exist is the catalog's question. Plain values: copy, compare, keep.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/data_type.h"
#include "base/result.h"
#include "base/time.h"
#include "model/port_name.h"
#include "model/schedule.h"
#include "model/version.h"

namespace weft::model {

// Where something is written. Never part of a comparison: moving a line changes no contract.
struct Position {
    std::string file;
    uint32_t line = 0;  // 1-based; 0 when it was inferred.
    uint32_t column = 0;
    uint32_t length = 1;
    friend bool operator==(const Position&, const Position&) { return true; }
};

struct Team {
    std::string name;
    std::string contact;
    friend bool operator==(const Team&, const Team&) = default;
};

struct Link {  // ODPS authoritativeDefinitions: business documentation, quality framework, …
    std::string type;
    std::string url;
    std::string description;
    friend bool operator==(const Link&, const Link&) = default;
};

struct ColumnReference {
    std::string domain;
    std::string product;
    std::string port = "default";
    std::string column;
    friend bool operator==(const ColumnReference&, const ColumnReference&) = default;
};

// Row rules of one column. Bounds are literals of the column's type, kept as text.
struct Quality {
    std::optional<std::string> minimum;
    std::optional<std::string> maximum;
    std::optional<std::string> exclusive_minimum;
    std::optional<std::string> exclusive_maximum;
    std::optional<std::string> pattern;  // A regular expression that the whole text must match.
    std::vector<std::string> values;     // The only values that may occur; empty: any.
    std::optional<uint64_t> min_length;
    std::optional<uint64_t> max_length;
    friend bool operator==(const Quality&, const Quality&) = default;
};

struct Column {
    std::string name;
    DataType type;
    bool has_type = false;  // False: the type comes from the SQL or the file.
    bool required = false;
    bool unique = false;
    bool primary_key = false;
    std::string description;
    std::string classification;
    std::string mask;  // One of kMasks; empty: none.
    std::optional<ColumnReference> references;
    std::string was;  // The name before this version; empty: not renamed.
    Quality quality;
    Position at;
    friend bool operator==(const Column&, const Column&) = default;
};

// The nine mask actions of Iceberg's read restrictions: every engine knows what they do.
inline constexpr std::string_view kMasks[] = {
    "mask-alphanum",     "mask-to-fixed-value", "replace-with-null",
    "show-first-4",      "show-last-4",         "truncate-to-year",
    "truncate-to-month", "sha-256-global",      "sha-256-query-local"};

struct InputPort {
    enum class Kind : uint8_t { kFile, kPush, kProduct };
    enum class Format : uint8_t { kCsv, kJsonl, kParquet };
    std::string name;  // The relation's name in the product's SQL.
    Kind kind = Kind::kFile;
    std::string file;  // kFile: a path or glob, absolute or relative to the product's folder.
    // kFile: `upload: "*.csv"`; `file` is then a pattern below the input's own folder on the node
    // (catalog/input_files.h), which `weft upload` fills.
    bool uploaded = false;
    // kPush: CloudEvents types that POST /ingest/DOMAIN sends here; empty: only by name.
    std::vector<std::string> types;
    // kPush: a record with a member that the contract does not name.
    enum class Unknown : uint8_t { kReject, kIgnore };
    Unknown unknown = Unknown::kReject;
    PortName product;  // kProduct.
    Format format = Format::kCsv;
    bool gzip = false;
    char delimiter = ',';
    bool header = true;
    std::vector<std::string> nulls;  // Texts that mean null, besides an empty field.
    std::vector<Column> columns;     // Empty: inferred from the file.
    std::string timezone = "UTC";    // Of times without a zone.
    Position at;
    friend bool operator==(const InputPort&, const InputPort&) = default;
};

struct Guarantee {
    std::string name;  // "freshness", "completeness", "retention", …
    std::string text;  // As written.
    std::optional<int64_t> duration_us;
    std::optional<double> percent;
    Position at;
    friend bool operator==(const Guarantee&, const Guarantee&) = default;
};

// How many records a run may send to the dead letters before it fails: a count or a share.
struct BadRows {
    uint64_t count = 0;
    std::optional<double> percent;
    friend bool operator==(const BadRows&, const BadRows&) = default;
};

// `incremental:` of an output port: what a run replaces instead of everything. Each is defined so that
// the result equals a full run's, under the condition that it names.
struct Incremental {
    enum class Kind : uint8_t {
        // {by: column, lateness: 10 minutes}: rows whose `column` is at or after the newest one of the
        // last run, less the lateness, are computed anew; older ones stay. Condition: nothing that
        // arrives changes older rows.
        kBy,
        // {merge: [key…]}: rows of the keys that occur in new input records are computed anew.
        // Condition: a row depends only on input records with the same key.
        kMerge,
        // files: a file input's new and changed files are taken, once each; rows of other files stay.
        kFiles,
    };
    Kind kind = Kind::kBy;
    std::vector<std::string> columns;  // One for kBy; the keys for kMerge; none for kFiles.
    int64_t lateness_us = 0;
    Position at;
    friend bool operator==(const Incremental&, const Incremental&) = default;
};

struct OutputPort {
    std::string name = "default";
    std::string description;
    std::string sql;       // Empty: the product's only input as it is.
    std::string sql_file;  // Where `sql` was read from; empty: written in product.yaml.
    Schedule schedule;
    std::vector<Column> columns;  // Empty: inferred.
    std::vector<Guarantee> guarantees;
    BadRows bad_rows;
    std::optional<Incremental> incremental;  // Absent: a run replaces the whole output.
    std::string rows;            // Row filter in Weft's grammar, as text; empty: every row.
    uint32_t minimum_group = 0;  // 0: none.
    std::string timezone = "UTC";
    Position at;
    Position sql_at;  // Of the first character of the SQL text.
    friend bool operator==(const OutputPort&, const OutputPort&) = default;

    const Column* FindColumn(std::string_view column) const;  // Ignores case; null: none.
    // True when reading needs more than a yes or no: rows, minimum group, or a column's mask.
    bool HasReadRules() const;
};

// What a grant permits on a port. Writing is pushing records; it does not include reading.
enum class Access : uint8_t { kRead, kWrite };

struct Grant {
    std::string to;                  // "ana", "team:x", "product:finance.revenue", "everyone".
    Access access = Access::kRead;
    std::vector<std::string> ports;  // Empty: all.
    std::optional<Timestamp> until;
    std::string purpose;
    Position at;
    friend bool operator==(const Grant&, const Grant&) = default;
};

struct Product {
    std::string domain;
    std::string name;
    Version version;
    std::string status;  // proposed, draft, active (when not written), deprecated, retired.
    std::string description;
    Team team;
    bool is_private = false;  // visibility: private.
    std::vector<std::string> tags;
    std::vector<Link> links;
    std::vector<InputPort> input_ports;
    std::vector<OutputPort> output_ports;  // Never empty.
    std::vector<Grant> grants;             // With those that are written at an output port.
    Position at;
    Position version_at;
    friend bool operator==(const Product&, const Product&) = default;

    std::string FullName() const { return domain + "." + name; }
    const InputPort* FindInput(std::string_view input) const;  // Null: none.
    const OutputPort* FindOutput(std::string_view port) const;

    // An output port without sql takes pushed records as they are: those of the product's only push
    // input, or of the push input that has its name. Null: it is not fed by events.
    const InputPort* FedBy(const OutputPort& port) const;
    // The other way round; null: no output port takes them.
    const OutputPort* Feeds(const InputPort& input) const;
};

// Two columns that the node adds at the end of every port fed by events: when a record was accepted,
// and its number in the order of acceptance, counted from 1 for each input port.
inline constexpr std::string_view kReceivedAt = "received_at";  // timestamptz
inline constexpr std::string_view kPositionColumn = "_position";  // bigint

}  // namespace weft::model
