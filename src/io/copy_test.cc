#include "io/copy.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace weft::io {
namespace {

TEST(Copy, TakesWholeFilesAndLeavesNothingOfAFailedOne) {
    const std::string folder = ::testing::TempDir() + "copy";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/from") << std::string(3'000'000, 'x');
    const auto copied = CopyFile(folder + "/from", folder + "/deep/er/to", 0600);
    ASSERT_TRUE(copied) << copied.error().message;
    EXPECT_EQ(copied->size, 3'000'000u);
    const auto hashed = HashFile(folder + "/deep/er/to");
    ASSERT_TRUE(hashed);
    EXPECT_EQ(hashed->sha256, copied->sha256);
    EXPECT_EQ(CopyFile(folder + "/missing", folder + "/deep/x", 0600).error().code,
              Code::kNotFound);
    EXPECT_FALSE(std::filesystem::exists(folder + "/deep/x"));
    EXPECT_FALSE(std::filesystem::exists(folder + "/deep/x.part"));
}

}  // namespace
}  // namespace weft::io
