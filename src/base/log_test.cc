#include "base/log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"

namespace weft {
namespace {

class Log : public testing::Test {
  protected:
    void TearDown() override { SetLog({}); }
    static std::string Captured(LogLevel level, std::string_view message) {
        testing::internal::CaptureStderr();
        LogLine(level, "area", message);
        return testing::internal::GetCapturedStderr();
    }
};

TEST_F(Log, TextIsOneLineWhateverTheMessage) {
    const std::string line = Captured(LogLevel::kWarn, "a\nforged\x1b[31m");
    EXPECT_TRUE(line.ends_with("Z warn  area: a\\x0aforged\\x1b[31m\n")) << line;
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

TEST_F(Log, JsonIsOneObjectPerLine) {
    SetLog({.level = LogLevel::kDebug, .json = true});
    const std::string line = Captured(LogLevel::kDebug, "say \"hi\"\n");
    const Json record = ParseJson(line).value();
    EXPECT_EQ(JsonString(record, "level"), "debug");
    EXPECT_EQ(JsonString(record, "message"), "say \"hi\"\n");
    EXPECT_TRUE(record.contains("time"));
}

TEST_F(Log, LowerLevelsAreSilent) {
    EXPECT_EQ(Captured(LogLevel::kDebug, "x"), "");
    SetLog({.level = LogLevel::kError});
    EXPECT_EQ(Captured(LogLevel::kWarn, "x"), "");
}

}  // namespace
}  // namespace weft
