#include "meta/tails.h"

#include <gtest/gtest.h>

#include "meta/ports.h"
#include "meta/state_json.h"
#include "meta/world_test_util.h"

namespace weft::meta {
namespace {

BoundColumn ColumnNamed(const std::string& name, int32_t id) {
    BoundColumn bound;
    bound.column.name = name;
    bound.column.type.kind = DataType::Kind::kBigint;
    bound.column.has_type = true;
    bound.field_id = id;
    return bound;
}

TailPart Part(const std::string& port, std::vector<TailFile> files) {
    TailPart part;
    part.port = port;
    part.table.uuid = "u-" + port;
    part.table.location = "/t/u-" + port;
    part.table.last_column_id = 2;
    part.files = std::move(files);
    part.columns = {ColumnNamed("order_id", 1)};
    part.contract_version = "1.0.0";
    return part;
}

RollTail Roll(ProductId product, uint64_t from, uint64_t to, std::vector<TailFile> files) {
    RollTail roll;
    roll.product = product;
    roll.expected_generation = 1;
    roll.expected_position = from;
    roll.position = to;
    roll.accepted = Part("default", std::move(files));
    return roll;
}

TEST(RollTail, MakesThePortsAndMovesThePositionInOneStep) {
    World world;
    const ProductId orders = world.Orders();
    RollTail roll = Roll(orders, 0, 10, {{"a.parquet", 8, 100, 10, "[]"}});
    roll.rejected = Part("rejected", {{"r.parquet", 2, 50, 10, "[]"}});
    world.Must(roll);
    const Port* port = world.state->FindPort(orders, "default", 1);
    ASSERT_NE(port, nullptr);
    EXPECT_TRUE(port->pushed);
    EXPECT_EQ(port->position, 10u);
    EXPECT_EQ(port->TailRows(), 8u);
    EXPECT_EQ(port->DataVersion(), 10);
    EXPECT_TRUE(port->HasRows());
    ASSERT_NE(world.state->FindPort(orders, "rejected", 1), nullptr);
    EXPECT_EQ(RolledPosition(*world.state, orders, "default"), 10u);
}

TEST(RollTail, WhoRollsSecondOrAfterAnApplyIsAConflict) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(Roll(orders, 0, 5, {{"a", 5, 1, 5, ""}}));
    EXPECT_EQ(world.Refuses(Roll(orders, 0, 6, {{"b", 6, 1, 6, ""}})), Code::kConflict);
    world.ApplyAborts(Roll(orders, 0, 6, {}));
    EXPECT_EQ(world.Refuses(Roll(orders, 5, 4, {})), Code::kInvalid);
    EXPECT_EQ(world.Refuses(Roll(orders, 5, 6, {{"empty", 0, 1, 6, ""}})), Code::kInvalid);
    world.AddProduct("sales", "orders", "sales-data");
    EXPECT_EQ(world.Refuses(Roll(orders, 5, 6, {{"b", 1, 1, 6, ""}})), Code::kConflict);
}

TEST(RollTail, ANewMajorGoesOnWhereTheOldOneStopped) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(Roll(orders, 0, 7, {{"a", 7, 1, 7, ""}}));
    RollTail next = Roll(orders, 7, 9, {{"b", 2, 1, 9, ""}});
    next.accepted.major = 2;
    world.Must(next);
    EXPECT_EQ(world.state->FindPort(orders, "default", 1)->position, 7u);
    EXPECT_EQ(world.state->FindPort(orders, "default", 2)->position, 9u);
    EXPECT_EQ(RolledPosition(*world.state, orders, "default"), 9u);
}

TEST(CommitTail, TakesOnlyFilesUpToItsPosition) {
    World world;
    const ProductId orders = world.Orders();
    world.Must(Roll(orders, 0, 5, {{"a", 5, 1, 5, ""}}));
    world.Must(Roll(orders, 5, 9, {{"b", 4, 1, 9, ""}}));
    const Port before = *world.state->FindPort(orders, "default", 1);
    CommitTail commit{.port = before.id, .expected_metadata_location = "", .table = before.table,
                      .upto = 5, .settled_gone = {}};
    EXPECT_EQ(world.Refuses(commit), Code::kInvalid);  // Without a pointer.
    commit.table.metadata_location = "/t/u-default/metadata/1.json";
    world.Must(commit);
    const Port* port = world.state->FindPort(orders, "default", 1);
    ASSERT_EQ(port->tail.size(), 1u);
    EXPECT_EQ(port->tail[0].name, "b");
    EXPECT_EQ(port->position, 9u);
    EXPECT_EQ(world.Refuses(commit), Code::kConflict);  // The pointer has moved.
}

TEST(SettleRejected, RangesJoinAndGoWithTheirBytes) {
    World world;
    const ProductId orders = world.Orders();
    EXPECT_EQ(world.Refuses(SettleRejected{orders, 1, {{1, 2}}, ""}), Code::kNotFound);
    RollTail roll = Roll(orders, 0, 10, {});
    roll.rejected = Part("rejected", {{"r", 10, 50, 10, ""}});
    world.Must(roll);
    EXPECT_EQ(world.Refuses(SettleRejected{orders, 1, {{3, 2}}, ""}), Code::kInvalid);
    world.Must(SettleRejected{orders, 1, {{5, 6}, {1, 2}}, "purged by ana"});
    world.Must(SettleRejected{orders, 1, {{3, 3}}, "purged by ana"});
    const Port letters = *world.state->FindPort(orders, "rejected", 1);
    EXPECT_EQ(letters.settled, (std::vector<Settled>{{1, 3}, {5, 6}}));
    CommitTail purge{.port = letters.id, .expected_metadata_location = "", .table = letters.table,
                     .upto = 10, .settled_gone = std::vector<Settled>{{1, 3}}};
    purge.table.metadata_location = "/t/u-rejected/metadata/1.json";
    EXPECT_EQ(world.Refuses(purge), Code::kConflict);  // More has been settled than was rewritten.
    purge.settled_gone = letters.settled;
    world.Must(purge);
    EXPECT_TRUE(world.state->FindPort(orders, "rejected", 1)->settled.empty());
}

}  // namespace
}  // namespace weft::meta
