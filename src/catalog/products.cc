#include "catalog/products.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "catalog/planner.h"
#include "govern/decide.h"
#include "io/files.h"
#include "meta/products.h"

namespace weft::catalog {
namespace {

bool MayDiscover(const meta::State& state, const govern::Principal& who,
                 const meta::Product& product, Timestamp now) {
    return std::holds_alternative<govern::Permit>(
        govern::Decide(state, who, govern::Action::kDiscover, product, "default", now));
}

Result<> CheckSizes(const std::vector<model::ProductFolder>& folders) {
    for (const auto& folder : folders) {
        size_t bytes = 0;
        for (const auto& [name, text] : folder.files) bytes += name.size() + text.size();
        if (folder.files.size() > kLimits.product_files_max ||
            bytes > kLimits.product_folder_bytes_max) {
            return Fail(
                Code::kLimit,
                fmt::format("{} has {} files with {}: at most {} files with {} make a product",
                            folder.path, folder.files.size(), HumanBytes(bytes),
                            kLimits.product_files_max,
                            HumanBytes(kLimits.product_folder_bytes_max)));
        }
    }
    return {};
}

std::unexpected<Error> Refused(std::vector<Finding> findings) {
    const auto errors = std::ranges::count_if(
        findings, [](const Finding& f) { return f.severity == Finding::Severity::kError; });
    auto error =
        Fail(Code::kInvalid, fmt::format("{} problem{} in the product files; nothing was applied",
                                         errors, errors == 1 ? "" : "s"));
    error.error().findings = std::move(findings);
    return error;
}

std::unexpected<Error> NeedsConsent(const Plan& plan) {
    auto error = Fail(Code::kInvalid, "the plan breaks readers; nothing was applied",
                      "to apply it all the same: --allow-breaking");
    for (const auto& product : plan.products) {
        if (!product.breaking) continue;
        Finding finding;
        finding.id = "E2020";
        finding.message = fmt::format("{} {} -> {} is a breaking change", product.product,
                                      product.from, product.to);
        finding.help = "--allow-breaking";
        error.error().findings.push_back(std::move(finding));
    }
    return error;
}

meta::ApplyProducts ToCommand(const Planner& planner, const govern::Principal& who) {
    meta::ApplyProducts command;
    command.applier = who.user;
    for (const auto& product : planner.products()) {
        if (product.change.kind == ChangeKind::kNone) continue;
        meta::AppliedProduct applied;
        applied.spec = product.spec;
        applied.files = product.folder->files;
        applied.folder = product.folder->path;
        if (const auto* domain = planner.state().FindDomain(product.spec.domain))
            applied.expected_domain = domain->id;
        applied.expected_generation = product.before ? product.before->generation : 0;
        command.products.push_back(std::move(applied));
    }
    return command;
}

// How well one product matches one word, and where it did.
struct Match {
    double score = 0;
    std::string why;
};
void Better(Match& best, double score, std::string why) {
    if (score > best.score) best = {score, std::move(why)};
}
Match MatchWord(const meta::State& state, const meta::Product& product, const std::string& word) {
    Match best;
    const auto has = [&](std::string_view text) {
        return ToLower(text).find(word) != std::string::npos;
    };
    if (product.name == word) Better(best, 10, "name");
    if (has(product.name)) Better(best, 8, "name");
    if (has(state.DomainOf(product).name))
        Better(best, 4, "domain " + state.DomainOf(product).name);
    for (const auto& tag : product.spec.tags)
        if (has(tag)) Better(best, 5, "tag " + tag);
    const auto ports = state.ports_of.find(product.id);
    if (ports != state.ports_of.end()) {
        for (const PortId id : ports->second) {
            for (const auto& bound : state.ports.at(id)->columns) {
                if (has(bound.column.name)) Better(best, 6, "column " + bound.column.name);
                if (has(bound.column.description)) Better(best, 2, "column " + bound.column.name);
            }
        }
    }
    for (const auto& port : product.spec.output_ports)
        for (const auto& column : port.columns)
            if (has(column.name)) Better(best, 6, "column " + column.name);
    if (has(product.spec.description)) Better(best, 3, "description");
    if (has(product.spec.team.name)) Better(best, 2, "team " + product.spec.team.name);
    return best;
}

}  // namespace

Result<Plan> Products::MakePlan(const govern::Principal& who,
                                const std::vector<model::ProductFolder>& folders,
                                const ApplyOptions& options) const {
    CHECK_OK(CheckSizes(folders));
    Planner planner(parts_, parts_.store.Snapshot(), who, options);
    return planner.Make(folders);
}

Result<Applied> Products::Apply(const govern::Principal& who,
                                const std::vector<model::ProductFolder>& folders,
                                const ApplyOptions& options) const {
    CHECK_OK(CheckSizes(folders));
    Planner planner(parts_, parts_.store.Snapshot(), who, options);
    Applied applied{TRY(planner.Make(folders)), {}};
    if (applied.plan.HasErrors()) return Refused(applied.plan.findings);
    if (!options.plan_id.empty() && options.plan_id != applied.plan.id) {
        return Fail(
            Code::kConflict,
            fmt::format("plan {} is stale: files or products have changed since", options.plan_id),
            "look at `weft plan` again");
    }
    if (applied.plan.breaking && !options.allow_breaking) return NeedsConsent(applied.plan);

    for (const auto& [team, root] : planner.new_roots())
        CHECK_OK(parts_.store.Commit(who.name, meta::AddFileRoot{root, team}));
    const auto command = ToCommand(planner, who);
    if (!command.products.empty()) CHECK_OK(parts_.store.Commit(who.name, command));
    const auto state = parts_.store.Snapshot();
    for (const size_t index : planner.InOrder()) {
        const PlannedProduct& planned = planner.products()[index];
        const auto* product = state->FindProduct(planned.spec.domain, planned.spec.name);
        if (!product)
            return Fail(Code::kConflict,
                        planned.spec.FullName() + " was removed while it was applied");
        const bool changed = planned.change.kind != ChangeKind::kNone;
        const InputPlace place{product->folder, parts_.data_folder, product->spec.team.name,
                               product->id};
        const bool computed = std::ranges::any_of(  // Pushed records need no run.
            product->spec.output_ports,
            [&](const auto& port) { return !product->spec.FedBy(port); });
        const bool needs_run = computed && (changed || !product->last_success) &&
                               !AwaitsUpload(*state, product->spec, place);
        applied.products.push_back(
            {product->id, planned.spec.FullName(), planned.change.to, changed, needs_run});
    }
    return applied;
}

Result<std::vector<std::string>> Products::Remove(const govern::Principal& who,
                                                  const std::string& full_name,
                                                  bool keep_data) const {
    const auto state = parts_.store.Snapshot();
    const Timestamp now = parts_.clock.Now();
    const meta::Product* product = TRY(FindVisible(*state, who, full_name, now));
    const auto decision =
        govern::Decide(*state, who, govern::Action::kEvolve, *product, "default", now);
    if (const auto* denial = std::get_if<govern::Denial>(&decision)) {
        return Fail(Code::kDenied,
                    fmt::format("you may not remove {}: {}", full_name, denial->rule),
                    denial->how_to_ask);
    }
    std::vector<std::string> kept;
    const auto ports = state->ports_of.find(product->id);
    if (keep_data && ports != state->ports_of.end()) {
        for (const PortId id : ports->second) {
            const std::string& location = state->ports.at(id)->table.location;
            if (location.empty()) continue;
            CHECK_OK(io::WriteFileAtomically(
                location + "/KEPT", full_name + "\n"));  // Care leaves it alone from now on.
            kept.push_back(location);
        }
    }
    if (keep_data) {
        const std::string uploads = TRY(uploads_.Keep(product->id, full_name));
        if (!uploads.empty()) kept.push_back(uploads);
    }
    const auto removed =
        parts_.store.Commit(who.name, meta::RemoveProduct{product->id, product->generation});
    if (!removed) {
        for (const auto& location : kept) (void)io::RemoveFile(location + "/KEPT");
        return std::unexpected(removed.error());
    }
    // The product is gone whatever happens to its files: the next upload's sweep finds what stays.
    if (!keep_data) {
        const auto gone = uploads_.RemoveProduct(product->id);
        if (!gone) LogWarn("uploads", "{}", gone.error().message);
    }
    return kept;
}

std::vector<SearchHit> Products::Search(const govern::Principal& who,
                                        const std::string& text) const {
    const auto state = parts_.store.Snapshot();
    const Timestamp now = parts_.clock.Now();
    std::vector<std::string> words;
    for (auto& word : Split(ToLower(text), ' '))
        if (!word.empty() && words.size() < 16) words.push_back(std::move(word));
    std::vector<SearchHit> hits;
    for (const auto& [id, product] : state->products) {
        if (!MayDiscover(*state, who, *product, now)) continue;
        SearchHit hit{state->FullName(*product), product->spec.description, "", 0};
        bool every_word = true;
        for (const auto& word : words) {
            const auto match = MatchWord(*state, *product, word);
            every_word &= match.score > 0;
            hit.score += match.score;
            if (hit.why.empty()) hit.why = match.why;
        }
        if (every_word) hits.push_back(std::move(hit));
    }
    std::ranges::stable_sort(hits, std::ranges::greater{}, &SearchHit::score);
    return hits;
}

Result<const meta::Product*> FindVisible(const meta::State& state, const govern::Principal& who,
                                         std::string_view full_name, Timestamp now) {
    const auto dot = full_name.find('.');
    if (dot != full_name.npos) {
        const auto* product =
            state.FindProduct(full_name.substr(0, dot), full_name.substr(dot + 1));
        if (product && MayDiscover(state, who, *product, now)) return product;
    }
    std::vector<std::string> names;
    for (const auto& [id, product] : state.products)
        if (MayDiscover(state, who, *product, now)) names.push_back(state.FullName(*product));
    const auto nearest = NearestName(full_name, names);
    return Fail(
        Code::kNotFound, fmt::format("there is no product {}", full_name),
        nearest ? fmt::format("did you mean {}?", *nearest) : "`weft search` shows what there is");
}

}  // namespace weft::catalog
