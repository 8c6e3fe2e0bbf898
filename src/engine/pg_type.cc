#include "engine/pg_type.h"

namespace weft::engine {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

struct Simple {
    LogicalTypeId id;
    uint32_t oid;
    int16_t size;
    uint32_t array;
};

constexpr Simple kSimple[] = {
    {LogicalTypeId::BOOLEAN, kPgBool, 1, 1000},
    {LogicalTypeId::TINYINT, kPgInt2, 2, 1005},
    {LogicalTypeId::UTINYINT, kPgInt2, 2, 1005},
    {LogicalTypeId::SMALLINT, kPgInt2, 2, 1005},
    {LogicalTypeId::USMALLINT, kPgInt4, 4, 1007},
    {LogicalTypeId::INTEGER, kPgInt4, 4, 1007},
    {LogicalTypeId::UINTEGER, kPgOid, 4, 1028},
    {LogicalTypeId::BIGINT, kPgInt8, 8, 1016},
    {LogicalTypeId::UBIGINT, kPgNumeric, -1, 1231},
    {LogicalTypeId::HUGEINT, kPgNumeric, -1, 1231},
    {LogicalTypeId::UHUGEINT, kPgNumeric, -1, 1231},
    {LogicalTypeId::DECIMAL, kPgNumeric, -1, 1231},
    {LogicalTypeId::FLOAT, kPgFloat4, 4, 1021},
    {LogicalTypeId::DOUBLE, kPgFloat8, 8, 1022},
    {LogicalTypeId::DATE, kPgDate, 4, 1182},
    {LogicalTypeId::TIME, kPgTime, 8, 1183},
    {LogicalTypeId::TIME_TZ, kPgTimeTz, 12, 1270},
    {LogicalTypeId::TIMESTAMP, kPgTimestamp, 8, 1115},
    {LogicalTypeId::TIMESTAMP_SEC, kPgTimestamp, 8, 1115},
    {LogicalTypeId::TIMESTAMP_MS, kPgTimestamp, 8, 1115},
    {LogicalTypeId::TIMESTAMP_NS, kPgTimestamp, 8, 1115},
    {LogicalTypeId::TIMESTAMP_TZ, kPgTimestampTz, 8, 1185},
    {LogicalTypeId::INTERVAL, kPgInterval, 16, 1187},
    {LogicalTypeId::UUID, kPgUuid, 16, 2951},
    {LogicalTypeId::BLOB, kPgBytea, -1, 1001},
    {LogicalTypeId::VARCHAR, kPgText, -1, 1009},
    {LogicalTypeId::ENUM, kPgText, -1, 1009},
};

const Simple* FindSimple(LogicalTypeId id) {
    for (const auto& simple : kSimple)
        if (simple.id == id) return &simple;
    return nullptr;
}

bool IsNested(LogicalTypeId id) {
    return id == LogicalTypeId::LIST || id == LogicalTypeId::ARRAY || id == LogicalTypeId::STRUCT ||
           id == LogicalTypeId::MAP || id == LogicalTypeId::UNION || id == LogicalTypeId::VARIANT;
}

int32_t ModifierOf(const LogicalType& type) {
    const auto numeric = [](int32_t precision, int32_t scale) { return ((precision << 16) | scale) + 4; };
    if (type.id() == LogicalTypeId::DECIMAL)
        return numeric(duckdb::DecimalType::GetWidth(type), duckdb::DecimalType::GetScale(type));
    if (type.id() == LogicalTypeId::UBIGINT) return numeric(20, 0);
    return -1;
}

}  // namespace

PgType ToPgType(const LogicalType& type) {
    const auto id = type.id();
    if (id == LogicalTypeId::LIST || id == LogicalTypeId::ARRAY) {
        const auto& child = id == LogicalTypeId::LIST ? duckdb::ListType::GetChildType(type)
                                                      : duckdb::ArrayType::GetChildType(type);
        if (child.IsJSONType() || child.id() == LogicalTypeId::STRUCT || child.id() == LogicalTypeId::MAP)
            return {199, -1, -1, kPgJson};
        if (IsNested(child.id())) return {kPgJson, -1, -1, 0};  // PostgreSQL's arrays cannot be ragged.
        const Simple* simple = FindSimple(child.id());
        return {simple ? simple->array : 1009, -1, ModifierOf(child), simple ? simple->oid : kPgText};
    }
    if (type.IsJSONType() || IsNested(id)) return {kPgJson, -1, -1, 0};
    const Simple* simple = FindSimple(id);
    if (!simple) return {};
    return {simple->oid, simple->size, ModifierOf(type), 0};
}

LogicalType FromPgType(uint32_t oid) {
    switch (oid) {
        case kPgBool: return LogicalType::BOOLEAN;
        case kPgBytea: return LogicalType::BLOB;
        case kPgInt8: return LogicalType::BIGINT;
        case kPgInt2: return LogicalType::SMALLINT;
        case kPgInt4: return LogicalType::INTEGER;
        case kPgOid:
        case 24:      // regproc
        case 28:      // xid
        case 2205:    // regclass
        case 2206: return LogicalType::UINTEGER;
        case kPgFloat4: return LogicalType::FLOAT;
        case kPgFloat8: return LogicalType::DOUBLE;
        case kPgDate: return LogicalType::DATE;
        case kPgTime: return LogicalType::TIME;
        case kPgTimeTz: return LogicalType::TIME_TZ;
        case kPgTimestamp: return LogicalType::TIMESTAMP;
        case kPgTimestampTz: return LogicalType::TIMESTAMP_TZ;
        case kPgInterval: return LogicalType::INTERVAL;
        case kPgNumeric: return LogicalType::DECIMAL(38, 10);
        case kPgUuid: return LogicalType::UUID;
        case kPgJson:
        case 3802: return LogicalType::JSON();
        default: break;
    }
    for (const auto& simple : kSimple)
        if (simple.array == oid) return LogicalType::LIST(FromPgType(simple.oid));
    if (oid == 1015 || oid == 1002 || oid == 1003 || oid == 1014) return LogicalType::LIST(LogicalType::VARCHAR);
    return LogicalType::VARCHAR;
}

}  // namespace weft::engine
