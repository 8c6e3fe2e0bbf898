#include "query/slots.h"

#include <gtest/gtest.h>

#include <thread>

namespace weft::query {
namespace {

TEST(Slots, RefusesAPrincipalAboveItsShareWhileOthersEnter) {
    Slots slots(3, 1);
    const auto ana = slots.Take("ana", 0);
    ASSERT_TRUE(ana);
    const auto again = slots.Take("ana", 1);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Code::kLimit);
    EXPECT_EQ(again.error().sqlstate, "53300");
    EXPECT_TRUE(slots.Take("ben", 0));
}

TEST(Slots, ASlotReturnsWhenItsHolderIsGone) {
    Slots slots(1, 1);
    { const auto first = slots.Take("ana", 0); }
    EXPECT_EQ(slots.taken(), 0u);
    EXPECT_TRUE(slots.Take("ana", 0));
}

TEST(Slots, AWaitingStatementEntersWhenOneLeaves) {
    Slots slots(1, 1);
    auto first = slots.Take("ana", 0);
    ASSERT_TRUE(first);
    std::jthread leaves([&] { first->Release(); });
    EXPECT_TRUE(slots.Take("ben", 5'000));
}

TEST(Slots, ClosingEndsTheWait) {
    Slots slots(1, 1);
    const auto first = slots.Take("ana", 0);
    std::jthread closes([&] { slots.Close(); });
    const auto second = slots.Take("ben", 5'000);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace weft::query
