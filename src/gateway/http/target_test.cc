#include "gateway/http/target.h"

#include <gtest/gtest.h>

namespace weft::gateway::http {
namespace {

TEST(Target, PathAndQueryAreDecodedOnce) {
    const auto target = ParseTarget("/data/traffic/fl%69ghts.csv?where=a%3D1+and+b&limit=5&flag");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->segments, (std::vector<std::string>{"data", "traffic", "flights.csv"}));
    ASSERT_EQ(target->query.size(), 3u);
    EXPECT_EQ(target->query[0].second, "a=1 and b");
    EXPECT_EQ(target->query[2].first, "flag");
    EXPECT_EQ(ParseTarget("/a%252fb")->segments[0], "a%2fb");
    EXPECT_EQ(ParseTarget("http://evil.example/livez")->segments[0], "livez");
    EXPECT_TRUE(ParseTarget("/")->segments.empty());
}

TEST(Target, BrokenTextIsRefused) {
    for (const char* text :
         {"", "x", "/%", "/%4", "/%zz", "/%00", "/%ff", "/a/../b", "/a/%2e%2e/b", "/a%0ab"})
        EXPECT_FALSE(ParseTarget(text)) << text;
    std::string deep, wide = "/?";
    for (int i = 0; i < 17; ++i) deep += "/a";
    for (int i = 0; i < 65; ++i) wide += "a=1&";
    EXPECT_FALSE(ParseTarget(deep));
    EXPECT_FALSE(ParseTarget(wide));
    EXPECT_FALSE(ParseTarget("/" + std::string(20'000, 'a')));
}

TEST(Target, DataAddresses) {
    const auto table = [](std::string_view domain, std::string_view product,
                          std::string_view port) {
        const auto address = ParseDataAddress(domain, product, port);
        return address ? address->relation.domain + "." + address->relation.table + "|" +
                             address->suffix
                       : address.error().sqlstate;
    };
    EXPECT_EQ(table("sales", "orders", ""), "sales.orders|");
    EXPECT_EQ(table("sales", "orders.csv", ""), "sales.orders|csv");
    EXPECT_EQ(table("sales", "orders@1", ""), "sales.orders__v1|");
    EXPECT_EQ(table("sales", "orders@v2.parquet", ""), "sales.orders__v2|parquet");
    EXPECT_EQ(table("sales", "orders", "items.json"), "sales.orders__items|json");
    EXPECT_EQ(table("sales", "orders", "items@3"), "sales.orders__items__v3|");
    EXPECT_EQ(table("sales", "orders@3", "items"), "sales.orders__items__v3|");
    EXPECT_EQ(table("sales", "orders", "default"), "sales.orders|");
    EXPECT_EQ(table("sales", "Orders", ""), "42P01");
    EXPECT_EQ(table("sales", "a__b", ""), "42P01");
    EXPECT_FALSE(ParseDataAddress("sales", "orders@x", ""));
}

TEST(Target, ListsOfNamesKnowQuotes) {
    EXPECT_EQ(*ParseNames("a,b"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(*ParseNames("\"a,b\",\"say \"\"hi\"\"\""),
              (std::vector<std::string>{"a,b", "say \"hi\""}));
    EXPECT_TRUE(ParseNames("")->empty());
    for (const char* text : {",", "a,", ",a", "\"a", "\"a\"b", "a,,b"})
        EXPECT_FALSE(ParseNames(text)) << text;
    const auto order = ParseOrder("-dep_delay,carrier");
    ASSERT_TRUE(order);
    EXPECT_TRUE((*order)[0].descending);
    EXPECT_EQ((*order)[0].column, "dep_delay");
    EXPECT_FALSE((*order)[1].descending);
    EXPECT_FALSE(ParseOrder("-"));
}

TEST(Target, FormatBySuffixThenAccept) {
    EXPECT_EQ(ChooseFormat("", "")->format, engine::Format::kJsonLines);
    EXPECT_EQ(ChooseFormat("", "*/*")->format, engine::Format::kJsonLines);
    EXPECT_EQ(ChooseFormat("csv", "application/json")->format, engine::Format::kCsv);
    EXPECT_EQ(ChooseFormat("", "text/csv;q=0.5, application/json;q=0.9")->format,
              engine::Format::kJson);
    EXPECT_EQ(ChooseFormat("", "text/html, application/vnd.apache.parquet")->format,
              engine::Format::kParquet);
    EXPECT_FALSE(ChooseFormat("xml", ""));
    EXPECT_FALSE(ChooseFormat("", "text/html"));
}

TEST(Target, CountsAreWholeNumbers) {
    EXPECT_EQ(*ParseCount("18446744073709551615", "x"), UINT64_MAX);
    for (const char* text : {"", "-1", "1.5", "18446744073709551616", "1 ", "0x10"})
        EXPECT_FALSE(ParseCount(text, "x")) << text;
}

}  // namespace
}  // namespace weft::gateway::http
