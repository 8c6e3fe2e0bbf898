// Splits the bytes of COPY … FROM STDIN into rows of fields: PostgreSQL's text and CSV formats.
//
// Used by pg_copy_in. Written for hostile clients: any bytes are taken, in pieces of any size; a
// row is at most kCopyRowBytesMax bytes. As PostgreSQL: lines end with LF or CRLF, a line `\.` ends
// the data, NULL is compared before escapes are resolved (text) and only for unquoted fields (CSV).
// Values are not looked at. Pure. THREAD: one user.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/pg_utility.h"

namespace weft::engine {

inline constexpr size_t kCopyRowBytesMax = 1u << 20;
inline constexpr size_t kCopyFieldsMax = 10'000;

class PgCopyRows {
  public:
    explicit PgCopyRows(PgCopyOptions options) : options_(std::move(options)) {}

    void Feed(std::string_view bytes);  // Not after End.
    void End() { ended_ = true; }       // No more bytes: a last line without a line end counts.

    using Fields = std::vector<std::optional<std::string_view>>;  // Views live until the next call.
    // False: more bytes are wanted, or (after End) there are no more rows. FAILS: 22P04 a broken
    // line, 22021 not UTF-8, 54000 too long; then nothing more may be asked.
    Result<bool> Next(Fields& fields);
    uint64_t line() const {
        return line_;
    }  // Where the last row begins, 1-based; quoted line breaks count.

  private:
    enum class Found : uint8_t { kMore, kLine };
    Found FindText(size_t& end, size_t& next);
    Found FindCsv(size_t& end, size_t& next);
    Result<> SplitText(std::string_view line, Fields& fields);
    Result<> SplitCsv(std::string_view line, Fields& fields);
    std::string_view Unescape(std::string_view raw);
    std::unexpected<Error> Broken(const char* sqlstate, std::string message) const;

    PgCopyOptions options_;
    std::string buffer_;
    size_t begin_ = 0;     // Of the line under way, in buffer_.
    size_t looked_ = 0;    // Bytes behind begin_ that were looked at and hold no line end.
    bool quoted_ = false;  // CSV: the place looked_ lies inside quotes.
    uint64_t line_ = 0;
    uint64_t breaks_ = 1;  // Line number of begin_.
    bool ended_ = false;
    bool over_ = false;  // Behind `\.`: the rest is thrown away.
    std::deque<std::string> unescaped_;
};

}  // namespace weft::engine
