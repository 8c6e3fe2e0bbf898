// Splits SQL text into PostgreSQL's tokens: words, quoted names, strings, numbers, parameters, operators.
//
// Used by the utility parser and the rewriter, which must know strings and comments from code and nothing more.
// Tokens are views into the text. Comments and blanks are dropped; their places follow from the offsets.
// THREAD: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weft::engine {

struct PgToken {
    enum class Kind : uint8_t { kWord, kQuoted, kString, kNumber, kParameter, kSymbol };
    Kind kind = Kind::kSymbol;
    std::string_view text;  // As written, quotes included.
    size_t begin = 0;
    size_t end = 0;

    bool Is(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
    bool IsWord(std::string_view lower) const;                  // Unquoted, any case.
    bool IsName() const { return kind == Kind::kWord || kind == Kind::kQuoted; }
    std::string Name() const;    // REQUIRES: IsName(). Folded to lower case unless quoted.
    std::string Value() const;   // REQUIRES: kString. Without quotes, escapes resolved.
};

// FAILS: kInvalid, SQLSTATE 42601, for a string, quoted name or comment without end.
Result<std::vector<PgToken>> PgTokens(std::string_view sql);

struct PgStatementText {
    std::string_view sql;   // Without the closing semicolon.
    size_t offset = 0;      // In the whole string, for error positions.
    std::vector<PgToken> tokens;  // Offsets are relative to `sql`. Never empty.
};

// Statements of a simple query, empty ones left out.
Result<std::vector<PgStatementText>> PgSplit(std::string_view sql);

}  // namespace weft::engine
