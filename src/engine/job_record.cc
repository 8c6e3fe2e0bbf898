#include "engine/job_record.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

namespace weft::engine {

namespace {
constexpr size_t kReadBytes = 256u << 10;
constexpr std::string_view kBom = "\xEF\xBB\xBF";
constexpr uint32_t kJsonDepthMax = 64;
}  // namespace

bool RecordReader::Fill() {
    if (ended_) return false;
    if (begin_ > 0) {
        buffer_.erase(0, begin_);
        begin_ = 0;
    }
    const size_t have = buffer_.size();
    const size_t want =
        std::max(kReadBytes, have);  // Doubles for a long record, so its rescans stay linear.
    buffer_.resize(have + want);
    const size_t got = source_(buffer_.data() + have, want);
    buffer_.resize(have + got);
    bytes_read_ += got;
    ended_ = got == 0;
    if (!started_ && buffer_.size() >= kBom.size()) {
        started_ = true;
        if (buffer_.starts_with(kBom)) begin_ = kBom.size();
    }
    return got > 0;
}

void RecordReader::Advance(size_t next) {
    if (kind_ == Kind::kLines) {  // One line at most.
        line_ += next > begin_ && buffer_[next - 1] == '\n' ? 1 : 0;
        begin_ = next;
        return;
    }
    line_ +=
        static_cast<uint64_t>(std::count(buffer_.begin() + static_cast<ptrdiff_t>(begin_),
                                         buffer_.begin() + static_cast<ptrdiff_t>(next), '\n'));
    begin_ = next;
}

// Gives up on a record: the physical line at begin_ (as far as it is in the buffer) becomes a
// broken one.
void RecordReader::TakeLine(Record& record, std::string reason) {
    const size_t found = buffer_.find('\n', begin_);
    const size_t end = found == std::string::npos ? buffer_.size() : found;
    record.line = line_;
    record.raw = std::string_view(buffer_).substr(begin_, end - begin_);
    record.fields.clear();
    record.broken = std::move(reason);
    skipping_ = found == std::string::npos && !ended_;
    Advance(found == std::string::npos ? end : end + 1);
}

bool RecordReader::Next(Record& record) {
    record.fields.clear();
    record.broken.clear();
    unescaped_.clear();
    while (skipping_) {
        const size_t found = buffer_.find('\n', begin_);
        if (found != std::string::npos) {
            Advance(found + 1);
            skipping_ = false;
        } else {
            begin_ = buffer_.size();
            if (!Fill()) skipping_ = false;
        }
    }
    while (true) {
        if (begin_ == buffer_.size() && !Fill()) return false;
        size_t end = 0, next = 0;
        record.fields.clear();
        unescaped_.clear();
        const Scan scan =
            kind_ == Kind::kCsv ? ScanCsv(record, end, next) : ScanLine(record, end, next);
        if (scan == Scan::kBroken) {
            TakeLine(record, "text after a closing quote");
            return true;
        }
        if (scan == Scan::kMore) {
            if (buffer_.size() - begin_ > kRecordBytesMax) {
                TakeLine(record, "longer than 16 MiB");
                return true;
            }
            if (Fill() || begin_ < buffer_.size()) {
                if (!ended_) continue;
                if (kind_ == Kind::kCsv && ScanCsv(record, end, next) == Scan::kMore) {
                    TakeLine(record, "quote is not closed");
                    return true;
                }
            }
            continue;
        }
        record.line = line_;
        record.raw = std::string_view(buffer_).substr(begin_, end - begin_);
        Advance(next);
        if (record.raw.empty()) continue;
        if (record.raw.size() > kRecordBytesMax) {
            record.fields.clear();
            record.broken = "longer than 16 MiB";
        }
        return true;
    }
}

RecordReader::Scan RecordReader::ScanLine(Record&, size_t& end, size_t& next) {
    const size_t found = buffer_.find('\n', begin_);
    if (found == std::string::npos) {
        if (!ended_) return Scan::kMore;
        end = next = buffer_.size();
    } else {
        end = found;
        next = found + 1;
    }
    if (end > begin_ && buffer_[end - 1] == '\r') --end;
    return Scan::kDone;
}

// `at` is behind the opening quote; it ends behind the closing one.
RecordReader::Scan RecordReader::ScanQuoted(size_t& at, RecordField& field) {
    const size_t start = at;
    std::string* copy = nullptr;
    size_t from = start;
    while (true) {
        const auto* found =
            static_cast<const char*>(std::memchr(buffer_.data() + at, '"', buffer_.size() - at));
        if (found == nullptr) return Scan::kMore;
        at = static_cast<size_t>(found - buffer_.data()) + 1;
        if (at == buffer_.size() && !ended_)
            return Scan::kMore;  // Doubled or closing: the next byte says.
        if (at == buffer_.size() || buffer_[at] != '"') break;
        if (copy == nullptr) copy = &unescaped_.emplace_back();
        copy->append(buffer_, from, at - from);  // With one quote of the two.
        from = ++at;
    }
    field.quoted = true;
    if (copy != nullptr) {
        copy->append(buffer_, from, at - 1 - from);
        field.text = *copy;
    } else {
        field.text = std::string_view(buffer_).substr(start, at - 1 - start);
    }
    return Scan::kDone;
}

RecordReader::Scan RecordReader::ScanCsv(Record& record, size_t& end, size_t& next) {
    record.fields.clear();
    size_t at = begin_;
    const char* data = buffer_.data();
    const size_t size = buffer_.size();
    while (true) {
        RecordField field;
        if (at < size && data[at] == '"') {
            ++at;
            if (const Scan scan = ScanQuoted(at, field); scan != Scan::kDone) return scan;
        } else {
            const size_t start = at;
            while (at < size && data[at] != delimiter_ && data[at] != '\n') ++at;
            if (at == size && !ended_) return Scan::kMore;
            size_t stop = at;
            if (stop > start && (at == size || data[at] == '\n') && data[stop - 1] == '\r') --stop;
            field.text = std::string_view(buffer_).substr(start, stop - start);
        }
        record.fields.push_back(field);
        if (field.quoted && at < size && data[at] == '\r') {  // CRLF behind a closing quote.
            if (at + 1 == size && !ended_) return Scan::kMore;
            if (at + 1 == size || data[at + 1] == '\n') ++at;
        }
        if (at == size && !ended_) return Scan::kMore;
        if (at == size || data[at] == '\n') break;
        if (data[at] != delimiter_) return Scan::kBroken;
        ++at;
    }
    end = at;
    next = at == size ? at : at + 1;
    if (end > begin_ && data[end - 1] == '\r') --end;
    return Scan::kDone;
}

namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Where in `text` at or behind `at` the next quote, backslash or control character is; near its end
// perhaps before that.
size_t SkipPlain(std::string_view text, size_t at) {
    constexpr uint64_t kHigh = 0x8080808080808080, kLow = 0x0101010101010101;
    const auto zero = [](uint64_t word) { return (word - kLow) & ~word & kHigh; };
    static_assert(std::endian::native == std::endian::little);
    for (; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) {
        uint64_t word = 0;
        std::memcpy(&word, text.data() + at, sizeof word);
        const uint64_t found = zero(word ^ (kLow * '"')) | zero(word ^ (kLow * '\\')) |
                               ((word - kLow * 0x20) & ~word & kHigh);
        if (found != 0) return at + static_cast<size_t>(std::countr_zero(found)) / 8;
    }
    return at;
}

class JsonText {  // A cursor over one line of JSON.
  public:
    explicit JsonText(std::string_view text) : text_(text) {}

    void Space() {
        while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    }
    bool Take(char wanted) {
        Space();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    bool AtEnd() {
        Space();
        return at_ == text_.size();
    }
    char Peek() {
        Space();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    // The string at the cursor, without quotes; `scratch` holds it when it has escapes.
    bool String(std::string_view& out, std::deque<std::string>& scratch);
    bool Other(std::string_view& out);   // Number, true, false, null: up to a separator.
    bool Nested(std::string_view& out);  // Object or array, by depth.

  private:
    bool Escape(std::string& out);
    std::optional<uint32_t> Hex4();
    std::string_view text_;
    size_t at_ = 0;
};

std::optional<uint32_t> JsonText::Hex4() {
    if (text_.size() - at_ < 4) return std::nullopt;
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = text_[at_++];
        value <<= 4;
        if (c >= '0' && c <= '9')
            value |= static_cast<uint32_t>(c - '0');
        else if (c >= 'a' && c <= 'f')
            value |= static_cast<uint32_t>(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            value |= static_cast<uint32_t>(c - 'A' + 10);
        else
            return std::nullopt;
    }
    return value;
}

void AppendUtf8(std::string& out, uint32_t c) {
    const auto push = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        push(c);
    } else if (c < 0x800) {
        push(0xC0 | c >> 6);
        push(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        push(0xE0 | c >> 12);
        push(0x80 | (c >> 6 & 0x3F));
        push(0x80 | (c & 0x3F));
    } else {
        push(0xF0 | c >> 18);
        push(0x80 | (c >> 12 & 0x3F));
        push(0x80 | (c >> 6 & 0x3F));
        push(0x80 | (c & 0x3F));
    }
}

bool JsonText::Escape(std::string& out) {
    if (at_ == text_.size()) return false;
    const char c = text_[at_++];
    static constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    if (const size_t i = kFrom.find(c); i != std::string_view::npos) {
        out.push_back(kTo[i]);
        return true;
    }
    if (c != 'u') return false;
    auto code = Hex4();
    if (!code || *code == 0) return false;  // A text with a NUL fits no client.
    if (*code >= 0xD800 && *code < 0xDC00) {  // A surrogate pair, or nothing.
        if (!text_.substr(at_).starts_with("\\u")) return false;
        at_ += 2;
        const auto low = Hex4();
        if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
        code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    } else if (*code >= 0xDC00 && *code <= 0xDFFF) {
        return false;
    }
    AppendUtf8(out, *code);
    return true;
}

bool JsonText::String(std::string_view& out, std::deque<std::string>& scratch) {
    if (!Take('"')) return false;
    const size_t start = at_;
    size_t from = at_;
    std::string* copy = nullptr;
    while (true) {
        at_ = SkipPlain(text_, at_);
        if (at_ >= text_.size()) return false;
        const char c = text_[at_];
        if (static_cast<unsigned char>(c) < 0x20) return false;
        if (c == '"') {
            if (copy != nullptr) copy->append(text_, from, at_ - from);
            out = copy != nullptr ? std::string_view(*copy) : text_.substr(start, at_ - start);
            ++at_;
            return true;
        }
        if (c != '\\') {
            ++at_;
            continue;
        }
        if (copy == nullptr) copy = &scratch.emplace_back();
        copy->append(text_, from, at_ - from);
        ++at_;
        if (!Escape(*copy)) return false;
        from = at_;
    }
}

// -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
bool IsJsonNumber(std::string_view text) {
    size_t at = text.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const size_t from = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at - from;
    };
    const bool zero = at < text.size() && text[at] == '0';
    const size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

bool JsonText::Other(std::string_view& out) {
    const size_t start = at_;
    const auto ends = [](char c) { return c == ',' || c == '}' || c == ']' || IsSpace(c); };
    while (at_ < text_.size() && !ends(text_[at_])) ++at_;
    out = text_.substr(start, at_ - start);
    return out == "null" || out == "true" || out == "false" || IsJsonNumber(out);
}

bool JsonText::Nested(std::string_view& out) {
    const size_t start = at_;
    uint32_t depth = 0;
    bool in_string = false;
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (in_string) {
            if (c == '\\')
                ++at_;
            else if (c == '"')
                in_string = false;
            continue;
        }
        if (c == '"')
            in_string = true;
        else if (c == '{' || c == '[') {
            if (++depth > kJsonDepthMax) return false;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            ++at_;
            out = text_.substr(start, at_ - start);
            return true;
        }
    }
    return false;
}

}  // namespace

std::string SplitJson(std::string_view text, std::vector<JsonMember>& members,
                      std::deque<std::string>& scratch) {
    members.clear();
    JsonText in(text);
    if (!in.Take('{')) return "not a JSON object";
    if (in.Take('}')) return in.AtEnd() ? "" : "text after the JSON object";
    while (true) {
        JsonMember member;
        if (!in.String(member.name, scratch) || !in.Take(':')) return "not valid JSON";
        const char c = in.Peek();
        bool valid = false;
        if (c == '"') {
            member.kind = JsonMember::Kind::kString;
            valid = in.String(member.value, scratch);
        } else if (c == '{' || c == '[') {
            member.kind = JsonMember::Kind::kNested;
            valid = in.Nested(member.value);
        } else {
            valid = in.Other(member.value);
            member.kind =
                member.value == "null" ? JsonMember::Kind::kNull : JsonMember::Kind::kOther;
        }
        if (!valid) return "not valid JSON";
        members.push_back(member);
        if (in.Take(',')) continue;
        if (!in.Take('}')) return "not valid JSON";
        return in.AtEnd() ? "" : "text after the JSON object";
    }
}

char SniffDelimiter(std::string_view sample) {
    char best = ',';
    size_t best_score = 0;
    for (const char delimiter : {',', ';', '\t', '|'}) {
        size_t at = 0;
        RecordReader reader(
            [&](char* to, size_t n) {
                n = std::min(n, sample.size() - at);
                std::memcpy(to, sample.data() + at, n);
                at += n;
                return n;
            },
            RecordReader::Kind::kCsv, delimiter);
        std::map<size_t, size_t> widths;  // How many records have so many fields.
        Record record;
        for (int i = 0; i < 100 && reader.Next(record); ++i) {
            if (record.broken.empty() && record.fields.size() > 1) ++widths[record.fields.size()];
        }
        for (const auto& [width, count] : widths) {
            if (count * 1'000 + width > best_score) {
                best_score = count * 1'000 + width;
                best = delimiter;
            }
        }
    }
    return best;
}

}  // namespace weft::engine
