#include "iceberg/scan.h"

#include <limits>

#include "iceberg/table_test.h"

namespace weft::iceberg {
namespace {

using Op = Comparison::Op;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

DataFile OneColumn(std::optional<std::string> lower, std::optional<std::string> upper,
                   int64_t nans = -1) {
    DataFile file;
    file.record_count = 10;
    file.last_column_id = 1;
    file.columns.push_back({1, -1, 10, 0, nans, std::move(lower), std::move(upper)});
    return file;
}

bool May(const DataFile& file, const char* type, Op op, std::vector<std::string> values) {
    Columns columns;
    columns.fields.push_back({1, "c", ParseDataType(type).value(), {}, false, ""});
    columns.fields.push_back({2, "later", ParseDataType(type).value(), {}, false, ""});
    const std::vector<Comparison> comparisons{{1, op, std::move(values)}};
    return MayMatch(file, columns, comparisons);
}

TEST(Scan, ComparisonsAtTheEdgesOfTheBounds) {
    const DataFile file =
        OneColumn(EncodeInt32(10), EncodeInt32(20));  // Old width, column is bigint.
    const auto may = [&](Op op, int64_t value) {
        return May(file, "bigint", op, {EncodeInt64(value)});
    };
    EXPECT_FALSE(may(Op::kEqual, 9));
    EXPECT_TRUE(may(Op::kEqual, 10));
    EXPECT_TRUE(may(Op::kEqual, 20));
    EXPECT_FALSE(may(Op::kEqual, 21));
    EXPECT_FALSE(may(Op::kLess, 10));
    EXPECT_TRUE(may(Op::kLess, 11));
    EXPECT_FALSE(may(Op::kLessEqual, 9));
    EXPECT_TRUE(may(Op::kLessEqual, 10));
    EXPECT_FALSE(may(Op::kGreater, 20));
    EXPECT_TRUE(may(Op::kGreater, 19));
    EXPECT_FALSE(may(Op::kGreaterEqual, 21));
    EXPECT_TRUE(may(Op::kGreaterEqual, 20));
    EXPECT_TRUE(May(file, "bigint", Op::kIn, {EncodeInt64(1), EncodeInt64(15)}));
    EXPECT_FALSE(May(file, "bigint", Op::kIn, {EncodeInt64(1), EncodeInt64(25)}));
    EXPECT_TRUE(May(file, "bigint", Op::kEqual, {"odd bytes"}));
}

TEST(Scan, UnknownMeansRead) {
    const DataFile none = OneColumn(std::nullopt, std::nullopt);
    EXPECT_TRUE(May(none, "bigint", Op::kEqual, {EncodeInt64(1)}));
    const DataFile uuid = OneColumn(std::string(16, '\x10'), std::string(16, '\x20'));
    EXPECT_TRUE(May(uuid, "uuid", Op::kEqual, {std::string(16, '\x30')}));
    DataFile wrong = OneColumn("xyz", "xyz");
    EXPECT_TRUE(May(wrong, "bigint", Op::kEqual, {EncodeInt64(1)}));
    wrong.columns.clear();
    EXPECT_TRUE(May(wrong, "bigint", Op::kEqual, {EncodeInt64(1)}));
    EXPECT_TRUE(May(wrong, "bigint", Op::kIsNull, {}));
}

TEST(Scan, NanIsTheGreatestNumberAndZerosAreEqual) {
    const DataFile may_have = OneColumn(EncodeFloat(1), EncodeFloat(2));
    const DataFile has_none = OneColumn(EncodeFloat(1), EncodeFloat(2), 0);
    EXPECT_TRUE(May(may_have, "double", Op::kGreater, {EncodeDouble(5)}));
    EXPECT_FALSE(May(has_none, "double", Op::kGreater, {EncodeDouble(5)}));
    EXPECT_FALSE(May(may_have, "double", Op::kEqual, {EncodeDouble(5)}));
    EXPECT_TRUE(May(may_have, "double", Op::kEqual, {EncodeDouble(kNan)}));
    EXPECT_FALSE(May(has_none, "double", Op::kEqual, {EncodeDouble(kNan)}));
    EXPECT_TRUE(May(has_none, "double", Op::kLess, {EncodeDouble(kNan)}));
    EXPECT_FALSE(May(may_have, "double", Op::kGreater, {EncodeDouble(kNan)}));
    const DataFile nan_bounds = OneColumn(EncodeDouble(kNan), EncodeDouble(kNan));
    EXPECT_TRUE(May(nan_bounds, "double", Op::kEqual, {EncodeDouble(1)}));
    const DataFile zero = OneColumn(EncodeDouble(0.0), EncodeDouble(0.0), 0);
    EXPECT_TRUE(May(zero, "double", Op::kEqual, {EncodeDouble(-0.0)}));
    EXPECT_FALSE(May(zero, "double", Op::kLess, {EncodeDouble(-0.0)}));
}

TEST(Scan, NullsMatchNothingButIsNull) {
    DataFile file = OneColumn(EncodeInt64(1), EncodeInt64(2));
    EXPECT_FALSE(May(file, "bigint", Op::kIsNull, {}));
    EXPECT_TRUE(May(file, "bigint", Op::kIsNotNull, {}));
    file.columns[0].null_count = 10;
    file.columns[0].lower.reset();
    file.columns[0].upper.reset();
    EXPECT_TRUE(May(file, "bigint", Op::kIsNull, {}));
    EXPECT_FALSE(May(file, "bigint", Op::kIsNotNull, {}));
    EXPECT_FALSE(May(file, "bigint", Op::kEqual, {EncodeInt64(1)}));
    file.columns[0].null_count = -1;
    EXPECT_TRUE(May(file, "bigint", Op::kIsNull, {}));
}

TEST(Scan, AColumnYoungerThanTheFileIsAllNull) {
    const DataFile file = OneColumn(EncodeInt64(1), EncodeInt64(2));
    Columns columns;
    columns.fields.push_back({2, "later", ParseDataType("bigint").value(), {}, false, ""});
    const auto may = [&](Op op, std::vector<std::string> values) {
        const std::vector<Comparison> comparisons{{2, op, std::move(values)}};
        return MayMatch(file, columns, comparisons);
    };
    EXPECT_TRUE(may(Op::kIsNull, {}));
    EXPECT_FALSE(may(Op::kIsNotNull, {}));
    EXPECT_FALSE(may(Op::kEqual, {EncodeInt64(1)}));
}

TEST_F(TableTest, ScanPrunesAndAWarmTableNeedsNoInput) {
    ASSERT_TRUE(Append({File("a", 1, 10)}));
    ASSERT_TRUE(Append({File("b", 11, 20)}));
    const std::vector<Comparison> where{{1, Op::kGreater, {EncodeInt32(15)}}};
    EXPECT_EQ(Names(where), std::set<std::string>{"b"});
    const uint64_t misses = cache_.misses();
    EXPECT_EQ(Names(where), std::set<std::string>{"b"});
    EXPECT_EQ(cache_.misses(), misses);
    EXPECT_EQ(PlanScan(cache_, table_, 5, {}).error().code, Code::kNotFound);
}

TEST_F(TableTest, CacheKeepsOnlyTheNewestDocumentsOfATable) {
    Cache cache;
    for (int i = 0; i < 30; ++i) {
        ASSERT_TRUE(Append({File("f" + std::to_string(i), i, i)}));
        ASSERT_TRUE(cache.Metadata(location_));
    }
    EXPECT_LE(cache.bytes(), 4 * 8 * std::filesystem::file_size(location_));
    const uint64_t misses = cache.misses();
    ASSERT_TRUE(cache.Metadata(location_));
    EXPECT_EQ(cache.misses(), misses);
}

TEST_F(TableTest, CacheStaysWithinItsBudget) {
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(Append({File("f" + std::to_string(i), i, i)}));
    Cache small(2'000);
    ASSERT_EQ(PlanScan(small, table_, 0, {}).value().size(), 20u);
    EXPECT_LE(small.bytes(), 2'000u);
    EXPECT_GT(small.bytes(), 0u);
}

}  // namespace
}  // namespace weft::iceberg
