// Events over real sockets into a fake log: forms, keys, waiting, refusals.
#include "ingest/ingest.h"

#include <chrono>
#include <cstdio>

#include "base/json.h"
#include "gateway/server_test_util.h"

namespace weft::gateway {
namespace {

class HttpIngest : public testing::Test {
  protected:
    TestNode node_;

    HttpAnswer Push(const std::string& path, const std::string& body,
                    const std::string& headers = {}) {
        return Http(node_.server->http_address(),
                    "POST /ingest/" + path +
                        " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + node_.token +
                        "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
                        "\r\n\r\n" + body);
    }
    static Json JsonOf(const HttpAnswer& answer) {
        auto json = ParseJson(answer.body);
        EXPECT_TRUE(json) << answer.body;
        return json ? *json : Json();
    }
    std::string Lines(const std::string& product = "web.clicks") {
        std::scoped_lock lock(node_.ingest.mutex);
        return node_.ingest.lines[product];
    }
};

// What a shell command prints.
std::string OutputOf(const std::string& command) {
    std::string all;
    FILE* pipe = popen(command.c_str(), "r");
    if (!pipe) return all;
    char piece[4096];
    for (size_t count = 0; (count = std::fread(piece, 1, sizeof(piece), pipe)) > 0;)
        all.append(piece, count);
    EXPECT_EQ(pclose(pipe), 0);
    return all;
}

// So many empty lines, packed.
std::string GzipOfLines(size_t count) {
    return OutputOf("head -c " + std::to_string(count) + " /dev/zero | tr '\\0' '\\n' | gzip -c");
}

TEST_F(HttpIngest, AnswersWithCountAndPositions) {
    const auto first = Push("web/clicks", "{\"url\":\"/a\"}\n{\"url\":\"/b\"}\n");
    EXPECT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(JsonInt(JsonOf(first), "count"), 2);
    EXPECT_EQ(JsonInt(JsonOf(first), "first_position"), 1);
    EXPECT_EQ(JsonInt(JsonOf(first), "last_position"), 2);
    EXPECT_FALSE(JsonBool(JsonOf(first), "repeated"));
    const auto second = Push("web/clicks/in", "{\"url\":\"/c\"}");
    EXPECT_EQ(JsonInt(JsonOf(second), "first_position"), 3);
    EXPECT_EQ(Lines(), "{\"url\":\"/a\"}\n{\"url\":\"/b\"}\n{\"url\":\"/c\"}\n");
    const auto nothing = Push("web/clicks", "");
    EXPECT_EQ(nothing.status, 200);
    EXPECT_EQ(nothing.body, "{\"count\":0,\"repeated\":false}\n");
}

TEST_F(HttpIngest, FormsAreChosenByContentType) {
    EXPECT_EQ(
        Push("web/clicks", "[{\"url\":1},\n{\"url\":2}]", "Content-Type: application/json\r\n")
            .status,
        200);
    EXPECT_EQ(Push("web/clicks", "{\n \"url\": 3\n}", "Content-Type: application/json\r\n").status,
              200);
    EXPECT_EQ(Push("web/clicks", "url\n4\n", "Content-Type: text/csv\r\n").status, 200);
    EXPECT_EQ(
        Push("web/clicks", "{\"url\":5}", "Content-Type: application/x-www-form-urlencoded\r\n")
            .status,
        200);
    EXPECT_EQ(Lines(), "{\"url\":1}\n{\"url\":2}\n{  \"url\": 3 }\n{\"url\":\"4\"}\n{\"url\":5}\n");
    const auto avro = Push("web/clicks", "x", "Content-Type: avro/binary\r\n");
    EXPECT_EQ(avro.status, 415);
    EXPECT_EQ(JsonInt(JsonOf(avro), "status"), 415);
}

TEST_F(HttpIngest, PackedBodiesAreUnpackedWithinBounds) {
    EXPECT_EQ(
        Push("web/clicks", OutputOf("echo '{\"url\":1}' | gzip -c"), "Content-Encoding: gzip\r\n")
            .status,
        200);
    EXPECT_EQ(Lines(), "{\"url\":1}\n");
    EXPECT_EQ(Push("web/clicks", "no gzip", "Content-Encoding: gzip\r\n").status, 400);
    EXPECT_EQ(Push("web/clicks", "x", "Content-Encoding: br\r\n").status, 415);
    const auto bomb = Push("web/clicks", GzipOfLines(65u << 20), "Content-Encoding: gzip\r\n");
    EXPECT_EQ(bomb.status, 413) << bomb.body;
    EXPECT_EQ(Push("web/clicks", GzipOfLines(60u << 20), "Content-Encoding: gzip\r\n").status, 200);
}

TEST_F(HttpIngest, ChunkedBodiesWork) {
    const auto answer =
        Http(node_.server->http_address(),
             "POST /ingest/web/clicks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                 node_.token +
                 "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"url\r\n5\r\n\":1}\n\r\n0\r\n\r\n");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(Lines(), "{\"url\":1}\n");
    const auto stranger = Http(node_.server->http_address(),
                               "POST /ingest/web/clicks HTTP/1.1\r\nHost: localhost\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n5\r\n");
    EXPECT_EQ(stranger.status, 401);  // Before the body is read.
}

TEST_F(HttpIngest, CloudEventsInBinaryModeComeFromHeaders) {
    const auto answer = Push("web", "{\"n\": 1}",
                             "Content-Type: application/json\r\nce-specversion: 1.0\r\nce-id: 7\r\n"
                             "ce-source: /s%20t\r\nce-type: view\r\n");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(JsonString(JsonOf(answer), "product"), "web.views");
    const auto line = ParseJson(Lines("web.views"));
    ASSERT_TRUE(line) << Lines("web.views");
    EXPECT_EQ(JsonString(*line, "ce_id"), "7");
    EXPECT_EQ(JsonInt(*line, "n"), 1);
    EXPECT_EQ(node_.ingest.record_keys.at(0), "/s%20t 7");
    EXPECT_EQ(Push("web", "x",
                   "Content-Type: image/png\r\nce-specversion: 1.0\r\nce-id: 8\r\n"
                   "ce-source: s\r\nce-type: view\r\n")
                  .status,
              415);
}

std::string EventText(const std::string& id, const std::string& type) {
    return R"({"specversion":"1.0","id":")" + id + R"(","source":"s","type":")" + type +
           R"(","data":{"url":")" + id + R"("}})";
}

TEST_F(HttpIngest, TypesRouteAndUnknownOnesStoreNothing) {
    const std::string batch = "Content-Type: application/cloudevents-batch+json\r\n";
    const auto both = Push("web",
                           "[" + EventText("1", "click") + "," + EventText("2", "view") + "," +
                               EventText("3", "click") + "]",
                           batch);
    EXPECT_EQ(both.status, 200) << both.body;
    EXPECT_EQ(JsonInt(JsonOf(both), "count"), 3);
    EXPECT_EQ(JsonOf(both)["streams"].size(), 2u);
    EXPECT_EQ(Lines(), "{\"url\":\"1\"}\n{\"url\":\"3\"}\n");
    const auto viewed = ParseJson(Lines("web.views"));
    ASSERT_TRUE(viewed) << Lines("web.views");
    EXPECT_EQ(JsonString(*viewed, "ce_id"), "2");  // Its product has a column for it.

    const auto unknown =
        Push("web", "[" + EventText("4", "click") + "," + EventText("5", "buy") + "]", batch);
    EXPECT_EQ(unknown.status, 404);
    EXPECT_NE(JsonString(JsonOf(unknown), "detail").find("buy: nothing was stored"),
              std::string::npos)
        << unknown.body;
    EXPECT_EQ(Lines(), "{\"url\":\"1\"}\n{\"url\":\"3\"}\n");
    EXPECT_EQ(Push("web", "{\"url\":1}").status, 400);
    EXPECT_EQ(Push("web/orders", "{\"url\":1}").status, 404);
}

TEST_F(HttpIngest, KeysMakeRepeatsSafe) {
    const std::string key = "Idempotency-Key: k1\r\n";
    EXPECT_EQ(JsonBool(JsonOf(Push("web/clicks", "{}", key)), "repeated"), false);
    const auto again = Push("web/clicks", "{}", key);
    EXPECT_EQ(again.status, 200);
    EXPECT_TRUE(JsonBool(JsonOf(again), "repeated"));
    EXPECT_EQ(JsonInt(JsonOf(again), "first_position"), 1);
    EXPECT_EQ(Push("web/clicks", "{\"other\":1}", key).status, 422);
    EXPECT_EQ(Lines(), "{}\n");
    EXPECT_EQ(Push("web/clicks", "{}", "Idempotency-Key: " + std::string(256, 'k') + "\r\n").status,
              400);
}

TEST_F(HttpIngest, WaitingTellsWhatBecameOfThem) {
    const auto answer = Push("web/clicks", "{}\n{}\n", "Prefer: respond-async, wait=5\r\n");
    EXPECT_EQ(answer.Header("Preference-Applied"), "wait=5");
    const Json json = JsonOf(answer);
    EXPECT_TRUE(JsonBool(json, "checked"));
    EXPECT_EQ(JsonInt(json, "accepted"), 1);
    EXPECT_EQ(JsonInt(json, "rejected"), 1);
    EXPECT_EQ(JsonInt(json["reasons"][0], "position"), 1);
    EXPECT_EQ(JsonString(json["reasons"][0], "reason"), "required");
    node_.ingest.checked = false;
    const auto start = std::chrono::steady_clock::now();
    const auto late = Push("web/clicks", "{}\n", "Prefer: wait=1\r\n");
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(late.status, 200);
    EXPECT_FALSE(JsonBool(JsonOf(late), "checked"));
    EXPECT_FALSE(JsonOf(late).contains("accepted"));
    EXPECT_GE(took, std::chrono::milliseconds(900));
    EXPECT_LT(took, std::chrono::milliseconds(5000));
}

TEST_F(HttpIngest, RefusalsTellWhenToComeBack) {
    node_.ingest.refusal = Error{Code::kLimit, "more events wait than the node keeps", {}, {}, {}};
    const auto full = Push("web/clicks", "{}");
    EXPECT_EQ(full.status, 429);
    EXPECT_EQ(full.Header("Retry-After"), "1");
    node_.ingest.refusal = Error{Code::kUnavailable, "the disk is full", {}, {}, {}};
    EXPECT_EQ(Push("web/clicks", "{}").status, 503);
    node_.ingest.refusal.reset();
    const auto long_record = Push("web/clicks", "{\"a\":\"" + std::string(1u << 20, 'x') + "\"}");
    EXPECT_EQ(long_record.status, 413) << long_record.body;
    const auto text = Get(node_.server->http_address(), "/metrics", "").body;
    EXPECT_NE(text.find("weft_ingest_requests_total{result=\"refused\"} 3"), std::string::npos);
    EXPECT_NE(text.find("weft_ingest_waiting_records 3"), std::string::npos);
    EXPECT_NE(text.find("weft_ingest_failing_streams 1"), std::string::npos);
    EXPECT_NE(text.find("weft_http_body_bytes 0"), std::string::npos);
}

TEST_F(HttpIngest, BodiesMayBeLargerThanElsewhere) {
    const std::string line = "{\"url\":\"" + std::string(1'000, 'x') + "\"}\n";
    std::string body;
    while (body.size() < (17u << 20)) body += line;
    EXPECT_EQ(Push("web/clicks", body).status, 200);
    EXPECT_EQ(Lines().size(), body.size());
    EXPECT_EQ(Http(node_.server->http_address(),
                   "POST /ingest/web/clicks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                       node_.token + "\r\nContent-Length: 67108865\r\n\r\n")
                  .status,
              413);
    EXPECT_EQ(Http(node_.server->http_address(),
                   "POST /api/v1/sql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                       node_.token + "\r\nContent-Length: 16777217\r\n\r\n")
                  .status,
              413);
}

TEST_F(HttpIngest, ABodyThatDoesNotComeEndsInTime) {
    ServerOptions options;
    options.http = "127.0.0.1:0";
    options.postgres = "";
    options.mock_key = std::string(32, 'm');
    options.page_key = std::string(32, 'p');
    options.body_seconds_max = 1;
    const auto server = node_.Listen(options);
    ASSERT_TRUE(server);
    Client client((*server)->http_address());
    client.Send("POST /ingest/web/clicks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                node_.token + "\r\nContent-Length: 100\r\n\r\n{\"url\":1}\n");
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(900)) {
        client.Send("{}\n");  // Dripping does not help.
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
    EXPECT_TRUE(client.AtEnd());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    EXPECT_EQ(Lines(), "");
}

}  // namespace
}  // namespace weft::gateway
