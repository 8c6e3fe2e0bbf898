// Against a tiny server of our own: one thread, one prepared answer per connection.
#include "io/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "io/descriptor.h"

namespace weft::io {
namespace {

class OneAnswer {
  public:
    explicit OneAnswer(std::string answer) : answer_(std::move(answer)) {
        listener_ = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(listener_.get(), 4), 0);
        ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { Serve(); });
    }
    ~OneAnswer() { Join(); }
    std::string Url(const std::string& path = "/") const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }
    const std::string& Request() {
        Join();
        return request_;
    }

  private:
    void Serve() {
        const Descriptor client(::accept(listener_.get(), nullptr, nullptr));
        char buffer[4096];
        while (request_.find("\r\n\r\n") == std::string::npos) {
            const ssize_t count = ::recv(client.get(), buffer, sizeof buffer, 0);
            if (count <= 0) return;
            request_.append(buffer, static_cast<size_t>(count));
        }
        const size_t at = request_.find("Content-Length: ");
        const size_t head = request_.find("\r\n\r\n") + 4;
        const size_t body = at == std::string::npos ? 0 : std::stoul(request_.substr(at + 16));
        while (request_.size() < head + body) {
            const ssize_t count = ::recv(client.get(), buffer, sizeof buffer, 0);
            if (count <= 0) return;
            request_.append(buffer, static_cast<size_t>(count));
        }
        ::send(client.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    }
    void Join() {
        if (thread_.joinable()) thread_.join();
    }
    std::string answer_;
    std::string request_;
    Descriptor listener_;
    uint16_t port_ = 0;
    std::thread thread_;
};

std::unique_ptr<HttpClient> Client() { return HttpClient::Make({}).value(); }

TEST(HttpClient, SendsMethodHeadersAndBodyAndReadsTheAnswer) {
    OneAnswer server("HTTP/1.1 201 Created\r\nContent-Length: 2\r\nWeft-Count: 7\r\n\r\nok");
    const auto response = Client()->Send({.method = "POST",
                                          .url = server.Url("/api/v1/runs"),
                                          .headers = {{"Authorization", "Bearer t"}},
                                          .body = "{\"a\": 1}"});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(response->body, "ok");
    EXPECT_EQ(response->headers.at("weft-count"), "7");
    EXPECT_TRUE(server.Request().starts_with("POST /api/v1/runs HTTP/1.1\r\n"));
    EXPECT_NE(server.Request().find("Authorization: Bearer t\r\n"), std::string::npos);
    EXPECT_TRUE(server.Request().ends_with("\r\n\r\n{\"a\": 1}"));
}

TEST(HttpClient, DoesNotFollowARedirect) {
    OneAnswer server(
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
    const auto response = Client()->Send({.url = server.Url()});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 302);
}

TEST(HttpClient, DownloadStreamsSuccessAndKeepsTheBodyOfAnError) {
    std::string streamed;
    int heads = 0;
    const auto on_body = [&](std::string_view piece) {
        streamed += piece;
        return true;
    };
    OneAnswer good("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\na\nb\nc");
    const auto rows = Client()->Download({.url = good.Url()}, on_body, [&](const HttpResponse& r) {
        ++heads;
        EXPECT_EQ(r.status, 200);
        EXPECT_EQ(streamed, "");
    });
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(streamed, "a\nb\nc");
    EXPECT_EQ(rows->body, "");
    EXPECT_EQ(heads, 1);

    streamed.clear();
    OneAnswer bad("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}");
    const auto denial = Client()->Download({.url = bad.Url()}, on_body);
    ASSERT_TRUE(denial) << denial.error().message;
    EXPECT_EQ(denial->status, 403);
    EXPECT_EQ(denial->body, "{}");
    EXPECT_EQ(streamed, "");
}

TEST(HttpClient, AnAnswerThatIsCutOffIsAnError) {
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf");
    EXPECT_EQ(Client()->Send({.url = server.Url()}).error().code, Code::kUnavailable);
}

TEST(HttpClient, BodyBeyondTheLimitIsRefused) {
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
    const auto response = Client()->Send({.url = server.Url(), .response_bytes_max = 9});
    EXPECT_EQ(response.error().code, Code::kLimit);
}

TEST(HttpClient, StoppingADownloadEndsIt) {
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
    const auto stop = [](std::string_view) { return false; };
    EXPECT_EQ(Client()->Download({.url = server.Url()}, stop).error().message, "stopped");
}

TEST(HttpClient, NobodyThereOtherProtocolsAndLineBreaksAreRefused) {
    EXPECT_EQ(Client()->Send({.url = "http://127.0.0.1:1/"}).error().code, Code::kUnavailable);
    EXPECT_EQ(Client()->Send({.url = "file:///etc/passwd"}).error().code, Code::kInvalid);
    EXPECT_EQ(Client()
                  ->Send({.url = "http://127.0.0.1:1/", .headers = {{"A", "b\r\nC: d"}}})
                  .error()
                  .code,
              Code::kInvalid);
}

}  // namespace
}  // namespace weft::io
