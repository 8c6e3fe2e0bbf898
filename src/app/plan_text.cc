#include "app/plan_text.h"

#include <fmt/format.h>

namespace weft::app {
namespace {

struct Painter {
    const Shell& shell;
    bool output;
    std::string operator()(Tone tone, std::string_view text) const {
        return output ? shell.Paint(tone, text) : shell.PaintError(tone, text);
    }
};

const Json& ListOf(const Json& object, std::string_view key) {
    static const Json kNone = Json::array();
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : kNone;
}

struct Sign {
    std::string_view sign;
    Tone tone;
};
Sign SignOf(std::string_view kind) {
    if (kind.starts_with("add")) return {"+", Tone::kGood};
    if (kind.starts_with("remov")) return {"-", Tone::kBad};
    return {"~", Tone::kNote};
}

std::string ColumnLine(const Painter& paint, const Json& column) {
    const std::string kind = JsonString(column, "kind");
    const std::string from = Printable(JsonString(column, "from")), to = Printable(JsonString(column, "to"));
    const std::string change = from.empty() ? to : to.empty() ? from : from + " -> " + to;
    const Sign sign = SignOf(kind);
    std::string line = fmt::format("      {} column  {:<24} {:<36} {}", paint(sign.tone, sign.sign),
                                   Printable(JsonString(column, "column")), change, kind);
    if (JsonBool(column, "breaking")) line += "  " + paint(Tone::kBad, "BREAKING");
    while (line.ends_with(' ')) line.pop_back();
    return line + "\n";
}

std::string ProductBlock(const Painter& paint, const Json& product) {
    const std::string change = JsonString(product, "change");
    if (change == "none") return "";
    const std::string from = JsonString(product, "from"), to = JsonString(product, "to");
    const Sign sign = SignOf(change);
    std::string text = fmt::format("  {} product {:<28} {}", paint(sign.tone, sign.sign),
                                   Printable(JsonString(product, "product")),
                                   from.empty() || from == to ? to : from + " -> " + to);
    if (JsonBool(product, "breaking")) text += "   " + paint(Tone::kBad, "BREAKING");
    text += "\n";
    for (const auto& column : ListOf(product, "columns")) text += ColumnLine(paint, column);
    for (const auto& note : ListOf(product, "notes"))
        text += "      " + paint(Tone::kNote, "!") + " " + Printable(CellOf(note).value_or("")) + "\n";
    return text;
}

}  // namespace

std::string DescribePlan(const Shell& shell, const Json& plan, bool colors_of_output) {
    const Painter paint{shell, colors_of_output};
    const auto& products = ListOf(plan, "products");
    std::string text = fmt::format("Plan {} (state {})\n", JsonString(plan, "id"), JsonInt(plan, "state_version"));
    size_t breaking = 0;
    std::string unchanged;
    for (const auto& product : products) {
        text += ProductBlock(paint, product);
        breaking += JsonBool(product, "breaking") ? 1 : 0;
        if (JsonString(product, "change") == "none" && products.size() <= 20)
            unchanged += fmt::format("  = product {:<28} {}   unchanged\n", Printable(JsonString(product, "product")),
                                     JsonString(product, "to"));
    }
    text += unchanged;
    for (const auto& root : ListOf(plan, "file_roots"))
        text += "  + may read files in " + Printable(CellOf(root).value_or("")) + "\n";
    text += fmt::format("{} to add, {} to change{}.\n", JsonInt(plan, "add"), JsonInt(plan, "change"),
                        breaking > 0 ? fmt::format(" ({} breaking)", breaking) : "");
    return text;
}

}  // namespace weft::app
