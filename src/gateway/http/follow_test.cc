// Records that follow, over real sockets: every record once, in order, as lines and as events.
#include "gateway/http/follow.h"

#include <chrono>

#include "gateway/server_test_util.h"

namespace weft::gateway {
namespace {

// What the fake worker has of positions after `since` up to `upto`: every third was rejected.
std::string Records(uint64_t since, uint64_t upto, bool events) {
    std::string all;
    for (uint64_t at = since + 1; at <= upto; ++at) {
        if (at % 3 == 0) continue;
        const std::string n = std::to_string(at);
        if (events) all += "id: " + n + "\ndata: ";
        all += "{\"_position\":" + n + ",\"url\":\"/" + n + "\"}" + (events ? "\n\n" : "\n");
    }
    return all;
}

class HttpFollow : public testing::Test {
  protected:
    void SetUp() override { node_.AddClicks(); }
    HttpAnswer Changes(const std::string& query, const std::string& headers = {}) {
        return Get(node_.server->http_address(), "/data/web/clicks/changes?" + query, node_.token,
                   headers);
    }
    // A client whose answer has begun; its chunks are read by hand.
    std::unique_ptr<Client> Open(const std::string& query, const std::string& accept) {
        auto client = std::make_unique<Client>(node_.server->http_address());
        client->Send("GET /data/web/clicks/changes?" + query +
                     " HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept +
                     "\r\nAuthorization: Bearer " + node_.token + "\r\n\r\n");
        return client;
    }
    static std::string ReadUntil(Client& client, const std::string& end) {
        std::string all;
        while (!all.ends_with(end)) {
            const std::string byte = client.Read(1);
            if (byte.empty()) return all + "(end)";
            all += byte;
        }
        return all;
    }
    TestNode node_;
};

TEST_F(HttpFollow, EveryRecordOnceInOrder) {
    EXPECT_EQ(Changes("follow=false").body, "");
    node_.Roll(25'000);  // More than one window.
    const auto all = Changes("follow=false");
    EXPECT_EQ(all.status, 200);
    EXPECT_TRUE(all.whole);
    EXPECT_EQ(all.Header("Content-Type"), "application/x-ndjson");
    EXPECT_EQ(all.body, Records(0, 25'000, false));
    EXPECT_EQ(Changes("follow=false&since=24990").body, Records(24'990, 25'000, false));
    EXPECT_EQ(Changes("follow=false&since=now").body, "");
    EXPECT_EQ(Changes("limit=4&since=1").body, Records(1, 7, false));
    EXPECT_EQ(Changes("limit=9&since=24996").body, Records(24'996, 25'000, false));
    std::scoped_lock lock(node_.sessions.mutex);
    EXPECT_EQ(node_.sessions.last_statement.relation.table, "clicks__v1");
    EXPECT_EQ(node_.sessions.last_statement.columns,
              (std::vector<std::string>{"_position", "url", "received_at"}));
}

TEST_F(HttpFollow, EventsCarryTheirPositionAndResume) {
    node_.Roll(5);
    const std::string accept = "Accept: text/event-stream\r\n";
    const auto events = Changes("follow=false", accept);
    EXPECT_EQ(events.Header("Content-Type"), "text/event-stream");
    EXPECT_EQ(events.body, "id: 0\nretry: 1000\n\n" + Records(0, 5, true));
    EXPECT_EQ(Changes("follow=false", accept + "Last-Event-ID: 2\r\n").body,
              "id: 2\nretry: 1000\n\n" + Records(2, 5, true));
}

TEST_F(HttpFollow, NewRecordsComeByThemselves) {
    node_.Roll(1);
    const auto client = Open("since=0", "*/*");
    ReadUntil(*client, "\"/1\"}\n\r\n");
    node_.Roll(2);
    EXPECT_TRUE(ReadUntil(*client, "\"/2\"}\n\r\n").find("(end)") == std::string::npos);
    node_.Roll(3);  // Rejected: nothing comes.
    node_.Roll(4);
    const std::string four = ReadUntil(*client, "\"/4\"}\n\r\n");
    EXPECT_TRUE(four.starts_with("1b\r\n{\"_position\":4,")) << four;
}

TEST_F(HttpFollow, ARevokedRightEndsIt) {
    node_.Roll(1);
    const auto client = Open("since=0", "text/event-stream");
    ReadUntil(*client, "\"/1\"}\n\n\r\n");
    const auto start = std::chrono::steady_clock::now();
    node_.RemoveToken();
    const std::string rest = ReadUntil(*client, "\r\n0\r\n\r\n");
    EXPECT_NE(rest.find("event: error\ndata: {"), std::string::npos) << rest;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(HttpFollow, AClientThatGoesIsForgotten) {
    const auto metric = [&] {
        const auto text = Get(node_.server->http_address(), "/metrics", "").body;
        return text.substr(text.find("\nweft_followers ") + 16, 1);
    };
    {
        const auto client = Open("", "*/*");
        ReadUntil(*client, "\r\n\r\n");
        EXPECT_EQ(metric(), "1");
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (metric() != "0" && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(metric(), "0");
}

TEST_F(HttpFollow, FollowersAreBounded) {
    std::vector<std::unique_ptr<Client>> clients;
    for (int64_t i = 0; i < http::kFollowersMax; ++i) {
        clients.push_back(Open("", "*/*"));
        ReadUntil(*clients.back(), "\r\n\r\n");
    }
    EXPECT_EQ(Changes("").status, 429);
}

// More of them than may read at once, and none takes a byte.
TEST_F(HttpFollow, SlowClientsHoldNoTurn) {
    node_.Roll(400'000);
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 8; ++i) slow.push_back(Open("", "*/*"));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    EXPECT_EQ(Changes("since=399990&limit=3").body, Records(399'990, 399'994, false));
}

TEST_F(HttpFollow, WrongQuestionsAreProblems) {
    EXPECT_EQ(Changes("since=yesterday").status, 400);
    EXPECT_EQ(Changes("limit=0").status, 400);
    EXPECT_EQ(Changes("from=1").status, 400);
    EXPECT_EQ(Changes("", "Accept: text/csv\r\n").status, 400);
    const std::string http = node_.server->http_address();
    EXPECT_EQ(Get(http, "/data/web/clicks/other/changes", node_.token).status, 404);
    EXPECT_EQ(Get(http, "/data/web/nothing/changes", node_.token).status, 404);
    EXPECT_EQ(Get(http, "/data/web/clicks/changes", "").status, 401);
    EXPECT_EQ(Get(http, "/data/web/clicks/rejected/changes", node_.token).status, 400);
}

}  // namespace
}  // namespace weft::gateway
