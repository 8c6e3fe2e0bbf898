#include "gateway/http/product_json.h"

#include <algorithm>

#include "base/limits.h"
#include "catalog/health.h"
#include "gateway/error_wire.h"
#include "govern/decide.h"
#include "meta/runs.h"

namespace weft::gateway::http {
namespace {

constexpr size_t kFoldersMax = 10'000;

Json ToJson(const model::ColumnChange& change) {
    return {{"kind", model::KindName(change.kind)},
            {"column", change.column},
            {"from", change.from},
            {"to", change.to},
            {"breaking", change.breaking}};
}

Json ToJson(const catalog::ProductChange& change) {
    static constexpr std::string_view kNames[] = {"none", "add", "change"};
    Json columns = Json::array();
    for (const auto& column : change.columns) columns.push_back(ToJson(column));
    return {{"product", change.product},   {"change", kNames[static_cast<size_t>(change.kind)]},
            {"from", change.from},         {"to", change.to},
            {"breaking", change.breaking}, {"columns", columns},
            {"notes", change.notes}};
}

const meta::Team* TeamOf(const meta::State& state, const meta::Product& product) {
    const auto team = state.teams.find(product.team);
    return team == state.teams.end() ? nullptr : team->second.get();
}

govern::Decision MayRead(const Viewer& viewer, const meta::Product& product,
                         std::string_view port) {
    return govern::Decide(viewer.state, viewer.who, govern::Action::kRead, product, port,
                          viewer.now);
}

Json ToJson(const model::Column& column) {
    Json json{{"name", column.name},
              {"type", column.has_type ? ToString(column.type) : std::string()},
              {"required", column.required},
              {"unique", column.unique},
              {"primary_key", column.primary_key},
              {"description", column.description}};
    if (!column.classification.empty()) json["classification"] = column.classification;
    if (!column.mask.empty()) json["mask"] = column.mask;
    if (column.references)
        json["references"] = column.references->domain + "." + column.references->product + "." +
                             column.references->column;
    return json;
}

// The newest published major of the port; null before the first publication.
const meta::Port* Published(const meta::State& state, const meta::Product& product,
                            std::string_view port) {
    const meta::Port* newest = nullptr;
    const auto ids = state.ports_of.find(product.id);
    if (ids == state.ports_of.end()) return nullptr;
    for (const PortId id : ids->second) {
        const auto found = state.ports.find(id);
        if (found == state.ports.end() || found->second->name != port) continue;
        if (found->second->table.metadata_location.empty()) continue;
        if (!newest || found->second->major > newest->major) newest = found->second.get();
    }
    return newest;
}

Json GuaranteesOf(const model::OutputPort& port) {
    Json list = Json::array();
    for (const auto& guarantee : port.guarantees)
        list.push_back(
            {{"name", guarantee.name},
             {"port", port.name},
             {"promised", guarantee.text},
             {"state", "unknown"},  // Nothing measures guarantees yet, and unmeasured is not kept.
             {"measured", ""}});
    return list;
}

Json PortDetail(const Viewer& viewer, const meta::Product& product, const model::OutputPort& port) {
    const auto decision = MayRead(viewer, product, port.name);
    const auto* denial = std::get_if<govern::Denial>(&decision);
    Json columns = Json::array();
    const meta::Port* published = Published(viewer.state, product, port.name);
    if (published) {
        for (const auto& column : published->columns) columns.push_back(ToJson(column.column));
    } else {
        for (const auto& column : port.columns) columns.push_back(ToJson(column));
    }
    Json json{
        {"name", port.name},  {"description", port.description},  {"readable", denial == nullptr},
        {"columns", columns}, {"guarantees", GuaranteesOf(port)}, {"schedule", port.schedule.text}};
    if (denial) {
        json["access"] = {{"rule", denial->rule},
                          {"decider", denial->decider},
                          {"how_to_ask", denial->how_to_ask}};
    } else {
        json["sql"] = port.sql;
    }
    if (published) {
        json["contract_version"] = published->contract_version;
        json["published"] = ToRfc3339(published->table.published);
        json["snapshot"] = std::to_string(published->DataVersion());
        if (!denial) {
            json["rows"] = published->table.row_count + published->TailRows();
            json["bytes"] = published->table.size_bytes;
            json["files"] = published->table.file_count;
        }
    }
    return json;
}

// Rows of the port `rejected` of all majors, without those that were put in again. A replay settles letter by letter, a
// purge rewrites the table, so the ranges count letters.
uint64_t DeadLetters(const meta::State& state, const meta::Product& product) {
    const auto ports = state.ports_of.find(product.id);
    if (ports == state.ports_of.end()) return 0;
    uint64_t count = 0;
    for (const PortId id : ports->second) {
        const meta::Port& port = *state.ports.at(id);
        if (port.name != meta::kRejectedPort) continue;
        uint64_t settled = 0;
        for (const auto& range : port.settled) settled += range.last - range.first + 1;
        const uint64_t rows = port.table.row_count + port.TailRows();
        count += rows - std::min(rows, settled);
    }
    return count;
}

}  // namespace

Json ToJson(const catalog::Plan& plan) {
    Json products = Json::array(), findings = Json::array();
    size_t add = 0, change = 0;
    for (const auto& product : plan.products) {
        products.push_back(ToJson(product));
        add += product.kind == catalog::ChangeKind::kAdd ? 1 : 0;
        change += product.kind == catalog::ChangeKind::kChange ? 1 : 0;
    }
    for (const auto& finding : plan.findings) findings.push_back(gateway::ToJson(finding));
    return {{"id", plan.id},
            {"state_version", plan.state_version},
            {"breaking", plan.breaking},
            {"products", products},
            {"findings", findings},
            {"add", add},
            {"change", change},
            {"file_roots", plan.file_roots}};
}

Json ToJson(const meta::RunRecord& run) {
    const auto checks = ParseJson(run.checks.empty() ? "[]" : run.checks);
    Json json{{"id", std::to_string(run.id.value)},
              {"product", run.product},
              {"version", run.version},
              {"trigger", run.trigger},
              {"state", run.state},
              {"started", ToRfc3339(run.started)},
              {"rows_written", run.rows_written},
              {"rows_rejected", run.rows_rejected},
              {"error", run.error},
              {"checks", checks ? *checks : Json::array()},
              {"by", run.by}};
    if (run.ended.us > 0) {
        json["ended"] = ToRfc3339(run.ended);
        json["us"] = run.ended.us - run.started.us;
    }
    return json;
}

Json ProductSummary(const Viewer& viewer, const meta::Product& product) {
    const meta::Team* team = TeamOf(viewer.state, product);
    Json ports = Json::array();
    bool readable = false;
    for (const auto& port : product.spec.output_ports) {
        ports.push_back(port.name);
        readable =
            readable || std::holds_alternative<govern::Permit>(MayRead(viewer, product, port.name));
    }
    return {{"product", viewer.state.FullName(product)},
            {"version", model::ToString(product.spec.version)},
            {"description", product.spec.description},
            {"team", team ? team->name : std::string()},
            {"readable", readable},
            {"ports", ports}};
}

Json ProductDetail(const Viewer& viewer, const meta::Product& product) {
    const meta::Team* team = TeamOf(viewer.state, product);
    Json json = ProductSummary(viewer, product);
    json["team"] = {{"name", team ? team->name : std::string()},
                    {"contact", team ? team->contact : std::string()}};
    json["status"] = product.spec.status;
    json["private"] = product.spec.is_private;
    json["tags"] = product.spec.tags;
    json["ports"] = Json::array();
    for (const auto& port : product.spec.output_ports)
        json["ports"].push_back(PortDetail(viewer, product, port));
    json["inputs"] = Json::array();
    static constexpr std::string_view kKinds[] = {"file", "push", "product"};
    for (const auto& input : product.spec.input_ports) {
        Json one{{"name", input.name}, {"kind", kKinds[static_cast<size_t>(input.kind)]}};
        if (input.kind == model::InputPort::Kind::kProduct)
            one["product"] = model::ToString(input.product);
        json["inputs"].push_back(std::move(one));
    }
    json["versions"] = product.versions;
    json["generation"] = product.generation;
    json["applied_by"] = product.applied_by;
    json["applied"] = ToRfc3339(product.applied);
    json["created"] = ToRfc3339(product.created);
    return json;
}

Json ProductStatus(const meta::State& state, const meta::Product& product,
                   const std::optional<meta::RunRecord>& last, std::string_view roll_error) {
    const auto health = catalog::HealthOf(state, product, last, roll_error);
    Json guarantees = Json::array();
    for (const auto& port : product.spec.output_ports)
        for (auto& guarantee : GuaranteesOf(port)) guarantees.push_back(std::move(guarantee));
    Json json{{"product", state.FullName(product)},
              {"version", model::ToString(product.spec.version)},
              {"health", health.health},
              {"reason", health.reason},
              {"guarantees", guarantees}};
    json["last_run"] = last ? ToJson(*last) : Json();
    if (const uint64_t letters = DeadLetters(state, product); letters > 0)
        json["dead_letters"] = letters;
    return json;
}

Result<std::vector<model::ProductFolder>> ParseFolders(const Json& body) {
    const auto list = body.find("folders");
    if (list == body.end() || !list->is_array() || list->empty())
        return Fail(Code::kInvalid, "the body needs `folders`: [{path, files}]");
    if (list->size() > kFoldersMax)
        return Fail(Code::kLimit, "too many product folders in one request");
    std::vector<model::ProductFolder> folders;
    for (const auto& item : *list) {
        if (!item.is_object() || !item.contains("files") || !item["files"].is_object())
            return Fail(Code::kInvalid, "each folder is {path, files: {name: text}}");
        model::ProductFolder folder;
        folder.path = JsonString(item, "path");
        for (const auto& [name, text] : item["files"].items()) {
            if (!text.is_string())
                return Fail(Code::kInvalid, "the file " + name + " must be a text");
            folder.files[name] = text.get<std::string>();
        }
        folders.push_back(std::move(folder));
    }
    return folders;
}

}  // namespace weft::gateway::http
