#include "model/finding_ids.h"

#include <gtest/gtest.h>

namespace weft::model {
namespace {

TEST(FindingIds, AreSortedAndEachHasAText) {
    std::string_view before;
    for (const FindingId& id : FindingIds()) {
        EXPECT_LT(before, id.id);
        EXPECT_GT(id.text.size(), 20u) << id.id;
        EXPECT_FALSE(id.title.empty()) << id.id;
        before = id.id;
    }
}

TEST(FindingIds, AreFoundInAnyCase) {
    ASSERT_NE(FindFindingId("e1207"), nullptr);
    EXPECT_EQ(FindFindingId("E1207")->title, "column is not produced by the query");
    EXPECT_EQ(FindFindingId("E9999"), nullptr);
    EXPECT_EQ(FindFindingId(""), nullptr);
}

}  // namespace
}  // namespace weft::model
