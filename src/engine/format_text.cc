#include "engine/format_text.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>

#include "base/text.h"
#include "duckdb/common/types/date.hpp"
#include "duckdb/common/types/hugeint.hpp"
#include "duckdb/common/types/time.hpp"
#include "duckdb/common/types/timestamp.hpp"
#include "duckdb/common/types/uhugeint.hpp"
#include "duckdb/common/types/uuid.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"

namespace weft::engine {

namespace {

using duckdb::idx_t;
using duckdb::LogicalTypeId;
using duckdb::PhysicalType;
using duckdb::UnifiedVectorFormat;

// Appends to a string through a plain pointer. Need() before Put of unchecked sizes.
class Sink {
  public:
    explicit Sink(std::string& out) : out_(out), size_(out.size()) { Grow(1u << 16); }
    ~Sink() { out_.resize(size_); }
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    char* Need(size_t bytes) {
        if (out_.size() - size_ < bytes) Grow(bytes);
        return out_.data() + size_;
    }
    void Took(const char* end) { size_ = static_cast<size_t>(end - out_.data()); }
    void Put(char c) { *Need(1) = c, ++size_; }
    void Put(std::string_view text) {
        std::memcpy(Need(text.size()), text.data(), text.size());
        size_ += text.size();
    }

  private:
    void Grow(size_t bytes) { out_.resize(std::max(out_.size() * 2, size_ + bytes)); }
    std::string& out_;
    size_t size_;
};

void PutJsonText(Sink& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    char* to = out.Need(text.size() * 6 + 2);
    *to++ = '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && c != '"' && c != '\\') [[likely]] {
            *to++ = c;
            continue;
        }
        *to++ = '\\';
        switch (c) {
            case '"':
            case '\\':
                *to++ = c;
                break;
            case '\n':
                *to++ = 'n';
                break;
            case '\r':
                *to++ = 'r';
                break;
            case '\t':
                *to++ = 't';
                break;
            default:
                std::memcpy(to, "u00", 3);
                to[3] = kHex[byte >> 4];
                to[4] = kHex[byte & 15];
                to += 5;
        }
    }
    *to++ = '"';
    out.Took(to);
}

void PutCsvText(Sink& out, std::string_view text) {
    bool plain = !text.empty();
    for (const char c : text) plain &= c != ',' && c != '"' && c != '\n' && c != '\r';
    if (plain) return out.Put(text);
    char* to = out.Need(text.size() * 2 + 2);
    *to++ = '"';
    for (const char c : text) {
        if (c == '"') *to++ = '"';
        *to++ = c;
    }
    *to++ = '"';
    out.Took(to);
}

// JSON as it is, on one line: its line breaks are only space between tokens.
void PutLine(Sink& out, std::string_view json) {
    char* to = out.Need(json.size());
    for (const char c : json) *to++ = c == '\n' || c == '\r' ? ' ' : c;
    out.Took(to);
}

char* Digits2(char* to, uint32_t value) {
    to[0] = static_cast<char>('0' + value / 10);
    to[1] = static_cast<char>('0' + value % 10);
    return to + 2;
}

// Proleptic Gregorian from days since 1970. REQUIRES: years 0000-9999.
char* WriteDate(char* to, int64_t days) {
    const int64_t z = days + 719'468, era = (z >= 0 ? z : z - 146'096) / 146'097;
    const auto doe = static_cast<uint32_t>(z - era * 146'097);
    const uint32_t yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
    const uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    const uint32_t day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    const auto year = static_cast<uint32_t>(static_cast<int64_t>(yoe) + era * 400 + (month <= 2));
    to = Digits2(Digits2(to, year / 100), year % 100);
    *to++ = '-';
    to = Digits2(to, month);
    *to++ = '-';
    return Digits2(to, day);
}

constexpr int64_t kDayMin = -719'528, kDayMax = 2'932'896;  // 0000-01-01 … 9999-12-31.
constexpr int64_t kDayUs = 86'400'000'000;

char* WriteTime(char* to, int64_t us) {
    const auto seconds = static_cast<uint32_t>(us / 1'000'000);
    to = Digits2(to, seconds / 3'600);
    *to++ = ':';
    to = Digits2(to, seconds / 60 % 60);
    *to++ = ':';
    to = Digits2(to, seconds % 60);
    auto fraction = static_cast<uint32_t>(us % 1'000'000);
    if (fraction == 0) return to;
    *to++ = '.';
    for (int i = 5; i >= 0; --i, fraction /= 10) to[i] = static_cast<char>('0' + fraction % 10);
    return to + 6;
}

char* WriteDecimal(char* to, int64_t value, uint8_t scale) {
    uint64_t power = 1;
    for (uint8_t i = 0; i < scale; ++i) power *= 10;
    const uint64_t size =
        value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    if (value < 0) *to++ = '-';
    to = std::to_chars(to, to + 20, size / power).ptr;
    if (scale == 0) return to;
    *to++ = '.';
    uint64_t fraction = size % power;
    for (uint8_t i = scale; i-- > 0; fraction /= 10) to[i] = static_cast<char>('0' + fraction % 10);
    return to + scale;
}

bool IsKnown(const duckdb::LogicalType& type) {
    switch (type.id()) {
        case LogicalTypeId::BOOLEAN:
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
        case LogicalTypeId::FLOAT:
        case LogicalTypeId::DOUBLE:
        case LogicalTypeId::DECIMAL:
        case LogicalTypeId::DATE:
        case LogicalTypeId::TIME:
        case LogicalTypeId::TIMESTAMP:
        case LogicalTypeId::TIMESTAMP_TZ:
        case LogicalTypeId::UUID:
        case LogicalTypeId::BLOB:
            return true;
        case LogicalTypeId::VARCHAR:
            return !type.IsJSONType();
        case LogicalTypeId::LIST:
            return IsKnown(duckdb::ListType::GetChildType(type));
        case LogicalTypeId::MAP:
            return IsKnown(duckdb::MapType::KeyType(type)) &&
                   IsKnown(duckdb::MapType::ValueType(type));
        case LogicalTypeId::STRUCT:
            if (duckdb::StructType::IsUnnamed(type)) return false;
            for (const auto& child : duckdb::StructType::GetChildTypes(type)) {
                if (!IsKnown(child.second)) return false;
            }
            return true;
        default:
            return false;
    }
}

// One column of a chunk, or a child of one, laid open. Depth is that of the type, which DuckDB
// bounds.
class Cells {
  public:
    Cells(const duckdb::RecursiveUnifiedVectorFormat& from, const duckdb::LogicalType& type,
          bool csv)
        : format_(from.unified),
          id_(type.id()),
          json_(type.IsJSONType()),
          csv_(csv),
          physical_(type.InternalType()) {
        if (id_ == LogicalTypeId::DECIMAL) scale_ = duckdb::DecimalType::GetScale(type);
        if (id_ == LogicalTypeId::LIST) {
            children_.emplace_back(from.children[0], duckdb::ListType::GetChildType(type), false);
        } else if (id_ == LogicalTypeId::MAP) {
            const auto& pair = from.children[0];
            children_.emplace_back(pair.children[0], duckdb::MapType::KeyType(type), false);
            children_.emplace_back(pair.children[1], duckdb::MapType::ValueType(type), false);
            pairs_ = &pair.unified;
        } else if (id_ == LogicalTypeId::STRUCT) {
            const auto& fields = duckdb::StructType::GetChildTypes(type);
            for (size_t i = 0; i < fields.size(); ++i) {
                std::string key = i == 0 ? "{" : ",";
                {
                    Sink sink(key);
                    PutJsonText(sink, fields[i].first.GetIdentifierName());
                    sink.Put(':');
                }
                keys_.push_back(std::move(key));
                children_.emplace_back(from.children[i], fields[i].second, false);
            }
        }
    }

    void Put(Sink& out, idx_t row) const {
        const auto at = format_.sel->get_index(row);
        if (!format_.validity.RowIsValid(at)) {
            if (!csv_) out.Put("null");
            return;
        }
        if (!children_.empty()) return PutNested(out, at);
        PutValue(out, at);
    }

  private:
    template <class T>
    const T& Get(idx_t at) const {
        return UnifiedVectorFormat::GetData<T>(format_)[at];
    }
    template <class T>
    void PutNumber(Sink& out, idx_t at) const {
        char* to = out.Need(32);
        out.Took(std::to_chars(to, to + 32, Get<T>(at)).ptr);
    }
    template <class T>
    void PutFloat(Sink& out, idx_t at) const {
        const T value = Get<T>(at);
        if (!std::isfinite(value))
            return PutWord(out, std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity");
        char* to = out.Need(32);
        out.Took(std::to_chars(to, to + 32, value).ptr);
    }
    // A text that needs no escapes.
    void PutWord(Sink& out, std::string_view word) const {
        if (!csv_) out.Put('"');
        out.Put(word);
        if (!csv_) out.Put('"');
    }
    void PutText(Sink& out, std::string_view text) const {
        csv_ ? PutCsvText(out, text) : PutJsonText(out, text);
    }
    void PutValue(Sink& out, idx_t at) const;
    void PutDecimal(Sink& out, idx_t at) const;
    void PutDay(Sink& out, idx_t at) const;
    void PutStamp(Sink& out, idx_t at) const;
    void PutNested(Sink& out, idx_t at) const;
    void PutJson(Sink& out, idx_t at) const;

    const UnifiedVectorFormat& format_;
    LogicalTypeId id_;
    bool json_;
    bool csv_;
    PhysicalType physical_;
    uint8_t scale_ = 0;
    std::vector<Cells> children_;
    std::vector<std::string> keys_;
    const UnifiedVectorFormat* pairs_ = nullptr;
};

void Cells::PutDecimal(Sink& out, idx_t at) const {
    char* to = out.Need(48);
    switch (physical_) {
        case PhysicalType::INT16:
            return out.Took(WriteDecimal(to, Get<int16_t>(at), scale_));
        case PhysicalType::INT32:
            return out.Took(WriteDecimal(to, Get<int32_t>(at), scale_));
        case PhysicalType::INT64:
            return out.Took(WriteDecimal(to, Get<int64_t>(at), scale_));
        default: {
            const auto text = duckdb::Hugeint::ToString(Get<duckdb::hugeint_t>(at));
            std::string_view digits = text;
            if (digits[0] == '-') {
                out.Put('-');
                digits.remove_prefix(1);
            }
            const size_t whole = digits.size() > scale_ ? digits.size() - scale_ : 0;
            if (whole == 0) out.Put('0');
            out.Put(digits.substr(0, whole));
            if (scale_ > 0) out.Put('.');
            for (size_t i = digits.size(); i < scale_; ++i) out.Put('0');
            out.Put(digits.substr(whole));
        }
    }
}

void Cells::PutDay(Sink& out, idx_t at) const {
    const auto date = Get<duckdb::date_t>(at);
    if (date.days < kDayMin || date.days > kDayMax)
        return PutWord(out, duckdb::Date::ToString(date));
    if (!csv_) out.Put('"');
    out.Took(WriteDate(out.Need(16), date.days));
    if (!csv_) out.Put('"');
}

void Cells::PutStamp(Sink& out, idx_t at) const {
    const auto stamp = Get<duckdb::timestamp_t>(at);
    int64_t days = stamp.value / kDayUs, us = stamp.value % kDayUs;
    if (us < 0) us += kDayUs, --days;
    const bool far = days < kDayMin ||
                     days > kDayMax;  // Infinity, years before 0 and beyond 9999: DuckDB's text.
    if (far) return PutWord(out, duckdb::Timestamp::ToString(stamp));
    if (!csv_) out.Put('"');
    char* to = WriteDate(out.Need(40), days);
    *to++ = 'T';
    to = WriteTime(to, us);
    if (id_ == LogicalTypeId::TIMESTAMP_TZ) *to++ = 'Z';
    out.Took(to);
    if (!csv_) out.Put('"');
}

void Cells::PutValue(Sink& out, idx_t at) const {
    switch (id_) {
        case LogicalTypeId::BOOLEAN:
            return out.Put(Get<bool>(at) ? "true" : "false");
        case LogicalTypeId::TINYINT:
            return PutNumber<int8_t>(out, at);
        case LogicalTypeId::SMALLINT:
            return PutNumber<int16_t>(out, at);
        case LogicalTypeId::INTEGER:
            return PutNumber<int32_t>(out, at);
        case LogicalTypeId::BIGINT:
            return PutNumber<int64_t>(out, at);
        case LogicalTypeId::UTINYINT:
            return PutNumber<uint8_t>(out, at);
        case LogicalTypeId::USMALLINT:
            return PutNumber<uint16_t>(out, at);
        case LogicalTypeId::UINTEGER:
            return PutNumber<uint32_t>(out, at);
        case LogicalTypeId::UBIGINT:
            return PutNumber<uint64_t>(out, at);
        case LogicalTypeId::HUGEINT:
            return out.Put(duckdb::Hugeint::ToString(Get<duckdb::hugeint_t>(at)));
        case LogicalTypeId::UHUGEINT:
            return out.Put(duckdb::Uhugeint::ToString(Get<duckdb::uhugeint_t>(at)));
        case LogicalTypeId::FLOAT:
            return PutFloat<float>(out, at);
        case LogicalTypeId::DOUBLE:
            return PutFloat<double>(out, at);
        case LogicalTypeId::DECIMAL:
            return PutDecimal(out, at);
        case LogicalTypeId::DATE:
            return PutDay(out, at);
        case LogicalTypeId::TIME: {
            char text[20];
            return PutWord(
                out, {text,
                      static_cast<size_t>(WriteTime(text, Get<duckdb::dtime_t>(at).value) - text)});
        }
        case LogicalTypeId::TIMESTAMP:
        case LogicalTypeId::TIMESTAMP_TZ:
            return PutStamp(out, at);
        case LogicalTypeId::UUID:
            return PutWord(out, duckdb::UUID::ToString(Get<duckdb::hugeint_t>(at)));
        case LogicalTypeId::BLOB: {
            const auto& blob = Get<duckdb::string_t>(at);
            return PutText(out, Base64({blob.GetData(), blob.GetSize()}));
        }
        default: {
            const auto& text = Get<duckdb::string_t>(at);
            if (json_ && !csv_) return PutLine(out, {text.GetData(), text.GetSize()});
            return PutText(out, {text.GetData(), text.GetSize()});
        }
    }
}

void Cells::PutJson(Sink& out, idx_t at) const {
    if (id_ == LogicalTypeId::STRUCT) {
        for (size_t i = 0; i < children_.size(); ++i) {
            out.Put(keys_[i]);
            children_[i].Put(out, at);
        }
        return out.Put('}');
    }
    const auto entry = Get<duckdb::list_entry_t>(at);
    out.Put(id_ == LogicalTypeId::MAP ? '{' : '[');
    for (idx_t i = 0; i < entry.length; ++i) {
        if (i > 0) out.Put(',');
        const idx_t child = entry.offset + i;
        if (id_ != LogicalTypeId::MAP) {
            children_[0].Put(out, child);
            continue;
        }
        std::string key;
        {
            Sink sink(key);
            children_[0].Put(sink, pairs_->sel->get_index(child));
        }
        if (key.starts_with('"'))
            out.Put(key);
        else
            PutJsonText(out, key);
        out.Put(':');
        children_[1].Put(out, pairs_->sel->get_index(child));
    }
    out.Put(id_ == LogicalTypeId::MAP ? '}' : ']');
}

void Cells::PutNested(Sink& out, idx_t at) const {
    if (!csv_) return PutJson(out, at);
    std::string json;
    {
        Sink sink(json);
        PutJson(sink, at);
    }
    PutCsvText(out, json);
}

}  // namespace

TextFormat::TextFormat(Format format, const std::vector<std::string>& names,
                       const duckdb::vector<duckdb::LogicalType>& types)
    : format_(format), types_(types) {
    for (size_t i = 0; i < names.size(); ++i) {
        std::string head = format == Format::kCsv ? (i == 0 ? "" : ",") : (i == 0 ? "{" : ",");
        if (format == Format::kCsv) {
            Sink header(header_);
            if (i > 0) header.Put(',');
            PutCsvText(header, names[i]);
        } else {
            Sink sink(head);
            PutJsonText(sink, names[i]);
            sink.Put(':');
        }
        heads_.push_back(std::move(head));
    }
}

void TextFormat::Begin(std::string& out) const {
    if (format_ == Format::kJson) out += "[";
    if (format_ == Format::kCsv) out += header_ + "\r\n";
}

void TextFormat::End(std::string& out) const {
    if (format_ == Format::kJson) out += first_ ? "]\n" : "\n]\n";
}

void TextFormat::Rows(duckdb::ClientContext& client, duckdb::DataChunk& rows, std::string& out) {
    const idx_t count = rows.size();
    const bool csv = format_ == Format::kCsv;
    std::vector<std::unique_ptr<duckdb::Vector>> casts;
    std::vector<duckdb::RecursiveUnifiedVectorFormat> formats(types_.size());
    std::vector<Cells> cells;
    cells.reserve(types_.size());
    for (idx_t i = 0; i < types_.size(); ++i) {
        auto* from = &rows.data[i];
        if (!IsKnown(types_[i]) && !types_[i].IsJSONType()) {
            casts.push_back(std::make_unique<duckdb::Vector>(duckdb::LogicalType::VARCHAR, count));
            duckdb::VectorOperations::Cast(client, *from, *casts.back(), count);
            from = casts.back().get();
        }
        duckdb::Vector::RecursiveToUnifiedFormat(*from, formats[i]);
        cells.emplace_back(formats[i], from->GetType(), csv);
    }
    Sink sink(out);
    for (idx_t row = 0; row < count; ++row) {
        if (format_ == Format::kJson) sink.Put(first_ ? "\n" : ",\n");
        first_ = false;
        for (size_t i = 0; i < cells.size(); ++i) {
            sink.Put(heads_[i]);
            cells[i].Put(sink, row);
        }
        if (csv)
            sink.Put("\r\n");
        else
            sink.Put(format_ == Format::kJson ? std::string_view("}") : std::string_view("}\n"));
    }
}

}  // namespace weft::engine
