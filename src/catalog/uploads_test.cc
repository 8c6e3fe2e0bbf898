#include "catalog/uploads.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/text.h"
#include "catalog/input_files.h"
#include "io/files.h"
#include "meta/store.h"
#include "meta/world_test_util.h"

namespace weft::catalog {
namespace {

namespace fs = std::filesystem;

constexpr ProductId kOther{9999};

class UploadsTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "weft_uploads_XXXXXX").string();
        data_ = mkdtemp(pattern.data());
        clock_.now = SystemClock().Now();
        store_ = *meta::Store::Open({data_ + "/state", &clock_, true});
        ASSERT_TRUE(store_->Commit("test", meta::NewUser("ana", false)));
        const meta::AppliedProduct applied =
            meta::ParsedProduct(meta::ProductText("sales", "orders", "sales-data"));
        ASSERT_TRUE(store_->Commit(
            "test", meta::ApplyProducts{.applier = store_->Snapshot()->FindUser("ana")->id,
                                        .products = {applied}}));
        product_ = store_->Snapshot()->FindProduct("sales", "orders")->id;
        port_.name = "orders";
        port_.file = "*.csv";
        port_.uploaded = true;
        uploads_.emplace(*store_, clock_, data_, limits_);
    }
    void TearDown() override {
        uploads_.reset();
        store_.reset();
        fs::remove_all(data_);
    }
    void Restart() { uploads_.emplace(*store_, clock_, data_, limits_); }
    Result<Upload> Begin(const std::string& name, const std::string& text) {
        return uploads_->Begin(product_, port_, {name, text.size(), Hex(io::Sha256(text))});
    }
    Result<Upload> Append(const Upload& upload, uint64_t offset, std::string_view bytes) {
        return uploads_->Append(product_, "orders", upload.id, offset, bytes);
    }
    std::string Placed(const std::string& name) {
        return io::ReadFile(UploadFolder(data_, product_, "orders") + "/" + name, 1000)
            .value_or("(none)");
    }

    std::string data_;
    FakeClock clock_;
    UploadLimits limits_{.file_bytes_max = 1000, .free_bytes_min = 0, .unfinished_max = 3};
    std::unique_ptr<meta::Store> store_;
    model::InputPort port_;
    ProductId product_;
    std::optional<Uploads> uploads_;
};

TEST_F(UploadsTest, PiecesBecomeAFileAndARestartBetweenThemIsNoMatter) {
    const auto begun = Begin("a.csv", "id\n1\n2\n");
    ASSERT_TRUE(begun) << begun.error().message;
    EXPECT_EQ(begun->offset, 0u);
    EXPECT_EQ(Append(*begun, 0, "id\n1")->offset, 4u);
    EXPECT_EQ(Placed("a.csv"), "(none)");
    Restart();
    const auto again = Begin("a.csv", "id\n1\n2\n");  // The same file goes on where it stopped.
    ASSERT_TRUE(again);
    EXPECT_EQ(again->id, begun->id);
    EXPECT_EQ(again->offset, 4u);
    const auto done = Append(*again, 4, "\n2\n");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(done->done);
    EXPECT_EQ(Placed("a.csv"), "id\n1\n2\n");
    EXPECT_TRUE(
        Append(*again, 4, "\n2\n")->done);  // The answer was lost; asking again says the same.
    EXPECT_TRUE(uploads_->Find(product_, "orders", begun->id)->done);
}

TEST_F(UploadsTest, OnlyTheNextByteIsTaken) {
    const auto upload = Begin("a.csv", "abcdef");
    ASSERT_TRUE(Append(*upload, 0, "abc"));
    EXPECT_EQ(Append(*upload, 0, "abc").error().code, Code::kConflict);
    EXPECT_EQ(Append(*upload, 4, "ef").error().code, Code::kConflict);
    EXPECT_EQ(Append(*upload, 3, "defg").error().code, Code::kInvalid);
    EXPECT_EQ(uploads_->Find(product_, "orders", upload->id)->offset, 3u);
    EXPECT_EQ(uploads_->Append(product_, "other", upload->id, 3, "def").error().code,
              Code::kNotFound);
    EXPECT_EQ(uploads_->Append(kOther, "orders", upload->id, 3, "def").error().code,
              Code::kNotFound);
    EXPECT_EQ(uploads_->Find(product_, "orders", "../../state/x").error().code, Code::kNotFound);
    EXPECT_TRUE(Append(*upload, 3, "def")->done);
}

TEST_F(UploadsTest, AnotherHashThrowsTheUploadAwayAndKeepsTheOldFile) {
    const auto first = Begin("a.csv", "old");
    ASSERT_TRUE(Append(*first, 0, "old")->done);
    const auto second = Begin("a.csv", "new");
    const auto wrong = Append(*second, 0, "n3w");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().sqlstate, kWrongHash);
    EXPECT_EQ(Placed("a.csv"), "old");
    EXPECT_EQ(uploads_->Find(product_, "orders", second->id).error().code, Code::kNotFound);
    const auto third = Begin("a.csv", "new");
    EXPECT_EQ(third->offset, 0u);
    ASSERT_TRUE(Append(*third, 0, "ne"));
    Restart();  // The hash is taken from the disk then.
    ASSERT_TRUE(Append(*third, 2, "w")->done);
    EXPECT_EQ(Placed("a.csv"), "new");
}

TEST_F(UploadsTest, DamageOnTheDiskIsFound) {
    const auto upload = Begin("a.csv", "abcdef");
    ASSERT_TRUE(Append(*upload, 0, "abc"));
    Restart();
    const std::string part = data_ + "/uploads/" + std::to_string(product_.value) +
                             "/.unfinished/" + upload->id + ".part";
    ASSERT_TRUE(io::WriteFileAtomically(part, "aXc"));
    EXPECT_EQ(Append(*upload, 3, "def").error().sqlstate, kWrongHash);
}

TEST_F(UploadsTest, NamesAreOneHarmlessComponentOfThePattern) {
    for (const char* name : {"", ".", "..", "../a.csv", "/etc/a.csv", "x/a.csv", ".hidden.csv",
                             "a b.csv", "a\n.csv", "ä.csv", "a.txt", "a.csv.gz"})
        EXPECT_EQ(Begin(name, "x").error().code, Code::kInvalid) << name;
    EXPECT_EQ(Begin(std::string("a\0.csv", 6), "x").error().code, Code::kInvalid);
    EXPECT_EQ(Begin(std::string(197, 'a') + ".csv", "x").error().code, Code::kInvalid);
    EXPECT_TRUE(Begin(std::string(196, 'a') + ".csv", "x"));
    EXPECT_EQ(uploads_->Begin(product_, port_, {"a.csv", 1, "not a hash"}).error().code,
              Code::kInvalid);
    EXPECT_EQ(uploads_->RemoveFile(product_, "orders", "../../state/x").error().code,
              Code::kNotFound);
}

TEST_F(UploadsTest, TooLargeTooManyAndNoRoom) {
    EXPECT_EQ(Begin("a.csv", std::string(1001, 'x')).error().code, Code::kLimit);
    for (const char* name : {"1.csv", "2.csv", "3.csv"}) ASSERT_TRUE(Begin(name, "x"));
    EXPECT_EQ(Begin("4.csv", "x").error().code, Code::kLimit);
    EXPECT_TRUE(Begin("3.csv", "x"));
    limits_.free_bytes_min = UINT64_MAX / 2;
    Restart();
    const auto full = uploads_->Begin(kOther, port_, {"a.csv", 1, std::string(64, '0')});
    EXPECT_EQ(full.error().sqlstate, kDiskFull);
}

TEST_F(UploadsTest, UnfinishedOnesGoAfterADayAndFoldersOfProductsThatAreGone) {
    const auto old = Begin("old.csv", "xy");
    ASSERT_TRUE(Append(*old, 0, "x"));
    const auto done = Begin("done.csv", "x");
    ASSERT_TRUE(Append(*done, 0, "x")->done);
    clock_.now.us += 23ll * 3600 * 1'000'000;
    ASSERT_TRUE(uploads_->Sweep());
    EXPECT_TRUE(uploads_->Find(product_, "orders", old->id));
    clock_.now.us += 2ll * 3600 * 1'000'000;
    ASSERT_TRUE(Begin("new.csv", "y"));
    EXPECT_EQ(uploads_->Find(product_, "orders", old->id).error().code, Code::kNotFound);
    EXPECT_EQ(uploads_->Find(product_, "orders", done->id).error().code, Code::kNotFound);
    EXPECT_EQ(Placed("done.csv"), "x");

    const std::string gone = data_ + "/uploads/" + std::to_string(kOther.value);
    ASSERT_TRUE(uploads_->Begin(kOther, port_, {"a.csv", 1, std::string(64, '0')}));
    EXPECT_EQ(uploads_->Keep(kOther, "sales.gone").value_or(""), gone);
    ASSERT_TRUE(uploads_->Sweep());
    EXPECT_TRUE(io::Stat(gone));
    ASSERT_TRUE(io::RemoveFile(gone + "/KEPT"));
    ASSERT_TRUE(uploads_->Sweep());
    EXPECT_FALSE(io::Stat(gone));
    ASSERT_TRUE(uploads_->RemoveProduct(product_));
    EXPECT_EQ(Placed("done.csv"), "(none)");
    EXPECT_EQ(uploads_->Keep(product_, "sales.orders").value_or("?"), "");
}

TEST_F(UploadsTest, RunsFindWhatWasUploadedAndNothingElse) {
    meta::State state;
    const InputPlace place{"/nowhere", data_, "sales-data", product_};
    const auto none = FindInputFiles(state, port_, place);
    EXPECT_EQ(none.error().code, Code::kNotFound);
    const auto begun = Begin("b.csv", "2");
    EXPECT_EQ(FindInputFiles(state, port_, place).error().code, Code::kNotFound);
    ASSERT_TRUE(Append(*begun, 0, "2")->done);
    ASSERT_TRUE(Append(*Begin("a.csv", ""), 0, "")->done);
    const auto files = FindInputFiles(state, port_, place);
    ASSERT_TRUE(files) << files.error().message;
    ASSERT_EQ(files->size(), 2u);
    EXPECT_EQ((*files)[0].relative, "a.csv");
    EXPECT_EQ((*files)[1].stat.size, 1u);
    const auto open = OpenInputFile((*files)[1]);
    ASSERT_TRUE(
        Append(*Begin("b.csv", "33"), 0, "33")->done);  // Replaced: who reads keeps the old one.
    EXPECT_EQ(io::ReadAll(open->get(), 10).value_or(""), "2");
    EXPECT_EQ(OpenInputFile((*files)[1]).error().code, Code::kConflict);
    ASSERT_TRUE(uploads_->RemoveFile(product_, "orders", "a.csv"));
    EXPECT_EQ(uploads_->Files(product_, "orders")->size(), 1u);
    EXPECT_EQ(FindInputFiles(state, port_, {"/nowhere", data_, "sales-data", kOther}).error().code,
              Code::kNotFound);
    EXPECT_EQ(FindInputFiles(state, port_, {"/nowhere", data_, "sales-data"}).error().code,
              Code::kNotFound);
}

}  // namespace
}  // namespace weft::catalog
