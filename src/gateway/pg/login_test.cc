#include "gateway/pg/login.h"

#include <gtest/gtest.h>

namespace weft::gateway::pg {
namespace {

using namespace std::string_literals;
StartupMessage With(std::string name, std::string value) {
    StartupMessage startup;
    startup.parameters.emplace_back(std::move(name), std::move(value));
    return startup;
}

TEST(Login, OptionsBecomeSettings) {
    const auto settings =
        SessionSettings(With("options", "-c search_path=sales\\ data --extra-float-digits=3"));
    ASSERT_TRUE(settings);
    ASSERT_EQ(settings->size(), 2u);
    EXPECT_EQ((*settings)[0].name, "search_path");
    EXPECT_EQ((*settings)[0].value, "sales data");
    EXPECT_EQ((*settings)[1].name, "extra_float_digits");
    EXPECT_FALSE(SessionSettings(With("options", "-x")));
    EXPECT_FALSE(SessionSettings(With("options", "-c novalue")));
}

TEST(Login, EncodingsThatAreNotUtf8AreRefused) {
    EXPECT_TRUE(SessionSettings(With("client_encoding", "UTF8")));
    EXPECT_TRUE(SessionSettings(With("client_encoding", "'utf-8'")));
    EXPECT_EQ(SessionSettings(With("client_encoding", "LATIN1")).error().sqlstate, "22023");
    EXPECT_FALSE(SessionSettings(With("replication", "database")));
}

TEST(Login, WelcomeEndsWithKeyAndReady) {
    Welcome welcome;
    welcome.user = "ana";
    welcome.session = 258;
    welcome.key = 0xff000001;
    welcome.settings = {{"TimeZone", "Europe/Berlin"}};
    const std::string bytes = WelcomeMessages(welcome);
    EXPECT_NE(bytes.find("server_version\00016.4\0"s), std::string::npos);
    EXPECT_NE(bytes.find("TimeZone\0Europe/Berlin\0"s), std::string::npos);
    EXPECT_NE(bytes.find("session_authorization\0ana\0"s), std::string::npos);
    EXPECT_NE(bytes.find("integer_datetimes\0on\0"s), std::string::npos);
    EXPECT_TRUE(bytes.ends_with("K\0\0\0\x0c\0\0\1\2\xff\0\0\1Z\0\0\0\5I"s));
}

TEST(Login, NegotiationNamesOurVersionAndUnknownOptions) {
    StartupMessage startup;
    startup.minor = 2;
    startup.unknown_options = {"_pq_.magic"};
    EXPECT_EQ(NegotiateVersion(startup), "v\0\0\0\x17\0\3\0\0\0\0\0\1_pq_.magic\0"s);
}

}  // namespace
}  // namespace weft::gateway::pg
