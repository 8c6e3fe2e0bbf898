#include "govern/decide.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "govern/world_test_util.h"

namespace weft::govern {
namespace {

constexpr const char* kWorld = R"(
team sales-data: sam sue
team finance: fay
team crm-data: cem
user root admin
user ana
user bob
product sales.orders by sales-data rules on items
product sales.daily by sales-data
product sales.foreign by finance
product crm.customers by crm-data private
product finance.revenue by finance
product open.data by crm-data
grant sales.orders to ana
grant sales.daily.items to ana
grant sales.daily to team:finance until 100
grant sales.orders to product:finance.revenue
grant crm.customers.items to bob
grant open.data to everyone
grant open.data.items write to bob
grant open.data write to team:finance until 100
)";

std::string RuleOf(const Decision& decision) {
    if (const auto* permit = std::get_if<Permit>(&decision)) return "yes: " + permit->rule;
    return "no: " + std::get<Denial>(decision).rule;
}

// One line: who, action, product[.port] [at time] -> yes|no and the beginning of the rule.
void Check(const World& world, const std::string& line) {
    static const std::map<std::string, Action> kActions{{"discover", Action::kDiscover},
                                                        {"read", Action::kRead},
                                                        {"write", Action::kWrite},
                                                        {"evolve", Action::kEvolve},
                                                        {"own", Action::kOwn}};
    const size_t arrow = line.find("-> ");
    std::istringstream words(line.substr(0, arrow));
    std::string who, action, name, at;
    int64_t now = 0;
    words >> who >> action >> name >> at >> now;
    const size_t port = name.find('.', name.find('.') + 1);
    const Decision decision = Decide(
        *world.state, world.Who(who), kActions.at(action), world.Product(name.substr(0, port)),
        port == std::string::npos ? "default" : name.substr(port + 1), Timestamp{now});
    EXPECT_TRUE(RuleOf(decision).starts_with(line.substr(arrow + 3)))
        << line << "\n  but: " << RuleOf(decision);
}

void CheckAll(const World& world, const std::string& table) {
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        if (line.find("-> ") != std::string::npos) Check(world, line);
    }
}

TEST(Decide, ReadsNeedMembershipOrAGrant) {
    CheckAll(World(kWorld), R"(
sam     read sales.orders               -> yes: owning team
bob     read sales.orders               -> no: no grant for bob
ana     read sales.orders               -> yes: grant
ana     read sales.daily                -> no: no grant for ana
ana     read sales.daily.items          -> yes: grant
fay     read sales.daily at 99          -> yes: grant
fay     read sales.daily at 100         -> no: the grant for fay ended 1970
bob     read open.data                  -> yes: grant
root    read sales.orders               -> no: no grant for root
root    read open.data                  -> yes: grant
)");
}

TEST(Decide, PortsWithRulesAndDeadLettersAreForTheOwningTeam) {
    CheckAll(World(kWorld), R"(
sam     read sales.orders.items         -> yes: owning team
ana     read sales.orders.items         -> no: it has row or column rules
sam     read sales.orders.rejected      -> yes: owning team
ana     read sales.orders.rejected      -> no: `rejected` is for the owning team
)");
}

TEST(Decide, ProductsReadTheirDomainAndWhatIsGrantedToThem) {
    CheckAll(World(kWorld), R"(
product:sales.daily      read sales.orders          -> yes: own domain
product:sales.daily      read sales.orders.items    -> yes: own domain
product:sales.foreign    read sales.orders          -> yes: own domain
product:sales.foreign    read sales.orders.items    -> no: it has row or column rules
product:sales.foreign    read sales.orders.rejected -> no: `rejected` is for the owning team
product:finance.revenue  read sales.orders          -> yes: grant
product:finance.revenue  read sales.orders.items    -> no: it has row or column rules
product:finance.revenue  read sales.daily           -> no: no grant for product:finance.revenue
product:sales.foreign    read finance.revenue       -> no: no grant for product:sales.foreign
product:sales.daily      read open.data             -> yes: grant
product:sales.daily      evolve sales.daily         -> no: product:sales.daily is not
)");
}

TEST(Decide, PrivateProductsAreSeenByTeamAdministratorsAndGrantees) {
    CheckAll(World(kWorld), R"(
ana     discover sales.orders           -> yes: not private
ana     discover crm.customers          -> no: it is private
bob     discover crm.customers          -> yes: grant
cem     discover crm.customers          -> yes: owning team
root    discover crm.customers          -> yes: administrator
product:sales.daily discover crm.customers -> no: it is private
)");
}

TEST(Decide, ChangesAreForTheOwningTeamTheDomainsTeamAndAdministrators) {
    CheckAll(World(kWorld), R"(
sam     evolve sales.orders             -> yes: owning team
sam     evolve sales.foreign            -> yes: domain's team
sam     own sales.foreign               -> no: sam is not in the owning team
fay     evolve sales.foreign            -> yes: owning team
fay     evolve sales.orders             -> no: fay is not in the owning team
ana     own sales.orders                -> no: ana is not in the owning team
root    evolve sales.orders             -> yes: administrator
root    own sales.orders                -> yes: administrator
root    write sales.orders              -> no: no grant for root
ana     write sales.orders              -> no: no grant for ana
bob     write open.data                 -> no: no grant for bob
bob     write open.data.items           -> yes: grant
bob     read  sales.orders              -> no: no grant for bob
fay     write open.data  at 99          -> yes: grant
fay     write open.data  at 100         -> no: the grant for fay ended
sue     write sales.orders              -> yes: owning team
)");
}

// `ana` has a grant on all ports of the product.
std::string RuleWithTable(const char* who, const std::string& port, const std::string& mask) {
    const World world(kWorld);
    meta::Draft draft(world.state, {});
    meta::Port published;
    published.id = {draft.NewId()};
    published.product = world.Product("sales.orders").id;
    published.name = port;
    published.contract_version = "1.0.0";
    published.columns = {meta::BoundColumn{}};
    published.columns[0].column.name = "email";
    published.columns[0].column.mask = mask;
    draft.Put(published);
    return RuleOf(Decide(*draft.Finish(), world.Who(who), Action::kRead,
                         world.Product("sales.orders"), port, {}));
}

TEST(Decide, MasksThatWerePublishedCountEvenWhenTheFileNoLongerHasThem) {
    EXPECT_TRUE(RuleWithTable("ana", "default", "").starts_with("yes: grant"));
    EXPECT_TRUE(RuleWithTable("ana", "default", "mask-alphanum").starts_with("no: it has row"));
    EXPECT_EQ(RuleWithTable("sam", "default", "mask-alphanum"), "yes: owning team");
}

TEST(Decide, AnOldTableOfAPortThatIsGoneIsForTheOwningTeam) {
    EXPECT_TRUE(RuleWithTable("ana", "gone", "").starts_with("no: it has row or column rules"));
    EXPECT_EQ(RuleWithTable("sam", "gone", ""), "yes: owning team");
}

TEST(DecideDomain, ItsTeamAppliesAndAnybodyCreates) {
    const World world(kWorld);
    const auto rule = [&](const char* who, const char* domain) {
        return RuleOf(DecideDomain(*world.state, world.Who(who), domain));
    };
    EXPECT_EQ(rule("sam", "sales"), "yes: domain's team");
    EXPECT_EQ(rule("ana", "new_one"), "yes: new domain");
    EXPECT_EQ(rule("root", "sales"), "yes: administrator");
    EXPECT_TRUE(rule("fay", "sales").starts_with("no: domain sales belongs to team sales-data"));
    EXPECT_TRUE(rule("product:sales.daily", "sales").starts_with("no: products do not apply"));
}

TEST(DecideTeam, NobodyMakesStrangersOwners) {
    const World world(kWorld);
    const auto rule = [&](const char* who, const char* team) {
        return RuleOf(DecideTeam(*world.state, world.Who(who), team));
    };
    EXPECT_EQ(rule("sam", "sales-data"), "yes: member");
    EXPECT_EQ(rule("sam", "brand-new"), "yes: new team");
    EXPECT_EQ(rule("root", "finance"), "yes: administrator");
    EXPECT_TRUE(rule("sam", "finance").starts_with("no: sam is no member"));
    EXPECT_TRUE(rule("product:sales.daily", "brand-new").starts_with("no:"));
}

TEST(DecideAdmin, IsAboutTheFlagOfAUser) {
    const World world(kWorld);
    EXPECT_EQ(RuleOf(DecideAdmin(world.Who("root"))), "yes: administrator");
    EXPECT_EQ(RuleOf(DecideAdmin(world.Who("ana"))), "no: ana is no administrator");
    Principal product = world.Who("product:sales.daily");
    product.admin = true;  // However it came to be: a product manages nothing.
    EXPECT_TRUE(RuleOf(DecideAdmin(product)).starts_with("no:"));
}

Error ErrorOf(const World& world, const char* who, const char* product, const char* port) {
    const Decision decision =
        Decide(*world.state, world.Who(who), Action::kRead, world.Product(product), port, {});
    return ToError(*world.state, world.Who(who), world.Product(product), port,
                   std::get<Denial>(decision), {});
}

TEST(Denial, SaysTheRuleWhoDecidesAndHowToAsk) {
    const World world(kWorld);
    const Error error = ErrorOf(world, "bob", "sales.orders", "default");
    EXPECT_EQ(error.code, Code::kDenied);
    EXPECT_EQ(error.sqlstate, "42501");
    EXPECT_EQ(error.message,
              "you may not read sales.orders: no grant for bob. "
              "Decided by team sales-data (#sales-data).");
    EXPECT_EQ(error.hint, "ask them, or a member runs: weft grant sales.orders read --to bob");
    EXPECT_EQ(ErrorOf(world, "bob", "sales.daily", "items").hint,
              "ask them, or a member runs: weft grant sales.daily.items read --to bob");
}

TEST(Denial, AHiddenProductLooksLikeNone) {
    const World world(kWorld);
    const Error hidden = ErrorOf(world, "ana", "crm.customers", "default");
    const Error missing = NoSuchRelation("crm", "customers");
    EXPECT_EQ(hidden.code, missing.code);
    EXPECT_EQ(hidden.sqlstate, "42P01");
    EXPECT_EQ(hidden.message, missing.message);
    EXPECT_EQ(hidden.hint, missing.hint);
    EXPECT_EQ(ErrorOf(world, "ana", "crm.customers", "items").message,
              NoSuchRelation("crm", "customers__items").message);
    EXPECT_EQ(ErrorOf(world, "bob", "crm.customers", "default").code, Code::kDenied);
}

TEST(Principal, IsLookedUpAgainForEachStatement) {
    const World world(kWorld);
    const Principal sam = world.Who("sam");
    meta::Draft draft(world.state, {});
    meta::Team team = *world.state->FindTeam("sales-data");
    team.members.erase(sam.user);
    draft.Put(team);
    const TokenId token{draft.NewId()};
    draft.Put(meta::Token{.id = token,
                          .user = sam.user,
                          .label = {},
                          .verifier = {},
                          .lookup = "x",
                          .created = {},
                          .expires = Timestamp{50}});
    const auto state = draft.Finish();
    EXPECT_TRUE(Refresh(*state, sam)->teams.empty());
    Principal with_token = sam;
    with_token.token = token;
    EXPECT_EQ(Refresh(*state, with_token, Timestamp{49})->token, token);
    EXPECT_EQ(Refresh(*state, with_token, Timestamp{50}).error().sqlstate, "28000");
    EXPECT_EQ(Refresh(*world.state, with_token).error().sqlstate, "28000");
    meta::Draft without(state, {});
    without.Remove(sam.user);
    EXPECT_EQ(Refresh(*without.Finish(), sam).error().code, Code::kDenied);
    EXPECT_EQ(Refresh(*state, world.Who("product:sales.daily"))->name, "product:sales.daily");
}

}  // namespace
}  // namespace weft::govern
