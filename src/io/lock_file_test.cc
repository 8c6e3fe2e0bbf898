#include "io/lock_file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace weft::io {
namespace {

std::string Folder() {
    std::string name = ::testing::TempDir() + "lock_XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    return name;
}

TEST(LockFile, SecondHolderIsRefusedByNameOfTheFirst) {
    const std::string path = Folder() + "/run/lock";
    std::optional<LockFile> first = LockFile::Take(path).value();
    const auto second = LockFile::Take(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::kUnavailable);
    EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos)
        << second.error().message;
    first.reset();
    EXPECT_TRUE(LockFile::Take(path));
}

TEST(LockFile, EndsWithItsProcessHoweverThatEnds) {
    const std::string path = Folder() + "/lock";
    const pid_t child = ::fork();
    if (child == 0) {
        const auto lock = LockFile::Take(path);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_TRUE(std::filesystem::exists(path));
    EXPECT_TRUE(LockFile::Take(path));
}

TEST(LockFile, DoesNotFollowALink) {
    const std::string folder = Folder();
    std::filesystem::create_symlink("/etc/hostname", folder + "/lock");
    EXPECT_EQ(LockFile::Take(folder + "/lock").error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace weft::io
