#include "app/completion.h"

#include <fmt/format.h>

#include <functional>

#include "base/text.h"

namespace weft::app {
namespace {

// "-o,--output" -> its names; positional options have none.
std::vector<std::string> FlagsOf(const Json& verb) {
    std::vector<std::string> flags;
    for (const auto& option : verb["options"])
        if (!JsonBool(option, "positional"))
            for (auto& name : Split(JsonString(option, "name"), ',')) flags.push_back(std::move(name));
    return flags;
}

std::vector<std::string> VerbsOf(const Json& verb) {
    std::vector<std::string> names;
    for (const auto& child : verb["verbs"]) names.push_back(JsonString(child, "name"));
    return names;
}

// Calls `each` with "user add" and its node; two levels are all there is.
void ForEachVerb(const Json& tree, const std::function<void(const std::string&, const Json&)>& each) {
    for (const auto& verb : tree["verbs"]) {
        each(JsonString(verb, "name"), verb);
        for (const auto& child : verb["verbs"]) each(JsonString(verb, "name") + " " + JsonString(child, "name"), child);
    }
}

std::string Bash(const Json& tree) {
    std::string cases;
    ForEachVerb(tree, [&](const std::string& path, const Json& verb) {
        auto words = VerbsOf(verb);
        for (auto& flag : FlagsOf(verb)) words.push_back(std::move(flag));
        cases += fmt::format("    '{}') words='{}' ;;\n", path, Join(words, " "));
    });
    return fmt::format(R"(_weft() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} words='{0}' path='' word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $word in -*) ;; *) [ -z "${{path#* }}" ] || [ "${{path/ /}}" = "$path" ] && path="${{path:+$path }}$word" ;; esac
    done
    case $path in
{1}    '') ;;
    *) case ${{path%% *}} in
{1}    esac ;;
    esac
    case $current in -*) words="$words {2}" ;; esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    [ ${{#COMPREPLY[@]}} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}}
complete -o filenames -F _weft weft
)",
                       Join(VerbsOf(tree), " "), cases, Join(FlagsOf(tree), " "));
}

std::string ZshText(std::string text) {
    std::string out;
    for (const char c : text)
        if (c != '\'' && c != '[' && c != ']' && c != ':') out += c;
    return out;
}

std::string Fish(const Json& tree) {
    std::string out = "complete -c weft -f\n";
    const auto line = [&out](const std::string& when, const std::string& rest, const std::string& about) {
        out += fmt::format("complete -c weft -n '{}' {} -d '{}'\n", when, rest, ZshText(about));
    };
    const auto flags = [&](const std::string& when, const Json& verb) {
        for (const auto& option : verb["options"]) {
            if (JsonBool(option, "positional")) continue;
            std::string names;
            for (const auto& name : Split(JsonString(option, "name"), ','))
                names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            line(when, names + (JsonBool(option, "takes_value") ? " -r -F" : ""), JsonString(option, "about"));
        }
    };
    flags("true", tree);
    for (const auto& verb : tree["verbs"]) {
        const std::string name = JsonString(verb, "name"), seen = "__fish_seen_subcommand_from " + name;
        line("__fish_use_subcommand", "-a " + name, JsonString(verb, "about"));
        flags(seen, verb);
        for (const auto& child : verb["verbs"]) {
            line(seen, "-a " + JsonString(child, "name"), JsonString(child, "about"));
            flags(seen + "; and __fish_seen_subcommand_from " + JsonString(child, "name"), child);
        }
    }
    return out + "complete -c weft -n '__fish_seen_subcommand_from validate plan apply' -F\n";
}

}  // namespace

Result<std::string> CompletionScript(std::string_view shell, const Json& tree) {
    if (shell == "bash") return Bash(tree);
    // zsh runs bash's completion functions; one script cannot drift from the other.
    if (shell == "zsh") return "#compdef weft\nautoload -Uz bashcompinit && bashcompinit\n" + Bash(tree);
    if (shell == "fish") return Fish(tree);
    return Fail(Code::kInvalid, "there is no completion for `" + std::string(shell) + "`", "bash, zsh or fish");
}

}  // namespace weft::app
