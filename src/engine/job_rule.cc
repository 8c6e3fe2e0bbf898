#include "engine/job_rule.h"

#include <algorithm>
#include <optional>

#include "duckdb/common/vector/flat_vector.hpp"
#include "duckdb/function/table_function.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/storage/buffer_manager.hpp"
#include "engine/raise.h"

namespace weft::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::UnifiedVectorFormat;
constexpr size_t kInsideArgument = 3;
constexpr size_t kNewestArgument = 4;
constexpr size_t kFixedArguments = 5;  // file, line, raw, inside, newest.

[[noreturn]] void Invalid(const std::string& message) {
    RaiseInDuck(duckdb::ExceptionType::INVALID_INPUT, message);
}

// The row with the greatest number.
template <class T>
std::optional<idx_t> Greatest(const UnifiedVectorFormat& values, idx_t rows,
                              const std::vector<bool>& out) {
    const auto* numbers = UnifiedVectorFormat::GetData<T>(values);
    std::optional<idx_t> best;
    T most{};
    for (idx_t row = 0; row < rows; ++row) {
        const auto at = values.sel->get_index(row);
        if (out[row] || !values.validity.RowIsValid(at) || (best && numbers[at] <= most)) continue;
        best = row;
        most = numbers[at];
    }
    return best;
}

}  // namespace

RowRules::RowRules(duckdb::DatabaseInstance& db, JobState& state, std::vector<RowRule> rules,
                   size_t unique_sets)
    : state_(state), rules_(std::move(rules)), failed_(rules_.size()) {
    const duckdb::vector<duckdb::LogicalType> types{duckdb::LogicalType::UBIGINT};
    for (size_t i = 0; i < unique_sets; ++i) {
        hashes_.push_back(std::make_unique<duckdb::ColumnDataCollection>(
            duckdb::BufferManager::GetBufferManager(db), types));
    }
}

void RowRules::RejectRow(duckdb::DataChunk& arguments, idx_t row,
                         const std::vector<size_t>& broken) {
    const auto file = arguments.data[0].GetValue(row);
    const auto line = arguments.data[1].GetValue(row);
    const auto raw = arguments.data[2].GetValue(row);
    const auto& first = rules_[broken.front()];
    BadRecord record{"", 0, first.column, first.reason,
                     raw.IsNull() ? "" : raw.GetValue<std::string>()};
    uint64_t place = 0;
    const Received* received = nullptr;
    if (!file.IsNull() && !line.IsNull() && !state_.inputs.empty()) {
        const auto& input = *state_.inputs.front();
        const auto index = file.GetValue<uint64_t>();
        record.file = index < input.names.size() ? input.names[index] : "";
        record.line = line.GetValue<uint64_t>();
        place = RecordPlace(input.index, index, record.line);
        received = input.ReceivedOf(record.line);
    }
    state_.rejects->Add(place, std::move(record), received);
}

void RowRules::Hash(duckdb::DataChunk& arguments, const std::vector<bool>& out) {
    for (size_t set = 0; set < hashes_.size(); ++set) {
        UnifiedVectorFormat from;
        arguments.data[kFixedArguments + rules_.size() + set].ToUnifiedFormat(from);
        const auto* values = UnifiedVectorFormat::GetData<uint64_t>(from);
        duckdb::DataChunk chunk;
        chunk.Initialize(duckdb::Allocator::DefaultAllocator(), hashes_[set]->Types());
        auto* to = FlatVector::GetDataMutable<uint64_t>(chunk.data[0]);
        idx_t count = 0;
        for (idx_t row = 0; row < arguments.size(); ++row) {
            const auto at = from.sel->get_index(row);
            if (!out[row] && from.validity.RowIsValid(at)) to[count++] = values[at];
        }
        chunk.SetChildCardinality(count);
        const std::scoped_lock lock(lock_);
        hashes_[set]->Append(chunk);
    }
}

// The arguments are ours, but any SQL of the job could call the function too: nothing is read as
// what it is not.
bool RowRules::Fits(const duckdb::DataChunk& arguments) const {
    if (arguments.ColumnCount() != kFixedArguments + rules_.size() + hashes_.size()) return false;
    if (arguments.data[kInsideArgument].GetType().id() != duckdb::LogicalTypeId::BOOLEAN)
        return false;
    for (size_t i = kFixedArguments; i < arguments.ColumnCount(); ++i) {
        const auto wanted = i < kFixedArguments + rules_.size() ? duckdb::LogicalTypeId::BOOLEAN
                                                                : duckdb::LogicalTypeId::UBIGINT;
        if (arguments.data[i].GetType().id() != wanted) return false;
    }
    return true;
}

void RowRules::LeaveOutside(duckdb::DataChunk& arguments, std::vector<bool>& out) const {
    UnifiedVectorFormat inside;
    arguments.data[kInsideArgument].ToUnifiedFormat(inside);
    const auto* flags = UnifiedVectorFormat::GetData<bool>(inside);
    for (idx_t row = 0; row < arguments.size(); ++row) {
        const auto at = inside.sel->get_index(row);
        if (!inside.validity.RowIsValid(at) || !flags[at]) out[row] = true;
    }
}

void RowRules::Newest(duckdb::DataChunk& arguments, const std::vector<bool>& out) {
    auto& column = arguments.data[kNewestArgument];
    if (column.GetType().id() == duckdb::LogicalTypeId::SQLNULL) return;
    UnifiedVectorFormat values;
    column.ToUnifiedFormat(values);
    const idx_t rows = arguments.size();
    std::vector<idx_t> candidates;
    const auto take = [&](std::optional<idx_t> row) {
        if (row) candidates.push_back(*row);
    };
    if (column.GetType().InternalType() == duckdb::PhysicalType::INT64) {
        take(Greatest<int64_t>(values, rows, out));
    } else if (column.GetType().InternalType() == duckdb::PhysicalType::INT32) {
        take(Greatest<int32_t>(values, rows, out));
    } else {
        for (idx_t row = 0; row < rows; ++row)
            if (!out[row] && values.validity.RowIsValid(values.sel->get_index(row))) take(row);
    }
    const std::scoped_lock lock(lock_);
    for (const auto row : candidates) {
        auto value = column.GetValue(row);
        if (newest_.IsNull() || newest_ < value) newest_ = std::move(value);
    }
}

std::string RowRules::newest() const { return newest_.IsNull() ? "" : newest_.ToString(); }

void RowRules::Filter(duckdb::DataChunk& arguments, duckdb::Vector& keep) {
    if (!Fits(arguments)) Invalid("weft_keep is not for this");
    const idx_t rows = arguments.size();
    std::vector<bool> bad(rows);  // Or outside of the part.
    LeaveOutside(arguments, bad);
    const auto outside = bad;
    std::vector<std::pair<idx_t, size_t>> broken;  // Row and rule.
    for (size_t rule = 0; rule < rules_.size(); ++rule) {
        UnifiedVectorFormat values;
        arguments.data[kFixedArguments + rule].ToUnifiedFormat(values);
        const auto* flags = UnifiedVectorFormat::GetData<bool>(values);
        for (idx_t row = 0; row < rows; ++row) {
            const auto at = values.sel->get_index(row);
            if (outside[row] || !values.validity.RowIsValid(at) || !flags[at]) continue;
            bad[row] = true;
            broken.emplace_back(row, rule);
        }
    }
    std::sort(broken.begin(), broken.end());
    for (size_t i = 0; i < broken.size();) {
        std::vector<size_t> of_row;
        const idx_t row = broken[i].first;
        for (; i < broken.size() && broken[i].first == row; ++i) of_row.push_back(broken[i].second);
        RejectRow(arguments, row, of_row);
    }
    Hash(arguments, bad);
    Newest(arguments, bad);
    keep.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    FlatVector::SetSize(keep, rows);
    auto* out = FlatVector::GetDataMutable<bool>(keep);
    uint64_t kept = 0;
    for (idx_t row = 0; row < rows; ++row) {
        out[row] = !bad[row];
        kept += out[row];
    }
    const std::scoped_lock lock(lock_);
    kept_ += kept;
    for (const auto& [row, rule] : broken) ++failed_[rule];
}

namespace {

// A table function over rows that the job spooled.
struct SpoolBind : duckdb::TableFunctionData {
    const duckdb::ColumnDataCollection* rows = nullptr;
};
struct SpoolScan : duckdb::GlobalTableFunctionState {
    duckdb::ColumnDataScanState state;
};

duckdb::unique_ptr<duckdb::FunctionData> BindHashes(duckdb::ClientContext&,
                                                    duckdb::TableFunctionBindInput& input,
                                                    duckdb::vector<duckdb::LogicalType>& types,
                                                    duckdb::vector<duckdb::Identifier>& names) {
    auto bind = duckdb::make_uniq<SpoolBind>();
    const auto* state = input.info->Cast<JobSlot>().state;
    const auto set = input.inputs[0].GetValue<uint64_t>();
    if (state == nullptr || !state->rules || set >= state->rules->sets()) Invalid("no such set");
    bind->rows = &state->rules->hashes(set);
    types = bind->rows->Types();
    names.emplace_back("h");
    return bind;
}

duckdb::unique_ptr<duckdb::FunctionData> BindRejected(duckdb::ClientContext&,
                                                      duckdb::TableFunctionBindInput& input,
                                                      duckdb::vector<duckdb::LogicalType>& types,
                                                      duckdb::vector<duckdb::Identifier>& names) {
    auto bind = duckdb::make_uniq<SpoolBind>();
    auto* state = input.info->Cast<JobSlot>().state;
    bind->rows = state == nullptr ? nullptr : state->rejects->spool();
    if (bind->rows == nullptr) Invalid("nothing was rejected");
    types = bind->rows->Types();
    for (const auto name : kSpoolNames) names.emplace_back(std::string(name));
    return bind;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> StartSpool(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
    auto scan = duckdb::make_uniq<SpoolScan>();
    input.bind_data->Cast<SpoolBind>().rows->InitializeScan(scan->state);
    return scan;
}

void ReadSpool(duckdb::ClientContext&, duckdb::TableFunctionInput& input,
               duckdb::DataChunk& output) {
    const auto& rows = *input.bind_data->Cast<SpoolBind>().rows;
    if (!rows.Scan(input.global_state->Cast<SpoolScan>().state, output))
        output.SetChildCardinality(0);
}

}  // namespace

void RegisterRules(duckdb::ExtensionLoader& loader, const duckdb::shared_ptr<JobSlot>& slot) {
    using duckdb::LogicalType;
    const auto filter = [slot](duckdb::DataChunk& arguments, duckdb::ExpressionState&,
                               duckdb::Vector& out) {
        if (slot->state == nullptr || !slot->state->rules) Invalid("weft_keep is not for this");
        slot->state->rules->Filter(arguments, out);
    };
    duckdb::ScalarFunction keep("weft_keep", duckdb::vector<LogicalType>{}, LogicalType::BOOLEAN,
                                filter, nullptr, nullptr, nullptr, LogicalType::ANY,
                                duckdb::FunctionStability::VOLATILE,
                                duckdb::FunctionNullHandling::SPECIAL_HANDLING);
    keep.SetFallible();  // What throws and did not say so would end the database.
    loader.RegisterFunction(keep);

    duckdb::TableFunction hashes("weft_hashes", {LogicalType::BIGINT}, ReadSpool, BindHashes,
                                 StartSpool);
    hashes.function_info = slot;
    loader.RegisterFunction(hashes);
    duckdb::TableFunction rejected("weft_rejected", duckdb::vector<LogicalType>{}, ReadSpool,
                                   BindRejected, StartSpool);
    rejected.function_info = slot;
    loader.RegisterFunction(rejected);
}

}  // namespace weft::engine
