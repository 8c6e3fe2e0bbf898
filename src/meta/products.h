// Commands on products: apply and remove, and the folders that input files may come from.
//
// Optimistic: the caller planned and decided on some state; what it relied on is named in the
// command, and if that has moved the command is refused with kConflict and nothing of it happens.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "meta/draft.h"

namespace weft::meta {

struct AppliedProduct {
    // Names domain, product, team and contact. An unknown domain is created and owned by the team;
    // an unknown team is created with the applier as its member; its grants replace the ones that
    // the last apply declared.
    model::Product spec;
    std::map<std::string, std::string> files;  // Parsing them gives `spec`: stored as such.
    std::string folder = {};
    DomainId expected_domain = {};     // 0: the domain must not exist yet.
    uint64_t expected_generation = 0;  // 0: the product must not exist yet.
};

// All or nothing. FAILS: kConflict (domain or generation moved), kInvalid, kNotFound (a grant names
// nobody).
struct ApplyProducts {
    static constexpr std::string_view kName = "apply_products";
    UserId applier;
    std::vector<AppliedProduct> products;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

// With its ports and grants; the caller deletes or keeps the tables' files. FAILS: kNotFound,
// kConflict (generation; products that read it, named).
struct RemoveProduct {
    static constexpr std::string_view kName = "remove_product";
    ProductId product;
    uint64_t expected_generation = 0;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

// Full names of the other products whose input ports read this one, in order.
std::vector<std::string> ReadersOf(const State& state, const Product& product);

struct AddFileRoot {  // No error when it is there. FAILS: kInvalid (not absolute or not clean).
    static constexpr std::string_view kName = "add_file_root";
    std::string root;
    std::string team = {};  // Only for products of this team; empty: of every team (`--allow-files`).

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

}  // namespace weft::meta
