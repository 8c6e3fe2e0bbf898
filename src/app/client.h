// The way from the command line to a node: finds its address and a token, sends requests, turns problem+json into
// weft::Error. Used by every verb that needs a node.
//
// The address: --url or WEFT_URL, else a profile, else a node on this machine under the same user (--data, WEFT_DATA
// or the default data folder). The token: --token-file or WEFT_TOKEN, else the profile's file, else run/admin.token.
// A token never comes from a flag's value and is never printed. THREAD: the main one only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/shell.h"
#include "io/http_client.h"

namespace weft::app {

std::string AbsolutePath(const std::string& path);
// $XDG_DATA_HOME/weft or ~/.local/share/weft. Empty without a home.
std::string DefaultDataFolder();
// --data, WEFT_DATA, else the default; absolute. FAILS: kInvalid without any.
Result<std::string> DataFolder(const Shell& shell);

class Client {
public:
    // Reads files only; nothing is sent. FAILS: kUnavailable without a node, kDenied 28000 without a token.
    static Result<std::unique_ptr<Client>> Find(Shell& shell);

    // FAILS: what the node answered; kUnavailable when there was no answer.
    Result<Json> Get(const std::string& path);
    Result<Json> Send(std::string_view method, const std::string& path, const Json& body);
    Result<std::string> GetText(const std::string& path);

    struct Rows {
        std::string sql;
        std::string accept;
    };
    // Rows of one statement as they arrive; `on_head` gets the value of Weft-Columns before the first of them.
    Result<> Sql(const Rows& rows, const std::function<void(const std::string& columns)>& on_head,
                 const io::HttpClient::OnBody& on_body);

    // A body as it is, with the headers that say what it is; answered by JSON.
    using Headers = std::vector<std::pair<std::string, std::string>>;
    Result<Json> SendBytes(std::string_view method, const std::string& path, const Headers& headers,
                           std::string body);
    // Server-sent events as they arrive, until the node ends them or is silent for too long
    // (kUnavailable).
    Result<> Events(const std::string& path, const io::HttpClient::OnBody& on_body);

    const std::string& url() const { return url_; }
    // The node is on this machine: an administrator may let it read files here.
    bool is_local() const { return local_; }

private:
    explicit Client(Shell& shell) : shell_(shell) {}
    Result<> FindPlace();
    Result<> FindToken(const std::string& profile_file, const std::string& admin_file);
    io::HttpRequest Request(std::string_view method, const std::string& path) const;
    Error ErrorOf(const io::HttpResponse& response);
    Result<io::HttpResponse> Exchange(io::HttpRequest request);

    Shell& shell_;
    std::unique_ptr<io::HttpClient> http_;
    std::string url_;
    std::string token_;
    bool local_ = false;
};

// A finding as the API writes it.
Finding FindingOf(const Json& json);
Json JsonOf(const Finding& finding);
// A part of a path or a query value, percent-encoded.
std::string UrlPart(std::string_view text);
// "sales.orders" -> "sales/orders". FAILS: kInvalid for anything else.
Result<std::string> ProductPath(std::string_view name);

}  // namespace weft::app
