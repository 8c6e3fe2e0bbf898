#include "model/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_set>

#include "base/limits.h"
#include "base/text.h"

namespace weft::model {
namespace {

constexpr size_t kFindingsMax = 100;

Finding MakeFinding(const std::string& file, std::string id, std::string message,
                    std::string help = {}) {
    Finding finding;
    finding.id = std::move(id);
    finding.file = file;
    finding.message = std::move(message);
    finding.help = std::move(help);
    return finding;
}

// Builds the tree from events. A refused construct is reported and skipped; beyond a limit nothing
// more is stored, so that memory stays bounded while the reader runs on to the end of the text.
class Builder : public YAML::EventHandler {
  public:
    Builder(const std::string& file, std::vector<Finding>& findings)
        : file_(file), findings_(findings) {}

    std::optional<Yaml> root;

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node(mark, "", anchor, Yaml::Kind::kNull, {});
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        Report(mark, "E1005", "aliases (`*name`) are not allowed",
               "write the value out where it is needed");
        Node(mark, "", 0, Yaml::Kind::kNull, {});
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node(mark, tag, anchor, Yaml::Kind::kText, value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        Open(mark, tag, anchor, Yaml::Kind::kList);
    }
    void OnSequenceEnd() override { Close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        Open(mark, tag, anchor, Yaml::Kind::kMap);
    }
    void OnMapEnd() override { Close(); }

  private:
    struct Level {
        Yaml* node = nullptr;  // Null: below a key or a limit, nothing is stored.
        bool key_next = true;
        std::unordered_set<std::string> keys;
    };

    void Report(const YAML::Mark& mark, std::string id, std::string message, std::string help = {},
                size_t length = 1) {
        if (findings_.size() >= kFindingsMax) return;
        Finding finding = MakeFinding(file_, std::move(id), std::move(message), std::move(help));
        finding.line = static_cast<uint32_t>(mark.line + 1);
        finding.column = static_cast<uint32_t>(mark.column + 1);
        finding.length = static_cast<uint32_t>(std::max<size_t>(1, length));
        findings_.push_back(std::move(finding));
    }

    void CheckMarks(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != 0) {
            Report(mark, "E1005", "anchors (`&name`) are not allowed",
                   "write the value out where it is needed");
        }
        if (!tag.empty() && tag != "?" && tag != "!") {
            Report(mark, "E1006", "tags (`!name`) are not allowed", "remove the tag");
        }
    }

    // Counts a node; false once there are too many.
    bool Count(const YAML::Mark& mark) {
        if (++nodes_ <= kLimits.yaml_nodes_max) return true;
        if (nodes_ == kLimits.yaml_nodes_max + 1) {
            Report(mark, "E1004",
                   fmt::format("the file has more than {} values", kLimits.yaml_nodes_max));
        }
        return false;
    }

    static Yaml Make(const YAML::Mark& mark, const std::string& tag, Yaml::Kind kind,
                     const std::string& text) {
        Yaml node;
        node.kind = kind;
        node.text = text;
        node.quoted = tag == "!";
        node.line = static_cast<uint32_t>(mark.line + 1);
        node.column = static_cast<uint32_t>(mark.column + 1);
        const size_t line_end = std::min(text.find('\n'), text.size());
        node.length = static_cast<uint32_t>(std::max<size_t>(1, line_end + (node.quoted ? 2 : 0)));
        return node;
    }

    void Node(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
              Yaml::Kind kind, const std::string& text) {
        CheckMarks(mark, tag, anchor);
        if (IsKeyNext()) {
            Key(mark, tag, kind, text);
        } else if (Count(mark)) {
            Place(Make(mark, tag, kind, text));
        } else {
            Place(std::nullopt);
        }
    }

    bool IsKeyNext() const {
        if (levels_.empty()) return false;
        const Level& level = levels_.back();
        return level.key_next && level.node && level.node->kind == Yaml::Kind::kMap;
    }

    void Key(const YAML::Mark& mark, const std::string& tag, Yaml::Kind kind,
             const std::string& text) {
        Level& level = levels_.back();
        level.key_next = false;
        stored_key_ = false;
        if (kind != Yaml::Kind::kText) {
            Report(mark, "E1003", "a key must be a text",
                   kind == Yaml::Kind::kNull ? "quote it: \"null\"" : "write `name: value`");
        } else if (text == "<<" && tag != "!") {
            Report(mark, "E1007", "merge keys (`<<`) are not allowed",
                   "write the keys out where they are needed", 2);
        } else if (!level.keys.insert(text).second) {
            Report(mark, "E1008", fmt::format("key `{}` appears twice", text.substr(0, 64)),
                   "remove one of the two", text.size());
        } else if (Count(mark)) {
            level.node->keys.push_back(Make(mark, tag, kind, text));
            stored_key_ = true;
        }
        level.node->items.resize(level.node->keys.size());
    }

    // Puts a value where the innermost level wants it; null when it is dropped.
    Yaml* Place(std::optional<Yaml> node) {
        if (levels_.empty()) {
            if (!node) return nullptr;
            root = std::move(*node);
            return &*root;
        }
        Level& level = levels_.back();
        if (!level.node) return nullptr;
        if (level.node->kind == Yaml::Kind::kMap) {
            level.key_next = true;
            if (!stored_key_ || !node) return nullptr;
            level.node->items.back() = std::move(*node);
        } else {
            if (!node) return nullptr;
            level.node->items.push_back(std::move(*node));
        }
        return &level.node->items.back();
    }

    void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
              Yaml::Kind kind) {
        CheckMarks(mark, tag, anchor);
        Level level;
        if (IsKeyNext()) {
            Key(mark, tag, kind, "");
        } else if (levels_.size() >= kLimits.yaml_depth_max) {
            if (levels_.size() == kLimits.yaml_depth_max && !too_deep_) {
                Report(mark, "E1003",
                       fmt::format("the file is nested deeper than {} levels",
                                   kLimits.yaml_depth_max));
            }
            too_deep_ = true;
            Place(std::nullopt);
        } else {
            const bool counted = Count(mark);
            level.node = Place(counted ? std::optional(Make(mark, tag, kind, "")) : std::nullopt);
        }
        levels_.push_back(std::move(level));
    }

    void Close() {
        const bool is_map = levels_.back().node && levels_.back().node->kind == Yaml::Kind::kMap;
        if (is_map) levels_.back().node->items.resize(levels_.back().node->keys.size());
        levels_.pop_back();
    }

    const std::string& file_;
    std::vector<Finding>& findings_;
    std::vector<Level> levels_;
    size_t nodes_ = 0;
    bool stored_key_ = false;
    bool too_deep_ = false;
};

// yaml-cpp reads recursively. It guards itself at 500 levels; texts that open more than our limit
// in one go are not even handed over.
bool OpensTooMany(std::string_view text) {
    size_t run = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool dash = (c == '-' || c == '?') && i + 1 < text.size() &&
                          (text[i + 1] == ' ' || text[i + 1] == '\t' || text[i + 1] == '\n');
        if (c == '[' || c == '{' || dash) {
            if (++run > kLimits.yaml_depth_max) return true;
        } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            run = 0;
        }
    }
    return false;
}

class View : public std::streambuf {
  public:
    explicit View(std::string_view text) {
        char* begin = const_cast<char*>(text.data());  // Only read.
        setg(begin, begin, begin + text.size());
    }
};

// The adapter: no exception of yaml-cpp leaves it.
void Parse(std::string_view text, Builder& builder, const std::string& file,
           std::vector<Finding>& findings) {
    View view(text);
    std::istream stream(&view);
    try {
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(builder)) return;
        std::vector<Finding> ignored;
        Builder rest(file, ignored);
        if (parser.HandleNextDocument(rest)) {
            findings.push_back(MakeFinding(file, "E1010", "the file holds more than one document",
                                           "remove everything from the second `---` on"));
        }
    } catch (const YAML::Exception& e) {
        Finding finding = MakeFinding(file, "E1001", "not valid YAML: " + e.msg);
        if (e.mark.line >= 0) {
            finding.line = static_cast<uint32_t>(e.mark.line + 1);
            finding.column = static_cast<uint32_t>(e.mark.column + 1);
        }
        findings.push_back(std::move(finding));
    } catch (const std::exception&) {
        findings.push_back(MakeFinding(file, "E1001", "not valid YAML"));
    }
}

std::optional<Finding> CheckText(std::string_view text, const std::string& file) {
    if (text.size() > kLimits.product_file_bytes_max) {
        return MakeFinding(
            file, "E1002",
            fmt::format("the file is larger than {}", HumanBytes(kLimits.product_file_bytes_max)));
    }
    if (!IsUtf8(text)) {
        return MakeFinding(file, "E1009", "the file is not UTF-8 text", "save it as UTF-8");
    }
    if (OpensTooMany(text)) {
        return MakeFinding(
            file, "E1003",
            fmt::format("the file is nested deeper than {} levels", kLimits.yaml_depth_max));
    }
    return std::nullopt;
}

bool IsPlain(std::string_view text) {
    if (text.empty() || text.size() > 200 || text != Trim(text)) return false;
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/' || c == '.';
    };
    const auto more = [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == ' ' || c == '-';
    };
    if (!letter(text[0]) || !std::ranges::all_of(text, more)) return false;
    for (const auto* word :
         {"null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "..."}) {
        if (ToLower(text) == word) return false;
    }
    return true;
}

}  // namespace

const Yaml* Yaml::Find(std::string_view key) const {
    const auto found = std::ranges::find(keys, key, &Yaml::text);
    return found == keys.end() ? nullptr : &items[static_cast<size_t>(found - keys.begin())];
}

YamlText ReadYaml(std::string_view text, const std::string& file) {
    YamlText out;
    if (auto finding = CheckText(text, file)) {
        out.findings.push_back(std::move(*finding));
        return out;
    }
    Builder builder(file, out.findings);
    Parse(text, builder, file, out.findings);
    if (!out.findings.empty()) return out;
    out.root = builder.root ? std::move(*builder.root) : Yaml{};
    return out;
}

std::string YamlScalar(std::string_view text) {
    if (IsPlain(text)) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
            out += fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
        } else {
            out += c;
        }
    }
    return out + "\"";
}

}  // namespace weft::model
