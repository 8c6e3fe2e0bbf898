#include "app/editor.h"

#include <gtest/gtest.h>

namespace weft::app {
namespace {

TEST(Editor, CompletesKeywordsAndNamesOfTheLastWord) {
    const std::vector<std::string> names{"sales.orders", "sales.items", "order_id"};
    EXPECT_EQ(Completions("select * from sales.o", names), (std::vector<std::string>{"sales.orders"}));
    EXPECT_EQ(Completions("ord", names), (std::vector<std::string>{"order", "order_id"}));
    EXPECT_EQ(Completions("SEL", names), (std::vector<std::string>{"SELECT"}));
    EXPECT_TRUE(Completions("select ", names).empty());
    EXPECT_TRUE(Completions("", names).empty());
}

}  // namespace
}  // namespace weft::app
