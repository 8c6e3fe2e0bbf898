#include "io/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <string>

namespace weft::io {
namespace {

// Runs `work` in a child; returns its wait status.
int InChild(const std::function<int()>& work) {
    const pid_t pid = fork();
    if (pid == 0) _exit(work());
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
}

bool KilledBySeccomp(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS; }

TEST(Sandbox, OnlyTheGivenFolderCanBeOpened) {
    if (!CheckSandbox()) GTEST_SKIP() << "no Landlock here";
    std::string folder = testing::TempDir() + "sandboxXXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const int status = InChild([&] {
        if (!LimitProcess({}) || !ConfineFiles(folder)) return 10;
        if (open("/etc/passwd", O_RDONLY) >= 0) return 11;
        if (open("/proc/self/environ", O_RDONLY) >= 0) return 12;
        if (open((folder + "/../x").c_str(), O_CREAT | O_WRONLY, 0600) >= 0) return 13;
        if (open((folder + "/x").c_str(), O_CREAT | O_WRONLY, 0600) < 0) return 14;
        return 0;
    });
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Sandbox, OtherSystemCallsKill) {
    if (!CheckSandbox()) GTEST_SKIP() << "no seccomp here";
    const auto after = [](const std::function<void()>& call) {
        return InChild([&] {
            if (!LimitProcess({}) || !ConfineCalls()) return 10;
            call();
            return 0;
        });
    };
    EXPECT_EQ(after([] {}), 0);
    EXPECT_TRUE(KilledBySeccomp(after([] { (void)socket(AF_INET, SOCK_STREAM, 0); })));
    EXPECT_TRUE(KilledBySeccomp(after([] { (void)fork(); })));
    EXPECT_TRUE(KilledBySeccomp(after([] { (void)execl("/bin/true", "true", nullptr); })));
    EXPECT_TRUE(KilledBySeccomp(after([] {
        (void)mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                   -1, 0);
    })));
}

}  // namespace
}  // namespace weft::io
