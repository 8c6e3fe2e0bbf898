#include "engine/block.h"

#include <cstring>

namespace weft::engine {
namespace {

template <class T>
void Put(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

size_t FixedBytes(DataType::Kind kind) {
    switch (kind) {
        case DataType::Kind::kBoolean:
            return 1;
        case DataType::Kind::kInteger:
            return 4;
        case DataType::Kind::kBigint:
        case DataType::Kind::kDouble:
        case DataType::Kind::kTimestampTz:
            return 8;
        default:
            return 0;
    }
}

bool IsBlockKind(DataType::Kind kind) {
    return kind == DataType::Kind::kVarchar || FixedBytes(kind) > 0;
}

}  // namespace

BlockWriter::BlockWriter(std::vector<RelationColumn> columns)
    : columns_(std::move(columns)), cells_(columns_.size()) {
    Assert(!columns_.empty());
    for (const auto& column : columns_) Assert(IsBlockKind(column.type.kind));
}

BlockWriter::Column& BlockWriter::Next(DataType::Kind kind) {
    Assert(columns_[at_].type.kind == kind);
    auto& cell = cells_[at_];
    at_ = (at_ + 1) % cells_.size();
    cell.nulls.push_back(false);
    if (kind == DataType::Kind::kVarchar)
        cell.offsets.push_back(static_cast<uint32_t>(cell.values.size()));
    return cell;
}

BlockWriter& BlockWriter::Null() {
    const auto kind = columns_[at_].type.kind;
    auto& cell = Next(kind);
    cell.nulls.back() = true;
    cell.values.append(FixedBytes(kind), '\0');
    return *this;
}
BlockWriter& BlockWriter::Boolean(bool value) {
    Put(Next(DataType::Kind::kBoolean).values, static_cast<uint8_t>(value));
    return *this;
}
BlockWriter& BlockWriter::Integer(int32_t value) {
    Put(Next(DataType::Kind::kInteger).values, value);
    return *this;
}
BlockWriter& BlockWriter::Bigint(int64_t value) {
    Put(Next(DataType::Kind::kBigint).values, value);
    return *this;
}
BlockWriter& BlockWriter::Double(double value) {
    Put(Next(DataType::Kind::kDouble).values, value);
    return *this;
}
BlockWriter& BlockWriter::Time(int64_t us) {
    Put(Next(DataType::Kind::kTimestampTz).values, us);
    return *this;
}
BlockWriter& BlockWriter::Text(std::string_view value) {
    Next(DataType::Kind::kVarchar).values += value;
    return *this;
}

BlockRelation BlockWriter::Finish() && {
    Assert(at_ == 0);
    const uint64_t rows = cells_[0].nulls.size();
    std::string out = "WBL1";
    Put(out, static_cast<uint32_t>(columns_.size()));
    Put(out, rows);
    for (size_t i = 0; i < columns_.size(); ++i) {
        auto& cell = cells_[i];
        Put(out, static_cast<uint8_t>(columns_[i].type.kind));
        std::string bits((rows + 7) / 8, '\0');
        for (size_t row = 0; row < rows; ++row) {
            if (cell.nulls[row]) bits[row / 8] = static_cast<char>(bits[row / 8] | 1 << (row % 8));
        }
        out += bits;
        if (columns_[i].type.kind == DataType::Kind::kVarchar) {
            for (const auto offset : cell.offsets) Put(out, offset);
            Put(out, static_cast<uint32_t>(cell.values.size()));
        }
        out += cell.values;
    }
    return BlockRelation{std::move(columns_), std::move(out)};
}

Result<BlockView> BlockView::Parse(const BlockRelation& relation) {
    std::string_view in = relation.block;
    const auto corrupt = [] { return Fail(Code::kCorrupt, "malformed block of rows"); };
    const auto take = [&in](size_t size) {
        const auto part = in.substr(0, size);
        in.remove_prefix(part.size());
        return part;
    };
    BlockView view;
    uint32_t columns = 0;
    if (in.size() < 16 || take(4) != "WBL1") return corrupt();
    std::memcpy(&columns, take(4).data(), 4);
    std::memcpy(&view.rows, take(8).data(), 8);
    // A row costs at least a bit of every column, so this also bounds the products below.
    if (columns == 0 || columns != relation.columns.size() || view.rows / 8 > in.size())
        return corrupt();
    for (uint32_t i = 0; i < columns; ++i) {
        if (in.empty()) return corrupt();
        Column column;
        column.kind = relation.columns[i].type.kind;
        if (static_cast<uint8_t>(take(1)[0]) != static_cast<uint8_t>(column.kind) ||
            !IsBlockKind(column.kind))
            return corrupt();
        const size_t bits = (view.rows + 7) / 8;
        if (in.size() < bits) return corrupt();
        column.nulls = take(bits);
        size_t value_bytes = FixedBytes(column.kind) * view.rows;
        if (column.kind == DataType::Kind::kVarchar) {
            const size_t offset_bytes = (view.rows + 1) * sizeof(uint32_t);
            if (in.size() < offset_bytes) return corrupt();
            column.offsets = take(offset_bytes);
            for (uint64_t row = 0; row < view.rows; ++row) {
                if (column.Offset(row) > column.Offset(row + 1)) return corrupt();
            }
            if (column.Offset(0) != 0) return corrupt();
            value_bytes = column.Offset(view.rows);
        }
        if (in.size() < value_bytes) return corrupt();
        column.values = take(value_bytes);
        view.columns.push_back(column);
    }
    if (!in.empty()) return corrupt();
    return view;
}

bool BlockView::Column::IsNull(uint64_t row) const { return nulls[row / 8] >> (row % 8) & 1; }

uint32_t BlockView::Column::Offset(uint64_t row) const {
    uint32_t offset = 0;
    std::memcpy(&offset, offsets.data() + row * sizeof offset, sizeof offset);
    return offset;
}

std::string_view BlockView::Column::Value(uint64_t row) const {
    if (kind == DataType::Kind::kVarchar)
        return values.substr(Offset(row), Offset(row + 1) - Offset(row));
    const size_t size = FixedBytes(kind);
    return values.substr(row * size, size);
}

}  // namespace weft::engine
