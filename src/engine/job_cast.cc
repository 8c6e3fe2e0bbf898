#include "engine/job_cast.h"

#include <charconv>
#include <chrono>
#include <limits>

#include "duckdb/common/vector/flat_vector.hpp"
#include "duckdb/common/vector/string_vector.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"

namespace weft::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::string_t;
using Kind = DataType::Kind;

constexpr size_t kDigitsMax = 18;  // Any number of so many digits fits 64 bits.
constexpr int64_t kSecond = 1'000'000;

bool IsWhole(const DataType& type) {
    return type.kind == Kind::kInteger || type.kind == Kind::kBigint;
}

bool IsRead(const DataType& type) {
    switch (type.kind) {
        case Kind::kBoolean:
        case Kind::kInteger:
        case Kind::kBigint:
        case Kind::kDouble:
        case Kind::kDate:
        case Kind::kTimestamp:
        case Kind::kTimestampTz:
            return true;
        case Kind::kDecimal:
            return type.precision <= kDigitsMax;
        default:
            return false;
    }
}

bool IsNested(const DataType& type) {
    return type.kind == Kind::kList || type.kind == Kind::kStruct || type.kind == Kind::kMap;
}

// Takes up to `most` digits off the text.
size_t TakeDigits(std::string_view& text, size_t most, int64_t& value) {
    size_t count = 0;
    while (count < text.size() && count < most && text[count] >= '0' && text[count] <= '9')
        value = value * 10 + (text[count++] - '0');
    text.remove_prefix(count);
    return count;
}

bool TakeTwo(std::string_view& text, int64_t most, int64_t& value) {
    value = 0;
    return TakeDigits(text, 2, value) == 2 && value <= most;
}

bool TakeChar(std::string_view& text, char wanted) {
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<int64_t> TakeDate(std::string_view& text) {
    int64_t year = 0, month = 0, day = 0;
    if (TakeDigits(text, 4, year) != 4 || year == 0 || !TakeChar(text, '-') ||
        !TakeTwo(text, 12, month) || !TakeChar(text, '-') || !TakeTwo(text, 31, day))
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count();
}

// Z, or hours and minutes from Greenwich; as microseconds.
std::optional<int64_t> TakeZone(std::string_view& text) {
    if (TakeChar(text, 'Z')) return 0;
    const bool west = text.starts_with('-');
    int64_t hours = 0, minutes = 0;
    if (!TakeChar(text, west ? '-' : '+') || !TakeTwo(text, 14, hours) || !TakeChar(text, ':') ||
        !TakeTwo(text, 59, minutes))
        return std::nullopt;
    return (west ? -1 : 1) * (hours * 60 + minutes) * 60 * kSecond;
}

}  // namespace

std::optional<int64_t> ReadWhole(std::string_view text) {
    const bool minus = TakeChar(text, '-');
    int64_t value = 0;
    if (TakeDigits(text, kDigitsMax, value) == 0 || !text.empty()) return std::nullopt;
    return minus ? -value : value;
}

std::optional<int64_t> ReadDecimal(std::string_view text, uint32_t precision, uint32_t scale) {
    const bool minus = TakeChar(text, '-');
    int64_t value = 0;
    if (precision > kDigitsMax || TakeDigits(text, precision - scale, value) == 0)
        return std::nullopt;
    size_t fraction = 0;
    if (TakeChar(text, '.')) {
        fraction = TakeDigits(text, scale, value);
        if (fraction == 0) return std::nullopt;
    }
    if (!text.empty()) return std::nullopt;  // More digits than fit, or none of ours.
    for (; fraction < scale; ++fraction) value *= 10;
    return minus ? -value : value;
}

std::optional<double> ReadDouble(std::string_view text) {
    const size_t sign = text.starts_with('-') ? 1 : 0;
    if (text.size() == sign || text[sign] < '0' || text[sign] > '9') return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<int32_t> ReadDate(std::string_view text) {
    const auto days = TakeDate(text);
    if (!days || !text.empty()) return std::nullopt;
    return static_cast<int32_t>(*days);
}

std::optional<int64_t> ReadTimestamp(std::string_view text, bool zone) {
    const auto days = TakeDate(text);
    int64_t hours = 0, minutes = 0, seconds = 0;
    if (!days || !(TakeChar(text, 'T') || TakeChar(text, ' ')) || !TakeTwo(text, 23, hours) ||
        !TakeChar(text, ':') || !TakeTwo(text, 59, minutes) || !TakeChar(text, ':') ||
        !TakeTwo(text, 59, seconds))
        return std::nullopt;
    int64_t micros = 0;
    if (TakeChar(text, '.')) {
        size_t digits = TakeDigits(text, 6, micros);
        if (digits == 0) return std::nullopt;
        for (; digits < 6; ++digits) micros *= 10;
    }
    int64_t offset = 0;
    if (zone) {
        const auto found = TakeZone(text);
        if (!found) return std::nullopt;
        offset = *found;
    }
    if (!text.empty()) return std::nullopt;
    return (((*days * 24 + hours) * 60 + minutes) * 60 + seconds) * kSecond + micros - offset;
}

ColumnCast::ColumnCast(const DataType& type, const duckdb::LogicalType& duck, bool json)
    : type_(type),
      duck_(duck),
      text_type_(json && IsNested(type) ? duckdb::LogicalType::JSON()
                                        : duckdb::LogicalType(duckdb::LogicalType::VARCHAR)),
      reads_(IsRead(type)) {}

void ColumnCast::Start() {
    left_.clear();
    text_ = reads_ ? nullptr : duckdb::make_uniq<duckdb::Vector>(text_type_);
    typed_ = reads_ ? duckdb::make_uniq<duckdb::Vector>(duck_) : nullptr;
}

void ColumnCast::SetNull(idx_t row) { FlatVector::SetNull(reads_ ? *typed_ : *text_, row, true); }

bool ColumnCast::Read(idx_t row, std::string_view text) {
    const auto put = [&]<class T>(T value) {
        FlatVector::GetDataMutable<T>(*typed_)[row] = value;
        return true;
    };
    switch (type_.kind) {
        case Kind::kBoolean:
            return (text == "true" || text == "false") && put(text == "true");
        case Kind::kInteger: {
            const auto value = ReadWhole(text);
            return value && *value >= INT32_MIN && *value <= INT32_MAX &&
                   put(static_cast<int32_t>(*value));
        }
        case Kind::kBigint: {
            const auto value = ReadWhole(text);
            return value && put(*value);
        }
        case Kind::kDouble: {
            const auto value = ReadDouble(text);
            return value && put(*value);
        }
        case Kind::kDate: {
            const auto value = ReadDate(text);
            return value && put(*value);
        }
        case Kind::kTimestamp:
        case Kind::kTimestampTz: {
            const auto value = ReadTimestamp(text, type_.kind == Kind::kTimestampTz);
            return value && put(*value);
        }
        case Kind::kDecimal: {
            const auto value = ReadDecimal(text, type_.precision, type_.scale);
            if (!value) return false;
            if (duck_.InternalType() == duckdb::PhysicalType::INT16)
                return put(static_cast<int16_t>(*value));
            if (duck_.InternalType() == duckdb::PhysicalType::INT32)
                return put(static_cast<int32_t>(*value));
            return duck_.InternalType() == duckdb::PhysicalType::INT64 && put(*value);
        }
        default:
            return false;
    }
}

void ColumnCast::Set(idx_t row, std::string_view text, bool lasting) {
    if (reads_) {
        if (Read(row, text)) return;
        if (!text_) text_ = duckdb::make_uniq<duckdb::Vector>(text_type_);
        SetNull(row);  // Until Finish.
        left_.push_back(row);
        row = left_.size() - 1;
    }
    FlatVector::GetDataMutable<string_t>(*text_)[row] =
        lasting ? string_t(text.data(), static_cast<uint32_t>(text.size()))
                : duckdb::StringVector::AddStringOrBlob(*text_, text.data(), text.size());
}

void ColumnCast::Finish(duckdb::ClientContext& client, idx_t rows, const duckdb::Vector& lasting,
                        const std::function<void(idx_t)>& bad) {
    if (reads_) {
        FlatVector::SetSize(*typed_, rows);
        if (!left_.empty()) CastLeft(client, lasting, bad);
        return;
    }
    FlatVector::SetSize(*text_, rows);
    duckdb::StringVector::AddHeapReference(*text_, lasting);
    if (type_.kind != Kind::kVarchar) CastAll(client, rows, bad);
}

void ColumnCast::CastAll(duckdb::ClientContext& client, idx_t rows,
                         const std::function<void(idx_t)>& bad) {
    typed_ = duckdb::make_uniq<duckdb::Vector>(duck_, rows);
    std::string error;
    if (duckdb::VectorOperations::TryCast(client, *text_, *typed_, rows, &error, false)) return;
    duckdb::UnifiedVectorFormat from, to;
    text_->ToUnifiedFormat(from);
    typed_->ToUnifiedFormat(to);
    for (idx_t row = 0; row < rows; ++row) {
        if (from.validity.RowIsValid(from.sel->get_index(row)) &&
            !to.validity.RowIsValid(to.sel->get_index(row)))
            bad(row);
    }
}

void ColumnCast::CastLeft(duckdb::ClientContext& client, const duckdb::Vector& lasting,
                          const std::function<void(idx_t)>& bad) {
    const idx_t count = left_.size();
    FlatVector::SetSize(*text_, count);
    duckdb::StringVector::AddHeapReference(*text_, lasting);
    duckdb::Vector cast(duck_, count);
    std::string error;
    duckdb::VectorOperations::TryCast(client, *text_, cast, count, &error, false);
    cast.Flatten();
    const auto* texts = FlatVector::GetData<string_t>(*text_);
    const auto& valid = FlatVector::Validity(cast);
    for (idx_t i = 0; i < count; ++i) {
        const std::string_view text(texts[i].GetData(), texts[i].GetSize());
        const bool fraction = IsWhole(type_) && text.find('.') != std::string_view::npos;
        if (fraction || !valid.RowIsValid(i)) bad(left_[i]);
    }
    for (idx_t i = 0; i < count;) {  // Runs of neighbours at once.
        idx_t end = i + 1;
        while (end < count && left_[end] == left_[i] + (end - i)) ++end;
        duckdb::VectorOperations::Copy(cast, *typed_, end, i, left_[i]);
        i = end;
    }
}

}  // namespace weft::engine
