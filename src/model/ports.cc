#include "model/ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "model/columns.h"
#include "model/duration.h"
#include "model/grants.h"

namespace weft::model {
namespace {

constexpr size_t kPathBytesMax = 4'096;
constexpr size_t kNullsMax = 32;
constexpr size_t kTypesMax = 100;

std::string ReadTimezone(Report& report, const Fields& fields) {
    std::string zone = fields.Text("timezone");
    if (zone.empty()) return "UTC";
    const bool good =
        zone.size() <= 64 && !zone.starts_with('/') && std::ranges::all_of(zone, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '/' || c == '_' || c == '+' || c == '-';
        });
    if (!good || (zone != "UTC" && zone.find('/') == std::string::npos)) {
        report.Error("E1503", *fields.Find("timezone"),
                     fmt::format("{} is not a time zone", Show(zone)),
                     "UTC, or a name as Europe/Berlin");
    }
    return zone;
}

void ReadFormat(Report& report, const Fields& fields, const std::string& key, InputPort& port) {
    std::string path = ToLower(port.file);
    if (path.ends_with(".gz")) {
        port.gzip = true;
        path.resize(path.size() - 3);
    }
    std::string inferred;
    if (path.ends_with(".csv") || path.ends_with(".tsv")) inferred = "csv";
    if (path.ends_with(".jsonl") || path.ends_with(".ndjson") || path.ends_with(".json")) {
        inferred = "jsonl";
    }
    if (path.ends_with(".parquet")) inferred = "parquet";
    if (path.ends_with(".tsv")) port.delimiter = '\t';
    const std::string format = fields.Choice("format", {"csv", "jsonl", "parquet"}, inferred);
    if (format.empty() && !fields.Find("format")) {
        report.Error("E1403", *fields.Find(key),
                     fmt::format("the format of {} cannot be told from its name", Show(port.file)),
                     "a name that ends in .csv, .tsv, .jsonl, .parquet, also with .gz",
                     "write `format: csv`, `format: jsonl` or `format: parquet`");
    }
    if (format == "jsonl") port.format = InputPort::Format::kJsonl;
    if (format == "parquet") port.format = InputPort::Format::kParquet;
    for (const std::string_view key : {"delimiter", "header", "nulls"}) {
        if (format == "csv" || format.empty() || !fields.Find(key)) continue;
        report.Error("E1410", fields.At(key), fmt::format("`{}` is for CSV files only", key));
    }
}

void ReadCsv(Report& report, const Fields& fields, InputPort& port) {
    port.header = fields.Bool("header", true);
    port.nulls = fields.Texts("nulls");
    if (port.nulls.size() > kNullsMax) {
        report.Error("E1112", fields.At("nulls"),
                     fmt::format("`nulls` has more than {} members", kNullsMax));
        port.nulls.clear();
    }
    std::string delimiter = fields.Text("delimiter");
    if (delimiter == "tab" || delimiter == "\\t") delimiter = "\t";
    if (delimiter.empty()) return;
    const char c = delimiter[0];
    const bool printable = c == '\t' || (c >= 0x20 && c < 0x7F && c != '"');
    if (delimiter.size() != 1 || !printable) {
        report.Error("E1411", *fields.Find("delimiter"),
                     fmt::format("{} cannot separate fields", Show(delimiter)),
                     "one character, or `tab`");
        return;
    }
    port.delimiter = c;
}

void ReadFile(Report& report, const Fields& fields, const std::string& key, InputPort& port) {
    port.kind = InputPort::Kind::kFile;
    port.uploaded = key == "upload";
    port.file = fields.Text(key);
    const bool control = std::ranges::any_of(
        port.file, [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; });
    if (port.file.empty() || port.file.size() > kPathBytesMax || control) {
        report.Error("E1401", fields.At(key), fmt::format("`{}` is not a path", key),
                     fmt::format("1 to {} bytes without control characters", kPathBytesMax));
        return;
    }
    if (port.uploaded && port.file.find('/') != std::string::npos) {
        report.Error("E1401", *fields.Find(key), "`upload` is a pattern for file names",
                     "a name or pattern without folders, as *.csv");
        return;
    }
    if (port.file.find("://") != std::string::npos) {
        report.Error("E1402", *fields.Find(key), "files of other machines are not read yet",
                     "a path on the node's machine");
        return;
    }
    ReadFormat(report, fields, key, port);
    ReadCsv(report, fields, port);
}

void ReadProductInput(Report& report, const Fields& fields, const Product& product,
                      InputPort& port) {
    port.kind = InputPort::Kind::kProduct;
    const auto name = ParsePortReference(fields.Text("product"));
    if (!name) {
        report.Error("E1407", fields.At("product"), name.error().message, name.error().hint);
        return;
    }
    port.product = *name;
    if (name->domain == product.domain && name->product == product.name) {
        report.Error("E1408", *fields.Find("product"), "a product cannot read from itself");
    }
    for (const std::string_view key : {"format", "delimiter", "header", "nulls", "columns"}) {
        if (!fields.Find(key)) continue;
        report.Error("E1410", fields.At(key), fmt::format("`{}` is for files only", key), {},
                     "the other product's contract says it");
    }
}

void ReadEvents(Report& report, const Fields& fields, InputPort& port) {
    port.kind = InputPort::Kind::kPush;
    fields.Choice("events", {"push"}, "push");
    port.types = fields.Texts("types");
    if (port.types.size() > kTypesMax) {
        report.Error("E1112", fields.At("types"),
                     fmt::format("`types` has more than {} members", kTypesMax));
        port.types.clear();
    }
    if (fields.Choice("unknownColumns", {"reject", "ignore"}, "reject") == "ignore")
        port.unknown = InputPort::Unknown::kIgnore;
    for (const std::string_view key : {"format", "delimiter", "header", "nulls", "columns"}) {
        if (!fields.Find(key)) continue;
        report.Error("E1410", fields.At(key), fmt::format("`{}` is for files only", key), {},
                     "each request says its format; the output port's contract says the columns");
    }
}

InputPort ReadInput(Report& report, const Yaml& node, const Product& product) {
    InputPort port;
    port.at = report.At(node);
    const Fields fields(report, node, "an input port",
                        {"name", "file", "upload", "product", "events", "s3", "postgres", "kafka",
                         "types", "unknownColumns", "format", "delimiter", "header", "nulls",
                         "columns", "timezone", "description"});
    if (!fields.is_map()) return port;
    port.name = fields.Name("name", true);
    port.timezone = ReadTimezone(report, fields);
    std::vector<std::string> sources;
    for (const auto* key : {"file", "upload", "product", "events", "s3", "postgres", "kafka"}) {
        if (fields.Find(key)) sources.emplace_back(key);
    }
    if (sources.size() != 1) {
        report.Error("E1401", port.at,
                     sources.empty()
                         ? "an input port needs a source"
                         : "an input port has one source, not " + Join(sources, " and "),
                     "one of: file, upload, product, events");
        return port;
    }
    for (const std::string_view key : {"types", "unknownColumns"}) {
        if (sources[0] == "events" || !fields.Find(key)) continue;
        report.Error("E1410", fields.At(key),
                     fmt::format("`{}` is for pushed events only", key));
    }
    if (sources[0] == "file" || sources[0] == "upload") {
        ReadFile(report, fields, sources[0], port);
    } else if (sources[0] == "product") {
        ReadProductInput(report, fields, product, port);
    } else if (sources[0] == "events") {
        ReadEvents(report, fields, port);
    } else {
        report.Error("E1402", fields.At(sources[0]),
                     fmt::format("`{}` as a source is not supported yet", sources[0]),
                     "one of: file, upload, product, events");
    }
    port.columns = ReadColumns(report, fields);
    return port;
}

void ReadSql(Report& report, const Fields& fields, const std::map<std::string, std::string>& files,
             OutputPort& port) {
    const Yaml* node = fields.Find("sql");
    if (!node) return;
    port.sql = fields.Text("sql");
    port.sql_at = report.At(*node);
    const std::string path(Trim(port.sql));
    if (path.ends_with(".sql") && path.find_first_of(" \n\t(") == std::string::npos) {
        port.sql_file = path.starts_with("./") ? path.substr(2) : path;
        const auto file = files.find(port.sql_file);
        if (file == files.end()) {
            std::vector<std::string> names;
            for (const auto& [name, text] : files) {
                if (name.ends_with(".sql")) names.push_back(name);
            }
            report.Error("E1404", *node,
                         fmt::format("there is no file {} in the folder", Show(path)),
                         names.empty() ? "" : OneOf(names), DidYouMean(path, names));
            return;
        }
        port.sql = file->second;
        // Findings about the SQL point into the file; folder.cc puts the folder's path before it.
        port.sql_at = {port.sql_file, 1, 1, 1};
    }
    if (Trim(port.sql).empty()) {
        report.Error("E1405", *node, "`sql` is empty",
                     "one SELECT statement, or a file as "
                     "models/orders.sql");
    }
    if (port.sql.find('\0') != std::string::npos || !IsUtf8(port.sql)) {
        report.Error("E1009", *node, "the SQL is not UTF-8 text");
    }
}

void ReadSchedule(Report& report, const Fields& fields, OutputPort& port) {
    const std::string text = fields.Text("schedule");
    if (text.empty()) return;
    auto schedule = ParseSchedule(text);
    if (!schedule) {
        report.Error("E1501", *fields.Find("schedule"), schedule.error().message,
                     schedule.error().hint);
        return;
    }
    port.schedule = std::move(*schedule);
    if (port.schedule.kind == Schedule::Kind::kCron && port.timezone != "UTC") {
        report.Error(
            "E1505", *fields.Find("schedule"),
            fmt::format("a cron line in time zone {} is not supported yet", Show(port.timezone)),
            "a cron line in UTC", "leave `timezone` out and write the hours in UTC");
    }
}

struct Known {
    std::string_view name;
    enum class Kind : uint8_t { kDuration, kPercent, kText } kind;
};
constexpr Known kKnown[] = {
    {"freshness", Known::Kind::kDuration},    {"retention", Known::Kind::kDuration},
    {"latency", Known::Kind::kDuration},      {"frequency", Known::Kind::kDuration},
    {"timeToDetect", Known::Kind::kDuration}, {"timeToNotify", Known::Kind::kDuration},
    {"timeToRepair", Known::Kind::kDuration}, {"completeness", Known::Kind::kPercent},
    {"availability", Known::Kind::kPercent},  {"errorRate", Known::Kind::kPercent},
    {"throughput", Known::Kind::kText},       {"generalAvailability", Known::Kind::kText},
    {"endOfSupport", Known::Kind::kText},     {"endOfLife", Known::Kind::kText}};

void ReadGuarantee(Report& report, const Yaml& key, const Yaml& value, OutputPort& port) {
    Guarantee guarantee;
    guarantee.name = key.text;
    guarantee.at = report.At(key);
    if (value.kind != Yaml::Kind::kText) {
        report.Error("E1103", key, fmt::format("guarantee {} is a text", Show(key.text)));
        return;
    }
    guarantee.text = value.text;
    const auto* known = std::ranges::find(kKnown, key.text, &Known::name);
    if (known == std::end(kKnown)) {
        std::vector<std::string> names;
        for (const Known& one : kKnown) names.emplace_back(one.name);
        report.Warn("W1501", guarantee.at,
                    fmt::format("guarantee {} is kept as text and never measured", Show(key.text)),
                    DidYouMean(key.text, names));
    } else if (known->kind == Known::Kind::kDuration) {
        const auto duration = ParseDuration(value.text);
        if (duration) guarantee.duration_us = *duration;
        if (!duration)
            report.Error("E1502", value, duration.error().message, duration.error().hint);
    } else if (known->kind == Known::Kind::kPercent) {
        const auto percent = ParsePercent(value.text);
        if (percent) guarantee.percent = *percent;
        if (!percent) report.Error("E1502", value, percent.error().message, percent.error().hint);
    }
    port.guarantees.push_back(std::move(guarantee));
}

void ReadGuarantees(Report& report, const Fields& fields, OutputPort& port) {
    const Yaml* node = fields.Find("guarantees");
    if (!node) return;
    if (node->kind != Yaml::Kind::kMap) {
        report.Error("E1103", fields.At("guarantees"), "`guarantees` is a map of names to promises",
                     "for example `{freshness: 30 minutes, completeness: 99.5 %}`");
        return;
    }
    for (size_t i = 0; i < node->keys.size(); ++i) {
        ReadGuarantee(report, node->keys[i], node->items[i], port);
    }
}

void ReadBadRows(Report& report, const Fields& fields, OutputPort& port) {
    const std::string text(Trim(fields.Text("badRows")));
    if (text.empty()) return;
    if (!text.ends_with('%')) {
        port.bad_rows.count = fields.Count("badRows", 0, INT64_MAX).value_or(0);
        return;
    }
    const auto percent = ParsePercent(text);
    if (percent) {
        port.bad_rows.percent = *percent;
    } else {
        report.Error("E1504", *fields.Find("badRows"), percent.error().message,
                     "a whole number, or a percentage as 0.1 %");
    }
}

// `files`, `{by: column, lateness: 10 minutes}` or `{merge: key}`.
void ReadIncremental(Report& report, const Fields& fields, OutputPort& port) {
    const Yaml* node = fields.Find("incremental");
    if (!node) return;
    Incremental incremental;
    incremental.at = report.At(*node);
    if (node->kind == Yaml::Kind::kText) {
        incremental.kind = Incremental::Kind::kFiles;
        if (node->text != "files") {
            report.Error("E1406", *node, fmt::format("{} is not understood", Show(node->text)),
                         "{by: COLUMN, lateness: 10 minutes}, {merge: KEY} or files");
            return;
        }
        port.incremental = std::move(incremental);
        return;
    }
    const Fields keys(report, *node, "`incremental`", {"by", "lateness", "merge"});
    if (!keys.is_map()) return;
    if ((keys.Find("by") != nullptr) == (keys.Find("merge") != nullptr) ||
        (keys.Find("merge") && keys.Find("lateness"))) {
        report.Error("E1406", *node, "`incremental` says by which column, or which keys to merge",
                     "{by: COLUMN, lateness: 10 minutes}, {merge: KEY} or files");
        return;
    }
    incremental.kind = keys.Find("by") ? Incremental::Kind::kBy : Incremental::Kind::kMerge;
    incremental.columns = keys.Texts(keys.Find("by") ? "by" : "merge");
    if (incremental.columns.empty() || incremental.columns.size() > 16 ||
        (keys.Find("by") && incremental.columns.size() != 1)) {
        report.Error("E1406", *node, "`incremental` needs a column",
                     "one column for `by`, 1 to 16 for `merge`");
        return;
    }
    if (keys.Find("lateness")) {
        const auto lateness = ParseDuration(keys.Text("lateness"));
        if (lateness) incremental.lateness_us = *lateness;
        if (!lateness)
            report.Error("E1502", *keys.Find("lateness"), lateness.error().message,
                         lateness.error().hint);
    }
    port.incremental = std::move(incremental);
}

void CheckPortName(Report& report, const Fields& fields, const OutputPort& port) {
    if (IsReservedPort(port.name) || IsVersionLike(port.name)) {
        report.Error(
            "E1107", *fields.Find("name"),
            fmt::format("{} is reserved and cannot be the name of a port", Show(port.name)),
            "a name that is not rejected, stats, schemata, files, or v with digits");
    }
}

OutputPort ReadOutput(Report& report, const Yaml& node,
                      const std::map<std::string, std::string>& files, Product& product) {
    OutputPort port;
    port.at = report.At(node);
    const Fields fields(report, node, "an output port",
                        {"name", "description", "sql", "schedule", "columns", "guarantees",
                         "badRows", "incremental", "rows", "minimumGroup", "grants", "timezone"});
    if (!fields.is_map()) return port;
    if (fields.Find("name")) port.name = fields.Name("name", true);
    if (!port.name.empty()) CheckPortName(report, fields, port);
    port.description = fields.Text("description");
    port.timezone = ReadTimezone(report, fields);
    ReadSql(report, fields, files, port);
    ReadSchedule(report, fields, port);
    port.columns = ReadColumns(report, fields);
    ReadGuarantees(report, fields, port);
    ReadBadRows(report, fields, port);
    ReadIncremental(report, fields, port);
    port.rows = fields.Text("rows");
    port.minimum_group =
        static_cast<uint32_t>(fields.Count("minimumGroup", 1, 1'000'000).value_or(0));
    for (Grant& grant : ReadGrants(report, fields, port.name)) {
        product.grants.push_back(std::move(grant));
    }
    return port;
}

template <class Ports>
void CheckUnique(Report& report, const Ports& ports) {
    std::set<std::string> seen;
    for (const auto& port : ports) {
        if (port.name.empty() || seen.insert(port.name).second) continue;
        report.Error("E1111", port.at, fmt::format("port {} appears twice", Show(port.name)),
                     "a name of its own for each port");
    }
}

// A port that takes pushed records: its contract is complete, and two columns of the node's follow.
void CompleteFedPort(Report& report, OutputPort& port) {
    if (port.columns.empty()) {
        report.Error("E1412", port.at,
                     fmt::format("output port {} takes pushed events and needs `columns`",
                                 Show(port.name)),
                     "columns: {id: bigint, …}");
        return;
    }
    for (const Column& column : port.columns) {
        if (!column.has_type) {
            report.Error("E1412", column.at,
                         fmt::format("column {} of pushed events needs a type", Show(column.name)),
                         "id: bigint");
        }
        const std::string name = ToLower(column.name);
        if (name != kReceivedAt && name != kPositionColumn) continue;
        report.Error("E1413", column.at,
                     fmt::format("column {} of a port of pushed events is the node's own",
                                 Show(column.name)),
                     {}, "leave it out: every such port has it, filled by the node");
    }
    if (port.incremental || port.schedule.kind != Schedule::Kind::kNone) {
        report.Error("E1410", port.at,
                     fmt::format("output port {} takes pushed events as they come",
                                 Show(port.name)),
                     {}, "remove `schedule` and `incremental`: records are visible within seconds");
    }
    const auto add = [&](std::string_view name, DataType::Kind kind, const char* description) {
        Column column;
        column.name = name;
        column.type.kind = kind;
        column.has_type = true;
        column.required = true;
        column.description = description;
        column.at = port.at;
        port.columns.push_back(std::move(column));
    };
    add(kReceivedAt, DataType::Kind::kTimestampTz, "When the node accepted the record.");
    add(kPositionColumn, DataType::Kind::kBigint, "Number of the record in the order of acceptance.");
}

void CheckIncremental(Report& report, const Product& product, const OutputPort& port) {
    if (!port.incremental) return;
    const auto& incremental = *port.incremental;
    if (incremental.kind == Incremental::Kind::kFiles) {
        if (port.sql.empty() && product.input_ports.size() == 1 &&
            product.input_ports[0].kind == InputPort::Kind::kFile)
            return;
        report.Error("E1406", incremental.at,
                     "`incremental: files` is for a port that takes its only file input as it is",
                     "an output port without sql over one input with `file` or `upload`");
        return;
    }
    if (port.sql.empty()) {
        report.Error("E1406", incremental.at, "`incremental` by column or key needs `sql`",
                     "sql: SELECT …, or `incremental: files` for files that arrive");
    }
    if (port.columns.empty()) return;
    std::vector<std::string> names;
    for (const Column& column : port.columns) names.push_back(column.name);
    for (const std::string& column : incremental.columns) {
        if (port.FindColumn(column)) continue;
        report.Error("E1406", incremental.at,
                     fmt::format("`incremental` names {}, which is no column of the port",
                                 Show(column)),
                     OneOf(names), DidYouMean(column, names));
    }
}

void CheckTogether(Report& report, Product& product) {
    std::vector<std::string> names;
    for (const InputPort& input : product.input_ports) names.push_back(input.name);
    for (const InputPort& input : product.input_ports) {
        if (input.kind != InputPort::Kind::kPush || product.Feeds(input)) continue;
        report.Error("E1414", input.at,
                     fmt::format("no output port takes the events of input port {}",
                                 Show(input.name)),
                     "an output port without sql, of the same name when there are several inputs",
                     "transformations of events belong into a product of their own with sql");
    }
    const bool events = std::ranges::any_of(
        product.output_ports, [&](const OutputPort& port) { return product.FedBy(port); });
    for (OutputPort& port : product.output_ports) {
        CheckIncremental(report, product, port);
        if (events && (port.bad_rows.count > 0 || port.bad_rows.percent)) {
            report.Error("E1415", port.at,
                         "`badRows` in a product that takes pushed events: both would write the "
                         "product's dead letters",
                         {}, "events are rejected one by one without it; move the other port into a "
                             "product of its own");
        }
        if (product.FedBy(port)) {
            CompleteFedPort(report, port);
            continue;
        }
        if (port.sql.empty() && port.sql_file.empty() && product.input_ports.size() != 1) {
            report.Error("E1405", port.at,
                         fmt::format("output port {} needs `sql`: the product has {} inputs",
                                     Show(port.name), product.input_ports.size()),
                         "one SELECT statement over: " + Join(names, ", "));
        }
        for (const std::string& input : port.schedule.inputs) {
            if (product.FindInput(input)) continue;
            report.Error("E1409", port.at,
                         fmt::format("`schedule` names {}, which is no input port", Show(input)),
                         OneOf(names), DidYouMean(input, names));
        }
    }
}

}  // namespace

void ReadPorts(Report& report, const Fields& fields,
               const std::map<std::string, std::string>& files, Product& product) {
    for (const Yaml& node : fields.List("inputPorts", kLimits.ports_max)) {
        product.input_ports.push_back(ReadInput(report, node, product));
    }
    for (const Yaml& node : fields.List("outputPorts", kLimits.ports_max)) {
        product.output_ports.push_back(ReadOutput(report, node, files, product));
    }
    if (product.output_ports.empty()) {
        OutputPort implied;
        implied.at = fields.At("outputPorts");
        product.output_ports.push_back(std::move(implied));
    }
    CheckUnique(report, product.input_ports);
    CheckUnique(report, product.output_ports);
    CheckTogether(report, product);
}

}  // namespace weft::model
