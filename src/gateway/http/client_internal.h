// One HTTP client while it is served: what connection.cc (requests, bodies, plain answers) and
// stream.cc (rows, and records that follow) share. Only these two include it. THREAD: the wire's
// loop.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/connection_internal.h"
#include "gateway/http/route.h"

namespace weft::gateway::http {

// GCC 12 destroys some temporaries in co_await expressions twice: arguments have names in these
// files.
using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
inline constexpr auto kWriteStallMax =
    std::chrono::seconds(300);  // A client that takes no byte for so long is gone.

class Connection {
  public:
    Connection(Wire& wire, HttpParts& parts) : wire_(wire), parts_(parts) {}
    asio::awaitable<void> Run();

  private:
    asio::awaitable<bool> ServeOne();
    asio::awaitable<bool> Respond();
    asio::awaitable<bool> ReadHeader(Parser& parser);
    asio::awaitable<Result<>> ReadBody(Parser& parser);
    asio::awaitable<Result<>> AdmitBody(Parser& parser);
    asio::awaitable<Result<>> Login();
    bool Reserve(uint64_t bytes);
    void Release();
    asio::awaitable<Response> Ask();
    asio::awaitable<bool> Send(const Response& response);
    asio::awaitable<bool> SendRows(Response& response);
    asio::awaitable<bool> Stream(DataChannel& channel, std::vector<std::string_view>& pieces,
                                 Rows& rows);
    asio::awaitable<void> WaitForEnd(Rows& rows);
    asio::awaitable<bool> SendFollow(Response& response);
    asio::awaitable<Result<bool>> SendBatch(Follow& follow);
    asio::awaitable<Result<>> TakeBatch(Follow& follow, Rows& rows, std::string& out);
    asio::awaitable<Result<std::unique_ptr<Rows>>> NextBatch(Follow& follow);
    asio::awaitable<bool> WriteChunk(const std::string& bytes);
    asio::awaitable<void> Pause();
    asio::awaitable<bool> Reject(const Error& error, int status);
    Request ToRequest(Parser& parser) const;
    std::string HeadText(const Response& response, std::optional<size_t> length) const;
    void Log(int status);
    void CountRows(const Rows& rows, bool sent);

    Wire& wire_;
    HttpParts& parts_;
    Request request_;
    Lifeline* lifeline_ = nullptr;         // Of the request that waits for its answer.
    query::Session* streaming_ = nullptr;  // Of the answer that is on its way.
    bool keep_alive_ = true;
    bool is_head_ = false;
    bool http_10_ = false;
    bool ended_ = false;
    int64_t reserved_ = 0;
    uint64_t bytes_sent_ = 0;
    SteadyTime start_;
};

}  // namespace weft::gateway::http
