#include "app/shell.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <langinfo.h>

#include "app/exit_code.h"

namespace weft::app {
namespace {

std::string_view CodeOf(Tone tone) {
    switch (tone) {
        case Tone::kPlain: return "";
        case Tone::kGood: return "\x1b[32m";
        case Tone::kBad: return "\x1b[31m";
        case Tone::kNote: return "\x1b[33m";
        case Tone::kBold: return "\x1b[1m";
    }
    return "";
}

std::string Painted(bool color, Tone tone, std::string_view text) {
    if (!color || tone == Tone::kPlain) return std::string(text);
    return std::string(CodeOf(tone)) + std::string(text) + "\x1b[0m";
}

Result<bool> WantsColor(const std::string& choice, bool terminal) {
    if (choice == "always") return true;
    if (choice == "never") return false;
    if (choice != "auto") return Fail(Code::kInvalid, "--color is auto, always or never");
    if (!Environment("NO_COLOR").empty() || Environment("TERM") == "dumb") return false;
    if (!Environment("FORCE_COLOR").empty() || !Environment("CLICOLOR_FORCE").empty()) return true;
    return terminal;
}

void ToStderr(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

Json LocationOf(const Finding& finding) {
    return {{"file", finding.file}, {"line", finding.line}, {"col", finding.column}};
}

Json ToJson(const Finding& finding) {
    return {{"severity", finding.severity == Finding::Severity::kError ? "error" : "warning"},
            {"code", finding.id},
            {"message", finding.message},
            {"expected", finding.expected},
            {"hint", finding.help},
            {"location", LocationOf(finding)}};
}

const Finding* FirstError(const Error& error) {
    for (const auto& finding : error.findings)
        if (finding.severity == Finding::Severity::kError) return &finding;
    return nullptr;
}

Json ToJson(const Error& error, const std::string& request_id) {
    const Finding* first = FirstError(error);
    const std::string code = first && !first->id.empty() ? first->id
                             : !error.sqlstate.empty()   ? error.sqlstate
                                                         : CodeName(error.code);
    Json json{{"code", code},
              {"message", error.message},
              {"hint", error.hint},
              {"location", first && (first->line > 0 || !first->file.empty()) ? LocationOf(*first) : Json()},
              {"retryable", IsRetryable(error)},
              {"request_id", request_id}};
    if (!error.sqlstate.empty()) json["sqlstate"] = error.sqlstate;
    if (!error.findings.empty()) {
        json["findings"] = Json::array();
        for (const auto& finding : error.findings) json["findings"].push_back(ToJson(finding));
    }
    return json;
}

}  // namespace

std::string Environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::optional<std::string> CellOf(const Json& value) {
    if (value.is_null()) return std::nullopt;
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return DumpJson(value);
    std::string text;
    for (const auto& item : value) text += (text.empty() ? "" : ", ") + CellOf(item).value_or("");
    return text;
}

Shell::Shell(GlobalOptions options) : options_(std::move(options)) {}

Result<> Shell::Settle() {
    input_terminal_ = isatty(STDIN_FILENO) == 1;
    output_terminal_ = isatty(STDOUT_FILENO) == 1;
    error_terminal_ = isatty(STDERR_FILENO) == 1;
    color_ = TRY(WantsColor(options_.color, output_terminal_));
    error_color_ = TRY(WantsColor(options_.color, error_terminal_));
    std::setlocale(LC_CTYPE, "");
    unicode_ = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    std::string name = options_.json ? "json" : options_.output;
    if (name.empty()) name = Environment("WEFT_OUTPUT");
    output_ = TRY(ParseOutput(name));
    if (output_ == Output::kAuto) output_ = output_terminal_ ? Output::kTable : Output::kPlain;
    return {};
}

BoxStyle Shell::box() const {
    BoxStyle style{unicode_, 0};
    winsize size{};
    if (output_terminal_ && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width_max = size.ws_col;
    return style;
}

void Shell::Print(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) < text.size() && lost_ == 0) lost_ = errno;
}

void Shell::PrintJson(const Json& value) {
    Print((output_ == Output::kJsonl ? DumpJson(value) : DumpJsonPretty(value)) + "\n");
}

void Shell::PrintTable(const Table& table) {
    switch (output_) {
        case Output::kCsv:
            Print(CsvLine(table.columns));
            for (const auto& row : table.rows) Print(CsvLine(row));
            return;
        case Output::kMarkdown: return Print(RenderMarkdown(table));
        case Output::kTable: return Print(RenderBox(table, box()));
        default:
            Print(TabLine(table.columns));
            for (const auto& row : table.rows) Print(TabLine(row));
    }
}

void Shell::PrintList(const Json& answer, std::string_view member, std::span<const ListField> fields,
                      std::string_view empty) {
    if (output_ == Output::kJson) return PrintJson(answer);
    const auto list = answer.find(member);
    static const Json kNone = Json::array();
    const Json& items = list != answer.end() && list->is_array() ? *list : kNone;
    if (output_ == Output::kJsonl) {
        for (const auto& item : items) PrintJson(item);
        return;
    }
    if (items.empty()) Say(empty);
    if (items.empty() && output_ == Output::kTable) return;
    Table table;
    for (const auto& field : fields) table.columns.push_back({std::string(field.title), "", field.number});
    for (const auto& item : items) {
        TableRow row;
        for (const auto& field : fields) {
            const auto value = item.find(field.member);
            row.push_back(value == item.end() ? std::nullopt : CellOf(*value));
            if (!row.back() && output_ == Output::kTable) row.back() = "";
        }
        table.rows.push_back(std::move(row));
    }
    PrintTable(table);
}

bool Shell::Flush() {
    if (std::fflush(stdout) != 0 && lost_ == 0) lost_ = errno;
    // Who stopped reading (`| head`) has what he wants.
    return lost_ == 0 || lost_ == EPIPE;
}

void Shell::Say(std::string_view text) {
    if (options_.quiet || wants_json()) return;
    ToStderr(std::string(text) + "\n");
}

void Shell::Hint(std::string_view text) {
    if (error_terminal_ || options_.verbose > 0) Say("Next: " + std::string(text));
}

void Shell::Report(const Error& error) {
    std::fflush(stdout);
    if (wants_json()) return ToStderr(DumpJson(ToJson(error, request_id)) + "\n");
    std::string head = "error";
    if (error.findings.empty() && !error.sqlstate.empty()) head += "[" + error.sqlstate + "]";
    ToStderr(PaintError(Tone::kBad, head + ":") + " " + error.message + "\n");
    if (!error.hint.empty()) ToStderr("help: " + error.hint + "\n");
    if (!request_id.empty() && (options_.verbose > 0 || IsRetryable(error)))
        ToStderr("request: " + request_id + "\n");
}

void Shell::Complain(std::string_view text) {
    std::fflush(stdout);
    if (!wants_json()) ToStderr(text);
}

Result<bool> Shell::Ask(std::string_view question, std::string_view flag) {
    if (options_.yes) return true;
    if (!input_is_terminal())
        return Fail(Code::kInvalid, std::string(question) + " Nobody is here to answer.",
                    "say yes with " + std::string(flag));
    std::fflush(stdout);
    ToStderr(PaintError(Tone::kBold, question) + " [y/N] ");
    std::string answer;
    if (!std::getline(std::cin, answer)) return false;
    return answer == "y" || answer == "Y" || answer == "yes";
}

std::string Shell::Paint(Tone tone, std::string_view text) const { return Painted(color_, tone, text); }
std::string Shell::PaintError(Tone tone, std::string_view text) const { return Painted(error_color_, tone, text); }

}  // namespace weft::app
