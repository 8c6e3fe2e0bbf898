#include "engine/protocol.h"

#include <gtest/gtest.h>

namespace weft::engine {
namespace {

// Type byte checked, length checked, body back.
std::string_view Body(std::string_view frame, char type) {
    EXPECT_EQ(frame.at(0), type);
    const auto size = static_cast<uint8_t>(frame[1]) | static_cast<uint8_t>(frame[2]) << 8 |
                      static_cast<uint8_t>(frame[3]) << 16 | static_cast<uint8_t>(frame[4]) << 24;
    EXPECT_EQ(static_cast<size_t>(size), frame.size() - 5);
    return frame.substr(5);
}

TEST(Protocol, NamesHaveTheDocumentedBytes) {
    const auto frame = Encode(FromWorker(Names{{{"a", "bc"}}}));
    EXPECT_EQ(frame, std::string("n\x0f\0\0\0"
                                 "\1\0\0\0"
                                 "\1\0\0\0"
                                 "a"
                                 "\2\0\0\0"
                                 "bc",
                                 20));
}

TEST(Protocol, RelationsKeepEveryField) {
    TableRelation table;
    DataType nested{
        DataType::Kind::kStruct, 0, 0, {{DataType::Kind::kDecimal, 12, 2, {}, {}}}, {"amount"}};
    table.columns = {{"order", nested, 7, {8}, true, "NULL", "how much", "ordered", false}};
    table.row_filter = "region = 'north'";
    table.row_count = 1ull << 40;
    Relations sent;
    sent.answers.push_back({{"sales", "orders"}, Relation{42, table}});
    sent.answers.push_back({{"hr", "pay"}, Fail(Code::kDenied, "no grant", "ask the team")});
    const auto frame = Encode(ToWorker(sent));
    const auto back = DecodeToWorker('R', Body(frame, 'R'));
    ASSERT_TRUE(back);
    const auto& got = std::get<Relations>(*back).answers;
    ASSERT_EQ(got.size(), 2u);
    const auto& relation = *got[0].answer;
    EXPECT_EQ(relation.token, 42u);
    const auto& body = std::get<TableRelation>(relation.body);
    EXPECT_EQ(body.columns[0].type, nested);
    EXPECT_EQ(body.columns[0].field_id, 7);
    EXPECT_EQ(body.columns[0].child_ids, std::vector<int32_t>{8});
    EXPECT_EQ(body.columns[0].mask, "NULL");
    EXPECT_EQ(body.columns[0].alias, "ordered");
    EXPECT_EQ(body.row_filter, "region = 'north'");
    EXPECT_EQ(body.row_count, 1ull << 40);
    EXPECT_EQ(got[1].name.table, "pay");
    EXPECT_EQ(got[1].answer.error().code, Code::kDenied);
    EXPECT_EQ(got[1].answer.error().hint, "ask the team");
}

TEST(Protocol, EveryTruncationIsRefused) {
    Ended ended;
    ended.reports.push_back({"SELECT 1", "SELECT 1", "", 1, 2, 3, {{"a", "b"}}});
    ended.bad_records.push_back({"f", 1, "c", "r", "raw"});
    const auto frame = Encode(FromWorker(ended));
    const auto body = Body(frame, 'e');
    ASSERT_TRUE(DecodeFromWorker('e', body));
    for (size_t size = 0; size < body.size(); ++size) {
        EXPECT_FALSE(DecodeFromWorker('e', body.substr(0, size))) << size;
    }
    EXPECT_FALSE(DecodeFromWorker('e', std::string(body) + "x"));
}

TEST(Protocol, WrongValuesAreRefused) {
    EXPECT_FALSE(DecodeFromWorker('w', std::string_view("\2", 1)));  // A bool is 0 or 1.
    EXPECT_TRUE(DecodeFromWorker('w', std::string_view("\1", 1)));
    EXPECT_FALSE(DecodeFromWorker('S', ""));  // A message of the other direction.
    EXPECT_FALSE(DecodeFromWorker('\0', ""));
    EXPECT_FALSE(
        DecodeFromWorker('n', std::string_view("\xff\xff\xff\xff", 4)));  // A length that lies.
    NeedFiles need;
    need.indices.resize(251);
    EXPECT_FALSE(DecodeFromWorker(
        'f', Body(Encode(FromWorker(need)), 'f')));  // More than ride on one frame.
}

TEST(Protocol, TypesNestOnlySoFar) {
    DataType type{DataType::Kind::kBigint, 0, 0, {}, {}};
    for (int i = 0; i < 30; ++i) type = DataType{DataType::Kind::kList, 0, 0, {type}, {}};
    Head head;
    head.columns.push_back({"deep", type});
    const auto frame = Encode(FromWorker(head));
    EXPECT_FALSE(DecodeFromWorker('h', Body(frame, 'h')));
}

}  // namespace
}  // namespace weft::engine
