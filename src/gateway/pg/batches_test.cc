#include "gateway/pg/batches.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace weft::gateway::pg {
namespace {

using namespace std::string_literals;
using Kind = Batches::Kind;

std::string Message(char type, std::string_view body = {}) {
    const auto size = static_cast<uint32_t>(body.size() + 4);
    std::string message{type, static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                        static_cast<char>(size >> 8), static_cast<char>(size)};
    message += body;
    return message;
}

// All batches of `input`, each with '.' when complete and '~' when the sequence goes on.
std::string Cut(std::string input) {
    Batches batches;
    std::string types;
    while (true) {
        size_t taken = 0;
        const auto kind = batches.Take(input, taken);
        if (!kind) return types + "!" + kind.error().sqlstate;
        input.erase(0, taken);
        if (*kind == Kind::kNeedMore) return types;
        if (*kind == Kind::kTerminate) return types + "X";
        if (*kind == Kind::kFunctionCall) {
            types += "F";
            continue;
        }
        const std::string messages = batches.TakeMessages();
        for (size_t at = 0; at < messages.size();) {
            types += messages[at];
            at += 1u + (static_cast<size_t>(static_cast<uint8_t>(messages[at + 3])) << 8 |
                        static_cast<uint8_t>(messages[at + 4]));
        }
        types += *kind == Kind::kBatch ? "." : "~";
    }
}

TEST(Batches, OneQueryOrEverythingUpToSync) {
    EXPECT_EQ(Cut(Message('Q', "select 1\0"s) + Message('Q', "select 2\0"s)), "Q.Q.");
    EXPECT_EQ(Cut(Message('P', "x") + Message('B') + Message('D') + Message('E') + Message('S') +
                  Message('X')),
              "PBDES.X");
}

TEST(Batches, FlushHandsOverWhatThereIs) {
    EXPECT_EQ(Cut(Message('P') + Message('D') + Message('H') + Message('B') + Message('E') +
                  Message('S')),
              "PDH~BES.");
    EXPECT_EQ(Cut(Message('H') + Message('S')), "S.");
    EXPECT_EQ(Cut(Message('P') + Message('Q', "\0"s)), "PH~Q.");
}

TEST(Batches, CopyMessagesOutsideCopyAreDropped) {
    EXPECT_EQ(Cut(Message('d', "row") + Message('c') + Message('f', "why\0"s) + Message('Q')),
              "Q.");
    EXPECT_EQ(Cut(Message('F') + Message('Q')), "FQ.");
}

TEST(Batches, NothingIsTakenBeforeItIsWhole) {
    const std::string query = Message('Q', "select 1\0"s);
    for (size_t cut = 0; cut < query.size(); ++cut) {
        Batches batches;
        size_t taken = 99;
        const auto kind = batches.Take(query.substr(0, cut), taken);
        ASSERT_TRUE(kind);
        EXPECT_EQ(*kind, Kind::kNeedMore);
        EXPECT_EQ(taken, 0u);
        EXPECT_EQ(batches.wanted(), cut < 5 ? 5u : query.size());
    }
}

TEST(Batches, SkippingEndsWithSync) {
    Batches batches;
    batches.SkipToSync();
    size_t taken = 0;
    const std::string input =
        Message('B') + Message('E') + Message('Q') + Message('H') + Message('S') + Message('Q');
    EXPECT_EQ(*batches.Take(input, taken), Kind::kBatch);
    EXPECT_EQ(batches.TakeMessages(), Message('S'));
    EXPECT_EQ(taken, input.size() - Message('Q').size());
}

// As Cut, for one input of a COPY: what is handed over, and how much of it is left in the input.
std::string CutCopy(Batches& batches, std::string& input) {
    std::string types;
    while (true) {
        size_t taken = 0;
        const auto kind = batches.Take(input, taken);
        if (!kind) return types + "!" + kind.error().sqlstate;
        input.erase(0, taken);
        if (*kind == Kind::kNeedMore) return types;
        if (*kind == Kind::kTerminate) return types + "X";
        const std::string messages = batches.TakeMessages();
        types += messages.substr(0, 1) + std::to_string(messages.size()) +
                 (*kind == Kind::kBatch ? "." : "~");
        if (batches.copy_in() && messages.find('c') != std::string::npos) batches.SetCopyIn(false);
    }
}

TEST(Batches, RowsOfACopyAreHandedOverInPieces) {
    Batches batches;
    std::string input = Message('Q', "copy\0"s);
    EXPECT_EQ(CutCopy(batches, input), "Q10.");
    batches.SetCopyIn(true);
    EXPECT_FALSE(batches.extended());
    input = Message('d', "xy");
    EXPECT_EQ(CutCopy(batches, input), "");  // Waits for more.
    input = Message('d', std::string(kCopyBatchBytes, 'x')) + Message('S') + Message('H') +
            Message('d', "z");
    EXPECT_EQ(CutCopy(batches, input), "d1048588~");
    input = Message('c') + Message('Q', "x\0"s);
    EXPECT_EQ(CutCopy(batches, input), "d11~Q7.");
    batches.SetCopyIn(true);
    input = Message('d') + Message('X');
    EXPECT_EQ(CutCopy(batches, input), "X");
}

TEST(Batches, ACopyInASequenceWaitsForASyncOfItsOwn) {
    Batches batches;
    std::string input = Message('P') + Message('B') + Message('E') + Message('S');
    EXPECT_EQ(CutCopy(batches, input), "P20.");
    batches.SetCopyIn(true);
    EXPECT_TRUE(batches.extended());
    EXPECT_FALSE(batches.in_sequence());
    input = Message('S') + Message('c');
    EXPECT_EQ(CutCopy(batches, input), "c5~");
    EXPECT_TRUE(batches.in_sequence());  // So its Sync goes to the worker.
    input = Message('S');
    EXPECT_EQ(CutCopy(batches, input), "S5.");
    EXPECT_FALSE(batches.in_sequence());
}

TEST(Batches, OtherMessagesEndACopyAndUnknownOnesTheStream) {
    Batches batches;
    batches.SetCopyIn(true);
    std::string input = Message('d', "row") + Message('Q', "select 1\0"s);
    EXPECT_EQ(CutCopy(batches, input), "d22~");
    input = Message('?');
    EXPECT_EQ(CutCopy(batches, input), "!08P01");
}

TEST(Batches, LiesEndTheStream) {
    EXPECT_EQ(Cut("Q\xff\xff\xff\xff"s), "!08P01");
    EXPECT_EQ(Cut("Q\0\0\0\3"s), "!08P01");
    EXPECT_EQ(Cut(Message('?')), "!08P01");
    EXPECT_EQ(Cut(Message('p', "late password")), "!08P01");
    std::string flood;
    const std::string large = Message('B', std::string(kLimits.pg_message_bytes_max, 'x'));
    for (size_t bytes = 0; bytes <= kLimits.pg_batch_bytes_max; bytes += large.size())
        flood += large;
    EXPECT_EQ(Cut(flood), "!08P01");
}

}  // namespace
}  // namespace weft::gateway::pg
