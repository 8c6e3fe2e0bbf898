// A small line editor for a terminal: arrows, home and end, words, history in a file, completion by tab. Used by the
// conversation of `weft sql`. Raw mode lasts only while a line is read, so that
// a statement can be interrupted and the terminal is left as it was. THREAD: the main one only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft::app {

// $XDG_STATE_HOME/weft/history or ~/.local/state/weft/history; empty without a home.
std::string HistoryPath();

// What can be written at the end of `before`: words that continue its last one. Case of keywords follows what was typed.
std::vector<std::string> Completions(std::string_view before, const std::vector<std::string>& names);

class Editor {
public:
    Editor(std::string history_path, std::vector<std::string> names);

    struct Line {
        std::string text;
        bool interrupted = false;  // Ctrl-C: forget what was typed.
    };
    std::optional<Line> Read(const std::string& prompt);  // Nothing: the end (Ctrl-D).
    void Remember(const std::string& text);               // In the history and its file, on one line.

private:
    void Draw(const std::string& prompt) const;
    bool Take(int key, const std::string& prompt);  // False: the line is done.
    void Move(int direction);
    void Older(int direction);
    void Complete(const std::string& prompt);
    size_t WordStart() const;

    std::string history_path_;
    std::vector<std::string> names_;
    std::vector<std::string> history_;
    size_t shown_ = 0;             // Of history_; its size: the new line.
    std::string line_, kept_;      // `kept_`: the new line while an old one is shown.
    size_t cursor_ = 0;            // In bytes, at the start of a character.
};

}  // namespace weft::app
