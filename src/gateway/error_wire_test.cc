#include "gateway/error_wire.h"

#include <gtest/gtest.h>

namespace weft::gateway {
namespace {

TEST(ErrorWire, FinerSqlstateDecidesInBothWorlds) {
    const Error plain{Code::kDenied, "no", {}, {}, {}};
    EXPECT_EQ(SqlstateOf(plain), "42501");
    EXPECT_EQ(HttpStatusOf(plain), 403);
    const Error login{Code::kDenied, "no", {}, "28P01", {}};
    EXPECT_EQ(SqlstateOf(login), "28P01");
    EXPECT_EQ(HttpStatusOf(login), 401);
    const Error missing{Code::kNotFound, "no", {}, "42P01", {}};
    EXPECT_EQ(HttpStatusOf(missing), 404);
}

TEST(ErrorWire, ProblemCarriesFindingsAndRequestId) {
    Error error{Code::kInvalid, "two problems", {}, {}, "read them"};
    error.findings.push_back({Finding::Severity::kError, "E1207", "p/product.yaml", 13, 7, 11,
                              "unknown column", "one of: a, b", "did you mean a?"});
    const auto problem = ParseJson(ProblemJson(error, "r1"));
    ASSERT_TRUE(problem);
    EXPECT_EQ(JsonInt(*problem, "status"), 400);
    EXPECT_EQ(JsonString(*problem, "code"), "invalid");
    EXPECT_EQ(JsonString(*problem, "detail"), "two problems");
    EXPECT_EQ(JsonString(*problem, "hint"), "read them");
    EXPECT_EQ(JsonString(*problem, "request_id"), "r1");
    const Json& finding = (*problem)["findings"][0];
    EXPECT_EQ(JsonString(finding, "id"), "E1207");
    EXPECT_EQ(JsonInt(finding, "line"), 13);
    EXPECT_EQ(JsonInt(finding, "length"), 11);
    EXPECT_EQ(JsonString(finding, "severity"), "error");
}

TEST(ErrorWire, PgErrorHasSeverityTwiceCodeMessageHintAndPosition) {
    Error error{Code::kInvalid, "syntax error", {}, "42601", "look there"};
    Finding finding;
    finding.column = 8;
    error.findings.push_back(finding);
    engine::PgWriter out;
    AppendPgError(out, error, false);
    const std::string expected =
        std::string("SERROR\0VERROR\0C42601\0Msyntax error\0Hlook there\0P8\0", 50) + '\0';
    ASSERT_GT(out.buffer().size(), 5u);
    EXPECT_EQ(out.buffer()[0], 'E');
    EXPECT_EQ(out.buffer().substr(5), expected);
    EXPECT_EQ(static_cast<unsigned char>(out.buffer()[4]), out.buffer().size() - 1);
}

}  // namespace
}  // namespace weft::gateway
