#include "engine/job_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace weft::engine {
namespace {

struct Seen {
    uint64_t line = 0;
    std::vector<std::string> fields;
    std::string broken;
    std::string raw;
};

// Gives the bytes in pieces of `step`, so that every border falls everywhere.
std::vector<Seen> ReadAll(const std::string& bytes, size_t step,
                          RecordReader::Kind kind = RecordReader::Kind::kCsv) {
    size_t at = 0;
    RecordReader reader(
        [&](char* to, size_t n) {
            n = std::min({n, step, bytes.size() - at});
            std::memcpy(to, bytes.data() + at, n);
            at += n;
            return n;
        },
        kind);
    std::vector<Seen> seen;
    Record record;
    while (reader.Next(record)) {
        Seen one{record.line, {}, record.broken, std::string(record.raw)};
        for (const auto& field : record.fields)
            one.fields.push_back((field.quoted ? "q:" : "") + std::string(field.text));
        seen.push_back(std::move(one));
    }
    return seen;
}

TEST(JobRecord, CsvIsSplitTheSameWhereverTheReadsEnd) {
    const std::string bytes = "\xEF\xBB\xBFid,name\r\n1,\"a\"\"b\"\r\n\r\n2,\"x\r\ny\"\n3,\n\"\",z";
    for (size_t step = 1; step <= bytes.size(); ++step) {
        const auto seen = ReadAll(bytes, step);
        ASSERT_EQ(seen.size(), 5u) << step;
        EXPECT_EQ(seen[0].fields, (std::vector<std::string>{"id", "name"}));
        EXPECT_EQ(seen[1].fields, (std::vector<std::string>{"1", "q:a\"b"}));
        EXPECT_EQ(seen[1].line, 2u);
        EXPECT_EQ(seen[2].fields, (std::vector<std::string>{"2", "q:x\r\ny"}));
        EXPECT_EQ(seen[2].line, 4u);
        EXPECT_EQ(seen[3].fields, (std::vector<std::string>{"3", ""}));
        EXPECT_EQ(seen[3].line, 6u);
        EXPECT_EQ(seen[4].fields, (std::vector<std::string>{"q:", "z"}));
        EXPECT_EQ(seen[4].raw, "\"\",z");
    }
}

TEST(JobRecord, ReadingGoesOnBehindABrokenRecord) {
    const auto seen = ReadAll("1,\"a\"x,b\n2,ok\n3,\"open\n4,ok\n", 3);
    ASSERT_EQ(seen.size(), 4u);
    EXPECT_EQ(seen[0].broken, "text after a closing quote");
    EXPECT_EQ(seen[1].fields.size(), 2u);
    EXPECT_EQ(seen[2].broken, "quote is not closed");
    EXPECT_EQ(seen[2].line, 3u);
    EXPECT_EQ(seen[2].raw, "3,\"open");
    EXPECT_EQ(seen[3].line, 4u);
    EXPECT_EQ(seen[3].fields, (std::vector<std::string>{"4", "ok"}));
}

TEST(JobRecord, ARecordAboveTheLimitIsOneBrokenRecord) {
    const std::string bytes = "a\n" + std::string(kRecordBytesMax + (1u << 20), 'x') + "\nb\n";
    const auto seen = ReadAll(bytes, bytes.size());
    ASSERT_EQ(seen.size(), 3u);
    EXPECT_EQ(seen[1].broken, "longer than 16 MiB");
    EXPECT_EQ(seen[2].fields, (std::vector<std::string>{"b"}));
    EXPECT_EQ(seen[2].line, 3u);
}

TEST(JobRecord, EmptyFileHasNoRecords) {
    EXPECT_TRUE(ReadAll("", 1).empty());
    EXPECT_TRUE(ReadAll("\n\r\n", 1).empty());
}

TEST(JobRecord, LinesKeepQuotesAsTheyAre) {
    const auto seen = ReadAll("{\"a\":1}\r\n\n{\"b\":\"x\"}", 2, RecordReader::Kind::kLines);
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].raw, "{\"a\":1}");
    EXPECT_EQ(seen[1].raw, "{\"b\":\"x\"}");
    EXPECT_EQ(seen[1].line, 3u);
}

std::string Split(std::string_view text) {
    std::vector<JsonMember> members;
    std::deque<std::string> scratch;
    if (const auto why = SplitJson(text, members, scratch); !why.empty()) return why;
    std::string out;
    for (const auto& member : members) {
        out += std::string(member.name) + "=";
        out += member.kind == JsonMember::Kind::kNull ? "null" : std::string(member.value);
        out += member.kind == JsonMember::Kind::kString   ? "(s)"
               : member.kind == JsonMember::Kind::kNested ? "(n)"
                                                          : "";
        out += ";";
    }
    return out;
}

TEST(JobRecord, JsonMembersAreUnescaped) {
    EXPECT_EQ(
        Split(R"({"a":1.50,"b":"x\"\n\u00e9\ud83d\ude00","c":null,"d":{"e":["}"]},"f":true})"),
        "a=1.50;b=x\"\n\xC3\xA9\xF0\x9F\x98\x80(s);c=null;d={\"e\":[\"}\"]}(n);f=true;");
    EXPECT_EQ(Split("{}"), "");
}

TEST(JobRecord, WhatIsNoJsonObjectIsSaid) {
    EXPECT_EQ(Split("[1]"), "not a JSON object");
    EXPECT_EQ(Split("{\"a\":1} x"), "text after the JSON object");
    EXPECT_EQ(Split("{\"a\":01x}"), "not valid JSON");
    EXPECT_EQ(Split("{\"a\":\"\\ud800\"}"), "not valid JSON");
    EXPECT_EQ(Split("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"),
              "not valid JSON");
    EXPECT_EQ(Split("{\"a\""), "not valid JSON");
}

TEST(JobRecord, DelimiterIsTheOneThatSplitsEvenly) {
    EXPECT_EQ(SniffDelimiter("a;b;c\n1,5;2;3\n2,5;4;1\n"), ';');
    EXPECT_EQ(SniffDelimiter("a\tb\nx, y\tz\n"), '\t');
    EXPECT_EQ(SniffDelimiter("a|b\n1|2\n"), '|');
    EXPECT_EQ(SniffDelimiter("alone\n1\n"), ',');
}

}  // namespace
}  // namespace weft::engine
