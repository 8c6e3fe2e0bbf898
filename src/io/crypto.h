// Cryptography: the only file beside TLS in the gateway that knows OpenSSL. Used by govern (SCRAM,
// tokens), meta (the audit chain) and gateway (page tokens).
//
// Every return code of OpenSSL is checked. A primitive that fails for want of memory or randomness
// aborts: going on with a weak key or an empty digest would be worse. Only what depends on input
// returns a Result. THREAD: any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weft::io {

std::string Random(size_t bytes);           // From the system; never predictable.
std::string Sha256(std::string_view data);  // 32 bytes.

// SHA-256 of bytes that come in pieces. THREAD: one at a time.
class Sha256Sum {
  public:
    Sha256Sum();
    ~Sha256Sum();
    Sha256Sum(Sha256Sum&&) noexcept;
    Sha256Sum& operator=(Sha256Sum&&) noexcept;
    void Add(std::string_view piece);
    std::string Finish();  // 32 bytes. REQUIRES: called once, and nothing after it.

  private:
    struct Digest;
    std::unique_ptr<Digest> digest_;
};

std::string HmacSha256(std::string_view key, std::string_view data);  // 32 bytes.
// 32 bytes. REQUIRES: iterations >= 1.
std::string Pbkdf2Sha256(std::string_view secret, std::string_view salt, uint32_t iterations);
// Time depends on the lengths only. Texts of different length are unequal.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

// AES-256-GCM: 12 random bytes of nonce, cipher text, 16 bytes of tag. `bound` is authenticated and
// not stored. REQUIRES: a key of 32 bytes.
std::string AesGcmSeal(std::string_view key, std::string_view plain, std::string_view bound);
// FAILS: kInvalid when anything was changed; says no more.
Result<std::string> AesGcmOpen(std::string_view key, std::string_view sealed,
                               std::string_view bound);

}  // namespace weft::io
