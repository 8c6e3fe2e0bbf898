#include "meta/ports.h"

#include <fmt/format.h>

namespace weft::meta {

Result<> SwapTable::Validate(const State& state) const {
    const auto at = state.ports.find(port);
    if (at == state.ports.end()) return Fail(Code::kNotFound, "this port is gone");
    if (at->second->table.metadata_location != expected_metadata_location) {
        return Fail(Code::kConflict, "the table has been written meanwhile");
    }
    if (table.metadata_location.empty() || table.uuid != at->second->table.uuid) {
        return Fail(Code::kInvalid, "a table keeps its identity when its pointer moves");
    }
    return {};
}

void SwapTable::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    Port changed = *draft.state().ports.at(port);
    const Timestamp published = changed.table.published;
    changed.table = table;
    changed.table.published = published;
    draft.Put(std::move(changed));
}

Json SwapTable::Audit() const {
    return {{"port", port.value},
            {"from", expected_metadata_location},
            {"to", table.metadata_location}};
}

Result<> RemovePort::Validate(const State& state) const {
    if (!state.ports.contains(port)) return Fail(Code::kNotFound, "this port is gone");
    return {};
}

void RemovePort::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    const State& state = draft.state();
    const Port& gone = *state.ports.at(port);
    draft.Emit("weft.port.removed", {{"product", state.FullName(*state.products.at(gone.product))},
                                     {"port", gone.name},
                                     {"major", gone.major}});
    draft.Remove(port);
}

Json RemovePort::Audit() const { return {{"port", port.value}}; }

}  // namespace weft::meta
