#include "pipeline/increment.h"

#include <gtest/gtest.h>

namespace weft::pipeline {
namespace {

DataType Type(std::string_view text) { return *ParseDataType(text); }

constexpr Timestamp kNow{1'795'334'400'000'000};  // 2026-11-22 08:00:00 UTC

TEST(Increment, NewestNeverFalls) {
    EXPECT_EQ(NewestOf(Type("bigint"), "7", "5", kNow), "7");
    EXPECT_EQ(NewestOf(Type("bigint"), "7", "", kNow), "7");
    EXPECT_EQ(NewestOf(Type("bigint"), "", "-5", kNow), "-5");
    EXPECT_EQ(NewestOf(Type("bigint"), "", "", kNow), "");
    EXPECT_EQ(
        NewestOf(Type("timestamptz"), "2026-11-22 07:00:00+00", "2026-11-22 08:30:00+01", kNow),
        "2026-11-22 07:30:00+00");
}

// One record of the year 2099 would hide everything that comes until then.
TEST(Increment, NewestIsNotInTheFuture) {
    EXPECT_EQ(NewestOf(Type("timestamptz"), "", "2099-01-01 00:00:00+00", kNow),
              "2026-11-22 08:00:00+00");
    EXPECT_EQ(NewestOf(Type("date"), "", "2099-01-01", kNow), "2026-11-22");
    EXPECT_EQ(NewestOf(Type("timestamp"), "", "infinity", kNow), "2026-11-22 08:00:00");
    EXPECT_EQ(NewestOf(Type("bigint"), "", "9223372036854775807", kNow), "9223372036854775807");
}

// ---- what is decided before any table is looked at

class NoTables : public catalog::Tables {
  public:
    Result<catalog::Resolved> Resolve(const std::shared_ptr<const meta::State>&,
                                      const govern::Principal&, const engine::RelationName&,
                                      int64_t) override {
        std::abort();
    }
    Result<Plan> PlanScan(const catalog::Scannable&, const engine::Open&) override { std::abort(); }
    Result<io::Descriptor> OpenFile(const catalog::Scannable&, const std::string&) override {
        std::abort();
    }
    std::shared_ptr<const void> Pin(const std::string&) override { std::abort(); }
    bool IsPinned(const std::string&) const override { std::abort(); }
    uint64_t OldestPin(const std::string&) const override { std::abort(); }
    uint64_t PinCount() const override { std::abort(); }
    iceberg::Cache& cache() override { std::abort(); }
    const std::string& folder() const override { std::abort(); }
};

struct World {
    meta::State state;
    meta::Product product;
    meta::Port before;
    model::OutputPort port;
    NoTables no_tables;

    World(model::Incremental::Kind kind, std::string column) {
        auto domain = std::make_shared<meta::Domain>();
        domain->id = DomainId{1};
        domain->name = "web";
        state.domains.emplace(domain->id, domain);
        product.id = ProductId{2};
        product.domain = DomainId{1};
        product.name = "hourly";
        product.generation = 3;
        port.incremental = model::Incremental{kind, {std::move(column)}, 0, {}};
        before.table.metadata_location = "somewhere";
        before.watermark = "g3 7";
        meta::BoundColumn n;
        n.column.name = "n";
        n.column.type = Type("bigint");
        before.columns = {n};
    }
    meta::Port& AddSource(uint64_t id, bool pushed, uint64_t version) {
        auto source = std::make_shared<meta::Product>();
        source->id = ProductId{id + 100};
        source->domain = DomainId{1};
        source->name = "source";
        state.products.emplace(source->id, source);
        auto port = std::make_shared<meta::Port>();
        port->id = PortId{id};
        port->product = source->id;
        port->name = "default";
        port->pushed = pushed;
        port->columns = before.columns;
        if (pushed)
            port->position = version;
        else
            port->table.snapshot_id = static_cast<int64_t>(version);
        state.ports[port->id] = port;
        return *port;
    }
    std::string Decide(const RunWish& wish = {}, bool published = true) {
        const auto increment =
            PlanIncrement(no_tables, state, product, port, published ? &before : nullptr, wish);
        if (!increment) return "error: " + increment.error().message;
        if (increment->kind == Increment::Kind::kNothing) return "nothing";
        return increment->kind == Increment::Kind::kAll ? "all: " + increment->why : "part";
    }
};

TEST(Increment, EverythingWhenNothingCanBeBuiltUpon) {
    World world(model::Incremental::Kind::kBy, "n");
    EXPECT_EQ(world.Decide({}, false), "all: nothing is published yet");
    EXPECT_EQ(world.Decide({true, {}}), "all: as asked for");
    world.before.watermark = "";
    EXPECT_EQ(world.Decide(), "all: the last run leaves nothing to build upon");
    world.before.watermark = "g2 7";
    EXPECT_EQ(world.Decide(), "all: the product was applied again");
    EXPECT_EQ(world.Decide({false, Step{1, 1, 1, "1", "2"}}),
              "error: web.hourly cannot be computed by ranges: the product was applied again");
    world.before.watermark = "g3";
    EXPECT_EQ(world.Decide(), "all: the last run found no rows");
    world.port.incremental->columns = {"other"};
    EXPECT_EQ(world.Decide(), "all: column other has no order");
}

TEST(Increment, NothingWhenNoInputMoved) {
    for (const auto kind : {model::Incremental::Kind::kBy, model::Incremental::Kind::kMerge}) {
        World world(kind, "n");
        world.AddSource(10, true, 40);
        world.AddSource(11, false, 5);
        world.before.read_to = {{10, 40}, {11, 5}};
        EXPECT_EQ(world.Decide(), "nothing");
    }
}

TEST(Increment, MergeOnlyWhenOnlyTheEventsMoved) {
    World world(model::Incremental::Kind::kMerge, "n");
    world.AddSource(10, true, 41);
    world.AddSource(11, false, 6);
    world.before.read_to = {{10, 40}, {11, 5}};
    EXPECT_EQ(world.Decide(), "all: another input has changed");
    world.before.read_to = {{11, 6}};
    EXPECT_EQ(world.Decide(), "all: it reads no product fed by events");
    world.AddSource(12, true, 9);
    world.before.read_to = {{10, 40}, {12, 9}};
    EXPECT_EQ(world.Decide(), "all: it reads more than one product fed by events");
    world.before.read_to = {{10, 42}};
    EXPECT_EQ(world.Decide(), "all: the events were numbered anew");
    world.before.read_to = {{10, 40}, {99, 1}};
    EXPECT_EQ(world.Decide(), "all: another input has changed");
    world.port.incremental->columns = {"m"};
    world.before.read_to = {{10, 40}};
    EXPECT_EQ(world.Decide(), "all: the events have no column m");
}

}  // namespace
}  // namespace weft::pipeline
