#include "app/csv.h"

namespace weft::app {
namespace {

constexpr size_t kFieldBytesMax = 64u << 20;

}  // namespace

void CsvReader::EndField() {
    if (field_.empty() && !quoted_) row_.emplace_back();
    else row_.emplace_back(std::move(field_));
    field_.clear();
    quoted_ = false;
    state_ = State::kStart;
}

bool CsvReader::EndRecord() {
    EndField();
    TableRow row = std::move(row_);
    row_.clear();
    return on_row_(std::move(row));
}

bool CsvReader::Take(char c) {
    if (state_ == State::kQuoted) {
        if (c == '"') state_ = State::kQuoteInQuoted;
        else field_ += c;
        return field_.size() <= kFieldBytesMax;
    }
    if (state_ == State::kQuoteInQuoted && c == '"') {
        field_ += c;
        state_ = State::kQuoted;
        return true;
    }
    if (c == ',') {
        EndField();
    } else if (c == '\n') {
        return EndRecord();
    } else if (c == '"' && state_ == State::kStart) {
        quoted_ = true;
        state_ = State::kQuoted;
    } else if (c != '\r') {
        field_ += c;
        state_ = State::kPlain;
    }
    return field_.size() <= kFieldBytesMax;
}

bool CsvReader::Feed(std::string_view piece) {
    for (const char c : piece)
        if (!Take(c)) return false;
    return true;
}

bool CsvReader::End() {
    if (state_ == State::kStart && row_.empty()) return true;
    return EndRecord();
}

}  // namespace weft::app
