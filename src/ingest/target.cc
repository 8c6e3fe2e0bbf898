#include "ingest/target.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "govern/decide.h"
#include "model/port_name.h"

namespace weft::ingest {
namespace {

bool MayDiscover(const meta::State& state, const govern::Principal& who,
                 const meta::Product& product, Timestamp now) {
    return std::holds_alternative<govern::Permit>(
        govern::Decide(state, who, govern::Action::kDiscover, product, model::kDefaultPort, now));
}

// The push inputs of a product that feed a port, by name.
std::vector<std::string> PushInputs(const model::Product& spec) {
    std::vector<std::string> names;
    for (const auto& input : spec.input_ports)
        if (input.kind == model::InputPort::Kind::kPush) names.push_back(input.name);
    return names;
}

Result<Target> Decided(const meta::State& state, const govern::Principal& who,
                       const meta::Product& product, const model::InputPort& input, Timestamp now) {
    const model::OutputPort* port = product.spec.Feeds(input);
    if (!port)
        return Fail(Code::kInvalid, fmt::format("no output port of {} takes the input {}",
                                                state.FullName(product), input.name));
    const auto decision =
        govern::Decide(state, who, govern::Action::kWrite, product, port->name, now);
    if (const auto* denial = std::get_if<govern::Denial>(&decision))
        return std::unexpected(govern::ToError(state, who, product, port->name, *denial, now));
    Target target{{product.id, input.name}, state.FullName(product), port->name, port->columns};
    std::erase_if(target.columns, [](const model::Column& column) {
        return column.name == model::kReceivedAt || column.name == model::kPositionColumn;
    });
    return target;
}

}  // namespace

Result<Target> FindTarget(const meta::State& state, const govern::Principal& who,
                          std::string_view domain, std::string_view product, std::string_view input,
                          Timestamp now) {
    const meta::Product* found = state.FindProduct(domain, product);
    if (!found || !MayDiscover(state, who, *found, now)) {
        return Fail(
            Code::kNotFound,
            fmt::format("there is no product {}.{}: nothing was stored", domain, product),
            "a domain stores only events that one of its products asks for, with events: push");
    }
    const auto names = PushInputs(found->spec);
    if (names.empty()) {
        return Fail(
            Code::kNotFound,
            fmt::format("{} takes no pushed events: nothing was stored", state.FullName(*found)),
            "it would have to declare an input port with events: push");
    }
    if (input.empty() && names.size() > 1) {
        return Fail(Code::kInvalid,
                    fmt::format("{} has {} inputs for events: nothing was stored",
                                state.FullName(*found), names.size()),
                    fmt::format("add one of {} to the address", Join(names, ", ")));
    }
    const model::InputPort* port =
        found->spec.FindInput(input.empty() ? std::string_view(names[0]) : input);
    if (!port || port->kind != model::InputPort::Kind::kPush) {
        return Fail(Code::kNotFound,
                    fmt::format("{} has no input {} for events: nothing was stored",
                                state.FullName(*found), input),
                    "it has: " + Join(names, ", "));
    }
    return Decided(state, who, *found, *port, now);
}

Result<Target> FindTable(const meta::State& state, const govern::Principal& who,
                         const engine::RelationName& name, Timestamp now) {
    const auto port_name = model::ParseTableName(name.domain, name.table);
    const meta::Product* product =
        port_name ? state.FindProduct(port_name->domain, port_name->product) : nullptr;
    if (!product || !MayDiscover(state, who, *product, now))
        return std::unexpected(govern::NoSuchRelation(name.domain, name.table));
    const model::OutputPort* port = product->spec.FindOutput(port_name->port);
    const model::InputPort* input = port ? product->spec.FedBy(*port) : nullptr;
    const bool current = !port_name->major || *port_name->major == product->spec.version.major;
    if (!input || !current) {
        Error error{Code::kInvalid,
                    fmt::format("{}.{} takes no pushed records: its rows come from runs",
                                name.domain, name.table),
                    {},
                    "42809",
                    "only ports fed by events: push can be written to"};
        return std::unexpected(std::move(error));
    }
    return Decided(state, who, *product, *input, now);
}

Result<Target> FindType(const meta::State& state, const govern::Principal& who,
                        std::string_view domain, std::string_view type, Timestamp now) {
    const meta::Domain* found = state.FindDomain(domain);
    for (const auto& [id, product] : state.products) {
        if (!found || product->domain != found->id || !MayDiscover(state, who, *product, now))
            continue;
        for (const auto& input : product->spec.input_ports)
            if (std::ranges::find(input.types, type) != input.types.end())
                return Decided(state, who, *product, input, now);
    }
    return Fail(
        Code::kNotFound,
        fmt::format("no product of domain {} takes events of the type {}: nothing was stored",
                    domain, type),
        "a product asks for them by types: [\"…\"] at an input port with events: push");
}

}  // namespace weft::ingest
