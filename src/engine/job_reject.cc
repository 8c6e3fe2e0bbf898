#include "engine/job_reject.h"

#include "base/text.h"
#include "duckdb/common/vector/flat_vector.hpp"
#include "duckdb/common/vector/string_vector.hpp"
#include "duckdb/storage/buffer_manager.hpp"

namespace weft::engine {

namespace {

constexpr size_t kPlacesMax =
    1u << 20;  // Beyond, a file that is read twice counts its bad records twice.

const duckdb::vector<duckdb::LogicalType>& SpoolTypes() {
    using duckdb::LogicalType;
    static const duckdb::vector<LogicalType> types{
        LogicalType::VARCHAR,      LogicalType::VARCHAR, LogicalType::BIGINT, LogicalType::VARCHAR,
        LogicalType::TIMESTAMP_TZ, LogicalType::BIGINT,  LogicalType::VARCHAR};
    return types;
}

// Text that a VARCHAR may hold, whatever the bytes were: others become U+FFFD.
std::string ToUtf8(std::string_view bytes) {
    if (IsUtf8(bytes)) return std::string(bytes);
    std::string out;
    out.reserve(bytes.size() + 16);
    for (size_t i = 0; i < bytes.size();) {
        size_t size = 1;
        while (size <= 4 && i + size <= bytes.size() && !IsUtf8(bytes.substr(i, size))) ++size;
        if (size <= 4 && i + size <= bytes.size()) {
            out += bytes.substr(i, size);
            i += size;
        } else {
            out += "\xEF\xBF\xBD";
            ++i;
        }
    }
    return out;
}

std::string Cut(std::string text, size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
    return text;
}

}  // namespace

Rejects::Rejects(duckdb::DatabaseInstance& db, bool spool) {
    if (!spool) return;
    spool_ = std::make_unique<duckdb::ColumnDataCollection>(
        duckdb::BufferManager::GetBufferManager(db), SpoolTypes());
    pending_.Initialize(duckdb::Allocator::DefaultAllocator(), SpoolTypes());
}

void Rejects::Add(uint64_t place, BadRecord record, const Received* received) {
    const std::scoped_lock lock(lock_);
    if (place != 0 && places_.contains(place)) return;
    if (place != 0 && places_.size() < kPlacesMax) places_.insert(place);
    ++count_;
    record.raw = Cut(ToUtf8(record.raw), kRejectedRawBytesMax);
    if (spool_) Spool(record, received);
    record.raw = Cut(std::move(record.raw), kBadRawBytesMax);
    first_.emplace(std::pair(place == 0 ? UINT64_MAX : place, count_), std::move(record));
    if (first_.size() > kBadRecordsKept) first_.erase(std::prev(first_.end()));
}

std::vector<BadRecord> Rejects::First() const {
    std::vector<BadRecord> records;
    for (const auto& [place, record] : first_) records.push_back(record);
    return records;
}

void Rejects::Spool(const BadRecord& record, const Received* received) {
    using duckdb::FlatVector;
    const auto text = [&](duckdb::idx_t column, const std::string& value) {
        FlatVector::GetDataMutable<duckdb::string_t>(pending_.data[column])[pending_rows_] =
            duckdb::StringVector::AddString(pending_.data[column], value);
    };
    const auto number = [&](duckdb::idx_t column, uint64_t value) {
        FlatVector::GetDataMutable<int64_t>(pending_.data[column])[pending_rows_] =
            static_cast<int64_t>(value);
    };
    const auto null = [&](duckdb::idx_t column) {
        FlatVector::SetNull(pending_.data[column], pending_rows_, true);
    };
    text(0, record.column.empty() ? record.reason : record.column + ": " + record.reason);
    text(3, record.raw);
    if (received == nullptr) {
        text(1, record.file);
        number(2, record.line);
        for (const duckdb::idx_t column : {4, 5, 6}) null(column);
    } else {
        for (const duckdb::idx_t column : {1, 2}) null(column);
        number(4, static_cast<uint64_t>(received->received_us));
        number(5, received->position + (record.line - received->first_line));
        const auto key = ToUtf8(received->key);
        if (key.empty())
            null(6);
        else
            text(6, key);
    }
    if (++pending_rows_ == STANDARD_VECTOR_SIZE) FlushSpool();
}

void Rejects::FlushSpool() {
    if (pending_rows_ == 0) return;
    pending_.SetChildCardinality(pending_rows_);
    spool_->Append(pending_);
    pending_.Reset();
    pending_rows_ = 0;
}

const duckdb::ColumnDataCollection* Rejects::spool() {
    const std::scoped_lock lock(lock_);
    if (!spool_ || count_ == 0) return nullptr;
    FlushSpool();
    return spool_.get();
}

}  // namespace weft::engine
