#include "meta/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "meta/grants.h"
#include "meta/ports.h"
#include "meta/teams.h"
#include "meta/world_test_util.h"

namespace weft::meta {
namespace {

std::unique_ptr<Store> Open(const std::string& folder, uint32_t pages_max = 0) {
    auto store = Store::Open({.folder = folder + "/state", .pages_max = pages_max});
    EXPECT_TRUE(store) << store.error().message;
    return store ? *std::move(store) : nullptr;
}

// From outside, as an attacker or another tool would.
void Sql(const std::string& folder, const std::string& sql) {
    sqlite3* file = nullptr;
    ASSERT_EQ(sqlite3_open((folder + "/state/weft.db").c_str(), &file), SQLITE_OK);
    char* text = nullptr;
    EXPECT_EQ(sqlite3_exec(file, sql.c_str(), nullptr, nullptr, &text), SQLITE_OK) << text;
    sqlite3_free(text);
    sqlite3_close(file);
}

ApplyProducts NewOrders(const State& state, const std::string& more = {}) {
    return {.applier = state.FindUser("ana")->id,
            .products = {ParsedProduct(ProductText("sales", "orders", "sales-data", more))}};
}

void Fill(Store& store) {
    ASSERT_TRUE(store.Commit("root", NewUser("ana")));
    ASSERT_TRUE(store.Commit("root", NewUser("bob", true)));
    const UserId ana = store.Snapshot()->FindUser("ana")->id;
    ASSERT_TRUE(store.Commit("ana", AddToken{.user = ana,
                                             .label = "bi",
                                             .verifier = AnyVerifier('t'),
                                             .lookup = std::string(64, 'a'),
                                             .expires = Timestamp{1'900'000'000'000'000}}));
    ASSERT_TRUE(store.Commit("ana", NewOrders(*store.Snapshot(), "grants: [{to: bob}]\n")));
    ASSERT_TRUE(store.Commit("ana", AddFileRoot{.root = "/srv/in"}));
    const ProductId orders = store.Snapshot()->FindProduct("sales", "orders")->id;
    ASSERT_TRUE(store.Commit("ana", StartRun{.product = orders,
                                             .run = RunId{7},
                                             .expected_generation = 1,
                                             .slot = "s1",
                                             .input_fingerprint = 0xfedcba9876543210}));
    PortUpdate update = Publication("", "/t/1.json");
    update.inputs = {12, 13};
    update.columns[0].child_ids = {4, 5};
    ASSERT_TRUE(store.Commit(
        "ana",
        PublishRun{
            .product = orders, .run = RunId{7}, .expected_generation = 1, .ports = {update}}));
}

TEST(Store, EverythingIsThereAfterReopening) {
    const std::string folder = TestFolder();
    uint64_t version = 0;
    uint64_t last_id = 0;
    {
        const auto store = Open(folder);
        Fill(*store);
        version = store->Snapshot()->version;
        last_id = store->Snapshot()->last_id;
    }
    const auto store = Open(folder);
    const auto state = store->Snapshot();
    EXPECT_EQ(state->version, version);
    EXPECT_EQ(version, 7u);
    EXPECT_EQ(state->last_id, last_id);
    EXPECT_TRUE(state->FindUser("bob")->admin);
    EXPECT_EQ(state->FindUser("ana")->password->stored_key, std::string(32, 'k'));
    const Token& token = *state->tokens.at(state->token_by_lookup.at(std::string(64, 'a')));
    EXPECT_EQ(token.expires, Timestamp{1'900'000'000'000'000});
    EXPECT_EQ(token.user, state->FindUser("ana")->id);
    EXPECT_EQ(state->file_roots, std::set<std::string>{"/srv/in"});
    const Product& orders = *state->FindProduct("sales", "orders");
    EXPECT_EQ(orders.spec, NewOrders(*state, "grants: [{to: bob}]\n").products[0].spec);
    EXPECT_EQ(orders.files.size(), 1u);
    EXPECT_EQ(orders.run.input_fingerprint, 0xfedcba9876543210);
    EXPECT_EQ(orders.last_success->id, RunId{7});
    EXPECT_EQ(orders.slots, std::vector<std::string>{"s1"});
    const Port& port = *state->FindPort(orders.id, "default", 1);
    EXPECT_EQ(port.table.row_count, 3u);
    EXPECT_EQ(port.table.snapshot_id, 77);
    EXPECT_EQ(port.inputs, (std::vector<uint64_t>{12, 13}));
    EXPECT_EQ(port.columns[0].child_ids, (std::vector<int32_t>{4, 5}));
    EXPECT_EQ(port.columns[0].column.type.kind, DataType::Kind::kBigint);
    const Grant& grant = *state->grants.at(state->grants_of.at(orders.id).at(0));
    EXPECT_TRUE(grant.declared);
    EXPECT_EQ(state->SubjectName(grant.subject), "bob");
}

TEST(Store, InferredColumnsSurviveReopening) {
    const std::string folder = TestFolder();
    model::Column inferred;
    inferred.name = "carrier";
    inferred.type.kind = DataType::Kind::kVarchar;
    inferred.has_type = true;
    inferred.quality.values = {"AA", "UA"};
    {
        const auto store = Open(folder);
        ASSERT_TRUE(store->Commit("root", NewUser("ana")));
        ApplyProducts apply = NewOrders(*store->Snapshot());
        apply.products[0].spec.output_ports[0].columns.push_back(inferred);
        ASSERT_TRUE(store->Commit("ana", apply));
    }
    const auto state = Open(folder)->Snapshot();
    const auto& columns = state->FindProduct("sales", "orders")->spec.output_ports[0].columns;
    ASSERT_EQ(columns.size(), 3u);
    EXPECT_EQ(columns[2], inferred);
    EXPECT_TRUE(columns[0].primary_key);
}

TEST(Store, RemovedEntitiesStayRemovedAndIdsAreNotReused) {
    const std::string folder = TestFolder();
    UserId ana;
    {
        const auto store = Open(folder);
        ASSERT_TRUE(store->Commit("root", NewUser("ana")));
        ana = store->Snapshot()->FindUser("ana")->id;
        ASSERT_TRUE(store->Commit("root", RemoveUser{.user = ana}));
    }
    const auto store = Open(folder);
    EXPECT_TRUE(store->Snapshot()->users.empty());
    ASSERT_TRUE(store->Commit("root", NewUser("ana")));
    EXPECT_GT(store->Snapshot()->FindUser("ana")->id, ana);
}

TEST(Store, ASecondNodeOnTheFolderIsRefused) {
    const std::string folder = TestFolder();
    const auto store = Open(folder);
    const auto second = Store::Open({.folder = folder + "/state"});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::kUnavailable);
    EXPECT_NE(second.error().message.find("run/lock"), std::string::npos);
}

TEST(Store, AStateOfANewerVersionIsRefusedWithTheWayOut) {
    const std::string folder = TestFolder();
    Open(folder).reset();
    Sql(folder, "PRAGMA user_version=999");
    const auto store = Store::Open({.folder = folder + "/state"});
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Code::kInvalid);
    EXPECT_NE(store.error().message.find("999"), std::string::npos);
    EXPECT_NE(store.error().hint.find("./x build release"), std::string::npos);
}

TEST(Store, DamageIsCorruptAndNeverACrash) {
    for (const char* sql : {"UPDATE users SET body = '{'", "UPDATE users SET body = '{}'",
                            "UPDATE products SET body = '[]'", "DELETE FROM teams",
                            "UPDATE tokens SET body = json_set(body, '$.user', 99)",
                            "UPDATE products SET body = json_set(body, '$.files', json('{}'))"}) {
        const std::string folder = TestFolder();
        {
            const auto store = Open(folder);
            Fill(*store);
        }
        Sql(folder, sql);
        const auto store = Store::Open({.folder = folder + "/state"});
        ASSERT_FALSE(store) << sql;
        EXPECT_EQ(store.error().code, Code::kCorrupt) << sql;
    }
}

TEST(Store, AMissingStateIsNotMadeUnlessAsked) {
    const auto store = Store::Open({.folder = TestFolder() + "/state", .create = false});
    EXPECT_EQ(store.error().code, Code::kNotFound);
}

TEST(Store, ARefusedCommandFailsOnlyItself) {
    const auto store = Open(TestFolder());
    std::vector<std::jthread> threads;
    std::atomic<int> refused = 0;
    for (int i = 0; i < 40; ++i) {
        threads.emplace_back([&, i] {
            // Twenty names, each twice: one of each pair must lose.
            const auto done = store->Commit("root", NewUser(fmt::format("user{}", i % 20)));
            if (!done && done.error().code == Code::kExists) ++refused;
        });
    }
    threads.clear();
    EXPECT_EQ(refused, 20);
    EXPECT_EQ(store->Snapshot()->users.size(), 20u);
    EXPECT_EQ(store->Audit(0, 1000)->size(), 20u);
}

TEST(Store, ASnapshotNeverChanges) {
    const auto store = Open(TestFolder());
    const auto before = store->Snapshot();
    const auto version = store->Commit("root", NewUser("ana"));
    EXPECT_EQ(*version, 1u);
    EXPECT_EQ(before->FindUser("ana"), nullptr);
    EXPECT_NE(store->Snapshot()->FindUser("ana"), nullptr);
}

TEST(Store, PublicationIsToldBeforeCommitReturns) {
    const auto store = Open(TestFolder());
    uint64_t told = 0;
    store->OnPublish([&](const std::shared_ptr<const State>& state) { told = state->version; });
    ASSERT_TRUE(store->Commit("root", NewUser("ana")));
    EXPECT_EQ(told, 1u);
    EXPECT_FALSE(store->Commit("root", NewUser("ana")));
    EXPECT_EQ(told, 1u);
}

TEST(Store, AFullDiskRefusesAndTheNodeLives) {
    const std::string folder = TestFolder();
    {
        const auto store = Open(folder, 64);
        ASSERT_TRUE(store->Commit("root", NewUser("ana")));
        const auto before = store->Snapshot();
        ApplyProducts large = NewOrders(*before);
        large.products[0].files["README.md"] = std::string(400'000, 'x');
        const auto full = store->Commit("ana", large);
        ASSERT_FALSE(full);
        EXPECT_EQ(full.error().code, Code::kUnavailable);
        EXPECT_NE(full.error().message.find("disk full"), std::string::npos);
        EXPECT_EQ(store->Snapshot(), before);
        EXPECT_TRUE(store->Commit("ana", NewUser("bob")));
    }
    const auto store = Open(folder);
    EXPECT_EQ(store->Snapshot()->products.size(), 0u);
    EXPECT_EQ(store->Snapshot()->users.size(), 2u);
    EXPECT_EQ(*store->CheckAudit(), 2u);
}

// The kernel refuses to let the file grow: to SQLite that is an I/O error while it commits.
int CommitOnABrokenDisk(const std::string& folder) {
    const auto store = Open(folder);
    if (!store || !store->Commit("root", NewUser("ana"))) return 1;
    const rlim_t size = std::filesystem::file_size(folder + "/state/weft.db-wal");
    const rlimit limit{size, size};
    std::signal(SIGXFSZ, SIG_IGN);
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    const auto unknown = store->Commit("root", NewUser("bob"));
    if (unknown || unknown.error().code != Code::kUnknownOutcome) return 3;
    const auto after = store->Commit("root", NewUser("eve"));
    if (after || after.error().code != Code::kUnavailable) return 4;
    return store->Snapshot()->users.size() == 1 ? 0 : 5;
}

TEST(Store, ADiskThatFailsWhileCommittingStopsCommits) {
    const std::string folder = TestFolder();
    const pid_t child = ::fork();
    if (child == 0) ::_exit(CommitOnABrokenDisk(folder));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    const auto store = Open(folder);
    EXPECT_NE(store->Snapshot()->FindUser("ana"), nullptr);
    EXPECT_EQ(store->Snapshot()->FindUser("eve"), nullptr);
}

// The part of the next test that is killed: a program of its own, because the crash point is read
// from the environment once.
TEST(Store, AppliesInAnotherProcess) {
    const char* folder = ::getenv("WEFT_TEST_FOLDER");
    if (folder == nullptr) return;  // Not asked for.
    const auto store = Open(folder);
    ASSERT_TRUE(store->Commit("root", NewUser("ana")));
    ASSERT_TRUE(store->Commit("ana", NewOrders(*store->Snapshot())));
}

// Returns whether it was killed.
bool ApplyInAnotherProcess(const std::string& folder, int crash_at) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("WEFT_CRASH_AT", std::to_string(crash_at).c_str(), 1);
        ::setenv("WEFT_TEST_FOLDER", folder.c_str(), 1);
        ::execl("/proc/self/exe", "meta_test", "--gtest_brief=1",
                "--gtest_filter=Store.AppliesInAnotherProcess", static_cast<char*>(nullptr));
        ::_exit(127);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) return true;
    EXPECT_EQ(WEXITSTATUS(status), 0);
    return false;
}

TEST(Store, KilledAtAnyDurableStepNothingIsHalfApplied) {
    int kills = 0;
    while (true) {
        const std::string folder = TestFolder();
        if (!ApplyInAnotherProcess(folder, kills + 1)) break;
        ++kills;
        const auto store = Open(folder);
        ASSERT_NE(store, nullptr) << "killed at step " << kills;
        const auto state = store->Snapshot();
        EXPECT_EQ(state->products.size(), state->domains.size()) << kills;
        EXPECT_EQ(state->products.size(), state->teams.size()) << kills;
        EXPECT_EQ(*store->CheckAudit(), state->version) << kills;
    }
    EXPECT_GE(kills, 4);  // Before and after each of two commits.
}

TEST(Audit, NamesActorAndCommandInOrder) {
    const auto store = Open(TestFolder());
    Fill(*store);
    const auto entries = store->Audit(0, 100).value();
    ASSERT_EQ(entries.size(), 7u);
    EXPECT_EQ(entries[0].actor, "root");
    EXPECT_EQ(entries[0].command, "add_user");
    EXPECT_EQ(entries[3].command, "apply_products");
    EXPECT_NE(entries[3].detail.find("sales.orders"), std::string::npos);
    EXPECT_EQ(store->Audit(entries[5].sequence, 100)->size(), 1u);
    EXPECT_EQ(store->Audit(0, 2)->size(), 2u);
    EXPECT_EQ(*store->CheckAudit(), 7u);
}

TEST(Audit, AnEditOrAGapShows) {
    for (const char* sql :
         {"UPDATE audit SET actor = 'eve' WHERE sequence = 2",
          "UPDATE audit SET time = time + 1 WHERE sequence = 7",
          "DELETE FROM audit WHERE sequence = 3", "DELETE FROM audit WHERE sequence = 1"}) {
        const std::string folder = TestFolder();
        {
            const auto store = Open(folder);
            Fill(*store);
        }
        Sql(folder, sql);
        EXPECT_EQ(Open(folder)->CheckAudit().error().code, Code::kCorrupt) << sql;
    }
}

}  // namespace
}  // namespace weft::meta
