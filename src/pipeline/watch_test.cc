#include "pipeline/watch.h"

#include <gtest/gtest.h>

#include "catalog/job_inputs.h"

namespace weft::pipeline {
namespace {

constexpr int64_t kSecond = 1'000'000;

// web.hourly reads web.clicks by name; clicks is fed by events.
struct World {
    meta::State state;
    std::shared_ptr<meta::Product> clicks = std::make_shared<meta::Product>();
    std::shared_ptr<meta::Product> hourly = std::make_shared<meta::Product>();
    std::shared_ptr<meta::Port> records = std::make_shared<meta::Port>();
    Watch watch{"/nonexistent"};
    int64_t now_s = 1'000;

    World() {
        auto domain = std::make_shared<meta::Domain>();
        domain->id = DomainId{1};
        domain->name = "web";
        state.domains.emplace(domain->id, domain);
        state.domain_by_name.emplace("web", domain->id);
        Add(clicks, 2, "clicks");
        Add(hourly, 3, "hourly");
        model::InputPort push;
        push.name = "clicks";
        push.kind = model::InputPort::Kind::kPush;
        clicks->spec.input_ports = {push};
        clicks->spec.output_ports = {{}};
        model::OutputPort port;
        port.sql = "SELECT * FROM web.Clicks";
        port.schedule = *model::ParseSchedule("on change");
        hourly->spec.output_ports = {port};
        records->id = PortId{9};
        records->product = ProductId{2};
        records->name = "default";
        records->pushed = true;
    }
    void Add(const std::shared_ptr<meta::Product>& product, uint64_t id, std::string name) {
        product->id = ProductId{id};
        product->domain = DomainId{1};
        product->name = name;
        product->spec.version.major = 1;
        state.product_by_name[{DomainId{1}, name}] = product->id;
        state.products[product->id] = product;
    }
    void Push(uint64_t position) {
        records->position = position;
        state.ports[records->id] = records;
        state.ports_of[ProductId{2}] = {records->id};
    }
    void Ran(meta::RunState how) {
        hourly->run.id = RunId{hourly->run.id.value + 1};
        hourly->run.state = how;
        hourly->run.started = {now_s * kSecond};
        const std::vector<uint64_t> read =
            state.ports.empty() ? std::vector<uint64_t>{} : std::vector<uint64_t>{9};
        auto port = std::make_shared<meta::Port>();
        port->id = PortId{10};
        port->product = ProductId{3};
        port->name = "default";
        port->inputs = read;
        state.ports[port->id] = port;
        state.ports_of[ProductId{3}] = {port->id};
        hourly->run.input_fingerprint =
            *catalog::InputFingerprint(state, *hourly, read, "/nonexistent");
    }
    std::string Look() {
        const auto due = watch.Look(state, *hourly, {now_s * kSecond});
        return due ? due->trigger + (due->slot.empty() ? "" : " " + due->slot) : "no";
    }
};

TEST(Watch, EventsAreAChangeAtOnceButNotMoreOftenThanEveryTwoSeconds) {
    World world;
    world.Push(5);
    world.Ran(meta::RunState::kSucceeded);
    world.now_s += 10;
    EXPECT_EQ(world.Look(), "no");
    world.Push(6);
    EXPECT_EQ(world.Look(), "change");
    world.Ran(meta::RunState::kSucceeded);
    world.Push(7);
    world.now_s += 1;
    EXPECT_EQ(world.Look(), "no");
    world.now_s += 1;
    EXPECT_EQ(world.Look(), "change");
}

// What broke a run is not tried again until something is new.
TEST(Watch, AFailedRunWaitsForAChange) {
    World world;
    world.Push(5);
    world.Ran(meta::RunState::kFailed);
    world.now_s += 100;
    EXPECT_EQ(world.Look(), "no");
    world.Push(6);
    EXPECT_EQ(world.Look(), "change");
}

// The first run found no port of web.clicks, so nothing of the state says that the product reads
// it.
TEST(Watch, AnInputThatComesLaterIsAChange) {
    World world;
    world.Ran(meta::RunState::kSucceeded);
    world.now_s += 10;
    EXPECT_EQ(world.Look(), "no");
    world.Push(1);
    EXPECT_EQ(world.Look(), "change");
}

TEST(Watch, ASlotIsServedOnceAlsoWhenARunByHandFollows) {
    World world;
    world.hourly->spec.output_ports[0].schedule = *model::ParseSchedule("every 1 minute");
    world.hourly->applied = {990 * kSecond};
    world.now_s = 1'021;
    EXPECT_EQ(world.Look(), "schedule 1970-01-01T00:17:00Z");
    world.hourly->slots = {"1970-01-01T00:17:00Z"};
    world.hourly->run.slot = "";
    EXPECT_EQ(world.Look(), "no");
    world.now_s = 1'080;
    EXPECT_EQ(world.Look(), "schedule 1970-01-01T00:18:00Z");
}

}  // namespace
}  // namespace weft::pipeline
