// What every verb gets: the global options and the way to speak. Standard output takes the result and nothing else;
// progress, hints and errors go to standard error. Made once by cli.cc. THREAD: the main one only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/render.h"
#include "base/json.h"
#include "base/result.h"

namespace weft::app {

struct GlobalOptions {
    std::string url;                // --url, WEFT_URL
    std::string token_file;         // --token-file
    std::string data;               // --data, WEFT_DATA: folder of a node on this machine
    std::string profile;            // -p, WEFT_PROFILE
    std::string folder;             // -C
    std::string output;             // -o, WEFT_OUTPUT
    std::string color = "auto";     // auto, always, never
    bool json = false;
    bool quiet = false;
    int verbose = 0;
    bool yes = false;
    bool no_input = false;
    uint32_t timeout_s = 0;         // Of one request; 0: each verb's own.
};

enum class Tone : uint8_t { kPlain, kGood, kBad, kNote, kBold };

// One column of a list: its title and the member of each object; numbers stand right.
struct ListField {
    std::string_view title;
    std::string_view member;
    bool number = false;
};

class Shell {
public:
    explicit Shell(GlobalOptions options);
    // After the command line was read: terminals, colours, the form of output. FAILS: kInvalid.
    Result<> Settle();

    const GlobalOptions& options() const { return options_; }
    Output output() const { return output_; }     // Never kAuto after Settle.
    bool wants_json() const { return output_ == Output::kJson || output_ == Output::kJsonl; }
    bool input_is_terminal() const { return input_terminal_ && !options_.no_input; }
    bool output_is_terminal() const { return output_terminal_; }
    BoxStyle box() const;
    bool unicode() const { return unicode_; }

    void Print(std::string_view text);            // Result, as it is.
    void PrintJson(const Json& value);            // One line with jsonl.
    void PrintTable(const Table& table);
    // The array `member` of an answer, as a table or as the answer itself. `empty` is said when there is nothing.
    void PrintList(const Json& answer, std::string_view member, std::span<const ListField> fields,
                   std::string_view empty);
    bool Flush();                                 // False: standard output could not be written.

    void Say(std::string_view text);              // Progress; silent with -q and in JSON mode.
    void Hint(std::string_view text);             // The last line: what to do next. Only on a terminal.
    void Report(const Error& error);              // In the form that the output asks for.
    void Complain(std::string_view text);         // Findings, ready to be read; also with -q. Silent in JSON mode.
    // A question with yes or no. Without a terminal FAILS: kInvalid naming `flag`. --yes answers it.
    Result<bool> Ask(std::string_view question, std::string_view flag);

    std::string Paint(Tone tone, std::string_view text) const;       // For standard output.
    std::string PaintError(Tone tone, std::string_view text) const;  // For standard error.

    std::string request_id;                       // Of the last failed request.

private:
    GlobalOptions options_;
    Output output_ = Output::kPlain;
    int lost_ = 0;                                // errno of the first lost write.
    bool input_terminal_ = false, output_terminal_ = false, error_terminal_ = false;
    bool color_ = false, error_color_ = false, unicode_ = true;
};

// The environment's value; empty when absent.
std::string Environment(const char* name);

// A JSON value as a cell: lists joined by ", ", null as absent.
std::optional<std::string> CellOf(const Json& value);

}  // namespace weft::app
