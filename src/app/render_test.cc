#include "app/render.h"

#include <gtest/gtest.h>

namespace weft::app {
namespace {

Table Two() {
    return {{{"id", "bigint"}, {"name", "varchar"}}, {{"1", "ana"}, {"20", std::nullopt}}};
}

TEST(Render, BoxShowsTypesNullsAndNumbersToTheRight) {
    EXPECT_EQ(RenderBox(Two(), {false, 0}), "+--------+---------+\n"
                                            "|     id | name    |\n"
                                            "| bigint | varchar |\n"
                                            "+--------+---------+\n"
                                            "|      1 | ana     |\n"
                                            "|     20 | NULL    |\n"
                                            "+--------+---------+\n");
}

TEST(Render, BoxStaysWithinTheTerminal) {
    Table table{{{"text", ""}}, {{std::string(200, 'x')}}};
    const std::string box = RenderBox(table, {true, 40});
    for (size_t at = 0; at < box.size();) {
        const size_t end = box.find('\n', at);
        EXPECT_LE(DisplayWidth(std::string_view(box).substr(at, end - at)), 40u);
        at = end + 1;
    }
    EXPECT_NE(box.find("…"), std::string::npos);
}

TEST(Render, WideAndCombiningCharactersTakeTheirColumns) {
    EXPECT_EQ(DisplayWidth("abc"), 3u);
    EXPECT_EQ(DisplayWidth("日本"), 4u);
    EXPECT_EQ(DisplayWidth("e\u0301"), 1u);
}

TEST(Render, ControlCharactersNeverReachTheTerminal) {
    EXPECT_EQ(Printable("a\x1b[31mb\tc\nd\x7f"), "a?[31mb\\tc\\nd?");
    EXPECT_EQ(Printable("x\u202Ey"), "x?y");
    EXPECT_EQ(Printable("\xff"), "?");
}

TEST(Render, ShortenKeepsTheWidth) {
    EXPECT_EQ(Shorten("abcdef", 4, true), "abc…");
    EXPECT_EQ(Shorten("abcdef", 4, false), "abc~");
    EXPECT_EQ(Shorten("abcd", 4, true), "abcd");
    EXPECT_EQ(Shorten("日本語", 4, true), "日…");
}

TEST(Render, CsvTellsNullFromTheEmptyText) {
    EXPECT_EQ(CsvLine(TableRow{"a,b", std::nullopt, "", "say \"x\""}), "\"a,b\",,\"\",\"say \"\"x\"\"\"\n");
}

TEST(Render, TabLineHasOneLinePerRow) { EXPECT_EQ(TabLine(TableRow{"a\tb", "c\nd"}), "a\\tb\tc\\nd\n"); }

TEST(Render, MarkdownEscapesBars) {
    EXPECT_EQ(RenderMarkdown({{{"n", "integer"}, {"t", ""}}, {{"1", "a|b"}}}),
              "| n | t |\n| ---: | --- |\n| 1 | a\\|b |\n");
}

TEST(Render, UnknownOutputNamesTheKnownOnes) {
    EXPECT_EQ(*ParseOutput("jsonl"), Output::kJsonl);
    ASSERT_FALSE(ParseOutput("xml"));
    EXPECT_NE(ParseOutput("xml").error().hint.find("markdown"), std::string::npos);
}

}  // namespace
}  // namespace weft::app
