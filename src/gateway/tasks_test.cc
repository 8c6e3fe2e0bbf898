#include "gateway/tasks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace weft::gateway {
namespace {

TEST(Tasks, WaitingOnesGetThreadsUpToTheMaximum) {
    std::latch all_at_once(4);
    std::atomic<int> done = 0;
    {
        Tasks tasks(4, 100);
        for (int i = 0; i < 4; ++i)
            ASSERT_TRUE(tasks.Post([&] {
                all_at_once.arrive_and_wait();  // Hangs unless all four run side by side.
                ++done;
            }));
    }
    EXPECT_EQ(done.load(), 4);
}

TEST(Tasks, RefusesAboveTheQueueAndRunsWhatItAccepted) {
    std::latch go(1);
    std::atomic<int> done = 0;
    {
        Tasks tasks(1, 2);
        std::latch started(1);
        ASSERT_TRUE(tasks.Post([&] {
            started.count_down();
            go.wait();
        }));
        started.wait();
        EXPECT_TRUE(tasks.Post([&] { ++done; }));
        EXPECT_TRUE(tasks.Post([&] { ++done; }));
        EXPECT_FALSE(tasks.Post([&] { done += 100; }));
        tasks.PostEnd([&] { ++done; });
        go.count_down();
    }
    EXPECT_EQ(done.load(), 3);
}

}  // namespace
}  // namespace weft::gateway
