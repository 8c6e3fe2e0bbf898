#include "model/grants.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace weft::model {
namespace {

constexpr size_t kGrantsMax = 1'000;
constexpr size_t kSubjectBytesMax = 200;

bool IsSubject(std::string_view text) {
    if (text.empty() || text.size() > kSubjectBytesMax || text != Trim(text)) return false;
    if (text.starts_with("product:")) {
        const auto name = ParsePortReference(text.substr(8));
        return name && name->port == kDefaultPort && !name->major;
    }
    const bool team = text.starts_with("team:");
    const std::string_view name = team ? text.substr(5) : text;
    // A user's name is plain; a team's may hold any printable text.
    return !name.empty() && std::ranges::all_of(name, [&](char c) {
        const auto byte = static_cast<uint8_t>(c);
        return byte > 0x20 ? c != 0x7F && (team || c != ':') : team && c == ' ';
    });
}

std::optional<Timestamp> ReadUntil(Report& report, const Fields& fields) {
    const std::string text = fields.Text("until");
    if (text.empty()) return std::nullopt;
    // A day counts whole: the grant ends when it does.
    if (text.size() == 10) {
        if (const auto day = ParseRfc3339(text + "T23:59:59.999999Z")) return *day;
    } else if (const auto time = ParseRfc3339(text)) {
        return *time;
    }
    report.Error("E1603", *fields.Find("until"), fmt::format("{} is not a date", Show(text)),
                 "a day as 2027-12-31, or a time as 2027-12-31T18:00:00Z");
    return std::nullopt;
}

void ReadPorts(Report& report, const Fields& fields, const std::string& port, Grant& grant) {
    if (!port.empty()) {
        grant.ports = {port};
        if (fields.Find("write") && fields.Bool("write", false)) grant.access = Access::kWrite;
        for (const std::string_view key : {"read", "port"}) {
            if (!fields.Find(key)) continue;
            report.Error("E1602", fields.At(key),
                         "a grant at an output port is for that port alone", {},
                         "move the grant to the product's own `grants`");
        }
        return;
    }
    std::vector<std::string_view> lists;
    for (const std::string_view key : {"read", "write", "port"})
        if (fields.Find(key)) lists.push_back(key);
    if (lists.size() > 1) {
        report.Error("E1111", fields.At(lists[1]), "`port`, `read` and `write` each name the ports",
                     "one of them in a grant", "write another grant for the other access");
    }
    if (fields.Find("write")) grant.access = Access::kWrite;
    if (!lists.empty()) grant.ports = fields.Texts(lists[0]);
    const bool all = grant.ports == std::vector<std::string>{"*"} ||
                     grant.ports == std::vector<std::string>{"all"};
    if (all) grant.ports.clear();
}

}  // namespace

std::vector<Grant> ReadGrants(Report& report, const Fields& owner, const std::string& port) {
    std::vector<Grant> grants;
    for (const Yaml& node : owner.List("grants", kGrantsMax)) {
        const Fields fields(report, node, "a grant", {"to", "read", "write", "port", "until", "purpose"});
        if (!fields.is_map()) continue;
        Grant grant;
        grant.at = report.At(node);
        grant.to = fields.Required("to", "ana");
        if (!grant.to.empty() && !IsSubject(grant.to)) {
            report.Error("E1601", *fields.Find("to"),
                         fmt::format("{} cannot get a grant", Show(grant.to)),
                         "ana, team:x, product:domain.product or everyone");
        }
        ReadPorts(report, fields, port, grant);
        grant.until = ReadUntil(report, fields);
        grant.purpose = fields.Text("purpose");
        grants.push_back(std::move(grant));
    }
    return grants;
}

void CheckGrants(Report& report, const Product& product) {
    std::vector<std::string> names{"rejected"};
    for (const OutputPort& port : product.output_ports) names.push_back(port.name);
    for (const Grant& grant : product.grants) {
        for (const std::string& port : grant.ports) {
            if (std::ranges::find(names, port) != names.end()) continue;
            report.Error("E1602", grant.at, fmt::format("there is no output port {}", Show(port)),
                         OneOf(names), DidYouMean(port, names));
        }
    }
}

}  // namespace weft::model
