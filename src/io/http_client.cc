#include "io/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/text.h"

namespace weft::io {
namespace {

constexpr size_t kHeadersMax = 256;

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

// One answer on its way in.
struct Transfer {
    CURL* curl = nullptr;
    const HttpRequest* request = nullptr;
    const HttpClient::OnBody* on_body = nullptr;
    const std::function<void(const HttpResponse&)>* on_head = nullptr;
    HttpResponse response;
    bool head_told = false;
    bool stopped = false;
    bool too_large = false;
    char error[CURL_ERROR_SIZE] = "";
};

void TakeStatus(Transfer& transfer) {
    long status = 0;
    curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
}

bool IsStreamed(const Transfer& transfer) {
    return transfer.on_body != nullptr && transfer.response.status >= 200 &&
           transfer.response.status < 300;
}

void TellHead(Transfer& transfer) {
    if (std::exchange(transfer.head_told, true)) return;
    TakeStatus(transfer);
    if (IsStreamed(transfer) && transfer.on_head != nullptr && *transfer.on_head) {
        (*transfer.on_head)(transfer.response);
    }
}

// C callbacks of libcurl: returning another count than given ends the transfer.
size_t OnHeaderLine(char* data, size_t, size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    const std::string_view line = Trim(std::string_view(data, count));
    if (line.starts_with("HTTP/")) {  // Also after 100 Continue: what came before does not count.
        transfer.response.headers.clear();
        return count;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return count;
    if (transfer.response.headers.size() >= kHeadersMax) {
        transfer.too_large = true;
        return 0;
    }
    transfer.response.headers[ToLower(Trim(line.substr(0, colon)))] = Trim(line.substr(colon + 1));
    return count;
}

size_t OnBodyPiece(char* data, size_t, size_t count, void* user) {
    auto& transfer = *static_cast<Transfer*>(user);
    TellHead(transfer);
    if (IsStreamed(transfer)) {
        if ((*transfer.on_body)(std::string_view(data, count))) return count;
        transfer.stopped = true;
        return 0;
    }
    if (transfer.response.body.size() + count > transfer.request->response_bytes_max) {
        transfer.too_large = true;
        return 0;
    }
    transfer.response.body.append(data, count);
    return count;
}

bool HasLineBreak(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::string HostOf(const std::string& url) {
    const size_t start = url.find("://");
    if (start == std::string::npos) return url;
    return url.substr(0, url.find_first_of("/?#", start + 3));
}

Error CurlError(CURLcode code, const Transfer& transfer) {
    const std::string host = HostOf(transfer.request->url);
    const char* text = transfer.error[0] != '\0' ? transfer.error : curl_easy_strerror(code);
    if (transfer.stopped) return {Code::kUnavailable, "stopped", {}, {}, {}};
    if (transfer.too_large) {
        return {Code::kLimit, fmt::format("the answer of {} is too large", host), {}, {}, {}};
    }
    switch (code) {
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return {Code::kInvalid,
                    fmt::format("not an http or https address: {}", transfer.request->url),
                    {},
                    {},
                    {}};
        case CURLE_COULDNT_CONNECT:
        case CURLE_COULDNT_RESOLVE_HOST:
            return {Code::kUnavailable,
                    fmt::format("no node answers at {}: {}", host, text),
                    {},
                    {},
                    "start one with: weft serve, or name another with --url"};
        default:
            return {Code::kUnavailable,
                    fmt::format("talking to {} failed: {}", host, text),
                    {},
                    {},
                    {}};
    }
}

}  // namespace

struct HttpClient::Impl {
    CURL* curl = nullptr;
    HttpClientOptions options;

    ~Impl() {
        if (curl != nullptr) curl_easy_cleanup(curl);
    }
    Result<> Prepare(const HttpRequest& request, Transfer& transfer, List& headers);
    Result<HttpResponse> Perform(const HttpRequest& request, Transfer& transfer);
};

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::Make(HttpClientOptions options) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) return Fail(Code::kUnavailable, "libcurl does not start");
    auto impl = std::make_unique<Impl>();
    impl->curl = curl_easy_init();
    if (impl->curl == nullptr) return Fail(Code::kUnavailable, "libcurl does not start");
    impl->options = std::move(options);
    return std::unique_ptr<HttpClient>(new HttpClient(std::move(impl)));
}

Result<> HttpClient::Impl::Prepare(const HttpRequest& request, Transfer& transfer, List& headers) {
    if (HasLineBreak(request.method) || HasLineBreak(request.url)) {
        return Fail(Code::kInvalid, "line break in a request's address");
    }
    for (const auto& [name, value] : request.headers) {
        if (HasLineBreak(name) || HasLineBreak(value)) {
            return Fail(Code::kInvalid, fmt::format("line break in header {}", name));
        }
        // "Name;" is libcurl's spelling of a header without a value.
        const std::string line = value.empty() ? name + ";" : name + ": " + value;
        curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
        if (longer == nullptr) return Fail(Code::kLimit, "out of memory");
        static_cast<void>(headers.release());
        headers.reset(longer);
    }
    curl_easy_reset(curl);  // Keeps the connections.
    bool ok = true;
    const auto set = [&](CURLoption option, auto value) {
        ok = ok && curl_easy_setopt(curl, option, value) == CURLE_OK;
    };
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, options.user_agent.c_str());
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
    if (request.stall_timeout_s > 0) {
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_timeout_s));
    }
    if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
    set(CURLOPT_HTTPHEADER, headers.get());
    if (request.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET" || !request.body.empty()) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_POSTFIELDS, request.body.data());
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    set(CURLOPT_ERRORBUFFER, transfer.error);
    set(CURLOPT_HEADERFUNCTION, OnHeaderLine);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
    set(CURLOPT_WRITEFUNCTION, OnBodyPiece);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
    if (!ok) return Fail(Code::kUnavailable, "libcurl refuses an option");
    return {};
}

Result<HttpResponse> HttpClient::Impl::Perform(const HttpRequest& request, Transfer& transfer) {
    transfer.curl = curl;
    transfer.request = &request;
    List headers;
    CHECK_OK(Prepare(request, transfer, headers));
    const CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);  // `transfer` ends before the handle.
    if (code != CURLE_OK) return std::unexpected(CurlError(code, transfer));
    TakeStatus(transfer);
    TellHead(transfer);  // An answer without a body.
    return std::move(transfer.response);
}

Result<HttpResponse> HttpClient::Send(const HttpRequest& request) {
    Transfer transfer;
    return impl_->Perform(request, transfer);
}

Result<HttpResponse> HttpClient::Download(const HttpRequest& request, const OnBody& on_body,
                                          const std::function<void(const HttpResponse&)>& on_head) {
    Transfer transfer;
    transfer.on_body = &on_body;
    transfer.on_head = &on_head;
    return impl_->Perform(request, transfer);
}

}  // namespace weft::io
