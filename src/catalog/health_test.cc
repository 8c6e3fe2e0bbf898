#include "catalog/health.h"

#include <gtest/gtest.h>

namespace weft::catalog {
namespace {

struct World {
    meta::State state;
    meta::Product product;
    World() {
        product.id = ProductId{2};
        product.spec.version.major = 1;
        model::InputPort push;
        push.name = "clicks";
        push.kind = model::InputPort::Kind::kPush;
        product.spec.input_ports = {push};
        product.spec.output_ports = {{}};
    }
    std::string Health(std::string_view roll_error = {}) const {
        const auto health = HealthOf(state, product, std::nullopt, roll_error);
        return std::string(health.health) + ": " + health.reason;
    }
    void Push() {
        auto port = std::make_shared<meta::Port>();
        port->id = PortId{5};
        port->product = product.id;
        port->name = "default";
        port->pushed = true;
        state.ports[port->id] = port;
        state.ports_of[product.id] = {port->id};
    }
};

TEST(Health, OfPushedRecords) {
    World world;
    EXPECT_EQ(world.Health(), "unknown: nothing was pushed yet");
    world.Push();
    EXPECT_EQ(world.Health(), "healthy: pushed records get into its table");
    EXPECT_EQ(world.Health("the disk is full"), "failed: pushed records wait: the disk is full");
}

// A product with a computed port beside is as well as its runs are.
TEST(Health, OfRuns) {
    World world;
    world.Push();
    model::OutputPort computed;
    computed.name = "hourly";
    computed.sql = "SELECT 1";
    world.product.spec.output_ports.push_back(computed);
    EXPECT_EQ(world.Health(), "unknown: it has not run yet");
    world.product.run.state = meta::RunState::kFailed;
    world.product.run.error = "no";
    EXPECT_EQ(world.Health(), "failed: no");
}

}  // namespace
}  // namespace weft::catalog
