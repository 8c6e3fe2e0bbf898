#include "model/compatibility.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "model/folder.h"

namespace weft::model {
namespace {

Product Make(std::string_view columns, std::string_view version = "1.4.2") {
    const Parsed parsed =
        ParseProduct({"",
                      {{"product.yaml",
                        "apiVersion: weft/v1\nkind: DataProduct\ndomain: d\nname: p\nversion: " +
                            std::string(version) +
                            "\nteam: {name: t}\noutputPorts:\n  - sql: SELECT 1\n    columns: {" +
                            std::string(columns) + "}\n"}}});
    if (!parsed.product) ADD_FAILURE() << parsed.findings.at(0).message;
    Product nothing;
    nothing.output_ports.emplace_back();
    return parsed.product.value_or(nothing);
}

std::vector<ColumnChange> Changes(std::string_view before, std::string_view after) {
    return CompareContracts(Make(before).output_ports.at(0), Make(after).output_ports.at(0));
}

std::string Kinds(std::string_view before, std::string_view after) {
    std::string text;
    for (const ColumnChange& change : Changes(before, after)) {
        text += std::string(text.empty() ? "" : " ") + std::string(KindName(change.kind)) +
                (change.breaking ? "!" : "");
    }
    return text;
}

TEST(Compatibility, ColumnsComeAndGo) {
    EXPECT_EQ(Kinds("a: integer", "a: integer, b: integer"), "added");
    EXPECT_EQ(Kinds("a: integer", "a: integer, b: {type: integer, required: true}"),
              "added_required");
    EXPECT_EQ(Kinds("a: integer, b: integer", "b: integer"), "removed!");
    EXPECT_EQ(Kinds("a: integer, b: integer", "b: integer, a: integer"), "");
    EXPECT_EQ(Kinds("a: integer", ""), "");
}

TEST(Compatibility, RenamesKeepTheirHistory) {
    EXPECT_EQ(Kinds("a: integer", "b: {type: integer, was: a}"), "renamed!");
    EXPECT_EQ(Kinds("a: integer", "b: {type: bigint, was: a}"), "renamed! widened");
    EXPECT_EQ(Kinds("b: {type: integer, was: a}", "b: {type: integer, was: a}"), "");
    EXPECT_EQ(Kinds("a: integer", "b: integer"), "added removed!");
    EXPECT_EQ(Kinds("a: integer", "A: integer"), "renamed!");
}

TEST(Compatibility, TypesWidenInOneDirection) {
    EXPECT_EQ(Kinds("a: integer", "a: bigint"), "widened");
    EXPECT_EQ(Kinds("a: bigint", "a: integer"), "narrowed!");
    EXPECT_EQ(Kinds("a: varchar", "a: date"), "type_changed!");
    EXPECT_EQ(Kinds("a: \"decimal(5,2)\"", "a: \"decimal(9,2)\""), "widened");
    EXPECT_EQ(Kinds("a: \"decimal(5,2)\"", "a: \"decimal(9,3)\""), "type_changed!");
    EXPECT_EQ(Kinds("a: ", "a: date"), "");
}

TEST(Compatibility, PromisesMayGrowButNotShrink) {
    EXPECT_EQ(Kinds("a: integer", "a: {type: integer, required: true}"), "required_added");
    EXPECT_EQ(Kinds("a: {type: integer, required: true}", "a: integer"), "required_removed!");
    EXPECT_EQ(Kinds("a: {type: integer, unique: true}", "a: integer"), "unique_removed!");
    EXPECT_EQ(Kinds("a: integer", "a: {type: integer, primaryKey: true}"), "key_added");
    EXPECT_EQ(Kinds("a: {type: integer, primaryKey: true}", "a: integer"), "key_removed!");
    const auto rule = [](std::string_view before, std::string_view after) {
        return Kinds("a: {type: integer, quality: {" + std::string(before) + "}}",
                     "a: {type: integer, quality: {" + std::string(after) + "}}");
    };
    EXPECT_EQ(rule("minimum: 0", "minimum: 1"), "quality_tightened");
    EXPECT_EQ(rule("minimum: 9", "minimum: 10"), "quality_tightened");
    EXPECT_EQ(rule("minimum: 0", "minimum: -1"), "quality_loosened!");
    EXPECT_EQ(rule("maximum: 9", "maximum: 10"), "quality_loosened!");
    EXPECT_EQ(rule("minimum: 0", "exclusiveMinimum: 0"), "quality_tightened");
    EXPECT_EQ(rule("minimum: 0", "minimum: 0, maximum: 5"), "quality_tightened");
    EXPECT_EQ(rule("enum: [1, 2]", "enum: [2, 1, 3]"), "quality_loosened!");
    EXPECT_EQ(rule("enum: [1, 2]", "enum: [1]"), "quality_tightened");
    EXPECT_EQ(rule("minimum: 0", "minimum: 0"), "");
}

TEST(Compatibility, MasksChangeWhatReadersGet) {
    EXPECT_EQ(Kinds("a: varchar", "a: {type: varchar, mask: show-last-4}"), "mask_added!");
    EXPECT_EQ(Kinds("a: {type: varchar, mask: show-last-4}", "a: varchar"), "mask_removed");
    EXPECT_EQ(Kinds("a: varchar", "a: {type: varchar, description: x}"), "documentation");
}

TEST(Compatibility, TheVersionMustSaySo) {
    const auto check = [](std::string_view before, std::string_view after,
                          std::string_view version) {
        const Product a = Make(before);
        const Product b = Make(after, version);
        const auto finding =
            CheckVersion(a, b, CompareContracts(a.output_ports.at(0), b.output_ports.at(0)));
        if (!finding) return std::string();
        EXPECT_EQ(finding->line, 5u);
        return finding->id + " " + finding->help;
    };
    EXPECT_EQ(check("a: integer", "b: integer", "1.5.0"), "E1301 write `version: 2.0.0`");
    EXPECT_EQ(check("a: integer", "b: integer", "2.0.0"), "");
    EXPECT_EQ(check("a: integer", "a: bigint", "1.4.2"), "E1303 write `version: 1.5.0`");
    EXPECT_EQ(check("a: integer", "a: bigint", "1.4.3"), "E1303 write `version: 1.5.0`");
    EXPECT_EQ(check("a: integer", "a: bigint", "1.5.0"), "");
    EXPECT_EQ(check("a: integer", "a: integer", "1.4.2"), "");
    EXPECT_EQ(check("a: integer", "a: integer", "1.4.1"), "E1304 write `version: 1.4.2`");
    EXPECT_EQ(check("a: integer", "a: {type: integer, description: x}", "1.4.2"), "");
}

TEST(Compatibility, EveryChangeReadsAsASentence) {
    const auto changes = Changes("a: integer", "b: {type: bigint, was: a}");
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_EQ(Describe(changes[0]), "column `b` renamed from `a`");
    EXPECT_EQ(Describe(changes[1]), "column `b` widened from integer to bigint");
    EXPECT_EQ(RequiredBump(changes), Bump::kMajor);
    EXPECT_EQ(RequiredBump({}), Bump::kNone);
}

}  // namespace
}  // namespace weft::model
