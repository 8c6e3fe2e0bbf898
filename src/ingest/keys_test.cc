#include "ingest/keys.h"

#include <gtest/gtest.h>

namespace weft::ingest {
namespace {

Accepted At(int64_t us, uint64_t position = 1) { return {{}, position, 1, {us}}; }
Hash128 Key(uint64_t n) { return {n, n}; }

TEST(Keys, ScopesNeverMeet) {
    const KeyScope scope{{1}, "in", "ana"};
    const Hash128 key = HashKey(scope, KeyKind::kRequest, "k");
    EXPECT_EQ(key, HashKey(scope, KeyKind::kRequest, "k"));
    EXPECT_NE(key, HashKey(scope, KeyKind::kRecord, "k"));
    EXPECT_NE(key, HashKey(scope, KeyKind::kRequest, "l"));
    EXPECT_NE(key, HashKey({{2}, "in", "ana"}, KeyKind::kRequest, "k"));
    EXPECT_NE(key, HashKey({{1}, "ina", "na"}, KeyKind::kRequest, "k"));
    EXPECT_NE(key, HashKey({{1}, "in", "an"}, KeyKind::kRequest, "ak"));
}

TEST(Keys, TheOldestGoFirstWhenThereAreTooMany) {
    Keys keys(2, 100);
    for (uint64_t n = 1; n <= 3; ++n) keys.Add(Key(n), At(static_cast<int64_t>(n), n));
    EXPECT_EQ(keys.Find(Key(1)), nullptr);
    EXPECT_EQ(keys.Find(Key(2))->first_position, 2u);
    EXPECT_EQ(keys.size(), 2u);
}

TEST(Keys, AgeIsBounded) {
    Keys keys(10, 100);
    keys.Add(Key(1), At(1000));
    keys.Add(Key(2), At(1050));
    keys.Expire({1099});
    EXPECT_NE(keys.Find(Key(1)), nullptr);
    keys.Expire({1100});
    EXPECT_EQ(keys.Find(Key(1)), nullptr);
    EXPECT_NE(keys.Find(Key(2)), nullptr);
}

TEST(Keys, AKnownKeyStaysAsItIs) {
    Keys keys(10, 100);
    keys.Add(Key(1), At(1, 7));
    keys.Add(Key(1), At(2, 8));
    EXPECT_EQ(keys.Find(Key(1))->first_position, 7u);
    keys.Expire({1000});
    EXPECT_EQ(keys.size(), 0u);
}

TEST(Keys, AFileComesBackAndADamagedOneDoesNot) {
    const KeyList list{{Key(1), {{3, 4}, 5, 6, {7}}}, {Key(2), {{}, 9, 1, {10}}}};
    const std::string bytes = EncodeKeys(12, list);
    EXPECT_EQ(bytes.size(), 24u + 2 * 56 + 4);
    const auto back = DecodeKeys(12, bytes).value();
    ASSERT_EQ(back.size(), 2u);
    EXPECT_EQ(back[0].first, Key(1));
    EXPECT_EQ(back[0].second.request, (Hash128{3, 4}));
    EXPECT_EQ(back[0].second.first_position, 5u);
    EXPECT_EQ(back[0].second.count, 6u);
    EXPECT_EQ(back[0].second.received.us, 7);
    EXPECT_EQ(DecodeKeys(13, bytes).error().code, Code::kCorrupt);
    for (size_t i = 0; i < bytes.size(); ++i) {
        std::string bad = bytes;
        bad[i] = static_cast<char>(bad[i] ^ 0x40);
        EXPECT_FALSE(DecodeKeys(12, bad)) << i;
        EXPECT_FALSE(DecodeKeys(12, bytes.substr(0, i))) << i;
    }
}

}  // namespace
}  // namespace weft::ingest
