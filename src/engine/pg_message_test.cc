#include "engine/pg_message.h"

#include <gtest/gtest.h>

namespace weft::engine {
namespace {

std::string Message(char type, std::string body) {
    PgWriter writer;
    writer.Begin(type);
    writer.Bytes(body);
    writer.End();
    return writer.buffer();
}

TEST(PgMessage, BindIsReadWithNullsAndFormats) {
    using namespace std::string_literals;
    const auto bytes = Message('B', "p\0s\0"s + "\0\1\0\1"s + "\0\2"s + "\0\0\0\2ab"s + "\xff\xff\xff\xff"s + "\0\0"s) + Message('S', "");
    std::string_view rest = bytes;
    const auto message = TakePgMessage(rest);
    ASSERT_TRUE(message);
    const auto& bind = std::get<PgBind>(*message);
    EXPECT_EQ(bind.portal, "p");
    EXPECT_EQ(bind.statement, "s");
    ASSERT_EQ(bind.parameters.size(), 2u);
    EXPECT_EQ(*bind.parameters[0], "ab");
    EXPECT_FALSE(bind.parameters[1]);
    EXPECT_EQ(PgFormatAt(bind.parameter_formats, 1), 1);
    const auto sync = TakePgMessage(rest);
    ASSERT_TRUE(sync);
    EXPECT_TRUE(std::holds_alternative<PgSync>(*sync));
    EXPECT_TRUE(rest.empty());
}

TEST(PgMessage, LyingLengthsAndCountsAreRefused) {
    using namespace std::string_literals;
    for (const auto& bytes : {
             "Q\0\0\0\3"s, "Q\x7f\xff\xff\xff"s, "Q\0\0\0\x08no"s, Message('Q', "no end"), Message('Q', "a\0b"s),
             Message('B', "\0\0\xff\xff"s), Message('B', "\0\0\0\0\0\1\0\0\0\x09x"s), Message('P', "\0q\0\0\2\0\0\0\1"s),
             Message('B', "\0\0\0\0\0\1\xff\xff\xff\xfe\0\0"s), Message('D', "Xa\0"s), Message('B', "\0\0\0\1\0\7\0\0\0\0"s),
             Message('~', "")}) {
        std::string_view rest = bytes;
        const auto message = TakePgMessage(rest);
        ASSERT_FALSE(message) << bytes;
        EXPECT_EQ(message.error().sqlstate, "08P01");
    }
}

TEST(PgMessage, FailureCarriesEveryField) {
    using namespace std::string_literals;
    PgWriter writer;
    writer.Failure({"42601", "oops", "", "try", 7, false});
    EXPECT_EQ(writer.buffer(), Message('E', "SERROR\0VERROR\0C42601\0Moops\0Htry\0P7\0\0"s));
}

TEST(PgMessage, RowDescriptionIsLaidOutAsTheProtocolSays) {
    using namespace std::string_literals;
    PgWriter writer;
    writer.Fields({{"n", 23, 4, -1, 1}});
    EXPECT_EQ(writer.buffer(), Message('T', "\0\1n\0\0\0\0\0\0\0\0\0\0\x17\0\4\xff\xff\xff\xff\0\1"s));
}

}  // namespace
}  // namespace weft::engine
