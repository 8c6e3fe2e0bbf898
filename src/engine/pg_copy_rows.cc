#include "engine/pg_copy_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace weft::engine {
namespace {

int OctalDigit(char c) { return c >= '0' && c <= '7' ? c - '0' : -1; }
int HexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// The number behind a backslash, of at most `digits_max` digits; `at` moves behind it.
char Number(std::string_view raw, size_t& at, size_t digits_max, int base, int (*digit)(char)) {
    int value = 0;
    for (size_t i = 0; i < digits_max && at < raw.size() && digit(raw[at]) >= 0; ++i)
        value = value * base + digit(raw[at++]);
    return static_cast<char>(value & 0xFF);
}

}  // namespace

std::unexpected<Error> PgCopyRows::Broken(const char* sqlstate, std::string message) const {
    Error error;
    error.code = Code::kInvalid;
    error.message = std::move(message);
    error.sqlstate = sqlstate;
    error.hint = fmt::format("COPY, line {}", line_);
    return std::unexpected(std::move(error));
}

void PgCopyRows::Feed(std::string_view bytes) {
    if (over_) return;
    if (begin_ > 0) {  // Rows that were taken leave.
        buffer_.erase(0, begin_);
        begin_ = 0;
    }
    buffer_ += bytes;
}

// A backslash takes the next byte with it, a line end too.
PgCopyRows::Found PgCopyRows::FindText(size_t& end, size_t& next) {
    size_t at = begin_ + looked_;
    while (true) {
        at = std::min(buffer_.find_first_of("\n\\", at), buffer_.size());
        if (at == buffer_.size()) break;
        if (buffer_[at] == '\n') {
            end = at;
            next = at + 1;
            return Found::kLine;
        }
#ifndef WEFT_PLANT_BUG                        // Fuzzing must find what happens without this line.
        if (at + 1 == buffer_.size()) break;  // Its second byte is still to come.
#endif
        at += 2;
    }
    looked_ = at - begin_;
    end = next = buffer_.size();
    return Found::kMore;
}

PgCopyRows::Found PgCopyRows::FindCsv(size_t& end, size_t& next) {
    const bool escapes = options_.escape != options_.quote;
    size_t at = begin_ + looked_;
    for (; at < buffer_.size(); ++at) {
        const char c = buffer_[at];
        if (quoted_ && escapes && c == options_.escape) {
            if (at + 1 == buffer_.size()) break;
            ++at;
        } else if (c == options_.quote) {
            quoted_ = !quoted_;  // A doubled one switches twice.
        } else if (c == '\n' && !quoted_) {
            end = at;
            next = at + 1;
            return Found::kLine;
        }
    }
    looked_ = std::min(at, buffer_.size()) - begin_;
    end = next = buffer_.size();
    return Found::kMore;
}

Result<bool> PgCopyRows::Next(Fields& fields) {
    if (over_) return false;
    const bool csv = options_.format == PgCopyOptions::Format::kCsv;
    size_t end = 0;
    size_t next = 0;
    const auto found = csv ? FindCsv(end, next) : FindText(end, next);
    line_ = breaks_;
    if (end - begin_ > kCopyRowBytesMax)
        return Broken("54000", "a row of COPY is longer than 1 MiB");
    if (found == Found::kMore) {
        if (!ended_ || begin_ == buffer_.size()) return false;
        if (csv && quoted_) return Broken("22P04", "unterminated CSV quoted field");
    }
    std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
    breaks_ += static_cast<uint64_t>(std::count(line.begin(), line.end(), '\n')) + 1;
    begin_ = next;
    looked_ = 0;
    quoted_ = false;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "\\.") {
        over_ = true;
        return false;
    }
    if (!IsUtf8(line)) return Broken("22021", "invalid byte sequence for encoding \"UTF8\"");
    fields.clear();
    unescaped_.clear();
    CHECK_OK(csv ? SplitCsv(line, fields) : SplitText(line, fields));
    return true;
}

std::string_view PgCopyRows::Unescape(std::string_view raw) {
    if (raw.find('\\') == std::string_view::npos) return raw;
    std::string& text = unescaped_.emplace_back();
    for (size_t at = 0; at < raw.size();) {
        if (raw[at] != '\\' || at + 1 == raw.size()) {
            text.push_back(raw[at++]);
            continue;
        }
        const char c = raw[at + 1];
        if (OctalDigit(c) >= 0) {
            text.push_back(Number(raw, ++at, 3, 8, OctalDigit));
            continue;
        }
        if (c == 'x' && at + 2 < raw.size() && HexDigit(raw[at + 2]) >= 0) {
            at += 2;
            text.push_back(Number(raw, at, 2, 16, HexDigit));
            continue;
        }
        at += 2;
        switch (c) {
            case 'b':
                text.push_back('\b');
                break;
            case 'f':
                text.push_back('\f');
                break;
            case 'n':
                text.push_back('\n');
                break;
            case 'r':
                text.push_back('\r');
                break;
            case 't':
                text.push_back('\t');
                break;
            case 'v':
                text.push_back('\v');
                break;
            default:
                text.push_back(c);
        }
    }
    return text;
}

Result<> PgCopyRows::SplitText(std::string_view line, Fields& fields) {
    if (line.find('\r') != std::string_view::npos)
        return Broken("22P04",
                      "literal carriage return found in data: use \"\\r\" to represent one");
    for (size_t begin = 0;;) {
        size_t end = begin;
        while (end < line.size() && line[end] != options_.delimiter)
            end += line[end] == '\\' ? 2 : 1;
        end = std::min(end, line.size());
        if (fields.size() >= kCopyFieldsMax)
            return Broken("22P04", "extra data after last expected column");
        const std::string_view raw(line.data() + begin, end - begin);
        if (raw == options_.null_text) {
            fields.emplace_back();
        } else {
            fields.emplace_back(Unescape(raw));
            // Octal and hexadecimal escapes can make bytes that are no text.
            if (!IsUtf8(*fields.back()))
                return Broken("22021", "invalid byte sequence for encoding \"UTF8\"");
        }
        if (end >= line.size()) return {};
        begin = end + 1;
    }
}

Result<> PgCopyRows::SplitCsv(std::string_view line, Fields& fields) {
    for (size_t at = 0;;) {
        const size_t begin = at;
        std::string text;
        bool quoted = false;
        bool inside = false;
        for (; at < line.size() && (inside || line[at] != options_.delimiter); ++at) {
            const char c = line[at];
            if (inside && c == options_.escape && at + 1 < line.size() &&
                (line[at + 1] == options_.quote || line[at + 1] == options_.escape)) {
                text.push_back(line[++at]);
            } else if (c == options_.quote) {
                inside = !inside;
                quoted = true;
            } else {
                text.push_back(c);
            }
        }
        if (inside) return Broken("22P04", "unterminated CSV quoted field");
        if (fields.size() >= kCopyFieldsMax)
            return Broken("22P04", "extra data after last expected column");
        const auto raw = line.substr(begin, at - begin);
        if (!quoted && raw == options_.null_text) {
            fields.emplace_back();
        } else if (!quoted) {
            fields.emplace_back(raw);
        } else {
            fields.emplace_back(unescaped_.emplace_back(std::move(text)));
        }
        if (at >= line.size()) return {};
        ++at;
    }
}

}  // namespace weft::engine
