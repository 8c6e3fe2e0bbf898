#include "ingest/log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <set>
#include <thread>

#include "ingest/log_test_util.h"
#include "ingest/segment.h"

namespace weft::ingest {
namespace {

TEST_F(LogTest, PositionsOfAStreamAreDenseFromOneAndSurviveAReopen) {
    Open();
    EXPECT_EQ(Push(clicks, {"1", "2"})->first_position, 1u);
    EXPECT_EQ(Push(orders, {"9"})->first_position, 1u);
    EXPECT_EQ(Push(clicks, {"3"})->first_position, 3u);
    Open();
    EXPECT_EQ(log->LastPosition(clicks), 3u);
    EXPECT_EQ(Lines(clicks), "1\n2\n3\n");
    EXPECT_EQ(Lines(orders), "9\n");
    EXPECT_EQ(Push(clicks, {"4"})->first_position, 4u);
    const auto waiting = log->Waiting();
    ASSERT_EQ(waiting.size(), 2u);
    EXPECT_EQ(waiting[0].stream, clicks);
    EXPECT_EQ(waiting[0].last_position, 4u);
    EXPECT_EQ(waiting[0].bytes, 8u);
}

TEST_F(LogTest, AnEntryComesBackAsItWasGiven) {
    Open();
    Entry entry = Make(clicks, {"{\"a\":1}", "\xff\x01 no json"}, "k");
    entry.record_keys = {"s 1", "s 2"};
    entry.replays = {40, 41};
    ASSERT_TRUE(log->Append(entry));
    Open();
    const auto got = log->Read(clicks, 0, 1).value();
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].stream, clicks);
    EXPECT_EQ(got[0].first_position, 1u);
    EXPECT_EQ(got[0].count, 2u);
    EXPECT_EQ(got[0].received.us, 1'000'000'000'000);
    EXPECT_EQ(got[0].principal, "ana");
    EXPECT_EQ(got[0].key, "k");
    EXPECT_EQ(got[0].record_keys, entry.record_keys);
    EXPECT_EQ(got[0].replays, entry.replays);
    EXPECT_EQ(got[0].lines, "{\"a\":1}\n\xff\x01 no json\n");
}

TEST_F(LogTest, ReadGoesOnBehindAPositionAndStopsAtItsBound) {
    Open();
    for (const char* record : {"aa", "bb", "cc"}) ASSERT_TRUE(Push(clicks, {record, record}));
    const auto two = log->Read(clicks, 2, 12).value();
    ASSERT_EQ(two.size(), 2u);
    EXPECT_EQ(two[0].first_position, 3u);
    EXPECT_EQ(log->Read(clicks, 3, 1).value().at(0).first_position, 3u) << "comes whole";
    EXPECT_EQ(log->Read(clicks, 0, 1).value().size(), 1u) << "at least one";
    EXPECT_TRUE(log->Read(clicks, 6, 100).value().empty());
}

TEST_F(LogTest, TornLastEntryIsCutAtEveryByte) {
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    const auto whole = fs::file_size(FirstSegment());
    ASSERT_TRUE(Push(clicks, {"2222"}, "k"));
    log.reset();
    const std::string path = FirstSegment();
    const std::string bytes = Slurp(path);
    for (uint64_t size = whole; size < bytes.size(); ++size) {
        for (const bool zeros : {false, true}) {  // Cut off, or extended and never written.
            Spit(path, bytes.substr(0, size) + std::string(zeros ? bytes.size() - size : 0, '\0'));
            Open();
            ASSERT_EQ(Lines(clicks), "1\n") << size;
            ASSERT_EQ(fs::file_size(path), whole);
            ASSERT_EQ(Push(clicks, {"3"}, "k")->first_position, 2u);
            ASSERT_EQ(Lines(clicks), "1\n3\n");
            Spit(path, bytes);
        }
    }
}

TEST_F(LogTest, ASegmentThatWasNeverWrittenIsMadeAgain) {
    Open();
    log.reset();
    for (const std::string& head : {std::string(), std::string(31, 'x'), std::string(32, '\0')}) {
        Spit(SegmentPath(folder, 1), head);
        Open();
        EXPECT_EQ(Push(clicks, {"1"})->first_position, 1u);
        log.reset();
        fs::remove(SegmentPath(folder, 1));
    }
}

TEST_F(LogTest, ABitFlipInTheMiddleIsCorruptAndNamesFileAndByte) {
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    const auto first = fs::file_size(FirstSegment());
    ASSERT_TRUE(Push(clicks, {"2"}));
    log.reset();
    const std::string path = FirstSegment();
    const std::string bytes = Slurp(path);
    for (uint64_t at = 0; at < first; ++at) {
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ 4);
        Spit(path, flipped);
        const auto opened = TryOpen();
        ASSERT_FALSE(opened) << at;
        EXPECT_EQ(opened.error().code, Code::kCorrupt);
        EXPECT_NE(opened.error().message.find(path), std::string::npos);
        EXPECT_NE(opened.error().message.find(at < 32 ? "at byte 0" : "at byte 32"),
                  std::string::npos);
        ASSERT_EQ(Slurp(path), flipped) << "nothing is changed";
    }
}

TEST_F(LogTest, AnOlderSegmentMayNotEndEarly) {
    options.segment_bytes = 1;
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    ASSERT_TRUE(Push(clicks, {"2"}));
    log.reset();
    ASSERT_EQ(Files(".log").size(), 2u);
    const std::string bytes = Slurp(FirstSegment());
    Spit(FirstSegment(), bytes.substr(0, bytes.size() - 1));
    EXPECT_EQ(TryOpen().error().code, Code::kCorrupt);
}

// A power cut may keep the end of an unacknowledged batch and lose its beginning: that is torn, not
// corrupt.
TEST_F(LogTest, ABatchThatLostItsBeginningIsCut) {
    const uint64_t salt = 5;
    std::string bytes = EncodeSegmentHead({1, salt});
    const auto add = [&](uint64_t number, uint64_t batch, const std::string& record) {
        Entry entry = Make(clicks, {record});
        entry.first_position = number;
        EncodeEntry(entry, {}, {number, batch}, salt, bytes);
    };
    add(1, 1, "1");
    const size_t second = bytes.size();
    add(2, 2, "2");
    add(3, 2, "3");
    std::string torn = bytes;
    torn[second + 40] ^= 1;
    Spit(SegmentPath(folder, 1), torn);
    Open();
    EXPECT_EQ(Lines(clicks), "1\n");
    log.reset();
    add(4, 4, "4");  // Only written when batch 2 was on disk.
    torn = bytes;
    torn[second + 40] ^= 1;
    Spit(SegmentPath(folder, 1), torn);
    EXPECT_EQ(TryOpen().error().code, Code::kCorrupt);
}

TEST_F(LogTest, RecordsThatLookLikeEntriesAreRecords) {
    std::string forged = EncodeSegmentHead({1, 0});
    Entry fake = Make(clicks, {"x"});
    fake.first_position = 9;
    EncodeEntry(fake, {}, {9, 9}, 0, forged);
    std::erase(forged, '\n');
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    const auto whole = fs::file_size(FirstSegment());
    ASSERT_TRUE(Push(clicks, {forged}));
    log.reset();
    fs::resize_file(FirstSegment(), fs::file_size(FirstSegment()) - 1);
    Open();
    EXPECT_EQ(fs::file_size(FirstSegment()), whole);
}

TEST_F(LogTest, ABitFlipUnderARunningLogIsSeenByRead) {
    Open();
    ASSERT_TRUE(Push(clicks, {"secret"}));
    std::string bytes = Slurp(FirstSegment());
    bytes[bytes.size() - 3] ^= 1;
    Spit(FirstSegment(), bytes);
    EXPECT_EQ(log->Read(clicks, 0, 100).error().code, Code::kCorrupt);
}

TEST_F(LogTest, WaitingRequestsShareOneSync) {
    Open();
    slow = true;
    constexpr int kThreads = 8, kEach = 20;
    std::vector<std::vector<uint64_t>> got(kThreads);
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < kEach; ++i) {
                    got[t].push_back(Push(clicks, {std::to_string(t * 1000 + i)})->first_position);
                }
            });
        }
    }
    std::set<uint64_t> all;
    for (const auto& positions : got) {
        EXPECT_TRUE(std::ranges::is_sorted(positions));
        all.insert(positions.begin(), positions.end());
    }
    EXPECT_EQ(all.size(), 160u);
    EXPECT_EQ(*all.begin(), 1u);
    EXPECT_EQ(*all.rbegin(), 160u);
    EXPECT_LT(syncs, 100);
    EXPECT_GE(syncs, 20);
    slow = false;
    Open();
    const auto entries = log->Read(clicks, 0, UINT64_MAX).value();
    for (const Entry& entry : entries) {
        const int record = std::stoi(entry.lines);
        EXPECT_EQ(got[record / 1000][record % 1000], entry.first_position);
    }
}

TEST_F(LogTest, TheClockMayGoBackButReceivedDoesNot) {
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    clock.now.us -= 5'000'000;
    ASSERT_TRUE(Push(clicks, {"2"}));
    Open();
    ASSERT_TRUE(Push(clicks, {"3"}));
    clock.now.us += 7'000'000;
    ASSERT_TRUE(Push(clicks, {"4"}));
    const auto entries = log->Read(clicks, 0, UINT64_MAX).value();
    EXPECT_EQ(entries[1].received.us, 1'000'000'000'000);
    EXPECT_EQ(entries[2].received.us, 1'000'000'000'000);
    EXPECT_EQ(entries[3].received.us, 1'000'002'000'000);
}

TEST_F(LogTest, NumberingGoesOnBehindWhatStateHasRolled) {
    rolled[clicks] = 41;
    Open();
    EXPECT_EQ(log->LastPosition(clicks), 41u);
    EXPECT_EQ(Push(clicks, {"a"})->first_position, 42u);
    EXPECT_EQ(Push(orders, {"a"})->first_position, 1u);
    rolled[clicks] = 42;
    Open();
    EXPECT_EQ(log->Waiting().size(), 1u) << "only orders: 42 lies in tables";
    EXPECT_EQ(Push(clicks, {"b"})->first_position, 43u);
}

TEST_F(LogTest, SegmentsGoWhenAllTheirStreamsAreReleasedAndNumberingStays) {
    options.segment_bytes = 1;
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    ASSERT_TRUE(Push(orders, {"1"}));
    ASSERT_TRUE(Push(clicks, {"2"}));
    ASSERT_EQ(Files(".log").size(), 3u);
    const uint64_t before = log->bytes();
    log->Release(clicks, 2);
    EXPECT_EQ(Files(".log"),
              (std::vector<std::string>{"00000000000000000002.log", "00000000000000000003.log"}));
    EXPECT_LT(log->bytes(), before);
    log->Forget(orders.product);
    EXPECT_EQ(Files(".log").size(), 1u) << "the newest stays";
    EXPECT_TRUE(log->Waiting().empty());
    EXPECT_TRUE(Files(".keys").empty()) << "there were no keys";
    rolled[clicks] = 2;
    rolled[orders] = 1;
    Open();
    EXPECT_EQ(Push(clicks, {"3"})->first_position, 3u);
    EXPECT_EQ(Push(orders, {"2"})->first_position, 2u);
}

TEST_F(LogTest, AHoldKeepsSegments) {
    options.segment_bytes = 1;
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    ASSERT_TRUE(Push(clicks, {"2"}));
    auto held = log->Hold();
    ASSERT_EQ(held->size(), 2u);
    log->Release(clicks, 2);
    EXPECT_EQ(Slurp(held->at(0)).size(), fs::file_size(held->at(0)));
    EXPECT_EQ(Files(".log").size(), 2u);
    held.reset();
    log->Release(clicks, 2);
    EXPECT_EQ(Files(".log").size(), 1u);
}

TEST_F(LogTest, AFullDiskAcknowledgesNothingAndLeavesNothing) {
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}, "a"));
    const auto size = fs::file_size(FirstSegment());
    fail_write_with = ENOSPC;
    EXPECT_EQ(Push(clicks, {"2"}, "b").error().code, Code::kUnavailable);
    EXPECT_EQ(fs::file_size(FirstSegment()), size);
    EXPECT_TRUE(Push(clicks, {"1"}, "a")->repeated) << "what is known needs no disk";
    fail_write_with = 0;
    const auto receipt = Push(clicks, {"2"}, "b").value();
    EXPECT_EQ(receipt.first_position, 2u) << "no hole";
    EXPECT_FALSE(receipt.repeated);
    EXPECT_EQ(fatal, "");
    Open();
    EXPECT_EQ(Lines(clicks), "1\n2\n");
}

TEST_F(LogTest, AFullDiskAtRotationKeepsTheOldSegment) {
    options.segment_bytes = 1;
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    fail_write_with = EDQUOT;
    EXPECT_EQ(Push(clicks, {"2"}).error().code, Code::kUnavailable);
    EXPECT_EQ(Files(".log").size(), 1u);
    fail_write_with = 0;
    EXPECT_EQ(Push(clicks, {"2"})->first_position, 2u);
    Open();
    EXPECT_EQ(Lines(clicks), "1\n2\n");
}

// The real call: a limit on the size of files makes the kernel itself refuse.
TEST_F(LogTest, AFileSizeLimitIsLikeAFullDisk) {
    options.disk = nullptr;
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    const auto size = fs::file_size(FirstSegment());
    const auto before = std::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
    const rlimit tight{size + 10, old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    const auto refused = Push(clicks, {"2"});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
    std::signal(SIGXFSZ, before);
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    EXPECT_EQ(fs::file_size(FirstSegment()), size);
    EXPECT_EQ(Push(clicks, {"2"})->first_position, 2u);
}

TEST_F(LogTest, AFailedSyncIsFatalAndNothingIsAcknowledgedAgain) {
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}, "a"));
    fail_sync_at = 0;
    EXPECT_EQ(Push(clicks, {"2"}).error().code, Code::kUnavailable);
    EXPECT_NE(fatal.find(".log"), std::string::npos) << fatal;
    EXPECT_NE(fatal.find("errno 5"), std::string::npos) << fatal;
    EXPECT_EQ(Push(clicks, {"3"}).error().code, Code::kUnavailable);
    EXPECT_EQ(Push(clicks, {"1"}, "a").error().code, Code::kUnavailable);
}

TEST_F(LogTest, AFailedWriteIsFatal) {
    Open();
    ASSERT_TRUE(Push(clicks, {"1"}));
    fail_write_with = EIO;
    EXPECT_EQ(Push(clicks, {"2"}).error().code, Code::kUnavailable);
    EXPECT_NE(fatal.find("errno 5"), std::string::npos) << fatal;
}

TEST_F(LogTest, WhatWaitsIsBounded) {
    options.pending_bytes_max = 10'000;
    Open();
    const std::string record(3'000, 'x');
    ASSERT_TRUE(Push(clicks, {record}));
    ASSERT_TRUE(Push(clicks, {record}));
    const auto refused = Push(clicks, {record});
    EXPECT_EQ(refused.error().code, Code::kLimit);
    EXPECT_EQ(refused.error().hint, "try again later");
    log->Release(clicks, 2);
    EXPECT_TRUE(Push(clicks, {record}));
}

TEST_F(LogTest, WhatWaitsForTheDiskIsBounded) {
    options.waiting_bytes_max = 20'000;
    Open();
    slow = true;
    std::atomic<int> accepted{0}, refused{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back(
                [&] { ++(Push(clicks, {std::string(6'000, 'x')}) ? accepted : refused); });
        }
    }
    EXPECT_GT(accepted, 0);
    EXPECT_GT(refused, 0);
    EXPECT_EQ(log->LastPosition(clicks), static_cast<uint64_t>(accepted));
}

TEST_F(LogTest, AnEntryMustHoldWhatItSays) {
    Open();
    Entry entry = Make(clicks, {"1"});
    entry.count = 2;
    EXPECT_EQ(log->Append(entry).error().code, Code::kInvalid);
    entry.count = 1;
    entry.lines = "1";
    EXPECT_EQ(log->Append(entry).error().code, Code::kInvalid);
    EXPECT_EQ(log->Append(Make(clicks, {})).value().count, 0u);
    EXPECT_TRUE(Files(".log").empty());
}

}  // namespace
}  // namespace weft::ingest
