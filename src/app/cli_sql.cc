// weft sql: one statement, a script from standard input or a file, or a conversation.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <iostream>
#include <unistd.h>

#include <fmt/format.h>

#include "app/client.h"
#include "app/csv.h"
#include "app/editor.h"
#include "app/exit_code.h"
#include "app/script.h"
#include "app/verbs.h"
#include "base/text.h"
#include "base/time.h"
#include "io/files.h"
#include "model/folder.h"

namespace weft::app {
namespace {

constexpr uint64_t kScriptBytesMax = 64u << 20;
constexpr uint64_t kRowsKeptMax = 1'000'000;  // Of a table that must be drawn whole.

std::string_view AcceptOf(Output output) {
    switch (output) {
        case Output::kJson: return "application/json";
        case Output::kJsonl: return "application/jsonl";
        default: return "text/csv";
    }
}

// Rows on their way from the answer to standard output.
class Sink {
public:
    Sink(Shell& shell, uint64_t rows_max)
        : shell_(shell), rows_max_(shell.output_is_terminal() && rows_max > 0 ? rows_max : kRowsKeptMax),
          reader_([this](TableRow row) { return Take(std::move(row)); }) {}

    void Head(const std::string& columns) {
        const auto json = ParseJson(columns);
        if (!json || !json->is_array()) return;
        for (const auto& column : *json) table_.columns.push_back({JsonString(column, "name"), JsonString(column, "type")});
    }
    bool Piece(std::string_view piece) {
        if (shell_.wants_json() || shell_.output() == Output::kCsv) {
            shell_.Print(piece);
            bytes_ = true;
            return std::ferror(stdout) == 0;
        }
        return reader_.Feed(piece);
    }
    void End() {
        if (shell_.wants_json() || shell_.output() == Output::kCsv) return;
        reader_.End();
        if (is_drawn() && !table_.columns.empty()) shell_.PrintTable(table_);
    }
    bool cut() const { return cut_; }
    uint64_t rows() const { return rows_; }
    bool counts() const { return !bytes_; }

private:
    bool is_drawn() const { return shell_.output() == Output::kTable || shell_.output() == Output::kMarkdown; }
    bool Take(TableRow row) {
        if (!header_) {
            header_ = true;
            if (table_.columns.size() != row.size()) {  // The header line knows at least the names.
                table_.columns.clear();
                for (const auto& name : row) table_.columns.push_back({name.value_or(""), ""});
            }
            if (!is_drawn()) shell_.Print(TabLine(row));
            return true;
        }
        if (row.size() != table_.columns.size()) return false;
        ++rows_;
        if (!is_drawn()) {
            shell_.Print(TabLine(row));
            return std::ferror(stdout) == 0;
        }
        if (table_.rows.size() >= rows_max_) {
            --rows_;
            cut_ = true;
            return false;
        }
        table_.rows.push_back(std::move(row));
        return true;
    }

    Shell& shell_;
    uint64_t rows_max_;
    CsvReader reader_;
    Table table_;
    bool header_ = false, cut_ = false, bytes_ = false;
    uint64_t rows_ = 0;
};

// The place in the statement, as line and column: engines say it as one or as a count of characters from the start.
void Place(Finding& finding, const std::string& statement) {
    if (finding.line == 0) {
        const size_t offset = std::min<size_t>(finding.column > 0 ? finding.column - 1 : 0, statement.size());
        const size_t start = offset == 0 ? std::string::npos : statement.rfind('\n', offset - 1);
        finding.line = 1 + static_cast<uint32_t>(std::count(statement.begin(), statement.begin() + static_cast<ptrdiff_t>(offset), '\n'));
        finding.column = static_cast<uint32_t>(offset - (start == std::string::npos ? 0 : start + 1) + 1);
    }
    size_t at = 0;
    for (uint32_t line = 1; line < finding.line && at != std::string::npos; ++line) {
        at = statement.find('\n', at);
        if (at != std::string::npos) ++at;
    }
    if (at == std::string::npos || at + finding.column - 1 >= statement.size()) return;
    size_t end = at + finding.column - 1;
    while (end < statement.size() && (std::isalnum(static_cast<unsigned char>(statement[end])) || statement[end] == '_')) ++end;
    finding.length = std::max(1u, static_cast<uint32_t>(end - (at + finding.column - 1)));
}

// The error with its place in the statement. Returns the exit code.
int ReportAt(Shell& shell, Error error, const std::string& statement) {
    for (auto& finding : error.findings) {
        if (!finding.file.empty()) continue;
        Place(finding, statement);
        finding.id = error.sqlstate;
        finding.message = error.message;
        finding.help = error.hint;
        finding.file = "statement";
    }
    if (error.findings.empty() || shell.wants_json()) {
        shell.Report(error);
    } else {
        for (const auto& finding : error.findings)
            shell.Complain(model::FormatFinding(finding, {"", {{"statement", statement}}}));
    }
    return ExitCodeOf(error);
}

Result<> RunStatement(Shell& shell, Client& client, const std::string& statement, uint64_t rows_max) {
    const auto start = std::chrono::steady_clock::now();
    Sink sink(shell, rows_max);
    const auto done = client.Sql({statement, std::string(AcceptOf(shell.output()))},
                                 [&](const std::string& columns) { sink.Head(columns); },
                                 [&](std::string_view piece) { return sink.Piece(piece); });
    if (!done && !sink.cut()) return std::unexpected(done.error());
    sink.End();
    shell.Flush();
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
    if (!shell.output_is_terminal()) return {};
    if (sink.cut()) shell.Say(fmt::format("the first {} rows; all of them with --rows 0 or -o csv", HumanCount(sink.rows())));
    else if (sink.counts())
        shell.Say(fmt::format("{} row{} in {}", HumanCount(sink.rows()), sink.rows() == 1 ? "" : "s", HumanDuration(took.count())));
    return {};
}

// Names for completion; without them the conversation goes on all the same.
std::vector<std::string> NamesFromNode(Client& client) {
    std::vector<std::string> names;
    CsvReader reader([&](TableRow row) {
        for (const auto& value : row)
            if (value) names.push_back(*value);
        return names.size() < 200'000;
    });
    const std::string sql = "SELECT DISTINCT domain || '.' || table_name FROM mesh.columns UNION "
                            "SELECT DISTINCT column_name FROM mesh.columns ORDER BY 1";
    (void)client.Sql({sql, "text/csv"}, [](const std::string&) {}, [&](std::string_view piece) { return reader.Feed(piece); });
    return names;
}

// Backslash words as psql has them; empty: unknown.
std::string Expand(const std::string& line) {
    if (line == "\\d" || line == "\\dt")
        return "SELECT DISTINCT domain || '.' || table_name AS \"table\" FROM mesh.columns ORDER BY 1";
    if (line.starts_with("\\d "))
        return "SELECT column_name, data_type, required, description FROM mesh.columns WHERE domain || '.' || "
               "table_name = " + QuoteLiteral(Trim(std::string_view(line).substr(3))) + " ORDER BY position";
    return "";
}

int Converse(Shell& shell, Client& client, uint64_t rows_max) {
    shell.Say("weft at " + client.url() + ". A statement ends with `;`. \\d lists tables, \\d NAME columns, \\q ends.");
    Editor editor(HistoryPath(), NamesFromNode(client));
    std::string text;
    while (true) {
        const auto line = editor.Read(text.empty() ? "weft> " : "  ... ");
        if (!line) break;
        if (line->interrupted) {
            text.clear();
            continue;
        }
        std::vector<std::string> statements;
        const std::string word(Trim(line->text));
        if (text.empty() && word.starts_with('\\')) {
            if (word == "\\q") break;
            const std::string statement = Expand(word);
            if (statement.empty()) shell.Say("\\d lists tables, \\d NAME columns, \\q ends");
            else statements.push_back(statement);
            editor.Remember(word);
        } else {
            text += (text.empty() ? "" : "\n") + line->text;
            Script script = SplitScript(text);
            if (!script.statements.empty()) editor.Remember(text);
            statements = std::move(script.statements);
            text = script.rest;
        }
        for (const auto& statement : statements)
            if (const auto done = RunStatement(shell, client, statement, rows_max); !done)
                (void)ReportAt(shell, done.error(), statement);
    }
    return kDone;
}

}  // namespace

Result<int> Sql(Shell& shell, const SqlOptions& options) {
    const auto client = TRY(Client::Find(shell));
    std::string text = options.statement;
    if (!options.file.empty()) {
        if (!text.empty()) return Fail(Code::kInvalid, "a statement or a file, not both");
        text = TRY(io::ReadFile(options.file, kScriptBytesMax));
    } else if (text.empty()) {
        if (shell.input_is_terminal()) return Converse(shell, *client, options.rows);
        text = TRY(io::ReadAll(STDIN_FILENO, kScriptBytesMax));
    }
    Script script = SplitScript(text);
    if (!script.rest.empty()) script.statements.push_back(script.rest);
    if (script.statements.empty()) return Fail(Code::kInvalid, "there is no statement");
    for (const auto& statement : script.statements)
        if (const auto done = RunStatement(shell, *client, statement, options.rows); !done)
            return ReportAt(shell, done.error(), statement);
    return kDone;
}

}  // namespace weft::app
