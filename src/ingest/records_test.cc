#include "ingest/records.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace weft::ingest {
namespace {

const std::set<std::string> kNoColumns;

Result<Records> Split(BodyFormat format, std::string_view body) {
    return SplitRecords(format, body, kNoColumns);
}
std::string LinesOf(BodyFormat format, std::string_view body) {
    const auto records = Split(format, body);
    return records ? records->lines : "FAILED: " + records.error().message;
}
Code CodeOf(BodyFormat format, std::string_view body) {
    const auto records = Split(format, body);
    return records ? Code::kCount : records.error().code;
}

TEST(Records, ContentTypeChoosesTheFormat) {
    const auto choose = [](std::string_view type, std::string_view body = "{}") {
        return ChooseBodyFormat(type, body).value();
    };
    EXPECT_EQ(choose(""), BodyFormat::kJsonLines);
    EXPECT_EQ(choose("application/x-www-form-urlencoded"), BodyFormat::kJsonLines);
    EXPECT_EQ(choose("Application/X-NDJSON; charset=utf-8"), BodyFormat::kJsonLines);
    EXPECT_EQ(choose("application/json", " \n[1]"), BodyFormat::kJsonArray);
    EXPECT_EQ(choose("application/json", "{\"a\":1}\n{\"a\":2}"), BodyFormat::kJsonLines);
    EXPECT_EQ(choose("text/csv;header=present"), BodyFormat::kCsv);
    EXPECT_EQ(choose("application/cloudevents+json; charset=UTF-8"), BodyFormat::kCloudEvent);
    EXPECT_EQ(choose("application/cloudevents-batch+json"), BodyFormat::kCloudEventBatch);
    const auto refused = ChooseBodyFormat("multipart/form-data; boundary=x", "");
    EXPECT_EQ(refused.error().code, Code::kInvalid);
    EXPECT_NE(refused.error().hint.find("text/csv"), std::string::npos);
}

TEST(Records, ALineIsARecord) {
    const auto records =
        Split(BodyFormat::kJsonLines, "{\"a\":1}\r\n\n \t\r\n{\"a\": 2}\n{\"a\":3}");
    ASSERT_TRUE(records);
    EXPECT_EQ(records->lines, "{\"a\":1}\n{\"a\": 2}\n{\"a\":3}\n");
    EXPECT_EQ(records->count, 3u);
    EXPECT_TRUE(records->record_keys.empty());
    EXPECT_EQ(Split(BodyFormat::kJsonLines, "")->count, 0u);
    EXPECT_EQ(Split(BodyFormat::kJsonLines, "\n\r\n")->count, 0u);
    EXPECT_EQ(LinesOf(BodyFormat::kJsonLines, "\xef\xbb\xbf{}\n\xef\xbb\xbf\n1"), "{}\n1\n");
}

TEST(Records, WhatIsNoJsonIsStillARecord) {
    using namespace std::string_literals;
    EXPECT_EQ(LinesOf(BodyFormat::kJsonLines, "{\"a\":\nnot json\n\xff\xfe\n\0\n"s),
              "{\"a\":\nnot json\n\xff\xfe\n\0\n"s);
    EXPECT_EQ(LinesOf(BodyFormat::kJsonArray, "[{\"a\":\"\xff\"}, 1e, nul, {x}]"),
              "{\"a\":\"\xff\"}\n1e\nnul\n{x}\n");
}

TEST(Records, ArrayElementsAreCopiedAndLineBreaksBecomeSpaces) {
    EXPECT_EQ(
        LinesOf(
            BodyFormat::kJsonArray,
            " [ {\n\t\"a\" : [1,\r\n2], \"b\":\"]},[\\\"\\\\\"},\n {\"n\":123456789012345678901} "
            ",\"x\", -1.50 ] \n"),
        "{ \t\"a\" : [1,  2], \"b\":\"]},[\\\"\\\\\"}\n{\"n\":123456789012345678901}\n\"x\"\n"
        "-1.50\n");
    EXPECT_EQ(Split(BodyFormat::kJsonArray, "[]")->count, 0u);
    EXPECT_EQ(Split(BodyFormat::kJsonArray, " ")->count, 0u);
}

TEST(Records, HalfAnArrayIsRefusedWhole) {
    const std::string whole = "[{\"a\":[1,\"x\\\"]\"]},{\"b\":2},3]";
    for (size_t size = 1; size < whole.size(); ++size) {
        ASSERT_EQ(CodeOf(BodyFormat::kJsonArray, whole.substr(0, size)), Code::kInvalid) << size;
    }
    EXPECT_EQ(Split(BodyFormat::kJsonArray, whole)->count, 3u);
}

TEST(Records, JunkInAnArrayIsRefusedWithRecordAndByte) {
    for (const char* body :
         {"[1,,2]", "[1,]", "[,1]", "[1 2]", "[{} {}]", "[1]]", "[1] [2]", "[{]", "[{]}]", "[[}]",
          "[\"a\nb\"]", "[\"a\\\nb\"]", "{}", "[{}x]", "[1:2]", "[}"}) {
        EXPECT_EQ(CodeOf(BodyFormat::kJsonArray, body), Code::kInvalid) << body;
    }
    const auto refused = Split(BodyFormat::kJsonArray, "[1, {\"a\":2} x]");
    EXPECT_EQ(refused.error().message, "record 3: neither comma nor end of the array at byte 12");
}

TEST(Records, DepthIsBounded) {
    const auto nested = [](size_t levels) {
        return "[" + std::string(levels, '[') + std::string(levels, ']') + "]";
    };
    EXPECT_EQ(Split(BodyFormat::kJsonArray, nested(64))->count, 1u);
    EXPECT_EQ(CodeOf(BodyFormat::kJsonArray, nested(65)), Code::kInvalid);
    EXPECT_EQ(CodeOf(BodyFormat::kJsonArray, nested(1'000'000)), Code::kInvalid);
}

TEST(Records, ARecordAndTheirNumberAreBounded) {
    const std::string most = "\"" + std::string(kRecordBytesMax - 2, 'x') + "\"";
    EXPECT_EQ(Split(BodyFormat::kJsonLines, "1\n" + most)->count, 2u);
    EXPECT_EQ(Split(BodyFormat::kJsonArray, "[1," + most + "]")->count, 2u);
    for (const auto& [format, body] :
         {std::pair{BodyFormat::kJsonLines, "1\n " + most},
          std::pair{BodyFormat::kJsonArray, "[1,\"x" + most.substr(1) + "]"},
          std::pair{BodyFormat::kCsv, "a\n1\n" + most}}) {
        const auto refused = Split(format, body);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Code::kLimit);
        EXPECT_EQ(refused.error().message, "record 2: larger than 1048576 bytes");
    }
    std::string many;
    for (uint64_t i = 0; i < kRecordsMax; ++i) many += "1\n";
    EXPECT_EQ(Split(BodyFormat::kJsonLines, many)->count, kRecordsMax);
    EXPECT_EQ(CodeOf(BodyFormat::kJsonLines, many + "1"), Code::kLimit);
}

TEST(Records, CsvRowsBecomeObjects) {
    EXPECT_EQ(LinesOf(BodyFormat::kCsv,
                      "id,\"na\"\"me\",x\r\n1,\"a,\"\"b\"\"\r\nc\",\n2,,\"\"\r\n\n3,\\,\t"),
              "{\"id\":\"1\",\"na\\\"me\":\"a,\\\"b\\\"\\r\\nc\",\"x\":null}\n"
              "{\"id\":\"2\",\"na\\\"me\":null,\"x\":\"\"}\n"
              "{\"id\":\"3\",\"na\\\"me\":\"\\\\\",\"x\":\"\\t\"}\n");
    EXPECT_EQ(LinesOf(BodyFormat::kCsv,
                      "\xef\xbb\xbf"
                      "a\n\x01\n"),
              "{\"a\":\"\\u0001\"}\n");
    EXPECT_EQ(LinesOf(BodyFormat::kCsv, "a\n"), "");
    EXPECT_EQ(LinesOf(BodyFormat::kCsv, "a"), "");
    EXPECT_EQ(LinesOf(BodyFormat::kCsv, ""), "");
    EXPECT_EQ(LinesOf(BodyFormat::kCsv, "a,b\n1,2"), LinesOf(BodyFormat::kCsv, "a,b\r\n1,2\r\n"));
}

TEST(Records, CsvRowsThatDoNotFitAreNoObjects) {
    EXPECT_EQ(LinesOf(BodyFormat::kCsv, "a,b\n1\n1,2,3\n\"x\"y,2\n{\"a\":1}\n1,2"),
              "\"1\"\n\"1,2,3\"\n\"\\\"x\\\"y,2\"\n\"{\\\"a\\\":1}\"\n{\"a\":\"1\",\"b\":\"2\"}\n");
}

TEST(Records, ABadCsvIsRefusedWhole) {
    for (const char* body :
         {"\n1", "a,,b\n", "a,a\n", "a,\"b", "a\n\"1", "a\n1\n\"2\"\"", "\"a\"x\n", "\xff\n1"}) {
        EXPECT_EQ(CodeOf(BodyFormat::kCsv, body), Code::kInvalid) << body;
    }
    std::string wide = "c0";
    for (int i = 1; i <= 2000; ++i) wide += ",c" + std::to_string(i);
    EXPECT_EQ(CodeOf(BodyFormat::kCsv, wide), Code::kLimit);
}

// What a row takes in memory is bounded by the header, what all rows take by a limit of its own.
TEST(Records, CsvRowsOfCommasStaySmall) {
    EXPECT_EQ(Split(BodyFormat::kCsv, "a,b\n" + std::string(1'000'000, ','))->count, 1u);
    const std::string name(900'000, 'n');
    std::string body = name + "\n";
    for (int i = 0; i < 1'000; ++i) body += "1\n";
    EXPECT_EQ(CodeOf(BodyFormat::kCsv, body), Code::kLimit);
}

// The examples of the specification, shortened: https://github.com/cloudevents/spec,
// formats/json-format.md.
constexpr std::string_view kEvent =
    "{\"specversion\" : \"1.0\", \"type\" : \"com.example.someevent\", \"source\" : "
    "\"/mycontext\",\n"
    "\"id\" : \"C234-1234-1234\", \"time\" : \"2018-04-05T17:31:00Z\", \"comexampleextension1\" : "
    "\"v\",\n"
    "\"datacontenttype\" : \"application/json\",\n"
    "\"data\" : {\n \"appinfoA\" : \"abc\", \"n\" : 12345678901234567890.10 } }";

TEST(Records, ACloudEventGivesItsDataAndKey) {
    const auto records = Split(BodyFormat::kCloudEvent, kEvent);
    ASSERT_TRUE(records) << records.error().message;
    EXPECT_EQ(records->lines, "{  \"appinfoA\" : \"abc\", \"n\" : 12345678901234567890.10 }\n");
    EXPECT_EQ(records->record_keys, std::vector<std::string>{"/mycontext C234-1234-1234"});
    EXPECT_EQ(records->types, std::vector<std::string>{"com.example.someevent"});
    const auto named =
        SplitRecords(BodyFormat::kCloudEvent, kEvent, {"ce_id", "ce_time", "ce_subject", "other"});
    EXPECT_EQ(named->lines,
              "{\"ce_id\":\"C234-1234-1234\",\"ce_time\":\"2018-04-05T17:31:00Z\",  \"appinfoA\" : "
              "\"abc\", \"n\" : 12345678901234567890.10 }\n");
}

std::string EventWith(const std::string& members) {
    return R"({"specversion":"1.0","id":"1","source":"s","type":"t")" + members + "}";
}

TEST(Records, DataThatIsNoObjectBecomesAMember) {
    const auto lines = [](const std::string& members) {
        return LinesOf(BodyFormat::kCloudEvent, EventWith(members));
    };
    EXPECT_EQ(lines(""), "{}\n");
    EXPECT_EQ(lines(R"(,"data":{})"), "{}\n");
    EXPECT_EQ(lines(R"(,"data":[1,2])"), "{\"data\":[1,2]}\n");
    EXPECT_EQ(lines(R"(,"data":"<much wow=\"xml\"/>")"),
              "{\"data\":\"<much wow=\\\"xml\\\"/>\"}\n");
    EXPECT_EQ(lines(",\"data_base64\":\"" + Base64("{\"a\":\n1}") + "\""), "{\"a\": 1}\n");
    EXPECT_EQ(lines(",\"data_base64\":\"" + Base64("42") + "\""), "{\"data\":42}\n");
    EXPECT_EQ(lines(",\"data_base64\":\"" + Base64("hello\n") + "\""), "{\"data\":\"hello\\n\"}\n");
    EXPECT_EQ(lines(",\"data_base64\":\"/w==\""), "{\"data_base64\":\"/w==\"}\n");
}

TEST(Records, ABadEnvelopeIsRefused) {
    for (const char* body :
         {R"({"specversion":"1.0","id":"1","source":"s"})",
          R"({"specversion":"1.0","id":"","source":"s","type":"t"})",
          R"({"specversion":"0.3","id":"1","source":"s","type":"t"})",
          R"({"id":"1","source":"s","type":"t"})",
          R"({"specversion":"1.0","id":1,"source":"s","type":"t"})",
          R"({"specversion":"1.0","id":"1","id":"2","source":"s","type":"t"})",
          R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data":2})",
          R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data_base64":"Mg=="})",
          R"({"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"?"})",
          R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":{"a":1})",
          R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":{]})",
          R"({"specversion":"1.0","id":"1","source":"s","type":"t",})",
          R"({"specversion":"1.0" "id":"1","source":"s","type":"t"})",
          R"([{"specversion":"1.0","id":"1","source":"s","type":"t"}])", "x", "{}{}"}) {
        EXPECT_EQ(CodeOf(BodyFormat::kCloudEvent, body), Code::kInvalid) << body;
    }
}

TEST(Records, ABatchOfCloudEventsHasKeyAndTypeOfEach) {
    const auto records =
        Split(BodyFormat::kCloudEventBatch,
              R"([{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"a":1}},)"
              R"( {"specversion":"1.0","id":"2","source":"s","type":"u","data":{"a":2}}])");
    ASSERT_TRUE(records);
    EXPECT_EQ(records->lines, "{\"a\":1}\n{\"a\":2}\n");
    EXPECT_EQ(records->count, 2u);
    EXPECT_EQ(records->record_keys, (std::vector<std::string>{"s 1", "s 2"}));
    EXPECT_EQ(records->types, (std::vector<std::string>{"t", "u"}));
    EXPECT_EQ(Split(BodyFormat::kCloudEventBatch, "[]")->count, 0u);
    const auto refused =
        Split(BodyFormat::kCloudEventBatch, "[" + EventWith("") + ",{\"id\":\"1\"}]");
    EXPECT_EQ(refused.error().message,
              "record 2: not a CloudEvent: its specversion is not \"1.0\"");
}

TEST(Records, BinaryCloudEventTakesTheBodyAsData) {
    const CloudEventHeaders headers{"1", "/s%20%C3%A9", "t", "", ""};
    const auto lines = [&](std::string_view body) {
        return BinaryCloudEvent(headers, body, kNoColumns).value().lines;
    };
    EXPECT_EQ(lines(" {\"a\":1}\r\n"), "{\"a\":1}\n");
    EXPECT_EQ(lines("[1,\n2]"), "{\"data\":[1, 2]}\n");
    EXPECT_EQ(lines("plain \"text\""), "{\"data\":\"plain \\\"text\\\"\"}\n");
    EXPECT_EQ(lines(""), "{}\n");
    const auto records = BinaryCloudEvent(headers, "{}", {"ce_source"}).value();
    EXPECT_EQ(records.lines, "{\"ce_source\":\"/s \xc3\xa9\"}\n");
    EXPECT_EQ(records.record_keys, std::vector<std::string>{"/s%20\xc3\xa9 1"});
    EXPECT_EQ(BinaryCloudEvent({"", "s", "t", "", ""}, "{}", kNoColumns).error().code,
              Code::kInvalid);
}

TEST(Records, TwoEventsNeverShareAKey) {
    const auto key = [](const std::string& source, const std::string& id) {
        const CloudEventHeaders headers{
            .id = id, .source = source, .type = "t", .time = {}, .subject = {}};
        return BinaryCloudEvent(headers, "{}", {}).value().record_keys.at(0);
    };
    EXPECT_NE(key("a", "b c"), key("a b", "c"));
    EXPECT_EQ(key("a", "b c"), "a b c");
}

TEST(Records, BodiesWithoutATypeAreLookedAt) {
    EXPECT_EQ(ChooseBodyFormat("", "[{}]").value(), BodyFormat::kJsonArray);
    EXPECT_EQ(ChooseBodyFormat("application/x-www-form-urlencoded", "{}").value(),
              BodyFormat::kJsonLines);
    EXPECT_EQ(ChooseBodyFormat("", "\x1F\x8B rest").error().code, Code::kInvalid);
    EXPECT_EQ(ChooseBodyFormat("application/x-ndjson", "[1]").value(), BodyFormat::kJsonLines);
}

}  // namespace
}  // namespace weft::ingest
