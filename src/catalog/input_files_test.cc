#include "catalog/input_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace weft::catalog {
namespace {

namespace fs = std::filesystem;

class InputFiles : public testing::Test {
  protected:
    void SetUp() override {
        root_ = fs::temp_directory_path() / ("weft_input_files_" + std::to_string(getpid()));
        fs::create_directories(root_ / "in");
        fs::create_directories(root_ / "data" / "tables");
        Write("in/a.csv", "1\n");
        Write("in/b.csv", "2\n");
        Write("outside.csv", "3\n");
        Write("data/tables/secret.csv", "4\n");
        state_.file_roots = {(root_ / "in").string()};
    }
    void TearDown() override { fs::remove_all(root_); }
    void Write(const std::string& name, std::string_view text) {
        std::ofstream(root_ / name) << text;
    }
    model::InputPort Port(std::string file) const {
        model::InputPort port;
        port.name = "files";
        port.file = std::move(file);
        return port;
    }
    InputPlace Place() const { return {root_.string(), (root_ / "data").string(), team_}; }
    Result<std::vector<InputFile>> Find(std::string file) {
        return FindInputFiles(state_, Port(std::move(file)), Place());
    }

    fs::path root_;
    std::string team_ = "sales-data";
    meta::State state_;
};

TEST_F(InputFiles, AGlobTakesFilesInOrder) {
    const auto files = Find("./in/*.csv");
    ASSERT_TRUE(files) << files.error().message;
    ASSERT_EQ(files->size(), 2u);
    EXPECT_EQ((*files)[0].Path(), (root_ / "in/a.csv").string());
    EXPECT_EQ((*files)[1].stat.size, 2u);
}

TEST_F(InputFiles, WhatNoRootAllowsIsDenied) {
    const auto files = Find("./outside.csv");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, Code::kDenied);
    EXPECT_NE(files.error().hint.find("--allow-files"), std::string::npos);
}

TEST_F(InputFiles, ARootOfOneTeamIsNobodyElses) {
    state_.file_roots = {"sales-data:" + (root_ / "in").string()};
    EXPECT_TRUE(Find("./in/a.csv"));
    team_ = "mallory-team";
    ASSERT_FALSE(Find("./in/a.csv"));
    EXPECT_EQ(Find("./in/a.csv").error().code, Code::kDenied);
}

TEST_F(InputFiles, DotsDoNotLeaveTheRoot) {
    EXPECT_EQ(Find("./in/../outside.csv").error().code, Code::kDenied);
    EXPECT_FALSE(Find("../../../../../../../../etc/passwd"));
}

TEST_F(InputFiles, ALinkIsNotFollowed) {
    fs::create_symlink(root_ / "outside.csv", root_ / "in/link.csv");
    const auto files = Find("./in/link.csv");
    EXPECT_FALSE(files);
    fs::create_directory_symlink(root_, root_ / "in/up");
    EXPECT_FALSE(Find("./in/up/outside.csv"));
}

TEST_F(InputFiles, TheNodesOwnFolderIsForbiddenEvenBeneathARoot) {
    state_.file_roots = {root_.string()};
    const auto files = Find("./data/tables/*.csv");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, Code::kDenied);
}

TEST_F(InputFiles, AFileThatChangedIsNotTaken) {
    const auto files = Find("./in/a.csv");
    ASSERT_TRUE(files);
    Write("in/a.csv", "1\n2\n");
    const auto opened = OpenInputFile(files->front());
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::kConflict);
}

}  // namespace
}  // namespace weft::catalog
