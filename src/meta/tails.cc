#include "meta/tails.h"

#include <fmt/format.h>

#include <algorithm>

#include "meta/runs.h"

namespace weft::meta {
namespace {

// Adds ranges and joins those that touch.
void Join(std::vector<Settled>& settled, const std::vector<Settled>& more) {
    settled.insert(settled.end(), more.begin(), more.end());
    std::ranges::sort(settled, {}, &Settled::first);
    std::vector<Settled> joined;
    for (const Settled& range : settled) {
        if (!joined.empty() && range.first <= joined.back().last + 1) {
            joined.back().last = std::max(joined.back().last, range.last);
        } else {
            joined.push_back(range);
        }
    }
    settled = std::move(joined);
}

Result<> CheckRanges(const std::vector<Settled>& ranges) {
    for (const Settled& range : ranges)
        if (range.first == 0 || range.last < range.first)
            return Fail(Code::kInvalid, "a range of dead letters ends before it begins");
    return {};
}

Result<> CheckPart(const Product& product, const TailPart& part) {
    const bool known =
        product.spec.FindOutput(part.port) != nullptr || part.port == kRejectedPort;
    const auto whole = [](const TailFile& file) { return !file.name.empty() && file.row_count > 0; };
    if (!known || part.columns.empty() || !std::ranges::all_of(part.files, whole))
        return Fail(Code::kInvalid, fmt::format("the tail of port {} is incomplete", part.port));
    return {};
}

void PutPart(Draft& draft, ProductId product, const TailPart& part, uint64_t position) {
    Port port;
    if (const Port* old = draft.state().FindPort(product, part.port, part.major)) {
        port = *old;
    } else {
        port.id = PortId{draft.NewId()};
        port.product = product;
        port.name = part.port;
        port.major = part.major;
        port.table = part.table;
    }
    port.table.last_column_id = std::max(port.table.last_column_id, part.table.last_column_id);
    port.pushed = true;
    port.position = position;
    port.columns = part.columns;
    port.contract_version = part.contract_version;
    port.tail.insert(port.tail.end(), part.files.begin(), part.files.end());
    if (!part.files.empty()) port.table.published = draft.now();
    draft.Put(std::move(port));
}

}  // namespace

uint64_t RolledPosition(const State& state, ProductId product, std::string_view port) {
    uint64_t position = 0;
    const auto ports = state.ports_of.find(product);
    if (ports == state.ports_of.end()) return 0;
    for (const PortId id : ports->second) {
        const Port& each = *state.ports.at(id);
        if (each.name == port) position = std::max(position, each.position);
    }
    return position;
}

Result<> RollTail::Validate(const State& state) const {
    const auto at = state.products.find(product);
    if (at == state.products.end()) return Fail(Code::kNotFound, "this product is gone");
    if (at->second->generation != expected_generation) {
        return Fail(Code::kConflict, fmt::format("{} has been applied again meanwhile",
                                                 state.FullName(*at->second)));
    }
    CHECK_OK(CheckPart(*at->second, accepted));
    if (rejected) CHECK_OK(CheckPart(*at->second, *rejected));
    CHECK_OK(CheckRanges(settles));
    if (RolledPosition(state, product, accepted.port) != expected_position) {
        return Fail(Code::kConflict, fmt::format("records of {} have been rolled meanwhile",
                                                 state.FullName(*at->second)));
    }
    if (position < expected_position) return Fail(Code::kInvalid, "positions only grow");
    return {};
}

void RollTail::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    PutPart(draft, product, accepted, position);
    if (rejected) PutPart(draft, product, *rejected, position);
    if (settles.empty()) return;
    const auto ports = draft.state().ports_of.find(product);
    for (const PortId id : std::vector(ports->second)) {
        Port letters = *draft.state().ports.at(id);
        if (letters.name != kRejectedPort) continue;
        Join(letters.settled, settles);
        draft.Put(std::move(letters));
    }
}

Json RollTail::Audit() const { return nullptr; }

Result<> CommitTail::Validate(const State& state) const {
    const auto at = state.ports.find(port);
    if (at == state.ports.end()) return Fail(Code::kNotFound, "this port is gone");
    if (at->second->table.metadata_location != expected_metadata_location)
        return Fail(Code::kConflict, "the table has been written meanwhile");
    if (table.metadata_location.empty() || table.uuid != at->second->table.uuid)
        return Fail(Code::kInvalid, "a table keeps its identity when its pointer moves");
    if (settled_gone && *settled_gone != at->second->settled)
        return Fail(Code::kConflict, "more dead letters have been settled meanwhile");
    return {};
}

void CommitTail::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    Port changed = *draft.state().ports.at(port);
    const Timestamp published = changed.table.published;
    const int32_t last_column_id = changed.table.last_column_id;
    changed.table = table;
    changed.table.published = published;
    changed.table.last_column_id = std::max(last_column_id, table.last_column_id);
    std::erase_if(changed.tail, [&](const TailFile& file) { return file.last_position <= upto; });
    if (settled_gone) {
        changed.settled.clear();
    }
    draft.Put(std::move(changed));
}

Json CommitTail::Audit() const {
    if (!settled_gone) return nullptr;
    return {{"port", port.value}, {"purged", true}};
}

Result<> SettleRejected::Validate(const State& state) const {
    CHECK_OK(CheckRanges(ranges));
    if (!state.products.contains(product)) return Fail(Code::kNotFound, "this product is gone");
    const Port* letters = state.FindPort(product, kRejectedPort, major);
    if (letters == nullptr)
        return Fail(Code::kNotFound, "this product has no dead letters");
    if (letters->settled.size() + ranges.size() > kSettledMax)
        return Fail(Code::kLimit, "too many separate dead letters are settled",
                    "purge those that are settled first");
    return {};
}

void SettleRejected::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    Port letters = *draft.state().FindPort(product, kRejectedPort, major);
    Join(letters.settled, ranges);
    draft.Put(std::move(letters));
}

Json SettleRejected::Audit() const {
    Json list = Json::array();
    for (const Settled& range : ranges) list.push_back({range.first, range.last});
    return {{"product", product.value}, {"ranges", std::move(list)}, {"why", why}};
}

}  // namespace weft::meta
