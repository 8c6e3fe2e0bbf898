#include "engine/duck_type.h"

#include <cstring>
#include <limits>

namespace weft::engine {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using Kind = DataType::Kind;

constexpr int kDepthMax = 20;

DataType Plain(Kind kind) { return {kind, 0, 0, {}, {}}; }

std::optional<DataType> Nested(const LogicalType& type, int depth);

std::optional<DataType> Convert(const LogicalType& type, int depth) {
    if (depth > kDepthMax) return std::nullopt;
    switch (type.id()) {
        case LogicalTypeId::BOOLEAN:
            return Plain(Kind::kBoolean);
        case LogicalTypeId::TINYINT:
        case LogicalTypeId::SMALLINT:
        case LogicalTypeId::UTINYINT:
        case LogicalTypeId::USMALLINT:
        case LogicalTypeId::INTEGER:
            return Plain(Kind::kInteger);
        case LogicalTypeId::UINTEGER:
        case LogicalTypeId::BIGINT:
            return Plain(Kind::kBigint);
        case LogicalTypeId::UBIGINT:
            return DataType{Kind::kDecimal, 20, 0, {}, {}};
        case LogicalTypeId::HUGEINT:
        case LogicalTypeId::UHUGEINT:
            return DataType{Kind::kDecimal, 38, 0, {}, {}};
        case LogicalTypeId::FLOAT:
            return Plain(Kind::kReal);
        case LogicalTypeId::DOUBLE:
            return Plain(Kind::kDouble);
        case LogicalTypeId::DECIMAL: {
            return DataType{Kind::kDecimal,
                            duckdb::DecimalType::GetWidth(type),
                            duckdb::DecimalType::GetScale(type),
                            {},
                            {}};
        }
        case LogicalTypeId::DATE:
            return Plain(Kind::kDate);
        case LogicalTypeId::TIME:
            return Plain(Kind::kTime);
        case LogicalTypeId::TIMESTAMP:
        case LogicalTypeId::TIMESTAMP_SEC:
        case LogicalTypeId::TIMESTAMP_MS:
        case LogicalTypeId::TIMESTAMP_NS:
            return Plain(Kind::kTimestamp);
        case LogicalTypeId::TIMESTAMP_TZ:
            return Plain(Kind::kTimestampTz);
        case LogicalTypeId::VARCHAR:
        case LogicalTypeId::ENUM:
        case LogicalTypeId::SQLNULL:
            return Plain(Kind::kVarchar);
        case LogicalTypeId::UUID:
            return Plain(Kind::kUuid);
        case LogicalTypeId::BLOB:
            return Plain(Kind::kBlob);
        default:
            return Nested(type, depth);
    }
}

std::optional<DataType> Nested(const LogicalType& type, int depth) {
    DataType result;
    const auto add = [&](const LogicalType& child) {
        auto converted = Convert(child, depth + 1);
        if (converted) result.children.push_back(std::move(*converted));
        return converted.has_value();
    };
    switch (type.id()) {
        case LogicalTypeId::LIST:
            result.kind = Kind::kList;
            if (!add(duckdb::ListType::GetChildType(type))) return std::nullopt;
            return result;
        case LogicalTypeId::ARRAY:
            result.kind = Kind::kList;
            if (!add(duckdb::ArrayType::GetChildType(type))) return std::nullopt;
            return result;
        case LogicalTypeId::MAP:
            result.kind = Kind::kMap;
            if (!add(duckdb::MapType::KeyType(type)) || !add(duckdb::MapType::ValueType(type)))
                return std::nullopt;
            return result;
        case LogicalTypeId::STRUCT:
            result.kind = Kind::kStruct;
            for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type)) {
                result.field_names.push_back(name.GetIdentifierName());
                if (!add(child)) return std::nullopt;
            }
            return result;
        default:
            return std::nullopt;
    }
}

template <class T>
std::string Bytes(T value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

// Unscaled value, big-endian two's complement, as few bytes as hold it.
std::string DecimalBytes(duckdb::hugeint_t value) {
    std::string bytes;
    for (int i = 7; i >= 0; --i) bytes.push_back(static_cast<char>(value.upper >> (i * 8)));
    for (int i = 7; i >= 0; --i) bytes.push_back(static_cast<char>(value.lower >> (i * 8)));
    const auto redundant = [&] {
        const bool negative = bytes[1] & 0x80;
        return bytes[0] == (negative ? '\xff' : '\0');
    };
    while (bytes.size() > 1 && redundant()) bytes.erase(0, 1);
    return bytes;
}

}  // namespace

LogicalType ToDuck(const DataType& type) {
    switch (type.kind) {
        case Kind::kBoolean:
            return LogicalType::BOOLEAN;
        case Kind::kInteger:
            return LogicalType::INTEGER;
        case Kind::kBigint:
            return LogicalType::BIGINT;
        case Kind::kReal:
            return LogicalType::FLOAT;
        case Kind::kDouble:
            return LogicalType::DOUBLE;
        case Kind::kDecimal:
            return LogicalType::DECIMAL(type.precision, type.scale);
        case Kind::kDate:
            return LogicalType::DATE;
        case Kind::kTime:
            return LogicalType::TIME;
        case Kind::kTimestamp:
            return LogicalType::TIMESTAMP;
        case Kind::kTimestampTz:
            return LogicalType::TIMESTAMP_TZ;
        case Kind::kVarchar:
            return LogicalType::VARCHAR;
        case Kind::kUuid:
            return LogicalType::UUID;
        case Kind::kBlob:
            return LogicalType::BLOB;
        case Kind::kList:
            return LogicalType::LIST(ToDuck(type.children.at(0)));
        case Kind::kMap:
            return LogicalType::MAP(ToDuck(type.children.at(0)), ToDuck(type.children.at(1)));
        case Kind::kStruct: {
            duckdb::child_list_t<LogicalType> fields;
            for (size_t i = 0; i < type.children.size(); ++i) {
                fields.emplace_back(duckdb::Identifier(type.field_names.at(i)),
                                    ToDuck(type.children[i]));
            }
            return LogicalType::STRUCT(std::move(fields));
        }
    }
    return LogicalType::VARCHAR;
}

std::optional<DataType> FromDuckType(const LogicalType& type) { return Convert(type, 0); }

std::optional<std::string> SingleValue(const duckdb::Value& value, const DataType& type) {
    if (value.IsNull()) return std::nullopt;
    std::string error;
    const auto cast_or_nothing = value.DefaultTryCastAs(ToDuck(type), &error, true);
    if (!cast_or_nothing || cast_or_nothing->IsNull()) return std::nullopt;
    const auto& cast = *cast_or_nothing;
    // A cast that rounds or cuts would move a bound.
    if (value.type() != cast.type()) {
        const auto back = cast.DefaultTryCastAs(value.type(), &error, true);
        if (!back || !(*back == value)) return std::nullopt;
    }
    switch (type.kind) {
        case Kind::kBoolean:
            return std::string(1, duckdb::BooleanValue::Get(cast) ? '\1' : '\0');
        case Kind::kInteger:
            return Bytes(cast.GetValueUnsafe<int32_t>());
        case Kind::kDate:
            return Bytes(cast.GetValueUnsafe<duckdb::date_t>().days);
        case Kind::kBigint:
            return Bytes(cast.GetValueUnsafe<int64_t>());
        case Kind::kReal:
            return Bytes(cast.GetValueUnsafe<float>());
        case Kind::kDouble:
            return Bytes(cast.GetValueUnsafe<double>());
        case Kind::kTime:
            return Bytes(cast.GetValueUnsafe<duckdb::dtime_t>().value);
        case Kind::kTimestamp:
        case Kind::kTimestampTz:
            return Bytes(cast.GetValueUnsafe<duckdb::timestamp_t>().value);
        case Kind::kVarchar:
        case Kind::kBlob:
            return duckdb::StringValue::Get(cast);
        case Kind::kDecimal:
            return DecimalBytes(duckdb::IntegralValue::Get(cast));
        case Kind::kUuid: {
            // DuckDB keeps UUIDs with the first bit flipped, so that they sort as signed numbers.
            auto id = cast.GetValueUnsafe<duckdb::hugeint_t>();
            id.upper ^= std::numeric_limits<int64_t>::min();
            std::string bytes;
            for (int i = 7; i >= 0; --i) bytes.push_back(static_cast<char>(id.upper >> (i * 8)));
            for (int i = 7; i >= 0; --i) bytes.push_back(static_cast<char>(id.lower >> (i * 8)));
            return bytes;
        }
        default:
            return std::nullopt;
    }
}

}  // namespace weft::engine
