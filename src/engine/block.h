// A block of rows made by the node: the encoding behind system relations (mesh.*, pg_catalog's
// sources).
//
// Layout, little-endian: magic "WBL1", uint32 columns, uint64 rows, then per column: one byte kind
// (see Kind), the null bitmap (ceil(rows / 8) bytes, bit set = null), then the values: kBoolean 1
// byte, kInteger 4, kBigint 8, kDouble 8, kTimestampTz 8 (microseconds since 1970), kVarchar (rows
// + 1) uint32 offsets and the bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/relation.h"

namespace weft::engine {

class BlockWriter {
  public:
    // Column kinds: boolean, integer, bigint, double, timestamptz, varchar. REQUIRES: no other
    // kind.
    explicit BlockWriter(std::vector<RelationColumn> columns);

    // Values of one row, in column order. Each call gives one cell; a row is complete when every
    // column has one.
    BlockWriter& Null();
    BlockWriter& Boolean(bool value);
    BlockWriter& Integer(int32_t value);
    BlockWriter& Bigint(int64_t value);
    BlockWriter& Double(double value);
    BlockWriter& Time(int64_t us);
    BlockWriter& Text(std::string_view value);

    BlockRelation Finish() &&;  // REQUIRES: every row is complete.

  private:
    struct Column {
        std::vector<bool> nulls;
        std::string values;
        std::vector<uint32_t> offsets;
    };
    Column& Next(DataType::Kind kind);
    std::vector<RelationColumn> columns_;
    std::vector<Column> cells_;
    size_t at_ = 0;
};

// A block as the worker reads it: views into the block's bytes, all bounds checked once by Parse.
struct BlockView {
    struct Column {
        DataType::Kind kind = DataType::Kind::kVarchar;
        std::string_view nulls;
        std::string_view offsets;  // kVarchar only.
        std::string_view values;

        bool IsNull(uint64_t row) const;
        std::string_view Value(uint64_t row) const;  // The value's bytes as stored.
        uint32_t Offset(uint64_t row) const;
    };
    uint64_t rows = 0;
    std::vector<Column> columns;

    // FAILS: kCorrupt. The view lives as long as `relation`.
    static Result<BlockView> Parse(const BlockRelation& relation);
};

}  // namespace weft::engine
