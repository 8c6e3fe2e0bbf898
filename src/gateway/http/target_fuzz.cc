// Request targets, data addresses, lists of names and Accept headers, as HTTP clients may send
// them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "gateway/http/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace weft::gateway::http;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto target = ParseTarget(text)) {
        for (const auto& segment : target->segments)
            if (segment.empty() || segment == ".." || !weft::IsUtf8(segment)) __builtin_trap();
        const auto& parts = target->segments;
        if (parts.size() >= 3)
            (void)ParseDataAddress(parts[1], parts[2], parts.size() > 3 ? parts[3] : "");
    }
    if (const auto names = ParseNames(text))
        for (const auto& name : *names)
            if (name.empty()) __builtin_trap();
    (void)ParseOrder(text);
    (void)ParseDataAddress("sales", text, "");
    (void)ChooseFormat("", text);
    return 0;
}
