#include "gateway/pg/startup.h"

#include "base/limits.h"
#include "base/text.h"

namespace weft::gateway::pg {
namespace {

constexpr uint32_t kSslCode = 80877103;
constexpr uint32_t kGssCode = 80877104;
constexpr uint32_t kCancelCode = 80877102;
constexpr size_t kParametersMax = 100;

uint32_t Word(std::string_view bytes, size_t at) {
    uint32_t word = 0;
    for (size_t i = 0; i < 4; ++i) word = word << 8 | static_cast<uint8_t>(bytes[at + i]);
    return word;
}

std::unexpected<Error> Broken(std::string message) {
    Error error{Code::kInvalid, std::move(message), {}, "08P01", {}};
    return std::unexpected(std::move(error));
}

// Takes a text that ends with NUL. False when there is none.
bool TakeText(std::string_view& rest, std::string& text) {
    const size_t end = rest.find('\0');
    if (end == std::string_view::npos) return false;
    text = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return true;
}

Result<FirstPacket> ParseStartup(std::string_view rest, uint16_t minor) {
    StartupMessage startup;
    startup.minor = minor;
    bool has_database = false;
    for (size_t count = 0;; ++count) {
        std::string name, value;
        if (!TakeText(rest, name)) return Broken("the startup packet is cut");
        if (name.empty()) break;
        if (!TakeText(rest, value)) return Broken("the startup packet is cut");
        if (count == kParametersMax) return Broken("the startup packet has too many parameters");
        if (!IsUtf8(name) || !IsUtf8(value)) return Broken("the startup packet is not UTF-8");
        if (name == "user") {
            startup.user = value;
        } else if (name == "database") {
            startup.database = value;
            has_database = !value.empty();
        } else if (name.starts_with("_pq_.")) {
            startup.unknown_options.push_back(std::move(name));
        } else {
            startup.parameters.emplace_back(std::move(name), std::move(value));
        }
    }
#ifdef WEFT_PLANT_BUG  // For the fuzz target's own test: reads behind the packet when something
                       // follows it.
    if (!rest.empty() && rest[rest.size() + 4096] == 'x') return Broken("planted");
#endif
    if (!rest.empty()) return Broken("the startup packet has bytes behind its end");
    if (startup.user.empty()) return Broken("no user name in the startup packet");
    if (!has_database) startup.database = startup.user;
    return startup;
}

}  // namespace

Result<size_t> FirstPacketSize(std::string_view length) {
    if (length.size() != 4) return Broken("the startup packet is cut");
    const uint64_t size = Word(length, 0);
    if (size < 8 || size > kLimits.pg_startup_bytes_max)
        return Broken("the startup packet has a wrong length");
    return static_cast<size_t>(size - 4);
}

Result<FirstPacket> ParseFirstPacket(std::string_view body) {
    if (body.size() < 4) return Broken("the startup packet is cut");
    const uint32_t code = Word(body, 0);
    body.remove_prefix(4);
    if (code == kSslCode || code == kGssCode) {
        if (!body.empty()) return Broken("the negotiation packet has a wrong length");
        if (code == kSslCode) return SslRequest{};
        return GssRequest{};
    }
    if (code == kCancelCode) {
        // Keys of protocol 3.2 may be longer; this node gives out four bytes.
        if (body.size() != 8) return Broken("the cancel packet has a wrong length");
        return CancelRequest{Word(body, 0), Word(body, 4)};
    }
    if (code >> 16 != 3) {
        Error error{Code::kInvalid,
                    "this node speaks version 3 of the PostgreSQL protocol",
                    {},
                    "0A000",
                    {}};
        return std::unexpected(std::move(error));
    }
    return ParseStartup(body, static_cast<uint16_t>(code & 0xffff));
}

Result<MessageHead> ParseHead(std::string_view head, size_t bytes_max) {
    if (head.size() < kHeadBytes) return Broken("the message is cut");
    const uint64_t size = Word(head, 1);  // 64 bits: a length near 2^32 must not wrap.
    if (size < 4) return Broken("a message has a wrong length");
    if (size - 4 > bytes_max) {
        Error error{Code::kLimit, "a message is too large", {}, "08P01", {}};
        return std::unexpected(std::move(error));
    }
    return MessageHead{head[0], static_cast<size_t>(size - 4)};
}

Result<SaslInitial> ParseSaslInitial(std::string_view body) {
    SaslInitial initial;
    if (!TakeText(body, initial.mechanism) || body.size() < 4)
        return Broken("the SASL message is cut");
    const uint32_t size = Word(body, 0);
    body.remove_prefix(4);
    // -1 means "no initial response"; SCRAM always has one.
    if (size != body.size()) return Broken("the SASL message has a wrong length");
    initial.response = body;
    return initial;
}

}  // namespace weft::gateway::pg
