// Bytes of a hostile worker (or node): first byte is the frame's type, the rest its body. What
// decodes must encode to the same bytes again. Built with -DWEFT_PLANT_BUG the decoder trusts
// string lengths: found within seconds.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string_view frame(reinterpret_cast<const char*>(data), size);
    const auto body = frame.substr(1);
    if (const auto message = weft::engine::DecodeToWorker(frame[0], body)) {
        if (weft::engine::Encode(*message).substr(5) != body) std::abort();
    }
    if (const auto message = weft::engine::DecodeFromWorker(frame[0], body)) {
        if (weft::engine::Encode(*message).substr(5) != body) std::abort();
    }
    return 0;
}
