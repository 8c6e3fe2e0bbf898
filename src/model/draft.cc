#include "model/draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/limits.h"
#include "base/text.h"
#include "model/columns.h"
#include "model/folder.h"
#include "model/yaml.h"

namespace weft::model {
namespace {

using Kind = DataType::Kind;

// Words of a column's name that make personal data likely. Whole words, in any language's spelling
// that people use in files; a guess only ever becomes a comment.
constexpr std::array<std::string_view, 26> kPersonalWords{
    "email",   "mail",     "phone",       "mobile", "fax",     "firstname", "lastname",
    "surname", "fullname", "forename",    "person", "address", "street",    "postcode",
    "zip",     "birth",    "birthday",    "dob",    "ssn",     "passport",  "iban",
    "salary",  "gender",   "nationality", "user",   "customer"};

std::vector<std::string> Words(std::string_view name) {
    std::vector<std::string> words(1);
    char before = 0;
    for (const char c : name) {
        const bool lower = (c >= 'a' && c <= 'z');
        const bool upper = (c >= 'A' && c <= 'Z');
        if (upper && before >= 'a' && before <= 'z') words.emplace_back();
        if (lower || upper) {
            words.back() += c;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
        before = c;
    }
    for (std::string& word : words) word = ToLower(word);
    return words;
}

bool LooksPersonal(const ProfileColumn& column) {
    const auto words = Words(column.name);
    bool named = false;
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string pair = i + 1 < words.size() ? words[i] + words[i + 1] : "";
        named = named || std::ranges::find(kPersonalWords, words[i]) != kPersonalWords.end() ||
                (!pair.empty() && std::ranges::find(kPersonalWords, pair) != kPersonalWords.end());
    }
    // A plain `name` may be anything's; a key of a person is no text about one.
    const bool id = words.back() == "id" || words.back() == "key" || words.back() == "no";
    if (column.type.kind != Kind::kVarchar && column.type.kind != Kind::kDate) return false;
    if (named && !id) return true;
    if (words.size() == 1 && words[0] == "name") return true;
    return column.type.kind == Kind::kVarchar && !column.samples.empty() &&
           std::ranges::all_of(column.samples, [](const std::string& sample) {
               const size_t at = sample.find('@');
               return at != std::string::npos && at > 0 &&
                      sample.find('.', at) != std::string::npos;
           });
}

bool IsNumber(const DataType& type) {
    return type.kind == Kind::kInteger || type.kind == Kind::kBigint || type.kind == Kind::kReal ||
           type.kind == Kind::kDouble || type.kind == Kind::kDecimal;
}

bool IsRequired(const ProfileColumn& column, const Profile& profile) {
    return profile.row_count > 0 && column.null_count == 0;
}

// How much a column looks like a key; 0: not one. Only unique and complete columns of a fit type.
int KeyScore(const ProfileColumn& column, const Profile& profile) {
    const bool fit = column.type.kind == Kind::kInteger || column.type.kind == Kind::kBigint ||
                     column.type.kind == Kind::kVarchar || column.type.kind == Kind::kUuid;
    if (!column.unique || !fit || !IsRequired(column, profile) || profile.row_count < 2) return 0;
    const auto words = Words(column.name);
    const bool named = std::ranges::any_of(words, [](const std::string& word) {
        return word == "id" || word == "key" || word == "code" || word == "number" ||
               word == "uuid" || word == "no";
    });
    return (named ? 4 : 1) +
           (column.type.kind != Kind::kVarchar || column.max_length <= 64 ? 1 : 0);
}

// The best column; the first of equals.
const ProfileColumn* FindKey(const Profile& profile) {
    const ProfileColumn* best = nullptr;
    int most = 0;
    for (const ProfileColumn& column : profile.columns) {
        const int score = KeyScore(column, profile);
        if (score <= most) continue;
        best = &column;
        most = score;
    }
    return best;
}

// A bound that the next delivery will keep too: counts and amounts are not negative. Names that
// say a difference or a place get none, even when today's rows have none below zero.
bool IsNeverNegative(const ProfileColumn& column) {
    static constexpr std::array<std::string_view, 14> kSigned{
        "lat",   "lon",  "lng",     "latitude", "longitude", "temp",  "temperature",
        "delay", "diff", "balance", "offset",   "change",    "delta", "tz"};
    for (const std::string& word : Words(column.name)) {
        if (std::ranges::find(kSigned, word) != kSigned.end()) return false;
    }
    return IsNumber(column.type) && column.min && IsLiteral(*column.min, Kind::kDouble) &&
           !column.min->starts_with('-');
}

std::string ColumnLine(const ProfileColumn& column, const Profile& profile, bool key) {
    std::string text = "{type: " + YamlScalar(ToString(column.type));
    if (key) text += ", primaryKey: true";
    if (IsRequired(column, profile)) text += ", required: true";
    if (IsNeverNegative(column)) text += ", quality: {minimum: 0}";
    text += "}";
    if (LooksPersonal(column)) text += "  # personal data? then add: classification: personal";
    return fmt::format("      {}: {}\n", YamlScalar(column.name), text);
}

std::string InputLines(const Profile& profile, const std::string& input) {
    std::string text = fmt::format("  - name: {}\n    file: {}\n", input, YamlScalar(profile.file));
    const bool csv = profile.format == InputPort::Format::kCsv;
    const auto* format = csv                                           ? "csv"
                         : profile.format == InputPort::Format::kJsonl ? "jsonl"
                                                                       : "parquet";
    text += fmt::format("    format: {}\n", format);
    if (!csv) return text;
    if (!profile.header) text += "    header: false\n";
    if (profile.delimiter != ',') {
        text +=
            fmt::format("    delimiter: {}\n",
                        profile.delimiter == '\t' ? "tab" : YamlScalar({&profile.delimiter, 1}));
    }
    std::vector<std::string> nulls;
    for (const std::string& null : profile.nulls) {
        if (!null.empty()) nulls.push_back(YamlScalar(null));
    }
    if (!nulls.empty()) text += fmt::format("    nulls: [{}]\n", Join(nulls, ", "));
    return text;
}

std::string FileName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

Result<std::string> DraftProduct(const Profile& profile, const DraftOptions& options) {
    for (const std::string* name : {&options.domain, &options.product}) {
        if (!IsName(*name)) {
            return Fail(Code::kInvalid, fmt::format("{} is not a valid name", YamlScalar(*name)),
                        "names are lower-case letters, digits and single underscores");
        }
    }
    if (profile.columns.size() > kLimits.columns_max) {
        return Fail(Code::kLimit, fmt::format("more than {} columns", kLimits.columns_max));
    }
    const ProfileColumn* key = FindKey(profile);
    std::string text = fmt::format(
        "apiVersion: weft/v1\nkind: DataProduct\ndomain: {}\nname: {}\nversion: 1.0.0\n"
        "description: {}  # TODO: say what one row is\n"
        "team: {{name: {}-team, contact: \"\"}}  # TODO: how to reach the team\n"
        "inputPorts:\n",
        YamlScalar(options.domain), YamlScalar(options.product),
        YamlScalar(fmt::format("Drafted from {}, {} rows.", FileName(profile.file),
                               HumanCount(profile.row_count))),
        options.domain);
    text += InputLines(profile, "source");
    text +=
        "outputPorts:\n  - name: default\n    schedule: none  # or: every day, on change\n"
        "    columns:\n";
    for (const ProfileColumn& column : profile.columns) {
        text += ColumnLine(column, profile, &column == key);
    }
    const Parsed parsed = ParseProduct({"", {{"product.yaml", text}}});
    if (!parsed.product) {
        const auto error =
            std::ranges::find(parsed.findings, Finding::Severity::kError, &Finding::severity);
        return Fail(Code::kInvalid, "no product can be drafted from this file: " + error->message,
                    error->help);
    }
    return text;
}

}  // namespace weft::model
