#include "app/script.h"

#include "base/text.h"

namespace weft::app {
namespace {

// The position behind a region that begins at `at` and ends with `end`; the text's size when it does not end.
size_t Behind(std::string_view text, size_t at, std::string_view end) {
    const size_t found = text.find(end, at);
    return found == std::string_view::npos ? text.size() : found + end.size();
}

// "$tag$" at this place, or nothing.
std::string_view DollarTag(std::string_view text) {
    size_t size = 1;
    while (size < text.size() && (text[size] == '_' || (text[size] >= 'a' && text[size] <= 'z') ||
                                  (text[size] >= 'A' && text[size] <= 'Z') ||
                                  (size > 1 && text[size] >= '0' && text[size] <= '9')))
        ++size;
    return size < text.size() && text[size] == '$' ? text.substr(0, size + 1) : std::string_view();
}

// The position behind one character, quoted text or comment.
size_t Next(std::string_view text, size_t at) {
    const std::string_view rest = text.substr(at);
    if (rest[0] == '\'' || rest[0] == '"') return Behind(text, at + 1, rest.substr(0, 1));
    if (rest.starts_with("--")) return Behind(text, at, "\n");
    if (rest.starts_with("/*")) return Behind(text, at + 2, "*/");
    if (rest[0] == '$')
        if (const auto tag = DollarTag(rest); !tag.empty()) return Behind(text, at + tag.size(), tag);
    return at + 1;
}

}  // namespace

Script SplitScript(std::string_view text) {
    Script script;
    size_t start = 0;
    for (size_t at = 0; at < text.size();) {
        if (text[at] != ';') {
            at = Next(text, at);
            continue;
        }
        const std::string statement(Trim(text.substr(start, at - start)));
        if (!statement.empty()) script.statements.push_back(statement);
        start = ++at;
    }
    script.rest = Trim(text.substr(start));
    return script;
}

}  // namespace weft::app
