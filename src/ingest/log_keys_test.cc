// Idempotency: what a retry gets, before and after restarts and the deletion of segments.
#include <gtest/gtest.h>

#include <thread>

#include "ingest/log_test_util.h"

namespace weft::ingest {
namespace {

constexpr int64_t kHour = 3'600'000'000;

class LogKeys : public LogTest {
  protected:
    Result<Receipt> PushKeyed(std::vector<std::string> records, std::vector<std::string> keys) {
        Entry entry = Make(clicks, std::move(records));
        entry.record_keys = std::move(keys);
        return log->Append(std::move(entry));
    }
    static void ExpectRepeat(const Result<Receipt>& receipt, uint64_t position, uint64_t count) {
        ASSERT_TRUE(receipt) << receipt.error().message;
        EXPECT_TRUE(receipt->repeated);
        EXPECT_EQ(receipt->first_position, position);
        EXPECT_EQ(receipt->count, count);
    }
};

TEST_F(LogKeys, ARepeatGetsTheFirstReceiptAndWritesNothing) {
    Open();
    ASSERT_TRUE(Push(clicks, {"0"}));
    EXPECT_FALSE(Push(clicks, {"1", "2"}, "k")->repeated);
    const uint64_t bytes = log->bytes();
    ExpectRepeat(Push(clicks, {"1", "2"}, "k"), 2, 2);
    EXPECT_EQ(log->bytes(), bytes);
    EXPECT_EQ(Lines(clicks), "0\n1\n2\n");
}

TEST_F(LogKeys, TheSameKeyWithOtherRecordsIsAConflict) {
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}, "k"));
    const auto refused = Push(clicks, {"2"}, "k");
    EXPECT_EQ(refused.error().code, Code::kConflict);
    EXPECT_EQ(refused.error().sqlstate, "23505");
    EXPECT_EQ(Lines(clicks), "1\n");
}

TEST_F(LogKeys, KeysOfOtherStreamsAndPrincipalsAreOthers) {
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}, "k"));
    EXPECT_FALSE(Push(orders, {"2"}, "k")->repeated);
    Entry bob = Make(clicks, {"3"}, "k");
    bob.principal = "bob";
    EXPECT_EQ(log->Append(bob)->first_position, 2u);
}

TEST_F(LogKeys, RetriesThatOvertakeTheDiskAreWrittenOnce) {
    Open();
    slow = true;
    std::atomic<int> first{0}, repeated{0}, conflicts{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 12; ++i) {
            threads.emplace_back([&, i] {
                const auto receipt = Push(clicks, {i % 3 == 0 ? "a" : "b"}, "k");
                if (!receipt) {
                    ++conflicts;
                } else {
                    EXPECT_EQ(receipt->first_position, 1u);
                    ++(receipt->repeated ? repeated : first);
                }
            });
        }
    }
    EXPECT_EQ(first, 1);
    EXPECT_TRUE((repeated == 7 && conflicts == 4) || (repeated == 3 && conflicts == 8))
        << repeated << " " << conflicts;
    EXPECT_EQ(log->LastPosition(clicks), 1u);
}

TEST_F(LogKeys, ARepeatOfWhatFailedIsNoRepeat) {
    Open();
    fail_write_with = ENOSPC;
    ASSERT_FALSE(Push(clicks, {"1"}, "k"));
    ASSERT_FALSE(PushKeyed({"2"}, {"s 2"}));
    fail_write_with = 0;
    EXPECT_FALSE(Push(clicks, {"1"}, "k")->repeated);
    EXPECT_FALSE(PushKeyed({"2"}, {"s 2"})->repeated);
    EXPECT_EQ(Lines(clicks), "1\n2\n");
}

TEST_F(LogKeys, KeysSurviveARestartAndTheDeletionOfTheirSegment) {
    options.segment_bytes = 1;
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}, "k"));
    ASSERT_TRUE(PushKeyed({"2", "3"}, {"s 2", "s 3"}));
    Open();
    ExpectRepeat(Push(clicks, {"1"}, "k"), 1, 1);
    EXPECT_EQ(Push(clicks, {"x"}, "k").error().code, Code::kConflict);
    ASSERT_TRUE(Push(orders, {"1"}));
    log->Release(clicks, 3);
    ASSERT_EQ(Files(".log").size(), 1u);
    ASSERT_EQ(Files(".keys").size(), 2u);
    rolled[clicks] = 3;
    for (int i = 0; i < 2; ++i) {
        ExpectRepeat(Push(clicks, {"1"}, "k"), 1, 1);
        EXPECT_EQ(Push(clicks, {"x"}, "k").error().code, Code::kConflict);
        ExpectRepeat(PushKeyed({"2", "3"}, {"s 2", "s 3"}), 2, 2);
        Open();
    }
    EXPECT_EQ(Push(clicks, {"4"})->first_position, 4u);
}

TEST_F(LogKeys, ADamagedKeysFileIsCorrupt) {
    options.segment_bytes = 1;
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}, "k"));
    ASSERT_TRUE(Push(clicks, {"2"}));
    log->Release(clicks, 2);
    log.reset();
    const std::string path = folder + "/" + Files(".keys").at(0);
    std::string bytes = Slurp(path);
    bytes[30] = static_cast<char>(bytes[30] ^ 1);
    Spit(path, bytes);
    const auto opened = TryOpen();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::kCorrupt);
    EXPECT_NE(opened.error().message.find(path), std::string::npos);
}

TEST_F(LogKeys, KeysAreForgottenAfterTheirTime) {
    options.segment_bytes = 1;
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}, "k"));
    ASSERT_TRUE(Push(clicks, {"2"}));
    log->Release(clicks, 1);
    ASSERT_EQ(Files(".keys").size(), 1u);
    clock.now.us += 23 * kHour;
    ExpectRepeat(Push(clicks, {"1"}, "k"), 1, 1);
    clock.now.us += 1 * kHour;
    EXPECT_EQ(Push(clicks, {"1"}, "k")->first_position, 3u) << "a new request by now";
    clock.now.us += 1;
    log->Release(clicks, 2);
    EXPECT_TRUE(Files(".keys").empty());
}

TEST_F(LogKeys, KnownRecordsAreLeftOut) {
    Open();
    ASSERT_TRUE(PushKeyed({"1", "2"}, {"s 1", "s 2"}));
    const auto part = PushKeyed({"2", "3", "1", "4", "3"}, {"s 2", "s 3", "s 1", "s 4", "s 3"});
    ASSERT_TRUE(part);
    EXPECT_FALSE(part->repeated);
    EXPECT_EQ(part->first_position, 3u);
    EXPECT_EQ(part->count, 2u);
    EXPECT_EQ(Lines(clicks), "1\n2\n3\n4\n");
    const auto entries = log->Read(clicks, 2, 100).value();
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].record_keys, (std::vector<std::string>{"s 3", "s 4"}));
    ExpectRepeat(PushKeyed({"2"}, {"s 2"}), 2, 1);
    ExpectRepeat(PushKeyed({"4", "1"}, {"s 4", "s 1"}), 4, 1);
}

TEST_F(LogKeys, TheOldestKeysGoWhenThereAreTooMany) {
    options.keys_max = 2;
    Open();
    for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(Push(clicks, {"1"}, key));
    EXPECT_TRUE(Push(clicks, {"1"}, "c")->repeated);
    EXPECT_FALSE(Push(clicks, {"1"}, "a")->repeated);
}

// Killed between the .keys file and the deletion: both are there, and both say the same.
TEST_F(LogKeys, ASegmentThatCameBackDoesNotDisturb) {
    options.segment_bytes = 1;
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}, "k"));
    ASSERT_TRUE(Push(clicks, {"2"}));
    const std::string segment = FirstSegment();
    const std::string bytes = Slurp(segment);
    log->Release(clicks, 1);
    log.reset();
    Spit(segment, bytes);
    Spit(folder + "/00000000000000000001.keys.tmp.0123456789abcdef", "half");
    rolled[clicks] = 1;
    Open();
    ExpectRepeat(Push(clicks, {"1"}, "k"), 1, 1);
    EXPECT_EQ(Files(".log").size(), 1u) << "deleted again";
    EXPECT_EQ(Lines(clicks), "2\n");
    EXPECT_EQ(Push(clicks, {"3"})->first_position, 3u);
}

}  // namespace
}  // namespace weft::ingest
