#include "ingest/json_scan.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

namespace weft::ingest {
namespace {

constexpr size_t kLevelsMax = 64;

// What stops a run of bytes that mean nothing to the scanner.
enum Stop : uint8_t { kInText = 1, kInNested = 2, kInWord = 4 };

constexpr std::array<uint8_t, 256> MakeStops() {
    std::array<uint8_t, 256> stops{};
    const auto set = [&](std::string_view bytes, uint8_t stop) {
        for (const char c : bytes) {
            const auto i = static_cast<uint8_t>(c);
            stops[i] = static_cast<uint8_t>(stops[i] | stop);
        }
    };
    set("\"\\\n\r", kInText);
    set("\"{}[]", kInNested);
    set("\"{}[],: \t\n\r", kInWord);
    return stops;
}

constexpr std::array<uint8_t, 256> kStops = MakeStops();

size_t Skip(std::string_view text, size_t at, Stop stop) {
    while (at < text.size() && (kStops[static_cast<uint8_t>(text[at])] & stop) == 0) ++at;
    return at;
}

}  // namespace

std::unexpected<Error> JsonScan::Bad(size_t at, std::string_view why) const {
    return Fail(Code::kInvalid, fmt::format("{} at byte {}", why, at));
}

bool JsonScan::AtEnd() {
    while (at_ < text_.size() && std::strchr(" \t\n\r", text_[at_]) && text_[at_] != '\0') ++at_;
    return at_ == text_.size();
}

bool JsonScan::Eat(char c) {
    if (AtEnd() || text_[at_] != c) return false;
    ++at_;
    return true;
}

Result<> JsonScan::Text() {
    const size_t begin = at_++;
    while (true) {
        at_ = Skip(text_, at_, kInText);
        if (at_ == text_.size()) return Bad(begin, "a text does not end");
        const char c = text_[at_++];
        if (c == '"') return {};
        if (c != '\\') return Bad(at_ - 1, "a line break inside a text");
        if (at_ == text_.size()) return Bad(begin, "a text does not end");
        if (text_[at_] != '\n' && text_[at_] != '\r')
            ++at_;  // What is escaped; a break is seen above.
    }
}

Result<> JsonScan::Nested() {
    const size_t begin = at_;
    std::array<char, kLevelsMax> closing;
    size_t levels = 0;
    while (true) {
        at_ = Skip(text_, at_, kInNested);
        if (at_ == text_.size()) return Bad(begin, "a value does not end");
        const char c = text_[at_];
        if (c == '"') {
            CHECK_OK(Text());
            continue;
        }
        if (c == '{' || c == '[') {
#ifndef WEFT_PLANT_BUG  // The fuzzers must find what this line prevents.
            if (levels == kLevelsMax) return Bad(at_, "more than 64 levels");
#endif
            closing.data()[levels++] = c == '{' ? '}' : ']';
        } else if (closing.data()[--levels] != c) {
            return Bad(at_, "a bracket does not match");
        }
        ++at_;
        if (levels == 0) return {};
    }
}

Result<std::string_view> JsonScan::Value() {
    if (AtEnd()) return Bad(at_, "a value is missing");
    const size_t begin = at_;
    switch (text_[at_]) {
        case '"':
            CHECK_OK(Text());
            break;
        case '{':
        case '[':
            CHECK_OK(Nested());
            break;
        default:
            at_ = Skip(text_, at_, kInWord);
            if (at_ == begin) return Bad(at_, "a value is missing");
    }
    return text_.substr(begin, at_ - begin);
}

void AppendOnOneLine(std::string_view value, std::string& out) {
    const size_t begin = out.size();
    out.append(value);
    for (const char c : {'\n', '\r'}) {
        for (size_t at = begin; (at = out.find(c, at)) != std::string::npos;) out[at] = ' ';
    }
}

void AppendQuoted(std::string_view text, std::string& out) {
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<uint8_t>(c) < 0x20) {
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

}  // namespace weft::ingest
