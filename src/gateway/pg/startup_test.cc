#include "gateway/pg/startup.h"

#include <gtest/gtest.h>

namespace weft::gateway::pg {
namespace {

using namespace std::string_literals;

const std::string kVersion3 = "\0\3\0\0"s;

TEST(Startup, FirstPacketsAreToldApart) {
    EXPECT_TRUE(std::holds_alternative<SslRequest>(*ParseFirstPacket("\x04\xd2\x16\x2f"s)));
    EXPECT_TRUE(std::holds_alternative<GssRequest>(*ParseFirstPacket("\x04\xd2\x16\x30"s)));
    const auto cancel = ParseFirstPacket("\x04\xd2\x16\x2e\0\0\1\2\xff\0\0\1"s);
    ASSERT_TRUE(cancel);
    EXPECT_EQ(std::get<CancelRequest>(*cancel).session, 258u);
    EXPECT_EQ(std::get<CancelRequest>(*cancel).key, 0xff000001u);
}

TEST(Startup, ParametersUserAndDatabase) {
    const auto packet = ParseFirstPacket(
        kVersion3 + "user\0ana\0application_name\0psql\0_pq_.magic\0on\0database\0weft\0\0"s);
    ASSERT_TRUE(packet);
    const auto& startup = std::get<StartupMessage>(*packet);
    EXPECT_EQ(startup.user, "ana");
    EXPECT_EQ(startup.database, "weft");
    ASSERT_EQ(startup.parameters.size(), 1u);
    EXPECT_EQ(startup.parameters[0].second, "psql");
    ASSERT_EQ(startup.unknown_options.size(), 1u);
    EXPECT_EQ(startup.unknown_options[0], "_pq_.magic");
    EXPECT_EQ(std::get<StartupMessage>(*ParseFirstPacket(kVersion3 + "user\0bob\0\0"s)).database,
              "bob");
    EXPECT_EQ(std::get<StartupMessage>(*ParseFirstPacket("\0\3\0\2user\0bob\0\0"s)).minor, 2);
}

TEST(Startup, LyingLengthsAndCutTextsAreRefused) {
    EXPECT_FALSE(FirstPacketSize("\0\0\0\7"s));
    EXPECT_FALSE(FirstPacketSize("\xff\xff\xff\xff"s));
    EXPECT_FALSE(FirstPacketSize("\0\0\x27\x11"s));  // 10,001
    EXPECT_EQ(*FirstPacketSize("\0\0\0\x8"s), 4u);
    EXPECT_FALSE(ParseFirstPacket(kVersion3 + "user\0ana"s));
    EXPECT_FALSE(ParseFirstPacket(kVersion3 + "user\0ana\0"s));
    EXPECT_FALSE(ParseFirstPacket(kVersion3 + "\0"s));
    EXPECT_FALSE(ParseFirstPacket(kVersion3 + "user\0ana\0\0more"s));
    EXPECT_FALSE(ParseFirstPacket("\x04\xd2\x16\x2f\0"s));
    EXPECT_FALSE(ParseFirstPacket("\x04\xd2\x16\x2e\0\0"s));
    EXPECT_EQ(ParseFirstPacket("\0\2\0\0"s).error().sqlstate, "0A000");
}

TEST(Startup, MessageHeadsNearTwoToTheThirtyTwoDoNotWrap) {
    EXPECT_FALSE(ParseHead("p\xff\xff\xff\xff"s, 4096));
    EXPECT_FALSE(ParseHead("p\0\0\0\3"s, 4096));
    EXPECT_EQ(ParseHead("p\0\0\0\4"s, 4096)->body_bytes, 0u);
    EXPECT_EQ(ParseHead("p\0\0\x10\4"s, 4096)->body_bytes, 4096u);
    EXPECT_FALSE(ParseHead("p\0\0\x10\5"s, 4096));
}

TEST(Startup, SaslInitialResponse) {
    const auto initial = ParseSaslInitial("SCRAM-SHA-256\0\0\0\0\3abc"s);
    ASSERT_TRUE(initial);
    EXPECT_EQ(initial->mechanism, "SCRAM-SHA-256");
    EXPECT_EQ(initial->response, "abc");
    EXPECT_FALSE(ParseSaslInitial("SCRAM-SHA-256\0\0\0\0\4abc"s));
    EXPECT_FALSE(ParseSaslInitial("SCRAM-SHA-256\0\xff\xff\xff\xff"s));
    EXPECT_FALSE(ParseSaslInitial("SCRAM"s));
}

}  // namespace
}  // namespace weft::gateway::pg
