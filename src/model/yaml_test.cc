#include "model/yaml.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace weft::model {
namespace {

std::string Ids(std::string_view text) {
    std::string ids;
    const YamlText read = ReadYaml(text, "f.yaml");
    for (const Finding& finding : read.findings) ids += finding.id + " ";
    EXPECT_EQ(read.root.has_value(), ids.empty());
    return ids;
}

TEST(Yaml, NodesKnowTheirPlace) {
    const YamlText read = ReadYaml("a: 1\nb:\n  - {c: \"x y\", d: ~}\n", "f.yaml");
    ASSERT_TRUE(read.root);
    const Yaml& map = read.root->Find("b")->items.at(0);
    const Yaml* c = map.Find("c");
    ASSERT_TRUE(c);
    EXPECT_EQ(c->text, "x y");
    EXPECT_TRUE(c->quoted);
    EXPECT_EQ(c->line, 3u);
    EXPECT_EQ(c->column, 9u);
    EXPECT_EQ(c->length, 5u);
    EXPECT_EQ(map.Find("d")->kind, Yaml::Kind::kNull);
    EXPECT_FALSE(read.root->Find("a")->quoted);
    EXPECT_EQ(read.root->keys.at(1).line, 2u);
    EXPECT_EQ(map.Find("nothing"), nullptr);
}

TEST(Yaml, AliasesAnchorsTagsAndMergesAreRefused) {
    EXPECT_EQ(Ids("a: &x 1\nb: *x\n"), "E1005 E1005 ");
    EXPECT_EQ(Ids("a: !!binary aGk=\n"), "E1006 ");
    EXPECT_EQ(Ids("a: !local [1]\n"), "E1006 ");
    EXPECT_EQ(Ids("a: {<<: {b: 1}}\n"), "E1007 ");
    EXPECT_EQ(Ids("a: {'<<': 1}\n"), "");
    EXPECT_EQ(Ids("&a [*a]\n"), "E1005 E1005 ");
}

TEST(Yaml, ABillionLaughsCostNothing) {
    std::string text = "a0: &a0 [x, x]\n";
    for (int i = 1; i < 30; ++i) {
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" +
                std::to_string(i - 1) + ", *a" + std::to_string(i - 1) + "]\n";
    }
    EXPECT_NE(Ids(text).find("E1005"), std::string::npos);
}

TEST(Yaml, DuplicateKeysAreReportedAllAtOnce) {
    const YamlText read = ReadYaml("a: 1\nb: {x: 1, x: 2}\na: [3]\n", "f.yaml");
    ASSERT_EQ(read.findings.size(), 2u);
    EXPECT_EQ(read.findings[0].id, "E1008");
    EXPECT_EQ(read.findings[0].line, 2u);
    EXPECT_EQ(read.findings[0].column, 11u);
    EXPECT_EQ(read.findings[1].line, 3u);
}

TEST(Yaml, DepthIsBoundedInEveryShape) {
    const std::string deep(64, '[');
    EXPECT_EQ(Ids(deep + std::string(64, ']')), "");
    EXPECT_EQ(Ids(deep + "[" + std::string(65, ']')), "E1003 ");
    EXPECT_EQ(Ids(std::string(1'000'000, '[')), "E1003 ");
    std::string dashes;
    for (int i = 0; i < 300'000; ++i) dashes += "- ";
    EXPECT_EQ(Ids(dashes), "E1003 ");
    std::string mixed;  // Gets past the first look: yaml-cpp's own guard ends it.
    for (int i = 0; i < 150'000; ++i) mixed += "[a, ";
    EXPECT_NE(Ids(mixed).find("E100"), std::string::npos);
    std::string maps;
    for (int i = 0; i < 800; ++i) maps += std::string(i, ' ') + "a:\n";
    EXPECT_NE(Ids(maps).find("E100"), std::string::npos);
    std::string flow;
    for (int i = 0; i < 100; ++i) flow += "{a: ";
    EXPECT_NE(Ids(flow + std::string(100, '}')).find("E1003"), std::string::npos);
}

TEST(Yaml, SizeAndNumberOfNodesAreBounded) {
    EXPECT_EQ(Ids(std::string(kLimits.product_file_bytes_max + 1, 'a')), "E1002 ");
    std::string many = "[";
    for (uint32_t i = 0; i < kLimits.yaml_nodes_max; ++i) many += "1,";
    EXPECT_EQ(Ids(many + "]"), "E1004 ");
}

TEST(Yaml, BrokenTextHasAPlace) {
    const YamlText read = ReadYaml("a: [1, 2\nb: 3\n", "f.yaml");
    ASSERT_EQ(read.findings.size(), 1u);
    EXPECT_EQ(read.findings[0].id, "E1001");
    EXPECT_EQ(read.findings[0].line, 2u);
    EXPECT_EQ(Ids("a: \"unfinished"), "E1001 ");
    EXPECT_EQ(Ids("\xFF\xFE"
                  "a"),
              "E1009 ");
    EXPECT_EQ(Ids(std::string("a: \0", 4)), "E1009 ");
    EXPECT_EQ(Ids("a: 1\n---\nb: 2\n"), "E1010 ");
    EXPECT_EQ(Ids("? [a]\n: 1\n"), "E1003 ");
    EXPECT_EQ(Ids(""), "");
}

TEST(Yaml, ScalarsReadBackAsTheyAre) {
    for (const std::string text :
         {"plain", "", " x ", "null", "True", "12", "a: b", "#x", "it's \"q\"\\", "line\nline\x7F",
          "- a", "*x", "ä€", "a b", "@x", "%x", "...", "-"}) {
        const YamlText read = ReadYaml("k: " + YamlScalar(text) + "\n", "f.yaml");
        ASSERT_TRUE(read.root) << text;
        EXPECT_EQ(read.root->Find("k")->text, text);
        EXPECT_EQ(read.root->Find("k")->kind, Yaml::Kind::kText) << text;
    }
    EXPECT_EQ(YamlScalar("order_id"), "order_id");
}

}  // namespace
}  // namespace weft::model
