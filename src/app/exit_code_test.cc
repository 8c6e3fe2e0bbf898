#include "app/exit_code.h"

#include <gtest/gtest.h>

namespace weft::app {
namespace {

Error With(Code code, std::vector<Finding> findings = {}, std::string sqlstate = {}) {
    return {code, "x", std::move(findings), std::move(sqlstate), {}};
}
Finding Named(std::string id, Finding::Severity severity = Finding::Severity::kError) {
    Finding finding;
    finding.id = std::move(id);
    finding.severity = severity;
    return finding;
}

TEST(ExitCode, FollowsTheContract) {
    EXPECT_EQ(ExitCodeOf(With(Code::kInvalid)), 2);
    EXPECT_EQ(ExitCodeOf(With(Code::kDenied, {}, "28P01")), 4);
    EXPECT_EQ(ExitCodeOf(With(Code::kDenied)), 5);
    EXPECT_EQ(ExitCodeOf(With(Code::kConflict)), 6);
    EXPECT_EQ(ExitCodeOf(With(Code::kExists)), 6);
    EXPECT_EQ(ExitCodeOf(With(Code::kNotFound)), 7);
    EXPECT_EQ(ExitCodeOf(With(Code::kUnavailable)), 9);
    EXPECT_EQ(ExitCodeOf(With(Code::kInvalid, {}, "57014")), 9);
}

TEST(ExitCode, OnlyVersionsSayBreaking) {
    EXPECT_EQ(ExitCodeOf(With(Code::kInvalid, {Named("E1301")})), 8);
    EXPECT_EQ(ExitCodeOf(With(Code::kInvalid, {Named("E1301"), Named("W1001", Finding::Severity::kWarning)})), 8);
    EXPECT_EQ(ExitCodeOf(With(Code::kInvalid, {Named("E1301"), Named("E1201")})), 2);
    EXPECT_EQ(ExitCodeOf(With(Code::kInvalid, {Named("E2020")})), 2);
}

TEST(ExitCode, EveryCodeNameLeadsBack) {
    for (int i = 0; i < static_cast<int>(Code::kCount); ++i)
        EXPECT_EQ(CodeOf(CodeName(static_cast<Code>(i))), static_cast<Code>(i));
    EXPECT_EQ(CodeOf("nonsense"), Code::kInvalid);
}

}  // namespace
}  // namespace weft::app
