#include "engine/job_guess.h"

#include <gtest/gtest.h>

namespace weft::engine {
namespace {

std::string TypeOf(const std::vector<std::string>& texts,
                   const std::vector<std::string>& nulls = {}) {
    ColumnGuess guess;
    for (const auto& text : texts) guess.Add(text);
    return ToString(guess.Finish(nulls).type);
}

TEST(JobGuess, TypeFitsEveryValue) {
    EXPECT_EQ(TypeOf({"1", "-20", "0"}), "bigint");
    EXPECT_EQ(TypeOf({"1", "9223372036854775808"}), "decimal(38,0)");
    EXPECT_EQ(TypeOf({"12.50", "3.00"}), "decimal(18,2)");
    EXPECT_EQ(TypeOf({"12.50", "3"}), "double");
    EXPECT_EQ(TypeOf({"39.02", "64.4"}), "double");
    EXPECT_EQ(TypeOf({"1e3", "2"}), "double");
    EXPECT_EQ(TypeOf({"true", "FALSE"}), "boolean");
    EXPECT_EQ(TypeOf({"2024-02-29", "2013-01-01"}), "date");
    EXPECT_EQ(TypeOf({"2013-02-29"}), "varchar");
    EXPECT_EQ(TypeOf({"2013-01-01", "2013-01-01T05:00"}), "timestamp");
    EXPECT_EQ(TypeOf({"2013-01-01T05:00:00Z", "2013-01-01 05:00:00.5+02:00"}), "timestamptz");
    EXPECT_EQ(TypeOf({"05:15", "23:59:59"}), "time");
    EXPECT_EQ(TypeOf({"a8763980-bacb-4a57-80ec-1e072f25e02b"}), "uuid");
    EXPECT_EQ(TypeOf({}), "varchar");
}

TEST(JobGuess, CodesWithLeadingZerosStayText) {
    EXPECT_EQ(TypeOf({"00501", "10001"}), "varchar");
    EXPECT_EQ(TypeOf({"+4930123"}), "varchar");
    EXPECT_EQ(TypeOf({"1,000"}), "varchar");
    EXPECT_EQ(TypeOf({"0.5", "-0.5"}), "double");
}

TEST(JobGuess, MarkersAreNullOnlyWhereTheColumnNeedsThem) {
    ColumnGuess numbers, texts;
    for (const auto* text : {"1", "NA", "3"}) numbers.Add(text);
    for (const auto* text : {"N1", "NA", "NA"}) texts.Add(text);
    EXPECT_EQ(numbers.NeededMarkers(), std::vector<std::string>{"NA"});
    EXPECT_TRUE(texts.NeededMarkers().empty());

    const auto number = numbers.Finish({"NA"});
    EXPECT_EQ(ToString(number.type), "bigint");
    EXPECT_EQ(number.nulls, 1u);
    EXPECT_EQ(number.distinct, 2u);
    EXPECT_FALSE(number.unique);

    const auto kept = texts.Finish({});
    EXPECT_EQ(kept.nulls, 0u);
    EXPECT_EQ(kept.distinct, 2u);
    EXPECT_EQ(kept.max, "NA");
    EXPECT_EQ(texts.Finish({"NA"}).nulls, 2u);
}

TEST(JobGuess, ExtremesAreOfTheType) {
    ColumnGuess guess;
    for (const auto* text : {"9", "10", "-3"}) guess.Add(text);
    const auto column = guess.Finish({});
    EXPECT_EQ(column.min, "-3");
    EXPECT_EQ(column.max, "10");
    EXPECT_TRUE(column.unique);
    EXPECT_EQ(column.max_length, 2u);
    EXPECT_EQ(column.samples, (std::vector<std::string>{"9", "10", "-3"}));
}

TEST(JobGuess, ManyDistinctValuesAreCountedWithinThreePercent) {
    ColumnGuess unique, twice;
    for (int i = 0; i < 300'000; ++i) unique.Add(std::to_string(i));
    for (int i = 0; i < 300'000; ++i) twice.Add(std::to_string(i / 2));
    EXPECT_EQ(unique.Finish({}).distinct, 300'000u);
    EXPECT_TRUE(unique.Finish({}).unique);
    EXPECT_NEAR(static_cast<double>(twice.Finish({}).distinct), 150'000.0, 4'500.0);
    EXPECT_FALSE(twice.Finish({}).unique);
}

TEST(JobGuess, JsonPartsBecomeNestedTypes) {
    ColumnGuess list, object, mixed, text;
    list.AddJson(*ParseJson("[1,2]"));
    list.AddJson(*ParseJson("[null]"));
    object.AddJson(*ParseJson(R"({"a":1,"b":["x"]})"));
    object.AddJson(*ParseJson(R"({"c":true})"));
    mixed.AddJson(*ParseJson("[1]"));
    mixed.Add("5");
    text.Add("5", true);
    EXPECT_EQ(ToString(list.Finish({}).type), "bigint[]");
    EXPECT_EQ(ToString(object.Finish({}).type), "struct(a bigint, b varchar[], c boolean)");
    EXPECT_EQ(ToString(mixed.Finish({}).type), "varchar");
    EXPECT_EQ(ToString(text.Finish({}).type), "varchar");
}

}  // namespace
}  // namespace weft::engine
