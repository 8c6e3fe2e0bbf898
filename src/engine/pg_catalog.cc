#include "engine/pg_catalog.h"

#include <map>

namespace weft::engine {
namespace {

// Raw string literals, included as they are, so that the build sees when they change.
constexpr std::string_view kSystem =
#include "engine/pg_catalog/system.sql"
    ;
constexpr std::string_view kBuiltin =
#include "engine/pg_catalog/builtin.sql"
    ;

using Views = std::map<std::string, std::string_view, std::less<>>;

void AddViews(std::string_view text, Views& views) {
    constexpr std::string_view kMark = "-- name: ";
    for (size_t at = text.find(kMark); at != std::string_view::npos;) {
        const size_t name = at + kMark.size();
        const size_t line = text.find('\n', name);
        const size_t next = text.find(kMark, line);
        views.emplace(text.substr(name, line - name), text.substr(line + 1, next == std::string_view::npos ? next : next - line - 1));
        at = next;
    }
}

const Views& AllViews() {
    static const Views kViews = [] {
        Views views;
        AddViews(kSystem, views);
        AddViews(kBuiltin, views);
        return views;
    }();
    return kViews;
}

}  // namespace

std::optional<std::string> SystemViewSql(std::string_view domain, std::string_view table) {
    if (domain != "pg_catalog" && domain != "information_schema") return std::nullopt;
    const auto found = AllViews().find(std::string(domain) + "." + std::string(table));
    if (found == AllViews().end()) return std::nullopt;
    return std::string(found->second);
}

std::vector<std::string> SystemViewNames() {
    std::vector<std::string> names;
    for (const auto& [name, text] : AllViews()) names.push_back(name);
    return names;
}

}  // namespace weft::engine
