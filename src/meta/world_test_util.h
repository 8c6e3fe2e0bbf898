// A tiny world for tests of this folder: states made by commands, products parsed from text.
// Only tests include it.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <memory>
#include <string>

#include "meta/draft.h"
#include "meta/products.h"
#include "meta/runs.h"
#include "meta/users.h"
#include "model/folder.h"

namespace weft::meta {

inline std::string TestFolder() {
    std::string name = ::testing::TempDir() + "weft_XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    return name;
}

inline Verifier AnyVerifier(char c = 'k') { return {std::string(32, c), std::string(32, 's')}; }

inline AddUser NewUser(const std::string& name, bool admin = false) {
    return {.name = name, .admin = admin, .salt = std::string(16, 'n'), .password = AnyVerifier()};
}

// A product file with one output port of two columns; `more` is appended as it is.
inline std::string ProductText(const std::string& domain, const std::string& name,
                               const std::string& team, const std::string& more = {}) {
    return fmt::format(R"yaml(apiVersion: weft/v1
kind: DataProduct
domain: {}
name: {}
version: 1.0.0
description: A product of a test.
team: {{name: {}, contact: "#{}"}}
inputPorts:
  - {{name: shop, file: "/in/shop.csv"}}
outputPorts:
  - name: default
    columns:
      order_id: {{type: bigint, primaryKey: true}}
      amount:   {{type: "decimal(12,2)", quality: {{minimum: 0}}}}
{})yaml",
                       domain, name, team, team, more);
}

inline AppliedProduct ParsedProduct(const std::string& text) {
    AppliedProduct applied{.spec = {}, .files = {{"product.yaml", text}}, .folder = "/p"};
    model::Parsed parsed = model::ParseProduct({.path = "/p", .files = applied.files});
    for (const Finding& finding : parsed.findings) {
        EXPECT_NE(finding.severity, Finding::Severity::kError) << finding.message;
    }
    if (parsed.product) applied.spec = *std::move(parsed.product);
    return applied;
}

class World {
  public:
    std::shared_ptr<const State> state = std::make_shared<const State>();
    Timestamp now{1'000'000};

    template <class C>
    Result<> Do(const C& command) {
        CHECK_OK(command.Validate(*state));
        Draft draft(state, now);
        command.Apply(draft);
        state = draft.Finish();
        return {};
    }
    template <class C>
    void Must(const C& command) {
        const auto done = Do(command);
        ASSERT_TRUE(done) << done.error().message;
    }
    template <class C>
    Code Refuses(const C& command) const {
        const auto valid = command.Validate(*state);
        EXPECT_FALSE(valid) << "should be refused";
        return valid ? Code::kCount : valid.error().code;
    }

    // The other door: a command that Validate refuses must not be applied by mistake.
    template <class C>
    void ApplyAborts(const C& command) const {
        EXPECT_DEATH(
            {
                Draft draft(state, now);
                command.Apply(draft);
            },
            "assertion failed");
    }

    const User& AddUserNamed(const std::string& name, bool admin = false) {
        Must(NewUser(name, admin));
        return *state->FindUser(name);
    }
    const Product& AddProduct(const std::string& domain, const std::string& name,
                              const std::string& team, const std::string& more = {}) {
        if (state->FindUser("ana") == nullptr) AddUserNamed("ana");
        AppliedProduct applied = ParsedProduct(ProductText(domain, name, team, more));
        if (const Domain* found = state->FindDomain(domain)) applied.expected_domain = found->id;
        const Product* old = state->FindProduct(domain, name);
        applied.expected_generation = old == nullptr ? 0 : old->generation;
        Must(ApplyProducts{.applier = state->FindUser("ana")->id, .products = {applied}});
        return *state->FindProduct(domain, name);
    }
    ProductId Orders() { return AddProduct("sales", "orders", "sales-data").id; }
    const Product& Get(ProductId id) const { return *state->products.at(id); }
};

inline PortUpdate Publication(const std::string& expected, const std::string& pointer) {
    PortUpdate update{.port = "default",
                      .expected_metadata_location = expected,
                      .table = {},
                      .columns = {{.column = {}, .field_id = 1, .child_ids = {}}},
                      .contract_version = "1.0.0"};
    update.columns[0].column.name = "order_id";
    update.columns[0].column.type.kind = DataType::Kind::kBigint;
    update.columns[0].column.has_type = true;
    update.table.uuid = "0000-1111";
    update.table.location = "/tables/0000-1111";
    update.table.metadata_location = pointer;
    update.table.snapshot_id = 77;
    update.table.row_count = 3;
    return update;
}

}  // namespace weft::meta
