// What a PostgreSQL client says before it is logged in: the first packets and the SASL messages.
// Pure parsing of hostile bytes, no sockets; connection.cc drives it. THREAD: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace weft::gateway::pg {

struct SslRequest {};
struct GssRequest {};
struct CancelRequest {
    uint32_t session = 0;
    uint32_t key = 0;
};
struct StartupMessage {
    uint16_t minor = 0;                                           // 3.minor
    std::vector<std::pair<std::string, std::string>> parameters;  // Without user and database.
    std::vector<std::string> unknown_options;  // _pq_.*: to be named in the negotiation.
    std::string user;
    std::string database;  // The user's name when absent.
};
using FirstPacket = std::variant<SslRequest, GssRequest, CancelRequest, StartupMessage>;

// Bytes that follow the four of the length. FAILS: kInvalid 08P01.
Result<size_t> FirstPacketSize(std::string_view length);
// `body` is everything behind the length. FAILS: kInvalid 08P01, 0A000 for a protocol that is
// not 3.
Result<FirstPacket> ParseFirstPacket(std::string_view body);

// A typed message's header: type byte and length. FAILS: kInvalid 08P01; kLimit above `bytes_max`.
struct MessageHead {
    char type = 0;
    size_t body_bytes = 0;
};
inline constexpr size_t kHeadBytes = 5;
Result<MessageHead> ParseHead(std::string_view head, size_t bytes_max);

// SASLInitialResponse and SASLResponse ('p'). FAILS: kInvalid 08P01.
struct SaslInitial {
    std::string mechanism;
    std::string response;
};
Result<SaslInitial> ParseSaslInitial(std::string_view body);

}  // namespace weft::gateway::pg
