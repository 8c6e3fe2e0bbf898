#include "meta/teams.h"

#include <gtest/gtest.h>

#include "meta/world_test_util.h"

namespace weft::meta {
namespace {

TEST(AddTeam, RefusesTakenNamesStrangersAndControlCharacters) {
    World world;
    const UserId ana = world.AddUserNamed("ana").id;
    world.Must(AddTeam{.name = "sales-data", .contact = "#sales", .members = {ana}});
    EXPECT_TRUE(world.state->FindTeam("sales-data")->members.contains(ana));
    EXPECT_EQ(world.Refuses(AddTeam{.name = "sales-data"}), Code::kExists);
    EXPECT_EQ(world.Refuses(AddTeam{.name = "a\nb"}), Code::kInvalid);
    EXPECT_EQ(world.Refuses(AddTeam{.name = " padded"}), Code::kInvalid);
    const AddTeam stranger{.name = "x", .members = {UserId{99}}};
    EXPECT_EQ(world.Refuses(stranger), Code::kNotFound);
    world.ApplyAborts(stranger);
}

TEST(ChangeTeam, AddsRemovesAndKeepsTheRest) {
    World world;
    const UserId ana = world.AddUserNamed("ana").id;
    const UserId bob = world.AddUserNamed("bob").id;
    world.Must(AddTeam{.name = "bi", .contact = "#bi", .members = {ana}});
    const TeamId bi = world.state->FindTeam("bi")->id;
    world.Must(ChangeTeam{.team = bi, .add = {bob}, .remove = {ana}});
    EXPECT_EQ(world.state->FindTeam("bi")->members, std::set<UserId>{bob});
    EXPECT_EQ(world.state->FindTeam("bi")->contact, "#bi");
    const ChangeTeam both{.team = bi, .add = {bob}, .remove = {bob}};
    EXPECT_EQ(world.Refuses(both), Code::kInvalid);
    world.ApplyAborts(both);
    EXPECT_EQ(world.Refuses(ChangeTeam{.team = TeamId{99}}), Code::kNotFound);
}

TEST(ChangeTeam, AnOwnerKeepsAtLeastOneMember) {
    World world;
    world.Orders();
    const UserId ana = world.state->FindUser("ana")->id;
    const TeamId team = world.state->FindTeam("sales-data")->id;
    EXPECT_EQ(world.Refuses(ChangeTeam{.team = team, .remove = {ana}}), Code::kConflict);
}

}  // namespace
}  // namespace weft::meta
