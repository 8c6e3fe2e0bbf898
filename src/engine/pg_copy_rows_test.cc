// What PostgreSQL 15's COPY FROM makes of these bytes.
#include "engine/pg_copy_rows.h"

#include <gtest/gtest.h>

namespace weft::engine {
namespace {

using namespace std::string_literals;

PgCopyOptions Csv() {
    PgCopyOptions options;
    options.format = PgCopyOptions::Format::kCsv;
    options.delimiter = ',';
    options.null_text.clear();
    return options;
}

// Rows as "a|b;", null as <null>, a failure as its SQLSTATE and line; fed in pieces of `piece`
// bytes.
std::string Rows(const PgCopyOptions& options, std::string_view data, size_t piece) {
    PgCopyRows rows(options);
    PgCopyRows::Fields fields;
    std::string out;
    for (size_t at = 0;; at += piece) {
        if (at < data.size())
            rows.Feed(data.substr(at, piece));
        else
            rows.End();
        while (true) {
            const auto more = rows.Next(fields);
            if (!more) return out + more.error().sqlstate + "@" + std::to_string(rows.line());
            if (!*more) break;
            for (size_t i = 0; i < fields.size(); ++i)
                out += (i > 0 ? "|" : "") + (fields[i] ? std::string(*fields[i]) : "<null>"s);
            out += ';';
        }
        if (at >= data.size()) return out;
    }
}

void ExpectRows(const PgCopyOptions& options, std::string_view data, const std::string& expected) {
    for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, size_t{1000}})
        EXPECT_EQ(Rows(options, data, piece), expected) << "in pieces of " << piece;
}

TEST(PgCopyRows, TextResolvesEscapesAndNulls) {
    ExpectRows({}, "1\tab\n\\N\t\\\\N\n", "1|ab;<null>|\\N;");
    ExpectRows({}, "a\\tb\\nc\\\\d\\x41\\101\\q\n", "a\tb\nc\\dAAq;");
    ExpectRows({}, "line\\\nbreak\tx\n", "line\nbreak|x;");
    ExpectRows({}, "\n\t\n", ";|;");  // One empty field; two empty fields.
}

TEST(PgCopyRows, TextEndsAtItsMarkOrAtTheEnd) {
    ExpectRows({}, "1\n\\.\n2\n", "1;");
    ExpectRows({}, "1\n2", "1;2;");
    ExpectRows({}, "1\r\n2\\\\\r\n\\.\r\n", "1;2\\;");
    ExpectRows({}, "", "");
}

TEST(PgCopyRows, TextRefusesWhatIsNoText) {
    ExpectRows({}, "a\rb\n", "22P04@1");
    ExpectRows({}, "ok\nbad\xff\n", "ok;22021@2");
    ExpectRows({}, "ok\n\\xff\n", "ok;22021@2");
    ExpectRows({}, "a\0b\n"s, "22021@1");
}

TEST(PgCopyRows, DelimiterAndNullAreTheClientsChoice) {
    PgCopyOptions options;
    options.delimiter = '|';
    options.null_text = "-";
    ExpectRows(options, "a\\|b|-|\\-\n", "a|b|<null>|-;");
}

TEST(PgCopyRows, CsvKnowsQuotesAndNulls) {
    ExpectRows(Csv(), "1,\"a,b\",\"say \"\"hi\"\"\"\r\n", "1|a,b|say \"hi\";");
    ExpectRows(Csv(), "a,,\"\"\n", "a|<null>|;");
    ExpectRows(Csv(), "\"two\nlines\",x\nnext,y\n", "two\nlines|x;next|y;");
    ExpectRows(Csv(), "pre\"mid,dle\"post\n", "premid,dlepost;");
    ExpectRows(Csv(), "1\n\\.\n2\n", "1;");
    ExpectRows(Csv(), "1,\"open\n2\n", "22P04@1");
}

TEST(PgCopyRows, CsvWithAnEscapeOfItsOwn) {
    auto options = Csv();
    options.escape = '\\';
    ExpectRows(options, "\"a\\\"b\\\\c\\d\",\"e\nf\"\n", "a\"b\\c\\d|e\nf;");
}

TEST(PgCopyRows, LinesAreCountedThroughQuotedBreaks) {
    PgCopyRows rows(Csv());
    PgCopyRows::Fields fields;
    rows.Feed("\"a\nb\"\nc\n");
    ASSERT_TRUE(*rows.Next(fields));
    EXPECT_EQ(rows.line(), 1u);
    ASSERT_TRUE(*rows.Next(fields));
    EXPECT_EQ(rows.line(), 3u);
}

TEST(PgCopyRows, ARowHasABound) {
    PgCopyRows rows({});
    PgCopyRows::Fields fields;
    rows.Feed(std::string(kCopyRowBytesMax, 'x'));
    EXPECT_FALSE(*rows.Next(fields));
    rows.Feed("x");
    EXPECT_EQ(rows.Next(fields).error().sqlstate, "54000");
    PgCopyRows wide({});
    wide.Feed(std::string(kCopyFieldsMax + 1, '\t') + "\n");
    EXPECT_EQ(wide.Next(fields).error().sqlstate, "22P04");
}

}  // namespace
}  // namespace weft::engine
