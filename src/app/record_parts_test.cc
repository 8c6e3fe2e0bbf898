#include "app/record_parts.h"

#include <gtest/gtest.h>

#include <vector>

namespace weft::app {
namespace {

// The parts of a text that arrives one byte at a time, each as "count:text".
std::vector<std::string> PartsOf(RecordForm form, std::string_view text, uint64_t bytes_max) {
    RecordParts parts(form, bytes_max);
    std::vector<std::string> all;
    for (const char c : text) EXPECT_TRUE(parts.Feed({&c, 1}));
    const auto ended = parts.End();
    EXPECT_TRUE(ended) << ended.error().message;
    while (parts.HasPart()) {
        const auto part = parts.TakePart();
        all.push_back(std::to_string(part.count) + ":" + part.text);
    }
    return all;
}

using Parts = std::vector<std::string>;

TEST(RecordParts, LinesAreCutAtTheirEnds) {
    EXPECT_EQ(PartsOf(RecordForm::kLines, "{}\n\n[1]\n{\"a\":2}", 6),
              (Parts{"1:{}\n", "1:[1]\n", "1:{\"a\":2}\n"}));
    EXPECT_EQ(PartsOf(RecordForm::kLines, "{}\n{}\n{}\n", 6), (Parts{"2:{}\n{}\n", "1:{}\n"}));
    EXPECT_EQ(PartsOf(RecordForm::kLines, "", 6), Parts{});
}

TEST(RecordParts, EveryCsvPartHasTheHeader) {
    EXPECT_EQ(PartsOf(RecordForm::kCsv, "a,b\n1,\"x\ny\"\"z\"\n2,w\n", 1),
              (Parts{"1:a,b\n1,\"x\ny\"\"z\"\n", "1:a,b\n2,w\n"}));
    EXPECT_EQ(PartsOf(RecordForm::kCsv, "a,b\r\n1,2\r\n3,4", 100),
              (Parts{"2:a,b\r\n1,2\r\n3,4\n"}));
    EXPECT_EQ(PartsOf(RecordForm::kCsv, "a,b\n", 100), Parts{});
}

TEST(RecordParts, ArraysStayArrays) {
    EXPECT_EQ(PartsOf(RecordForm::kArray, " [ {\"a\": [1, 2]}, \"],\\\"[\" ,3]\n", 1),
              (Parts{"1:[ {\"a\": [1, 2]}]", "1:[ \"],\\\"[\" ]", "1:[3]"}));
    EXPECT_EQ(PartsOf(RecordForm::kArray, "[1,2,3]", 100), (Parts{"3:[1,2,3]"}));
    EXPECT_EQ(PartsOf(RecordForm::kArray, "[]", 100), Parts{});
}

TEST(RecordParts, WhatIsNoArrayIsRefused) {
    RecordParts object(RecordForm::kArray, 100), open(RecordForm::kArray, 100),
        more(RecordForm::kArray, 100);
    EXPECT_FALSE(object.Feed("{\"a\": 1}"));
    EXPECT_TRUE(open.Feed("[1, 2"));
    EXPECT_FALSE(open.End());
    EXPECT_FALSE(more.Feed("[1] [2]"));
}

TEST(RecordParts, ARecordWithoutEndIsRefused) {
    RecordParts parts(RecordForm::kLines, 100);
    const std::string piece(1u << 20, 'x');
    bool refused = false;
    for (int i = 0; i < 17 && !refused; ++i) refused = !parts.Feed(piece);
    EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace weft::app
