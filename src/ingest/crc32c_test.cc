#include "ingest/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace weft::ingest {
namespace {

// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
TEST(Crc32c, MatchesPublishedValues) {
    EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
    EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
    EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
    std::string up;
    for (int i = 0; i < 32; ++i) up += static_cast<char>(i);
    EXPECT_EQ(Crc32c(up), 0x46dd794eu);
    EXPECT_EQ(Crc32c(""), 0u);
}

TEST(Crc32c, PartsSumToTheWhole) {
    const std::string text = "the quick brown fox jumps over the lazy dog";
    for (size_t i = 0; i <= text.size(); ++i) {
        EXPECT_EQ(Crc32c(text.substr(i), Crc32c(text.substr(0, i))), Crc32c(text));
    }
}

}  // namespace
}  // namespace weft::ingest
