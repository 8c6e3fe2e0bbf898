// Table metadata from outside; what is accepted must be written and read again.
#include <cstdint>
#include <string>
#include <string_view>

#include "iceberg/metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace weft::iceberg;
    const auto table = DecodeMetadata(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!table) return 0;
    const auto again = DecodeMetadata(EncodeMetadata(*table));
    if (!again || again->location != table->location ||
        again->snapshots.size() != table->snapshots.size()) {
        __builtin_trap();
    }
    return 0;
}
