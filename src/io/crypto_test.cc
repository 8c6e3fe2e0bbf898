// Expected values: FIPS 180 and RFC 4231 examples, RFC 7914 section 11 (PBKDF2), and NIST's GCM
// properties by changing one bit at a time.
#include "io/crypto.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"

namespace weft::io {
namespace {

TEST(Crypto, Sha256OfAbcIsThePublishedValue) {
    EXPECT_EQ(Hex(Sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Crypto, HmacMatchesRfc4231Case2) {
    EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Crypto, HmacWithAnEmptyKeyDoesNotReuseTheLastOne) {
    const std::string empty = HmacSha256({}, "data");
    EXPECT_NE(HmacSha256("key", "data"), empty);
    EXPECT_EQ(HmacSha256(std::string_view(), "data"), empty);
}

TEST(Crypto, Pbkdf2MatchesRfc7914) {  // The first 32 of its 64 bytes.
    EXPECT_EQ(Hex(Pbkdf2Sha256("passwd", "salt", 1)),
              "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
    EXPECT_EQ(Hex(Pbkdf2Sha256("Password", "NaCl", 80000)),
              "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
}

TEST(Crypto, RandomDoesNotRepeat) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) seen.insert(Random(16));
    EXPECT_EQ(seen.size(), 100u);
    EXPECT_EQ(Random(0), "");
}

TEST(Crypto, Sha256InPiecesIsTheSumOfTheWhole) {
    Sha256Sum sum;
    for (const char* piece : {"a", "", "bc"}) sum.Add(piece);
    EXPECT_EQ(Hex(sum.Finish()),  // FIPS 180-2, appendix B.1.
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(Hex(Sha256Sum().Finish()),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Crypto, ConstantTimeEqualComparesAllBytes) {
    EXPECT_TRUE(ConstantTimeEqual("secret", "secret"));
    EXPECT_TRUE(ConstantTimeEqual("", ""));
    EXPECT_FALSE(ConstantTimeEqual("secret", "secreT"));
    EXPECT_FALSE(ConstantTimeEqual("secret", "secre"));
    EXPECT_FALSE(ConstantTimeEqual(std::string("a\0b", 3), std::string("a\0c", 3)));
}

TEST(Crypto, SealedTextOpensOnlyUnchangedUnderItsKeyAndBinding) {
    const std::string key(32, 'k');
    const std::string sealed = AesGcmSeal(key, "page 2 of orders", "ana");
    EXPECT_EQ(sealed.size(), 12 + 16 + std::string("page 2 of orders").size());
    EXPECT_EQ(AesGcmOpen(key, sealed, "ana").value(), "page 2 of orders");
    EXPECT_NE(AesGcmSeal(key, "page 2 of orders", "ana"), sealed);
    EXPECT_EQ(AesGcmOpen(key, sealed, "bob").error().code, Code::kInvalid);
    EXPECT_EQ(AesGcmOpen(std::string(32, 'x'), sealed, "ana").error().code, Code::kInvalid);
    for (size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(AesGcmOpen(key, changed, "ana")) << "byte " << i;
        EXPECT_FALSE(AesGcmOpen(key, sealed.substr(0, i), "ana")) << "cut at " << i;
    }
    EXPECT_EQ(AesGcmOpen(key, AesGcmSeal(key, "", ""), "").value(), "");
}

}  // namespace
}  // namespace weft::io
