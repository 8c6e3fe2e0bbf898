#include "app/client.h"

#include <gtest/gtest.h>

#include "app/completion.h"

namespace weft::app {
namespace {

TEST(Client, PathsAndQueriesAreEncoded) {
    EXPECT_EQ(UrlPart("a b/c?&é"), "a%20b%2Fc%3F%26%C3%A9");
    EXPECT_EQ(*ProductPath("sales.orders"), "sales/orders");
    EXPECT_FALSE(ProductPath("sales"));
    EXPECT_FALSE(ProductPath("a.b.c"));
    EXPECT_FALSE(ProductPath("sales."));
}

TEST(Client, FindingsComeBackAsTheyWere) {
    Finding finding;
    finding.severity = Finding::Severity::kWarning;
    finding.id = "W1001";
    finding.file = "a/product.yaml";
    finding.line = 3;
    finding.column = 7;
    finding.length = 4;
    finding.message = "m";
    finding.expected = "e";
    finding.help = "h";
    EXPECT_EQ(JsonOf(FindingOf(JsonOf(finding))), JsonOf(finding));
    const auto hostile = FindingOf(Json{{"line", -1}, {"length", 1e300}, {"message", 5}});
    EXPECT_EQ(hostile.line, 0u);
    EXPECT_EQ(hostile.length, 1u);
}

TEST(Completion, KnowsTheShells) {
    const Json tree{{"name", "weft"}, {"options", Json::array()}, {"verbs", Json::array()}};
    EXPECT_TRUE(CompletionScript("bash", tree));
    EXPECT_TRUE(CompletionScript("fish", tree));
    EXPECT_FALSE(CompletionScript("cmd", tree));
}

}  // namespace
}  // namespace weft::app
