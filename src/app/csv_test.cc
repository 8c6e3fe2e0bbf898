#include "app/csv.h"

#include <gtest/gtest.h>

namespace weft::app {
namespace {

std::vector<TableRow> Read(std::string_view text, size_t piece_bytes) {
    std::vector<TableRow> rows;
    CsvReader reader([&](TableRow row) {
        rows.push_back(std::move(row));
        return true;
    });
    for (size_t at = 0; at < text.size(); at += piece_bytes) EXPECT_TRUE(reader.Feed(text.substr(at, piece_bytes)));
    EXPECT_TRUE(reader.End());
    return rows;
}

TEST(Csv, IsTheSameInPiecesOfAnySize) {
    const std::string text = "a,b\n1,\"x \"\"y\"\",\nz\"\n,\"\"\n";
    const std::vector<TableRow> wanted{{"a", "b"}, {"1", "x \"y\",\nz"}, {std::nullopt, ""}};
    for (size_t bytes = 1; bytes <= text.size(); ++bytes) EXPECT_EQ(Read(text, bytes), wanted) << bytes;
}

TEST(Csv, OneColumnOfNullsIsEmptyLines) {
    EXPECT_EQ(Read("a\n\n\n", 10), (std::vector<TableRow>{{"a"}, {std::nullopt}, {std::nullopt}}));
}

TEST(Csv, ALastLineWithoutBreakCounts) { EXPECT_EQ(Read("a\r\n1", 10), (std::vector<TableRow>{{"a"}, {"1"}})); }

TEST(Csv, StopsWhenTold) {
    int rows = 0;
    CsvReader reader([&](TableRow) { return ++rows < 2; });
    EXPECT_FALSE(reader.Feed("a\nb\nc\n"));
    EXPECT_EQ(rows, 2);
}

}  // namespace
}  // namespace weft::app
