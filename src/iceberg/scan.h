// Which files of a snapshot a scan has to read. A file is left out only when its statistics prove
// that no row of it satisfies all comparisons: unknown means read. Order is DuckDB's: NaN is the
// greatest number, -0.0 equals 0.0.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "iceberg/cache.h"
#include "iceberg/manifest.h"
#include "iceberg/metadata.h"

namespace weft::iceberg {

// Comparisons are joined by AND. Same shape as engine::Comparison; this folder does not know the
// engine.
struct Comparison {
    enum class Op : uint8_t {
        kEqual,
        kLess,
        kLessEqual,
        kGreater,
        kGreaterEqual,
        kIsNull,
        kIsNotNull,
        kIn
    };
    int32_t field_id = 0;
    Op op = Op::kEqual;
    std::vector<std::string>
        values;  // Single-value encoding of the column's current type; one, or many for kIn.
};

// `snapshot_id` 0: the current one (an empty table has none: no files). In the order of the
// manifest list. FAILS: kNotFound for an unknown snapshot; what Cache::Entries fails with.
Result<std::vector<DataFile>> PlanScan(Cache& cache, const TableMetadata& table,
                                       int64_t snapshot_id,
                                       std::span<const Comparison> comparisons);

// Whether a row of the file could satisfy all comparisons. `columns`: the table's current ones.
bool MayMatch(const DataFile& file, const Columns& columns,
              std::span<const Comparison> comparisons);

}  // namespace weft::iceberg
