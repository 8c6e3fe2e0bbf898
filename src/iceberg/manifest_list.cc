#include "iceberg/manifest_list.h"

#include <fmt/format.h>

#include <limits>
#include <map>

#include "iceberg/avro.h"
#include "iceberg/location.h"

namespace weft::iceberg {
namespace {

constexpr std::string_view kSchema = R"({"type":"record","name":"manifest_file","fields":[
{"name":"manifest_path","type":"string","field-id":500},
{"name":"manifest_length","type":"long","field-id":501},
{"name":"partition_spec_id","type":"int","field-id":502},
{"name":"content","type":"int","field-id":517},
{"name":"sequence_number","type":"long","field-id":515},
{"name":"min_sequence_number","type":"long","field-id":516},
{"name":"added_snapshot_id","type":"long","field-id":503},
{"name":"added_files_count","type":"int","field-id":504},
{"name":"existing_files_count","type":"int","field-id":505},
{"name":"deleted_files_count","type":"int","field-id":506},
{"name":"added_rows_count","type":"long","field-id":512},
{"name":"existing_rows_count","type":"long","field-id":513},
{"name":"deleted_rows_count","type":"long","field-id":514},
{"name":"partitions","type":["null",{"type":"array","element-id":508,"items":
{"type":"record","name":"r508","fields":[
{"name":"contains_null","type":"boolean","field-id":509},
{"name":"contains_nan","type":["null","boolean"],"default":null,"field-id":518},
{"name":"lower_bound","type":["null","bytes"],"default":null,"field-id":510},
{"name":"upper_bound","type":["null","bytes"],"default":null,"field-id":511}]}}],
"default":null,"field-id":507},
{"name":"key_metadata","type":["null","bytes"],"default":null,"field-id":519}]})";

Result<ManifestFile> DecodeOne(AvroDecoder& in, const AvroType& record) {
    ManifestFile file;
    std::map<int32_t, int64_t> numbers;
    for (size_t i = 0; i < record.children.size(); ++i) {
        const uint32_t type = record.children[i];
        const int32_t id = record.field_ids[i];
        if (id == 500) {
            const auto uri = TRY(in.BytesOrNull(type));
            if (uri) file.path = TRY(FromUri(*uri));
        } else if ((id >= 501 && id <= 506) || (id >= 512 && id <= 517)) {
            const auto number = TRY(in.LongOrNull(type));
            if (number && *number < 0)
                return Fail(Code::kCorrupt, "manifest list: negative number");
            if (number) numbers[id] = *number;
        } else if (id == 519) {
            if (TRY(in.BytesOrNull(type))) {
                return Fail(Code::kInvalid, "encrypted manifests are not supported");
            }
        } else {
            CHECK_OK(in.Skip(type));
        }
    }
    for (const int32_t id : {501, 503, 515, 516}) {
        if (!numbers.contains(id)) return Fail(Code::kCorrupt, "manifest list: a number is absent");
    }
    file.length = numbers[501];
    if (numbers[502] > std::numeric_limits<int32_t>::max() || numbers[517] > 1) {
        return Fail(Code::kCorrupt, "manifest list: a number is out of range");
    }
    file.partition_spec_id = static_cast<int32_t>(numbers[502]);
    file.deletes = numbers[517] == 1;
    file.sequence_number = numbers[515];
    file.min_sequence_number = numbers[516];
    file.added_snapshot_id = numbers[503];
    // Absent counts mean "unknown": then the manifest must be read, so it counts as live.
    file.added_files = numbers.contains(504) ? numbers[504] : 1;
    file.existing_files = numbers[505];
    file.deleted_files = numbers[506];
    file.added_rows = numbers[512];
    file.existing_rows = numbers[513];
    file.deleted_rows = numbers[514];
    return file;
}

}  // namespace

std::string EncodeManifestList(const std::vector<ManifestFile>& manifests,
                               const ManifestListHeader& header) {
    AvroEncoder out;
    for (const ManifestFile& file : manifests) {
        out.Bytes(ToUri(file.path));
        out.Long(file.length);
        out.Long(file.partition_spec_id);
        out.Long(file.deletes ? 1 : 0);
        out.Long(file.sequence_number);
        out.Long(file.min_sequence_number);
        out.Long(file.added_snapshot_id);
        out.Long(file.added_files);
        out.Long(file.existing_files);
        out.Long(file.deleted_files);
        out.Long(file.added_rows);
        out.Long(file.existing_rows);
        out.Long(file.deleted_rows);
        out.Long(1);  // partitions: a list …
        out.Long(0);  // … of none, because the spec has no fields.
        out.Long(0);  // key_metadata: null.
    }
    const auto parent = header.parent_snapshot_id;
    return WriteAvro(kSchema,
                     {{"format-version", "2"},
                      {"snapshot-id", fmt::format("{}", header.snapshot_id)},
                      {"parent-snapshot-id", parent ? fmt::format("{}", parent) : "null"},
                      {"sequence-number", fmt::format("{}", header.sequence_number)}},
                     manifests.size(), out.bytes());
}

Result<std::vector<ManifestFile>> DecodeManifestList(std::string_view bytes,
                                                     const std::string& table_location) {
    const AvroFile file = TRY(ReadAvro(bytes));
    const AvroType& record = file.schema.types[file.schema.root];
    if (record.kind != AvroType::Kind::kRecord) {
        return Fail(Code::kCorrupt, "manifest list: entries are no records");
    }
    std::vector<ManifestFile> manifests;
    for (const AvroFile::Block& block : file.blocks) {
        AvroDecoder in(file.schema, block.bytes);
        for (uint64_t i = 0; i < block.count; ++i) {
            CHECK_OK(in.Step());
            manifests.push_back(TRY(DecodeOne(in, record)));
            CHECK_OK(CheckBeneath(manifests.back().path, table_location));
        }
        if (!in.AtEnd()) return Fail(Code::kCorrupt, "manifest list: bytes left over");
    }
    return manifests;
}

}  // namespace weft::iceberg
