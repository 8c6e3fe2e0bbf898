#include "app/editor.h"

#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>

#include "app/render.h"
#include "app/shell.h"
#include "base/text.h"
#include "io/descriptor.h"
#include "io/files.h"

namespace weft::app {
namespace {

constexpr size_t kHistoryMax = 1'000;
constexpr uint64_t kHistoryBytesMax = 4u << 20;
constexpr size_t kShownMax = 60;  // Completions that one tab lists.

constexpr std::array<std::string_view, 46> kKeywords{
    "and", "as", "asc", "avg", "between", "by", "case", "cast", "count", "cross", "desc", "distinct",
    "else", "end", "except", "exists", "explain", "false", "from", "full", "group", "having", "in", "inner",
    "intersect", "is", "join", "left", "like", "limit", "max", "min", "not", "null", "offset", "on",
    "or", "order", "outer", "right", "select", "sum", "then", "true", "union", "where"};

// Keys beyond bytes.
constexpr int kUp = 1'000, kDown = 1'001, kRight = 1'002, kLeft = 1'003, kHome = 1'004, kEnd = 1'005, kDelete = 1'006;
constexpr int kEndOfInput = -1;

class RawMode {  // OWNS: the terminal's mode.
public:
    RawMode() {
        tcgetattr(STDIN_FILENO, &before_);
        termios raw = before_;
        raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG | IEXTEN);
        raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL);
        raw.c_cc[VMIN] = 1;
        raw.c_cc[VTIME] = 0;
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    }
    ~RawMode() { tcsetattr(STDIN_FILENO, TCSADRAIN, &before_); }
    RawMode(const RawMode&) = delete;
    RawMode& operator=(const RawMode&) = delete;

private:
    termios before_{};
};

int Byte() {
    unsigned char byte = 0;
    ssize_t got = 0;
    do got = read(STDIN_FILENO, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? byte : kEndOfInput;
}

// One key; sequences of escape and bracket become one number, unknown ones 0.
int ReadKey() {
    const int byte = Byte();
    if (byte != 0x1B) return byte;
    const int second = Byte();
    if (second != '[' && second != 'O') return 0;
    int third = Byte(), number = 0;
    while (third >= '0' && third <= '9') {
        number = std::min(number * 10 + third - '0', 1'000);
        third = Byte();
    }
    switch (third) {
        case 'A': return kUp;
        case 'B': return kDown;
        case 'C': return kRight;
        case 'D': return kLeft;
        case 'H': return kHome;
        case 'F': return kEnd;
        case '~': return number == 1 || number == 7 ? kHome : number == 4 || number == 8 ? kEnd : number == 3 ? kDelete : 0;
        default: return 0;
    }
}

bool Continues(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

bool IsWordByte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           static_cast<uint8_t>(c) >= 0x80;
}

void Write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace

std::string HistoryPath() {
    std::string folder = Environment("XDG_STATE_HOME");
    if (folder.empty() && !Environment("HOME").empty()) folder = Environment("HOME") + "/.local/state";
    return folder.empty() ? "" : folder + "/weft/history";
}

std::vector<std::string> Completions(std::string_view before, const std::vector<std::string>& names) {
    size_t start = before.size();
    while (start > 0 && IsWordByte(before[start - 1])) --start;
    const std::string_view word = before.substr(start);
    std::vector<std::string> found;
    if (word.empty()) return found;
    const std::string lower = ToLower(word);
    const bool upper = word[0] >= 'A' && word[0] <= 'Z';
    for (const std::string_view keyword : kKeywords) {
        if (!keyword.starts_with(lower)) continue;
        std::string text(keyword);
        if (upper)
            for (char& c : text) c = static_cast<char>(c - 'a' + 'A');
        found.push_back(std::move(text));
    }
    for (const auto& name : names)
        if (ToLower(name).starts_with(lower)) found.push_back(name);
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
}

Editor::Editor(std::string history_path, std::vector<std::string> names)
    : history_path_(std::move(history_path)), names_(std::move(names)) {
    const auto text = history_path_.empty() ? Result<std::string>() : io::ReadFile(history_path_, kHistoryBytesMax);
    if (!text) return;
    for (auto& line : Split(*text, '\n'))
        if (!line.empty()) history_.push_back(std::move(line));
    if (history_.size() > kHistoryMax) history_.erase(history_.begin(), history_.end() - kHistoryMax);
}

void Editor::Remember(const std::string& text) {
    std::string line;
    for (const char c : text) line += c == '\n' || c == '\r' ? ' ' : c;
    if (line.empty() || (!history_.empty() && history_.back() == line)) return;
    history_.push_back(line);
    if (history_path_.empty()) return;
    (void)io::MakeDirectories(history_path_.substr(0, history_path_.rfind('/')), 0700);
    const io::Descriptor file(open(history_path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    line += '\n';
    if (file && write(file.get(), line.data(), line.size()) < 0) history_path_.clear();  // A full disk is not worth words.
}

void Editor::Draw(const std::string& prompt) const {
    Write("\r" + prompt + Printable(line_) + "\x1b[K");
    const size_t behind = DisplayWidth(Printable(std::string_view(line_).substr(cursor_)));
    if (behind > 0) Write("\x1b[" + std::to_string(behind) + "D");
    std::fflush(stdout);
}

void Editor::Move(int direction) {
    if (direction < 0) {
        while (cursor_ > 0 && Continues(line_[--cursor_])) {}
    } else {
        while (cursor_ < line_.size() && ++cursor_ < line_.size() && Continues(line_[cursor_])) {}
    }
}

void Editor::Older(int direction) {
    if (direction < 0 ? shown_ == 0 : shown_ == history_.size()) return;
    if (shown_ == history_.size()) kept_ = line_;
    shown_ = direction < 0 ? shown_ - 1 : shown_ + 1;
    line_ = shown_ == history_.size() ? kept_ : history_[shown_];
    cursor_ = line_.size();
}

size_t Editor::WordStart() const {
    size_t start = cursor_;
    while (start > 0 && !IsWordByte(line_[start - 1])) --start;
    while (start > 0 && IsWordByte(line_[start - 1])) --start;
    return start;
}

void Editor::Complete(const std::string& prompt) {
    size_t start = cursor_;
    while (start > 0 && IsWordByte(line_[start - 1])) --start;
    const auto found = Completions(std::string_view(line_).substr(0, cursor_), names_);
    if (found.empty()) return;
    std::string common = found.front();
    for (const auto& word : found) {
        const auto [end, other] = std::ranges::mismatch(common, word);
        common.erase(end, common.end());
    }
    if (common.size() > cursor_ - start || found.size() == 1) {
        if (found.size() == 1) common += ' ';
        line_.replace(start, cursor_ - start, common);
        cursor_ = start + common.size();
        return;
    }
    std::string list = "\r\n";
    for (size_t i = 0; i < std::min(found.size(), kShownMax); ++i) list += Printable(found[i]) + "  ";
    if (found.size() > kShownMax) list += "… " + std::to_string(found.size() - kShownMax) + " more";
    Write(list + "\r\n" + prompt);
}

bool Editor::Take(int key, const std::string& prompt) {
    const auto erase = [this](size_t from, size_t to) {
        line_.erase(from, to - from);
        cursor_ = from;
    };
    const size_t here = cursor_;
    switch (key) {
        case '\r':
        case '\n': return false;
        case kUp: case 16: Older(-1); break;
        case kDown: case 14: Older(1); break;
        case kLeft: case 2: Move(-1); break;
        case kRight: case 6: Move(1); break;
        case kHome: case 1: cursor_ = 0; break;
        case kEnd: case 5: cursor_ = line_.size(); break;
        case 8: case 127: Move(-1); erase(cursor_, here); break;
        case kDelete: case 4: Move(1); erase(here, cursor_); break;
        case 11: line_.resize(cursor_); break;
        case 21: erase(0, here); break;
        case 23: erase(WordStart(), here); break;
        case 12: Write("\x1b[H\x1b[2J"); break;
        case '\t': Complete(prompt); break;
        default:
            if (key < 32 || key > 255) break;
            line_.insert(cursor_++, 1, static_cast<char>(key));
    }
    return true;
}

std::optional<Editor::Line> Editor::Read(const std::string& prompt) {
    const RawMode raw;
    line_.clear();
    cursor_ = 0;
    shown_ = history_.size();
    while (true) {
        // Half of a character is not drawn.
        if (line_.empty() || cursor_ == line_.size() || !Continues(line_[cursor_])) Draw(prompt);
        const int key = ReadKey();
        if (key == kEndOfInput || (key == 4 && line_.empty())) {
            Write("\r\n");
            std::fflush(stdout);
            return std::nullopt;
        }
        if (key == 3) {
            Write("^C\r\n");
            std::fflush(stdout);
            return Line{"", true};
        }
        if (!Take(key, prompt)) break;
    }
    Write("\r\n");
    std::fflush(stdout);
    return Line{line_, false};
}

}  // namespace weft::app
