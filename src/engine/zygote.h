// What node and zygote say to each other: start-up, and one request per fork. Blocking, in order.
// For pool*.cc and worker.cc only.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace weft::engine {

inline constexpr int kZygoteFd = 3;  // The zygote's end of its socket.
inline constexpr char kZygoteReady = 'A';
inline constexpr char kZygoteFailed = 'X';  // Body: why.
inline constexpr char kZygoteForked = 'P';  // Body: the pid, as text; -1 when the fork failed.
inline constexpr char kZygoteFork = 'S';    // Body: ForkRequest; descriptors: control, data.

struct ForkRequest {
    std::string spill_dir;
    uint64_t address_space_bytes = 0;
    uint64_t spill_bytes_max = 0;
    bool insecure = false;

    std::string Encode() const {
        std::string out(2 * sizeof(uint64_t) + 1, '\0');
        std::memcpy(out.data(), &address_space_bytes, sizeof(uint64_t));
        std::memcpy(out.data() + sizeof(uint64_t), &spill_bytes_max, sizeof(uint64_t));
        out[2 * sizeof(uint64_t)] = insecure ? '\1' : '\0';
        return out + spill_dir;
    }
    static std::optional<ForkRequest> Decode(std::string_view in) {
        ForkRequest request;
        if (in.size() < 2 * sizeof(uint64_t) + 1) return std::nullopt;
        std::memcpy(&request.address_space_bytes, in.data(), sizeof(uint64_t));
        std::memcpy(&request.spill_bytes_max, in.data() + sizeof(uint64_t), sizeof(uint64_t));
        request.insecure = in[2 * sizeof(uint64_t)] != '\0';
        request.spill_dir = in.substr(2 * sizeof(uint64_t) + 1);
        return request;
    }
};

}  // namespace weft::engine
