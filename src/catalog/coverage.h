// Which data files of a table hold rows of a range of one ordered column, by the bounds in its
// manifests: what a run that computes this range anew leaves alone, rewrites and removes. Unknown
// bounds and nulls count as "both".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/tables.h"

namespace weft::catalog {

struct TableFile {
    std::string path;  // Absolute.
    uint64_t size_bytes = 0;
    uint64_t row_count = 0;
};

struct Range {  // Ordinals (ordinal.h): from <= value < to; absent: no end.
    std::optional<int64_t> from;
    std::optional<int64_t> to;
    friend bool operator==(const Range&, const Range&) = default;
};

struct Coverage {
    std::vector<TableFile> inside;  // Every row lies in the range.
    std::vector<TableFile> across;  // Rows of both sides, or unknown.
    uint64_t outside = 0;           // Files without a row in the range.
};

// Of the port's table as `port` has it; a table without snapshot has no files. FAILS: kCorrupt,
// kUnavailable.
Result<Coverage> Cover(Tables& tables, const meta::Port& port, int32_t field_id,
                       const Range& range);
Result<std::vector<TableFile>> FilesOf(Tables& tables, const meta::Port& port);

}  // namespace weft::catalog
