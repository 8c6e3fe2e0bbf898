#include "ingest/segment.h"

#include <fmt/format.h>

#include "ingest/bytes.h"
#include "ingest/crc32c.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

namespace weft::ingest {
namespace {

constexpr std::string_view kSegmentMagic = "WEFTLOG1";
constexpr std::string_view kEntryMagic = "WEn1";
constexpr size_t kRequestHashBytes = 16;

// Head of an entry: magic, checksum of salt and what follows, bytes and checksum of the body,
// number, batch.
struct EntryHead {
    uint32_t body_bytes = 0;
    uint32_t body_sum = 0;
    EntryNumbers numbers;
};

uint32_t HeadSum(std::string_view behind_sum, uint64_t salt) {
    std::string salted;
    Put(salted, salt);
    return Crc32c(behind_sum, Crc32c(salted));
}

std::unexpected<Error> Corrupt(std::string_view why) {
    return Fail(Code::kCorrupt, std::string(why));
}

Result<EntryHead> DecodeHead(std::string_view bytes, uint64_t salt) {
    if (bytes.size() < kEntryHeadBytes) return Corrupt("an entry is cut off in its head");
    ByteReader reader(bytes.substr(0, kEntryHeadBytes));
    if (reader.Take(kEntryMagic.size()) != kEntryMagic) return Corrupt("no entry begins here");
    const auto sum = reader.Get<uint32_t>();
    if (HeadSum(bytes.substr(8, kEntryHeadBytes - 8), salt) != sum) {
        return Corrupt("the head of an entry does not match its checksum");
    }
    EntryHead head;
    head.body_bytes = reader.Get<uint32_t>();
    head.body_sum = reader.Get<uint32_t>();
    head.numbers.number = reader.Get<uint64_t>();
    head.numbers.batch = reader.Get<uint64_t>();
    return head;
}

Result<EntryView> DecodeBody(std::string_view body) {
    ByteReader reader(body);
    EntryView entry;
    entry.product.value = reader.Get<uint64_t>();
    entry.first_position = reader.Get<uint64_t>();
    entry.count = reader.Get<uint64_t>();
    entry.received.us = reader.Get<int64_t>();
    entry.input = reader.Text();
    entry.principal = reader.Text();
    entry.key = reader.Text();
    if (!entry.key.empty()) entry.request_hash = reader.Take(kRequestHashBytes);
    const auto keys = reader.Get<uint32_t>();
    if (keys > reader.left() / sizeof(uint32_t)) return Corrupt("an entry has too many keys");
    entry.record_keys.reserve(keys);
    for (uint32_t i = 0; i < keys; ++i) entry.record_keys.push_back(reader.Text());
    const auto replays = reader.Get<uint32_t>();
    if (replays > reader.left() / sizeof(uint64_t)) return Corrupt("an entry has too many replays");
    entry.replays.reserve(replays);
    for (uint32_t i = 0; i < replays; ++i) entry.replays.push_back(reader.Get<uint64_t>());
    entry.lines = reader.Rest();
    if (!reader.ok()) return Corrupt("an entry is shorter than it says");
    // A record takes a byte at least, so sums of positions cannot overflow unnoticed.
    if (entry.count == 0 || entry.count > entry.lines.size() || entry.first_position == 0 ||
        entry.first_position > UINT64_MAX - entry.count || entry.lines.back() != '\n' ||
        (keys != 0 && keys != entry.count) || (replays != 0 && replays != entry.count)) {
        return Corrupt("an entry contradicts itself");
    }
    return entry;
}

// Whether an entry of a batch behind `number` follows: then what lies before it was on disk once.
bool LaterBatchFollows(std::string_view bytes, uint64_t number, uint64_t salt) {
    for (size_t at = bytes.find(kEntryMagic, 1); at != std::string_view::npos;
         at = bytes.find(kEntryMagic, at + 1)) {
        const auto head = DecodeHead(bytes.substr(at), salt);
        if (head && head->numbers.batch > number) return true;
    }
    return false;
}

std::unexpected<Error> CorruptAt(uint64_t offset, std::string_view why) {
    return Corrupt(fmt::format("at byte {}: {}", offset, why));
}

}  // namespace

std::string EncodeSegmentHead(const SegmentHead& head) {
    std::string out(kSegmentMagic);
    Put(out, head.first_number);
    Put(out, head.salt);
    Put(out, uint32_t{0});
    Put(out, Crc32c(out));
    return out;
}

Result<SegmentHead> DecodeSegmentHead(std::string_view bytes) {
    if (bytes.size() < kSegmentHeadBytes) return Corrupt("the head of the segment is cut off");
    ByteReader reader(bytes.substr(0, kSegmentHeadBytes));
    const bool magic = reader.Take(kSegmentMagic.size()) == kSegmentMagic;
    SegmentHead head;
    head.first_number = reader.Get<uint64_t>();
    head.salt = reader.Get<uint64_t>();
    const auto zero = reader.Get<uint32_t>();
    const auto sum = reader.Get<uint32_t>();
    if (!magic || zero != 0 || sum != Crc32c(bytes.substr(0, kSegmentHeadBytes - sizeof sum)) ||
        head.first_number == 0) {
        return Corrupt("this is not the head of a segment of the ingest log (version 1)");
    }
    return head;
}

uint64_t EncodedBytes(const Entry& entry) {
    uint64_t bytes = kEntryHeadBytes + 4 * sizeof(uint64_t) + 5 * sizeof(uint32_t) +
                     kRequestHashBytes + entry.stream.input.size() + entry.principal.size() +
                     entry.key.size() + entry.replays.size() * sizeof(uint64_t) +
                     entry.lines.size();
    for (const std::string& key : entry.record_keys) bytes += sizeof(uint32_t) + key.size();
    return bytes;
}

void EncodeEntry(const Entry& entry, std::string_view request_hash, EntryNumbers numbers,
                 uint64_t salt, std::string& out) {
    Assert(request_hash.size() == (entry.key.empty() ? 0 : kRequestHashBytes));
    const size_t begin = out.size();
    out.append(kEntryHeadBytes, '\0');
    Put(out, entry.stream.product.value);
    Put(out, entry.first_position);
    Put(out, entry.count);
    Put(out, entry.received.us);
    PutText(out, entry.stream.input);
    PutText(out, entry.principal);
    PutText(out, entry.key);
    out.append(request_hash);
    Put(out, static_cast<uint32_t>(entry.record_keys.size()));
    for (const std::string& key : entry.record_keys) PutText(out, key);
    Put(out, static_cast<uint32_t>(entry.replays.size()));
    for (const uint64_t position : entry.replays) Put(out, position);
    out.append(entry.lines);

    const std::string_view body = std::string_view(out).substr(begin + kEntryHeadBytes);
    Assert(body.size() + kEntryHeadBytes <= kEntryBytesMax);
    std::string behind_sum;
    Put(behind_sum, static_cast<uint32_t>(body.size()));
    Put(behind_sum, Crc32c(body));
    Put(behind_sum, numbers.number);
    Put(behind_sum, numbers.batch);
    std::string head(kEntryMagic);
    Put(head, HeadSum(behind_sum, salt));
    out.replace(begin, kEntryHeadBytes, head + behind_sum);
}

Result<Decoded> DecodeEntry(std::string_view bytes, uint64_t salt) {
    const EntryHead head = TRY(DecodeHead(bytes, salt));
    const std::string_view behind = bytes.substr(kEntryHeadBytes);
    if (head.body_bytes > behind.size()) return Corrupt("an entry is cut off");
    const std::string_view body = behind.substr(0, head.body_bytes);
    if (Crc32c(body) != head.body_sum) {
        return Corrupt("an entry does not match its checksum");
    }
    Decoded decoded{TRY(DecodeBody(body)), kEntryHeadBytes + body.size()};
    decoded.entry.numbers = head.numbers;
    return decoded;
}

Entry ToEntry(const EntryView& view) {
    Entry entry;
    entry.stream = {view.product, std::string(view.input)};
    entry.first_position = view.first_position;
    entry.count = view.count;
    entry.received = view.received;
    entry.principal = view.principal;
    entry.key = view.key;
    entry.record_keys.assign(view.record_keys.begin(), view.record_keys.end());
    entry.replays = view.replays;
    entry.lines = view.lines;
    return entry;
}

Result<Scanned> ScanSegment(std::string_view bytes, bool newest, const Visit& visit) {
    // The head was synced before any entry was written: behind it nothing is torn but a short file.
    if (newest && bytes.size() < kSegmentHeadBytes) return Scanned{};
    auto head = DecodeSegmentHead(bytes);
    if (!head) {
        const bool never_written = bytes.find_first_not_of('\0') == std::string_view::npos;
        if (newest && never_written) return Scanned{};
        return CorruptAt(0, head.error().message);
    }
    Scanned scanned{*head, head->first_number, kSegmentHeadBytes};
    while (scanned.end < bytes.size()) {
        const std::string_view rest = bytes.substr(scanned.end);
        auto decoded = DecodeEntry(rest, scanned.head.salt);
        if (!decoded) {
            if (newest && !LaterBatchFollows(rest, scanned.next_number, scanned.head.salt)) break;
            return CorruptAt(scanned.end, decoded.error().message);
        }
        const EntryNumbers numbers = decoded->entry.numbers;
        if (numbers.number != scanned.next_number || numbers.batch > numbers.number ||
            numbers.batch < scanned.head.first_number) {
            return CorruptAt(scanned.end, "an entry has the wrong number");
        }
        CHECK_OK(visit(decoded->entry, scanned.end, decoded->size));
        scanned.end += decoded->size;
        ++scanned.next_number;
    }
    return scanned;
}

}  // namespace weft::ingest
