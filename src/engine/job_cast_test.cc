// What the fast readers take must be what DuckDB's cast says; what they leave is the cast's anyway.
#include <gtest/gtest.h>

#include <random>

#include "engine/job_cast.h"

namespace weft::engine {
namespace {

class JobCast : public testing::Test {
  protected:
    // DuckDB's own value as text, or "bad".
    std::string Cast(const std::string& text, const std::string& type, const std::string& back) {
        auto result = connection.Query("SELECT coalesce((TRY_CAST($1::VARCHAR AS " + type + ")" +
                                           back + ")::VARCHAR, 'bad')",
                                       text);
        return result->HasError() ? result->GetError()
                                  : result->Fetch()->GetValue(0, 0).ToString();
    }
    duckdb::DuckDB database{nullptr};
    duckdb::Connection connection{database};
};

TEST_F(JobCast, UsualSpellingsAreReadAsDuckDbReadsThem) {
    for (const auto* text :
         {"0", "-0", "7", "007", "-12", "999999999999999999", "1000000000000000000",
          "9223372036854775807", "+1", "1.0", "1e3", "", "-", " 1", "1x"}) {
        if (const auto value = ReadWhole(text)) {
            EXPECT_EQ(std::to_string(*value), Cast(text, "BIGINT", "")) << text;
        }
    }
    EXPECT_TRUE(ReadWhole("999999999999999999"));
    EXPECT_FALSE(ReadWhole("1000000000000000000"));  // The cast's.
    EXPECT_FALSE(ReadWhole("1.0"));
    for (const auto* text : {"2025-01-31", "2024-02-29", "2023-02-29", "0001-01-01", "9999-12-31",
                             "0000-01-01", "2025-1-1", "1969-12-31", "2025-13-01", "2025-01-31x"}) {
        const auto value = ReadDate(text);
        if (value) {
            EXPECT_EQ(std::to_string(*value), Cast(text, "DATE", " - DATE '1970-01-01'")) << text;
        }
        EXPECT_EQ(value.has_value(), Cast(text, "DATE", "") == text) << text;
    }
}

TEST_F(JobCast, TimesAreReadAsDuckDbReadsThem) {
    connection.Query("SET TimeZone = 'UTC'");
    const auto epoch = [&](const std::string& text, const std::string& type) {
        auto result =
            connection.Query("SELECT epoch_us(TRY_CAST($1::VARCHAR AS " + type + "))", text);
        return result->Fetch()->GetValue(0, 0).ToString();
    };
    for (const auto* text :
         {"2025-01-31T12:00:00Z", "2025-01-31 12:00:00.5Z", "2025-01-31T12:00:00.123456Z",
          "1969-12-31T23:59:59.999999Z", "2025-01-31T00:30:00+01:00", "2025-01-31T12:00:00-05:30",
          "2025-01-31T12:00:00+14:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}) {
        const auto value = ReadTimestamp(text, true);
        ASSERT_TRUE(value) << text;
        EXPECT_EQ(std::to_string(*value), epoch(text, "TIMESTAMPTZ")) << text;
    }
    for (const auto* text : {"2025-01-31T12:00:00", "2025-01-31 12:00:00.25"}) {
        EXPECT_FALSE(ReadTimestamp(text, true)) << text;  // The session's zone decides.
        EXPECT_EQ(std::to_string(*ReadTimestamp(text, false)), epoch(text, "TIMESTAMP")) << text;
    }
    for (const auto* text :
         {"2025-01-31T24:00:00Z", "2025-01-31T12:60:00Z", "2025-01-31T12:00:00.Z",
          "2025-02-30T1:0:0Z", "2025-01-31T12:00:00.1234567Z", "2025-01-31T12:00Z",
          "2025-01-31T12:00:00+1", ""}) {
        EXPECT_FALSE(ReadTimestamp(text, true)) << text;
    }
    EXPECT_FALSE(ReadTimestamp("2025-01-31T12:00:00Z", false));
}

TEST_F(JobCast, RandomNumbersAreExact) {
    const uint32_t seed = 20'250'131;
    std::mt19937_64 random(seed);
    const std::string digits = "0123456789";
    size_t read = 0;
    for (int i = 0; i < 3'000; ++i) {
        std::string text = random() % 3 == 0 ? "-" : "";
        const auto add = [&](size_t most) {
            for (size_t n = random() % (most + 1); n > 0; --n) text += digits[random() % 10];
        };
        text += digits[random() % 10];
        add(12);
        if (random() % 2 == 0) text += '.', add(6);
        if (const auto value = ReadDecimal(text, 14, 4)) {
            EXPECT_EQ(Cast(text, "DECIMAL(14,4)", ""),
                      duckdb::Value::DECIMAL(*value, 14, 4).ToString())
                << text << " seed " << seed;
            ++read;
        }
        if (random() % 4 == 0) text += "e" + std::to_string(static_cast<int>(random() % 600) - 300);
        if (const auto value = ReadDouble(text)) {
            EXPECT_EQ(Cast(text, "DOUBLE", ""), duckdb::Value::DOUBLE(*value).ToString())
                << text << " seed " << seed;
            ++read;
        }
    }
    EXPECT_GT(read, 3'000u);
    for (const auto* text : {"inf", "nan", "0x1p3", "", "-", ".5", "1e999", "1e"})
        EXPECT_FALSE(ReadDouble(text)) << text;
}

}  // namespace
}  // namespace weft::engine
