// Finds where JSON values begin and end, byte by byte, without making values of them: numbers keep
// their digits, texts their escapes. Checks brackets, texts and the commas of what it walks
// through, not the spelling of numbers and words. No recursion; at most 64 levels. Used by records
// and cloud_event. Pure. THREAD: one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft::ingest {

class JsonScan {
  public:
    explicit JsonScan(std::string_view text) : text_(text) {}

    size_t at() const { return at_; }
    bool AtEnd();      // Behind white space.
    bool Eat(char c);  // Behind white space: whether `c` stands there; then it is passed.
    // The value that begins here, passed. FAILS: kInvalid with the byte.
    Result<std::string_view> Value();

  private:
    Result<> Text();    // REQUIRES: at a quote.
    Result<> Nested();  // REQUIRES: at an opening bracket.
    std::unexpected<Error> Bad(size_t at, std::string_view why) const;

    std::string_view text_;
    size_t at_ = 0;
};

// `value` (as found by JsonScan) on one line: line breaks between its tokens become spaces.
void AppendOnOneLine(std::string_view value, std::string& out);
// As a JSON text, quoted. Bytes from 0x80 stay as they are.
void AppendQuoted(std::string_view text, std::string& out);

}  // namespace weft::ingest
