#include "meta/copied_state.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "meta/store.h"
#include "meta/world_test_util.h"

namespace weft::meta {
namespace {

std::unique_ptr<Store> Open(const std::string& folder) {
    auto store = Store::Open({.folder = folder + "/state"});
    EXPECT_TRUE(store) << store.error().message;
    return store ? *std::move(store) : nullptr;
}

ApplyProducts NewOrders(const State& state) {
    return {.applier = state.FindUser("ana")->id,
            .products = {ParsedProduct(ProductText("sales", "orders", "sales-data"))}};
}

TEST(CopiedState, ACopyIsTheStateOfOneMoment) {
    const std::string folder = TestFolder();
    const auto store = Open(folder);
    ASSERT_TRUE(store->Commit("root", NewUser("ana")));
    ASSERT_TRUE(store->Commit("ana", NewOrders(*store->Snapshot())));
    const std::string then = DescribeState(*store->Snapshot(), "/t");
    std::filesystem::create_directories(folder + "/copy");
    ASSERT_TRUE(store->CopyTo(folder + "/copy/weft.db"));
    ASSERT_TRUE(store->Commit("root", NewUser("bob")));

    const auto copied = ReadState(folder + "/copy");
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(DescribeState(**copied, "/t"), then);
    EXPECT_NE(DescribeState(*store->Snapshot(), "/t"), then);
    EXPECT_EQ((*copied)->FindUser("bob"), nullptr);
    EXPECT_EQ(store->CopyTo(folder + "/copy/weft.db").error().code, Code::kExists);
}

TEST(CopiedState, MovedTablesDescribeTheSame) {
    const std::string folder = TestFolder();
    const auto store = Open(folder);
    ASSERT_TRUE(store->Commit("root", NewUser("ana")));
    ASSERT_TRUE(store->Commit("ana", NewOrders(*store->Snapshot())));
    const ProductId orders = store->Snapshot()->FindProduct("sales", "orders")->id;
    ASSERT_TRUE(store->Commit(
        "ana", StartRun{.product = orders, .run = RunId{7}, .expected_generation = 1, .slot = {}}));
    PortUpdate update = Publication("", "/old/tables/u/metadata/1.json");
    update.table.location = "/old/tables/u";
    ASSERT_TRUE(store->Commit(
        "ana",
        PublishRun{
            .product = orders, .run = RunId{7}, .expected_generation = 1, .ports = {update}}));
    std::filesystem::create_directories(folder + "/copy");
    ASSERT_TRUE(store->CopyTo(folder + "/copy/weft.db"));
    ASSERT_TRUE(MoveTables(folder + "/copy", [](Port& port) {
        port.table.location = "/new/tables/u";
        port.table.metadata_location = "/new/tables/u/metadata/1.json";
    }));
    const auto moved = ReadState(folder + "/copy");
    ASSERT_TRUE(moved);
    EXPECT_EQ((*moved)->ports.begin()->second->table.location, "/new/tables/u");
    EXPECT_EQ((*moved)->version, store->Snapshot()->version);
    EXPECT_EQ(DescribeState(**moved, "/new/tables"),
              DescribeState(*store->Snapshot(), "/old/tables"));
}

TEST(Store, WhileItRefusesNothingGrowsByAWishAndRemovalsGoOn) {
    const auto store = Open(TestFolder());
    ASSERT_TRUE(store->Commit("root", NewUser("ana")));
    ASSERT_TRUE(store->CheckWritable());
    store->Refuse(Error{Code::kUnavailable, "no room", {}, "53100", {}});
    EXPECT_EQ(store->CheckWritable().error().sqlstate, "53100");
    EXPECT_EQ(store->Commit("ana", NewOrders(*store->Snapshot())).error().message, "no room");
    EXPECT_TRUE(store->Commit("root", RemoveUser{.user = store->Snapshot()->FindUser("ana")->id}));
    EXPECT_TRUE(store->Commit("root", NewUser("ana")));
    store->Refuse(std::nullopt);
    EXPECT_TRUE(store->CheckWritable());
    EXPECT_TRUE(store->Commit("ana", NewOrders(*store->Snapshot())));
}

}  // namespace
}  // namespace weft::meta
