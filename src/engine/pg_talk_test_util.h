// For the tests of the PostgreSQL conversation: a session in this process, and what is said in it
// as short texts.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/pg_message.h"
#include "engine/pg_test_world.h"

namespace weft::engine {

using namespace std::string_literals;

// A session and what is said in it.
class PgTalk : public testing::Test {
  protected:
    PgTalk()
        : session_(
              std::move(*PgSession::Make(PgTestWorld::Get().engine(), PgTestWorld::Get().out()))) {}

    static std::string Message(char type, std::string_view body) {
        PgWriter writer;
        writer.Begin(type);
        writer.Bytes(body);
        writer.End();
        return writer.buffer();
    }
    // The answer as type bytes with what matters: tags, SQLSTATEs, cells of rows, the state.
    std::string Ask(const std::string& messages) {
        auto [answer, ended] = PgTestWorld::Get().Run(*session_, messages);
        ended_ = std::move(ended);
        std::string out;
        for (std::string_view rest = answer; !rest.empty();) {
            const auto size = static_cast<unsigned char>(rest[4]) +
                              256u * static_cast<unsigned char>(rest[3]) +
                              65'536u * static_cast<unsigned char>(rest[2]);
            out += Short(rest[0], rest.substr(5, size - 4)) + " ";
            rest.remove_prefix(size + 1);
        }
        return out;
    }
    std::string Query(std::string sql) { return Ask(Message('Q', sql + '\0')); }
    static std::string Parse(const std::string& name, const std::string& sql) {
        return Message('P', name + "\0"s + sql + "\0\0\0"s);
    }
    static std::string Bind(const std::string& portal, const std::string& name) {
        return Message('B', portal + "\0"s + name + "\0\0\0\0\0\0\0"s);
    }
    static std::string Execute(const std::string& portal, char rows) {
        return Message('E', portal + "\0\0\0\0"s + rows);
    }

    static std::string Short(char type, std::string_view body) {
        if (type == 'C') return "C:" + std::string(body.data());
        if (type == 'Z') return "Z:" + std::string(body.substr(0, 1));
        if (type == 'E') return "E:" + std::string(body.substr(body.find("\0C"s) + 2, 5));
        if (type != 'D') return {type};
        std::string out = "D";
        for (size_t at = 2; at + 4 <= body.size();) {
            const auto length = static_cast<int32_t>(
                __builtin_bswap32(*reinterpret_cast<const uint32_t*>(body.data() + at)));
            at += 4;
            out += length < 0 ? "|NULL"
                              : "|" + std::string(body.substr(at, static_cast<size_t>(length)));
            if (length > 0) at += static_cast<size_t>(length);
        }
        return out;
    }

    std::unique_ptr<PgSession> session_;
    Ended ended_;
};

}  // namespace weft::engine
