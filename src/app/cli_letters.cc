// weft rejected: dead letters listed, looked at, mended, put in again, purged.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "app/client.h"
#include "app/exit_code.h"
#include "app/verbs.h"
#include "base/text.h"
#include "io/files.h"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kPageMax = 1'000;
constexpr uint64_t kTextBytesMax = 4u << 20;
constexpr size_t kRawWidthMax = 100;  // Of a list on a terminal or in plain text.

Result<std::string> LettersPath(const std::string& product) {
    return "/api/v1/products/" + TRY(ProductPath(product)) + "/rejected";
}

Result<Json> ChoiceOf(const LettersOptions& options) {
    const int kinds = (options.all ? 1 : 0) + (options.reason.empty() ? 0 : 1) +
                      (options.positions.empty() ? 0 : 1);
    if (kinds != 1)
        return Fail(Code::kInvalid,
                    "which dead letters? Positions (12 15-20), --reason TEXT, or --all");
    if (options.all) return Json{{"all", true}};
    if (!options.reason.empty()) return Json{{"reason", options.reason}};
    return Json{{"positions", options.positions}};
}

std::string Letters(uint64_t count) {
    return HumanCount(count) + (count == 1 ? " dead letter" : " dead letters");
}

uint64_t CountOf(const Json& json, std::string_view member) {
    return static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(json, member)));
}

int TellReplayed(Shell& shell, const LettersOptions& options, const Json& answer) {
    if (shell.wants_json()) {
        shell.PrintJson(answer);
        return kDone;
    }
    const uint64_t replayed = CountOf(answer, "replayed"), found = CountOf(answer, "found");
    std::string text = Letters(replayed) + " of " + options.product + " put in again";
    if (found > replayed)
        text += ", " + HumanCount(found - replayed) + " left out: under way or done already";
    shell.Print(text + "\n");
    shell.Hint("what is still bad comes back: weft rejected list " + options.product);
    return kDone;
}

std::string InputQuery(const LettersOptions& options) {
    return options.input.empty() ? "" : "?input=" + UrlPart(options.input);
}

// The text in the person's own editor; the file lies in a folder that nobody else may enter.
Result<std::string> EditText(const Shell& shell, const std::string& text) {
    std::string editor = Environment("VISUAL");
    if (editor.empty()) editor = Environment("EDITOR");
    if (!shell.input_is_terminal() && editor.empty())
        return Fail(Code::kInvalid, "there is no editor here",
                    "give the new text with --with FILE, or --with - from standard input");
    if (editor.empty()) editor = "vi";
    std::string folder = (fs::temp_directory_path() / "weft-edit-XXXXXX").string();
    if (!mkdtemp(folder.data())) return Fail(Code::kUnavailable, "no temporary folder can be made");
    const std::string path = folder + "/letter.json";
    auto edited = io::WriteNewFile(path, text + "\n", 0600);
    Result<std::string> result =
        Fail(Code::kInvalid, "the editor `" + editor + "` failed; nothing was put in");
    // As git does: the editor's name may hold options, the path stays one word.
    if (edited && std::system((editor + " '" + path + "'").c_str()) == 0)
        result = io::ReadFile(path, kTextBytesMax);
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    return result;
}

Result<std::string> NewText(const Shell& shell, const LettersOptions& options,
                            const std::string& old) {
    std::string text;
    if (options.with == "-") {
        text = TRY(io::ReadAll(STDIN_FILENO, kTextBytesMax));
    } else if (!options.with.empty()) {
        text = TRY(io::ReadFile(AbsolutePath(options.with), kTextBytesMax));
    } else {
        text = TRY(EditText(shell, old));
    }
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) return Fail(Code::kInvalid, "the new text is empty; nothing was put in");
    return text;
}

}  // namespace

Result<int> ListLetters(Shell& shell, const LettersOptions& options) {
    static constexpr ListField kFields[] = {
        {"position", "position", true}, {"received", "received_at"},
        {"reason", "reason"},           {"file", "file"},
        {"line", "line", true},         {"raw", "raw"}};
    const std::string base = TRY(LettersPath(options.product));
    const auto client = TRY(Client::Find(shell));
    const uint64_t wanted = options.limit == 0 ? 50 : options.limit;
    Json all{{"letters", Json::array()}};
    std::string page;
    do {
        std::string query =
            "?limit=" + std::to_string(std::min(wanted - all["letters"].size(), kPageMax));
        if (!options.reason.empty()) query += "&reason=" + UrlPart(options.reason);
        if (!page.empty()) query += "&page=" + page;
        const Json answer = TRY(client->Get(base + query));
        const auto letters = answer.find("letters");
        if (letters == answer.end() || letters->empty()) break;
        for (const auto& letter : *letters) all["letters"].push_back(letter);
        page = JsonString(answer, "page");
    } while (!page.empty() && all["letters"].size() < wanted);
    if (!shell.wants_json())
        for (auto& letter : all["letters"])
            if (letter.contains("raw"))
                letter["raw"] =
                    Shorten(Printable(JsonString(letter, "raw")), kRawWidthMax, shell.unicode());
    shell.PrintList(all, "letters", kFields, "no dead letters");
    if (!all["letters"].empty() && all["letters"][0].contains("position"))
        shell.Hint("weft rejected show|replay|edit|purge " + options.product + " POSITION");
    return kDone;
}

Result<int> ShowLetter(Shell& shell, const LettersOptions& options) {
    const std::string base = TRY(LettersPath(options.product));
    const auto client = TRY(Client::Find(shell));
    const Json letter = TRY(client->Get(base + "/" + UrlPart(options.position)));
    if (shell.wants_json()) {
        shell.PrintJson(letter);
        return kDone;
    }
    std::string text;
    for (const char* name : {"position", "file", "line", "received_at", "key", "reason"})
        if (const auto member = letter.find(name); member != letter.end())
            text += fmt::format("{:<12} {}\n", name, Printable(CellOf(*member).value_or("")));
    shell.Print(text + "\n" + Printable(JsonString(letter, "raw")) + "\n");
    return kDone;
}

Result<int> ReplayLetters(Shell& shell, const LettersOptions& options) {
    const std::string base = TRY(LettersPath(options.product));
    const Json choice = TRY(ChoiceOf(options));
    const auto client = TRY(Client::Find(shell));
    return TellReplayed(shell, options,
                        TRY(client->Send("POST", base + "/replay" + InputQuery(options), choice)));
}

Result<int> EditLetter(Shell& shell, const LettersOptions& options) {
    const std::string base = TRY(LettersPath(options.product));
    const auto client = TRY(Client::Find(shell));
    const Json letter = TRY(client->Get(base + "/" + UrlPart(options.position)));
    if (!letter.contains("position"))
        return Fail(Code::kInvalid, "this dead letter came from a file",
                    "mend the file and run again: weft run " + options.product);
    const std::string old = JsonString(letter, "raw");
    const std::string text = TRY(NewText(shell, options, old));
    if (text == old && options.with.empty()) {
        shell.Say("the text was not changed; nothing was put in");
        return kDone;
    }
    const Json choice{{"positions", Json::array({options.position})}, {"edited", text}};
    return TellReplayed(shell, options,
                        TRY(client->Send("POST", base + "/replay" + InputQuery(options), choice)));
}

Result<int> PurgeLetters(Shell& shell, const LettersOptions& options) {
    const std::string base = TRY(LettersPath(options.product));
    const Json choice = TRY(ChoiceOf(options));
    const auto client = TRY(Client::Find(shell));
    const std::string what =
        options.all ? "all dead letters" : "dead letters " + Join(options.positions, " ");
    if (!TRY(shell.Ask("Delete " + what + " of " + options.product + " for good?", "--yes")))
        return Fail(Code::kInvalid, "nothing was purged");
    const Json answer = TRY(client->Send("POST", base + "/purge", choice));
    if (shell.wants_json())
        shell.PrintJson(answer);
    else
        shell.Print("purged " + what + " of " + options.product + "\n");
    return kDone;
}

}  // namespace weft::app
