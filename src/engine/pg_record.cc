#include "engine/pg_record.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "duckdb/common/vector/flat_vector.hpp"
#include "duckdb/common/vector/string_vector.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "engine/duck_type.h"
#include "engine/format_text.h"

namespace weft::engine {
namespace {

using duckdb::FlatVector;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::string_t;

constexpr size_t kValueShown = 100;

bool IsNested(const DataType& type) {
    return type.kind == DataType::Kind::kList || type.kind == DataType::Kind::kStruct ||
           type.kind == DataType::Kind::kMap;
}
bool IsWhole(const DataType& type) {
    return type.kind == DataType::Kind::kInteger || type.kind == DataType::Kind::kBigint;
}

std::unexpected<Error> Fault(const char* sqlstate, std::string message, std::string hint = {}) {
    Error error;
    error.code = Code::kInvalid;
    error.message = std::move(message);
    error.hint = std::move(hint);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

// Each text of `from` through `turn`; where that gives nothing, the text stays as it is.
template <class F>
void EachText(duckdb::Vector& from, duckdb::Vector& to, size_t count, F&& turn) {
    duckdb::UnifiedVectorFormat format;
    from.ToUnifiedFormat(format);
    const auto* texts = duckdb::UnifiedVectorFormat::GetData<string_t>(format);
    FlatVector::SetSize(to, count);
    auto* out = FlatVector::GetDataMutable<string_t>(to);
    for (size_t row = 0; row < count; ++row) {
        const auto at = format.sel->get_index(row);
        if (!format.validity.RowIsValid(at)) {
            FlatVector::SetNull(to, row, true);
            continue;
        }
        const std::string_view text(texts[at].GetData(), texts[at].GetSize());
        const auto turned = turn(text);
        const std::string_view kept = turned ? std::string_view(*turned) : text;
        out[row] = duckdb::StringVector::AddStringOrBlob(to, kept.data(), kept.size());
    }
}

// PostgreSQL's \x0aff as the engine's \x0A\xFF.
std::optional<std::string> EngineBlob(std::string_view text) {
    if (!text.starts_with("\\x") || text.find('\\', 1) != std::string_view::npos)
        return std::nullopt;
    const auto bytes = FromHex(text.substr(2));
    if (!bytes) return std::nullopt;
    std::string out;
    for (const char c : *bytes) out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    return out;
}

}  // namespace

std::optional<std::string> PgArrayAsJson(std::string_view text) {
    text = Trim(text);
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
    text = text.substr(1, text.size() - 2);
    Json array = Json::array();
    for (size_t at = 0; at < text.size();) {
        std::string element;
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
        const bool quoted = at < text.size() && text[at] == '"';
        if (quoted) {
            for (++at; at < text.size() && text[at] != '"'; ++at) {
                if (text[at] == '\\' && ++at >= text.size()) return std::nullopt;
                element.push_back(text[at]);
            }
            if (at++ >= text.size()) return std::nullopt;
            while (at < text.size() && text[at] == ' ') ++at;
        } else {
            for (; at < text.size() && text[at] != ','; ++at) {
                if (text[at] == '{' || text[at] == '"' || text[at] == ':') return std::nullopt;
                if (text[at] == '\\' && ++at >= text.size()) return std::nullopt;
                element.push_back(text[at]);
            }
            element = Trim(element);
            if (element.empty()) return std::nullopt;
        }
        if (at < text.size() && text[at++] != ',') return std::nullopt;
        if (!quoted && ToLower(element) == "null")
            array.push_back(nullptr);
        else
            array.push_back(std::move(element));
    }
    return DumpJson(array);
}

PgRecords::PgRecords(Engine& engine, std::vector<OutputColumn> columns)
    : engine_(engine), columns_(std::move(columns)) {
    for (const auto& column : columns_) {
        names_.push_back(column.name);
        types_.push_back(column.type.kind == DataType::Kind::kBlob ? LogicalType::VARCHAR
                                                                   : ToDuck(column.type));
    }
}

PgRecords::~PgRecords() = default;

// Texts that PostgreSQL writes otherwise than the engine are turned before the cast.
Result<> PgRecords::Cast(duckdb::ClientContext& client, const OutputColumn& column, Vector& from,
                         Vector& to, size_t count) {
    const auto target = ToDuck(column.type);
    const bool text = from.GetType().id() == LogicalTypeId::VARCHAR && !from.GetType().IsJSONType();
    bool all = true;
    duckdb::unique_ptr<Vector> turned;
    Vector* source = &from;
    if (text && (IsNested(column.type) || column.type.kind == DataType::Kind::kBlob)) {
        turned = duckdb::make_uniq<Vector>(
            IsNested(column.type) ? LogicalType::JSON() : LogicalType::VARCHAR, count);
        const bool list = column.type.kind == DataType::Kind::kList;
        EachText(from, *turned, count, [&](std::string_view value) -> std::optional<std::string> {
            if (list) return PgArrayAsJson(value);
            return IsNested(column.type) ? std::nullopt : EngineBlob(value);
        });
        source = turned.get();
    }
    std::string error;
    if (column.type.kind == DataType::Kind::kBlob) {
        Vector blob(LogicalType::BLOB, count);
        all = duckdb::VectorOperations::TryCast(client, *source, blob, count, &error, false);
        duckdb::VectorOperations::Cast(client, blob, to, count);
    } else {
        all = duckdb::VectorOperations::TryCast(client, *source, to, count, &error, false);
    }
    if (all && !(text && IsWhole(column.type))) return {};
    duckdb::UnifiedVectorFormat before, after;
    from.ToUnifiedFormat(before);
    to.ToUnifiedFormat(after);
    for (size_t row = 0; row < count; ++row) {
        const auto at = before.sel->get_index(row);
        if (!before.validity.RowIsValid(at)) continue;
        bool fits = after.validity.RowIsValid(after.sel->get_index(row));
        if (fits && text && IsWhole(column.type)) {  // '1.5' is no whole number.
            const auto& value = duckdb::UnifiedVectorFormat::GetData<string_t>(before)[at];
            fits = std::string_view(value.GetData(), value.GetSize()).find('.') ==
                   std::string_view::npos;
        }
        if (!fits) return Refuse(column, from, row);
    }
    return {};
}

Result<> PgRecords::Refuse(const OutputColumn& column, const Vector& from, size_t row) {
    bad_row_ = row;
    const auto value = from.GetValue(row);
    const bool text = from.GetType().id() == LogicalTypeId::VARCHAR;
    std::string shown = engine_.restricted() ? std::string() : value.ToString();
    if (shown.size() > kValueShown) shown = "…";  // Cutting could break a character.
    const auto type = ToString(column.type);
    const auto hint = fmt::format("column {}", column.name);
    if (text) {
        if (shown.empty())
            return Fault("22P02", fmt::format("invalid input syntax for type {}", type), hint);
        return Fault("22P02", fmt::format("invalid input syntax for type {}: \"{}\"", type, shown),
                     hint);
    }
    return Fault("22003", fmt::format("a value {}{}does not fit column \"{}\" of type {}", shown,
                                      shown.empty() ? "" : " ", column.name, type));
}

Result<> PgRecords::Add(duckdb::ClientContext& client, duckdb::DataChunk& rows) {
    const size_t count = rows.size();
    if (rows.ColumnCount() > columns_.size())
        return Fault("42601", "INSERT has more expressions than target columns");
    std::string lines;
    Result<> done;
    CHECK_OK(engine_.Call([&] {
        duckdb::DataChunk typed;
        duckdb::vector<LogicalType> types(
            types_.begin(), types_.begin() + static_cast<ptrdiff_t>(rows.ColumnCount()));
        typed.Initialize(duckdb::Allocator::DefaultAllocator(), types,
                         std::max<size_t>(count, STANDARD_VECTOR_SIZE));
        for (size_t i = 0; i < rows.ColumnCount() && done; ++i) {
            if (rows.data[i].GetType() == types[i] && !rows.data[i].GetType().IsJSONType() &&
                columns_[i].type.kind != DataType::Kind::kBlob) {
                typed.data[i].Reference(rows.data[i]);
            } else {
                done = Cast(client, columns_[i], rows.data[i], typed.data[i], count);
            }
        }
        if (!done) return;
        typed.SetChildCardinality(count);
        TextFormat format(Format::kJsonLines,
                          {names_.begin(), names_.begin() + static_cast<ptrdiff_t>(types.size())},
                          types);
        format.Rows(client, typed, lines);
    }));
    CHECK_OK(done);
    CHECK_OK(Cut(lines));
    count_ += count;
    return {};
}

// Whole lines into pieces that the node takes.
Result<> PgRecords::Cut(std::string_view lines) {
    size_t row = 0;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n') + 1);
        if (line.size() > kRecordLineMax) {
            bad_row_ = row;
            return Fault("54000", "a record is longer than 1 MiB", "Push large records in parts.");
        }
        if (pieces_.empty() || pieces_.back().lines.size() + line.size() > kWriteBytesMax ||
            pieces_.back().count >= kWriteRecordsMax)
            pieces_.emplace_back();
        pieces_.back().lines += line;
        ++pieces_.back().count;
        bytes_ += line.size();
        lines.remove_prefix(line.size());
        ++row;
    }
    return {};
}

std::vector<PgPiece> PgRecords::TakePieces() {
    bytes_ = 0;
    return std::exchange(pieces_, {});
}

}  // namespace weft::engine
