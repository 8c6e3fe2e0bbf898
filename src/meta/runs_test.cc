#include "meta/runs.h"

#include <gtest/gtest.h>

#include "meta/ports.h"
#include "meta/world_test_util.h"

namespace weft::meta {
namespace {

StartRun Start(ProductId product, uint64_t run, const std::string& slot = {}) {
    return {.product = product, .run = RunId{run}, .expected_generation = 1, .slot = slot};
}
PublishRun Publish(ProductId product, uint64_t run, const std::string& from,
                   const std::string& to) {
    return {.product = product,
            .run = RunId{run},
            .expected_generation = 1,
            .ports = {Publication(from, to)}};
}

TEST(StartRun, OneAtATimeAndASlotOnce) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(Start(orders, 1, "10:00"));
    EXPECT_EQ(world.Get(orders).run.state, RunState::kRunning);
    EXPECT_EQ(world.Refuses(Start(orders, 2, "10:15")), Code::kConflict);
    world.ApplyAborts(Start(orders, 2, "10:15"));
    world.Must(EndRun{.product = orders, .run = RunId{1}});
    EXPECT_EQ(world.Refuses(Start(orders, 2, "10:00")), Code::kExists);
    EXPECT_EQ(world.Refuses(Start(orders, 1)), Code::kConflict);  // An id is used once.
    world.Must(Start(orders, 2));
    world.Must(EndRun{.product = orders, .run = RunId{2}});
    // A run by hand in between does not make the slot free again.
    EXPECT_EQ(world.Refuses(Start(orders, 3, "10:00")), Code::kExists);
    world.Must(Start(orders, 3, "10:15"));
}

TEST(StartRun, RemembersABoundedNumberOfSlots) {
    World world;
    const ProductId orders = world.Orders();
    for (uint64_t run = 1; run <= kSlotsMax + 5; ++run) {
        world.Must(Start(orders, run, fmt::format("slot {}", run)));
        world.Must(EndRun{.product = orders, .run = RunId{run}});
    }
    EXPECT_EQ(world.Get(orders).slots.size(), kSlotsMax);
    EXPECT_EQ(world.Get(orders).slots.back(), fmt::format("slot {}", kSlotsMax + 5));
}

TEST(StartRun, GenerationThatMovedIsAConflict) {
    World world;
    const ProductId orders = world.Orders();
    world.AddProduct("sales", "orders", "sales-data");
    EXPECT_EQ(world.Refuses(Start(orders, 1)), Code::kConflict);
}

TEST(PublishRun, MakesThePortAndEndsTheRunInOneStep) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(Start(orders, 1));
    world.now = {9};
    world.Must(Publish(orders, 1, "", "/t/1.json"));
    const Port* port = world.state->FindPort(orders, "default", 1);
    ASSERT_NE(port, nullptr);
    EXPECT_EQ(port->table.metadata_location, "/t/1.json");
    EXPECT_EQ(port->table.published.us, 9);
    EXPECT_EQ(world.Get(orders).run.state, RunState::kSucceeded);
    EXPECT_EQ(world.Get(orders).last_success->id, RunId{1});
    const PortId id = port->id;
    world.Must(Start(orders, 2));
    world.Must(Publish(orders, 2, "/t/1.json", "/t/2.json"));
    EXPECT_EQ(world.state->FindPort(orders, "default", 1)->id, id);
}

TEST(PublishRun, PointerRunOrGenerationThatMovedIsAConflict) {
    World world;
    const ProductId orders = world.Orders();
    EXPECT_EQ(world.Refuses(Publish(orders, 1, "", "/t/1.json")), Code::kConflict);
    world.Must(Start(orders, 1));
    world.Must(Publish(orders, 1, "", "/t/1.json"));
    EXPECT_EQ(world.Refuses(Publish(orders, 1, "/t/1.json", "/t/2.json")), Code::kConflict);
    world.Must(Start(orders, 2));
    EXPECT_EQ(world.Refuses(Publish(orders, 2, "", "/t/2.json")), Code::kConflict);
    world.ApplyAborts(Publish(orders, 2, "", "/t/2.json"));
    world.AddProduct("sales", "orders", "sales-data");
    EXPECT_EQ(world.Refuses(Publish(orders, 2, "/t/1.json", "/t/2.json")), Code::kConflict);
    EXPECT_EQ(world.state->FindPort(orders, "default", 1)->table.metadata_location, "/t/1.json");
}

TEST(PublishRun, RefusesIncompleteAndDoublePublications) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(Start(orders, 1));
    PublishRun twice = Publish(orders, 1, "", "/t/1.json");
    twice.ports.push_back(twice.ports[0]);
    EXPECT_EQ(world.Refuses(twice), Code::kInvalid);
    PublishRun other = Publish(orders, 1, "", "/t/1.json");
    other.ports[0].port = "nothing";
    EXPECT_EQ(world.Refuses(other), Code::kInvalid);
    EXPECT_EQ(world.Refuses(Publish(orders, 1, "", "")), Code::kInvalid);
}

TEST(EndRun, CountsFailuresInARowAndKeepsTheLastSuccess) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(Start(orders, 1));
    world.Must(Publish(orders, 1, "", "/t/1.json"));
    for (uint64_t run = 2; run <= 3; ++run) {
        world.Must(Start(orders, run));
        world.Must(EndRun{.product = orders, .run = RunId{run}, .error = "orders.csv: line 3"});
    }
    EXPECT_EQ(world.Get(orders).run.state, RunState::kFailed);
    EXPECT_EQ(world.Get(orders).run.attempt, 2u);
    EXPECT_EQ(world.Get(orders).run.error, "orders.csv: line 3");
    EXPECT_EQ(world.Get(orders).last_success->id, RunId{1});
    EXPECT_EQ(world.Refuses(EndRun{.product = orders, .run = RunId{3}}), Code::kConflict);
    world.ApplyAborts(EndRun{.product = orders, .run = RunId{3}});
    world.Must(Start(orders, 4));
    world.Must(EndRun{.product = orders, .run = RunId{4}});
    EXPECT_EQ(world.Get(orders).run.attempt, 0u);
}

TEST(InterruptRuns, RunningOnesFailAndTheRestStays) {
    World world;
    const ProductId orders = world.Orders();
    const ProductId items = world.AddProduct("sales", "items", "sales-data").id;
    world.Must(Start(orders, 1));
    world.Must(InterruptRuns{});
    EXPECT_EQ(world.Get(orders).run.state, RunState::kFailed);
    EXPECT_EQ(world.Get(orders).run.error, "node stopped");
    EXPECT_EQ(world.Get(items).run.state, RunState::kNone);
    EXPECT_EQ(world.Refuses(Publish(orders, 1, "", "/t/1.json")), Code::kConflict);
}

TEST(SwapTable, ComparesBeforeItSets) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(Start(orders, 1));
    world.Must(Publish(orders, 1, "", "/t/1.json"));
    const Port& port = *world.state->FindPort(orders, "default", 1);
    Table merged = port.table;
    merged.metadata_location = "/t/1b.json";
    merged.published = {12345};
    const SwapTable swap{
        .port = port.id, .expected_metadata_location = "/t/1.json", .table = merged};
    world.now = {2'000'000};
    world.Must(swap);
    const Port& after = *world.state->FindPort(orders, "default", 1);
    EXPECT_EQ(after.table.metadata_location, "/t/1b.json");
    EXPECT_EQ(after.table.published.us, 1'000'000);
    EXPECT_EQ(world.Refuses(swap), Code::kConflict);
    world.ApplyAborts(swap);
    merged.uuid = "another";
    EXPECT_EQ(world.Refuses(SwapTable{
                  .port = after.id, .expected_metadata_location = "/t/1b.json", .table = merged}),
              Code::kInvalid);
    world.Must(RemovePort{.port = after.id});
    EXPECT_EQ(world.Refuses(RemovePort{.port = after.id}), Code::kNotFound);
    world.ApplyAborts(RemovePort{.port = after.id});
}

}  // namespace
}  // namespace weft::meta
