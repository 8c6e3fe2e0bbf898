// Tables for people and machines: boxed, tab-separated, CSV, Markdown, JSON. Values are hostile text: control
// characters never reach a terminal. Used by every verb that prints rows. THREAD: any; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace weft::app {

enum class Output : uint8_t { kAuto, kTable, kPlain, kCsv, kMarkdown, kJson, kJsonl };

// "json", "jsonl", "csv", "markdown", "table", "plain". FAILS: kInvalid naming them.
Result<Output> ParseOutput(std::string_view name);

struct TableColumn {
    std::string name;
    std::string type = {};     // As DuckDB writes it; empty: none is shown.
    bool right = false;        // Aligned as numbers are, whatever the type says.
};

using TableRow = std::vector<std::optional<std::string>>;  // Absent: null.

struct Table {
    std::vector<TableColumn> columns;
    std::vector<TableRow> rows;  // As many values as columns.
};

struct BoxStyle {
    bool unicode = true;       // Lines and dots beyond ASCII.
    size_t width_max = 0;      // Of a line, in columns of the terminal; 0: no bound.
};

// Columns that a terminal needs for UTF-8 text: wide characters count two, combining ones none.
size_t DisplayWidth(std::string_view text);
// Line breaks and tabs as escapes, other control characters as "?".
std::string Printable(std::string_view text);
// At most `width` columns, with a dot sign or "~" where something was cut.
std::string Shorten(std::string_view text, size_t width, bool unicode);

std::string RenderBox(const Table& table, const BoxStyle& style);
std::string RenderMarkdown(const Table& table);
// Rows alone, so that they can be streamed.
std::string CsvLine(const TableRow& row);
std::string TabLine(const TableRow& row);
std::string CsvLine(const std::vector<TableColumn>& header);
std::string TabLine(const std::vector<TableColumn>& header);

// True for types whose values are aligned to the right.
bool IsNumberType(std::string_view type);

}  // namespace weft::app
