#include "app/record_parts.h"

#include <utility>

namespace weft::app {
namespace {

constexpr size_t kRecordBytesMax = 16u << 20;  // The node takes at most 1 MiB: it says so better.

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

// Whether the line break (JSON Lines, CSV) at hand ends a record.
bool RecordParts::EndsRecord(char c) {
    if (form_ == RecordForm::kCsv && c == '"') quoted_ = !quoted_;
    return c == '\n' && !quoted_;
}

void RecordParts::EndRecord() {
    std::string record = std::exchange(record_, {});
    if (record.find_first_not_of(" \t\r\n") == std::string::npos) return;
    if (form_ != RecordForm::kArray && record.back() != '\n') record += '\n';
    if (form_ == RecordForm::kCsv && !has_header_) {
        header_ = std::move(record);
        has_header_ = true;
        return;
    }
    if (!part_.text.empty() && part_.text.size() + record.size() > bytes_max_) Flush();
    if (part_.text.empty()) part_.text = form_ == RecordForm::kArray ? "[" : header_;
    if (form_ == RecordForm::kArray && part_.count > 0) part_.text += ',';
    part_.text += record;
    ++part_.count;
}

Result<> RecordParts::FeedArray(char c) {
    if (closed_) {
        if (IsBlank(c)) return {};
        return Fail(Code::kInvalid, "there is something behind the end of the array");
    }
    if (depth_ == 0) {
        if (c != '[' && !IsBlank(c))
            return Fail(Code::kInvalid, "this is no JSON array", "name its form: --format jsonl");
        depth_ = c == '[' ? 1 : 0;
        return {};
    }
    if (quoted_) {
        if (!escaped_ && c == '"') quoted_ = false;
        escaped_ = !escaped_ && c == '\\';
    } else if (c == '"') {
        quoted_ = true;
    } else if (c == '[' || c == '{') {
        ++depth_;
    } else if (c == ']' || c == '}') {
        --depth_;
        closed_ = depth_ == 0;
    }
    if (closed_ || (depth_ == 1 && !quoted_ && c == ',')) {
        EndRecord();
    } else {
        record_ += c;
    }
    return {};
}

Result<> RecordParts::Feed(std::string_view piece) {
    for (const char c : piece) {
        if (form_ == RecordForm::kArray) {
            CHECK_OK(FeedArray(c));
        } else {
            record_ += c;
            if (EndsRecord(c)) EndRecord();
        }
        if (record_.size() > kRecordBytesMax)
            return Fail(Code::kLimit, "a record has no end within 16 MiB",
                        "is the form right? --format jsonl, json or csv");
    }
    return {};
}

Result<> RecordParts::End() {
    if (form_ == RecordForm::kArray && !closed_ && (depth_ > 0 || !record_.empty()))
        return Fail(Code::kInvalid, "the array does not end");
    if (form_ != RecordForm::kArray) EndRecord();
    Flush();
    return {};
}

void RecordParts::Flush() {
    if (part_.count == 0) return;
    if (form_ == RecordForm::kArray) part_.text += ']';
    ready_.push_back(std::exchange(part_, {}));
}

RecordParts::Part RecordParts::TakePart() {
    Part part = std::move(ready_.front());
    ready_.pop_front();
    return part;
}

}  // namespace weft::app
