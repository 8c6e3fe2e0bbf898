#include "base/log_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/log.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

std::string Read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// One process has one log: everything in one test.
TEST(LogFile, RotatesBySizeAndReopensWhenTheFileWasMoved) {
    const std::string folder = ::testing::TempDir() + "log_file";
    fs::remove_all(folder);
    EXPECT_EQ(LogToFile({.path = folder + "/node.log"}).error().code, Code::kInvalid);
    fs::create_directories(folder);
    const std::string path = folder + "/node.log";
    ASSERT_TRUE(LogToFile({.path = path, .bytes_max = 4'096, .files_max = 3}));
    LogWarn("test", "the first line");
    EXPECT_NE(Read(path).find("the first line"), std::string::npos);
    for (int i = 0; i < 200; ++i) LogWarn("test", "line {} {}", i, std::string(80, 'x'));
    EXPECT_TRUE(fs::exists(path + ".1"));
    EXPECT_TRUE(fs::exists(path + ".2"));
    EXPECT_FALSE(fs::exists(path + ".3"));
    for (const char* suffix : {"", ".1", ".2"}) EXPECT_LE(fs::file_size(path + suffix), 4'096u);
    EXPECT_NE(Read(path).find("line 199 "), std::string::npos);
    // No line is cut or lost between two files.
    const std::string both = Read(path + ".1") + Read(path);
    EXPECT_NE(both.find("line 198 "), std::string::npos);
    EXPECT_EQ(both.back(), '\n');

    fs::rename(path, folder + "/moved");
    LogWarn("test", "still into the moved one");
    EXPECT_NE(Read(folder + "/moved").find("still into"), std::string::npos);
    ReopenLogFile();
    LogWarn("test", "into a new one");
    EXPECT_NE(Read(path).find("into a new one"), std::string::npos);
    ASSERT_TRUE(LogToFile({}));
    EXPECT_FALSE(WriteToLogFile("nobody takes it\n"));
}

}  // namespace
}  // namespace weft
