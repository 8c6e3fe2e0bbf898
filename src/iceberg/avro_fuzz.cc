// Manifests and manifest lists from outside: first byte chooses the reader. Blocks are tried as
// they are and behind a valid header, so that the fuzzer need not guess the container.
#include <cstdint>
#include <string>
#include <string_view>

#include "iceberg/avro.h"
#include "iceberg/manifest.h"
#include "iceberg/manifest_list.h"

namespace weft::iceberg {
namespace {

// The real header of a written file, with the input as its only block, uncompressed.
std::string WithHeader(const std::string& file, std::string_view block, uint8_t count) {
    std::string out = file;
    const std::string sync = out.substr(out.size() - 16);
    const size_t codec = out.find("deflate");
    if (codec != std::string::npos) out.replace(codec - 1, 8, "\x08null");
    AvroEncoder encoder;
    encoder.Long(count);
    encoder.Bytes(block);
    return out + encoder.bytes() + sync;
}

}  // namespace
}  // namespace weft::iceberg

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace weft::iceberg;
    if (size < 2) return 0;
    // Copied to the heap, so that a read behind the end is seen.
    const std::string input(reinterpret_cast<const char*>(data + 2), size - 2);
    ManifestFile listed;
    listed.sequence_number = 3;
    Columns columns;
    columns.fields.push_back({1, "id", {}, {}, false, ""});
    switch (data[0] % 5) {
        case 0: (void)ReadAvro(input); break;
        case 1: (void)DecodeManifest(input, listed, "/t"); break;
        case 2: (void)DecodeManifestList(input, "/t"); break;
        case 3:
            (void)DecodeManifest(WithHeader(EncodeManifest({}, columns), input, data[1]), listed,
                                 "/t");
            break;
        default:
            (void)DecodeManifestList(WithHeader(EncodeManifestList({}, {}), input, data[1]), "/t");
    }
    return 0;
}
