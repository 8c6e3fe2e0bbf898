// The node's side: death, cancel, deadlines, hostile frames, limits.
#include <sys/socket.h>
#include <sys/wait.h>

#include <csignal>
#include <thread>

#include "engine/channel.h"
#include "engine/engine_test_util.h"
#include "engine/pool_link.h"

namespace weft::engine {
namespace {

constexpr const char* kEndless =
    "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3";

class PoolTest : public WithPool {};

TEST_F(PoolTest, ACrashCostsOneStatement) {
    std::thread killer([this] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        ::kill(worker_->pid(), SIGSEGV);
    });
    EXPECT_EQ(Ask(kEndless).substr(0, 7), "worker:");
    killer.join();
    Statement next;
    next.sql = "SELECT 1";
    const auto again = Run(next);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Code::kUnavailable);
    worker_ = Take({});
    EXPECT_EQ(Ask("SELECT 1 AS one"), "{\"one\":1}\n");
}

TEST_F(PoolTest, InterruptEndsTheStatementAndKeepsTheWorker) {
    std::thread canceller([this] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        worker_->Interrupt();
    });
    EXPECT_EQ(Ask(kEndless), "57014: canceling statement due to user request");
    canceller.join();
    EXPECT_EQ(Ask("SELECT 1 AS one"), "{\"one\":1}\n");
}

TEST_F(PoolTest, TimeLimitEndsTheStatement) {
    Statement slow;
    slow.sql = kEndless;
    slow.limits.time_ms = 300;
    const auto finished = Run(slow);
    ASSERT_TRUE(finished) << finished.error().message;
    EXPECT_EQ(finished->ended.error.sqlstate, "57014");
    EXPECT_EQ(Ask("SELECT 1 AS one"), "{\"one\":1}\n");
}

TEST_F(PoolTest, WhatDoesNotListenIsKilled) {
    Statement deaf;
    deaf.sql = "SELECT levenshtein(repeat('ab', 100000), repeat('ba', 100000))";
    deaf.limits.time_ms = 200;
    const auto started = std::chrono::steady_clock::now();
    const auto finished = Run(deaf);
    const auto took = std::chrono::steady_clock::now() - started;
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().code, Code::kUnavailable);
    EXPECT_LT(took, std::chrono::seconds(6));
}

TEST_F(PoolTest, ResultsAboveTheirLimitFail) {
    Statement large;
    large.sql = "SELECT repeat('x', 1000) AS x FROM range(100000)";
    large.limits.result_bytes = 1u << 20;
    const auto finished = Run(large);
    ASSERT_TRUE(finished) << finished.error().message;
    EXPECT_EQ(finished->ended.error.code, Code::kLimit);
    EXPECT_EQ(finished->ended.error.sqlstate, "54000");
}

TEST_F(PoolTest, ADeadZygoteIsStartedAgain) {
    const int before = pool_->zygote_pid();
    ::kill(before, SIGKILL);
    for (int i = 0; i < 200 && (pool_->zygote_pid() == before || pool_->zygote_pid() < 0); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_NE(pool_->zygote_pid(), before);
    for (int i = 0; i < 3; ++i) {
        worker_ = Take({});
        ASSERT_NE(worker_, nullptr);
        EXPECT_EQ(Ask("SELECT 1 AS one"), "{\"one\":1}\n");
    }
}

TEST_F(PoolTest, WorkersAreCounted) {
    EXPECT_EQ(pool_->worker_count(), 1u);
    auto second = Take({});
    EXPECT_EQ(pool_->worker_count(), 2u);
    EXPECT_NE(second->pid(), worker_->pid());
    second.reset();
    EXPECT_EQ(pool_->worker_count(), 1u);
}

// A link over a socket pair whose other end is the test; the "worker" is a child that only sleeps.
class HostileWorker : public testing::Test {
  protected:
    void SetUp() override {
        int ends[2];
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
        pid_ = ::fork();
        if (pid_ == 0) {
            ::pause();
            ::_exit(0);
        }
        theirs_ = io::Descriptor(ends[1]);
        link_ = std::make_unique<Link>(Link::Born{9, pid_, io::Descriptor(ends[0]), {}}, [] {});
        link_->ask = [this](FromWorker question) { link_->Answer(question); };
    }
    void TearDown() override { link_->Died(); }
    // What becomes of a batch when the worker sends these bytes.
    bool Survives(const std::string& bytes) {
        std::optional<Result<Ended>> ended;
        EXPECT_TRUE(link_->Begin(
            Statement{}, host_, [](Head) {}, [&](Result<Ended> e) { ended = std::move(e); }));
        EXPECT_TRUE(SendFrame(theirs_.get(), bytes));
        link_->Readable();
        const bool lives = !link_->dead();
        link_->Died();
        EXPECT_TRUE(ended.has_value());
        EXPECT_EQ(ended->error().code, Code::kUnavailable);
        EXPECT_EQ(::kill(pid_, 0), -1);  // Killed and reaped.
        return lives;
    }
    FakeHost host_;
    pid_t pid_ = -1;
    io::Descriptor theirs_;
    std::unique_ptr<Link> link_;
};

TEST_F(HostileWorker, QuestionsAreAnswered) {
    EXPECT_TRUE(Survives(Encode(FromWorker(Names{{{"a", "b"}}}))));
}
TEST_F(HostileWorker, UnknownFramesKill) { EXPECT_FALSE(Survives(FrameHead('?', 0))); }
TEST_F(HostileWorker, ABodyThatLiesKills) {
    EXPECT_FALSE(Survives(FrameHead('n', 4) + "\xff\xff\xff\xff"));
}
TEST_F(HostileWorker, AHugeFrameKillsBeforeItIsRead) {
    EXPECT_FALSE(Survives(FrameHead('n', 1u << 30)));
}
TEST_F(HostileWorker, TooManyNamesKill) {
    EXPECT_FALSE(Survives(Encode(FromWorker(Names{std::vector<RelationName>(1'001)}))));
}
TEST_F(HostileWorker, ReadyTwiceKills) {
    EXPECT_FALSE(Survives(Encode(FromWorker(Ready{})) + Encode(FromWorker(Ready{}))));
}
TEST_F(HostileWorker, TwoHeadsKill) {
    EXPECT_FALSE(Survives(Encode(FromWorker(Head{})) + Encode(FromWorker(Head{}))));
}
TEST_F(HostileWorker, AnEndWithoutABatchKills) {
    EXPECT_TRUE(SendFrame(theirs_.get(), Encode(FromWorker(Ended{}))));
    link_->Readable();
    EXPECT_TRUE(link_->dead());
}

}  // namespace
}  // namespace weft::engine
