#include "catalog/merge.h"

#include <fmt/format.h>

#include "catalog/row_checks.h"
#include "iceberg/cache.h"
#include "iceberg/scan.h"

namespace weft::catalog {
namespace {

// Answers the worker of a merge: one relation, exactly the files to be merged.
class MergeHost : public engine::Host {
  public:
    MergeHost(Tables& tables, const meta::Port& port, Staging& staging,
              std::vector<MergeFile> files, std::string filter)
        : tables_(tables),
          table_{port, port.table.snapshot_id, port.DataVersion(), tables.Pin(port.table.uuid)},
          staging_(staging),
          files_(std::move(files)),
          filter_(std::move(filter)) {}

    std::vector<engine::RelationAnswer> OnNames(
        const std::vector<engine::RelationName>& names) override {
        std::vector<engine::RelationAnswer> answers;
        for (const auto& name : names) answers.push_back({name, TheTable()});
        return answers;
    }
    Result<engine::ScanFiles> OnOpen(const engine::Open&) override {
        ++scans_;
        engine::ScanFiles files;
        for (const auto& file : files_) files.files.push_back({file.size_bytes, file.row_count});
        return files;
    }
    Result<std::vector<io::Descriptor>> OnNeedFiles(const engine::NeedFiles& need) override {
        std::vector<io::Descriptor> opened;
        for (const uint32_t index : need.indices) {
            if (need.scan >= scans_ || index >= files_.size())
                return Fail(Code::kCorrupt, "no such file in the scan");
            opened.push_back(TRY(tables_.OpenFile(table_, files_[index].path)));
        }
        return opened;
    }
    Result<io::Descriptor> OnNeedOutput(const engine::NeedOutput&, uint32_t index) override {
        return staging_.NewFile(index);
    }

  private:
    Result<engine::Relation> TheTable() const {
        engine::TableRelation relation;
        relation.row_filter = filter_;
        for (const auto& bound : table_.port.columns) {
            engine::RelationColumn column;
            column.name = bound.column.name;
            column.type = bound.column.type;
            column.field_id = bound.field_id;
            column.child_ids = bound.child_ids;
            relation.columns.push_back(std::move(column));
        }
        engine::Relation out;
        out.token = 1;
        out.body = std::move(relation);
        return out;
    }
    Tables& tables_;
    Scannable table_;
    Staging& staging_;
    std::vector<MergeFile> files_;
    std::string filter_;
    uint64_t scans_ = 0;
};

}  // namespace

Result<std::vector<MergeFile>> LiveFiles(Tables& tables, const meta::Port& port) {
    std::vector<MergeFile> files;
    if (port.table.metadata_location.empty()) return files;
    const auto metadata = TRY(tables.cache().Metadata(port.table.metadata_location));
    for (const auto& file :
         TRY(iceberg::PlanScan(tables.cache(), *metadata, port.table.snapshot_id, {})))
        files.push_back({file.path, static_cast<uint64_t>(file.file_size),
                         static_cast<uint64_t>(file.record_count)});
    return files;
}

Result<std::vector<engine::WrittenFile>> MergeFiles(Tables& tables, engine::Pool& pool,
                                                    const meta::Port& port, Staging& staging,
                                                    std::vector<MergeFile> files,
                                                    const MergeOptions& options) {
    engine::Start start;
    start.user = "node";
    start.memory_bytes = options.memory_bytes;
    const auto worker = TRY(pool.Take(std::move(start)));
    engine::Job job;
    job.kind = engine::Job::Kind::kMerge;
    job.inputs = {{"merged", {"", "merged"}}};
    job.columns = OutputColumns(port.columns);
    job.target_file_bytes = options.target_file_bytes;
    job.limits.time_ms = options.time_ms;
    uint64_t rows = 0;
    for (const auto& file : files) rows += file.row_count;
    MergeHost host(tables, port, staging, std::move(files), options.row_filter);
    auto finished = TRY(engine::RunToEnd(*worker, job, host, nullptr, 0, options.time_ms));
    if (!finished.ended.ok) return std::unexpected(finished.ended.error);
    uint64_t written = 0;
    for (const auto& file : finished.ended.files) written += file.row_count;
    if (written > rows || (options.row_filter.empty() && written != rows))
        return Fail(Code::kCorrupt, fmt::format("a merge of {} rows yielded {}", rows, written));
    return std::move(finished.ended.files);
}

}  // namespace weft::catalog
