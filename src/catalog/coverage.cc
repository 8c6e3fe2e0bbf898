#include "catalog/coverage.h"

#include "catalog/ordinal.h"
#include "iceberg/cache.h"
#include "iceberg/scan.h"

namespace weft::catalog {
namespace {

Result<std::vector<iceberg::DataFile>> Live(Tables& tables, const meta::Port& port) {
    if (port.table.metadata_location.empty()) return std::vector<iceberg::DataFile>{};
    const auto metadata = TRY(tables.cache().Metadata(port.table.metadata_location));
    return iceberg::PlanScan(tables.cache(), *metadata, port.table.snapshot_id, {});
}

TableFile ToTableFile(const iceberg::DataFile& file) {
    return {file.path, static_cast<uint64_t>(file.file_size),
            static_cast<uint64_t>(file.record_count)};
}

enum class Side : uint8_t { kInside, kAcross, kOutside };

Side SideOf(const iceberg::DataFile& file, int32_t field_id, const Range& range) {
    const auto* stats = file.Find(field_id);
    if (!stats || !stats->lower || !stats->upper) return Side::kAcross;
    const auto lower = OrdinalOfBound(*stats->lower);
    const auto upper = OrdinalOfBound(*stats->upper);
    if (!lower || !upper) return Side::kAcross;
    if ((range.from && *upper < *range.from) || (range.to && *lower >= *range.to))
        return Side::kOutside;
    const bool inside = (!range.from || *lower >= *range.from) && (!range.to || *upper < *range.to);
    return inside && stats->null_count == 0 ? Side::kInside : Side::kAcross;
}

}  // namespace

Result<Coverage> Cover(Tables& tables, const meta::Port& port, int32_t field_id,
                       const Range& range) {
    Coverage coverage;
    for (const auto& file : TRY(Live(tables, port))) {
        switch (SideOf(file, field_id, range)) {
            case Side::kInside:
                coverage.inside.push_back(ToTableFile(file));
                break;
            case Side::kAcross:
                coverage.across.push_back(ToTableFile(file));
                break;
            case Side::kOutside:
                ++coverage.outside;
                break;
        }
    }
    return coverage;
}

Result<std::vector<TableFile>> FilesOf(Tables& tables, const meta::Port& port) {
    std::vector<TableFile> files;
    for (const auto& file : TRY(Live(tables, port))) files.push_back(ToTableFile(file));
    return files;
}

}  // namespace weft::catalog
