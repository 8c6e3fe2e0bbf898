// A blocking HTTP client over libcurl, for the command line. Keeps its connection between requests.
//
// Redirects are not followed (a token must not travel to where an answer points), only http and
// https are spoken, proxies from the environment are ignored for loopback, certificates are
// verified. THREAD: one at a time per client.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace weft::io {

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    uint32_t connect_timeout_ms = 5'000;
    uint32_t timeout_ms = 0;       // Of the whole exchange; 0: none.
    uint32_t stall_timeout_s = 0;  // Without a single byte; 0: none.
    size_t response_bytes_max =
        256u << 20;  // Of a body that is kept in memory (Send, and errors in Download).
};

struct HttpResponse {
    int status = 0;
    std::map<std::string, std::string, std::less<>>
        headers;  // Names in lower case; the last of equal names wins.
    std::string body;
};

struct HttpClientOptions {
    std::string user_agent = "weft";
    std::string ca_file = {};  // Empty: the system's.
};

class HttpClient {  // OWNS: the connection.
  public:
    // A piece of the body; false ends the transfer (then Download returns kUnavailable "stopped").
    using OnBody = std::function<bool(std::string_view piece)>;

    static Result<std::unique_ptr<HttpClient>> Make(HttpClientOptions options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    // Any status is an answer, also 500. FAILS: kUnavailable (no connection, time is up, cut off),
    // kInvalid (URL), kLimit (body too large).
    Result<HttpResponse> Send(const HttpRequest& request);
    // As Send, but the body of a 2xx answer goes to `on_body` as it arrives; bodies of other
    // answers are kept. `on_head`, when given, is called once before the first piece.
    Result<HttpResponse> Download(const HttpRequest& request, const OnBody& on_body,
                                  const std::function<void(const HttpResponse&)>& on_head = {});

  private:
    struct Impl;
    explicit HttpClient(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace weft::io
