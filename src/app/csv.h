// CSV as the node sends it (RFC 4180; an empty unquoted field is null, `""` is the empty text), read in pieces as they
// arrive. Used by `weft sql` to show rows. THREAD: one.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "app/render.h"

namespace weft::app {

class CsvReader {
public:
    // Called for each record, the header too; false ends the reading.
    using OnRow = std::function<bool(TableRow row)>;
    explicit CsvReader(OnRow on_row) : on_row_(std::move(on_row)) {}

    bool Feed(std::string_view piece);  // False: on_row has said so, or a field is larger than 64 MiB.
    bool End();                         // The last record, when no line break ended it.

private:
    enum class State : uint8_t { kStart, kPlain, kQuoted, kQuoteInQuoted };
    bool Take(char c);
    void EndField();
    bool EndRecord();

    OnRow on_row_;
    State state_ = State::kStart;
    bool quoted_ = false;
    std::string field_;
    TableRow row_;
};

}  // namespace weft::app
