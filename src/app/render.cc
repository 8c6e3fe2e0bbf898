#include "app/render.h"

#include <algorithm>
#include <array>
#include <cwchar>

#include "base/text.h"

namespace weft::app {
namespace {

constexpr size_t kColumnWidthMin = 4;
constexpr std::string_view kNull = "NULL";

// One character: its code point and bytes. Broken bytes count as one character each.
struct Character {
    char32_t code = 0xFFFD;
    size_t bytes = 1;
};

Character FirstOf(std::string_view text) {
    const auto lead = static_cast<uint8_t>(text[0]);
    if (lead < 0x80) return {lead, 1};
    const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (bytes == 1 || text.size() < bytes) return {};
    char32_t code = lead & (0xFF >> (bytes + 1));
    for (size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<uint8_t>(text[i]);
        if ((next & 0xC0) != 0x80) return {};
        code = code << 6 | (next & 0x3F);
    }
    return {code, bytes};
}

size_t WidthOf(char32_t code) {
    if (code < 0x300) return 1;
    const int width = wcwidth(static_cast<wchar_t>(code));
    if (width >= 0) return static_cast<size_t>(width);
    // Without a UTF-8 locale the C library knows no widths: the wide blocks of East Asia and emoji.
    const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                      (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                      (code >= 0xFF00 && code <= 0xFF60) || (code >= 0x1F300 && code <= 0x1FAFF) ||
                      (code >= 0x20000 && code <= 0x3FFFD);
    const bool combining = (code >= 0x300 && code <= 0x36F) || (code >= 0x200B && code <= 0x200F) ||
                           (code >= 0xFE00 && code <= 0xFE0F);
    return wide ? 2 : combining ? 0 : 1;
}

struct Lines {
    std::string_view horizontal, vertical;
    std::array<std::string_view, 3> top, middle, bottom;  // Left, crossing, right.
};
constexpr Lines kUnicodeLines{"─", "│", {"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"└", "┴", "┘"}};
constexpr Lines kAsciiLines{"-", "|", {"+", "+", "+"}, {"+", "+", "+"}, {"+", "+", "+"}};

void Rule(std::string& out, const Lines& lines, const std::array<std::string_view, 3>& ends,
          const std::vector<size_t>& widths) {
    out += ends[0];
    for (size_t i = 0; i < widths.size(); ++i) {
        for (size_t n = 0; n < widths[i] + 2; ++n) out += lines.horizontal;
        out += i + 1 < widths.size() ? ends[1] : ends[2];
    }
    out += '\n';
}

struct Cell {
    std::string text;
    bool right = false;
};

void Row(std::string& out, std::string_view vertical, const std::vector<Cell>& cells,
         const std::vector<size_t>& widths) {
    out += vertical;
    for (size_t i = 0; i < cells.size(); ++i) {
        const size_t width = DisplayWidth(cells[i].text);
        const std::string blanks(widths[i] > width ? widths[i] - width : 0, ' ');
        out += ' ';
        out += cells[i].right ? blanks + cells[i].text : cells[i].text + blanks;
        out += ' ';
        out += vertical;
    }
    out += '\n';
}

// Natural widths, then the widest columns give until the line fits.
std::vector<size_t> Widths(const std::vector<std::vector<Cell>>& rows, size_t count, size_t width_max) {
    std::vector<size_t> widths(count, 1);
    for (const auto& row : rows)
        for (size_t i = 0; i < count; ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i].text));
    if (width_max == 0) return widths;
    size_t line = 1;
    for (const size_t width : widths) line += width + 3;
    while (line > width_max) {
        const auto widest = std::ranges::max_element(widths);
        if (*widest <= kColumnWidthMin) break;
        --*widest;
        --line;
    }
    return widths;
}

void AppendCsv(std::string& out, std::string_view text) {
    const bool plain = !text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos;
    if (plain) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

bool IsRight(const TableColumn& column) { return column.right || IsNumberType(column.type); }

TableRow NamesOf(const std::vector<TableColumn>& columns) {
    TableRow row;
    for (const auto& column : columns) row.emplace_back(column.name);
    return row;
}

std::string MarkdownCell(std::string_view text) {
    std::string out;
    for (const char c : Printable(text)) {
        if (c == '|' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

Result<Output> ParseOutput(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, Output>, 7> kNames{
        {{"", Output::kAuto}, {"table", Output::kTable}, {"plain", Output::kPlain}, {"csv", Output::kCsv},
         {"markdown", Output::kMarkdown}, {"json", Output::kJson}, {"jsonl", Output::kJsonl}}};
    for (const auto& [known, output] : kNames)
        if (known == name) return output;
    return Fail(Code::kInvalid, "there is no output form `" + std::string(name) + "`",
                "one of: table, plain, csv, markdown, json, jsonl");
}

size_t DisplayWidth(std::string_view text) {
    size_t width = 0;
    while (!text.empty()) {
        const Character character = FirstOf(text);
        width += WidthOf(character.code);
        text.remove_prefix(character.bytes);
    }
    return width;
}

std::string Printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character character = FirstOf(text);
        const char32_t code = character.code;
        if (code == '\n') out += "\\n";
        else if (code == '\r') out += "\\r";
        else if (code == '\t') out += "\\t";
        // C0, DEL, C1, and what turns the direction of writing: a terminal would obey them.
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
                 (code >= 0x2066 && code <= 0x2069) || code == 0xFFFD)
            out += '?';
        else out += text.substr(0, character.bytes);
        text.remove_prefix(character.bytes);
    }
    return out;
}

std::string Shorten(std::string_view text, size_t width, bool unicode) {
    if (DisplayWidth(text) <= width) return std::string(text);
    std::string out;
    size_t used = 0;
    while (!text.empty() && width > 0) {
        const Character character = FirstOf(text);
        used += WidthOf(character.code);
        if (used > width - 1) break;
        out += text.substr(0, character.bytes);
        text.remove_prefix(character.bytes);
    }
    return out + (unicode ? "…" : "~");
}

std::string RenderBox(const Table& table, const BoxStyle& style) {
    const Lines& lines = style.unicode ? kUnicodeLines : kAsciiLines;
    const bool typed = std::ranges::any_of(table.columns, [](const auto& column) { return !column.type.empty(); });
    std::vector<std::vector<Cell>> rows;
    rows.emplace_back();
    for (const auto& column : table.columns) rows.back().push_back({Printable(column.name), IsRight(column)});
    if (typed) {
        rows.emplace_back();
        for (const auto& column : table.columns) rows.back().push_back({column.type, IsRight(column)});
    }
    const size_t head = rows.size();
    for (const auto& row : table.rows) {
        rows.emplace_back();
        for (size_t i = 0; i < table.columns.size(); ++i) {
            rows.back().push_back({row[i] ? Printable(*row[i]) : std::string(kNull), IsRight(table.columns[i])});
        }
    }
    const auto widths = Widths(rows, table.columns.size(), style.width_max);
    std::string out;
    Rule(out, lines, lines.top, widths);
    for (size_t i = 0; i < rows.size(); ++i) {
        for (size_t n = 0; n < rows[i].size(); ++n) rows[i][n].text = Shorten(rows[i][n].text, widths[n], style.unicode);
        Row(out, lines.vertical, rows[i], widths);
        if (i + 1 == head) Rule(out, lines, lines.middle, widths);
    }
    Rule(out, lines, lines.bottom, widths);
    return out;
}

std::string RenderMarkdown(const Table& table) {
    std::string out = "|", rule = "|";
    for (const auto& column : table.columns) {
        out += " " + MarkdownCell(column.name) + " |";
        rule += IsRight(column) ? " ---: |" : " --- |";
    }
    out += "\n" + rule + "\n";
    for (const auto& row : table.rows) {
        out += "|";
        for (const auto& value : row) out += " " + (value ? MarkdownCell(*value) : std::string(kNull)) + " |";
        out += "\n";
    }
    return out;
}

std::string CsvLine(const TableRow& row) {
    std::string out;
    for (size_t i = 0; i < row.size(); ++i) {
        if (i > 0) out += ',';
        if (row[i]) AppendCsv(out, *row[i]);
    }
    return out + "\n";
}

std::string TabLine(const TableRow& row) {
    std::string out;
    for (size_t i = 0; i < row.size(); ++i) {
        if (i > 0) out += '\t';
        if (row[i]) out += Printable(*row[i]);
    }
    return out + "\n";
}

std::string CsvLine(const std::vector<TableColumn>& header) { return CsvLine(NamesOf(header)); }
std::string TabLine(const std::vector<TableColumn>& header) { return TabLine(NamesOf(header)); }

bool IsNumberType(std::string_view type) {
    const std::string lower = ToLower(type.substr(0, type.find('(')));
    static constexpr std::array<std::string_view, 14> kNumbers{
        "tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint",
        "uinteger", "ubigint", "uhugeint", "float", "real", "double", "decimal"};
    return std::ranges::find(kNumbers, lower) != kNumbers.end();
}

}  // namespace weft::app
