// Authentication: passwords and tokens as SCRAM-SHA-256 verifiers under one salt per user
// (design.md, Govern).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "govern/principal.h"
#include "meta/state.h"

namespace weft::govern {

// What a password must be: 1 to 1,024 bytes of UTF-8 without control characters (the part of
// SASLprep that matters: clients prepare the rest). FAILS: kInvalid.
Result<> CheckPassword(std::string_view password);

// A new user's salt, and the verifier of a secret. PBKDF2 with the user's iterations (32,768):
// about 10 ms.
std::string NewSalt();
meta::Verifier MakeVerifier(std::string_view secret, std::string_view salt, uint32_t iterations);
// "weft_" + 43 characters base64url of 256 random bits.
std::string NewTokenText();
std::string TokenLookup(std::string_view token);  // SHA-256, hex.

// HTTP: `Authorization: Bearer TOKEN` (a token's text). Constant time in the secret. FAILS: kDenied
// 28P01.
Result<Principal> LoginWithToken(const meta::State& state, std::string_view token, Timestamp now);
// HTTP Basic, and cleartext over TLS: password or token.
Result<Principal> LoginWithSecret(const meta::State& state, std::string_view user,
                                  std::string_view secret, Timestamp now);

// The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677). The password and every
// living token of the user are tried in turn. An unknown user gets a mock salt and fails at the end
// like a wrong password.
class ScramExchange {
  public:
    // `mock_key` makes the salts of unknown users; node-wide, random, kept in keys/. Only tests
    // give a nonce of the server.
    ScramExchange(std::shared_ptr<const meta::State> state, std::string user, std::string mock_key,
                  Timestamp now, std::string server_nonce = {});
    // client-first-message -> server-first-message. FAILS: kInvalid 08P01.
    Result<std::string> First(std::string_view client_first);
    // client-final-message -> server-final-message; then principal() is set. FAILS: kDenied 28P01.
    Result<std::string> Final(std::string_view client_final);
    // REQUIRES: Final succeeded.
    const Principal& principal() const { return *principal_; }

  private:
    std::shared_ptr<const meta::State> state_;
    std::string user_;
    std::string mock_key_;
    Timestamp now_;
    std::string server_nonce_;
    std::string nonce_;  // Client's and server's; empty before First and after Final.
    std::string gs2_header_;
    std::string client_first_bare_;
    std::string server_first_;
    std::optional<Principal> principal_;
};

}  // namespace weft::govern
