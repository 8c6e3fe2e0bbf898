// Everything that a PostgreSQL client may send before and after login, as the node cuts and parses
// it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gateway/pg/batches.h"
#include "gateway/pg/startup.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace weft::gateway::pg;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto body = FirstPacketSize(bytes.substr(0, 4)))
        (void)ParseFirstPacket(bytes.substr(bytes.size() < 4 ? bytes.size() : 4, *body));
    (void)ParseFirstPacket(bytes);
    (void)ParseSaslInitial(bytes);
    Batches batches;
    std::string_view rest = bytes;
    for (int round = 0; round < 1'000; ++round) {
        size_t taken = 0;
        const auto kind = batches.Take(rest, taken);
        if (taken > rest.size()) __builtin_trap();
        rest.remove_prefix(taken);
        if (!kind || *kind == Batches::Kind::kNeedMore || *kind == Batches::Kind::kTerminate) break;
        if (*kind != Batches::Kind::kFunctionCall && batches.TakeMessages().empty())
            __builtin_trap();
    }
    return 0;
}
