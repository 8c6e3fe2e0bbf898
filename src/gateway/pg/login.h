// What the server says around a login: the messages before the first ReadyForQuery, and the mapping
// of startup parameters to session settings. Pure. THREAD: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/protocol.h"
#include "gateway/pg/startup.h"

namespace weft::gateway::pg {

inline constexpr std::string_view kDatabase = "weft";
inline constexpr std::string_view kServerVersion =
    "16.4";  // Clients choose their catalogue queries by it.
inline constexpr std::string_view kMechanism = "SCRAM-SHA-256";

// Which settings of the startup packet go to the session; `options` ("-c name=value") is taken
// apart. FAILS: kInvalid 22023 for an encoding or a mode that this node does not offer.
Result<std::vector<engine::Setting>> SessionSettings(const StartupMessage& startup);

std::string NegotiateVersion(const StartupMessage& startup);
std::string SaslOffer();
std::string SaslContinue(std::string_view data);
// AuthenticationSASLFinal, AuthenticationOk, ParameterStatus, BackendKeyData and ReadyForQuery.
struct Welcome {
    std::string server_final;
    std::string user;
    bool admin = false;
    std::vector<engine::Setting> settings;
    uint32_t session = 0;
    uint32_t key = 0;
};
std::string WelcomeMessages(const Welcome& welcome);

// The same bytes for an unknown user, a wrong password and an expired token.
Error LoginFailed(std::string_view user);

}  // namespace weft::gateway::pg
