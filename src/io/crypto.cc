#include "io/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <limits>
#include <memory>

namespace weft::io {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kDigestBytes = 32;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* Bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// OpenSSL counts in int.
int Length(std::string_view text) {
    Assert(text.size() <= static_cast<size_t>(std::numeric_limits<int>::max()));
    return static_cast<int>(text.size());
}

}  // namespace

std::string Random(size_t bytes) {
    std::string out(bytes, '\0');
    Assert(RAND_bytes(Bytes(out), Length(out)) == 1);
    return out;
}

std::string Sha256(std::string_view data) {
    std::string out(kDigestBytes, '\0');
    unsigned int written = 0;
    Assert(EVP_Digest(data.data(), data.size(), Bytes(out), &written, EVP_sha256(), nullptr) == 1);
    Assert(written == kDigestBytes);
    return out;
}

struct Sha256Sum::Digest {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state{EVP_MD_CTX_new(),
                                                                  EVP_MD_CTX_free};
};

Sha256Sum::Sha256Sum() : digest_(std::make_unique<Digest>()) {
    Assert(digest_->state != nullptr);
    Assert(EVP_DigestInit_ex(digest_->state.get(), EVP_sha256(), nullptr) == 1);
}
Sha256Sum::~Sha256Sum() = default;
Sha256Sum::Sha256Sum(Sha256Sum&&) noexcept = default;
Sha256Sum& Sha256Sum::operator=(Sha256Sum&&) noexcept = default;

void Sha256Sum::Add(std::string_view piece) {
    Assert(EVP_DigestUpdate(digest_->state.get(), piece.data(), piece.size()) == 1);
}

std::string Sha256Sum::Finish() {
    std::string out(kDigestBytes, '\0');
    unsigned int written = 0;
    Assert(EVP_DigestFinal_ex(digest_->state.get(), Bytes(out), &written) == 1);
    Assert(written == kDigestBytes);
    return out;
}

std::string HmacSha256(std::string_view key, std::string_view data) {
    std::string out(kDigestBytes, '\0');
    unsigned int written = 0;
    // A null key would mean "the key of last time" to OpenSSL: an empty view gets an address.
    const char* key_data = key.empty() ? "" : key.data();
    Assert(HMAC(EVP_sha256(), key_data, Length(key), Bytes(data), data.size(), Bytes(out),
                &written) != nullptr);
    Assert(written == kDigestBytes);
    return out;
}

std::string Pbkdf2Sha256(std::string_view secret, std::string_view salt, uint32_t iterations) {
    Assert(iterations >= 1);
    Assert(iterations <= static_cast<uint32_t>(std::numeric_limits<int>::max()));
    std::string out(kDigestBytes, '\0');
    const char* secret_data = secret.empty() ? "" : secret.data();
    Assert(PKCS5_PBKDF2_HMAC(secret_data, Length(secret), Bytes(salt), Length(salt),
                             static_cast<int>(iterations), EVP_sha256(), Length(out),
                             Bytes(out)) == 1);
    return out;
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string AesGcmSeal(std::string_view key, std::string_view plain, std::string_view bound) {
    Assert(key.size() == 32);
    std::string out = Random(kNonceBytes);
    const size_t head = out.size();
    out.resize(head + plain.size() + kTagBytes);
    const Cipher cipher(EVP_CIPHER_CTX_new());
    Assert(cipher != nullptr);
    // 96 bits is GCM's own nonce length, so none is set.
    Assert(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(out)) ==
           1);
    int written = 0;
    if (!bound.empty()) {
        Assert(EVP_EncryptUpdate(cipher.get(), nullptr, &written, Bytes(bound), Length(bound)) ==
               1);
    }
    unsigned char* body = Bytes(out) + head;
    if (!plain.empty()) {
        Assert(EVP_EncryptUpdate(cipher.get(), body, &written, Bytes(plain), Length(plain)) == 1);
        Assert(written == Length(plain));
    }
    Assert(EVP_EncryptFinal_ex(cipher.get(), body + plain.size(), &written) == 1);
    Assert(written == 0);
    Assert(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                               body + plain.size()) == 1);
    return out;
}

Result<std::string> AesGcmOpen(std::string_view key, std::string_view sealed,
                               std::string_view bound) {
    Assert(key.size() == 32);
    const auto refused = [] { return Fail(Code::kInvalid, "sealed text is damaged or foreign"); };
    if (sealed.size() < kNonceBytes + kTagBytes || sealed.size() > (1u << 30)) return refused();
    const std::string_view nonce = sealed.substr(0, kNonceBytes);
    const std::string_view body =
        sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
    std::string tag(sealed.substr(sealed.size() - kTagBytes));
    std::string out(body.size(), '\0');
    const Cipher cipher(EVP_CIPHER_CTX_new());
    Assert(cipher != nullptr);
    Assert(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) ==
           1);
    int written = 0;
    if (!bound.empty()) {
        Assert(EVP_DecryptUpdate(cipher.get(), nullptr, &written, Bytes(bound), Length(bound)) ==
               1);
    }
    if (!body.empty()) {
        Assert(EVP_DecryptUpdate(cipher.get(), Bytes(out), &written, Bytes(body), Length(body)) ==
               1);
    }
    Assert(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1);
    unsigned char rest[kTagBytes];
    if (EVP_DecryptFinal_ex(cipher.get(), rest, &written) != 1) return refused();
    return out;
}

}  // namespace weft::io
