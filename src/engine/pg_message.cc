#include "engine/pg_message.h"

#include <cstring>

#include "base/limits.h"

namespace weft::engine {
namespace {

std::unexpected<Error> Broken(std::string message) {
    Error error;
    error.code = Code::kInvalid;
    error.message = "protocol violation: " + std::move(message);
    error.sqlstate = "08P01";
    return std::unexpected(std::move(error));
}

// A cursor over one message body. Every Take checks what is left.
class Body {
public:
    explicit Body(std::string_view bytes) : bytes_(bytes) {}

    Result<uint32_t> Int32() {
        if (bytes_.size() < 4) return Broken("message is too short for a number");
        uint32_t value;
        std::memcpy(&value, bytes_.data(), 4);
        bytes_.remove_prefix(4);
        return __builtin_bswap32(value);
    }
    Result<uint16_t> Int16() {
        if (bytes_.size() < 2) return Broken("message is too short for a number");
        uint16_t value;
        std::memcpy(&value, bytes_.data(), 2);
        bytes_.remove_prefix(2);
        return __builtin_bswap16(value);
    }
    Result<char> Byte() {
        if (bytes_.empty()) return Broken("message is too short");
        const char value = bytes_.front();
        bytes_.remove_prefix(1);
        return value;
    }
    Result<std::string_view> Text() {
        const size_t end = bytes_.find('\0');
        if (end == std::string_view::npos) return Broken("text without an end");
        const std::string_view text = bytes_.substr(0, end);
        bytes_.remove_prefix(end + 1);
        return text;
    }
    Result<std::string_view> Bytes(size_t count) {
#ifndef WEFT_PLANT_BUG  // Fuzzing must find what happens without this line.
        if (count > bytes_.size()) return Broken("a length points behind the message");
#endif
        const std::string_view part(bytes_.data(), count);
        bytes_.remove_prefix(count);
        return part;
    }
    Result<> Done() const {
        if (!bytes_.empty()) return Broken("bytes behind the end of a message");
        return {};
    }
    // A count of items that take at least `item_bytes` each: refused when the message cannot hold them.
    Result<size_t> Count(size_t item_bytes) {
        const size_t count = TRY(Int16());
        if (count * item_bytes > bytes_.size()) return Broken("a count points behind the message");
        return count;
    }

private:
    std::string_view bytes_;
};

Result<std::vector<int16_t>> TakeFormats(Body& body) {
    std::vector<int16_t> formats(TRY(body.Count(2)));
    for (auto& format : formats) {
        format = static_cast<int16_t>(TRY(body.Int16()));
        if (format != 0 && format != 1) return Broken("format code is neither 0 nor 1");
    }
    return formats;
}

Result<PgClient> TakeParse(Body body) {
    PgParse message;
    message.name = TRY(body.Text());
    message.sql = TRY(body.Text());
    message.types.resize(TRY(body.Count(4)));
    for (auto& type : message.types) type = TRY(body.Int32());
    CHECK_OK(body.Done());
    return message;
}

Result<PgClient> TakeBind(Body body) {
    PgBind message;
    message.portal = TRY(body.Text());
    message.statement = TRY(body.Text());
    message.parameter_formats = TRY(TakeFormats(body));
    message.parameters.resize(TRY(body.Count(4)));
    for (auto& parameter : message.parameters) {
        const auto length = static_cast<int32_t>(TRY(body.Int32()));
        if (length == -1) continue;
        if (length < 0) return Broken("a negative length");
        parameter = TRY(body.Bytes(static_cast<size_t>(length)));
    }
    message.result_formats = TRY(TakeFormats(body));
    CHECK_OK(body.Done());
    if (message.parameter_formats.size() > 1 && message.parameter_formats.size() != message.parameters.size())
        return Broken("as many format codes as parameters are wanted");
    return message;
}

template <class Message>
Result<PgClient> TakeNamed(Body body) {
    Message message;
    message.kind = TRY(body.Byte());
    message.name = TRY(body.Text());
    CHECK_OK(body.Done());
    if (message.kind != 'S' && message.kind != 'P') return Broken("neither a statement nor a portal is named");
    return message;
}

Result<PgClient> TakeExecute(Body body) {
    PgExecute message;
    message.portal = TRY(body.Text());
    const auto rows = static_cast<int32_t>(TRY(body.Int32()));
    message.rows_max = rows > 0 ? static_cast<uint32_t>(rows) : 0;
    CHECK_OK(body.Done());
    return message;
}

}  // namespace

Result<PgClient> TakePgMessage(std::string_view& batch) {
    Body head(batch.substr(0, 5));
    const char type = TRY(head.Byte());
    const uint32_t length = TRY(head.Int32());
    if (length < 4 || length - 4 > kLimits.pg_message_bytes_max || length - 4 > batch.size() - 5)
        return Broken("message length is wrong");
    const Body body(batch.substr(5, length - 4));
    batch.remove_prefix(1 + size_t{length});
    switch (type) {
        case 'Q': {
            Body rest = body;
            PgQuery message{TRY(rest.Text())};
            CHECK_OK(rest.Done());
            return message;
        }
        case 'P': return TakeParse(body);
        case 'B': return TakeBind(body);
        case 'D': return TakeNamed<PgDescribe>(body);
        case 'C': return TakeNamed<PgClose>(body);
        case 'E': return TakeExecute(body);
        case 'H': return PgFlush{};
        case 'S': return PgSync{};
        case 'd': {
            Body rest = body;
            return PgCopyData{TRY(rest.Bytes(length - 4))};
        }
        case 'c':
            return PgCopyDone{};
        case 'f': {
            Body rest = body;
            return PgCopyFail{TRY(rest.Text())};
        }
        case 'F':
            return PgOther{type};
        default: return Broken("unknown message type");
    }
}

int16_t PgFormatAt(const std::vector<int16_t>& formats, size_t index) {
    if (formats.empty()) return 0;
    if (formats.size() == 1) return formats[0];
    return index < formats.size() ? formats[index] : int16_t{0};
}

void PgWriter::Begin(char type) {
    start_ = buffer_.size();
    buffer_.push_back(type);
    buffer_.append(4, '\0');
}

void PgWriter::End() {
    const uint32_t length = __builtin_bswap32(static_cast<uint32_t>(buffer_.size() - start_ - 1));
    std::memcpy(buffer_.data() + start_ + 1, &length, 4);
}

void PgWriter::Int16(int16_t value) {
    const uint16_t wire = __builtin_bswap16(static_cast<uint16_t>(value));
    buffer_.append(reinterpret_cast<const char*>(&wire), 2);
}

void PgWriter::Int32(int32_t value) {
    const uint32_t wire = __builtin_bswap32(static_cast<uint32_t>(value));
    buffer_.append(reinterpret_cast<const char*>(&wire), 4);
}

void PgWriter::Text(std::string_view text) {
    buffer_.append(text.substr(0, text.find('\0')));
    buffer_.push_back('\0');
}

void PgWriter::Bytes(std::string_view bytes) { buffer_.append(bytes); }

void PgWriter::Empty(char type) {
    Begin(type);
    End();
}

void PgWriter::Tag(std::string_view tag) {
    Begin('C');
    Text(tag);
    End();
}

void PgWriter::Ready(char state) {
    Begin('Z');
    buffer_.push_back(state);
    End();
}

void PgWriter::Parameter(std::string_view name, std::string_view value) {
    Begin('S');
    Text(name);
    Text(value);
    End();
}

void PgWriter::Fields(const std::vector<PgField>& fields) {
    Begin('T');
    Int16(static_cast<int16_t>(fields.size()));
    for (const auto& field : fields) {
        Text(field.name);
        Int32(0);
        Int16(0);
        Int32(static_cast<int32_t>(field.type));
        Int16(field.size);
        Int32(field.modifier);
        Int16(field.format);
    }
    End();
}

void PgWriter::ParameterTypes(const std::vector<uint32_t>& types) {
    Begin('t');
    Int16(static_cast<int16_t>(types.size()));
    for (const uint32_t type : types) Int32(static_cast<int32_t>(type));
    End();
}

void PgWriter::Row(const std::vector<std::optional<std::string>>& values) {
    Begin('D');
    Int16(static_cast<int16_t>(values.size()));
    for (const auto& value : values) {
        Int32(value ? static_cast<int32_t>(value->size()) : -1);
        if (value) Bytes(*value);
    }
    End();
}

void PgWriter::Failure(const PgFailure& failure) {
    const char* severity = failure.fatal ? "FATAL" : "ERROR";
    const auto field = [this](char code, std::string_view text) {
        if (text.empty()) return;
        buffer_.push_back(code);
        Text(text);
    };
    Begin('E');
    field('S', severity);
    field('V', severity);
    field('C', failure.sqlstate);
    field('M', failure.message.empty() ? std::string_view("unknown error") : failure.message);
    field('D', failure.detail);
    field('H', failure.hint);
    if (failure.position > 0) field('P', std::to_string(failure.position));
    buffer_.push_back('\0');
    End();
}

}  // namespace weft::engine
