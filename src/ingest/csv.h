// CSV as RFC 4180 has it (comma, quotes doubled, line breaks inside quotes, CRLF or LF), row by row
// to JSON objects. The header names the members; every field becomes a text, an empty one without
// quotes null. A row that does not fit the header, or with text behind a closing quote, becomes a
// JSON text of itself: no object, so it ends among the dead letters with its bytes.
// Used by records. Pure. THREAD: one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weft::ingest {

class CsvRows {
  public:
    // Reads the header. FAILS: kInvalid.
    static Result<CsvRows> Make(std::string_view body);

    // Appends the next row to `out`, without a line break; false at the end. Empty lines are no
    // rows. FAILS: kInvalid for a quote that does not end.
    Result<bool> Next(std::string& out);
    size_t at() const { return at_; }

  private:
    struct Field {
        std::string text;
        bool quoted = false;
    };
    explicit CsvRows(std::string_view body) : body_(body) {}
    // One row into fields_; `fits_` is false when it cannot be taken apart.
    Result<> ReadRow();
    Result<> ReadQuoted(Field& field);

    std::string_view body_;
    size_t at_ = 0;
    std::vector<std::string> members_;  // As JSON: "\"name\":".
    std::vector<Field> fields_;
    size_t fields_used_ = 0;
    std::string_view row_;
    bool fits_ = true;
};

}  // namespace weft::ingest
