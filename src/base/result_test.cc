#include "base/result.h"

#include <gtest/gtest.h>

#include <set>

namespace weft {
namespace {

Result<int> Half(int value) {
    if (value % 2 != 0) return Fail(Code::kInvalid, "odd", "give an even number");
    return value / 2;
}

Result<int> Quarter(int value) { return TRY(Half(TRY(Half(value)))); }

TEST(Result, TryYieldsTheValueOrReturnsTheError) {
    EXPECT_EQ(Quarter(8), 2);
    ASSERT_FALSE(Quarter(6));
    EXPECT_EQ(Quarter(6).error().message, "odd");
    EXPECT_EQ(Quarter(6).error().hint, "give an even number");
}

TEST(Result, EveryCodeHasItsOwnName) {
    std::set<std::string> names;
    for (size_t i = 0; i < static_cast<size_t>(Code::kCount); ++i)
        names.insert(CodeName(static_cast<Code>(i)));
    EXPECT_EQ(names.size(), static_cast<size_t>(Code::kCount));
    EXPECT_EQ(CodeName(Code::kUnknownOutcome), "unknown_outcome");
}

}  // namespace
}  // namespace weft
