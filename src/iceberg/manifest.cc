#include "iceberg/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "iceberg/avro.h"
#include "iceberg/location.h"
#include "iceberg/value.h"

namespace weft::iceberg {
namespace {

constexpr std::string_view kSchema = R"({"type":"record","name":"manifest_entry","fields":[
{"name":"status","type":"int","field-id":0},
{"name":"snapshot_id","type":["null","long"],"default":null,"field-id":1},
{"name":"sequence_number","type":["null","long"],"default":null,"field-id":3},
{"name":"file_sequence_number","type":["null","long"],"default":null,"field-id":4},
{"name":"data_file","field-id":2,"type":{"type":"record","name":"r2","fields":[
{"name":"content","type":"int","field-id":134},
{"name":"file_path","type":"string","field-id":100},
{"name":"file_format","type":"string","field-id":101},
{"name":"partition","field-id":102,"type":{"type":"record","name":"r102","fields":[]}},
{"name":"record_count","type":"long","field-id":103},
{"name":"file_size_in_bytes","type":"long","field-id":104},
{"name":"column_sizes","type":["null",{"type":"array","logicalType":"map","items":
{"type":"record","name":"k117_v118","fields":[{"name":"key","type":"int","field-id":117},
{"name":"value","type":"long","field-id":118}]}}],"default":null,"field-id":108},
{"name":"value_counts","type":["null",{"type":"array","logicalType":"map","items":
{"type":"record","name":"k119_v120","fields":[{"name":"key","type":"int","field-id":119},
{"name":"value","type":"long","field-id":120}]}}],"default":null,"field-id":109},
{"name":"null_value_counts","type":["null",{"type":"array","logicalType":"map","items":
{"type":"record","name":"k121_v122","fields":[{"name":"key","type":"int","field-id":121},
{"name":"value","type":"long","field-id":122}]}}],"default":null,"field-id":110},
{"name":"nan_value_counts","type":["null",{"type":"array","logicalType":"map","items":
{"type":"record","name":"k138_v139","fields":[{"name":"key","type":"int","field-id":138},
{"name":"value","type":"long","field-id":139}]}}],"default":null,"field-id":137},
{"name":"lower_bounds","type":["null",{"type":"array","logicalType":"map","items":
{"type":"record","name":"k126_v127","fields":[{"name":"key","type":"int","field-id":126},
{"name":"value","type":"bytes","field-id":127}]}}],"default":null,"field-id":125},
{"name":"upper_bounds","type":["null",{"type":"array","logicalType":"map","items":
{"type":"record","name":"k129_v130","fields":[{"name":"key","type":"int","field-id":129},
{"name":"value","type":"bytes","field-id":130}]}}],"default":null,"field-id":128},
{"name":"key_metadata","type":["null","bytes"],"default":null,"field-id":131},
{"name":"split_offsets","type":["null",{"type":"array","items":"long","element-id":133}],
"default":null,"field-id":132},
{"name":"equality_ids","type":["null",{"type":"array","items":"int","element-id":136}],
"default":null,"field-id":135},
{"name":"sort_order_id","type":["null","int"],"default":null,"field-id":140}]}}]})";

constexpr size_t kColumnIdsMax = 100'000;  // Per file; nested parts count too.
constexpr size_t kBoundBytesMax = 64 << 10;

std::unexpected<Error> Corrupt(std::string_view what) {
    return Fail(Code::kCorrupt, fmt::format("manifest: {}", what));
}

// Writes one id -> number map of the columns that have the number; null when none has.
void PutNumbers(AvroEncoder& out, const DataFile& file, int64_t ColumnStats::*member) {
    const auto has = [&](const ColumnStats& c) { return c.*member >= 0; };
    const auto count = std::ranges::count_if(file.columns, has);
    out.Long(count > 0 ? 1 : 0);
    if (count == 0) return;
    out.Long(count);
    for (const ColumnStats& column : file.columns) {
        if (!has(column)) continue;
        out.Long(column.field_id);
        out.Long(column.*member);
    }
    out.Long(0);
}

void PutBounds(AvroEncoder& out, const DataFile& file,
               std::optional<std::string> ColumnStats::*member) {
    const auto has = [&](const ColumnStats& c) { return (c.*member).has_value(); };
    const auto count = std::ranges::count_if(file.columns, has);
    out.Long(count > 0 ? 1 : 0);
    if (count == 0) return;
    out.Long(count);
    for (const ColumnStats& column : file.columns) {
        if (!has(column)) continue;
        out.Long(column.field_id);
        out.Bytes(*(column.*member));
    }
    out.Long(0);
}

void PutFile(AvroEncoder& out, const DataFile& file) {
    out.Long(0);  // content: data.
    out.Bytes(ToUri(file.path));
    out.Bytes("PARQUET");
    out.Long(file.record_count);  // The partition record before it has no fields, so no bytes.
    out.Long(file.file_size);
    PutNumbers(out, file, &ColumnStats::size_bytes);
    PutNumbers(out, file, &ColumnStats::value_count);
    PutNumbers(out, file, &ColumnStats::null_count);
    PutNumbers(out, file, &ColumnStats::nan_count);
    PutBounds(out, file, &ColumnStats::lower);
    PutBounds(out, file, &ColumnStats::upper);
    out.Long(0);  // key_metadata: null.
    out.Long(file.split_offsets.empty() ? 0 : 1);
    if (!file.split_offsets.empty()) {
        out.Long(static_cast<int64_t>(file.split_offsets.size()));
        for (const int64_t offset : file.split_offsets) out.Long(offset);
        out.Long(0);
    }
    out.Long(0);  // equality_ids: null.
    out.Long(file.sort_order_id ? 1 : 0);
    if (file.sort_order_id) out.Long(*file.sort_order_id);
}

// Decodes the entries of one manifest, following the writer's schema.
class EntryReader {
public:
    EntryReader(AvroDecoder& in, const AvroSchema& schema) : in_(in), schema_(schema) {}

    Result<ManifestEntry> Entry(const ManifestFile& listed) {
        ManifestEntry entry;
        std::map<int32_t, std::optional<int64_t>> numbers;
        const AvroType& record = schema_.types[schema_.root];
        bool has_file = false;
        for (size_t i = 0; i < record.children.size(); ++i) {
            const int32_t id = record.field_ids[i];
            if (id == 2) {
                entry.file = TRY(File(TRY(in_.Branch(record.children[i]))));
                has_file = true;
            } else if (id == 0 || id == 1 || id == 3 || id == 4) {
                numbers[id] = TRY(in_.LongOrNull(record.children[i]));
            } else {
                CHECK_OK(in_.Skip(record.children[i]));
            }
        }
        if (!has_file || !numbers[0]) return Corrupt("an entry lacks status or file");
        if (*numbers[0] < 0 || *numbers[0] > 2) return Corrupt("an entry has no proper status");
        entry.status = static_cast<ManifestEntry::Status>(*numbers[0]);
        if (entry.status != ManifestEntry::Status::kAdded && (!numbers[3] || !numbers[4])) {
            // Tables that came from version 1 have sequence number 0 everywhere.
            if (listed.sequence_number != 0)
                return Corrupt("an old entry lacks its sequence number");
        }
        entry.snapshot_id = numbers[1].value_or(listed.added_snapshot_id);
        entry.sequence_number = numbers[3].value_or(listed.sequence_number);
        entry.file_sequence_number = numbers[4].value_or(listed.sequence_number);
        if (entry.sequence_number < 0) return Corrupt("an entry has a negative number");
        return entry;
    }

private:
    Result<DataFile> File(uint32_t type) {
        const AvroType& record = schema_.types[type];
        if (record.kind != AvroType::Kind::kRecord) return Corrupt("a data file is no record");
        DataFile file;
        file.record_count = -1;
        file.file_size = -1;
        columns_.clear();
        for (size_t i = 0; i < record.children.size(); ++i) {
            CHECK_OK(Member(file, record.field_ids[i], record.children[i]));
        }
        if (file.path.empty() || file.record_count < 0 || file.file_size < 0) {
            return Corrupt("a data file lacks path, count or size");
        }
        for (auto& [id, stats] : columns_) {
            stats.field_id = id;
            file.columns.push_back(std::move(stats));
        }
        return file;
    }

    Result<> Member(DataFile& file, int32_t id, uint32_t type) {
        switch (id) {
            case 100: {
                const auto uri = TRY(in_.BytesOrNull(type));
                if (uri) file.path = TRY(FromUri(*uri));
                return {};
            }
            case 101: {
                const auto format = TRY(in_.BytesOrNull(type));
                if (format && *format != "PARQUET" && *format != "parquet") {
                    return Fail(Code::kInvalid, "only Parquet data files are supported");
                }
                return {};
            }
            case 103: file.record_count = TRY(in_.LongOrNull(type)).value_or(-1); return {};
            case 104: file.file_size = TRY(in_.LongOrNull(type)).value_or(-1); return {};
            case 108: return Numbers(type, &ColumnStats::size_bytes);
            case 109: return Numbers(type, &ColumnStats::value_count);
            case 110: return Numbers(type, &ColumnStats::null_count);
            case 137: return Numbers(type, &ColumnStats::nan_count);
            case 125: return Bounds(type, &ColumnStats::lower);
            case 128: return Bounds(type, &ColumnStats::upper);
            case 131:
                if (TRY(in_.BytesOrNull(type))) {
                    return Fail(Code::kInvalid, "encrypted data files are not supported");
                }
                return {};
            case 132: return Offsets(type, file);
            case 134:
                if (TRY(in_.LongOrNull(type)).value_or(0) != 0) {
                    return Fail(Code::kInvalid, "delete files are not supported");
                }
                return {};
            case 140: {
                const auto order = TRY(in_.LongOrNull(type));
                if (order && *order >= 0 && *order <= std::numeric_limits<int32_t>::max()) {
                    file.sort_order_id = static_cast<int32_t>(*order);
                }
                return {};
            }
            default: return in_.Skip(type);
        }
    }

    // Calls `put(column, value type)` for each item of an id-keyed map, stored as a list of
    // records.
    template <class Put>
    Result<> EachItem(uint32_t type, Put put) {
        const AvroType& list = schema_.types[TRY(in_.Branch(type))];
        if (list.kind == AvroType::Kind::kNull) return {};
        if (list.kind != AvroType::Kind::kArray) return Corrupt("statistics are no list");
        const AvroType& item = schema_.types[list.children[0]];
        if (item.kind != AvroType::Kind::kRecord || item.children.size() != 2) {
            return Corrupt("statistics are no pairs");
        }
        while (const uint64_t count = TRY(in_.Chunk())) {
            for (uint64_t i = 0; i < count; ++i) {
                CHECK_OK(in_.Step());
                const int64_t id = TRY(in_.LongOrNull(item.children[0])).value_or(-1);
                if (id < 0 || id > std::numeric_limits<int32_t>::max())
                    return Corrupt("bad column id");
                ColumnStats& stats = columns_[static_cast<int32_t>(id)];
                if (columns_.size() > kColumnIdsMax) return Corrupt("too many columns");
                CHECK_OK(put(stats, item.children[1]));
            }
        }
        return {};
    }

    Result<> Numbers(uint32_t type, int64_t ColumnStats::*member) {
        return EachItem(type, [&](ColumnStats& stats, uint32_t value) -> Result<> {
            const auto number = TRY(in_.LongOrNull(value));
            if (number && *number < 0) return Corrupt("a negative count");
            if (number) stats.*member = *number;
            return {};
        });
    }

    Result<> Bounds(uint32_t type, std::optional<std::string> ColumnStats::*member) {
        return EachItem(type, [&](ColumnStats& stats, uint32_t value) -> Result<> {
            const auto bound = TRY(in_.BytesOrNull(value));
            // An oversized bound is dropped, not an error: without it the file is read, nothing
            // worse.
            if (bound && bound->size() <= kBoundBytesMax) stats.*member = std::string(*bound);
            return {};
        });
    }

    Result<> Offsets(uint32_t type, DataFile& file) {
        const AvroType& list = schema_.types[TRY(in_.Branch(type))];
        if (list.kind == AvroType::Kind::kNull) return {};
        if (list.kind != AvroType::Kind::kArray) return Corrupt("split offsets are no list");
        while (const uint64_t count = TRY(in_.Chunk())) {
            for (uint64_t i = 0; i < count; ++i) {
                CHECK_OK(in_.Step());
                const auto offset = TRY(in_.LongOrNull(list.children[0]));
                if (offset) file.split_offsets.push_back(*offset);
            }
        }
        return {};
    }

    AvroDecoder& in_;
    const AvroSchema& schema_;
    std::map<int32_t, ColumnStats> columns_;  // Of the file being read.
};

// Statistics that contradict themselves would make a scan drop rows silently.
Result<> CheckStats(const DataFile& file, const Columns& columns) {
    for (const Field& field : columns.fields) {
        const ColumnStats* stats = file.Find(field.id);
        if (!stats || !IsPrimitive(field.type)) continue;
        if (stats->null_count > file.record_count) return Corrupt("more nulls than rows");
        if (stats->value_count >= 0 && stats->null_count > stats->value_count) {
            return Corrupt("more nulls than values");
        }
        // Some writers order uuids as signed numbers; MayMatch does not prune by them.
        if (!stats->lower || !stats->upper || field.type.kind == DataType::Kind::kUuid) continue;
        if (!IsEncoded(field.type, *stats->lower) || !IsEncoded(field.type, *stats->upper)) {
            return Corrupt(fmt::format("bounds of column {} are no values of it", field.id));
        }
        if (CompareValues(field.type, *stats->lower, *stats->upper) > 0) {
            return Corrupt(fmt::format("bounds of column {} are inverted", field.id));
        }
    }
    return {};
}

}  // namespace

const ColumnStats* DataFile::Find(int32_t field_id) const {
    const auto it = std::ranges::lower_bound(columns, field_id, {}, &ColumnStats::field_id);
    return it == columns.end() || it->field_id != field_id ? nullptr : &*it;
}

std::string EncodeManifest(const std::vector<ManifestEntry>& entries, const Columns& columns) {
    AvroEncoder out;
    for (const ManifestEntry& entry : entries) {
        const bool added = entry.status == ManifestEntry::Status::kAdded;
        out.Long(static_cast<int64_t>(entry.status));
        out.Long(1);
        out.Long(entry.snapshot_id);
        for (const int64_t number : {entry.sequence_number, entry.file_sequence_number}) {
            out.Long(added ? 0 : 1);  // New files inherit both numbers, so a retry can reuse them.
            if (!added) out.Long(number);
        }
        PutFile(out, entry.file);
    }
    return WriteAvro(kSchema,
                     {{"schema", DumpJson(ToJson(columns))},
                      {"schema-id", fmt::format("{}", columns.schema_id)},
                      {"partition-spec", "[]"},
                      {"partition-spec-id", "0"},
                      {"format-version", "2"},
                      {"content", "data"}},
                     entries.size(), out.bytes());
}

Result<std::vector<ManifestEntry>> DecodeManifest(std::string_view bytes,
                                                  const ManifestFile& listed,
                                                  const std::string& table_location) {
    const AvroFile file = TRY(ReadAvro(bytes));
    if (listed.deletes) return Fail(Code::kInvalid, "delete files are not supported");
    const AvroType& record = file.schema.types[file.schema.root];
    if (record.kind != AvroType::Kind::kRecord) return Corrupt("entries are no records");
    const auto text = file.metadata.find("schema");
    if (text == file.metadata.end()) return Corrupt("the columns are absent");
    const auto json = ParseJson(text->second);
    if (!json) return Corrupt("the columns are unreadable");
    const Columns columns = TRY(ColumnsFromJson(*json));
    const int32_t last_column_id = MaxFieldId(columns);
    std::vector<ManifestEntry> entries;
    for (const AvroFile::Block& block : file.blocks) {
        AvroDecoder in(file.schema, block.bytes);
        EntryReader reader(in, file.schema);
        for (uint64_t i = 0; i < block.count; ++i) {
            CHECK_OK(in.Step());
            ManifestEntry entry = TRY(reader.Entry(listed));
            entry.file.last_column_id = last_column_id;
            CHECK_OK(CheckBeneath(entry.file.path, table_location));
            CHECK_OK(CheckStats(entry.file, columns));
            entries.push_back(std::move(entry));
        }
        if (!in.AtEnd()) return Corrupt("bytes left over");
    }
    return entries;
}

}  // namespace weft::iceberg
