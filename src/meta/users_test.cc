#include "meta/users.h"

#include <gtest/gtest.h>

#include "meta/teams.h"
#include "meta/world_test_util.h"

namespace weft::meta {
namespace {

TEST(AddUser, IsFoundByNameAndRefusedTwice) {
    World world;
    world.Must(NewUser("ana"));
    const User* ana = world.state->FindUser("ana");
    ASSERT_NE(ana, nullptr);
    EXPECT_EQ(ana->created.us, 1'000'000);
    EXPECT_FALSE(ana->admin);
    EXPECT_EQ(world.Refuses(NewUser("ana")), Code::kExists);
    world.ApplyAborts(NewUser("ana"));
}

TEST(AddUser, RefusesNamesThatClientsOrGrantsCannotSay) {
    const World world;
    for (const char* name : {"", "a b", "everyone", "team:x", "a,b", "a=b", "\xc3\xa9"}) {
        EXPECT_EQ(world.Refuses(NewUser(name)), Code::kInvalid) << name;
    }
    EXPECT_EQ(world.Refuses(NewUser(std::string(64, 'a'))), Code::kInvalid);
    EXPECT_TRUE(NewUser("ana.maria+bi@shop-1.example").Validate(*world.state));
}

TEST(AddUser, RefusesWeakSaltsAndIterations) {
    const World world;
    AddUser weak = NewUser("ana");
    weak.salt = "short";
    EXPECT_EQ(world.Refuses(weak), Code::kInvalid);
    weak = NewUser("ana");
    weak.iterations = 4'095;
    EXPECT_EQ(world.Refuses(weak), Code::kInvalid);
    weak = NewUser("ana");
    weak.password = Verifier{"not", "a verifier"};
    EXPECT_EQ(world.Refuses(weak), Code::kInvalid);
}

TEST(SetPassword, ReplacesTheVerifierAndKeepsTheSalt) {
    World world;
    const UserId ana = world.AddUserNamed("ana").id;
    world.Must(SetPassword{.user = ana, .password = AnyVerifier('z')});
    EXPECT_EQ(world.state->users.at(ana)->password->stored_key, std::string(32, 'z'));
    EXPECT_EQ(world.state->users.at(ana)->salt, std::string(16, 'n'));
    const SetPassword stranger{.user = UserId{99}, .password = AnyVerifier()};
    EXPECT_EQ(world.Refuses(stranger), Code::kNotFound);
    world.ApplyAborts(stranger);
}

AddToken NewToken(UserId user, char c) {
    return {.user = user, .label = "bi", .verifier = AnyVerifier(c), .lookup = std::string(64, c)};
}

TEST(AddToken, IsFoundByLookupUntilRevoked) {
    World world;
    const UserId ana = world.AddUserNamed("ana").id;
    world.Must(NewToken(ana, 'a'));
    const TokenId token = world.state->token_by_lookup.at(std::string(64, 'a'));
    EXPECT_EQ(world.Refuses(NewToken(ana, 'a')), Code::kExists);
    EXPECT_EQ(world.Refuses(NewToken(UserId{99}, 'b')), Code::kNotFound);
    world.ApplyAborts(NewToken(UserId{99}, 'b'));
    world.Must(RevokeToken{.token = token});
    EXPECT_TRUE(world.state->token_by_lookup.empty());
    EXPECT_TRUE(world.state->tokens.empty());
    EXPECT_EQ(world.Refuses(RevokeToken{.token = token}), Code::kNotFound);
    world.ApplyAborts(RevokeToken{.token = token});
}

TEST(AddToken, AUserHasAtMostAHundred) {
    World world;
    const UserId ana = world.AddUserNamed("ana").id;
    AddToken token = NewToken(ana, 'a');
    for (size_t i = 0; i < kTokensPerUserMax; ++i) {
        token.lookup = fmt::format("{:064}", i);
        world.Must(token);
    }
    token.lookup = std::string(64, 'x');
    EXPECT_EQ(world.Refuses(token), Code::kLimit);
}

TEST(RemoveUser, TakesTokensMembershipsAndGrantsAlong) {
    World world;
    world.AddUserNamed("root", true);
    const ProductId orders = world.Orders();
    const UserId bob = world.AddUserNamed("bob").id;
    world.Must(NewToken(bob, 'b'));
    world.Must(AddTeam{.name = "bi", .members = {bob}});
    Draft draft(world.state, world.now);
    draft.Put(Grant{.id = GrantId{draft.NewId()},
                    .product = orders,
                    .port = "*",
                    .subject = {.kind = Subject::Kind::kUser, .id = bob.value, .name = {}},
                    .until = {},
                    .declared = true,
                    .given_by = "ana",
                    .created = {}});
    world.state = draft.Finish();

    world.Must(RemoveUser{.user = bob});
    EXPECT_EQ(world.state->FindUser("bob"), nullptr);
    EXPECT_TRUE(world.state->tokens.empty());
    EXPECT_TRUE(world.state->FindTeam("bi")->members.empty());
    EXPECT_TRUE(world.state->grants.empty());
    EXPECT_FALSE(world.state->grants_of.contains(orders));
    EXPECT_EQ(world.Refuses(RemoveUser{.user = bob}), Code::kNotFound);
    world.ApplyAborts(RemoveUser{.user = bob});
}

TEST(RemoveUser, KeepsTheLastAdministrator) {
    World world;
    const UserId root = world.AddUserNamed("root", true).id;
    EXPECT_EQ(world.Refuses(RemoveUser{.user = root}), Code::kConflict);
    world.AddUserNamed("second", true);
    EXPECT_TRUE(world.Do(RemoveUser{.user = root}));
}

TEST(UserCommands, AuditNamesNoSecret) {
    const std::string secret(32, 'q');
    const Verifier verifier{secret, secret};
    AddUser add = NewUser("ana");
    add.password = verifier;
    EXPECT_EQ(DumpJson(add.Audit()).find(secret), std::string::npos);
    const SetPassword set{.user = UserId{1}, .password = verifier};
    EXPECT_EQ(DumpJson(set.Audit()).find(secret), std::string::npos);
    AddToken token = NewToken(UserId{1}, 'a');
    token.verifier = verifier;
    EXPECT_EQ(DumpJson(token.Audit()).find(secret), std::string::npos);
    EXPECT_EQ(DumpJson(token.Audit()).find(token.lookup), std::string::npos);
}

}  // namespace
}  // namespace weft::meta
