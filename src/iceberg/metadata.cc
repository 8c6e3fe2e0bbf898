#include "iceberg/metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "iceberg/location.h"
#include "iceberg/member.h"
#include "io/files.h"

namespace weft::iceberg {
namespace {

constexpr size_t kDocumentBytesMax = size_t{64} << 20;
constexpr size_t kListMax = 100'000;
constexpr int64_t kNoPartitionId = 999;  // Partition field ids start at 1000.

Result<std::map<std::string, std::string>> Texts(const Json& object, std::string_view key) {
    std::map<std::string, std::string> texts;
    const Json* member = FindMember(object, key);
    if (!member) return texts;
    if (!member->is_object()) return Fail(Code::kCorrupt, "table metadata: texts are no object");
    for (const auto& [name, value] : member->items()) {
        if (!value.is_string())
            return Fail(Code::kCorrupt, "table metadata: a property is no text");
        texts[name] = value.get<std::string>();
    }
    return texts;
}

Json TextsToJson(const std::map<std::string, std::string>& texts) {
    Json json = Json::object();
    for (const auto& [name, value] : texts) json[name] = value;
    return json;
}

Result<std::string> PathMember(const Json& object, std::string_view key,
                               const std::string& location) {
    const std::string path = TRY(FromUri(TRY(TextMember(object, key))));
    CHECK_OK(CheckBeneath(path, location));
    return path;
}

Result<Snapshot> SnapshotFromJson(const Json& json, const std::string& location) {
    Snapshot snapshot;
    snapshot.id = TRY(IntMember(json, "snapshot-id", 0));
    if (FindMember(json, "parent-snapshot-id")) {
        snapshot.parent_id = TRY(IntMember(json, "parent-snapshot-id", -1));
        if (snapshot.parent_id == -1) snapshot.parent_id.reset();
    }
    snapshot.sequence_number = TRY(IntMember(json, "sequence-number", 0));
    snapshot.timestamp_ms = TRY(IntMember(json, "timestamp-ms", 0));
    snapshot.manifest_list = TRY(PathMember(json, "manifest-list", location));
    snapshot.summary = TRY(Texts(json, "summary"));
    if (FindMember(json, "schema-id")) snapshot.schema_id = TRY(Int32Member(json, "schema-id", 0));
    snapshot.rest = json;
    return snapshot;
}

Json SnapshotToJson(const Snapshot& snapshot) {
    Json json = snapshot.rest.is_object() ? snapshot.rest : Json::object();
    json["snapshot-id"] = snapshot.id;
    if (snapshot.parent_id) json["parent-snapshot-id"] = *snapshot.parent_id;
    json["sequence-number"] = snapshot.sequence_number;
    json["timestamp-ms"] = snapshot.timestamp_ms;
    json["manifest-list"] = ToUri(snapshot.manifest_list);
    json["summary"] = TextsToJson(snapshot.summary);
    if (snapshot.schema_id) json["schema-id"] = *snapshot.schema_id;
    return json;
}

Result<> DecodeSchemas(const Json& json, TableMetadata& table) {
    for (const Json& one : *TRY(ArrayMember(json, "schemas", kListMax))) {
        table.schemas.push_back(TRY(ColumnsFromJson(one)));
        table.schemas_as_read.push_back(one);
    }
    table.current_schema_id = TRY(Int32Member(json, "current-schema-id", 0));
    const Columns* current = table.FindColumns(table.current_schema_id);
#ifndef WEFT_PLANT_BUG  // The fuzzers must find what this line prevents.
    if (!current) return Fail(Code::kCorrupt, "table metadata: the current columns are absent");
#endif
    if (auto fine = CheckColumns(*current); !fine) {
        return Fail(Code::kCorrupt, fmt::format("table metadata: {}", fine.error().message));
    }
    if (MaxFieldId(*current) > table.last_column_id) {
        return Fail(Code::kCorrupt, "table metadata: last-column-id is too low");
    }
    return {};
}

Result<> DecodeSpecs(const Json& json, TableMetadata& table) {
    const int64_t current = TRY(IntMember(json, "default-spec-id", 0));
    for (const Json& spec : *TRY(ArrayMember(json, "partition-specs", kListMax))) {
        if (TRY(IntMember(spec, "spec-id", 0)) != current) continue;
        table.partitioned = !TRY(ArrayMember(spec, "fields", kListMax))->empty();
        return {};
    }
    return Fail(Code::kCorrupt, "table metadata: the default partition spec is absent");
}

Result<> DecodeHistory(const Json& json, TableMetadata& table) {
    std::set<int64_t> ids;
    for (const Json& one : *TRY(ArrayMember(json, "snapshots", kListMax))) {
        table.snapshots.push_back(TRY(SnapshotFromJson(one, table.location)));
        if (!ids.insert(table.snapshots.back().id).second) {
            return Fail(Code::kCorrupt, "table metadata: a snapshot id is used twice");
        }
    }
    for (const Json& one : *TRY(ArrayMember(json, "snapshot-log", kListMax))) {
        table.snapshot_log.push_back(
            {TRY(IntMember(one, "timestamp-ms", 0)), TRY(IntMember(one, "snapshot-id", 0))});
    }
    for (const Json& one : *TRY(ArrayMember(json, "metadata-log", kListMax))) {
        table.metadata_log.push_back({TRY(IntMember(one, "timestamp-ms", 0)),
                                      TRY(PathMember(one, "metadata-file", table.location))});
    }
    if (FindMember(json, "current-snapshot-id")) {
        const int64_t id = TRY(IntMember(json, "current-snapshot-id", -1));
        if (id != -1) table.current_snapshot_id = id;
    }
    if (table.current_snapshot_id && !ids.contains(*table.current_snapshot_id)) {
        return Fail(Code::kCorrupt, "table metadata: the current snapshot is absent");
    }
    if (const Json* refs = FindMember(json, "refs")) {
        if (!refs->is_object()) return Fail(Code::kCorrupt, "table metadata: refs are no object");
        for (const auto& [name, ref] : refs->items()) {
            const int64_t id = TRY(IntMember(ref, "snapshot-id", 0));
            if (!ids.contains(id)) {
                return Fail(Code::kCorrupt, "table metadata: a ref names an absent snapshot");
            }
            table.refs[name] = {id, TRY(TextMember(ref, "type")) == "branch", ref};
        }
    }
    const auto main = table.refs.find("main");
    if (main != table.refs.end() && table.current_snapshot_id != main->second.snapshot_id) {
        return Fail(Code::kCorrupt, "table metadata: main is not the current snapshot");
    }
    return {};
}

void EncodeHistory(const TableMetadata& table, Json& json) {
    json["properties"] = TextsToJson(table.properties);
    if (!table.current_snapshot_id) json.erase("current-snapshot-id");
    if (table.current_snapshot_id) json["current-snapshot-id"] = *table.current_snapshot_id;
    json["refs"] = Json::object();
    for (const auto& [name, ref] : table.refs) {
        Json one = ref.rest.is_object() ? ref.rest : Json::object();
        one["snapshot-id"] = ref.snapshot_id;
        one["type"] = ref.branch ? "branch" : "tag";
        json["refs"][name] = std::move(one);
    }
    json["snapshots"] = Json::array();
    for (const Snapshot& snapshot : table.snapshots) {
        json["snapshots"].push_back(SnapshotToJson(snapshot));
    }
    json["snapshot-log"] = Json::array();
    for (const auto& entry : table.snapshot_log) {
        Json one = Json::object();
        one["timestamp-ms"] = entry.timestamp_ms;
        one["snapshot-id"] = entry.snapshot_id;
        json["snapshot-log"].push_back(std::move(one));
    }
    json["metadata-log"] = Json::array();
    for (const auto& entry : table.metadata_log) {
        Json one = Json::object();
        one["timestamp-ms"] = entry.timestamp_ms;
        one["metadata-file"] = ToUri(entry.path);
        json["metadata-log"].push_back(std::move(one));
    }
}

// What a table without partitions and sort order says about them.
void AddUnpartitioned(Json& json) {
    Json none = Json::object();
    none["spec-id"] = 0;
    none["fields"] = Json::array();
    Json unsorted = Json::object();
    unsorted["order-id"] = 0;
    unsorted["fields"] = Json::array();
    json["default-spec-id"] = 0;
    json["partition-specs"] = Json::array({none});
    json["last-partition-id"] = kNoPartitionId;
    json["default-sort-order-id"] = 0;
    json["sort-orders"] = Json::array({unsorted});
}

}  // namespace

const Columns& TableMetadata::columns() const {
    const Columns* current = FindColumns(current_schema_id);
    Assert(current != nullptr);
    return *current;
}

const Columns* TableMetadata::FindColumns(int32_t schema_id) const {
    const auto it = std::ranges::find(schemas, schema_id, &Columns::schema_id);
    return it == schemas.end() ? nullptr : &*it;
}

const Snapshot* TableMetadata::FindSnapshot(int64_t snapshot_id) const {
    const auto it = std::ranges::find(snapshots, snapshot_id, &Snapshot::id);
    return it == snapshots.end() ? nullptr : &*it;
}

const Snapshot* TableMetadata::CurrentSnapshot() const {
    return current_snapshot_id ? FindSnapshot(*current_snapshot_id) : nullptr;
}

Result<TableMetadata> NewTable(std::string uuid, std::string location, Columns columns,
                               std::map<std::string, std::string> properties, Timestamp now) {
    CHECK_OK(CheckColumns(columns));
    TableMetadata table;
    table.uuid = std::move(uuid);
    auto path = FromUri(location);
    if (!path) return Fail(Code::kInvalid, "a table's location must be an absolute path");
    table.location = std::move(*path);
    table.last_updated_ms = now.us / 1'000;
    table.last_column_id = MaxFieldId(columns);
    columns.schema_id = 0;
    table.schemas.push_back(std::move(columns));
    table.schemas_as_read.emplace_back();
    table.properties = std::move(properties);
    return table;
}

std::string EncodeMetadata(const TableMetadata& table) {
    Json json = table.rest.is_object() ? table.rest : Json::object();
    json["format-version"] = 2;
    json["table-uuid"] = table.uuid;
    json["location"] = ToUri(table.location);
    json["last-sequence-number"] = table.last_sequence_number;
    json["last-updated-ms"] = table.last_updated_ms;
    json["last-column-id"] = table.last_column_id;
    json["current-schema-id"] = table.current_schema_id;
    json["schemas"] = Json::array();
    for (size_t i = 0; i < table.schemas.size(); ++i) {
        const bool as_read =
            i < table.schemas_as_read.size() && table.schemas_as_read[i].is_object();
        json["schemas"].push_back(as_read ? table.schemas_as_read[i] : ToJson(table.schemas[i]));
    }
    if (!json.contains("default-spec-id")) AddUnpartitioned(json);
    EncodeHistory(table, json);
    return DumpJson(json);
}

Result<TableMetadata> DecodeMetadata(std::string_view text) {
    auto parsed = ParseJson(text, kDocumentBytesMax);
    if (!parsed) {
        const Code code = parsed.error().code == Code::kLimit ? Code::kLimit : Code::kCorrupt;
        return Fail(code, fmt::format("table metadata: {}", parsed.error().message));
    }
    const Json& json = *parsed;
    const int64_t version = TRY(IntMember(json, "format-version", 1));
    if (version != 2) {
        return Fail(Code::kInvalid,
                    fmt::format("Iceberg format version {} is not supported, only 2", version));
    }
    TableMetadata table;
    table.uuid = TRY(TextMember(json, "table-uuid"));
    table.location = TRY(FromUri(TRY(TextMember(json, "location"))));
    table.last_sequence_number = TRY(IntMember(json, "last-sequence-number", 0));
    table.last_updated_ms = TRY(IntMember(json, "last-updated-ms", 0));
    table.last_column_id = TRY(Int32Member(json, "last-column-id", 0));
    CHECK_OK(DecodeSchemas(json, table));
    CHECK_OK(DecodeSpecs(json, table));
    table.properties = TRY(Texts(json, "properties"));
    CHECK_OK(DecodeHistory(json, table));
    table.rest = std::move(*parsed);
    return table;
}

Result<TableMetadata> Load(const std::string& location) {
    const std::string path = TRY(FromUri(location));
    auto table = DecodeMetadata(TRY(io::ReadFile(path, kDocumentBytesMax)));
    if (!table) return InFile(path, std::move(table.error()));
    // A document that claims another folder would lead readers there.
    if (auto beneath = CheckBeneath(path, table->location); !beneath)
        return InFile(path, std::move(beneath.error()));
    return table;
}

}  // namespace weft::iceberg
