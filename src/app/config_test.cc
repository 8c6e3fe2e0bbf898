#include "app/config.h"

#include <gtest/gtest.h>

namespace weft::app {
namespace {

TEST(Config, SetsWhatItNamesAndNothingElse) {
    NodeConfig config;
    ASSERT_TRUE(ReadConfig("http: 127.0.0.1:0\nallow_files: [/a, /b]\ntls: {certificate: /c, key: /k}\n"
                           "limits: {time_ms: 5, statements_max: 3}\nlog: {format: json, level: warn}\n",
                           "weft.yaml", config));
    EXPECT_EQ(config.node.http, "127.0.0.1:0");
    EXPECT_EQ(config.node.allow_files, (std::vector<std::string>{"/a", "/b"}));
    EXPECT_EQ(config.node.tls_key, "/k");
    EXPECT_EQ(config.node.limits.time_ms, 5u);
    EXPECT_EQ(config.node.limits.statements_max, 3u);
    EXPECT_TRUE(config.log.json);
    EXPECT_EQ(config.log.level, LogLevel::kWarn);
    EXPECT_EQ(config.node.postgres, NodeOptions().postgres);
}

TEST(Config, EveryProblemIsReportedWithItsPlace) {
    NodeConfig config;
    const auto read = ReadConfig("htp: x\nlimits:\n  threads: 0\n  memory_bytes: lots\nworkers_max: -1\n", "f", config);
    ASSERT_FALSE(read);
    const auto& findings = read.error().findings;
    ASSERT_EQ(findings.size(), 4u);
    EXPECT_EQ(findings[0].id, "E1101");
    EXPECT_NE(findings[0].help.find("http"), std::string::npos);
    EXPECT_EQ(findings[1].line, 3u);
    EXPECT_EQ(findings[2].line, 4u);
    EXPECT_EQ(findings[3].line, 5u);
}

TEST(Config, ACommentedFileIsEmpty) {
    NodeConfig config;
    EXPECT_TRUE(ReadConfig("# http: x\n", "f", config));
    EXPECT_FALSE(ReadConfig("- a\n", "f", config));
}

}  // namespace
}  // namespace weft::app
