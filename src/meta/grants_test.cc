#include "meta/grants.h"

#include <gtest/gtest.h>

#include "meta/world_test_util.h"

namespace weft::meta {
namespace {

AddGrant To(const World& world, ProductId product, const std::string& whom) {
    return {
        .product = product, .subject = world.state->FindSubject(whom).value(), .given_by = "ana"};
}

TEST(AddGrant, ASecondOneForTheSameMovesTheEnd) {
    World world;
    const ProductId orders = world.Orders();
    world.AddUserNamed("bob");
    world.Must(To(world, orders, "bob"));
    const GrantId first = world.state->grants_of.at(orders).at(0);
    AddGrant again = To(world, orders, "bob");
    again.until = Timestamp{5};
    world.Must(again);
    ASSERT_EQ(world.state->grants.size(), 1u);
    EXPECT_EQ(world.state->grants.at(first)->until, Timestamp{5});
    EXPECT_EQ(world.state->grants.at(first)->given_by, "ana");
}

TEST(AddGrant, RefusesUnknownProductsPortsAndPeople) {
    World world;
    const ProductId orders = world.Orders();
    AddGrant grant = To(world, orders, "everyone");
    grant.port = "nothing";
    EXPECT_EQ(world.Refuses(grant), Code::kNotFound);
    grant.port = "rejected";
    EXPECT_EQ(world.Refuses(grant), Code::kNotFound);
    grant = To(world, ProductId{99}, "everyone");
    EXPECT_EQ(world.Refuses(grant), Code::kNotFound);
    world.ApplyAborts(grant);
    grant = {.product = orders,
             .subject = {.kind = Subject::Kind::kUser, .id = 99, .name = {}},
             .given_by = "ana"};
    EXPECT_EQ(world.Refuses(grant), Code::kNotFound);
}

TEST(AddGrant, MayPrecedeTheProductThatItIsFor) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(To(world, orders, "product:finance.revenue"));
    EXPECT_EQ(world.state->SubjectName(world.state->grants.begin()->second->subject),
              "product:finance.revenue");
    EXPECT_FALSE(world.state->FindSubject("product:nonsense"));
    EXPECT_FALSE(world.state->FindSubject("team:nobody"));
}

TEST(RevokeGrant, RemovesExactlyOne) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(To(world, orders, "everyone"));
    world.Must(To(world, orders, "ana"));
    const GrantId first = world.state->grants_of.at(orders).at(0);
    world.Must(RevokeGrant{.grant = first});
    EXPECT_EQ(world.state->grants.size(), 1u);
    EXPECT_EQ(world.state->grants_of.at(orders).size(), 1u);
    EXPECT_EQ(world.Refuses(RevokeGrant{.grant = first}), Code::kNotFound);
    world.ApplyAborts(RevokeGrant{.grant = first});
}

}  // namespace
}  // namespace weft::meta
