#include "iceberg/avro.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace weft::iceberg {
namespace {

AvroSchema Schema(const char* json) { return AvroSchema::Parse(ParseJson(json).value()).value(); }

// The examples of the Avro specification (Binary Encoding).
TEST(Avro, NumbersAreZigzagVariableLength) {
    const std::pair<int64_t, const char*> cases[] = {{0, "00"},
                                                     {-1, "01"},
                                                     {1, "02"},
                                                     {-2, "03"},
                                                     {2, "04"},
                                                     {-64, "7f"},
                                                     {64, "8001"},
                                                     {INT64_MIN, "ffffffffffffffffff01"},
                                                     {INT64_MAX, "feffffffffffffffff01"}};
    for (const auto& [value, hex] : cases) {
        AvroEncoder out;
        out.Long(value);
        EXPECT_EQ(Hex(out.bytes()), hex);
        const AvroSchema none;
        EXPECT_EQ(AvroDecoder(none, out.bytes()).Long().value(), value);
    }
}

TEST(Avro, DecoderRefusesNumbersThatDoNotFit) {
    const AvroSchema none;
    for (const char* hex : {"", "80", "ffffffffffffffffff02", "ffffffffffffffffffff01"}) {
        const std::string bytes = FromHex(hex).value();
        EXPECT_EQ(AvroDecoder(none, bytes).Long().error().code, Code::kCorrupt) << hex;
    }
    EXPECT_EQ(AvroDecoder(none, FromHex("0661").value()).Bytes().error().code, Code::kCorrupt);
    EXPECT_EQ(AvroDecoder(none, FromHex("0161").value()).Bytes().error().code, Code::kCorrupt);
}

TEST(Avro, FileComesBack) {
    AvroEncoder out;
    out.Long(7);
    out.Bytes("seven");
    const char* schema = R"({"type":"record","name":"r","fields":[
        {"name":"n","type":"int","field-id":1},{"name":"t","type":"string","field-id":2}]})";
    const std::string bytes = WriteAvro(schema, {{"k", "v"}}, 1, out.bytes());
    const AvroFile file = ReadAvro(bytes).value();
    EXPECT_EQ(file.metadata, (std::map<std::string, std::string>{{"k", "v"}}));
    ASSERT_EQ(file.blocks.size(), 1u);
    EXPECT_EQ(file.blocks[0].count, 1u);
    EXPECT_EQ(file.blocks[0].bytes, out.bytes());
    EXPECT_EQ(file.schema.types[file.schema.root].field_ids, (std::vector<int32_t>{1, 2}));
}

TEST(Avro, EveryCutAndMostFlipsOfAFileAreNoticed) {
    AvroEncoder out;
    for (int i = 0; i < 100; ++i) out.Bytes("value");
    const std::string bytes = WriteAvro("\"string\"", {}, 100, out.bytes());
    const size_t header = ReadAvro(WriteAvro("\"string\"", {}, 0, "")).has_value()
                              ? WriteAvro("\"string\"", {}, 0, "").size()
                              : 0;
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
        if (cut == header) continue;  // A file without blocks is whole.
        EXPECT_FALSE(ReadAvro(bytes.substr(0, cut))) << cut;
    }
    std::string wrong = bytes;
    wrong.back() = static_cast<char>(wrong.back() ^ 1);
    EXPECT_EQ(ReadAvro(wrong).error().code, Code::kCorrupt);
}

TEST(Avro, SkipsValuesOfEveryType) {
    const AvroSchema schema = Schema(R"({"type":"record","name":"r","fields":[
        {"name":"a","type":["null","double"]},{"name":"b","type":{"type":"array","items":"int"}},
        {"name":"c","type":{"type":"map","values":"bytes"}},
        {"name":"d","type":{"type":"fixed","name":"f","size":3}},{"name":"e","type":"f"},
        {"name":"g","type":"boolean"},{"name":"h","type":"float"}]})");
    AvroEncoder out;
    out.Long(1);
    std::string bytes = out.bytes() + std::string(8, 'd');
    AvroEncoder rest;
    rest.Long(-2);  // A chunk with its size in bytes.
    rest.Long(2);
    rest.Long(5);
    rest.Long(6);
    rest.Long(0);
    rest.Long(1);
    rest.Bytes("key");
    rest.Bytes("value");
    rest.Long(0);
    bytes += rest.bytes() + "fffeee" + "\x01" + "4444";
    AvroDecoder in(schema, bytes);
    ASSERT_TRUE(in.Skip(schema.root));
    EXPECT_TRUE(in.AtEnd());
}

TEST(Avro, ValuesWithoutBytesCannotKeepAReaderBusy) {
    const AvroSchema schema = Schema(R"({"type":"array","items":"null"})");
    AvroEncoder out;
    out.Long(INT64_MAX);
    out.Long(0);
    EXPECT_EQ(AvroDecoder(schema, out.bytes()).Skip(schema.root).error().code, Code::kCorrupt);
}

TEST(Avro, SchemasAreBounded) {
    std::string deep = "\"int\"";
    for (int i = 0; i < 25; ++i) deep = R"({"type":"array","items":)" + deep + "}";
    EXPECT_TRUE(AvroSchema::Parse(ParseJson(deep).value()));
    for (int i = 0; i < 10; ++i) deep = R"({"type":"array","items":)" + deep + "}";
    EXPECT_EQ(AvroSchema::Parse(ParseJson(deep).value()).error().code, Code::kLimit);
    const char* itself = R"({"type":"record","name":"r","fields":[{"name":"a","type":"r"}]})";
    EXPECT_EQ(AvroSchema::Parse(ParseJson(itself).value()).error().code, Code::kCorrupt);
    // Stacked by name instead of nested: a record of two of the former, forty times.
    std::string fields = R"({"name":"a","type":{"type":"record","name":"r0","fields":[]}})";
    for (int i = 1; i < 40; ++i) {
        const std::string of = "\"r" + std::to_string(i - 1) + "\"";
        fields += R"(,{"name":"a","type":{"type":"record","name":"r)" + std::to_string(i) +
                  R"(","fields":[{"name":"x","type":)" + of + R"(},{"name":"y","type":)" + of +
                  "}]}}";
    }
    const auto stacked = ParseJson(R"({"type":"record","name":"r","fields":[)" + fields + "]}");
    EXPECT_EQ(AvroSchema::Parse(*stacked).error().code, Code::kLimit);
}

}  // namespace
}  // namespace weft::iceberg
