#include "iceberg/commit.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/log.h"
#include "base/text.h"
#include "iceberg/location.h"
#include "io/files.h"

namespace weft::iceberg {
namespace {

using Operation = Change::Operation;
using Status = ManifestEntry::Status;

constexpr size_t kManifestsMergeAt = 32;  // Appends merge small manifests when there are more.
constexpr int64_t kManifestBytesSmall = 8 << 20;
constexpr size_t kEntriesPerManifest = 20'000;

uint64_t RandomBits() {
    uint64_t bits = 0;
    Assert(::getrandom(&bits, sizeof bits, 0) == sizeof bits);
    return bits;
}

int64_t NewSnapshotId(const TableMetadata& table) {
    while (true) {
        const auto id = static_cast<int64_t>(RandomBits() >> 1);
        if (id > 0 && !table.FindSnapshot(id)) return id;
    }
}

// "<version>-<uuid>.metadata.json": one above the version of the base's file.
std::string NextMetadataName(const std::string& base_location) {
    uint64_t version = 0;
    if (!base_location.empty()) {
        const std::string name = base_location.substr(base_location.find_last_of('/') + 1);
        std::from_chars(name.data(), name.data() + name.size(), version);
        ++version;
    }
    return fmt::format("{:05}-{}.metadata.json", version, NewUuid());
}

struct Totals {
    int64_t files = 0;
    int64_t records = 0;
    int64_t bytes = 0;
    void Add(const DataFile& file) {
        ++files;
        records += file.record_count;
        bytes += file.file_size;
    }
};

// One prepare at work: collects the new manifests and remembers every file it wrote.
class Preparation {
public:
    Preparation(Cache& cache, const TableMetadata& base, const Change& change, Timestamp now)
        : cache_(cache), base_(base), change_(change) {
        prepared_.metadata = base;
        prepared_.metadata.last_updated_ms = std::max(now.us / 1'000, base.last_updated_ms);
    }

    Result<> Run(const std::string& base_location) {
        TableMetadata& table = prepared_.metadata;
        if (base_.partitioned && change_.operation != Operation::kNone) {
            return Fail(Code::kInvalid, "tables with partitions cannot be written");
        }
        CHECK_OK(SetColumns());
        for (const auto& [key, value] : change_.properties) {
            if (value.empty()) {
                table.properties.erase(key);
            } else {
                table.properties[key] = value;
            }
        }
        CHECK_OK(io::MakeDirectories(table.location + "/metadata"));
        if (change_.operation != Operation::kNone) CHECK_OK(AddSnapshot());
        return WriteDocument(base_location);
    }

    Result<> WriteDocument(const std::string& base_location) {
        TableMetadata& table = prepared_.metadata;
        if (!base_location.empty()) {
            const std::string former = TRY(FromUri(base_location));
            CHECK_OK(CheckBeneath(former, table.location));
            table.metadata_log.push_back({base_.last_updated_ms, former});
        }
        const std::string path = table.location + "/metadata/" + NextMetadataName(base_location);
        CHECK_OK(Write(path, EncodeMetadata(table)));
        prepared_.location = path;
        return {};
    }

    Prepared& prepared() { return prepared_; }

private:
    Result<> Write(const std::string& path, std::string_view bytes) {
        CHECK_OK(io::WriteNewFile(path, bytes));
        prepared_.new_files.push_back(path);
        return {};
    }

    Result<> SetColumns() {
        if (!change_.columns) return {};
        TableMetadata& table = prepared_.metadata;
        Columns columns = *change_.columns;
        const bool empty = !base_.current_snapshot_id.has_value();
        const Evolution rules{base_.last_column_id,
                              empty || change_.operation == Operation::kOverwrite};
        CHECK_OK(CheckEvolution(base_.columns(), columns, rules));
        table.last_column_id = std::max(table.last_column_id, MaxFieldId(columns));
        int32_t next_id = 0;
        for (const Columns& known : table.schemas) {
            next_id = std::max(next_id, known.schema_id + 1);
            columns.schema_id = known.schema_id;
            if (columns == known) {
                table.current_schema_id = known.schema_id;
                return {};
            }
        }
        columns.schema_id = next_id;
        table.current_schema_id = next_id;
        table.schemas.push_back(std::move(columns));
        table.schemas_as_read.resize(table.schemas.size());
        return {};
    }

    // The data must be as durable as what names it: checked and synced before any manifest is
    // written.
    Result<> SyncData() {
        std::set<std::string> folders;
        std::set<std::string> paths;
        for (const DataFile& file : change_.added) {
            const std::string path = TRY(FromUri(file.path));
            CHECK_OK(CheckBeneath(path, base_.location));
            if (path != file.path || !paths.insert(path).second) {
                return Fail(Code::kInvalid, "a data file is given twice or not as a plain path");
            }
            const auto relative = path.substr(base_.location.size() + 1);
            const auto opened = TRY(io::OpenBeneath(base_.location, relative));
            const auto stat = TRY(io::Stat(opened.get()));
            if (static_cast<int64_t>(stat.size) != file.file_size || file.record_count < 0) {
                return Fail(Code::kCorrupt, "a data file has another size than its writer said");
            }
            CHECK_OK(io::SyncFile(opened.get()));
            folders.insert(path.substr(0, path.find_last_of('/')));
        }
        for (const std::string& folder : folders) CHECK_OK(io::SyncDirectory(folder));
        return {};
    }

    Result<> AddSnapshot() {
        CHECK_OK(SyncData());
        TableMetadata& table = prepared_.metadata;
        snapshot_.id = NewSnapshotId(base_);
        snapshot_.sequence_number = base_.last_sequence_number + 1;
        snapshot_.timestamp_ms = table.last_updated_ms;
        snapshot_.parent_id = base_.current_snapshot_id;
        snapshot_.schema_id = table.current_schema_id;
        CHECK_OK(CollectOld());
        for (const DataFile& file : change_.added) {
            added_.Add(file);
            fresh_.push_back({Status::kAdded, snapshot_.id, snapshot_.sequence_number,
                              snapshot_.sequence_number, file});
        }
        std::vector<ManifestFile> manifests;
        CHECK_OK(WriteManifests(fresh_, manifests));
        CHECK_OK(WriteManifests(rewritten_, manifests));
        manifests.insert(manifests.end(), carried_.begin(), carried_.end());
        snapshot_.manifest_list =
            fmt::format("{}/metadata/snap-{}-1-{}.avro", table.location, snapshot_.id, NewUuid());
        CHECK_OK(Write(snapshot_.manifest_list,
                       EncodeManifestList(manifests, {snapshot_.id, snapshot_.parent_id.value_or(0),
                                                      snapshot_.sequence_number})));
        Summarise();
        table.last_sequence_number = snapshot_.sequence_number;
        table.current_snapshot_id = snapshot_.id;
        table.snapshot_log.push_back({snapshot_.timestamp_ms, snapshot_.id});
        table.refs["main"].snapshot_id = snapshot_.id;
        table.snapshots.push_back(snapshot_);
        return {};
    }

    // Sorts the manifests of the parent into carried ones and entries that are written again.
    Result<> CollectOld() {
        const Snapshot* parent = base_.CurrentSnapshot();
        if (!parent) return CheckRemovedFound({});
        const auto list = TRY(cache_.List(base_, *parent));
        const std::set<std::string> removed(change_.removed_paths.begin(),
                                            change_.removed_paths.end());
        const auto live = std::ranges::count_if(*list, &ManifestFile::live);
        const bool merge = static_cast<size_t>(live) > kManifestsMergeAt;
        std::set<std::string> found;
        for (const ManifestFile& listed : *list) {
            if (listed.deletes)
                return Fail(Code::kInvalid, "tables with delete files cannot be written");
            if (!listed.live()) continue;  // Only says what an older snapshot deleted.
            const auto entries = TRY(cache_.Entries(base_, listed));
            const auto goes = [&](const ManifestEntry& entry) {
                return change_.operation == Operation::kOverwrite ||
                       removed.contains(entry.file.path);
            };
            bool touched = merge && listed.length < kManifestBytesSmall;
            for (const ManifestEntry& entry : *entries) {
                if (!entry.live()) continue;
                kept_.Add(entry.file);
                if (goes(entry)) touched = true;
            }
            if (!touched) {
                carried_.push_back(listed);
                continue;
            }
            for (ManifestEntry entry : *entries) {
                if (!entry.live()) continue;
                entry.status = Status::kExisting;
                if (goes(entry)) {
                    entry.status = Status::kDeleted;
                    entry.snapshot_id = snapshot_.id;
                    deleted_.Add(entry.file);
                    found.insert(entry.file.path);
                }
                rewritten_.push_back(std::move(entry));
            }
        }
        return CheckRemovedFound(found);
    }

    Result<> CheckRemovedFound(const std::set<std::string>& found) const {
        for (const std::string& path : change_.removed_paths) {
            if (change_.operation != Operation::kReplace &&
                change_.operation != Operation::kRewrite) {
                return Fail(Code::kInvalid, "only a replace or rewrite removes single files");
            }
            if (!found.contains(path)) {
                return Fail(Code::kConflict, "a file to be replaced is no longer in the table");
            }
        }
        return {};
    }

    Result<> WriteManifests(const std::vector<ManifestEntry>& entries,
                            std::vector<ManifestFile>& out) {
        for (size_t begin = 0; begin < entries.size(); begin += kEntriesPerManifest) {
            const size_t end = std::min(begin + kEntriesPerManifest, entries.size());
            const std::vector<ManifestEntry> part(entries.begin() + static_cast<ptrdiff_t>(begin),
                                                  entries.begin() + static_cast<ptrdiff_t>(end));
            const std::string bytes = EncodeManifest(part, prepared_.metadata.columns());
            ManifestFile file;
            file.path =
                fmt::format("{}/metadata/{}-m{}.avro", base_.location, NewUuid(), out.size());
            file.length = static_cast<int64_t>(bytes.size());
            file.sequence_number = snapshot_.sequence_number;
            file.min_sequence_number = snapshot_.sequence_number;
            file.added_snapshot_id = snapshot_.id;
            for (const ManifestEntry& entry : part) {
                const int64_t rows = entry.file.record_count;
                auto& files = entry.status == Status::kAdded     ? file.added_files
                              : entry.status == Status::kDeleted ? file.deleted_files
                                                                 : file.existing_files;
                auto& count = entry.status == Status::kAdded     ? file.added_rows
                              : entry.status == Status::kDeleted ? file.deleted_rows
                                                                 : file.existing_rows;
                ++files;
                count += rows;
                if (entry.live()) {
                    file.min_sequence_number =
                        std::min(file.min_sequence_number, entry.sequence_number);
                }
            }
            CHECK_OK(Write(file.path, bytes));
            out.push_back(std::move(file));
        }
        return {};
    }

    void Summarise() {
        auto& summary = snapshot_.summary = change_.summary;
        const auto put = [&](const char* key, int64_t value) {
            summary[key] = fmt::format("{}", value);
        };
        const bool replace = change_.operation == Operation::kReplace;
        summary["operation"] = replace ? "replace" : deleted_.files > 0 ? "overwrite" : "append";
        if (added_.files > 0) {
            put("added-data-files", added_.files);
            put("added-records", added_.records);
            put("added-files-size", added_.bytes);
        }
        if (deleted_.files > 0) {
            put("deleted-data-files", deleted_.files);
            put("deleted-records", deleted_.records);
            put("removed-files-size", deleted_.bytes);
        }
        put("total-data-files", kept_.files - deleted_.files + added_.files);
        put("total-records", kept_.records - deleted_.records + added_.records);
        put("total-files-size", kept_.bytes - deleted_.bytes + added_.bytes);
        put("total-delete-files", 0);
        put("total-position-deletes", 0);
        put("total-equality-deletes", 0);
    }

    Cache& cache_;
    const TableMetadata& base_;
    const Change& change_;
    Prepared prepared_;
    Snapshot snapshot_;
    std::vector<ManifestFile> carried_;
    std::vector<ManifestEntry> rewritten_;
    std::vector<ManifestEntry> fresh_;
    Totals kept_;  // Live in the parent.
    Totals added_;
    Totals deleted_;
};

// Nobody can know the files of a failed preparation, so removing them is always safe.
Result<Prepared> Finish(Preparation& preparation, Result<> done) {
    if (done) return std::move(preparation.prepared());
    Abandon(preparation.prepared());
    return std::unexpected(std::move(done).error());
}

}  // namespace

Result<Prepared> Prepare(Cache& cache, const TableMetadata& base, const std::string& base_location,
                         const Change& change, Timestamp now) {
    Preparation preparation(cache, base, change, now);
    return Finish(preparation, preparation.Run(base_location));
}

Result<Prepared> PrepareMetadata(TableMetadata changed, const std::string& base_location,
                                 Timestamp now) {
    Cache unused(0);
    const Change nothing;
    Preparation preparation(unused, changed, nothing, now);
    return Finish(preparation, preparation.WriteDocument(base_location));
}

void Abandon(const Prepared& prepared) {
    for (const std::string& path : prepared.new_files) {
        if (auto removed = io::RemoveFile(path); !removed) {
            LogWarn("iceberg", "an abandoned file stays: {}", removed.error().message);
        }
    }
}

std::string NewUuid() {
    uint64_t high = RandomBits();
    uint64_t low = RandomBits();
    high = (high & ~uint64_t{0xf000}) | 0x4000;              // Version 4.
    low = (low & ~(uint64_t{3} << 62)) | uint64_t{2} << 62;  // RFC 9562 variant.
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                       high & 0xffff, low >> 48, low & 0xffff'ffff'ffff);
}

}  // namespace weft::iceberg
