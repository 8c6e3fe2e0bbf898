#include "model/folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"
#include "model/fields.h"
#include "model/grants.h"
#include "model/ports.h"
#include "model/yaml.h"

namespace weft::model {
namespace {

constexpr std::string_view kProductFile = "product.yaml";
constexpr size_t kTextBytesMax = 20'000;
constexpr size_t kExcerptBytesMax = 160;
constexpr size_t kTodosMax = 100;

std::string InFolder(const ProductFolder& folder, std::string_view file) {
    if (folder.path.empty() || folder.path == ".") return std::string(file);
    return folder.path + (folder.path.ends_with('/') ? "" : "/") + std::string(file);
}

bool IsSafePath(std::string_view path) {
    if (path.empty() || path.size() > 500 || !IsUtf8(path)) return false;
    for (const char c : path) {
        if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F || c == '\\') return false;
    }
    for (const std::string& part : Split(path, '/')) {
        if (part.empty() || part == "." || part == "..") return false;
    }
    return true;
}

bool CheckFiles(const ProductFolder& folder, std::vector<Finding>& findings) {
    Report report(folder.path, findings);
    if (folder.files.size() > kLimits.product_files_max) {
        report.Error("E1012", Position{},
                     fmt::format("the folder has more than {} files", kLimits.product_files_max));
        return false;
    }
    size_t bytes = 0;
    for (const auto& [path, text] : folder.files) {
        bytes += text.size();
        Report file(InFolder(folder, path), findings);
        if (!IsSafePath(path)) {
            report.Error("E1012", Position{}, fmt::format("{} is not a path", Show(path)),
                         "a relative path without `..`");
        } else if (text.size() > kLimits.product_file_bytes_max) {
            file.Error("E1002", Position{},
                       fmt::format("the file is larger than {}",
                                   HumanBytes(kLimits.product_file_bytes_max)));
        } else if (!IsUtf8(text)) {
            file.Error("E1009", Position{}, "the file is not UTF-8 text", {}, "save it as UTF-8");
        } else if (path.starts_with("contracts/")) {
            file.Error("E1701", Position{}, "contract files are not read yet", {},
                       "write the contract as `columns:` of the output port in product.yaml");
        } else if (path.starts_with("tests/")) {
            file.Warn("W1702", Position{}, "tests of products are not run yet");
        } else if (!IsProductFile(path)) {
            file.Warn("W1101", Position{}, "the file is not read: it has no meaning here");
        }
    }
    if (bytes > kLimits.product_folder_bytes_max) {
        report.Error("E1012", Position{},
                     fmt::format("the folder is larger than {}",
                                 HumanBytes(kLimits.product_folder_bytes_max)));
        return false;
    }
    return !HasErrors(findings);
}

bool IsWordByte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

void FindTodos(const std::string& file, std::string_view text, std::vector<Finding>& findings) {
    Report report(file, findings);
    size_t count = 0;
    size_t from = 0;
    for (uint32_t line = 1; from <= text.size() && count < kTodosMax; ++line) {
        const size_t end = std::min(text.find('\n', from), text.size());
        const std::string_view row = text.substr(from, end - from);
        from = end + 1;
        const size_t at = row.find("TODO");
        if (at == std::string_view::npos) continue;
        if ((at > 0 && IsWordByte(row[at - 1])) ||
            (at + 4 < row.size() && IsWordByte(row[at + 4]))) {
            continue;
        }
        ++count;
        report.Warn("W1001", Position{file, line, static_cast<uint32_t>(at + 1), 4},
                    "a TODO is left here");
    }
}

void CheckHead(Report& report, const Fields& fields) {
    const std::string api = fields.Required("apiVersion", "weft/v1");
    if (!api.empty() && api != "weft/v1") {
        report.Error("E1104", *fields.Find("apiVersion"),
                     fmt::format("{} is not a known version of this file's form", Show(api)),
                     "weft/v1");
    }
    const std::string kind = fields.Required("kind", "DataProduct");
    if (!kind.empty() && kind != "DataProduct") {
        report.Error("E1105", *fields.Find("kind"), fmt::format("{} is not a kind", Show(kind)),
                     "DataProduct");
    }
}

void ReadTeam(Report& report, const Fields& product_fields, Product& product) {
    const Yaml* node = product_fields.Find("team");
    if (!node) {
        if (product_fields.is_map()) product_fields.Required("team", "{name: sales-data}");
        return;
    }
    const Fields fields(report, *node, "`team`", {"name", "contact"});
    if (!fields.is_map()) return;
    product.team.name = fields.Required("name", "sales-data");
    product.team.contact = fields.Text("contact");
    const bool control = std::ranges::any_of(
        product.team.name, [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7F; });
    if (product.team.name.size() > 128 || control) {
        report.Error("E1106", *fields.Find("name"),
                     fmt::format("{} is not a valid name of a team", Show(product.team.name)),
                     "1 to 128 bytes without control characters");
    }
}

void ReadLinks(Report& report, const Fields& product_fields, Product& product) {
    for (const Yaml& node : product_fields.List("authoritativeDefinitions", 100)) {
        const Fields fields(report, node, "a definition", {"type", "url", "description"});
        if (!fields.is_map()) continue;
        Link link{fields.Required("type", "businessDefinition"),
                  fields.Required("url", "https://wiki.example.com/orders"),
                  fields.Text("description")};
        const bool web = link.url.starts_with("https://") || link.url.starts_with("http://");
        if (!link.url.empty() && !web) {  // It becomes a link on a page: no javascript: there.
            report.Error("E1109", *fields.Find("url"), fmt::format("{} is no URL", Show(link.url)),
                         "a URL that begins with https://");
        }
        product.links.push_back(std::move(link));
    }
}

void ReadVersion(Report& report, const Fields& fields, Product& product) {
    const std::string text = fields.Required("version", "1.0.0");
    if (text.empty()) return;
    product.version_at = report.At(*fields.Find("version"));
    const auto version = ParseVersion(text);
    if (version) {
        product.version = *version;
    } else {
        report.Error("E1108", *fields.Find("version"),
                     fmt::format("{} is not a version", Show(text)), version.error().message);
    }
}

void ReadProduct(Report& report, const Yaml& root, const ProductFolder& folder, Product& product) {
    const Fields fields(
        report, root, "a product",
        {"apiVersion", "kind", "domain", "name", "version", "status", "description", "team",
         "visibility", "tags", "authoritativeDefinitions", "inputPorts", "outputPorts", "grants"});
    if (!fields.is_map()) return;
    CheckHead(report, fields);
    product.at = report.At(root);
    product.domain = fields.Name("domain", true);
    product.name = fields.Name("name", true);
    if (IsReservedDomain(product.domain)) {
        report.Error("E1107", *fields.Find("domain"),
                     fmt::format("{} is reserved and cannot be a domain", Show(product.domain)));
    }
    ReadVersion(report, fields, product);
    product.status =
        fields.Choice("status", {"proposed", "draft", "active", "deprecated", "retired"}, "active");
    product.description = fields.Text("description");
    if (product.description.size() > kTextBytesMax) {
        report.Error("E1112", fields.At("description"),
                     fmt::format("`description` is longer than {} bytes", kTextBytesMax));
    }
    ReadTeam(report, fields, product);
    product.is_private = fields.Choice("visibility", {"public", "private"}, "public") == "private";
    product.tags = fields.Texts("tags");
    ReadLinks(report, fields, product);
    product.grants = ReadGrants(report, fields, "");
    ReadPorts(report, fields, folder.files, product);
    CheckGrants(report, product);
}

void PointIntoFolder(const ProductFolder& folder, Product& product) {
    for (OutputPort& port : product.output_ports) {
        if (!port.sql_file.empty()) port.sql_at.file = InFolder(folder, port.sql_file);
    }
}

void Sort(std::vector<Finding>& findings) {
    std::ranges::stable_sort(findings, {}, [](const Finding& f) {
        return std::tuple(std::string_view(f.file), f.line, f.column, std::string_view(f.id));
    });
}

// Line `number` of the text, short and without control characters.
std::string Excerpt(std::string_view text, uint32_t number) {
    for (uint32_t line = 1; line < number; ++line) {
        const size_t end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    std::string row(text.substr(0, std::min(text.find('\n'), kExcerptBytesMax)));
    for (char& c : row) {
        if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) c = ' ';
    }
    return row;
}

// How many columns a terminal needs for the first `bytes` of a line: bytes that begin a character.
size_t Width(std::string_view row, size_t bytes) {
    size_t width = 0;
    for (const char c : row.substr(0, bytes)) width += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
    return width;
}

const std::string* FileOf(const Finding& finding, const ProductFolder& folder) {
    for (const auto& [path, text] : folder.files) {
        if (finding.file == InFolder(folder, path)) return &text;
    }
    return nullptr;
}

}  // namespace

bool HasErrors(const std::vector<Finding>& findings) {
    return std::ranges::any_of(findings, [](const Finding& finding) {
        return finding.severity == Finding::Severity::kError;
    });
}

bool IsProductFile(std::string_view path) {
    const auto inside = [&](std::string_view folder, std::string_view suffix) {
        return path.starts_with(folder) && path.ends_with(suffix);
    };
    return path == kProductFile || path == "README.md" || inside("contracts/", ".odcs.yaml") ||
           inside("models/", ".sql") || inside("queries/", ".sql") || inside("tests/", ".yaml");
}

Parsed ParseProduct(const ProductFolder& folder) {
    Parsed parsed;
    const auto file = folder.files.find(std::string(kProductFile));
    const bool usable = CheckFiles(folder, parsed.findings);
    const std::string name = InFolder(folder, kProductFile);
    Report report(name, parsed.findings);
    if (file == folder.files.end()) {
        const bool yml = folder.files.contains("product.yml");
        report.Error("E1011", Position{}, "there is no product.yaml in the folder", {},
                     yml ? "rename product.yml to product.yaml" : "");
    } else if (usable || file->second.size() <= kLimits.product_file_bytes_max) {
        YamlText yaml = ReadYaml(file->second, name);
        std::ranges::move(yaml.findings, std::back_inserter(parsed.findings));
        if (yaml.root && yaml.root->kind == Yaml::Kind::kNull) {
            report.Error("E1013", Position{}, "product.yaml is empty");
        } else if (yaml.root) {
            Product product;
            ReadProduct(report, *yaml.root, folder, product);
            PointIntoFolder(folder, product);
            if (!HasErrors(parsed.findings)) parsed.product = std::move(product);
        }
        FindTodos(name, file->second, parsed.findings);
    }
    for (const auto& [path, text] : folder.files) {
        if (path.ends_with(".sql") && text.size() <= kLimits.product_file_bytes_max) {
            FindTodos(InFolder(folder, path), text, parsed.findings);
        }
    }
    Sort(parsed.findings);
    return parsed;
}

std::string FormatFinding(const Finding& finding, const ProductFolder& folder) {
    const bool error = finding.severity == Finding::Severity::kError;
    std::string out =
        fmt::format("{}[{}]: {}\n", error ? "error" : "warning", finding.id, finding.message);
    if (!finding.file.empty()) {
        out += "  --> " + finding.file;
        if (finding.line > 0) out += fmt::format(":{}:{}", finding.line, finding.column);
        out += "\n";
    }
    const std::string* text = finding.line > 0 ? FileOf(finding, folder) : nullptr;
    std::string expected = finding.expected;
    const std::string row = text ? Excerpt(*text, finding.line) : std::string();
    if (text && finding.column > 0 && finding.column <= row.size() + 1) {
        const std::string number = std::to_string(finding.line);
        const std::string margin(number.size(), ' ');
        const size_t before = Width(row, finding.column - 1);
        const size_t rest = row.size() - (finding.column - 1);
        const size_t carets = Width(std::string_view(row).substr(finding.column - 1),
                                    std::min<size_t>(finding.length, rest));
        out += fmt::format("{} |\n{} | {}\n{} | {}{}", margin, number, row, margin,
                           std::string(before, ' '), std::string(std::max<size_t>(1, carets), '^'));
        out += expected.empty() ? "\n" : " expected " + expected + "\n";
    } else if (!expected.empty()) {
        out += "expected: " + expected + "\n";
    }
    if (!finding.help.empty()) out += "help: " + finding.help + "\n";
    return out;
}

}  // namespace weft::model
