// Drives src/iceberg from a script of JSON lines on stdin, for read_with_pyiceberg.py: one answer
// line per command.
#include <fmt/format.h>

#include <iostream>

#include "base/json.h"
#include "iceberg/commit.h"
#include "iceberg/scan.h"
#include "iceberg/value.h"

namespace weft::iceberg {
namespace {

struct Tool {
    Cache cache;
    TableMetadata table;
    std::string location;
    SystemClock clock;
};

Result<Columns> ToColumns(const Json& json) {
    Columns columns;
    for (const Json& one : json) {
        Field field;
        field.id = static_cast<int32_t>(JsonInt(one, "id"));
        field.name = JsonString(one, "name");
        field.type = TRY(ParseDataType(JsonString(one, "type")));
        field.required = JsonBool(one, "required");
        columns.fields.push_back(std::move(field));
    }
    return columns;
}

Result<std::vector<DataFile>> ToFiles(const Json& json, const Columns& columns) {
    std::vector<DataFile> files;
    for (const Json& one : json) {
        DataFile file;
        file.path = JsonString(one, "path");
        file.record_count = JsonInt(one, "rows");
        file.file_size = JsonInt(one, "size");
        for (const Json& part : one.value("stats", Json::array())) {
            ColumnStats stats;
            stats.field_id = static_cast<int32_t>(JsonInt(part, "id"));
            stats.value_count = file.record_count;
            stats.null_count = JsonInt(part, "nulls", -1);
            const Field* field = columns.Find(stats.field_id);
            if (!field) return Fail(Code::kInvalid, "statistics of an unknown column");
            if (part.contains("lower")) {
                const auto low = TRY(EncodeValue(field->type, JsonString(part, "lower")));
                const auto high = TRY(EncodeValue(field->type, JsonString(part, "upper")));
                stats.lower = LowerBound(field->type, low);
                stats.upper = UpperBound(field->type, high);
            }
            file.columns.push_back(std::move(stats));
        }
        files.push_back(std::move(file));
    }
    return files;
}

Result<Json> Scan(Tool& tool, const Json& command) {
    std::vector<Comparison> where;
    for (const Json& one : command.value("where", Json::array())) {
        Comparison comparison;
        comparison.field_id = static_cast<int32_t>(JsonInt(one, "id"));
        comparison.op = static_cast<Comparison::Op>(JsonInt(one, "op"));
        const Field* field = tool.table.columns().Find(comparison.field_id);
        if (!field) return Fail(Code::kInvalid, "unknown column");
        const Json values = one.value("values", Json::array());
        for (const Json& value : values) {
            comparison.values.push_back(TRY(EncodeValue(field->type, value.get<std::string>())));
        }
        where.push_back(std::move(comparison));
    }
    Json out = Json::object();
    out["files"] = Json::array();
    const auto files = TRY(PlanScan(tool.cache, tool.table, 0, where));
    for (const DataFile& file : files) {
        Json one = Json::object();
        one["path"] = file.path;
        one["rows"] = file.record_count;
        one["size"] = file.file_size;
        for (const ColumnStats& stats : file.columns) {
            const Field* field = tool.table.columns().Find(stats.field_id);
            if (!field || !stats.lower || !stats.upper) continue;
            one["bounds"][field->name] = {TRY(ValueText(field->type, *stats.lower)),
                                          TRY(ValueText(field->type, *stats.upper)),
                                          fmt::format("{}", stats.null_count)};
        }
        out["files"].push_back(std::move(one));
    }
    return out;
}

Result<Json> Run(Tool& tool, const Json& command) {
    const std::string op = JsonString(command, "do");
    if (op == "scan") return Scan(tool, command);
    if (op == "load") {
        tool.location = JsonString(command, "metadata");
        tool.table = TRY(Load(tool.location));
        return Json::object();
    }
    Change change;
    if (op == "create") {
        Columns columns = TRY(ToColumns(command["columns"]));
        TRY(AssignIds(columns, 0));
        tool.table =
            TRY(NewTable(NewUuid(), JsonString(command, "folder"), columns, {}, tool.clock.Now()));
        tool.location.clear();
    } else {
        if (command.contains("columns")) {
            change.columns = TRY(ToColumns(command["columns"]));
            TRY(AssignIds(*change.columns, tool.table.last_column_id));
        }
        const Columns& columns = change.columns ? *change.columns : tool.table.columns();
        change.added = TRY(ToFiles(command.value("files", Json::array()), columns));
        const Json removed = command.value("removed", Json::array());
        for (const Json& path : removed) change.removed_paths.push_back(path.get<std::string>());
        change.operation = op == "append"      ? Change::Operation::kAppend
                           : op == "overwrite" ? Change::Operation::kOverwrite
                           : op == "replace"   ? Change::Operation::kReplace
                                               : Change::Operation::kNone;
    }
    auto prepared = TRY(Prepare(tool.cache, tool.table, tool.location, change, tool.clock.Now()));
    tool.location = prepared.location;
    tool.table = TRY(Load(tool.location));
    Json out = Json::object();
    out["metadata"] = tool.location;
    return out;
}

}  // namespace
}  // namespace weft::iceberg

int main() {
    weft::iceberg::Tool tool;
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto command = weft::ParseJson(line);
        const auto answer = command ? weft::iceberg::Run(tool, *command)
                                    : weft::Result<weft::Json>(std::unexpected(command.error()));
        weft::Json out = answer ? *answer : weft::Json::object();
        if (!answer) out["error"] = answer.error().message;
        std::cout << weft::DumpJson(out) << std::endl;
    }
}
