// A PostgreSQL client's life against a fake query layer: negotiation, login, batches, cancels,
// deaths.
#include <chrono>

#include "gateway/server_test_util.h"

namespace weft::gateway {
namespace {

using namespace std::string_literals;

const std::string kSslRequest = "\0\0\0\x08\x04\xd2\x16\x2f"s;
const std::string kGssRequest = "\0\0\0\x08\x04\xd2\x16\x30"s;

class PgConnection : public testing::Test {
  protected:
    TestNode node_;
    std::string address() const { return node_.server->postgres_address(); }

    bool CancelComes() {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (node_.sessions.cancels == 0 && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return node_.sessions.cancels > 0;
    }
};

TEST_F(PgConnection, PasswordAndTokenBothOpenTheDoor) {
    EXPECT_EQ(Client(address()).Login("ana", "secret-ana"), "");
    EXPECT_EQ(Client(address()).Login("ana", node_.token), "");
    std::scoped_lock lock(node_.sessions.mutex);
    EXPECT_EQ(node_.sessions.last.who.name, "ana");
    EXPECT_EQ(node_.sessions.last.path, "postgres");
}

TEST_F(PgConnection, UnknownUserAndWrongPasswordLookTheSame) {
    Client wrong(address()), unknown(address());
    EXPECT_EQ(wrong.Login("ana", "guess"), "28P01");
    EXPECT_EQ(unknown.Login("bob", "guess"), "28P01");
    std::string expected = wrong.last_error;
    const size_t name = expected.find("\"ana\"");
    ASSERT_NE(name, std::string::npos);
    expected.replace(name, 5, "\"bob\"");
    EXPECT_EQ(unknown.last_error, expected);
    EXPECT_TRUE(wrong.AtEnd());
}

TEST_F(PgConnection, OtherDatabasesDoNotExist) {
    EXPECT_EQ(Client(address()).Login("ana", "secret-ana", "postgres"), "3D000");
    EXPECT_EQ(Client(address()).Login("ana", "guess", "postgres"),
              "28P01");  // Nobody learns it before the login.
}

TEST_F(PgConnection, NegotiationsInAnyOrderButNotWithoutEnd) {
    Client client(address());
    client.Send(kGssRequest);
    EXPECT_EQ(client.Read(1), "N");
    client.Send(kSslRequest);
    EXPECT_EQ(client.Read(1), "N");  // No certificate was given.
    EXPECT_EQ(client.Login("ana", "secret-ana"), "");
    Client endless(address());
    for (int i = 0; i < 3; ++i) {
        endless.Send(kSslRequest);
        EXPECT_EQ(endless.Read(1), "N");
    }
    endless.Send(kSslRequest);
    EXPECT_EQ(SqlstateOfBody(endless.ReadMessage().body), "08P01");
    EXPECT_TRUE(endless.AtEnd());
}

TEST_F(PgConnection, NewerMinorVersionsAreNegotiatedDown) {
    Client client(address());
    client.Send(Startup("ana", "weft", 3u << 16 | 2));
    EXPECT_EQ(client.ReadMessage().type, 'v');
    EXPECT_EQ(client.ReadMessage().type, 'R');
}

TEST_F(PgConnection, LyingStartupLengthsEndTheConnection) {
    for (const auto& lie : {"\xff\xff\xff\xff"s, "\0\0\0\4"s, "\x7f\0\0\0"s}) {
        Client client(address());
        client.Send(lie);
        EXPECT_EQ(client.ReadMessage().type, 'E');
        EXPECT_TRUE(client.AtEnd());
    }
    Client late(address());
    late.Send(Startup("ana", "weft"));
    EXPECT_EQ(late.ReadMessage().type, 'R');
    late.Send("p\x7f\xff\xff\xff"s);
    EXPECT_EQ(SqlstateOfBody(late.ReadMessage().body), "08P01");
}

TEST_F(PgConnection, RowsArriveWholeAndInOrderOfBatches) {
    Client client(address());
    ASSERT_EQ(client.Login("ana", "secret-ana"), "");
    client.Send(Query("rows 2") + Query("rows 1"));  // Pipelined.
    EXPECT_EQ(client.TypesUntilReady(), "DDCZ");
    EXPECT_EQ(client.TypesUntilReady(), "DCZ");
    client.Send(Query("rows 20000"));
    EXPECT_EQ(client.TypesUntilReady().size(), 20'002u);
    client.Send("S\0\0\0\4"s);
    EXPECT_EQ(client.TypesUntilReady(), "Z");
    client.Send("X\0\0\0\4"s);
    EXPECT_TRUE(client.AtEnd());
}

TEST_F(PgConnection, AWorkerThatDiesAtABorderCostsOneStatement) {
    Client client(address());
    ASSERT_EQ(client.Login("ana", "secret-ana"), "");
    client.Send(Query("rows 3 die whole"));
    EXPECT_EQ(client.TypesUntilReady(), "DDDEZ");
    EXPECT_EQ(SqlstateOfBody(client.last_error), "57P05");
    client.Send(Query("rows 1"));
    EXPECT_EQ(client.TypesUntilReady(), "DCZ");
}

TEST_F(PgConnection, AWorkerThatDiesInsideAMessageCostsTheConnection) {
    Client client(address());
    ASSERT_EQ(client.Login("ana", "secret-ana"), "");
    client.Send(Query("rows 1 die part"));
    EXPECT_EQ(client.ReadMessage().type, 'D');
    const std::string rest = client.ReadToEnd();
    EXPECT_FALSE(rest.empty());  // The half row.
    EXPECT_EQ(rest.find("57P05"), std::string::npos);
}

TEST_F(PgConnection, ASlotThatIsNotFreeIsAnErrorOfTheStatement) {
    Client client(address());
    ASSERT_EQ(client.Login("ana", "secret-ana"), "");
    client.Send(Query("refuse"));
    EXPECT_EQ(client.TypesUntilReady(), "EZ");
    EXPECT_EQ(SqlstateOfBody(client.last_error), "53300");
}

TEST_F(PgConnection, CancelNeedsTheRightKey) {
    Client client(address());
    ASSERT_EQ(client.Login("ana", "secret-ana"), "");
    client.Send(Query("rows 1 wait"));
    EXPECT_EQ(client.ReadMessage().type, 'D');  // It runs.
    const auto cancel = [&](uint32_t key) {
        std::string packet = "\0\0\0\x10\x04\xd2\x16\x2e"s;
        for (const uint32_t word : {client.session, key})
            for (int shift = 24; shift >= 0; shift -= 8) packet += static_cast<char>(word >> shift);
        Client other(address());
        other.Send(packet);
        return other.AtEnd();
    };
    EXPECT_TRUE(cancel(client.key + 1));
    EXPECT_EQ(node_.sessions.cancels, 0);
    EXPECT_TRUE(cancel(client.key));
    EXPECT_EQ(client.TypesUntilReady(), "EZ");
    EXPECT_EQ(SqlstateOfBody(client.last_error), "57014");
}

TEST_F(PgConnection, AClientThatHangsUpCancelsItsStatement) {
    Client client(address());
    ASSERT_EQ(client.Login("ana", "secret-ana"), "");
    client.Send(Query("wait"));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    client.Close();
    EXPECT_TRUE(CancelComes());
}

TEST_F(PgConnection, AnUnknownMessageEndsTheConnection) {
    Client client(address());
    ASSERT_EQ(client.Login("ana", "secret-ana"), "");
    client.Send("?\0\0\0\4"s);
    EXPECT_EQ(SqlstateOfBody(client.ReadMessage().body), "08P01");
    EXPECT_TRUE(client.AtEnd());
}

TEST_F(PgConnection, BeyondLoopbackNeedsTls) {
    ServerOptions options;
    options.postgres = "0.0.0.0:0";
    options.http = "";
    const auto refused = node_.Listen(options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kInvalid);
    EXPECT_NE(refused.error().message.find("TLS"), std::string::npos);
}

}  // namespace
}  // namespace weft::gateway
