#include "meta/products.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "meta/grants.h"
#include "meta/world_test_util.h"

namespace weft::meta {
namespace {

constexpr const char* kReads = R"(  - name: extra
    sql: SELECT * FROM shop
)";

TEST(ApplyProducts, CreatesDomainAndTeamWithTheApplierAsMember) {
    World world;
    const Product& orders = world.AddProduct("sales", "orders", "sales-data");
    EXPECT_EQ(orders.generation, 1u);
    EXPECT_EQ(orders.versions, std::vector<std::string>{"1.0.0"});
    EXPECT_EQ(orders.applied_by, "ana");
    EXPECT_EQ(world.state->FullName(orders), "sales.orders");
    const Team* team = world.state->FindTeam("sales-data");
    ASSERT_NE(team, nullptr);
    EXPECT_EQ(team->contact, "#sales-data");
    EXPECT_TRUE(team->members.contains(world.state->FindUser("ana")->id));
    EXPECT_EQ(orders.team, team->id);
    EXPECT_EQ(world.state->DomainOf(orders).owner, team->id);
}

TEST(ApplyProducts, SecondApplyKeepsTheIdAndCountsTheGeneration) {
    World world;
    const ProductId first = world.Orders();
    const Product& again = world.AddProduct("sales", "orders", "sales-data", kReads);
    EXPECT_EQ(again.id, first);
    EXPECT_EQ(again.generation, 2u);
    EXPECT_EQ(again.spec.output_ports.size(), 2u);
    EXPECT_EQ(again.versions.size(), 1u);
}

TEST(ApplyProducts, StaleGenerationOrDomainIsAConflict) {
    World world;
    world.Orders();
    const UserId ana = world.state->FindUser("ana")->id;
    AppliedProduct stale = ParsedProduct(ProductText("sales", "orders", "sales-data"));
    stale.expected_domain = world.state->FindDomain("sales")->id;
    const ApplyProducts as_new{.applier = ana, .products = {stale}};
    EXPECT_EQ(world.Refuses(as_new), Code::kConflict);
    world.ApplyAborts(as_new);
    stale.expected_generation = 1;
    EXPECT_TRUE((ApplyProducts{.applier = ana, .products = {stale}}.Validate(*world.state)));
    stale.expected_domain = {};
    EXPECT_EQ(world.Refuses(ApplyProducts{.applier = ana, .products = {stale}}), Code::kConflict);
}

TEST(ApplyProducts, OneBadProductRefusesAll) {
    World world;
    const UserId ana = world.AddUserNamed("ana").id;
    AppliedProduct good = ParsedProduct(ProductText("sales", "orders", "sales-data"));
    AppliedProduct bad = ParsedProduct(ProductText("sales", "items", "sales-data"));
    bad.expected_generation = 3;
    EXPECT_FALSE(world.Do(ApplyProducts{.applier = ana, .products = {good, bad}}));
    EXPECT_TRUE(world.state->products.empty());
    EXPECT_EQ(world.Refuses(ApplyProducts{.applier = ana, .products = {good, good}}),
              Code::kInvalid);
    EXPECT_EQ(world.Refuses(ApplyProducts{.applier = ana, .products = {}}), Code::kInvalid);
    EXPECT_EQ(world.Refuses(ApplyProducts{.applier = UserId{99}, .products = {good}}),
              Code::kNotFound);
}

std::vector<std::string> GrantsOf(const World& world, ProductId product) {
    std::vector<std::string> grants;
    const auto of = world.state->grants_of.find(product);
    if (of == world.state->grants_of.end()) return grants;
    for (const GrantId id : of->second) {
        const Grant& grant = *world.state->grants.at(id);
        grants.push_back(world.state->SubjectName(grant.subject) + " " + grant.port +
                         (grant.declared ? " declared" : " given"));
    }
    std::ranges::sort(grants);
    return grants;
}

TEST(ApplyProducts, DeclaredGrantsReplaceTheOldOnesAndKeepGivenOnes) {
    World world;
    world.AddUserNamed("bob");
    const std::string grants = "grants:\n  - {to: bob}\n  - {to: everyone, port: default}\n";
    const ProductId orders = world.AddProduct("sales", "orders", "sales-data", grants).id;
    world.Must(AddGrant{
        .product = orders, .subject = world.state->FindSubject("ana").value(), .given_by = "ana"});
    EXPECT_EQ(GrantsOf(world, orders), (std::vector<std::string>{"ana * given", "bob * declared",
                                                                 "everyone default declared"}));
    world.AddProduct("sales", "orders", "sales-data", "grants:\n  - {to: \"team:sales-data\"}\n");
    EXPECT_EQ(GrantsOf(world, orders),
              (std::vector<std::string>{"ana * given", "team:sales-data * declared"}));
}

TEST(ApplyProducts, AGrantToNobodyIsRefused) {
    World world;
    const UserId ana = world.AddUserNamed("ana").id;
    const AppliedProduct applied =
        ParsedProduct(ProductText("sales", "orders", "sales-data", "grants:\n  - {to: nobody}\n"));
    EXPECT_EQ(world.Refuses(ApplyProducts{.applier = ana, .products = {applied}}), Code::kNotFound);
}

TEST(RemoveProduct, IsRefusedWhileOthersReadIt) {
    World world;
    const ProductId orders = world.Orders();
    const UserId ana = world.state->FindUser("ana")->id;
    AppliedProduct reader = ParsedProduct(ProductText("finance", "revenue", "finance"));
    reader.spec.input_ports[0].kind = model::InputPort::Kind::kProduct;
    reader.spec.input_ports[0].product = {
        .domain = "sales", .product = "orders", .port = "default", .major = {}};
    world.Must(ApplyProducts{.applier = ana, .products = {reader}});

    const RemoveProduct remove{.product = orders, .expected_generation = 1};
    const auto refused = remove.Validate(*world.state);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kConflict);
    EXPECT_NE(refused.error().message.find("finance.revenue"), std::string::npos);
    world.ApplyAborts(remove);
    const ProductId revenue = world.state->FindProduct("finance", "revenue")->id;
    world.Must(RemoveProduct{.product = revenue, .expected_generation = 1});
    EXPECT_EQ(world.Refuses(RemoveProduct{.product = orders, .expected_generation = 2}),
              Code::kConflict);
    world.Must(remove);
    EXPECT_EQ(world.Refuses(remove), Code::kNotFound);
}

TEST(RemoveProduct, TakesPortsAndGrantsAlong) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(AddGrant{.product = orders,
                        .subject = world.state->FindSubject("everyone").value(),
                        .given_by = "ana"});
    world.Must(StartRun{.product = orders, .run = RunId{1}, .expected_generation = 1});
    world.Must(PublishRun{.product = orders,
                          .run = RunId{1},
                          .expected_generation = 1,
                          .ports = {Publication("", "/t/1.json")}});
    ASSERT_EQ(world.state->ports.size(), 1u);
    // What others gave the product goes too: whoever takes the name next is somebody else.
    const ProductId items = world.AddProduct("sales", "items", "sales-data").id;
    world.Must(AddGrant{.product = items,
                        .subject = world.state->FindSubject("product:sales.orders").value(),
                        .given_by = "ana"});
    world.Must(RemoveProduct{.product = orders, .expected_generation = 1});
    EXPECT_TRUE(world.state->ports.empty());
    EXPECT_TRUE(world.state->ports_of.empty());
    EXPECT_TRUE(world.state->grants.empty());
    EXPECT_EQ(world.state->FindProduct("sales", "orders"), nullptr);
}

TEST(AddFileRoot, OnlyPlainAbsoluteFolders) {
    World world;
    world.Must(AddFileRoot{.root = "/srv/in"});
    world.Must(AddFileRoot{.root = "/srv/in"});
    EXPECT_EQ(world.state->file_roots, std::set<std::string>{"/srv/in"});
    for (const char* root : {"", "in", "/srv/../etc", "/srv/.", "/srv/in/", "/a\n\xff"}) {
        EXPECT_EQ(world.Refuses(AddFileRoot{.root = root}), Code::kInvalid) << root;
    }
    world.ApplyAborts(AddFileRoot{.root = "in"});
}

}  // namespace
}  // namespace weft::meta
