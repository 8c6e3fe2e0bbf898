#include "model/draft.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/folder.h"

namespace weft::model {
namespace {

// As a look at planes.csv of the nycflights13 data gives it.
constexpr std::string_view kPlanes = R"({
  "file": "/data/flights/planes.csv", "rows": 3322, "format": "csv", "delimiter": ",",
  "header": true, "gzip": false, "nulls": ["NA"],
  "columns": [
    {"name": "tailnum", "type": "varchar", "nulls": 0, "distinct": 3322, "unique": true,
     "min": "N10156", "max": "N999DN", "max_length": 6, "samples": ["N10156", "N102UW"]},
    {"name": "year", "type": "bigint", "nulls": 70, "distinct": 46, "unique": false,
     "min": "1956", "max": "2013", "max_length": 0, "samples": ["2004"]},
    {"name": "offset_hours", "type": "double", "nulls": 0, "distinct": 9, "unique": false,
     "min": "-8", "max": "-5", "samples": []},
    {"name": "Owner E-Mail", "type": "varchar", "nulls": 3, "distinct": 9, "unique": false,
     "min": "a@x.org", "max": "z@x.org", "max_length": 20, "samples": ["a@x.org", "z@x.org"]}
  ]})";

Profile Planes() { return ParseProfile(ParseJson(kPlanes).value()).value(); }

TEST(Draft, ParsesAsItIsAndPromisesOnlyWhatHolds) {
    const std::string text = DraftProduct(Planes(), {"carriers", "planes"}).value();
    const Parsed parsed = ParseProduct({"planes", {{"product.yaml", text}}});
    ASSERT_TRUE(parsed.product) << text;
    EXPECT_LE(parsed.findings.size(), 3u);
    EXPECT_GE(parsed.findings.size(), 1u);
    for (const Finding& finding : parsed.findings) EXPECT_EQ(finding.id, "W1001") << text;
    const Product& product = *parsed.product;
    EXPECT_EQ(product.FullName(), "carriers.planes");
    EXPECT_EQ(product.team.name, "carriers-team");
    EXPECT_EQ(product.input_ports.at(0).file, "/data/flights/planes.csv");
    EXPECT_EQ(product.input_ports.at(0).nulls, std::vector<std::string>{"NA"});
    const OutputPort& port = product.output_ports.at(0);
    ASSERT_EQ(port.columns.size(), 4u);
    EXPECT_TRUE(port.columns[0].primary_key && port.columns[0].required);
    EXPECT_FALSE(port.columns[1].required);
    EXPECT_EQ(port.columns[1].quality.minimum, "0");
    EXPECT_TRUE(port.columns[2].required);
    EXPECT_FALSE(port.columns[2].quality.minimum);
    EXPECT_FALSE(port.HasReadRules()) << "guesses mask nothing";
    EXPECT_EQ(port.columns[3].name, "Owner E-Mail");
    EXPECT_EQ(port.columns[3].classification, "");
}

TEST(Draft, PersonalDataIsAGuessInAComment) {
    const std::string text = DraftProduct(Planes(), {"carriers", "planes"}).value();
    const size_t guess = text.find("# personal data?");
    ASSERT_NE(guess, std::string::npos) << text;
    const size_t begin = text.rfind('\n', guess) + 1;
    EXPECT_TRUE(text.substr(begin).starts_with("      Owner E-Mail: {")) << text;
    EXPECT_EQ(text.find("# personal data?", guess + 1), std::string::npos) << "one guess only";
}

TEST(Draft, KeysNeedUniqueAndCompleteColumns) {
    Profile profile = Planes();
    profile.columns[0].null_count = 1;
    const std::string text = DraftProduct(profile, {"carriers", "planes"}).value();
    EXPECT_EQ(text.find("primaryKey"), std::string::npos);
    profile.columns[0].null_count = 0;
    profile.columns[1].unique = true;
    profile.columns[1].null_count = 0;
    profile.columns[1].name = "plane_id";
    EXPECT_NE(DraftProduct(profile, {"carriers", "planes"})
                  .value()
                  .find("plane_id: {type: bigint, primaryKey: true"),
              std::string::npos);
}

TEST(Draft, HostileProfilesStayText) {
    Profile profile = Planes();
    profile.file = "/data/a \"b\"\n- c: TODO.csv";
    profile.columns[1].name = "x: {type: y}\n#";
    profile.columns[2].name = "null";
    profile.columns[2].min = "nan";
    profile.nulls = {"NULL", "\"", "-99"};
    profile.delimiter = ';';
    const auto text = DraftProduct(profile, {"carriers", "planes"});
    EXPECT_FALSE(text) << "a newline cannot be part of a column's name";
    profile.columns[1].name = "x: {type: y} #";
    profile.file = "/data/a \"b\" - c: d.csv";
    const Parsed parsed = ParseProduct(
        {"", {{"product.yaml", DraftProduct(profile, {"carriers", "planes"}).value()}}});
    ASSERT_TRUE(parsed.product);
    EXPECT_EQ(parsed.product->input_ports[0].file, profile.file);
    EXPECT_EQ(parsed.product->input_ports[0].nulls, profile.nulls);
    EXPECT_EQ(parsed.product->input_ports[0].delimiter, ';');
    EXPECT_EQ(parsed.product->output_ports[0].columns[1].name, profile.columns[1].name);
    EXPECT_FALSE(DraftProduct(Planes(), {"Carriers", "planes"}));
}

TEST(Draft, ProfilesReadBackAsTheyAreWritten) {
    const Json json = ToJson(Planes());
    EXPECT_EQ(DumpJson(ToJson(ParseProfile(json).value())), DumpJson(json));
    EXPECT_EQ(JsonInt(json, "rows"), 3322);
    for (const auto* text : {"[]", "{}", R"({"columns":[]})", R"({"columns":[{"name":"a"}]})",
                             R"({"columns":[{"name":"a","type":"x"}]})",
                             R"({"format":"xml","columns":[{"name":"a","type":"date"}]})"}) {
        EXPECT_FALSE(ParseProfile(ParseJson(text).value())) << text;
    }
}

}  // namespace
}  // namespace weft::model
