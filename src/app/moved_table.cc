#include "app/moved_table.h"

#include <map>

#include "iceberg/manifest.h"
#include "iceberg/manifest_list.h"
#include "iceberg/metadata.h"
#include "io/files.h"

namespace weft::app {
namespace {

constexpr uint64_t kFileBytesMax = 256ull << 20;

class Move {
  public:
    Move(const std::string& from, const std::string& to) : from_(from), to_(to) {}

    Result<> Document(const std::string& location) {
        const std::string path = New(location);
        iceberg::TableMetadata table =
            TRY(iceberg::DecodeMetadata(TRY(io::ReadFile(path, kFileBytesMax))));
        if (table.location != from_)
            return Fail(Code::kCorrupt, path + " belongs to a table at " + table.location);
        for (auto& snapshot : table.snapshots) {
            CHECK_OK(List(table, snapshot));
            snapshot.manifest_list = New(snapshot.manifest_list);
        }
        table.location = to_;
        table.metadata_log.clear();
        return io::WriteFileAtomically(path, iceberg::EncodeMetadata(table));
    }

  private:
    // Everything of a decoded document was checked to lie beneath `from`.
    std::string New(const std::string& path) const { return to_ + path.substr(from_.size()); }

    Result<> List(const iceberg::TableMetadata& table, const iceberg::Snapshot& snapshot) {
        const std::string path = New(snapshot.manifest_list);
        auto manifests =
            TRY(iceberg::DecodeManifestList(TRY(io::ReadFile(path, kFileBytesMax)), from_));
        for (auto& listed : manifests) {
            listed.length = TRY(Manifest(table, listed));
            listed.path = New(listed.path);
        }
        return io::WriteFileAtomically(
            path, iceberg::EncodeManifestList(manifests,
                                              {.snapshot_id = snapshot.id,
                                               .parent_snapshot_id = snapshot.parent_id.value_or(0),
                                               .sequence_number = snapshot.sequence_number}));
    }

    // The new length. Snapshots share manifests: each is written once.
    Result<int64_t> Manifest(const iceberg::TableMetadata& table,
                             const iceberg::ManifestFile& listed) {
        const auto known = lengths_.find(listed.path);
        if (known != lengths_.end()) return known->second;
        const std::string path = New(listed.path);
        auto entries =
            TRY(iceberg::DecodeManifest(TRY(io::ReadFile(path, kFileBytesMax)), listed, from_));
        for (auto& entry : entries) entry.file.path = New(entry.file.path);
        const std::string bytes = iceberg::EncodeManifest(entries, ColumnsOf(table, listed));
        CHECK_OK(io::WriteFileAtomically(path, bytes));
        return lengths_[listed.path] = static_cast<int64_t>(bytes.size());
    }

    // Those of the snapshot that wrote the manifest: they say which columns its files cannot have.
    static const iceberg::Columns& ColumnsOf(const iceberg::TableMetadata& table,
                                             const iceberg::ManifestFile& listed) {
        const auto* snapshot = table.FindSnapshot(listed.added_snapshot_id);
        const auto* columns =
            snapshot && snapshot->schema_id ? table.FindColumns(*snapshot->schema_id) : nullptr;
        return columns ? *columns : table.columns();
    }

    const std::string& from_;
    const std::string& to_;
    std::map<std::string, int64_t> lengths_;  // By old path.
};

}  // namespace

Result<> MoveTable(const std::string& from, const std::string& to,
                   const std::string& metadata_location) {
    if (!metadata_location.starts_with(from + "/"))
        return Fail(Code::kCorrupt, metadata_location + " lies outside " + from);
    return Move(from, to).Document(metadata_location);
}

}  // namespace weft::app
