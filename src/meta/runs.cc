#include "meta/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace weft::meta {
namespace {

constexpr size_t kErrorBytesMax = 4'000;

Result<const Product*> FindIn(const State& state, ProductId product) {
    const auto at = state.products.find(product);
    if (at == state.products.end()) return Fail(Code::kNotFound, "this product is gone");
    return at->second.get();
}

Result<> CheckGeneration(const State& state, const Product& product, uint64_t expected) {
    if (product.generation == expected) return {};
    return Fail(Code::kConflict,
                fmt::format("{} has been applied again meanwhile", state.FullName(product)));
}

Result<> CheckHolds(const State& state, const Product& product, RunId run) {
    if (product.run.id == run && product.run.state == RunState::kRunning) return {};
    return Fail(Code::kConflict, fmt::format("run {} of {} is not the running one", run.value,
                                             state.FullName(product)));
}

void Succeed(Product& product, Timestamp now, uint64_t input_fingerprint) {
    product.run.state = RunState::kSucceeded;
    product.run.ended = now;
    product.run.error.clear();
    product.run.attempt = 0;
    if (input_fingerprint != 0) product.run.input_fingerprint = input_fingerprint;
    product.last_success = product.run;
}

void FailRun(Product& product, Timestamp now, std::string error) {
    product.run.state = RunState::kFailed;
    product.run.ended = now;
    product.run.error = std::move(error);
    ++product.run.attempt;
}

// Without the error's text: it may name a value of a row.
void EmitEnd(Draft& draft, const Product& product) {
    draft.Emit(product.run.state == RunState::kFailed ? "weft.run.failed" : "weft.run.succeeded",
               {{"product", draft.state().FullName(product)}, {"run", product.run.id.value}});
}

}  // namespace

Result<> StartRun::Validate(const State& state) const {
    const Product* found = TRY(FindIn(state, product));
    CHECK_OK(CheckGeneration(state, *found, expected_generation));
    if (run.value == 0) return Fail(Code::kInvalid, "a run needs an id");
    if (found->run.state == RunState::kRunning) {
        return Fail(Code::kConflict, fmt::format("run {} of {} is running", found->run.id.value,
                                                 state.FullName(*found)));
    }
    if (found->run.id >= run) return Fail(Code::kConflict, "a newer run has been started");
    if (!slot.empty() && std::ranges::find(found->slots, slot) != found->slots.end()) {
        return Fail(Code::kExists,
                    fmt::format("slot {} of {} has been run", slot, state.FullName(*found)));
    }
    return {};
}

void StartRun::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    Product changed = *draft.state().products.at(product);
    changed.run = RunStatus{.id = run,
                            .state = RunState::kRunning,
                            .started = draft.now(),
                            .ended = {},
                            .error = {},
                            .attempt = changed.run.attempt,
                            .input_fingerprint = input_fingerprint,
                            .slot = slot};
    if (!slot.empty()) {
        changed.slots.push_back(slot);
        if (changed.slots.size() > kSlotsMax) changed.slots.erase(changed.slots.begin());
    }
    draft.Put(std::move(changed));
}

Json StartRun::Audit() const {
    return {{"product", product.value}, {"run", run.value}, {"slot", slot}};
}

Result<> PublishRun::Validate(const State& state) const {
    const Product* found = TRY(FindIn(state, product));
    CHECK_OK(CheckHolds(state, *found, run));
    CHECK_OK(CheckGeneration(state, *found, expected_generation));
    std::set<std::pair<std::string, uint32_t>> seen;
    for (const PortUpdate& update : ports) {
        if (!seen.emplace(update.port, update.major).second) {
            return Fail(Code::kInvalid, fmt::format("port {} is published twice", update.port));
        }
        const bool known = found->spec.FindOutput(update.port) != nullptr || update.port == kRejectedPort;
        if (!known || update.columns.empty() ||
            update.table.metadata_location.empty() || update.table.uuid.empty()) {
            return Fail(Code::kInvalid, fmt::format("publication of port {} of {} is incomplete",
                                                    update.port, state.FullName(*found)));
        }
        const Port* port = state.FindPort(product, update.port, update.major);
        const std::string pointer = port == nullptr ? "" : port->table.metadata_location;
        if (pointer != update.expected_metadata_location) {
            return Fail(Code::kConflict, fmt::format("port {} of {} has been written meanwhile",
                                                     update.port, state.FullName(*found)));
        }
    }
    return {};
}

void PublishRun::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    for (const PortUpdate& update : ports) {
        const Port* old = draft.state().FindPort(product, update.port, update.major);
        Port port{.id = old != nullptr ? old->id : PortId{draft.NewId()},
                  .product = product,
                  .name = update.port,
                  .major = update.major,
                  .contract_version = update.contract_version,
                  .columns = update.columns,
                  .table = update.table,
                  .inputs = update.inputs,
                  .tail = {},
                  .settled = {},
                  .watermark = update.watermark,
                  .read_to = update.read_to,
                  .taken = update.taken};
        port.table.published = draft.now();
        draft.Emit("weft.table.published",
                   {{"product", draft.state().FullName(*draft.state().products.at(product))},
                    {"port", port.name},
                    {"version", port.contract_version},
                    {"snapshot", port.table.snapshot_id},
                    {"rows", port.table.row_count}});
        draft.Put(std::move(port));
    }
    Product changed = *draft.state().products.at(product);
    Succeed(changed, draft.now(), input_fingerprint);
    EmitEnd(draft, changed);
    draft.Put(std::move(changed));
}

Json PublishRun::Audit() const {
    Json published = Json::array();
    for (const PortUpdate& update : ports) {
        published.push_back({{"port", update.port},
                             {"major", update.major},
                             {"version", update.contract_version},
                             {"snapshot", update.table.snapshot_id},
                             {"rows", update.table.row_count},
                             {"inputs", update.inputs}});
    }
    return {{"product", product.value}, {"run", run.value}, {"ports", std::move(published)}};
}

Result<> EndRun::Validate(const State& state) const {
    const Product* found = TRY(FindIn(state, product));
    return CheckHolds(state, *found, run);
}

void EndRun::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    Product changed = *draft.state().products.at(product);
    if (error.empty()) {
        Succeed(changed, draft.now(), 0);
    } else {
        FailRun(changed, draft.now(), error.substr(0, kErrorBytesMax));
    }
    EmitEnd(draft, changed);
    draft.Put(std::move(changed));
}

Json EndRun::Audit() const {
    return {{"product", product.value}, {"run", run.value}, {"failed", !error.empty()}};
}

Result<> InterruptRuns::Validate(const State&) const { return {}; }

void InterruptRuns::Apply(Draft& draft) const {
    std::vector<Product> running;
    for (const auto& [id, product] : draft.state().products) {
        if (product->run.state == RunState::kRunning) running.push_back(*product);
    }
    for (Product& product : running) {
        FailRun(product, draft.now(), "node stopped");
        EmitEnd(draft, product);
        draft.Put(std::move(product));
    }
}

Json InterruptRuns::Audit() const { return Json::object(); }

}  // namespace weft::meta
