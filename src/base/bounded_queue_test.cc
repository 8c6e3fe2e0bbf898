#include "base/bounded_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace weft {
namespace {

TEST(BoundedQueue, RefusesWhenFullAndGivesBatchesInOrder) {
    BoundedQueue<int> queue(3);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.Push(i));
    EXPECT_EQ(queue.Push(3).error().code, Code::kLimit);
    EXPECT_EQ(queue.PopBatch(2, {}), (std::vector<int>{0, 1}));
    EXPECT_TRUE(queue.Push(4));
    EXPECT_EQ(queue.PopBatch(9, {}), (std::vector<int>{2, 4}));
}

TEST(BoundedQueue, StoppingWakesTheConsumer) {
    BoundedQueue<int> queue(1);
    std::jthread consumer(
        [&](std::stop_token stop) { EXPECT_TRUE(queue.PopBatch(1, stop).empty()); });
    consumer.request_stop();
    consumer.join();
}

}  // namespace
}  // namespace weft
