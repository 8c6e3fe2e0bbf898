#include "gateway/metrics.h"

#include <gtest/gtest.h>

namespace weft::gateway {
namespace {

TEST(Metrics, StatementsAreCountedByPathResultAndTime) {
    Metrics metrics;
    metrics.CountStatement(Path::kPostgres, Outcome::kOk, 3'000, 100);
    metrics.CountStatement(Path::kPostgres, Outcome::kOk, 60'000, 11);
    metrics.CountStatement(Path::kHttp, Outcome::kCancelled, 1, 0);
    const std::string text =
        metrics.Text({.workers = 2, .runs = 1, .products = 7, .state_version = 9});
    EXPECT_NE(text.find("weft_statements_total{path=\"postgres\",result=\"ok\"} 2\n"),
              std::string::npos);
    EXPECT_NE(text.find("weft_statements_total{path=\"http\",result=\"cancelled\"} 1\n"),
              std::string::npos);
    EXPECT_NE(text.find("_bucket{path=\"postgres\",le=\"0.001\"} 0\n"), std::string::npos);
    EXPECT_NE(text.find("_bucket{path=\"postgres\",le=\"0.005\"} 1\n"), std::string::npos);
    EXPECT_NE(text.find("_bucket{path=\"postgres\",le=\"0.1\"} 2\n"), std::string::npos);
    EXPECT_NE(text.find("weft_statement_duration_seconds_sum{path=\"postgres\"} 0.063000\n"),
              std::string::npos);
    EXPECT_NE(text.find("weft_result_bytes_total{path=\"postgres\"} 111\n"), std::string::npos);
    EXPECT_NE(text.find("weft_workers 2\n"), std::string::npos);
    EXPECT_NE(text.find("weft_products 7\n"), std::string::npos);
    EXPECT_GT(ResidentBytes(), 1'000'000u);
}

}  // namespace
}  // namespace weft::gateway
