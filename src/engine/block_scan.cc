// weft_block('<token>'): rows that the node made, copied from the block's columns into DuckDB's
// vectors.
#include <atomic>
#include <charconv>
#include <cstring>

#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/storage/statistics/node_statistics.hpp"
#include "engine/block.h"
#include "engine/duck_type.h"
#include "engine/raise.h"
#include "engine/scan.h"

namespace weft::engine {
namespace {

using duckdb::idx_t;

struct Bound : duckdb::TableFunctionData {
    std::shared_ptr<const Relation> relation;  // Keeps the bytes under `view` alive.
    BlockView view;
    bool SupportStatementCache() const override { return false; }
};

struct Position : duckdb::GlobalTableFunctionState {
    idx_t row = 0;
    duckdb::vector<duckdb::column_t> columns;
};

duckdb::unique_ptr<duckdb::FunctionData> Bind(duckdb::ClientContext&,
                                              duckdb::TableFunctionBindInput& input,
                                              duckdb::vector<duckdb::LogicalType>& types,
                                              duckdb::vector<duckdb::Identifier>& names) {
    const auto text = duckdb::StringValue::Get(input.inputs.at(0));
    uint64_t token = 0;
    std::from_chars(text.data(), text.data() + text.size(), token);
    auto bound = duckdb::make_uniq<Bound>();
    bound->relation = input.info->Cast<ScanSource>().find(token);
    const auto* block =
        bound->relation ? std::get_if<BlockRelation>(&bound->relation->body) : nullptr;
    if (block == nullptr) RaiseInDuck(duckdb::ExceptionType::PERMISSION, "no such relation");
    auto view = BlockView::Parse(*block);
    if (!view) RaiseInDuck(duckdb::ExceptionType::IO, view.error().message);
    bound->view = std::move(*view);
    for (const auto& column : block->columns) {
        types.push_back(ToDuck(column.type));
        names.emplace_back(column.name);
    }
    return bound;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> Init(duckdb::ClientContext&,
                                                          duckdb::TableFunctionInitInput& input) {
    auto position = duckdb::make_uniq<Position>();
    position->columns = input.column_ids;
    return position;
}

template <class T>
void CopyFixed(const BlockView::Column& column, duckdb::Vector& to, idx_t from, idx_t count) {
    auto* values = duckdb::FlatVector::GetDataMutable<T>(to);
    static_assert(std::is_trivially_copyable_v<T>);
    for (idx_t i = 0; i < count; ++i)
        std::memcpy(&values[i], column.Value(from + i).data(), sizeof(T));
}

void Copy(const BlockView::Column& column, duckdb::Vector& to, idx_t from, idx_t count) {
    switch (column.kind) {
        case DataType::Kind::kBoolean:
            for (idx_t i = 0; i < count; ++i)
                duckdb::FlatVector::GetDataMutable<bool>(to)[i] = column.Value(from + i)[0] != 0;
            break;
        case DataType::Kind::kInteger:
            CopyFixed<int32_t>(column, to, from, count);
            break;
        case DataType::Kind::kDouble:
            CopyFixed<double>(column, to, from, count);
            break;
        case DataType::Kind::kBigint:
        case DataType::Kind::kTimestampTz:
            CopyFixed<int64_t>(column, to, from, count);
            break;
        default:
            for (idx_t i = 0; i < count; ++i) {
                const auto text = column.Value(from + i);
                duckdb::FlatVector::GetDataMutable<duckdb::string_t>(to)[i] =
                    duckdb::StringVector::AddString(to, text.data(), text.size());
            }
    }
    auto& valid = duckdb::FlatVector::ValidityMutable(to);
    for (idx_t i = 0; i < count; ++i) {
        if (column.IsNull(from + i)) valid.SetInvalid(i);
    }
}

void Scan(duckdb::ClientContext&, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
    const auto& view = input.bind_data->Cast<Bound>().view;
    auto& position = input.global_state->Cast<Position>();
    const idx_t count = std::min<idx_t>(STANDARD_VECTOR_SIZE, view.rows - position.row);
    for (idx_t i = 0; i < position.columns.size(); ++i) {
        // count(*) asks for a column that is not there.
        if (position.columns[i] < view.columns.size())
            Copy(view.columns[position.columns[i]], output.data[i], position.row, count);
    }
    position.row += count;
    output.SetChildCardinality(count);
}

duckdb::unique_ptr<duckdb::NodeStatistics> Rows(duckdb::ClientContext&,
                                                const duckdb::FunctionData* data) {
    return duckdb::make_uniq<duckdb::NodeStatistics>(data->Cast<Bound>().view.rows);
}

}  // namespace

void RegisterBlockScan(duckdb::DatabaseInstance& db, duckdb::shared_ptr<ScanSource> source) {
    duckdb::TableFunction function(kBlockFunction, {duckdb::LogicalType::VARCHAR}, Scan, Bind,
                                   Init);
    function.projection_pushdown = true;
    function.cardinality = Rows;
    function.function_info = std::move(source);
    duckdb::ExtensionLoader(db, "weft").RegisterFunction(std::move(function));
}

}  // namespace weft::engine
