#include "io/certificate.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "io/files.h"

namespace weft::io {
namespace {

constexpr uint64_t kPemBytesMax = 1u << 20;

}  // namespace

Result<Timestamp> CertificateEnd(const std::string& path) {
    const std::string pem = TRY(ReadFile(path, kPemBytesMax));
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    Assert(bio != nullptr);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
    std::tm end{};
    if (!certificate || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end) != 1)
        return Fail(Code::kInvalid, path + " holds no certificate");
    return Timestamp{static_cast<int64_t>(timegm(&end)) * 1'000'000};
}

}  // namespace weft::io
