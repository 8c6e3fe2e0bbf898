#include "app/script.h"

#include <gtest/gtest.h>

namespace weft::app {
namespace {

TEST(Script, SemicolonsInTextsCommentsAndDollarQuotesDoNotCount) {
    const auto script = SplitScript("select ';' as \"a;b\"; -- no; end\nselect /* ; */ $x$ ; $x$;select 1");
    ASSERT_EQ(script.statements.size(), 2u);
    EXPECT_EQ(script.statements[0], "select ';' as \"a;b\"");
    EXPECT_EQ(script.statements[1], "-- no; end\nselect /* ; */ $x$ ; $x$");
    EXPECT_EQ(script.rest, "select 1");
}

TEST(Script, EmptyStatementsAreNone) {
    const auto script = SplitScript(" ;; \n ; ");
    EXPECT_TRUE(script.statements.empty());
    EXPECT_TRUE(script.rest.empty());
}

TEST(Script, WhatIsNotClosedIsNotComplete) {
    EXPECT_TRUE(SplitScript("select 'a;").statements.empty());
    EXPECT_TRUE(SplitScript("select /* a;").statements.empty());
    EXPECT_TRUE(SplitScript("select $1 + $2").statements.empty());
    EXPECT_EQ(SplitScript("select $1;").statements.size(), 1u);
}

}  // namespace
}  // namespace weft::app
