// HTTP over real sockets against a fake query layer: limits, login, streams, errors, pages.
#include <chrono>

#include "base/json.h"
#include "gateway/server_test_util.h"

namespace weft::gateway {
namespace {

class HttpConnection : public testing::Test {
  protected:
    TestNode node_;
    std::string address() const { return node_.server->http_address(); }
    HttpAnswer Ask(const std::string& path, const std::string& more = {}) {
        return Get(address(), path, node_.token, more);
    }
    HttpAnswer Post(const std::string& path, const std::string& body) {
        return Http(address(),
                    "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                        node_.token + "\r\nContent-Length: " + std::to_string(body.size()) +
                        "\r\n\r\n" + body);
    }
    static std::string CodeOf(const HttpAnswer& answer) {
        const auto problem = ParseJson(answer.body);
        return problem ? JsonString(*problem, "code") : "no problem";
    }
};

TEST_F(HttpConnection, LoginIsAskedForAndChecked) {
    EXPECT_EQ(Get(address(), "/livez", "").status, 200);
    const auto anonymous = Get(address(), "/api/v1/whoami", "");
    EXPECT_EQ(anonymous.status, 401);
    EXPECT_EQ(anonymous.Header("WWW-Authenticate"), "Bearer realm=\"weft\"");
    EXPECT_EQ(anonymous.Header("Content-Type"), "application/problem+json");
    EXPECT_EQ(Get(address(), "/api/v1/whoami", "weft_wrong").status, 401);
    const auto who = Ask("/api/v1/whoami");
    EXPECT_EQ(who.status, 200);
    EXPECT_EQ(JsonString(*ParseJson(who.body), "name"), "ana");
    // "ana:secret-ana"
    EXPECT_EQ(Get(address(), "/api/v1/whoami", "", "Authorization: Basic YW5hOnNlY3JldC1hbmE=\r\n")
                  .status,
              200);
}

TEST_F(HttpConnection, RequestIdsAreKeptOrMade) {
    EXPECT_EQ(Ask("/livez", "X-Request-Id: my-id.1\r\n").Header("X-Request-Id"), "my-id.1");
    EXPECT_EQ(Ask("/livez", "X-Request-Id: <script>\r\n").Header("X-Request-Id").size(), 16u);
}

TEST_F(HttpConnection, OtherHostsAreRefusedOnLoopback) {
    EXPECT_EQ(Http(address(), "GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 421);
    EXPECT_EQ(Http(address(), "GET /livez HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n").status, 200);
    EXPECT_EQ(Http(address(), "GET /livez HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n").status, 200);
    EXPECT_EQ(Http(address(), "GET /livez HTTP/1.1\r\n\r\n").status, 400);
}

TEST_F(HttpConnection, WrongPathsMethodsAndMessages) {
    EXPECT_EQ(Ask("/nowhere").status, 404);
    const auto method = Post("/api/v1/whoami", "{}");
    EXPECT_EQ(method.status, 405);
    EXPECT_EQ(method.Header("Allow"), "GET");
    EXPECT_EQ(Http(address(), "NONSENSE\r\n\r\n").status, 400);
    EXPECT_EQ(Http(address(), "GET /livez HTTP/1.1\r\nHost: localhost\r\nA: " +
                                  std::string(20'000, 'a') + "\r\n\r\n")
                  .status,
              431);
    EXPECT_EQ(
        Http(address(), "POST /api/v1/sql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                            node_.token + "\r\nContent-Length: 99999999999\r\n\r\n")
            .status,
        413);
    EXPECT_EQ(Http(address(),
                   "POST /api/v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
                  .status,
              401);  // A large body is not even read for strangers.
}

TEST_F(HttpConnection, RowsAreStreamedWithTheirHeaders) {
    const auto rows = Ask("/data/traffic/flights?where=rows+1000&columns=carrier&order=-carrier");
    EXPECT_EQ(rows.status, 200);
    EXPECT_TRUE(rows.whole);
    EXPECT_EQ(rows.Header("Content-Type"), "application/jsonl");
    EXPECT_EQ(rows.Header("Weft-Contract-Version"), "1.4.2");
    EXPECT_EQ(rows.Header("Weft-Snapshot"), "42");
    EXPECT_EQ(rows.Header("Weft-Columns"), "[{\"name\":\"carrier\",\"type\":\"varchar\"}]");
    EXPECT_EQ(rows.Header("Weft-Page"), "");
    EXPECT_EQ(rows.body.size(), 1'000 * std::string("{\"carrier\":\"UA\"}\n").size());
    std::scoped_lock lock(node_.sessions.mutex);
    EXPECT_EQ(node_.sessions.last_statement.relation.table, "flights");
    EXPECT_EQ(node_.sessions.last_statement.limit, 0u);
    EXPECT_TRUE(node_.sessions.last_statement.order.at(0).descending);
}

TEST_F(HttpConnection, PageTokensContinueOneRequestOfOnePrincipal) {
    const std::string path = "/data/traffic/flights.csv?where=rows+1&limit=10";
    const std::string page = Ask(path).Header("Weft-Page");
    ASSERT_FALSE(page.empty());
    EXPECT_EQ(page.find("42"), page.find("offset"));  // Both unreadable.
    EXPECT_EQ(Ask(path + "&page=" + page).status, 200);
    {
        std::scoped_lock lock(node_.sessions.mutex);
        EXPECT_EQ(node_.sessions.last_statement.offset, 10u);
        EXPECT_EQ(node_.sessions.last_pin, 42);
    }
    EXPECT_EQ(Ask("/data/traffic/flights.csv?where=rows+2&limit=10&page=" + page).status, 400);
    EXPECT_EQ(Ask("/data/traffic/planes.csv?where=rows+1&limit=10&page=" + page).status, 400);
    std::string changed = page;
    changed[5] = changed[5] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Ask(path + "&page=" + changed).status, 400);
}

TEST_F(HttpConnection, ErrorsBeforeTheFirstRowAreProblems) {
    for (const char* where : {"fail+early", "fail", "refuse"}) {
        const auto answer = Ask(std::string("/data/traffic/flights?where=") + where);
        EXPECT_EQ(answer.status, where == std::string("refuse") ? 503 : 404) << where;
        EXPECT_EQ(answer.Header("Content-Type"), "application/problem+json");
        EXPECT_TRUE(answer.whole);
    }
    EXPECT_EQ(Ask("/data/traffic/flights?limt=3").status, 400);
    EXPECT_EQ(Ask("/data/traffic/flights.xml").status, 400);
}

TEST_F(HttpConnection, AnErrorInTheMiddleLeavesOutTheLastChunk) {
    const auto answer = Ask("/data/traffic/flights?where=rows+5+die");
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.body.empty());
    EXPECT_FALSE(answer.whole);
}

TEST_F(HttpConnection, AClientThatHangsUpCancelsItsStatement) {
    {
        Client client(address());
        client.Send(
            "GET /data/traffic/flights?where=rows+1+wait HTTP/1.1\r\nHost: "
            "localhost\r\nAuthorization: Bearer " +
            node_.token + "\r\n\r\n");
        EXPECT_EQ(client.Read(12), "HTTP/1.1 200");
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (node_.sessions.cancels == 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_GT(node_.sessions.cancels, 0);
}

TEST_F(HttpConnection, ConnectionsAreKeptAndPipelined) {
    Client client(address());
    client.Send(
        "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n"
        "Connection: close\r\n\r\n");
    const std::string all = client.ReadToEnd();
    EXPECT_NE(all.find("HTTP/1.1 200"), all.rfind("HTTP/1.1 200"));
    EXPECT_TRUE(all.ends_with("ok\n"));
}

TEST_F(HttpConnection, UsersTokensAndTheirRules) {
    EXPECT_EQ(Post("/api/v1/users", R"({"name": "bob", "password": "short"})").status, 400);
    EXPECT_EQ(Post("/api/v1/users", R"({"name": "bob", "password": "long enough"})").status, 201);
    EXPECT_EQ(Post("/api/v1/users", R"({"name": "bob"})").status, 409);
    const auto made = Post("/api/v1/tokens", R"({"user": "bob", "label": "ci"})");
    ASSERT_EQ(made.status, 201);
    const std::string bobs = JsonString(*ParseJson(made.body), "token");
    EXPECT_EQ(Get(address(), "/api/v1/whoami", bobs).status, 200);
    EXPECT_EQ(Get(address(), "/api/v1/audit", bobs).status, 403);
    EXPECT_EQ(Ask("/api/v1/audit").status, 200);
    EXPECT_EQ(Ask("/api/v1/audit").body.find("long enough"), std::string::npos);
    EXPECT_EQ(Post("/api/v1/sql", R"({"sql": "rows 2"})").body,
              "{\"carrier\":\"UA\"}\n{\"carrier\":\"UA\"}\n");
    EXPECT_EQ(CodeOf(Post("/api/v1/sql", "{")), "invalid");
    EXPECT_EQ(CodeOf(Post("/api/v1/sql", R"({"sql": ""})")), "invalid");
}

TEST_F(HttpConnection, TheTableDescribesItself) {
    const auto document = ParseJson(Get(address(), "/openapi.json", "").body);
    ASSERT_TRUE(document);
    EXPECT_EQ(JsonString(*document, "openapi"), "3.1.0");
    const Json& paths = (*document)["paths"];
    EXPECT_TRUE(paths.contains("/data/{domain}/{product}"));
    EXPECT_TRUE(paths["/api/v1/runs"].contains("post"));
    // Every type that a route names is described.
    const std::string text = DumpJson(*document);
    const std::string mark = "#/components/schemas/";
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        const std::string name =
            text.substr(at + mark.size(), text.find('"', at) - at - mark.size());
        EXPECT_TRUE((*document)["components"]["schemas"].contains(name)) << name;
    }
    EXPECT_NE(Get(address(), "/metrics", "").body.find("weft_sessions{path=\"http\"} 1"),
              std::string::npos);
}

}  // namespace
}  // namespace weft::gateway
