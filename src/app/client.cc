#include "app/client.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "app/exit_code.h"
#include "base/text.h"
#include "io/files.h"
#include "model/yaml.h"

namespace weft::app {
namespace {

constexpr uint64_t kSmallFileBytesMax = 64u << 10;
constexpr uint32_t kSilenceSeconds = 45;  // A node that has nothing to say says so every 15 seconds.

Result<std::string> ReadToken(const std::string& path) {
    const std::string text = TRY(io::ReadFile(path, kSmallFileBytesMax));
    const std::string token(Trim(text));
    if (token.empty() || token.find_first_of(" \r\n\t") != std::string::npos)
        return Fail(Code::kInvalid, path + " does not hold one token");
    return token;
}

struct Profile {
    std::string url;
    std::string token_file;
};

std::string ConfigPath() {
    std::string folder = Environment("XDG_CONFIG_HOME");
    if (folder.empty() && !Environment("HOME").empty()) folder = Environment("HOME") + "/.config";
    return folder.empty() ? "" : folder + "/weft/config.yaml";
}

std::string TextOf(const model::Yaml& map, std::string_view key) {
    const model::Yaml* value = map.Find(key);
    return value && value->kind == model::Yaml::Kind::kText ? value->text : "";
}

// `profile: prod` and `profiles: {prod: {url: …, token_file: …}}`.
Result<Profile> ReadProfile(const std::string& wanted) {
    const std::string path = ConfigPath();
    auto text = path.empty() ? Result<std::string>(Fail(Code::kNotFound, "no home")) : io::ReadFile(path, kSmallFileBytesMax);
    if (!text) {
        if (wanted.empty() && text.error().code == Code::kNotFound) return Profile{};
        return std::unexpected(text.error());
    }
    auto yaml = model::ReadYaml(*text, path);
    if (!yaml.root) {
        Error error{Code::kInvalid, path + " does not parse", std::move(yaml.findings), {}, {}};
        return std::unexpected(std::move(error));
    }
    const std::string name = wanted.empty() ? TextOf(*yaml.root, "profile") : wanted;
    if (name.empty()) return Profile{};
    const model::Yaml* profiles = yaml.root->Find("profiles");
    const model::Yaml* profile = profiles ? profiles->Find(name) : nullptr;
    if (!profile) return Fail(Code::kNotFound, "there is no profile `" + name + "` in " + path);
    return Profile{TextOf(*profile, "url"), TextOf(*profile, "token_file")};
}

bool IsLoopback(std::string_view url) {
    const size_t start = url.find("://");
    const std::string_view host = start == std::string_view::npos ? url : url.substr(start + 3);
    return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

// Where the node of this data folder listens; empty when none runs.
std::string LocalAddress(const std::string& data) {
    const auto addresses = io::ReadFile(data + "/run/addresses.json", kSmallFileBytesMax);
    const auto json = addresses ? ParseJson(*addresses) : Result<Json>(Json());
    return json ? JsonString(*json, "http") : "";
}

}  // namespace

std::string AbsolutePath(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::absolute(path, ignored).lexically_normal().string();
}

std::string DefaultDataFolder() {
    std::string folder = Environment("XDG_DATA_HOME");
    if (folder.empty() && !Environment("HOME").empty()) folder = Environment("HOME") + "/.local/share";
    return folder.empty() ? "" : folder + "/weft";
}

Result<std::string> DataFolder(const Shell& shell) {
    std::string folder = shell.options().data;
    if (folder.empty()) folder = Environment("WEFT_DATA");
    if (folder.empty()) folder = DefaultDataFolder();
    if (folder.empty()) return Fail(Code::kInvalid, "no data folder: there is no home", "name one with --data DIR");
    return AbsolutePath(folder);
}

std::string UrlPart(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<uint8_t>(c);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    return out;
}

Result<std::string> ProductPath(std::string_view name) {
    const auto parts = Split(name, '.');
    if (parts.size() != 2 || parts[0].empty() || parts[1].empty())
        return Fail(Code::kInvalid, "`" + std::string(name) + "` is not a product", "write DOMAIN.PRODUCT");
    return UrlPart(parts[0]) + "/" + UrlPart(parts[1]);
}

Result<std::unique_ptr<Client>> Client::Find(Shell& shell) {
    std::unique_ptr<Client> client(new Client(shell));
    CHECK_OK(client->FindPlace());
    client->http_ = TRY(io::HttpClient::Make({.user_agent = "weft"}));
    return client;
}

Result<> Client::FindPlace() {
    const GlobalOptions& options = shell_.options();
    std::string token_file;
    url_ = !options.url.empty() ? options.url : options.data.empty() ? Environment("WEFT_URL") : "";
    if (url_.empty() && options.data.empty()) {
        const std::string wanted = options.profile.empty() ? Environment("WEFT_PROFILE") : options.profile;
        const Profile profile = TRY(ReadProfile(wanted));
        url_ = profile.url;
        token_file = profile.token_file;
    }
    while (url_.ends_with('/')) url_.pop_back();
    const auto data = DataFolder(shell_);
    const std::string here = data ? LocalAddress(*data) : "";
    if (url_.empty()) {
        if (!data) return std::unexpected(data.error());
        if (here.empty())
            return Fail(Code::kUnavailable, "no node is running in " + *data,
                        "start one with: weft serve, or name another with --url or WEFT_URL");
        url_ = here;
    }
    local_ = IsLoopback(url_);
    // The administrator's token goes to the node that wrote it and to nobody else.
    return FindToken(token_file, url_ == here ? *data + "/run/admin.token" : "");
}

Result<> Client::FindToken(const std::string& profile_file, const std::string& admin_file) {
    const GlobalOptions& options = shell_.options();
    if (!options.token_file.empty()) {
        token_ = TRY(ReadToken(options.token_file));
    } else if (!Environment("WEFT_TOKEN").empty() && options.data.empty()) {
        token_ = Environment("WEFT_TOKEN");
    } else if (!profile_file.empty()) {
        token_ = TRY(ReadToken(profile_file));
    } else if (!Environment("WEFT_TOKEN").empty()) {
        token_ = Environment("WEFT_TOKEN");
    } else if (!admin_file.empty()) {
        if (const auto token = ReadToken(admin_file)) token_ = *token;
    }
    if (token_.empty()) {
        Error error{Code::kDenied, "no token to log in to " + url_, {}, "28000",
                    "set WEFT_TOKEN, or name a file with --token-file"};
        return std::unexpected(std::move(error));
    }
    return {};
}

io::HttpRequest Client::Request(std::string_view method, const std::string& path) const {
    io::HttpRequest request;
    request.method = method;
    request.url = url_ + path;
    request.headers.emplace_back("Authorization", "Bearer " + token_);
    request.headers.emplace_back("Accept", "application/json");
    request.timeout_ms = shell_.options().timeout_s * 1'000;
    return request;
}

Error Client::ErrorOf(const io::HttpResponse& response) {
    const auto id = response.headers.find("x-request-id");
    shell_.request_id = id == response.headers.end() ? "" : id->second;
    const auto problem = ParseJson(response.body);
    Error error;
    if (!problem || !problem->is_object() || !problem->contains("detail")) {
        error.code = response.status >= 500 ? Code::kUnavailable : Code::kInvalid;
        error.message = url_ + " answered " + std::to_string(response.status) + " and not as a weft node does";
        return error;
    }
    error.code = CodeOf(JsonString(*problem, "code"));
    error.message = JsonString(*problem, "detail");
    error.hint = JsonString(*problem, "hint");
    error.sqlstate = JsonString(*problem, "sqlstate");
    if (response.status == 401) error.sqlstate = "28P01";
    const auto findings = problem->find("findings");
    if (findings != problem->end() && findings->is_array())
        for (const auto& finding : *findings) error.findings.push_back(FindingOf(finding));
    return error;
}

Result<io::HttpResponse> Client::Exchange(io::HttpRequest request) {
    auto response = TRY(http_->Send(request));
    if (response.status < 200 || response.status > 299) return std::unexpected(ErrorOf(response));
    return response;
}

Result<Json> Client::Get(const std::string& path) {
    const auto response = TRY(Exchange(Request("GET", path)));
    return ParseJson(response.body, 256u << 20);
}

Result<std::string> Client::GetText(const std::string& path) {
    return TRY(Exchange(Request("GET", path))).body;
}

Result<Json> Client::Send(std::string_view method, const std::string& path, const Json& body) {
    auto request = Request(method, path);
    if (!body.is_null()) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = DumpJson(body);
    }
    const auto response = TRY(Exchange(std::move(request)));
    return ParseJson(response.body, 256u << 20);
}

Result<Json> Client::SendBytes(std::string_view method, const std::string& path,
                               const Headers& headers, std::string body) {
    auto request = Request(method, path);
    request.headers.insert(request.headers.end(), headers.begin(), headers.end());
    request.body = std::move(body);
    const auto response = TRY(Exchange(std::move(request)));
    return ParseJson(response.body, 256u << 20);
}

Result<> Client::Events(const std::string& path, const io::HttpClient::OnBody& on_body) {
    auto request = Request("GET", path);
    request.headers.pop_back();
    request.headers.emplace_back("Accept", "text/event-stream");
    request.timeout_ms = 0;
    request.stall_timeout_s = kSilenceSeconds;
    const auto response = TRY(http_->Download(request, on_body));
    if (response.status < 200 || response.status > 299) return std::unexpected(ErrorOf(response));
    return {};
}

Result<> Client::Sql(const Rows& rows, const std::function<void(const std::string&)>& on_head,
                     const io::HttpClient::OnBody& on_body) {
    auto request = Request("POST", "/api/v1/sql");
    request.headers.pop_back();
    request.headers.emplace_back("Accept", rows.accept);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = DumpJson({{"sql", rows.sql}});
    const auto response = TRY(http_->Download(request, on_body, [&](const io::HttpResponse& head) {
        const auto columns = head.headers.find("weft-columns");
        on_head(columns == head.headers.end() ? std::string() : columns->second);
    }));
    if (response.status < 200 || response.status > 299) return std::unexpected(ErrorOf(response));
    return {};
}

Json JsonOf(const Finding& finding) {
    return {{"severity", finding.severity == Finding::Severity::kError ? "error" : "warning"},
            {"id", finding.id},
            {"file", finding.file},
            {"line", finding.line},
            {"column", finding.column},
            {"length", finding.length},
            {"message", finding.message},
            {"expected", finding.expected},
            {"help", finding.help}};
}

Finding FindingOf(const Json& json) {
    const auto number = [&](std::string_view key) {
        return static_cast<uint32_t>(std::clamp<int64_t>(JsonInt(json, key), 0, UINT32_MAX));
    };
    Finding finding;
    finding.severity =
        JsonString(json, "severity") == "warning" ? Finding::Severity::kWarning : Finding::Severity::kError;
    finding.id = JsonString(json, "id");
    finding.file = JsonString(json, "file");
    finding.line = number("line");
    finding.column = number("column");
    finding.length = std::max(1u, number("length"));
    finding.message = JsonString(json, "message");
    finding.expected = JsonString(json, "expected");
    finding.help = JsonString(json, "help");
    return finding;
}

}  // namespace weft::app
