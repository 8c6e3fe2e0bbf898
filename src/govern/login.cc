#include "govern/login.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "io/crypto.h"

namespace weft::govern {
namespace {

constexpr uint32_t kIterations = 32'768;
constexpr size_t kSaltBytes = 16;
constexpr size_t kNonceBytes = 18;
constexpr size_t kMessageBytesMax = 2'048;
constexpr size_t kPasswordBytesMax = 1'024;
constexpr std::string_view kTokenHead = "weft_";

std::unexpected<Error> BadMessage(std::string_view what) {
    return std::unexpected(
        Error{Code::kInvalid, fmt::format("malformed SCRAM message: {}", what), {}, "08P01", {}});
}

// One text for all: unknown user, wrong password, expired token.
std::unexpected<Error> Refused(std::string_view user) {
    const std::string whom = user.empty() ? "" : fmt::format(" for user \"{}\"", user);
    return std::unexpected(Error{Code::kDenied,
                                 "authentication failed" + whom,
                                 {},
                                 "28P01",
                                 "check name, password or token; a token may have expired or "
                                 "been revoked"});
}

bool IsLiving(const meta::Token& token, Timestamp now) {
    return !token.expires || *token.expires > now;
}

const meta::Token* FindLivingToken(const meta::State& state, std::string_view text, Timestamp now) {
    if (!text.starts_with(kTokenHead) || text.size() > 256) return nullptr;
    // Found by hash: what the time of the search tells is about the hash of 256 random bits.
    const std::string lookup = TokenLookup(text);
    const auto at = state.token_by_lookup.find(lookup);
    if (at == state.token_by_lookup.end()) return nullptr;
    const meta::Token& token = *state.tokens.at(at->second);
    if (!io::ConstantTimeEqual(token.lookup, lookup) || !IsLiving(token, now)) return nullptr;
    return &token;
}

Principal TokenPrincipal(const meta::State& state, const meta::Token& token) {
    Principal principal = UserPrincipal(state, *state.users.at(token.user));
    principal.token = token.id;
    return principal;
}

// Whether the client's proof shows the secret behind the verifier (RFC 5802, section 3).
bool Proves(const meta::Verifier& verifier, std::string_view message, std::string_view proof) {
    std::string client_key = io::HmacSha256(verifier.stored_key, message);
    for (size_t i = 0; i < client_key.size(); ++i) {
        client_key[i] = static_cast<char>(client_key[i] ^ proof[i]);
    }
    return io::ConstantTimeEqual(io::Sha256(client_key), verifier.stored_key);
}

// "r=abc" -> "abc" when the attribute is `name`.
std::optional<std::string_view> Attribute(std::string_view part, char name) {
    if (part.size() < 2 || part[0] != name || part[1] != '=') return std::nullopt;
    return part.substr(2);
}

bool IsNonce(std::string_view text) {
    return !text.empty() && text.size() <= 512 &&
           std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7e && c != ','; });
}

}  // namespace

Result<> CheckPassword(std::string_view password) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    };
    if (password.empty() || password.size() > kPasswordBytesMax || !IsUtf8(password) ||
        std::ranges::any_of(password, is_control)) {
        return Fail(Code::kInvalid,
                    fmt::format("a password is 1 to {} bytes of UTF-8 text without control "
                                "characters",
                                kPasswordBytesMax));
    }
    return {};
}

std::string NewSalt() { return io::Random(kSaltBytes); }

meta::Verifier MakeVerifier(std::string_view secret, std::string_view salt, uint32_t iterations) {
    const std::string salted = io::Pbkdf2Sha256(secret, salt, iterations);
    return {.stored_key = io::Sha256(io::HmacSha256(salted, "Client Key")),
            .server_key = io::HmacSha256(salted, "Server Key")};
}

std::string NewTokenText() { return std::string(kTokenHead) + Base64Url(io::Random(32)); }

std::string TokenLookup(std::string_view token) { return Hex(io::Sha256(token)); }

Result<Principal> LoginWithToken(const meta::State& state, std::string_view token, Timestamp now) {
    const meta::Token* found = FindLivingToken(state, token, now);
    if (found == nullptr) return Refused({});
    return TokenPrincipal(state, *found);
}

Result<Principal> LoginWithSecret(const meta::State& state, std::string_view user,
                                  std::string_view secret, Timestamp now) {
    const meta::User* found = state.FindUser(user);
    const meta::Token* token = FindLivingToken(state, secret, now);
    if (token != nullptr && found != nullptr && token->user == found->id) {
        return TokenPrincipal(state, *token);
    }
    // Always the same work, so that time does not tell who exists or has a password.
    const bool has_password = found != nullptr && found->password.has_value();
    const std::string salt = found != nullptr ? found->salt : std::string(kSaltBytes, '\0');
    const uint32_t iterations = found != nullptr ? found->iterations : kIterations;
    const std::string_view tried = secret.substr(0, kPasswordBytesMax + 1);
    const meta::Verifier made = MakeVerifier(tried, salt, iterations);
    const std::string expected = has_password ? found->password->stored_key : std::string(32, 0);
    const bool is_equal = io::ConstantTimeEqual(made.stored_key, expected);
    if (!has_password || !is_equal) return Refused(user);
    return UserPrincipal(state, *found);
}

ScramExchange::ScramExchange(std::shared_ptr<const meta::State> state, std::string user,
                             std::string mock_key, Timestamp now, std::string server_nonce)
    : state_(std::move(state)),
      user_(std::move(user)),
      mock_key_(std::move(mock_key)),
      now_(now),
      server_nonce_(std::move(server_nonce)) {
    if (server_nonce_.empty()) server_nonce_ = Base64(io::Random(kNonceBytes));
}

Result<std::string> ScramExchange::First(std::string_view client_first) {
    if (!nonce_.empty()) return BadMessage("first message twice");
    if (client_first.size() > kMessageBytesMax || !IsUtf8(client_first)) {
        return BadMessage("too long or not UTF-8");
    }
    // gs2-header: "n,," the client binds no channel, "y,," it would if we offered it (we do not:
    // nothing was stripped), "p=…,," it insists. The name in between would be somebody else's.
    if (client_first.starts_with("p=")) return BadMessage("channel binding was not offered");
    if (!client_first.starts_with("n,,") && !client_first.starts_with("y,,")) {
        return BadMessage("header");
    }
    gs2_header_ = client_first.substr(0, 3);
    client_first_bare_ = client_first.substr(3);
    const std::vector<std::string> parts = Split(client_first_bare_, ',');
    if (parts.size() < 2 || !Attribute(parts[0], 'n')) return BadMessage("name");
    // The name that counts came with the startup message; PostgreSQL's clients send this one empty.
    const auto client_nonce = Attribute(parts[1], 'r');
    if (!client_nonce || !IsNonce(*client_nonce)) return BadMessage("nonce");

    const meta::User* user = state_->FindUser(user_);
    const std::string salt =
        user != nullptr ? user->salt : io::HmacSha256(mock_key_, user_).substr(0, kSaltBytes);
    nonce_ = std::string(*client_nonce) + server_nonce_;
    server_first_ = fmt::format("r={},s={},i={}", nonce_, Base64(salt),
                                user != nullptr ? user->iterations : kIterations);
    return server_first_;
}

Result<std::string> ScramExchange::Final(std::string_view client_final) {
    if (nonce_.empty()) return BadMessage("final message before the first");
    const std::string nonce = std::exchange(nonce_, {});  // One attempt per exchange.
    if (client_final.size() > kMessageBytesMax) return BadMessage("too long");
    const size_t proof_at = client_final.rfind(",p=");
    if (proof_at == std::string_view::npos) return BadMessage("no proof");
    const std::string_view without_proof = client_final.substr(0, proof_at);
    const std::optional<std::string> proof = FromBase64(client_final.substr(proof_at + 3));
    if (!proof || proof->size() != 32) return BadMessage("proof");
    const std::vector<std::string> parts = Split(without_proof, ',');
    if (parts.size() < 2) return BadMessage("parts");
    const auto binding = Attribute(parts[0], 'c');
    const auto echoed = Attribute(parts[1], 'r');
    if (!binding || FromBase64(*binding) != gs2_header_) return BadMessage("channel binding");
    if (!echoed || *echoed != nonce) return BadMessage("nonce");

    const std::string message =
        fmt::format("{},{},{}", client_first_bare_, server_first_, without_proof);
    const meta::User* user = state_->FindUser(user_);
    const meta::Verifier nobody{.stored_key = io::Random(32), .server_key = io::Random(32)};
    const meta::Verifier* match = nullptr;
    const meta::Token* token = nullptr;
    // All are tried, also after a match: time tells nothing about which it was.
    const auto try_one = [&](const meta::Verifier& verifier, const meta::Token* from) {
        if (!Proves(verifier, message, *proof) || match != nullptr) return;
        match = &verifier;
        token = from;
    };
    if (user != nullptr && user->password) {
        try_one(*user->password, nullptr);
    } else {
        static_cast<void>(Proves(nobody, message, *proof));
    }
    for (const auto& [id, each] : state_->tokens) {
        if (user != nullptr && each->user == user->id && IsLiving(*each, now_)) {
            try_one(each->verifier, each.get());
        }
    }
    if (match == nullptr) return Refused(user_);
    principal_ = token != nullptr ? TokenPrincipal(*state_, *token) : UserPrincipal(*state_, *user);
    return "v=" + Base64(io::HmacSha256(match->server_key, message));
}

}  // namespace weft::govern
