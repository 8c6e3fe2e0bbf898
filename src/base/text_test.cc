#include "base/text.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(Text, QuotingDoublesTheQuoteAndDropsNul) {
    EXPECT_EQ(QuoteIdentifier("a\"b"), "\"a\"\"b\"");
    EXPECT_EQ(QuoteLiteral("it's"), "'it''s'");
    EXPECT_EQ(QuoteLiteral(std::string_view("a\0b", 3)), "'ab'");
    EXPECT_EQ(QuoteLiteral("\xFF'"), "'\xFF'''");
}

TEST(Text, NamesFollowTheDesign) {
    EXPECT_TRUE(IsName("a"));
    EXPECT_TRUE(IsName("order_items2"));
    EXPECT_TRUE(IsName(std::string(63, 'a')));
    for (const auto* wrong : {"", "A", "1a", "_a", "a__b", "a-b", "ä"})
        EXPECT_FALSE(IsName(wrong)) << wrong;
    EXPECT_FALSE(IsName(std::string(64, 'a')));
}

TEST(Text, Utf8IsCheckedStrictly) {
    EXPECT_TRUE(IsUtf8("plain"));
    EXPECT_TRUE(IsUtf8("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
    EXPECT_FALSE(IsUtf8("\xC0\xAF"));          // Overlong.
    EXPECT_FALSE(IsUtf8("\xE0\x80\x80"));      // Overlong.
    EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));      // Surrogate.
    EXPECT_FALSE(IsUtf8("\xF4\x90\x80\x80"));  // Above U+10FFFF.
    EXPECT_FALSE(IsUtf8("\xE2\x82"));          // Cut off.
    EXPECT_FALSE(IsUtf8(std::string_view("a\0b", 3)));
}

TEST(Text, NearestNameFindsSwapsAndMissingLetters) {
    const std::vector<std::string> names{"order_id", "customer_id", "amount", "name"};
    EXPECT_EQ(NearestName("custmer_id", names), "customer_id");
    EXPECT_EQ(NearestName("nmae", names), "name");
    EXPECT_EQ(NearestName("AMOUNT", names), "amount");
    EXPECT_EQ(NearestName("colour", names), std::nullopt);
    EXPECT_EQ(NearestName(std::string(65, 'a'), names), std::nullopt);
}

TEST(Text, SplitAndJoinAreInverse) {
    EXPECT_EQ(Split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
    EXPECT_EQ(Split("", ','), std::vector<std::string>{""});
    EXPECT_EQ(Join(Split("a,,b", ','), ","), "a,,b");
    EXPECT_EQ(Trim(" \t a b \n"), "a b");
    EXPECT_EQ(Trim("  "), "");
}

TEST(Text, HexReadsWhatItWrites) {
    EXPECT_EQ(Hex(std::string_view("\x00\xFF\x1a", 3)), "00ff1a");
    EXPECT_EQ(FromHex("00FF1a"), std::string("\x00\xFF\x1a", 3));
    EXPECT_EQ(FromHex("0"), std::nullopt);
    EXPECT_EQ(FromHex("0g"), std::nullopt);
}

TEST(Text, Base64MatchesTheVectorsOfRfc4648) {
    const std::vector<std::pair<std::string, std::string>> vectors{
        {"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, coded] : vectors) {
        EXPECT_EQ(Base64(plain), coded);
        EXPECT_EQ(FromBase64(coded), plain);
    }
    EXPECT_EQ(Base64Url("\xFB\xFF"), "-_8");
    EXPECT_EQ(FromBase64Url("-_8"), "\xFB\xFF");
}

TEST(Text, Base64RefusesOtherForms) {
    for (const auto* wrong : {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zm 9", "Zm9v\n"}) {
        EXPECT_EQ(FromBase64(wrong), std::nullopt) << wrong;
    }
    EXPECT_EQ(FromBase64Url("Zg=="), std::nullopt);
    EXPECT_EQ(FromBase64Url("+_8"), std::nullopt);
}

TEST(Text, NumbersForPeople) {
    EXPECT_EQ(HumanCount(0), "0");
    EXPECT_EQ(HumanCount(999), "999");
    EXPECT_EQ(HumanCount(336776), "336,776");
    EXPECT_EQ(HumanCount(1234567), "1,234,567");
    EXPECT_EQ(HumanBytes(999), "999 B");
    EXPECT_EQ(HumanBytes(4'200'000), "4.2 MB");
    EXPECT_EQ(HumanBytes(999'999), "1.0 MB");
}

}  // namespace
}  // namespace weft
