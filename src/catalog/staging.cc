#include "catalog/staging.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
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
    io::Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!file)
        return Fail(Code::kUnavailable, "cannot create a data file in " + base_.location + "/data");
    if (!paths_.emplace(index, path).second)
        return Fail(Code::kCorrupt, "a worker asked for the same file twice");
    return file;
}

std::string Staging::NameOf(uint32_t index) const {
    const std::string& path = paths_.at(index);
    return path.substr(path.rfind('/') + 1);
}

Result<iceberg::DataFile> Staging::ToDataFile(const engine::WrittenFile& file) const {
    const auto path = paths_.find(file.index);
    if (path == paths_.end())
        return Fail(Code::kCorrupt, "a worker wrote a file that it was not given");
    const uint64_t size = TRY(io::FileSize(path->second));
    if (size != file.size_bytes)
        return Fail(Code::kCorrupt, fmt::format("a worker reported {} bytes of a file that has {}",
                                                file.size_bytes, size));
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

namespace {

iceberg::Change::Operation ToIceberg(Staging::Change::Operation operation) {
    switch (operation) {
        case Staging::Change::Operation::kReplace:
            return iceberg::Change::Operation::kReplace;
        case Staging::Change::Operation::kAppend:
            return iceberg::Change::Operation::kAppend;
        case Staging::Change::Operation::kRewrite:
            return iceberg::Change::Operation::kRewrite;
        case Staging::Change::Operation::kOverwrite:
            break;
    }
    return iceberg::Change::Operation::kOverwrite;
}

// TailFile::stats: [[field id, bytes, values, nulls, lower, upper], …], bounds in Base64 and absent
// when unknown.
std::string StatsText(const engine::WrittenFile& file) {
    Json columns = Json::array();
    for (const auto& column : file.columns) {
        Json one = {column.field_id, column.size_bytes, column.value_count, column.null_count};
        if (column.has_bounds) {
            one.push_back(Base64(column.lower));
            one.push_back(Base64(column.upper));
        }
        columns.push_back(std::move(one));
    }
    return DumpJson(columns);
}

Result<std::vector<engine::WrittenColumn>> ReadStats(const std::string& text) {
    const auto bad = [] {
        return Fail(Code::kCorrupt, "the statistics of a tail file cannot be read");
    };
    const Json json = TRY(ParseJson(text, 16u << 20));
    std::vector<engine::WrittenColumn> columns;
    for (const Json& one : json) {
        if (!one.is_array() || (one.size() != 4 && one.size() != 6)) return bad();
        for (size_t i = 0; i < 4; ++i)
            if (!one[i].is_number_integer()) return bad();
        engine::WrittenColumn column;
        column.field_id = one[0].get<int32_t>();
        column.size_bytes = one[1].get<uint64_t>();
        column.value_count = one[2].get<uint64_t>();
        column.null_count = one[3].get<uint64_t>();
        if (one.size() == 6) {
            if (!one[4].is_string() || !one[5].is_string()) return bad();
            const auto lower = FromBase64(one[4].get<std::string>());
            const auto upper = FromBase64(one[5].get<std::string>());
            if (!lower || !upper) return bad();
            column.has_bounds = true;
            column.lower = *lower;
            column.upper = *upper;
        }
        columns.push_back(std::move(column));
    }
    return columns;
}

}  // namespace

Result<std::vector<meta::TailFile>> Staging::SealTail(const std::vector<engine::WrittenFile>& files,
                                                      uint64_t last_position) {
    std::vector<meta::TailFile> tail;
    for (const auto& file : files) {
        const auto data = TRY(ToDataFile(file));  // Checks what the worker said.
        const io::Descriptor written(::open(data.path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!written)
            return Fail(Code::kUnavailable, "cannot open a data file that was just written");
        CHECK_OK(io::SyncFile(written.get()));
        tail.push_back(
            {.name = data.path.substr(base_.location.size() + std::string_view("/data/").size()),
             .row_count = file.row_count,
             .size_bytes = file.size_bytes,
             .last_position = last_position,
             .stats = StatsText(file)});
    }
    if (!tail.empty()) CHECK_OK(io::SyncDirectory(base_.location + "/data"));
    return tail;
}

Result<engine::WrittenFile> Staging::Adopt(const meta::TailFile& file, uint32_t index) {
    engine::WrittenFile written;
    written.index = index;
    written.row_count = file.row_count;
    written.size_bytes = file.size_bytes;
    written.columns = TRY(ReadStats(file.stats));
    if (!paths_.emplace(index, base_.location + "/data/" + file.name).second)
        return Fail(Code::kCorrupt, "the same file twice in one commit");
    adopted_.insert(index);
    return written;
}

Result<meta::Table> Staging::Prepare(const Binding& binding,
                                     const std::vector<engine::WrittenFile>& files,
                                     const Change& change, Timestamp now) {
    iceberg::Change commit;
    commit.operation = ToIceberg(change.operation);
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
    const auto live =
        TRY(iceberg::PlanScan(tables_->cache(), prepared_->metadata, table.snapshot_id, {}));
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
    if (error.code == Code::kUnknownOutcome)
        return;  // It may be published: care sweeps what is not.
    if (prepared_) iceberg::Abandon(*prepared_);
    for (const auto& [index, path] : paths_)
        if (!adopted_.contains(index)) (void)io::RemoveFile(path);
    paths_.clear();
    prepared_.reset();
}

}  // namespace weft::catalog
