#include "io/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace weft::io {
namespace {

class Files : public testing::Test {
protected:
    void SetUp() override {
        char pattern[] = "/tmp/weft_files_XXXXXX";
        ASSERT_NE(::mkdtemp(pattern), nullptr);
        root_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(root_); }
    std::string Path(const std::string& name) const { return root_ + "/" + name; }
    void Put(const std::string& name, const std::string& bytes = "x") const {
        std::filesystem::create_directories(std::filesystem::path(Path(name)).parent_path());
        std::ofstream(Path(name)) << bytes;
    }
    std::string root_;
};

TEST_F(Files, WriteNewFileNeverReplaces) {
    ASSERT_TRUE(WriteNewFile(Path("a"), "one"));
    EXPECT_EQ(WriteNewFile(Path("a"), "two").error().code, Code::kExists);
    EXPECT_EQ(ReadFile(Path("a"), 100).value(), "one");
    EXPECT_EQ(WriteNewFile(Path("no/a"), "two").error().code, Code::kNotFound);
}

TEST_F(Files, WriteFileAtomicallyReplacesAndLeavesNoDraft) {
    ASSERT_TRUE(WriteFileAtomically(Path("a"), "one", 0600));
    ASSERT_TRUE(WriteFileAtomically(Path("a"), "two", 0600));
    EXPECT_EQ(ReadFile(Path("a"), 100).value(), "two");
    EXPECT_EQ(ListDirectory(root_).value(), std::vector<std::string>{"a"});
    struct stat st;
    ASSERT_EQ(::stat(Path("a").c_str(), &st), 0);
    EXPECT_EQ(st.st_mode & 0777, 0600u);
}

TEST_F(Files, ReadFileIsBoundedAndRefusesWhatIsNoFile) {
    Put("a", "12345");
    EXPECT_EQ(ReadFile(Path("a"), 5).value(), "12345");
    EXPECT_EQ(ReadFile(Path("a"), 4).error().code, Code::kLimit);
    EXPECT_EQ(ReadFile(Path("b"), 4).error().code, Code::kNotFound);
    EXPECT_EQ(ReadFile(root_, 4).error().code, Code::kInvalid);
    ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
    EXPECT_EQ(ReadFile(Path("pipe"), 4).error().code, Code::kInvalid);
}

TEST_F(Files, OpenBeneathCannotLeaveItsRoot) {
    Put("in/a.csv", "data");
    Put("secret", "no");
    std::filesystem::create_symlink(Path("secret"), Path("in/link"));
    std::filesystem::create_directory_symlink(root_, Path("in/up"));
    const std::string root = Path("in");
    auto file = OpenBeneath(root, "a.csv");
    ASSERT_TRUE(file);
    EXPECT_EQ(ReadAll(file->get(), 10).value(), "data");
    EXPECT_EQ(OpenBeneath(root, "../secret").error().code, Code::kDenied);
    EXPECT_EQ(OpenBeneath(root, Path("secret")).error().code, Code::kDenied);
    EXPECT_EQ(OpenBeneath(root, "link").error().code, Code::kDenied);
    EXPECT_EQ(OpenBeneath(root, "up/secret").error().code, Code::kDenied);
    EXPECT_EQ(OpenBeneath(root, "b.csv").error().code, Code::kNotFound);
    EXPECT_EQ(OpenBeneath(root, ".").error().code, Code::kInvalid);
    EXPECT_EQ(OpenBeneath(root, std::string("a.csv\0x", 7)).error().code, Code::kInvalid);
    ASSERT_EQ(::mkfifo((root + "/pipe").c_str(), 0600), 0);
    EXPECT_EQ(OpenBeneath(root, "pipe").error().code, Code::kInvalid);
}

TEST_F(Files, GlobMatchesLikeAShellAndFollowsNoLink) {
    for (const char* name :
         {"a.csv", "b.csv", "b.txt", ".hidden.csv", "x/a.csv", "x/y/c.csv", "x/y/.g/d.csv"})
        Put(name);
    std::filesystem::create_directory_symlink(Path("x"), Path("link"));
    std::filesystem::create_symlink(Path("a.csv"), Path("l.csv"));
    using List = std::vector<std::string>;
    EXPECT_EQ(Glob(root_, "*.csv").value(), (List{"a.csv", "b.csv"}));
    EXPECT_EQ(Glob(root_, "?.txt").value(), (List{"b.txt"}));
    EXPECT_EQ(Glob(root_, "**/*.csv").value(), (List{"a.csv", "b.csv", "x/a.csv", "x/y/c.csv"}));
    EXPECT_EQ(Glob(root_, "x/**").value(), (List{"x/a.csv", "x/y/c.csv"}));
    EXPECT_EQ(Glob(root_, "*/a.csv").value(), (List{"x/a.csv"}));
    EXPECT_EQ(Glob(root_, "./x/y/c.csv").value(), (List{"x/y/c.csv"}));
    EXPECT_EQ(Glob(root_, "none/*").value(), List{});
    EXPECT_EQ(Glob(root_, "../*").error().code, Code::kInvalid);
    EXPECT_EQ(Glob(root_, "/etc/*").error().code, Code::kInvalid);
}

TEST(MatchesWildcard, StarsBackTrackInBoundedTime) {
    EXPECT_TRUE(MatchesWildcard("a*b*c", "a__b__b__c"));
    EXPECT_FALSE(MatchesWildcard("a*b*c", "a__b__b__d"));
    EXPECT_TRUE(MatchesWildcard("*", ""));
    EXPECT_FALSE(MatchesWildcard("?", ""));
    std::string pattern;
    for (int i = 0; i < 100; ++i) pattern += "*a";
    EXPECT_FALSE(MatchesWildcard(pattern + "b", std::string(4'000, 'a')));
}

TEST_F(Files, RemoveTreeStaysBelowItsRootAndFollowsNoLink) {
    Put("keep/a");
    Put("t/u/b");
    std::filesystem::create_directory_symlink(Path("keep"), Path("t/link"));
    EXPECT_EQ(RemoveTree(Path("t"), "../keep").error().code, Code::kDenied);
    EXPECT_EQ(RemoveTree(root_, "t/..").error().code, Code::kInvalid);
    EXPECT_EQ(RemoveTree(root_, ".").error().code, Code::kInvalid);
    ASSERT_TRUE(RemoveTree(root_, "t"));
    ASSERT_TRUE(RemoveTree(root_, "t"));
    EXPECT_EQ(ListDirectory(root_).value(), std::vector<std::string>{"keep"});
    EXPECT_EQ(ListDirectory(Path("keep")).value(), std::vector<std::string>{"a"});
}

TEST_F(Files, MakeDirectoriesAndMeasures) {
    ASSERT_TRUE(MakeDirectories(Path("p/q/r")));
    ASSERT_TRUE(MakeDirectories(Path("p/q/r/")));
    Put("p/f", "123");
    EXPECT_EQ(MakeDirectories(Path("p/f")).error().code, Code::kInvalid);
    EXPECT_EQ(FileSize(Path("p/f")).value(), 3u);
    EXPECT_GT(FreeBytes(root_).value(), 0u);
    ASSERT_TRUE(RemoveFile(Path("p/f")));
    EXPECT_EQ(RemoveFile(Path("p/f")).error().code, Code::kNotFound);
}

TEST_F(Files, PiecesAreWrittenWhereTheyBelongAndRenamedOverTheOldFile) {
    {
        const auto file = OpenToWrite(Path("part"));
        ASSERT_TRUE(file);
        ASSERT_TRUE(WriteAt(file->get(), 0, "abc"));
        ASSERT_TRUE(WriteAt(file->get(), 3, "def"));
    }
    const auto again = OpenToWrite(Path("part"));  // Nothing is cut.
    ASSERT_TRUE(again);
    ASSERT_TRUE(WriteAt(again->get(), 2, "CD"));
    Put("in/whole", "old");
    ASSERT_TRUE(Rename(Path("part"), Path("in/whole")));
    EXPECT_EQ(ReadFile(Path("in/whole"), 100).value_or(""), "abCDef");
    EXPECT_EQ(Rename(Path("part"), Path("in/whole")).error().code, Code::kNotFound);
    const auto whole = OpenBeneath(root_, "in/whole");
    EXPECT_EQ(ReadAt(whole->get(), 1, 3).value_or(""), "bCD");
    EXPECT_EQ(ReadAt(whole->get(), 4, 9).value_or(""), "ef");
    std::filesystem::create_symlink(Path("in/whole"), Path("link"));
    EXPECT_EQ(OpenToWrite(Path("link")).error().code, Code::kDenied);
}

// The child is started afresh (the plan is read once), so its steps are: write, written, fsync,
// fsynced, and the last two again for the folder. It works in the parent's folder, which it finds
// in the environment.
TEST_F(Files, DurableStepKillsAtTheChosenStep) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    ::setenv("WEFT_CRASH_LOG", Path("log").c_str(), 0);
    const std::string log = std::getenv("WEFT_CRASH_LOG");
    const std::string folder = std::filesystem::path(log).parent_path();
    const auto run = [&](const char* at) {
        if (folder != root_) std::filesystem::remove_all(root_);
        ::setenv("WEFT_CRASH_AT", at, 1);
        std::_Exit(WriteNewFile(folder + "/a" + at, "one") ? 0 : 1);
    };
    EXPECT_EXIT(run("2"), testing::KilledBySignal(SIGKILL), "");
    EXPECT_EQ(ReadFile(log, 100).value_or(""), "1 write\n2 written\n");
    EXPECT_EXIT(run("7"), testing::ExitedWithCode(0), "");
    EXPECT_EQ(ReadFile(folder + "/a7", 100).value_or(""), "one");
    ::unsetenv("WEFT_CRASH_LOG");
}

}  // namespace
}  // namespace weft::io
