#include "engine/block.h"

#include <gtest/gtest.h>

#include <cstring>

namespace weft::engine {
namespace {

BlockRelation TwoRows() {
    BlockWriter writer(
        {{"id", {DataType::Kind::kBigint, 0, 0, {}, {}}, 0, {}, false, "", "", "", false},
         {"name", {DataType::Kind::kVarchar, 0, 0, {}, {}}, 0, {}, false, "", "", "", false}});
    writer.Bigint(7).Text("ab");
    writer.Null().Null();
    return std::move(writer).Finish();
}

TEST(Block, HasTheDocumentedBytes) {
    const auto block = TwoRows().block;
    const std::string expected = std::string(
                                     "WBL1"
                                     "\2\0\0\0"
                                     "\2\0\0\0\0\0\0\0",
                                     16) +
                                 static_cast<char>(DataType::Kind::kBigint) +
                                 std::string(
                                     "\2"
                                     "\7\0\0\0\0\0\0\0"
                                     "\0\0\0\0\0\0\0\0",
                                     17) +
                                 static_cast<char>(DataType::Kind::kVarchar) +
                                 std::string(
                                     "\2"
                                     "\0\0\0\0"
                                     "\2\0\0\0"
                                     "\2\0\0\0"
                                     "ab",
                                     15);
    EXPECT_EQ(block, expected);
}

TEST(Block, ReadsBackWhatWasWritten) {
    const auto relation = TwoRows();
    const auto view = BlockView::Parse(relation);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->rows, 2u);
    int64_t id = 0;
    std::memcpy(&id, view->columns[0].Value(0).data(), sizeof id);
    EXPECT_EQ(id, 7);
    EXPECT_FALSE(view->columns[0].IsNull(0));
    EXPECT_TRUE(view->columns[0].IsNull(1));
    EXPECT_EQ(view->columns[1].Value(0), "ab");
    EXPECT_TRUE(view->columns[1].IsNull(1));
}

TEST(Block, EveryTruncationAndOverrunIsRefused) {
    const auto whole = TwoRows();
    for (size_t size = 0; size < whole.block.size(); ++size) {
        auto cut = whole;
        cut.block.resize(size);
        EXPECT_FALSE(BlockView::Parse(cut)) << size;
    }
    auto lying = whole;
    lying.block[8] = '\x7f';  // More rows than bytes.
    EXPECT_FALSE(BlockView::Parse(lying));
    lying = whole;
    lying.block[15] = '\x7f';
    EXPECT_FALSE(BlockView::Parse(lying));
    lying = whole;
    lying.block[39] = '\x7f';  // The middle offset of the text column.
    EXPECT_FALSE(BlockView::Parse(lying));
}

}  // namespace
}  // namespace weft::engine
