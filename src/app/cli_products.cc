// weft init, remove, show, products, search, status.
#include <filesystem>

#include <fmt/format.h>

#include "app/client.h"
#include "app/exit_code.h"
#include "app/profiler.h"
#include "app/verbs.h"
#include "base/text.h"
#include "base/time.h"
#include "io/files.h"
#include "model/draft.h"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProductFile = "product.yaml";

const Json& ListOf(const Json& object, std::string_view key) {
    static const Json kNone = Json::array();
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : kNone;
}

const Json& MemberOf(const Json& object, std::string_view key) {
    static const Json kNone = Json::object();
    const auto found = object.find(key);
    return found != object.end() && found->is_object() ? *found : kNone;
}

std::string TextOf(const Json& object, std::string_view key) {
    const auto found = object.find(key);
    return found == object.end() ? "" : Printable(CellOf(*found).value_or(""));
}

std::string Line(std::string_view name, std::string_view value) {
    return value.empty() ? "" : fmt::format("{:<14} {}\n", name, value);
}

Tone ToneOf(std::string_view health) {
    return health == "healthy" ? Tone::kGood : health == "failed" ? Tone::kBad : Tone::kNote;
}

Result<model::DraftOptions> NamesOf(const std::string& product) {
    const auto parts = Split(product, '.');
    if (parts.size() != 2 || !IsName(parts[0]) || !IsName(parts[1]))
        return Fail(Code::kInvalid, "`" + product + "` is not a product's name",
                    "write DOMAIN.PRODUCT: lower-case letters, digits and single underscores");
    return model::DraftOptions{parts[0], parts[1]};
}

std::string Promise(const Json& guarantee) {
    std::string text = TextOf(guarantee, "name") + " " + TextOf(guarantee, "promised") + ": " + TextOf(guarantee, "state");
    if (const std::string measured = TextOf(guarantee, "measured"); !measured.empty()) text += " (" + measured + ")";
    return text;
}

std::string StatusBlock(const Shell& shell, const Json& product) {
    const std::string health = TextOf(product, "health");
    std::string text = fmt::format("{} {}: {}\n", TextOf(product, "product"), TextOf(product, "version"),
                                   shell.Paint(ToneOf(health), health));
    text += Line("  reason", TextOf(product, "reason"));
    const Json& run = MemberOf(product, "last_run");
    if (!run.empty())
        text += Line("  last run", fmt::format("{} {} at {}, {} rows", TextOf(run, "id"), TextOf(run, "state"),
                                               TextOf(run, "started"), HumanCount(static_cast<uint64_t>(std::max<int64_t>(
                                                                           0, JsonInt(run, "rows_written"))))));
    for (const auto& guarantee : ListOf(product, "guarantees")) text += Line("  guarantee", Promise(guarantee));
    if (const int64_t letters = JsonInt(product, "dead_letters"); letters > 0)
        text += Line("  dead letters", fmt::format("{}: weft rejected list {}", HumanCount(static_cast<uint64_t>(letters)),
                                                   TextOf(product, "product")));
    return text;
}

Table ColumnsTable(const Json& port) {
    Table table;
    table.columns = {{"column"}, {"type"}, {"rules"}, {"description"}};
    for (const auto& column : ListOf(port, "columns")) {
        std::vector<std::string> rules;
        if (JsonBool(column, "primary_key")) rules.emplace_back("primary key");
        if (JsonBool(column, "required")) rules.emplace_back("required");
        if (JsonBool(column, "unique")) rules.emplace_back("unique");
        for (const char* key : {"classification", "mask"})
            if (const auto value = JsonString(column, key); !value.empty()) rules.push_back(std::string(key) + " " + value);
        if (const auto target = JsonString(column, "references"); !target.empty()) rules.push_back("-> " + target);
        const std::string type = JsonString(column, "type");
        table.rows.push_back({JsonString(column, "name"), type.empty() ? "(from the query)" : type, Join(rules, ", "),
                              JsonString(column, "description")});
    }
    return table;
}

void PrintPort(Shell& shell, const Json& product, const Json& port) {
    const std::string name = TextOf(port, "name");
    std::string text = "\n" + shell.Paint(Tone::kBold, "port " + name) + (JsonBool(port, "readable") ? "" : " (you may not read it)") + "\n";
    text += Line("  description", TextOf(port, "description"));
    text += Line("  schedule", TextOf(port, "schedule"));
    text += Line("  contract", TextOf(port, "contract_version"));
    text += Line("  published", TextOf(port, "published"));
    if (port.contains("rows"))
        text += Line("  rows", HumanCount(static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(port, "rows")))) + ", " +
                                   HumanBytes(static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(port, "bytes")))));
    for (const auto& guarantee : ListOf(port, "guarantees")) text += Line("  guarantee", Promise(guarantee));
    if (const Json& access = MemberOf(port, "access"); !access.empty()) {
        text += Line("  access", TextOf(access, "rule"));
        text += Line("  ask", TextOf(access, "how_to_ask"));
    }
    const std::string table = TextOf(product, "product") + (name == "default" ? "" : "__" + name);
    text += Line("  query", "weft sql \"SELECT * FROM " + table + " LIMIT 10\"");
    shell.Print(text);
    shell.PrintTable(ColumnsTable(port));
}

bool KeepsData(const RemoveOptions& options) { return !options.delete_data && options.data != "delete"; }

}  // namespace

Result<int> Init(Shell& shell, const InitOptions& options) {
    const model::DraftOptions names = TRY(NamesOf(options.product));
    const std::string folder = options.folder.empty() ? names.product : options.folder;
    const std::string path = (fs::path(folder) / kProductFile).string();
    std::error_code failed;
    if (fs::exists(path, failed) && !options.force)
        return Fail(Code::kExists, path + " exists", "write over it with --force");
    const std::string from = fs::absolute(options.from, failed).lexically_normal().string();
    if (!fs::exists(from, failed)) return Fail(Code::kInvalid, options.from + " does not exist");

    shell.Say("reading " + options.from + " …");
    const auto profile = TRY(ProfileFile(from, options.insecure));
    const std::string text = TRY(model::DraftProduct(profile, names));
    CHECK_OK(io::MakeDirectories(fs::absolute(folder).lexically_normal().string()));
    CHECK_OK(io::WriteFileAtomically(fs::absolute(path).lexically_normal().string(), text, 0644));
    if (shell.wants_json()) {
        shell.PrintJson({{"file", path}, {"rows", profile.row_count}, {"columns", profile.columns.size()}});
    } else {
        shell.Print(fmt::format("{}: {} columns from {} rows\n", path, profile.columns.size(), HumanCount(profile.row_count)));
    }
    shell.Hint("look at " + path + ", then: weft apply " + folder + " --wait");
    return kDone;
}

Result<int> Remove(Shell& shell, const RemoveOptions& options) {
    const std::string path = "/api/v1/products/" + TRY(ProductPath(options.product));
    if (options.data != "" && options.data != "keep" && options.data != "delete")
        return Fail(Code::kInvalid, "--data is keep or delete");
    if (options.keep_data && !KeepsData(options)) return Fail(Code::kInvalid, "keep the data or delete it?");
    const auto client = TRY(Client::Find(shell));
    const bool keep = KeepsData(options);
    if (!keep || shell.input_is_terminal()) {
        (void)TRY(client->Get(path));  // What does not exist needs no question.
        const std::string question = keep ? "Remove " + options.product + "? Its data stays."
                                          : "Remove " + options.product + " and delete its data for good?";
        if (!TRY(shell.Ask(question, "--yes"))) return Fail(Code::kInvalid, "nothing was removed");
    }
    const Json answer = TRY(client->Send("DELETE", path + (keep ? "?data=keep" : "?data=delete"), Json()));
    if (shell.wants_json()) shell.PrintJson(answer);
    else shell.Print("removed " + options.product + "\n");
    for (const auto& folder : ListOf(answer, "folders")) shell.Say("kept: " + CellOf(folder).value_or(""));
    return kDone;
}

Result<int> ListProducts(Shell& shell) {
    static constexpr ListField kFields[] = {{"product", "product"}, {"version", "version"}, {"team", "team"},
                                            {"readable", "readable"}, {"description", "description"}};
    const auto client = TRY(Client::Find(shell));
    shell.PrintList(TRY(client->Get("/api/v1/products")), "products", kFields, "there are no products yet");
    return kDone;
}

Result<int> Show(Shell& shell, const ProductOptions& options) {
    const std::string path = TRY(ProductPath(options.product));
    const auto client = TRY(Client::Find(shell));
    const Json product = TRY(client->Get("/api/v1/products/" + path));
    if (shell.wants_json()) {
        shell.PrintJson(product);
        return kDone;
    }
    const Json& team = MemberOf(product, "team");
    const std::string contact = TextOf(team, "contact");
    std::string text = shell.Paint(Tone::kBold, TextOf(product, "product")) + " " + TextOf(product, "version") + "\n";
    text += Line("description", TextOf(product, "description"));
    text += Line("team", TextOf(team, "name") + (contact.empty() ? "" : " (" + contact + ")"));
    text += Line("tags", TextOf(product, "tags"));
    text += Line("health", TextOf(product, "health") + ": " + TextOf(product, "reason"));
    text += Line("applied", TextOf(product, "applied") + " by " + TextOf(product, "applied_by"));
    for (const auto& input : ListOf(product, "inputs")) {
        const std::string source = TextOf(input, "product");
        text += Line("input", TextOf(input, "name") + " (" + TextOf(input, "kind") + (source.empty() ? "" : " " + source) + ")");
    }
    shell.Print(text);
    for (const auto& port : ListOf(product, "ports")) PrintPort(shell, product, port);
    return kDone;
}

Result<int> Search(Shell& shell, const std::vector<std::string>& words) {
    static constexpr ListField kFields[] = {{"product", "product"}, {"why", "why"}, {"description", "description"}};
    const auto client = TRY(Client::Find(shell));
    const Json answer = TRY(client->Get("/api/v1/search?q=" + UrlPart(Join(words, " "))));
    shell.PrintList(answer, "results", kFields, "nothing was found that you may know of");
    return kDone;
}

Result<int> Status(Shell& shell, const ProductOptions& options) {
    const auto client = TRY(Client::Find(shell));
    const std::string query = options.product.empty() ? "" : "?product=" + UrlPart(options.product);
    const Json answer = TRY(client->Get("/api/v1/status" + query));
    const auto& products = ListOf(answer, "products");
    if (shell.output() == Output::kJson) {
        shell.PrintJson(answer);
    } else if (shell.output() == Output::kJsonl) {
        for (const auto& product : products) shell.PrintJson(product);
    } else if (options.product.empty()) {
        static constexpr ListField kFields[] = {{"product", "product"}, {"version", "version"}, {"health", "health"},
                                                {"reason", "reason"}};
        shell.PrintList(answer, "products", kFields, "there are no products yet");
    } else {
        for (const auto& product : products) shell.Print(StatusBlock(shell, product));
    }
    // What is wrong with the node as a whole: a disk that is nearly full, above all.
    if (const auto ready = client->GetText("/readyz?verbose"))
        for (const auto& line : Split(*ready, '\n'))
            if (line.starts_with("warn ")) shell.Say("node: " + line.substr(5));
    return kDone;
}

}  // namespace weft::app
