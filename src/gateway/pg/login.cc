#include "gateway/pg/login.h"

#include <algorithm>

#include "base/text.h"
#include "engine/pg_message.h"

namespace weft::gateway::pg {
namespace {

constexpr int32_t kProtocol30 = 3 << 16;

enum AuthCode : int32_t { kOk = 0, kSasl = 10, kSaslContinue = 11, kSaslFinal = 12 };

std::unexpected<Error> Refuse(std::string message, std::string hint) {
    Error error{Code::kInvalid, std::move(message), {}, "22023", std::move(hint)};
    return std::unexpected(std::move(error));
}

bool IsUtf8Name(std::string_view encoding) {
    std::string plain;
    for (const char c : ToLower(encoding))
        if (c != '-' && c != '_' && c != '\'' && c != '"') plain += c;
    // SQL_ASCII is what a client in the C locale asks for: "send bytes as they are", which UTF-8
    // is.
    return plain == "utf8" || plain == "unicode" || plain == "sqlascii";
}

// "-c name=value --name=value", blanks inside a value escaped by a backslash.
Result<> AddOptions(std::string_view text, std::vector<engine::Setting>& settings) {
    std::vector<std::string> words(1);
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            words.back() += text[++i];
        } else if (text[i] == ' ' || text[i] == '\t') {
            if (!words.back().empty()) words.emplace_back();
        } else {
            words.back() += text[i];
        }
    }
    for (size_t i = 0; i < words.size(); ++i) {
        std::string word = words[i];
        if (word.empty()) continue;
        if (word == "-c" && i + 1 < words.size()) {
            word = words[++i];
        } else if (word.starts_with("-c") || word.starts_with("--")) {
            word.erase(0, 2);
        } else {
            return Refuse("the option " + word + " is not known",
                          "options are written -c name=value");
        }
        const size_t equals = word.find('=');
        if (equals == std::string::npos || equals == 0)
            return Refuse("the option " + word + " has no value",
                          "options are written -c name=value");
        std::string name = word.substr(0, equals);
        std::replace(name.begin(), name.end(), '-', '_');
        settings.push_back({std::move(name), word.substr(equals + 1)});
    }
    return {};
}

std::string ValueOf(const std::vector<engine::Setting>& settings, std::string_view name,
                    std::string_view otherwise) {
    for (auto it = settings.rbegin(); it != settings.rend(); ++it)
        if (ToLower(it->name) == ToLower(name)) return it->value;
    return std::string(otherwise);
}

void Auth(engine::PgWriter& out, int32_t code, std::string_view data) {
    out.Begin('R');
    out.Int32(code);
    out.Bytes(data);
    out.End();
}

}  // namespace

Result<std::vector<engine::Setting>> SessionSettings(const StartupMessage& startup) {
    std::vector<engine::Setting> settings;
    for (const auto& [name, value] : startup.parameters) {
        const std::string lower = ToLower(name);
        if (lower == "options") {
            CHECK_OK(AddOptions(value, settings));
        } else if (lower == "client_encoding") {
            if (!IsUtf8Name(value))
                return Refuse("this node sends and reads UTF-8 only",
                              "set client_encoding to UTF8");
        } else if (lower == "replication") {
            if (value != "false" && value != "off" && value != "no" && value != "0")
                return Refuse("this node has no replication protocol",
                              "connect without replication");
        } else {
            settings.push_back({name, value});
        }
    }
    return settings;
}

std::string NegotiateVersion(const StartupMessage& startup) {
    engine::PgWriter out;
    out.Begin('v');
    out.Int32(kProtocol30);
    out.Int32(static_cast<int32_t>(startup.unknown_options.size()));
    for (const auto& option : startup.unknown_options) out.Text(option);
    out.End();
    return std::move(out.buffer());
}

std::string SaslOffer() {
    engine::PgWriter out;
    Auth(out, kSasl, std::string(kMechanism) + std::string(2, '\0'));
    return std::move(out.buffer());
}

std::string SaslContinue(std::string_view data) {
    engine::PgWriter out;
    Auth(out, kSaslContinue, data);
    return std::move(out.buffer());
}

std::string WelcomeMessages(const Welcome& welcome) {
    engine::PgWriter out;
    Auth(out, kSaslFinal, welcome.server_final);
    Auth(out, kOk, {});
    out.Parameter("server_version", kServerVersion);
    out.Parameter("server_encoding", "UTF8");
    out.Parameter("client_encoding", "UTF8");
    out.Parameter("application_name", ValueOf(welcome.settings, "application_name", ""));
    // pgjdbc and Npgsql insist on ISO; the order of day and month in input is not configurable
    // here.
    out.Parameter("DateStyle", "ISO, MDY");
    out.Parameter("IntervalStyle", "postgres");
    out.Parameter("TimeZone", ValueOf(welcome.settings, "TimeZone", "UTC"));
    out.Parameter("integer_datetimes", "on");
    out.Parameter("standard_conforming_strings", "on");
    out.Parameter("is_superuser",
                  "off");  // Also for administrators: they have no rights over data.
    out.Parameter("session_authorization", welcome.user);
    out.Parameter("default_transaction_read_only", "off");
    out.Parameter("in_hot_standby", "off");
    out.Begin('K');
    out.Int32(static_cast<int32_t>(welcome.session));
    out.Int32(static_cast<int32_t>(welcome.key));
    out.End();
    out.Ready('I');
    return std::move(out.buffer());
}

Error LoginFailed(std::string_view user) {
    std::string message = "password authentication failed for user \"" + std::string(user) + "\"";
    return Error{Code::kDenied,
                 std::move(message),
                 {},
                 "28P01",
                 "the password or a token of the user opens the door"};
}

}  // namespace weft::gateway::pg
