// Segments and .keys files that lie, and good ones with one wrong byte. The first byte chooses.
// Invariants: no crash; what decodes encodes to the same bytes; a changed segment never gives an
// entry that was not written, and only the newest may silently end early.
// Built with -DWEFT_PLANT_BUG it must fail within seconds: that proves the target can find one.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/bytes.h"
#include "ingest/crc32c.h"
#include "ingest/keys.h"
#include "ingest/segment.h"

namespace weft::ingest {
namespace {

constexpr uint64_t kSalt = 0;

Result<> Ignore(const EntryView&, uint64_t, uint64_t) { return {}; }

void Require(bool condition) {
    if (!condition) std::abort();
}

// An entry with the right checksums around any body.
void TryBody(std::string_view body) {
    std::string behind;
    Put(behind, static_cast<uint32_t>(body.size()));
    Put(behind, Crc32c(body));
    Put(behind, uint64_t{1});
    Put(behind, uint64_t{1});
    std::string salt;
    Put(salt, kSalt);
    std::string bytes = "WEn1";
    Put(bytes, Crc32c(behind, Crc32c(salt)));
    bytes += behind;
    bytes += body;
    bytes.shrink_to_fit();
    const auto decoded = DecodeEntry(bytes, kSalt);
    if (!decoded) return;
    Require(decoded->size == bytes.size());
    std::string again;
    EncodeEntry(ToEntry(decoded->entry), decoded->entry.request_hash, {1, 1}, kSalt, again);
    Require(again == bytes);
    KeyList keys;
    ListKeys(decoded->entry, keys);
}

void TryChanged(std::string_view input) {
    if (input.size() < 3) return;
    std::string bytes = EncodeSegmentHead({1, kSalt});
    std::vector<std::string> lines;
    for (uint64_t i = 0; i < 4; ++i) {
        Entry entry;
        entry.stream = {{1}, "in"};
        entry.first_position = 1 + i;
        entry.count = 1;
        entry.lines = std::string(i * 3, 'x') + "\n";
        lines.push_back(entry.lines);
        EncodeEntry(entry, {}, {1 + i, i < 2 ? 1 + i : 3}, kSalt, bytes);
    }
    const size_t at =
        (static_cast<uint8_t>(input[0]) | static_cast<uint8_t>(input[1]) << 8) % bytes.size();
    const std::string before = bytes;
    for (size_t i = 2; i < input.size() && at + i - 2 < bytes.size(); ++i) {
        bytes[at + i - 2] = static_cast<char>(bytes[at + i - 2] ^ input[i]);
    }
    for (const bool newest : {false, true}) {
        std::vector<std::string> seen;
        const auto scanned =
            ScanSegment(bytes, newest, [&](const EntryView& entry, uint64_t, uint64_t) -> Result<> {
                seen.emplace_back(entry.lines);
                return {};
            });
        Require(seen.size() <= lines.size());
        for (size_t i = 0; i < seen.size(); ++i) Require(seen[i] == lines[i]);
        if (!newest) Require(scanned.has_value() == (bytes == before));
    }
}

}  // namespace
}  // namespace weft::ingest

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace weft::ingest;
    if (size < 1) return 0;
    // Copied to the heap, so that a read behind the end is seen.
    const std::string input(reinterpret_cast<const char*>(data + 1), size - 1);
    switch (data[0] % 5) {
        case 0:
            TryBody(input);
            break;
        case 1:
            TryChanged(input);
            break;
        case 2: {
            const auto scanned = ScanSegment(input, data[0] & 8, Ignore);
            Require(!scanned || scanned->end <= input.size());
            break;
        }
        case 3: {
            std::string bytes = EncodeSegmentHead({1, kSalt}) + input;
            const auto scanned = ScanSegment(bytes, true, Ignore);
            Require(!scanned || scanned->end <= bytes.size());
            break;
        }
        default: {
            std::string bytes = input;
            Put(bytes, Crc32c(input));
            const auto keys = DecodeKeys(1, bytes);
            if (keys) Require(EncodeKeys(1, *keys) == bytes);
        }
    }
    return 0;
}
