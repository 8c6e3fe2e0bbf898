#include "engine/format_text.h"

#include <gtest/gtest.h>

#include "duckdb/main/query_result_stream.hpp"

namespace weft::engine {
namespace {

std::string Render(Format format, const std::string& sql) {
    static duckdb::DuckDB database(nullptr);
    duckdb::Connection connection(database);
    auto result = connection.Query(sql);
    if (result->HasError()) return result->GetError();
    std::vector<std::string> names;
    for (const auto& name : result->GetNames()) names.push_back(name.GetIdentifierName());
    TextFormat text(format, names, result->GetTypes());
    std::string out;
    text.Begin(out);
    while (const auto chunk = result->FetchRaw()) text.Rows(*connection.context, *chunk, out);
    text.End(out);
    return out;
}

std::string Cell(const std::string& expression) {
    const auto line = Render(Format::kJsonLines, "SELECT " + expression + " AS a");
    return line.size() > 7 ? line.substr(5, line.size() - 7) : line;
}

TEST(FormatText, NumbersAreJsonNumbersInPlainNotation) {
    EXPECT_EQ(Cell("(-128)::TINYINT"), "-128");
    EXPECT_EQ(Cell("9223372036854775807"), "9223372036854775807");
    EXPECT_EQ(Cell("18446744073709551615::UBIGINT"), "18446744073709551615");
    EXPECT_EQ(Cell("-170141183460469231731687303715884105727::HUGEINT"),
              "-170141183460469231731687303715884105727");
    EXPECT_EQ(Cell("-0.05::DECIMAL(4,2)"), "-0.05");
    EXPECT_EQ(Cell("123456.7::DECIMAL(9,1)"), "123456.7");
    EXPECT_EQ(Cell("-1.000000000001::DECIMAL(18,12)"), "-1.000000000001");
    EXPECT_EQ(Cell("-0.00000000000000000007::DECIMAL(38,20)"), "-0.00000000000000000007");
    EXPECT_EQ(Cell("7::DECIMAL(38,0)"), "7");
    EXPECT_EQ(Cell("0.1::DOUBLE"), "0.1");
    EXPECT_EQ(Cell("1.5::REAL"), "1.5");
    EXPECT_EQ(Cell("'nan'::DOUBLE"), "\"NaN\"");
    EXPECT_EQ(Cell("'-inf'::REAL"), "\"-Infinity\"");
    EXPECT_EQ(Cell("true"), "true");
    EXPECT_EQ(Cell("NULL::INTEGER"), "null");
}

TEST(FormatText, TimesAreIso8601) {
    EXPECT_EQ(Cell("DATE '2013-01-31'"), "\"2013-01-31\"");
    EXPECT_EQ(Cell("DATE '0000-02-29'"), "\"0000-02-29\"");
    EXPECT_EQ(Cell("DATE '9999-12-31'"), "\"9999-12-31\"");
    EXPECT_EQ(Cell("DATE '10000-01-01'"), "\"10000-01-01\"");
    EXPECT_EQ(Cell("'infinity'::DATE"), "\"infinity\"");
    EXPECT_EQ(Cell("TIME '05:15:00'"), "\"05:15:00\"");
    EXPECT_EQ(Cell("TIMESTAMP '1969-12-31 23:59:59.5'"), "\"1969-12-31T23:59:59.500000\"");
    EXPECT_EQ(Cell("TIMESTAMPTZ '2013-01-01 05:00:00+02'"), "\"2013-01-01T03:00:00Z\"");
    EXPECT_EQ(Cell("'infinity'::TIMESTAMP"), "\"infinity\"");
    EXPECT_EQ(Cell("INTERVAL 3 DAY"), "\"3 days\"");
}

TEST(FormatText, TextsAreEscaped) {
    EXPECT_EQ(Cell("'a\"b\\c' || chr(10) || chr(1) || 'é'"), "\"a\\\"b\\\\c\\n\\u0001\xC3\xA9\"");
    EXPECT_EQ(Cell("'\\x00\\xFFa'::BLOB"), "\"AP9h\"");
    EXPECT_EQ(Cell("'f79c3e09-677c-4bbd-a479-3f349cb785e7'::UUID"),
              "\"f79c3e09-677c-4bbd-a479-3f349cb785e7\"");
    EXPECT_EQ(Cell("'x'::ENUM('x','y')"), "\"x\"");
    EXPECT_EQ(Cell("'{\"k\":\n[1]}'::JSON"), "{\"k\": [1]}");
}

TEST(FormatText, NestedValuesAreNativeJson) {
    EXPECT_EQ(Cell("[1, NULL, 3]"), "[1,null,3]");
    EXPECT_EQ(Cell("[]::INTEGER[]"), "[]");
    EXPECT_EQ(Cell("{'x': 1, 'y': ['a', 'b']}"), "{\"x\":1,\"y\":[\"a\",\"b\"]}");
    EXPECT_EQ(Cell("MAP {1: 'a', 2: NULL}"), "{\"1\":\"a\",\"2\":null}");
    EXPECT_EQ(Cell("[{'d': DATE '2013-01-31'}]"), "[{\"d\":\"2013-01-31\"}]");
    EXPECT_EQ(Cell("NULL::STRUCT(a INTEGER)"), "null");
    EXPECT_EQ(Cell("[[INTERVAL 1 DAY]]"), "\"[[1 day]]\"");
}

TEST(FormatText, NestedValuesOfAFilteredChunkStayWithTheirRows) {
    EXPECT_EQ(Render(Format::kJsonLines,
                     "SELECT s, l FROM (SELECT i, {'v': i} AS s, [i, -i] AS l FROM range(5) t(i)) "
                     "WHERE i % 2 = 1 ORDER BY i"),
              "{\"s\":{\"v\":1},\"l\":[1,-1]}\n{\"s\":{\"v\":3},\"l\":[3,-3]}\n");
}

TEST(FormatText, JsonIsOneArray) {
    EXPECT_EQ(Render(Format::kJson, "SELECT i AS \"a\"\"b\" FROM range(2) t(i)"),
              "[\n{\"a\\\"b\":0},\n{\"a\\\"b\":1}\n]\n");
    EXPECT_EQ(Render(Format::kJson, "SELECT 1 AS a WHERE false"), "[]\n");
}

TEST(FormatText, CsvTellsNullFromEmptyText) {
    EXPECT_EQ(
        Render(Format::kCsv,
               "SELECT NULL AS a, '' AS \"b,c\", 'x\"y' AS d, [1, 2] AS e, DATE '2013-01-31' AS f"),
        "a,\"b,c\",d,e,f\r\n,\"\",\"x\"\"y\",\"[1,2]\",2013-01-31\r\n");
    EXPECT_EQ(Render(Format::kCsv, "SELECT 1 AS a WHERE false"), "a\r\n");
}

}  // namespace
}  // namespace weft::engine
