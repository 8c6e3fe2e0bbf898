#include "engine/pg_value.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/text.h"
#include "engine/pg_encode.h"
#include "engine/pg_text.h"
#include "engine/pg_type.h"

namespace weft::engine {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::Value;

constexpr size_t kDepthMax = 64;

void AppendBig(std::string& out, uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
}

uint64_t TakeBig(std::string_view bytes) {
    uint64_t value = 0;
    for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
    return value;
}

bool IsList(const LogicalType& type) {
    return type.id() == LogicalTypeId::LIST || type.id() == LogicalTypeId::ARRAY;
}

const duckdb::vector<Value>& Elements(const Value& value) {
    return value.type().id() == LogicalTypeId::LIST ? duckdb::ListValue::GetChildren(value)
                                                    : duckdb::ArrayValue::GetChildren(value);
}

// One scalar through the encoder that columns use, so both print alike: a DataRow of one cell, its frame cut off.
std::string Cell(duckdb::ClientContext& client, const Value& value, bool binary) {
    duckdb::DataChunk chunk;
    chunk.Initialize(duckdb::Allocator::DefaultAllocator(), {value.type()}, 1);
    chunk.data[0].SetValue(0, value);
    chunk.SetChildCardinality(1);
    PgEncoder encoder({value.type()}, {static_cast<int16_t>(binary ? 1 : 0)}, false);
    std::string row;
    encoder.AppendRows(client, chunk, 0, 1, row);
    return row.substr(11);
}

void AppendJsonString(std::string_view text, std::string& out) {
    static constexpr char kHex[] = "0123456789abcdef";
    out.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\r') {
            out += "\\r";
        } else if (byte < 0x20) {
            out += "\\u00";
            out.push_back(kHex[byte >> 4]);
            out.push_back(kHex[byte & 15]);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

void AppendJsonAt(duckdb::ClientContext& client, const Value& value, std::string& out, size_t depth);

void AppendJsonScalar(duckdb::ClientContext& client, const Value& value, std::string& out) {
    switch (value.type().id()) {
        case LogicalTypeId::BOOLEAN: out += value.GetValue<bool>() ? "true" : "false"; return;
        case LogicalTypeId::TINYINT:
        case LogicalTypeId::SMALLINT:
        case LogicalTypeId::INTEGER:
        case LogicalTypeId::BIGINT:
        case LogicalTypeId::UTINYINT:
        case LogicalTypeId::USMALLINT:
        case LogicalTypeId::UINTEGER:
        case LogicalTypeId::UBIGINT:
        case LogicalTypeId::HUGEINT:
        case LogicalTypeId::UHUGEINT:
        case LogicalTypeId::DECIMAL: out += Cell(client, value, false); return;
        case LogicalTypeId::FLOAT:
        case LogicalTypeId::DOUBLE:
            if (std::isfinite(value.GetValue<double>())) {
                out += Cell(client, value, false);
                return;
            }
            break;
        default: break;
    }
    std::string text = Cell(client, value, false);
    if (value.type().IsJSONType()) {
        out += text;
        return;
    }
    const auto id = value.type().id();
    const bool instant = id == LogicalTypeId::TIMESTAMP || id == LogicalTypeId::TIMESTAMP_TZ;
    if (const auto blank = text.find(' '); instant && blank != std::string::npos) text[blank] = 'T';
    AppendJsonString(text, out);
}

void AppendJsonStruct(duckdb::ClientContext& client, const Value& value, std::string& out, size_t depth) {
    const auto& fields = duckdb::StructValue::GetChildren(value);
    const auto& types = duckdb::StructType::GetChildTypes(value.type());
    out.push_back('{');
    for (size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) out.push_back(',');
        const auto name = types[i].first.GetIdentifierName();
        AppendJsonString(name.empty() ? "f" + std::to_string(i + 1) : std::string(name), out);
        out.push_back(':');
        AppendJsonAt(client, fields[i], out, depth + 1);
    }
    out.push_back('}');
}

void AppendJsonMap(duckdb::ClientContext& client, const Value& value, std::string& out, size_t depth) {
    out.push_back('{');
    bool first = true;
    for (const auto& entry : duckdb::ListValue::GetChildren(value)) {
        const auto& pair = duckdb::StructValue::GetChildren(entry);
        if (!first) out.push_back(',');
        first = false;
        AppendJsonString(pair[0].IsNull() ? "null" : PgValueText(client, pair[0]), out);
        out.push_back(':');
        AppendJsonAt(client, pair[1], out, depth + 1);
    }
    out.push_back('}');
}

void AppendJsonAt(duckdb::ClientContext& client, const Value& value, std::string& out, size_t depth) {
    if (value.IsNull() || depth > kDepthMax) {
        out += "null";
        return;
    }
    switch (value.type().id()) {
        case LogicalTypeId::LIST:
        case LogicalTypeId::ARRAY: {
            out.push_back('[');
            bool first = true;
            for (const auto& element : Elements(value)) {
                if (!first) out.push_back(',');
                first = false;
                AppendJsonAt(client, element, out, depth + 1);
            }
            out.push_back(']');
            return;
        }
        case LogicalTypeId::STRUCT: AppendJsonStruct(client, value, out, depth); return;
        case LogicalTypeId::MAP: AppendJsonMap(client, value, out, depth); return;
        case LogicalTypeId::UNION: AppendJsonAt(client, duckdb::UnionValue::GetValue(value), out, depth + 1); return;
        default: AppendJsonScalar(client, value, out);
    }
}

bool IsScalar(const LogicalType& type) {
    const auto id = type.id();
    return !IsList(type) && id != LogicalTypeId::STRUCT && id != LogicalTypeId::MAP && id != LogicalTypeId::UNION;
}

std::unexpected<Error> BadParameter(const char* sqlstate, std::string message) {
    Error error;
    error.message = std::move(message);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

}  // namespace

void PgAppendJson(duckdb::ClientContext& client, const Value& value, std::string& out) {
    AppendJsonAt(client, value, out, 0);
}

std::string PgValueText(duckdb::ClientContext& client, const Value& value) {
    const auto type = value.type();
    if (type.id() == LogicalTypeId::BLOB) return PgBytea(duckdb::StringValue::Get(value));
    if (IsScalar(type)) return Cell(client, value, false);
    std::string out;
    if (!IsList(type) || ToPgType(type).oid == kPgJson) {
        PgAppendJson(client, value, out);
        return out;
    }
    out.push_back('{');
    bool first = true;
    for (const auto& element : Elements(value)) {
        if (!first) out.push_back(',');
        first = false;
        if (element.IsNull()) out += "NULL";
        else PgAppendElement(out, PgValueText(client, element));
    }
    out.push_back('}');
    return out;
}

std::string PgValueBinary(duckdb::ClientContext& client, const Value& value) {
    const auto type = value.type();
    const auto pg = ToPgType(type);
    if (IsScalar(type)) return Cell(client, value, true);
    if (pg.element == 0) return PgValueText(client, value);
    const auto& elements = Elements(value);
    bool has_null = false;
    for (const auto& element : elements) has_null = has_null || element.IsNull();
    std::string out;
    AppendBig(out, elements.empty() ? 0 : 1, 4);
    AppendBig(out, has_null ? 1 : 0, 4);
    AppendBig(out, pg.element, 4);
    if (elements.empty()) return out;
    AppendBig(out, elements.size(), 4);
    AppendBig(out, 1, 4);
    for (const auto& element : elements) {
        if (element.IsNull()) {
            AppendBig(out, 0xFFFF'FFFF, 4);
            continue;
        }
        const std::string bytes = PgValueBinary(client, element);
        AppendBig(out, bytes.size(), 4);
        out += bytes;
    }
    return out;
}

void PgAppendNumeric(__int128 value, unsigned scale, std::string& out) {
    auto size = value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    // Cut the decimal digits into groups of four that meet at the point: pad right to a multiple of four.
    std::string digits;
    for (; size > 0; size /= 10) digits.insert(digits.begin(), static_cast<char>(static_cast<unsigned>(size % 10)));
    if (digits.size() < scale) digits.insert(0, scale - digits.size(), '\0');
    const size_t whole = digits.size() - scale;
    digits.insert(0, (4 - whole % 4) % 4, '\0');
    digits.append((4 - scale % 4) % 4, '\0');
    std::vector<uint16_t> groups;
    for (size_t i = 0; i + 3 < digits.size(); i += 4)
        groups.push_back(static_cast<uint16_t>(digits[i] * 1000 + digits[i + 1] * 100 + digits[i + 2] * 10 + digits[i + 3]));
    int weight = static_cast<int>((whole + 3) / 4) - 1;
    size_t first = 0;
    while (first < groups.size() && groups[first] == 0) {
        ++first;
        --weight;
    }
    size_t end = groups.size();
    while (end > first && groups[end - 1] == 0) --end;
    if (first == end) weight = 0;
    AppendBig(out, end - first, 2);
    AppendBig(out, static_cast<uint16_t>(weight), 2);
    AppendBig(out, value < 0 ? 0x4000 : 0, 2);
    AppendBig(out, scale, 2);
    for (size_t i = first; i < end; ++i) AppendBig(out, groups[i], 2);
}

namespace {

Result<Value> BinaryNumeric(std::string_view bytes) {
    if (bytes.size() < 8) return BadParameter("22P03", "insufficient data for numeric parameter");
    const auto at = [&](size_t i) { return static_cast<uint16_t>(TakeBig(bytes.substr(2 * i, 2))); };
    const size_t count = at(0);
    const auto weight = static_cast<int16_t>(at(1));
    const uint16_t sign = at(2);
    const size_t scale = at(3) & 0x3FFF;
    if (bytes.size() != 8 + 2 * count || count > 64) return BadParameter("22P03", "invalid numeric parameter");
    if (sign == 0xC000) return Value("NaN");
    if (sign != 0 && sign != 0x4000) return BadParameter("22P03", "invalid sign in numeric parameter");
    if (weight > 32 || weight < -32) return BadParameter("22003", "numeric parameter is out of range");
    std::string text = sign == 0x4000 ? "-0" : "0";
    std::string fraction;
    for (int group = 0; group <= weight; ++group) {
        const unsigned digits = static_cast<size_t>(group) < count ? at(4 + static_cast<size_t>(group)) : 0;
        if (digits > 9999) return BadParameter("22P03", "invalid digit in numeric parameter");
        text += std::to_string(10'000 + digits).substr(1);
    }
    for (int group = weight + 1; fraction.size() < scale && group < 64; ++group) {
        const unsigned digits = group >= 0 && static_cast<size_t>(group) < count ? at(4 + static_cast<size_t>(group)) : 0;
        if (digits > 9999) return BadParameter("22P03", "invalid digit in numeric parameter");
        fraction += std::to_string(10'000 + digits).substr(1);
    }
    if (scale > 0) text += "." + fraction.substr(0, scale);
    return Value(text);
}

Result<Value> BinaryArray(duckdb::ClientContext& client, std::string_view bytes, const LogicalType& type, int depth);

Result<Value> BinaryScalar(duckdb::ClientContext& client, std::string_view bytes, uint32_t oid, int depth) {
    const auto wrong = [&] { return BadParameter("22P03", "incorrect binary data format in a parameter"); };
    const auto wants = [&](size_t size) { return bytes.size() == size; };
    const uint64_t raw = bytes.size() <= 8 ? TakeBig(bytes) : 0;
    switch (oid) {
        case kPgBool: return wants(1) ? Result<Value>(Value::BOOLEAN(bytes[0] != 0)) : wrong();
        case kPgInt2: return wants(2) ? Result<Value>(Value::SMALLINT(static_cast<int16_t>(raw))) : wrong();
        case kPgInt4: return wants(4) ? Result<Value>(Value::INTEGER(static_cast<int32_t>(raw))) : wrong();
        case kPgInt8: return wants(8) ? Result<Value>(Value::BIGINT(static_cast<int64_t>(raw))) : wrong();
        case kPgOid:
        case 24:
        case 28:
        case 2205:
        case 2206: return wants(4) ? Result<Value>(Value::UINTEGER(static_cast<uint32_t>(raw))) : wrong();
        case kPgFloat4:
            if (!wants(4)) return wrong();
            return Value::FLOAT(std::bit_cast<float>(static_cast<uint32_t>(raw)));
        case kPgFloat8:
            if (!wants(8)) return wrong();
            return Value::DOUBLE(std::bit_cast<double>(raw));
        case kPgDate: {
            if (!wants(4)) return wrong();
            const auto days = static_cast<int32_t>(raw);
            if (days == INT32_MAX) return Value::DATE(duckdb::date_t(INT32_MAX));
            if (days == INT32_MIN) return Value::DATE(duckdb::date_t(-INT32_MAX));
            return Value::DATE(duckdb::date_t(days + kPgEpochDays));
        }
        case kPgTime:
            if (!wants(8) || static_cast<int64_t>(raw) < 0 || raw > 86'400'000'000) return wrong();
            return Value::TIME(duckdb::dtime_t(static_cast<int64_t>(raw)));
        case kPgTimestamp:
        case kPgTimestampTz: {
            if (!wants(8)) return wrong();
            const auto us = static_cast<int64_t>(raw);
            const int64_t here = us == INT64_MAX ? us : us == INT64_MIN ? -INT64_MAX : us + kPgEpochUs;
            if (oid == kPgTimestamp) return Value::TIMESTAMP(duckdb::timestamp_t(here));
            return Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(here));
        }
        case kPgTimeTz: {
            if (!wants(12)) return wrong();
            const auto us = static_cast<int64_t>(TakeBig(bytes.substr(0, 8)));
            const auto west = static_cast<int32_t>(TakeBig(bytes.substr(8, 4)));
            if (us < 0 || us > 86'400'000'000 || std::abs(static_cast<int64_t>(west)) > 57'599) return wrong();
            return Value::TIMETZ(duckdb::dtime_tz_t(duckdb::dtime_t(us), -west));
        }
        case kPgInterval:
            if (!wants(16)) return wrong();
            return Value::INTERVAL(static_cast<int32_t>(TakeBig(bytes.substr(12, 4))),
                                   static_cast<int32_t>(TakeBig(bytes.substr(8, 4))),
                                   static_cast<int64_t>(TakeBig(bytes.substr(0, 8))));
        case kPgNumeric: return BinaryNumeric(bytes);
        case kPgUuid: {
            if (!wants(16)) return wrong();
            char text[36];
            PgWriteUuid(text, TakeBig(bytes.substr(0, 8)), TakeBig(bytes.substr(8, 8)));
            return Value::UUID(std::string(text, 36));
        }
        case kPgBytea:
            return Value::BLOB(reinterpret_cast<duckdb::const_data_ptr_t>(bytes.data()), bytes.size());
        case 3802:
            if (bytes.empty() || bytes[0] != 1) return wrong();
            bytes.remove_prefix(1);
            break;
        default: {
            const auto type = FromPgType(oid);
            if (type.id() == LogicalTypeId::LIST) return BinaryArray(client, bytes, type, depth);
        }
    }
    if (!IsUtf8(bytes)) return BadParameter("22021", "invalid byte sequence for encoding \"UTF8\"");
    return Value(std::string(bytes));
}

Result<Value> BinaryArray(duckdb::ClientContext& client, std::string_view bytes, const LogicalType& type, int depth) {
    const auto wrong = [] { return BadParameter("22P03", "incorrect binary array in a parameter"); };
    if (bytes.size() < 12 || depth > 1) return wrong();
    const auto word = [&](size_t at) { return static_cast<uint32_t>(TakeBig(bytes.substr(at, 4))); };
    const auto child = duckdb::ListType::GetChildType(type);
    const uint32_t dimensions = word(0);
    const uint32_t element = word(8);
    duckdb::vector<Value> values;
    if (dimensions == 0) return Value::LIST(child, std::move(values));
    if (dimensions != 1) return BadParameter("0A000", "arrays with more than one dimension are not supported");
    if (bytes.size() < 20) return wrong();
    const uint32_t count = word(12);
    if (count > bytes.size() / 4) return wrong();
    size_t at = 20;
    for (uint32_t i = 0; i < count; ++i) {
        if (at + 4 > bytes.size()) return wrong();
        const uint32_t size = word(at);
        at += 4;
        if (size == 0xFFFF'FFFF) {
            values.emplace_back(child);
            continue;
        }
        if (size > bytes.size() - at) return wrong();
        values.push_back(TRY(BinaryScalar(client, bytes.substr(at, size), element, depth + 1)).CastAs(client, child));
        at += size;
    }
    return Value::LIST(child, std::move(values));
}

// '{1,2,"a b",NULL}' of one dimension.
Result<Value> TextArray(duckdb::ClientContext& client, std::string_view text, const LogicalType& type) {
    const auto wrong = [&] { return BadParameter("22P02", "malformed array literal in a parameter"); };
    const auto child = duckdb::ListType::GetChildType(type);
    text = Trim(text);
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') return wrong();
    text = text.substr(1, text.size() - 2);
    duckdb::vector<Value> values;
    size_t at = 0;
    while (at < text.size()) {
        std::string element;
        const bool quoted = text[at] == '"';
        if (quoted) {
            for (++at; at < text.size() && text[at] != '"'; ++at) {
                if (text[at] == '\\' && ++at >= text.size()) return wrong();
                element.push_back(text[at]);
            }
            if (at++ >= text.size()) return wrong();
        } else {
            while (at < text.size() && text[at] != ',') {
                if (text[at] == '{' || text[at] == '"') return wrong();
                element.push_back(text[at++]);
            }
            element = Trim(element);
        }
        if (at < text.size() && text[at++] != ',') return wrong();
        if (!quoted && ToLower(element) == "null") values.emplace_back(child);
        else values.push_back(Value(element).CastAs(client, child));
    }
    return Value::LIST(child, std::move(values));
}

}  // namespace

Result<Value> PgParameter(duckdb::ClientContext& client, std::string_view bytes, bool binary, uint32_t oid,
                          const LogicalType& type) {
    if (binary) {
        const Value value = TRY(BinaryScalar(client, bytes, oid, 0));
        if (oid != kPgNumeric) return value;
        return PgParameter(client, duckdb::StringValue::Get(value), false, oid, type);
    }
    if (!IsUtf8(bytes)) return BadParameter("22021", "invalid byte sequence for encoding \"UTF8\"");
    if (type.id() == LogicalTypeId::LIST) return TextArray(client, bytes, type);
    if (type.id() == LogicalTypeId::BLOB && bytes.starts_with("\\x")) {
        const auto raw = FromHex(bytes.substr(2));
        if (!raw) return BadParameter("22P02", "invalid hexadecimal data in a bytea parameter");
        return Value::BLOB(reinterpret_cast<duckdb::const_data_ptr_t>(raw->data()), raw->size());
    }
    if (type.id() == LogicalTypeId::BOOLEAN) {
        const std::string low = ToLower(Trim(bytes));
        if (low == "t" || low == "true" || low == "1" || low == "on" || low == "yes" || low == "y") return Value::BOOLEAN(true);
        if (low == "f" || low == "false" || low == "0" || low == "off" || low == "no" || low == "n") return Value::BOOLEAN(false);
        return BadParameter("22P02", "invalid input syntax for type boolean in a parameter");
    }
    if (oid == kPgNumeric) {  // As many places as were written, so that nothing is cut.
        const auto point = bytes.find('.');
        const size_t places = point == std::string_view::npos ? 0 : Trim(bytes).size() - point - 1;
        const bool plain = bytes.find_first_of("eEnN") == std::string_view::npos;
        if (plain && places <= 37)
            return Value(std::string(bytes)).CastAs(client, LogicalType::DECIMAL(38, static_cast<uint8_t>(places)));
        return Value(std::string(bytes)).CastAs(client, LogicalType::DOUBLE);
    }
    return Value(std::string(bytes)).CastAs(client, type);
}

}  // namespace weft::engine
