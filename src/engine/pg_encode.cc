#include "engine/pg_encode.h"

#include <charconv>
#include <cstring>

#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "engine/pg_text.h"
#include "engine/pg_value.h"

namespace weft::engine {
namespace {

using duckdb::LogicalTypeId;
using duckdb::PhysicalType;
using duckdb::UnifiedVectorFormat;

// How a column is written. kBytes: a string as it is; kBoxed: rendered one by one before the rows are.
enum class Shape : uint8_t {
    kBool, kI8, kI16, kI32, kI64, kU8, kU16, kU32, kU64, kI128, kU128, kD16, kD32, kD64, kD128, kF32, kF64,
    kDate, kTime, kTimeTz, kTimestamp, kTimestampS, kTimestampMs, kTimestampNs, kTimestampTz, kInterval, kUuid,
    kBytes, kBlob, kBoxed
};

Shape DecimalShape(const duckdb::LogicalType& type) {
    switch (type.InternalType()) {
        case PhysicalType::INT16: return Shape::kD16;
        case PhysicalType::INT32: return Shape::kD32;
        case PhysicalType::INT64: return Shape::kD64;
        default: return Shape::kD128;
    }
}

Shape ShapeOf(const duckdb::LogicalType& type) {
    switch (type.id()) {
        case LogicalTypeId::BOOLEAN: return Shape::kBool;
        case LogicalTypeId::TINYINT: return Shape::kI8;
        case LogicalTypeId::SMALLINT: return Shape::kI16;
        case LogicalTypeId::INTEGER: return Shape::kI32;
        case LogicalTypeId::BIGINT: return Shape::kI64;
        case LogicalTypeId::UTINYINT: return Shape::kU8;
        case LogicalTypeId::USMALLINT: return Shape::kU16;
        case LogicalTypeId::UINTEGER: return Shape::kU32;
        case LogicalTypeId::UBIGINT: return Shape::kU64;
        case LogicalTypeId::HUGEINT: return Shape::kI128;
        case LogicalTypeId::UHUGEINT: return Shape::kU128;
        case LogicalTypeId::DECIMAL: return DecimalShape(type);
        case LogicalTypeId::FLOAT: return Shape::kF32;
        case LogicalTypeId::DOUBLE: return Shape::kF64;
        case LogicalTypeId::DATE: return Shape::kDate;
        case LogicalTypeId::TIME: return Shape::kTime;
        case LogicalTypeId::TIME_TZ: return Shape::kTimeTz;
        case LogicalTypeId::TIMESTAMP: return Shape::kTimestamp;
        case LogicalTypeId::TIMESTAMP_SEC: return Shape::kTimestampS;
        case LogicalTypeId::TIMESTAMP_MS: return Shape::kTimestampMs;
        case LogicalTypeId::TIMESTAMP_NS: return Shape::kTimestampNs;
        case LogicalTypeId::TIMESTAMP_TZ: return Shape::kTimestampTz;
        case LogicalTypeId::INTERVAL: return Shape::kInterval;
        case LogicalTypeId::UUID: return Shape::kUuid;
        case LogicalTypeId::VARCHAR: return Shape::kBytes;
        case LogicalTypeId::BLOB: return Shape::kBlob;
        case LogicalTypeId::LIST:
        case LogicalTypeId::ARRAY:
        case LogicalTypeId::STRUCT:
        case LogicalTypeId::MAP:
        case LogicalTypeId::UNION: return Shape::kBoxed;
        default: return Shape::kBytes;  // Cast to VARCHAR first: ENUM, BIT, VARIANT, TIME_NS, …
    }
}

__int128 Wide(const duckdb::hugeint_t& value) {
    return (static_cast<__int128>(value.upper) << 64) | static_cast<__int128>(value.lower);
}
unsigned __int128 Wide(const duckdb::uhugeint_t& value) {
    return (static_cast<unsigned __int128>(value.upper) << 64) | value.lower;
}

template <class T>
char* PutBig(char* p, T value) {  // Network byte order.
    if constexpr (sizeof(T) == 2) {
        const auto wire = __builtin_bswap16(std::bit_cast<uint16_t>(value));
        std::memcpy(p, &wire, 2);
    } else if constexpr (sizeof(T) == 4) {
        const auto wire = __builtin_bswap32(std::bit_cast<uint32_t>(value));
        std::memcpy(p, &wire, 4);
    } else {
        const auto wire = __builtin_bswap64(std::bit_cast<uint64_t>(value));
        std::memcpy(p, &wire, 8);
    }
    return p + sizeof(T);
}

char* PutWord(char* p, std::string_view word) {
    std::memcpy(p, word.data(), word.size());
    return p + word.size();
}

char* PutNumeric(char* p, __int128 value, unsigned scale) {
    std::string wire;
    PgAppendNumeric(value, scale, wire);
    return PutWord(p, wire);
}

constexpr int64_t kForever = INT64_MAX;

}  // namespace

struct PgEncoder::Column {
    duckdb::LogicalType type;
    Shape shape = Shape::kBytes;
    bool binary = false;
    bool cast = false;        // To VARCHAR, by DuckDB.
    unsigned scale = 0;
    UnifiedVectorFormat format;
    UnifiedVectorFormat local;  // kTimestampTz with a zone: the same instants as local timestamps.
    bool zoned = false;
    duckdb::unique_ptr<duckdb::Vector> made;   // Owns what `format` or `local` points into.
    std::vector<std::string> boxed;            // By row, from the first one of this call.
    size_t first = 0;

    template <class T>
    T At(size_t i) const { return UnifiedVectorFormat::GetData<T>(format)[i]; }
    // Strings that are written as they lie; empty for shapes with a writer.
    bool IsView() const { return shape == Shape::kBytes || shape == Shape::kBoxed || shape == Shape::kBlob; }
    std::string_view View(size_t row, size_t i) const {
        if (shape == Shape::kBoxed || (shape == Shape::kBlob && !binary)) return boxed[row - first];
        const auto& text = UnifiedVectorFormat::GetData<duckdb::string_t>(format)[i];
        return {text.GetData(), text.GetSize()};
    }
    char* WriteTimestamp(char* p, int64_t us) const;
    char* WriteTimestampTz(char* p, size_t row, int64_t us) const;
    char* WriteText(char* p, size_t row, size_t i) const;
    char* WriteBinary(char* p, size_t i) const;
    char* Write(char* p, size_t row, size_t i) const { return binary ? WriteBinary(p, i) : WriteText(p, row, i); }
    int64_t Microseconds(size_t i) const;
};

// A timestamp of any unit in microseconds; the infinities stay what they are.
int64_t PgEncoder::Column::Microseconds(size_t i) const {
    const auto raw = At<int64_t>(i);
    if (raw == kForever || raw == -kForever) return raw;
    if (shape == Shape::kTimestampS) return raw * 1'000'000;
    if (shape == Shape::kTimestampMs) return raw * 1'000;
    if (shape == Shape::kTimestampNs) return raw >= 0 ? raw / 1'000 : -((-raw + 999) / 1'000);
    return raw;
}

char* PgEncoder::Column::WriteTimestamp(char* p, int64_t us) const {
    if (us == kForever) return PutWord(p, "infinity");
    if (us == -kForever) return PutWord(p, "-infinity");
    return PgWriteTimestamp(p, us);
}

char* PgEncoder::Column::WriteTimestampTz(char* p, size_t row, int64_t us) const {
    if (us == kForever) return PutWord(p, "infinity");
    if (us == -kForever) return PutWord(p, "-infinity");
    if (!zoned) return PgWriteTimestampTz(p, us, 0);
    const int64_t there = UnifiedVectorFormat::GetData<int64_t>(local)[local.sel->get_index(row)];
    return PgWriteTimestampTz(p, there, static_cast<int32_t>((there - us) / 1'000'000));
}

char* PgEncoder::Column::WriteText(char* p, size_t row, size_t i) const {
    switch (shape) {
        case Shape::kBool: *p = At<bool>(i) ? 't' : 'f'; return p + 1;
        case Shape::kI8: return PgWriteInt(p, At<int8_t>(i));
        case Shape::kI16: return PgWriteInt(p, At<int16_t>(i));
        case Shape::kI32: return std::to_chars(p, p + 24, At<int32_t>(i)).ptr;
        case Shape::kI64: return PgWriteInt(p, At<int64_t>(i));
        case Shape::kU8: return PgWriteInt(p, At<uint8_t>(i));
        case Shape::kU16: return PgWriteInt(p, At<uint16_t>(i));
        case Shape::kU32: return PgWriteInt(p, At<uint32_t>(i));
        case Shape::kU64: return std::to_chars(p, p + 24, At<uint64_t>(i)).ptr;
        case Shape::kI128: return PgWriteDecimal(p, Wide(At<duckdb::hugeint_t>(i)), 0);
        case Shape::kU128: return PgWriteUnsigned(p, Wide(At<duckdb::uhugeint_t>(i)));
        case Shape::kD16: return PgWriteDecimal(p, At<int16_t>(i), scale);
        case Shape::kD32: return PgWriteDecimal(p, At<int32_t>(i), scale);
        case Shape::kD64: return PgWriteDecimal(p, At<int64_t>(i), scale);
        case Shape::kD128: return PgWriteDecimal(p, Wide(At<duckdb::hugeint_t>(i)), scale);
        case Shape::kF32: return PgWriteFloat(p, At<float>(i));
        case Shape::kF64: return PgWriteDouble(p, At<double>(i));
        case Shape::kDate: return PgWriteDate(p, At<duckdb::date_t>(i).days);
        case Shape::kTime: return PgWriteTime(p, At<int64_t>(i));
        case Shape::kTimeTz: {
            const auto value = At<duckdb::dtime_tz_t>(i);
            return PgWriteOffset(PgWriteTime(p, value.time().value), value.offset());
        }
        case Shape::kTimestamp:
        case Shape::kTimestampS:
        case Shape::kTimestampMs:
        case Shape::kTimestampNs: return WriteTimestamp(p, Microseconds(i));
        case Shape::kTimestampTz: return WriteTimestampTz(p, row, At<int64_t>(i));
        case Shape::kInterval: {
            const auto value = At<duckdb::interval_t>(i);
            return PgWriteInterval(p, value.months, value.days, value.micros);
        }
        case Shape::kUuid: {
            const auto value = At<duckdb::hugeint_t>(i);
            return PgWriteUuid(p, static_cast<uint64_t>(value.upper) ^ (1ull << 63), value.lower);
        }
        case Shape::kBytes:
        case Shape::kBlob:
        case Shape::kBoxed: break;  // Views.
    }
    return p;
}

char* PgEncoder::Column::WriteBinary(char* p, size_t i) const {
    switch (shape) {
        case Shape::kBool: *p = At<bool>(i) ? 1 : 0; return p + 1;
        case Shape::kI8: return PutBig<int16_t>(p, At<int8_t>(i));
        case Shape::kU8: return PutBig<int16_t>(p, At<uint8_t>(i));
        case Shape::kI16: return PutBig(p, At<int16_t>(i));
        case Shape::kU16: return PutBig<int32_t>(p, At<uint16_t>(i));
        case Shape::kI32: return PutBig(p, At<int32_t>(i));
        case Shape::kU32: return PutBig(p, At<uint32_t>(i));
        case Shape::kI64: return PutBig(p, At<int64_t>(i));
        case Shape::kU64: return PutNumeric(p, static_cast<__int128>(At<uint64_t>(i)), 0);
        case Shape::kI128: return PutNumeric(p, Wide(At<duckdb::hugeint_t>(i)), 0);
        case Shape::kU128: {
            const auto value = Wide(At<duckdb::uhugeint_t>(i));
            return PutNumeric(p, static_cast<__int128>(value & ~(static_cast<unsigned __int128>(1) << 127)), 0);
        }
        case Shape::kD16: return PutNumeric(p, At<int16_t>(i), scale);
        case Shape::kD32: return PutNumeric(p, At<int32_t>(i), scale);
        case Shape::kD64: return PutNumeric(p, At<int64_t>(i), scale);
        case Shape::kD128: return PutNumeric(p, Wide(At<duckdb::hugeint_t>(i)), scale);
        case Shape::kF32: return PutBig(p, At<float>(i));
        case Shape::kF64: return PutBig(p, At<double>(i));
        case Shape::kDate: {
            const int32_t days = At<duckdb::date_t>(i).days;
            if (days == INT32_MAX) return PutBig(p, INT32_MAX);
            if (days == -INT32_MAX) return PutBig(p, INT32_MIN);
            return PutBig(p, days - kPgEpochDays);
        }
        case Shape::kTime: return PutBig(p, At<int64_t>(i));
        case Shape::kTimeTz: {
            const auto value = At<duckdb::dtime_tz_t>(i);
            return PutBig(PutBig<int64_t>(p, value.time().value), -value.offset());
        }
        case Shape::kTimestamp:
        case Shape::kTimestampS:
        case Shape::kTimestampMs:
        case Shape::kTimestampNs:
        case Shape::kTimestampTz: {
            const int64_t us = Microseconds(i);
            if (us == kForever) return PutBig(p, INT64_MAX);
            if (us == -kForever) return PutBig(p, INT64_MIN);
            return PutBig(p, us - kPgEpochUs);
        }
        case Shape::kInterval: {
            const auto value = At<duckdb::interval_t>(i);
            return PutBig(PutBig(PutBig(p, value.micros), value.days), value.months);
        }
        case Shape::kUuid: {
            const auto value = At<duckdb::hugeint_t>(i);
            return PutBig(PutBig(p, static_cast<uint64_t>(value.upper) ^ (1ull << 63)), value.lower);
        }
        case Shape::kBytes:
        case Shape::kBlob:
        case Shape::kBoxed: break;
    }
    return p;
}

PgEncoder::PgEncoder(const duckdb::vector<duckdb::LogicalType>& types, const std::vector<int16_t>& formats, bool utc)
    : columns_(types.size()), utc_(utc) {
    for (size_t c = 0; c < types.size(); ++c) {
        auto& column = columns_[c];
        column.type = types[c];
        column.shape = ShapeOf(types[c]);
        column.binary = c < formats.size() && formats[c] == 1;
        column.cast = column.shape == Shape::kBytes && types[c].id() != LogicalTypeId::VARCHAR;
        if (types[c].id() == LogicalTypeId::DECIMAL) column.scale = duckdb::DecimalType::GetScale(types[c]);
    }
}

PgEncoder::~PgEncoder() = default;

// Reads the chunk's vectors once: casts, zone shifts and boxed cells of rows [begin, begin + count).
void PgEncoder::Prepare(duckdb::ClientContext& client, duckdb::DataChunk& chunk, size_t begin, size_t count) {
    const auto rows = chunk.size();
    for (size_t c = 0; c < columns_.size(); ++c) {
        auto& column = columns_[c];
        auto& vector = chunk.data[c];
        column.first = begin;
        if (column.cast) {
            column.made = duckdb::make_uniq<duckdb::Vector>(duckdb::LogicalType::VARCHAR, rows);
            duckdb::VectorOperations::Cast(client, vector, *column.made, rows);
            column.made->ToUnifiedFormat(column.format);
            continue;
        }
        vector.ToUnifiedFormat(column.format);
        if (column.shape == Shape::kTimestampTz && !column.binary && !utc_) {
            column.made = duckdb::make_uniq<duckdb::Vector>(duckdb::LogicalType::TIMESTAMP, rows);
            duckdb::VectorOperations::Cast(client, vector, *column.made, rows);
            column.made->ToUnifiedFormat(column.local);
            column.zoned = true;
        }
        if (column.shape != Shape::kBoxed && (column.shape != Shape::kBlob || column.binary)) continue;
        column.boxed.assign(count, {});
        for (size_t r = 0; r < count; ++r) {
            const auto value = chunk.GetValue(c, begin + r);
            if (value.IsNull()) continue;
            column.boxed[r] = column.binary ? PgValueBinary(client, value) : PgValueText(client, value);
        }
    }
}

// An upper bound of the bytes that `count` rows take.
size_t PgEncoder::RowBytes(size_t count) const {
    size_t bytes = count * (7 + 4 * columns_.size());
    for (const auto& column : columns_) {
        if (!column.IsView()) {
            bytes += count * kPgTextMax;
            continue;
        }
        for (size_t row = column.first; row < column.first + count; ++row) {
            const auto i = column.format.sel->get_index(row);
            if (column.format.validity.RowIsValid(i)) bytes += column.View(row, i).size();
        }
    }
    return bytes;
}

void PgEncoder::AppendRows(duckdb::ClientContext& client, duckdb::DataChunk& chunk, size_t begin, size_t count,
                           std::string& out) {
    Prepare(client, chunk, begin, count);
    const size_t start = out.size();
    const auto width = static_cast<uint16_t>(columns_.size());
    out.resize_and_overwrite(start + RowBytes(count), [&](char* base, size_t) {
        char* p = base + start;
        for (size_t row = begin; row < begin + count; ++row) {
            char* const head = p;
            *p = 'D';
            p = PutBig(p + 5, width);
            for (const auto& column : columns_) {
                const auto i = column.format.sel->get_index(row);
                char* const cell = p + 4;
                if (!column.format.validity.RowIsValid(i)) {
                    p = PutBig<int32_t>(p, -1);
                    continue;
                }
                p = column.IsView() ? PutWord(cell, column.View(row, i)) : column.Write(cell, row, i);
                PutBig(cell - 4, static_cast<int32_t>(p - cell));
            }
            PutBig(head + 1, static_cast<int32_t>(p - head - 1));
        }
        return static_cast<size_t>(p - base);
    });
}

namespace {

void AppendBig32(std::string& out, int32_t value) {
    char wire[4];
    PutBig(wire, value);
    out.append(wire, 4);
}

void CloseCopyMessage(std::string& out, size_t start) {
    PutBig(out.data() + start + 1, static_cast<int32_t>(out.size() - start - 1));
}

void AppendCopyText(std::string& out, std::string_view cell, const PgCopyOptions& options) {
    for (const char c : cell) {
        switch (c) {
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '\v': out += "\\v"; break;
            default:
                if (c == '\\' || c == options.delimiter) out.push_back('\\');
                out.push_back(c);
        }
    }
}

void AppendCopyCsv(std::string& out, std::string_view cell, const PgCopyOptions& options, bool only_column) {
    bool quote = options.quote_all || cell == options.null_text || (only_column && cell == "\\.");
    for (const char c : cell) {
        if (quote) break;
        quote = c == options.delimiter || c == options.quote || c == '\n' || c == '\r';
    }
    if (!quote) {
        out.append(cell);
        return;
    }
    out.push_back(options.quote);
    for (const char c : cell) {
        if (c == options.quote || c == options.escape) out.push_back(options.escape);
        out.push_back(c);
    }
    out.push_back(options.quote);
}

}  // namespace

void PgEncoder::AppendCopy(duckdb::ClientContext& client, duckdb::DataChunk& chunk, const PgCopyOptions& options,
                           std::string& out) {
    Prepare(client, chunk, 0, chunk.size());
    const bool binary = options.format == PgCopyOptions::Format::kBinary;
    const bool csv = options.format == PgCopyOptions::Format::kCsv;
    for (size_t row = 0; row < chunk.size(); ++row) {
        const size_t start = out.size();
        out.append("d\0\0\0\0", 5);
        if (binary) {
            char width[2];
            PutBig(width, static_cast<uint16_t>(columns_.size()));
            out.append(width, 2);
        }
        for (size_t c = 0; c < columns_.size(); ++c) {
            const auto& column = columns_[c];
            const auto i = column.format.sel->get_index(row);
            if (c > 0 && !binary) out.push_back(options.delimiter);
            if (!column.format.validity.RowIsValid(i)) {
                if (binary) AppendBig32(out, -1);
                else out.append(options.null_text);
                continue;
            }
            char small[kPgTextMax];
            const auto cell = column.IsView() ? column.View(row, i)
                                              : std::string_view(small, column.Write(small, row, i));
            if (binary) {
                AppendBig32(out, static_cast<int32_t>(cell.size()));
                out.append(cell);
            } else if (csv) {
                AppendCopyCsv(out, cell, options, columns_.size() == 1);
            } else {
                AppendCopyText(out, cell, options);
            }
        }
        if (!binary) out.push_back('\n');
        CloseCopyMessage(out, start);
    }
}

void PgAppendCopyHeader(const std::vector<std::string>& names, const PgCopyOptions& options, std::string& out) {
    const size_t start = out.size();
    out.append("d\0\0\0\0", 5);
    for (size_t c = 0; c < names.size(); ++c) {
        if (c > 0) out.push_back(options.delimiter);
        if (options.format == PgCopyOptions::Format::kCsv) AppendCopyCsv(out, names[c], options, names.size() == 1);
        else AppendCopyText(out, names[c], options);
    }
    out.push_back('\n');
    CloseCopyMessage(out, start);
}

}  // namespace weft::engine
