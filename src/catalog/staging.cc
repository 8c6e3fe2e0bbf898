#include "catalog/staging.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/format.h>

#include "iceberg/commit.h"
#include "iceberg/scan.h"
#include "io/files.h"

namespace weft::catalog {

Staging::Staging() = default;
Staging::Staging(Staging&&) noexcept = default;
Staging& Staging::operator=(Staging&&) noexcept = default;
Staging::~Staging() = default;

Result<Staging> Staging::Open(Tables& tables, const meta::Port* port) {
    Staging staging;
    staging.tables_ = &tables;
    if (port && !port->table.uuid.empty()) {
        staging.base_ = port->table;
    } else {
        staging.base_.uuid = iceberg::NewUuid();
        staging.base_.location = tables.folder() + "/" + staging.base_.uuid;
    }
    staging.pin_ = tables.Pin(staging.base_.uuid);
    CHECK_OK(io::MakeDirectories(staging.base_.location + "/data"));
    CHECK_OK(io::MakeDirectories(staging.base_.location + "/metadata"));
    return staging;
}

Result<io::Descriptor> Staging::NewFile(uint32_t index) {
    const std::string path = fmt::format("{}/data/{}.parquet", base_.location, iceberg::NewUuid());
    io::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!file) return Fail(Code::kUnavailable, "cannot create a data file in " + base_.location + "/data");
    if (!paths_.emplace(index, path).second) return Fail(Code::kCorrupt, "a worker asked for the same file twice");
    return file;
}

Result<iceberg::DataFile> Staging::ToDataFile(const engine::WrittenFile& file) const {
    const auto path = paths_.find(file.index);
    if (path == paths_.end()) return Fail(Code::kCorrupt, "a worker wrote a file that it was not given");
    const uint64_t size = TRY(io::FileSize(path->second));
    if (size != file.size_bytes)
        return Fail(Code::kCorrupt, fmt::format("a worker reported {} bytes of a file that has {}", file.size_bytes, size));
    iceberg::DataFile data;
    data.path = path->second;
    data.record_count = static_cast<int64_t>(file.row_count);
    data.file_size = static_cast<int64_t>(size);
    data.split_offsets = file.split_offsets;
    for (const auto& column : file.columns) {
        iceberg::ColumnStats stats;
        stats.field_id = column.field_id;
        stats.size_bytes = static_cast<int64_t>(column.size_bytes);
        stats.value_count = static_cast<int64_t>(column.value_count);
        stats.null_count = static_cast<int64_t>(column.null_count);
        if (column.has_bounds) {
            stats.lower = column.lower;
            stats.upper = column.upper;
        }
        data.columns.push_back(std::move(stats));
    }
    std::ranges::sort(data.columns, {}, &iceberg::ColumnStats::field_id);
    return data;
}

Result<meta::Table> Staging::Prepare(const Binding& binding, const std::vector<engine::WrittenFile>& files,
                                     const Change& change, Timestamp now) {
    iceberg::Change commit;
    commit.operation = change.operation == Change::Operation::kReplace ? iceberg::Change::Operation::kReplace
                                                                       : iceberg::Change::Operation::kOverwrite;
    commit.removed_paths = change.removed;
    commit.summary = change.summary;
    for (const auto& file : files) {
        commit.added.push_back(TRY(ToDataFile(file)));
        const io::Descriptor data(::open(commit.added.back().path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!data) return Fail(Code::kUnavailable, "cannot open a data file that was just written");
        CHECK_OK(io::SyncFile(data.get()));
    }
    CHECK_OK(io::SyncDirectory(base_.location + "/data"));

    const iceberg::Columns columns = ToIceberg(binding.columns);
    iceberg::TableMetadata before;
    if (base_.metadata_location.empty()) {
        before = TRY(iceberg::NewTable(base_.uuid, base_.location, columns, {}, now));
    } else {
        before = *TRY(tables_->cache().Metadata(base_.metadata_location));
        commit.columns = columns;
    }
    prepared_ = std::make_unique<iceberg::Prepared>(
        TRY(iceberg::Prepare(tables_->cache(), before, base_.metadata_location, commit, now)));

    meta::Table table = base_;
    table.metadata_location = prepared_->location;
    table.snapshot_id = prepared_->metadata.current_snapshot_id.value_or(0);
    table.last_column_id = std::max(binding.last_column_id, prepared_->metadata.last_column_id);
    table.published = now;
    const auto live = TRY(iceberg::PlanScan(tables_->cache(), prepared_->metadata, table.snapshot_id, {}));
    table.file_count = static_cast<uint32_t>(live.size());
    table.row_count = 0;
    table.size_bytes = 0;
    for (const auto& file : live) {
        table.row_count += static_cast<uint64_t>(file.record_count);
        table.size_bytes += static_cast<uint64_t>(file.file_size);
    }
    return table;
}

void Staging::Abandon(const Error& error) {
    if (error.code == Code::kUnknownOutcome) return;  // It may be published: care sweeps what is not.
    if (prepared_) iceberg::Abandon(*prepared_);
    for (const auto& [index, path] : paths_) (void)io::RemoveFile(path);
    paths_.clear();
    prepared_.reset();
}

}  // namespace weft::catalog
