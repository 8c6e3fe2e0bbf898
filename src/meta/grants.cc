#include "meta/grants.h"

#include <fmt/format.h>

namespace weft::meta {
namespace {

const Grant* FindSame(const State& state, const AddGrant& wanted) {
    const auto of = state.grants_of.find(wanted.product);
    if (of == state.grants_of.end()) return nullptr;
    for (const GrantId id : of->second) {
        const Grant& grant = *state.grants.at(id);
        // A declared grant is replaced by the next apply: it does not stand in for a given one.
        if (!grant.declared && grant.port == wanted.port && grant.access == wanted.access &&
            grant.subject == wanted.subject) {
            return &grant;
        }
    }
    return nullptr;
}

}  // namespace

Result<> AddGrant::Validate(const State& state) const {
    const auto at = state.products.find(product);
    if (at == state.products.end()) return Fail(Code::kNotFound, "this product is gone");
    if (!state.HasSubject(subject)) {
        return Fail(Code::kNotFound, "nobody to grant to",
                    "name a user, team:NAME, product:DOMAIN.NAME or everyone");
    }
    if (port != "*" && at->second->spec.FindOutput(port) == nullptr) {
        return Fail(Code::kNotFound,
                    fmt::format("{} has no port {}", state.FullName(*at->second), port));
    }
    return {};
}

void AddGrant::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    Grant grant{.id = {},
                .product = product,
                .port = port,
                .access = access,
                .subject = subject,
                .until = until,
                .declared = false,
                .given_by = given_by,
                .created = draft.now()};
    const Grant* same = FindSame(draft.state(), *this);
    grant.id = same != nullptr ? same->id : GrantId{draft.NewId()};
    const State& state = draft.state();
    draft.Emit("weft.grant.added", {{"grant", grant.id.value},
                                    {"product", state.FullName(*state.products.at(product))},
                                    {"port", port},
                                    {"to", state.SubjectName(subject)}});
    draft.Put(std::move(grant));
}

Json AddGrant::Audit() const {
    return {{"product", product.value},
            {"port", port},
            {"access", access == model::Access::kWrite ? "write" : "read"},
            {"subject_kind", static_cast<int>(subject.kind)},
            {"subject", subject.name.empty() ? Json(subject.id) : Json(subject.name)},
            {"until", until ? Json(ToRfc3339(*until)) : Json(nullptr)}};
}

Result<> RevokeGrant::Validate(const State& state) const {
    if (!state.grants.contains(grant)) return Fail(Code::kNotFound, "this grant is gone");
    return {};
}

void RevokeGrant::Apply(Draft& draft) const {
    Assert(Validate(draft.state()).has_value());
    const State& state = draft.state();
    const Grant& gone = *state.grants.at(grant);
    draft.Emit("weft.grant.revoked", {{"grant", grant.value},
                                      {"product", state.FullName(*state.products.at(gone.product))},
                                      {"port", gone.port},
                                      {"to", state.SubjectName(gone.subject)}});
    draft.Remove(grant);
}

Json RevokeGrant::Audit() const { return {{"grant", grant.value}}; }

}  // namespace weft::meta
