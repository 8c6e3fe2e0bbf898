#include "pipeline/watch.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "catalog/job_inputs.h"
#include "pipeline/arrival.h"

namespace weft::pipeline {
namespace {

using ScheduleKind = model::Schedule::Kind;

constexpr int64_t kBetweenRunsUs = 2'000'000;   // Runs that a change starts.
constexpr int64_t kBetweenLooksUs = 2'000'000;  // At files, when none is large work.
constexpr int64_t kLookShare = 10;              // At most a tenth of the time goes into looking.

bool TakesFiles(const model::OutputPort& port) {
    return port.incremental && port.incremental->kind == model::Incremental::Kind::kFiles;
}

bool FollowsChanges(const model::OutputPort& port) {
    return port.schedule.kind == ScheduleKind::kOnChange && !TakesFiles(port);
}

bool FollowsFiles(const model::OutputPort& port) {
    return TakesFiles(port) && (port.schedule.kind == ScheduleKind::kNone ||
                                port.schedule.kind == ScheduleKind::kOnChange);
}

bool ReadsFiles(const meta::Product& product) {
    return std::ranges::any_of(product.spec.input_ports, [](const auto& input) {
        return input.kind == model::InputPort::Kind::kFile;
    });
}

// A run of them is queued when a file is in place; when the node dies in between, the files
// themselves say it.
bool HasUploads(const meta::Product& product) {
    return std::ranges::any_of(product.spec.input_ports, &model::InputPort::uploaded);
}

// Ports fed by events that do not exist yet and whose product the SQL may name. By the text: a name
// too many costs a run.
std::vector<model::PortName> MissingSources(const meta::State& state,
                                            const meta::Product& product) {
    std::string sql;
    for (const auto& port : product.spec.output_ports) sql += ToLower(port.sql) + "\n";
    std::vector<model::PortName> missing;
    for (const auto& [id, other] : state.products) {
        for (const auto& port : other->spec.output_ports) {
            if (!other->spec.FedBy(port) ||
                state.FindPort(id, port.name, other->spec.version.major))
                continue;
            if (id == product.id || sql.find(other->name) != sql.npos)
                missing.push_back({state.DomainOf(*other).name, other->name, port.name,
                                   other->spec.version.major});
        }
    }
    return missing;
}

}  // namespace

std::optional<std::string> DueSlot(const meta::Product& product, Timestamp now) {
    Timestamp last = product.applied;
    if (const auto served = ParseRfc3339(product.run.slot); served && *served > last)
        last = *served;
    for (const auto& port : product.spec.output_ports) {
        const auto next = model::NextRun(port.schedule, last, now);
        if (!next || *next > now || *next <= last) continue;
        std::string slot = ToRfc3339(*next);
        if (std::ranges::find(product.slots, slot) == product.slots.end())
            return slot;  // A run by hand came after it.
    }
    return std::nullopt;
}

std::optional<Due> Watch::Look(const meta::State& state, const meta::Product& product,
                               Timestamp now) {
    if (auto slot = DueSlot(product, now)) return Due{"schedule", std::move(*slot)};
    if (now.us - product.run.started.us < kBetweenRunsUs && now >= product.run.started)
        return std::nullopt;
    if (HasChanged(state, product, now)) return Due{"change", {}};
    if (HasArrived(state, product, now)) return Due{"files", {}};
    return std::nullopt;
}

// "on change": the inputs differ from what the last run read, and files have kept still since the
// last look.
bool Watch::HasChanged(const meta::State& state, const meta::Product& product, Timestamp now) {
    if (std::ranges::none_of(product.spec.output_ports, FollowsChanges) && !HasUploads(product))
        return false;
    if (HasCome(state, product)) return true;
    Seen& seen = seen_[product.id];
    const bool reads_files = ReadsFiles(product);
    if (reads_files && now.us < seen.look_at_us) return false;
    const auto begin = std::chrono::steady_clock::now();
    const auto fingerprint =
        catalog::InputFingerprint(state, product, catalog::PortsRead(state, product), data_folder_);
    if (reads_files) {
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - begin);
        seen.look_at_us = now.us + kLookShare * took.count();
    }
    if (!fingerprint || *fingerprint == product.run.input_fingerprint) return false;
    if (!reads_files) return true;
    const auto files = catalog::FilesFingerprint(state, product, data_folder_);
    if (!files) return false;
    const bool still = seen.files == *files;
    seen.files = *files;
    return still;
}

// An input that did not exist at the last run does now. Looked for once after each run.
bool Watch::HasCome(const meta::State& state, const meta::Product& product) {
    Seen& seen = seen_[product.id];
    if (product.run.state == meta::RunState::kNone) return false;
    if (seen.run != product.run.id) {
        seen.missing = MissingSources(state, product);
        seen.run = product.run.id;
    }
    const bool come = std::ranges::any_of(seen.missing, [&](const auto& name) {
        const auto* source = state.FindProduct(name.domain, name.product);
        const auto* port =
            source ? state.FindPort(source->id, name.port, name.major.value_or(1)) : nullptr;
        return port && port->HasRows();
    });
    if (come) seen.missing.clear();
    return come;
}

bool Watch::HasArrived(const meta::State& state, const meta::Product& product, Timestamp now) {
    const auto port = std::ranges::find_if(product.spec.output_ports, FollowsFiles);
    if (port == product.spec.output_ports.end()) return false;
    Seen& seen = seen_[product.id];
    if (now.us < seen.look_at_us) return false;
    const auto begin = std::chrono::steady_clock::now();
    const auto found =
        catalog::FindInputFiles(state, product.spec.input_ports.at(0),
                                {product.folder, data_folder_, product.spec.team.name, product.id});
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begin);
    seen.look_at_us = now.us + std::max<int64_t>(kBetweenLooksUs, kLookShare * took.count());
    if (!found) return false;
    const auto* published = state.FindPort(product.id, port->name, product.spec.version.major);
    const std::string arrived =
        ArrivedText(ArrivedFiles(*found, published ? published->taken : TakenFiles{}, now,
                                 StillUs(product.spec.input_ports.at(0))));
    if (arrived.empty()) return false;
    if (product.run.state == meta::RunState::kFailed && seen.tried == arrived) return false;
    seen.tried = arrived;
    return true;
}

}  // namespace weft::pipeline
