#include "app/folders.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/profiler.h"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

void Write(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

TEST(Folders, FindsProductsInATreeAndTakesOnlyTheirFiles) {
    const auto scratch = *ScratchFolder::Make();
    const fs::path root = scratch.path();
    Write(root / "shop/orders/product.yaml", "a: 1");
    Write(root / "shop/orders/models/orders.sql", "select 1");
    Write(root / "shop/orders/orders.csv", "secret");
    Write(root / "shop/.git/product.yaml", "hidden");
    Write(root / "shop/items/product.yaml", "b: 2");
    const auto folders = ReadFolders({(root / "shop").string(), (root / "shop/items/product.yaml").string()});
    ASSERT_TRUE(folders) << folders.error().message;
    ASSERT_EQ(folders->size(), 2u);
    EXPECT_EQ((*folders)[0].absolute, (root / "shop/items").string());
    EXPECT_EQ((*folders)[1].folder.files.size(), 2u);
    EXPECT_EQ((*folders)[1].folder.files.at("models/orders.sql"), "select 1");
}

TEST(Folders, NamesThePathThatIsMissingOrEmpty) {
    const auto scratch = *ScratchFolder::Make();
    EXPECT_EQ(ReadFolders({scratch.path() + "/nothing"}).error().code, Code::kInvalid);
    EXPECT_NE(ReadFolders({scratch.path()}).error().message.find(scratch.path()), std::string::npos);
}

TEST(Folders, AGiganticFileIsNotReadWhole) {
    const auto scratch = *ScratchFolder::Make();
    Write(fs::path(scratch.path()) / "product.yaml", "a");
    ASSERT_EQ(truncate((scratch.path() + "/product.yaml").c_str(), 8ll << 30), 0);
    const auto folders = ReadFolders({scratch.path()});
    ASSERT_TRUE(folders);
    EXPECT_LE((*folders)[0].folder.files.at("product.yaml").size(), (1u << 20) + 1);
}

TEST(Folders, FindingsShowThePathAsItWasGiven) {
    LocalFolder local{{"shop/orders", {{"product.yaml", "a: 1\n"}}}, "/home/ana/shop/orders"};
    Finding finding;
    finding.id = "E1101";
    finding.file = "/home/ana/shop/orders/product.yaml";
    finding.line = 1;
    finding.column = 1;
    finding.message = "unknown key";
    const std::string text = ShowFinding(finding, {local});
    EXPECT_NE(text.find("--> shop/orders/product.yaml:1:1"), std::string::npos) << text;
    EXPECT_NE(text.find("1 | a: 1"), std::string::npos) << text;
}

}  // namespace
}  // namespace weft::app
