#include "ingest/batch.h"

#include <gtest/gtest.h>

namespace weft::ingest {
namespace {

Entry Of(uint64_t first, std::vector<std::string> records, int64_t us = 0) {
    Entry entry;
    entry.first_position = first;
    entry.count = records.size();
    entry.received.us = us;
    for (const auto& record : records) entry.lines += record + "\n";
    return entry;
}

TEST(Batch, PutsEntriesTogetherAndSaysWhereLinesCameFrom) {
    auto keyed = Of(3, {"{\"c\":3}"}, 20);
    keyed.key = "k";
    const auto batch = MakeBatch({Of(1, {"{\"a\":1}", "{\"b\":2}"}, 10), keyed}, 0, 100, false);
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->lines, "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
    EXPECT_EQ(batch->count, 3u);
    ASSERT_EQ(batch->received.size(), 2u);
    EXPECT_EQ(batch->received[0].first_line, 1u);
    EXPECT_EQ(batch->received[0].position, 1u);
    EXPECT_EQ(batch->received[1].first_line, 3u);
    EXPECT_EQ(batch->received[1].position, 3u);
    EXPECT_EQ(batch->received[1].received_us, 20);
    EXPECT_EQ(batch->received[1].key, "k");
}

TEST(Batch, BeginsAndEndsInsideAnEntry) {
    const auto batch = MakeBatch({Of(1, {"1", "2", "3", "4"}), Of(5, {"5", "6"})}, 1, 4, false);
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->lines, "2\n3\n4\n5\n");
    EXPECT_EQ(batch->count, 4u);
    EXPECT_EQ(batch->received[0].position, 2u);
    EXPECT_EQ(batch->received[1].first_line, 4u);
    EXPECT_EQ(batch->received[1].position, 5u);
}

TEST(Batch, KeysAndReplaysFollowTheirRecords) {
    auto entry = Of(10, {"1", "2", "3"});
    entry.record_keys = {"s a", "s b", "s c"};
    entry.replays = {4, 5, 6};
    const auto batch = MakeBatch({entry}, 10, 2, false);
    ASSERT_TRUE(batch);
    ASSERT_EQ(batch->received.size(), 2u);
    EXPECT_EQ(batch->received[0].key, "s b");
    EXPECT_EQ(batch->received[1].key, "s c");
    EXPECT_EQ(batch->replays, (std::vector<uint64_t>{5, 6}));
}

TEST(Batch, APoisonousRecordIsWrappedAlone) {
    const auto batch = MakeBatch({Of(1, {"{\"a\":\"x\"}", "{}"})}, 0, 1, true);
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->lines, "\"{\\\"a\\\":\\\"x\\\"}\"\n");
    EXPECT_EQ(batch->count, 1u);
    EXPECT_EQ(batch->received.size(), 1u);
}

TEST(Batch, AGapOrMissingLinesAreCorrupt) {
    EXPECT_EQ(MakeBatch({Of(3, {"3"})}, 1, 10, false).error().code, Code::kCorrupt);
    auto short_entry = Of(1, {"1"});
    short_entry.count = 3;
    EXPECT_EQ(MakeBatch({short_entry}, 1, 1, false).error().code, Code::kCorrupt);
    short_entry.lines = "1";
    EXPECT_EQ(MakeBatch({short_entry}, 0, 9, false).error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace weft::ingest
