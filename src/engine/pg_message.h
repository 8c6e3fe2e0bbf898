// PostgreSQL messages, both directions: a bounds-checked reader for what the client sent, a writer for the answers.
//
// Used by pg_session. Every length and count of a client is hostile: the reader never looks outside the message and
// refuses counts that the message cannot hold. Views point into the batch, which outlives the statement.
// THREAD: values; one user at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace weft::engine {

struct PgQuery { std::string_view sql; };
struct PgParse {
    std::string_view name;
    std::string_view sql;
    std::vector<uint32_t> types;  // 0: the client leaves it to us.
};
struct PgBind {
    std::string_view portal;
    std::string_view statement;
    std::vector<int16_t> parameter_formats;
    std::vector<std::optional<std::string_view>> parameters;
    std::vector<int16_t> result_formats;
};
struct PgDescribe { char kind = 'S'; std::string_view name; };
struct PgClose { char kind = 'S'; std::string_view name; };
struct PgExecute { std::string_view portal; uint32_t rows_max = 0; };
struct PgFlush {};
struct PgSync {};
struct PgCopyData {
    std::string_view bytes;
};
struct PgCopyDone {};
struct PgCopyFail {
    std::string_view reason;
};
struct PgOther {
    char type = 0;
};  // Known to the protocol, not served: function call.

using PgClient = std::variant<PgQuery, PgParse, PgBind, PgDescribe, PgClose, PgExecute, PgFlush,
                              PgSync, PgCopyData, PgCopyDone, PgCopyFail, PgOther>;

// Takes one message off the front of `batch`. FAILS: kInvalid with SQLSTATE 08P01 when the bytes are not a message.
Result<PgClient> TakePgMessage(std::string_view& batch);

// The format of item `index`, by the protocol's rule: none = text, one = for all, else one each.
int16_t PgFormatAt(const std::vector<int16_t>& formats, size_t index);

struct PgField {
    std::string name;
    uint32_t type = 25;
    int16_t size = -1;
    int32_t modifier = -1;
    int16_t format = 0;
};

struct PgFailure {
    std::string sqlstate;
    std::string message;
    std::string detail;
    std::string hint;
    uint32_t position = 0;  // 1-based, in characters; 0: none.
    bool fatal = false;
};

// Appends messages to a buffer. Begin/End frame one message; the rest appends to it.
class PgWriter {
public:
    void Begin(char type);
    void End();
    void Int16(int16_t value);
    void Int32(int32_t value);
    void Text(std::string_view text);  // With the closing NUL; a NUL inside ends it.
    void Bytes(std::string_view bytes);

    void Empty(char type);             // A message without a body: '1' '2' '3' 'n' 's' 'I'.
    void Tag(std::string_view tag);    // CommandComplete.
    void Ready(char state);
    void Parameter(std::string_view name, std::string_view value);
    void Fields(const std::vector<PgField>& fields);
    void ParameterTypes(const std::vector<uint32_t>& types);
    void Row(const std::vector<std::optional<std::string>>& values);
    void Failure(const PgFailure& failure);

    std::string& buffer() { return buffer_; }

private:
    std::string buffer_;
    size_t start_ = 0;
};

}  // namespace weft::engine
