// The bytes of a segment of the ingest log: a head, then entries, each under its own checksums.
// docs/formats.md describes them. Written by the log's one writer, read at Open and by Read.
//
// Every entry names the batch (the first entry of the same write and sync) that it belongs to. That
// tells a torn write from damage: entries are only written when all batches before theirs are on
// disk, so unreadable bytes before an entry of a later batch were readable once. The salt in the
// head keeps the records of a client from looking like entries. Pure. THREAD: any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/log.h"

namespace weft::ingest {

inline constexpr uint64_t kEntryBytesMax = 256u << 20;  // Encoded, with its head.
inline constexpr size_t kSegmentHeadBytes = 32;
inline constexpr size_t kEntryHeadBytes = 32;

struct SegmentHead {
    uint64_t first_number = 0;  // Of the first entry; the file is named by it.
    uint64_t salt = 0;          // Random.
};
std::string EncodeSegmentHead(const SegmentHead& head);
// FAILS: kCorrupt.
Result<SegmentHead> DecodeSegmentHead(std::string_view bytes);

struct EntryNumbers {
    uint64_t number = 0;  // Of the entry in the log, dense from 1.
    uint64_t batch = 0;   // Number of the first entry of the same batch.
};

// An entry as it lies in its segment; the texts point into the bytes that it was read from.
struct EntryView {
    EntryNumbers numbers;
    ProductId product;
    std::string_view input;
    uint64_t first_position = 0;
    uint64_t count = 0;
    Timestamp received;
    std::string_view principal;
    std::string_view key;
    std::string_view request_hash;  // 16 bytes when there is a key, else empty.
    std::vector<std::string_view> record_keys;
    std::vector<uint64_t> replays;
    std::string_view lines;
};

// At least what the entry takes on disk. REQUIRES nothing; used for bounds.
uint64_t EncodedBytes(const Entry& entry);
// Appends to `out`. REQUIRES: EncodedBytes(entry) <= kEntryBytesMax; `request_hash` as above.
void EncodeEntry(const Entry& entry, std::string_view request_hash, EntryNumbers numbers,
                 uint64_t salt, std::string& out);
// The entry at the beginning of `bytes`, and how many bytes it takes. FAILS: kCorrupt saying why.
struct Decoded {
    EntryView entry;
    uint64_t size = 0;
};
Result<Decoded> DecodeEntry(std::string_view bytes, uint64_t salt);
Entry ToEntry(const EntryView& view);

// Reads a whole segment and gives each entry to `visit` with its offset and size.
// `newest`: its last batch may be torn; then `end` lies before the end of the bytes. FAILS:
// kCorrupt naming the offset, and what `visit` fails with.
struct Scanned {
    SegmentHead head;
    uint64_t next_number = 0;  // Behind the last entry.
    uint64_t end = 0;          // Bytes that are whole; 0: not even the head.
};
using Visit = std::function<Result<>(const EntryView&, uint64_t offset, uint64_t size)>;
Result<Scanned> ScanSegment(std::string_view bytes, bool newest, const Visit& visit);

}  // namespace weft::ingest
