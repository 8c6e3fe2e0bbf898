#include "app/backup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/restore.h"
#include "app/state_hash.h"
#include "io/files.h"
#include "meta/store.h"
#include "meta/teams.h"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

// A stopped node with a state, a log segment and a key; no tables.
class BackupTest : public ::testing::Test {
  protected:
    BackupTest() : root_(::testing::TempDir() + "backup_test") {
        fs::remove_all(root_);
        fs::create_directories(data_ + "/ingest");
        fs::create_directories(data_ + "/keys");
        std::ofstream(data_ + "/ingest/00000000000000000001.log") << "records";
        std::ofstream(data_ + "/keys/page_token") << "secret";
        AddTeam("one");
    }
    void AddTeam(const std::string& name) {
        auto store = meta::Store::Open({data_ + "/state", nullptr, true});
        ASSERT_TRUE(store) << store.error().message;
        meta::AddTeam team;
        team.name = name;
        const auto added = (*store)->Commit("test", team);
        ASSERT_TRUE(added) << added.error().message;
    }
    Result<BackupDone> Create(const std::string& folder) {
        const auto source = StoppedNode(data_);
        if (!source) return std::unexpected(source.error());
        FakeClock clock;
        clock.now = {1'700'000'000'000'000};
        return CreateBackup(*source, folder, clock);
    }
    static std::string Read(const std::string& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    const std::string root_;
    const std::string data_ = root_ + "/data";
    const std::string backup_ = root_ + "/backup";
    const std::string restored_ = root_ + "/restored";
};

TEST_F(BackupTest, ARestoredFolderHasTheHashOfTheOriginal) {
    const auto done = Create(backup_);
    ASSERT_TRUE(done) << done.error().message;
    const auto list = RestoreBackup(backup_, restored_);
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_EQ(Read(restored_ + "/ingest/00000000000000000001.log"), "records");
    EXPECT_EQ(Read(restored_ + "/keys/page_token"), "secret");
    EXPECT_EQ(HashFolder(restored_)->hash, HashFolder(data_)->hash);
    EXPECT_EQ(HashFolder(data_)->hash, done->list.hash);
    AddTeam("two");
    EXPECT_NE(HashFolder(data_)->hash, done->list.hash);
    EXPECT_FALSE(io::FileSize(restored_ + "/" + kRestoringName));
}

TEST_F(BackupTest, OnlyAFinishedBackupIsRestored) {
    ASSERT_TRUE(Create(backup_));
    EXPECT_EQ(RestoreBackup(backup_, data_).error().code, Code::kExists);
    fs::remove(backup_ + "/" + kBackupListName);
    EXPECT_EQ(RestoreBackup(backup_, restored_).error().code, Code::kNotFound);
    EXPECT_FALSE(fs::exists(restored_));
}

TEST_F(BackupTest, AChangedByteIsFoundAndTheFolderStaysMarked) {
    const auto done = Create(backup_);
    ASSERT_TRUE(done);
    ASSERT_TRUE(VerifyBackup(backup_));
    for (const auto& [path, file] : done->list.files)
        if (file.place.ends_with(".log")) std::ofstream(backup_ + "/" + path) << "recordz";
    EXPECT_EQ(VerifyBackup(backup_).error().code, Code::kCorrupt);
    EXPECT_EQ(RestoreBackup(backup_, restored_).error().code, Code::kCorrupt);
    EXPECT_TRUE(io::FileSize(restored_ + "/" + kRestoringName));
}

// A list is a file that may come from anywhere: it must not lead out of the new folder.
TEST_F(BackupTest, AListThatLeadsOutOfTheFolderIsRefused) {
    ASSERT_TRUE(Create(backup_));
    for (const char* place : {"../outside", "/etc/passwd", "a//b", "a/./b", ""}) {
        std::string text = Read(backup_ + "/" + kBackupListName);
        const size_t at = text.find("keys/page_token\",\"size");
        ASSERT_NE(at, std::string::npos);
        fs::create_directories(root_ + "/bad");
        std::ofstream(root_ + "/bad/" + kBackupListName) << text.replace(at, 15, place);
        EXPECT_EQ(ReadBackupList(root_ + "/bad").error().code, Code::kCorrupt) << place;
    }
}

TEST_F(BackupTest, FoldersOfOtherThingsAreNotTouched) {
    fs::create_directories(root_ + "/mine");
    std::ofstream(root_ + "/mine/photo.jpg") << "x";
    EXPECT_EQ(Create(root_ + "/mine").error().code, Code::kInvalid);
    EXPECT_EQ(Create(data_ + "/inside").error().code, Code::kInvalid);
    EXPECT_EQ(Create("relative").error().code, Code::kInvalid);
    EXPECT_TRUE(fs::exists(root_ + "/mine/photo.jpg"));
}

TEST_F(BackupTest, TheNextOneReplacesWhatOnlyTheFormerNamed) {
    ASSERT_TRUE(Create(backup_));
    AddTeam("two");
    const auto second = Create(backup_);
    ASSERT_TRUE(second) << second.error().message;
    size_t moments = 0;
    for (const auto& entry : fs::directory_iterator(backup_))
        moments += entry.path().filename().string().starts_with("at-");
    EXPECT_EQ(moments, 1u);
    ASSERT_TRUE(RestoreBackup(backup_, restored_));
    EXPECT_EQ(HashFolder(restored_)->hash, HashFolder(data_)->hash);
}

TEST_F(BackupTest, AFolderInUseIsNotAStoppedNode) {
    const auto source = StoppedNode(data_);
    ASSERT_TRUE(source);
    EXPECT_EQ(StoppedNode(data_).error().code, Code::kUnavailable);
    EXPECT_EQ(HashFolder(data_).error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace weft::app
