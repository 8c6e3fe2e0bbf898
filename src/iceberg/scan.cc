#include "iceberg/scan.h"

#include <algorithm>

#include "iceberg/value.h"

namespace weft::iceberg {
namespace {

using Op = Comparison::Op;

bool IsReal(const DataType& type) {
    return type.kind == DataType::Kind::kReal || type.kind == DataType::Kind::kDouble;
}

// A bound that can be relied on: present, of the right shape, not NaN, of a type with one agreed
// order.
const std::string* Usable(const DataType& type, const std::optional<std::string>& bound) {
    if (!bound || type.kind == DataType::Kind::kUuid) return nullptr;
    if (!IsEncoded(type, *bound) || IsNan(type, *bound)) return nullptr;
    return &*bound;
}

struct Range {
    const std::string* lower = nullptr;
    const std::string* upper = nullptr;
    bool may_have_nan = false;  // NaN lies outside of the bounds and is greater than every number.
};

// Whether some value in the range can satisfy `op value`. Unknown bounds satisfy everything.
bool RangeMay(const DataType& type, const Range& range, Op op, const std::string& value) {
    if (!IsEncoded(type, value)) return true;
    if (IsNan(type, value)) {
        // Against NaN: only NaN equals it, every number is less, nothing is greater.
        if (op == Op::kEqual || op == Op::kGreaterEqual) return range.may_have_nan;
        return op != Op::kGreater;
    }
    const bool below = range.lower && CompareValues(type, value, *range.lower) < 0;
    const bool at_lower = range.lower && CompareValues(type, value, *range.lower) == 0;
    const bool above = range.upper && CompareValues(type, value, *range.upper) > 0;
    const bool at_upper = range.upper && CompareValues(type, value, *range.upper) == 0;
    switch (op) {
        case Op::kEqual: return !below && !above;
        case Op::kLess: return !below && !at_lower;
        case Op::kLessEqual: return !below;
        case Op::kGreater: return range.may_have_nan || (!above && !at_upper);
        case Op::kGreaterEqual: return range.may_have_nan || !above;
        default: return true;
    }
}

bool MayMatchOne(const DataFile& file, const Field& field, const Comparison& comparison) {
    const ColumnStats* stats = file.Find(field.id);
    const bool missing = !stats && field.id > file.last_column_id && file.last_column_id > 0;
    const bool all_null =
        missing || (stats && stats->null_count >= 0 && stats->null_count == file.record_count);
    if (comparison.op == Op::kIsNull) return missing || !stats || stats->null_count != 0;
    if (all_null) return false;  // Null satisfies no comparison and is not "not null".
    if (comparison.op == Op::kIsNotNull || !stats || !IsPrimitive(field.type)) return true;
    const Range range{Usable(field.type, stats->lower), Usable(field.type, stats->upper),
                      IsReal(field.type) && stats->nan_count != 0};
    if (comparison.op == Op::kIn) {
        return std::ranges::any_of(comparison.values, [&](const std::string& value) {
            return RangeMay(field.type, range, Op::kEqual, value);
        });
    }
    return comparison.values.size() != 1 ||
           RangeMay(field.type, range, comparison.op, comparison.values[0]);
}

}  // namespace

bool MayMatch(const DataFile& file, const Columns& columns,
              std::span<const Comparison> comparisons) {
    if (file.record_count == 0) return false;
    return std::ranges::all_of(comparisons, [&](const Comparison& comparison) {
        const Field* field = columns.Find(comparison.field_id);
        return !field || MayMatchOne(file, *field, comparison);
    });
}

Result<std::vector<DataFile>> PlanScan(Cache& cache, const TableMetadata& table,
                                       int64_t snapshot_id,
                                       std::span<const Comparison> comparisons) {
    std::vector<DataFile> files;
    const Snapshot* snapshot =
        snapshot_id == 0 ? table.CurrentSnapshot() : table.FindSnapshot(snapshot_id);
    if (!snapshot && snapshot_id == 0) return files;
    if (!snapshot) return Fail(Code::kNotFound, "the snapshot has expired");
    const auto list = TRY(cache.List(table, *snapshot));
    for (const ManifestFile& listed : *list) {
        if (!listed.live()) continue;
        const auto entries = TRY(cache.Entries(table, listed));
        for (const ManifestEntry& entry : *entries) {
            if (entry.live() && MayMatch(entry.file, table.columns(), comparisons)) {
                files.push_back(entry.file);
            }
        }
    }
    return files;
}

}  // namespace weft::iceberg
