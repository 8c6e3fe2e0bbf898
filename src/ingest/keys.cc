#include "ingest/keys.h"

#include "ingest/bytes.h"
#include "ingest/crc32c.h"
#include "io/crypto.h"

namespace weft::ingest {
namespace {

constexpr std::string_view kMagic = "WEFTKEY1";
constexpr size_t kHeadBytes = 24;
constexpr size_t kKeyBytes = 56;

}  // namespace

std::string Hash128::Bytes() const {
    std::string out;
    Put(out, a);
    Put(out, b);
    return out;
}

Hash128 Hash128::From(std::string_view bytes) {
    ByteReader reader(bytes);
    Hash128 hash;
    hash.a = reader.Get<uint64_t>();
    hash.b = reader.Get<uint64_t>();
    return hash;
}

Hash128 Hash128::Of(std::string_view bytes) { return From(io::Sha256(bytes)); }

Hash128 HashKey(const KeyScope& scope, KeyKind kind, std::string_view key) {
    std::string text(1, static_cast<char>(kind));
    Put(text, scope.product.value);
    PutText(text, scope.input);
    PutText(text, scope.principal);
    text.append(key);
    return Hash128::Of(text);
}

const Accepted* Keys::Find(const Hash128& key) const {
    const auto found = accepted_.find(key);
    return found == accepted_.end() ? nullptr : &found->second;
}

void Keys::Add(const Hash128& key, const Accepted& accepted) {
    const auto [added, is_new] = accepted_.try_emplace(key, accepted);
    if (!is_new) return;
    oldest_first_.push_back(&added->first);
    while (accepted_.size() > keys_max_) {
        accepted_.erase(accepted_.find(*oldest_first_.front()));
        oldest_first_.pop_front();
    }
}

void Keys::AddAll(const EntryView& entry) {
    KeyList keys;
    ListKeys(entry, keys);
    for (const auto& [key, accepted] : keys) Add(key, accepted);
}

void Keys::Expire(Timestamp now) {
    while (!oldest_first_.empty()) {
        const auto oldest = accepted_.find(*oldest_first_.front());
        if (oldest->second.received.us > now.us - age_us_) break;
        accepted_.erase(oldest);
        oldest_first_.pop_front();
    }
}

void ListKeys(const EntryView& entry, KeyList& keys) {
    const KeyScope scope{entry.product, entry.input, entry.principal};
    if (!entry.key.empty()) {
        keys.emplace_back(HashKey(scope, KeyKind::kRequest, entry.key),
                          Accepted{Hash128::From(entry.request_hash), entry.first_position,
                                   entry.count, entry.received});
    }
    uint64_t position = entry.first_position;
    for (const std::string_view key : entry.record_keys) {
        keys.emplace_back(HashKey(scope, KeyKind::kRecord, key),
                          Accepted{{}, position++, 1, entry.received});
    }
}

std::string EncodeKeys(uint64_t segment, const KeyList& keys) {
    std::string out(kMagic);
    out.reserve(kHeadBytes + keys.size() * kKeyBytes + sizeof(uint32_t));
    Put(out, segment);
    Put(out, uint64_t{keys.size()});
    for (const auto& [key, accepted] : keys) {
        out.append(key.Bytes());
        out.append(accepted.request.Bytes());
        Put(out, accepted.first_position);
        Put(out, accepted.count);
        Put(out, accepted.received.us);
    }
    Put(out, Crc32c(out));
    return out;
}

Result<KeyList> DecodeKeys(uint64_t segment, std::string_view bytes) {
    const auto corrupt = [] { return Fail(Code::kCorrupt, "this is not what a .keys file holds"); };
    if (bytes.size() < kHeadBytes + sizeof(uint32_t)) return corrupt();
    const size_t end = bytes.size() - sizeof(uint32_t);
    if (ByteReader(bytes.substr(end)).Get<uint32_t>() != Crc32c(bytes.substr(0, end))) {
        return corrupt();
    }
    ByteReader reader(bytes.substr(0, end));
    if (reader.Take(kMagic.size()) != kMagic) return corrupt();
    if (reader.Get<uint64_t>() != segment) return corrupt();
    const auto count = reader.Get<uint64_t>();
    if (reader.left() % kKeyBytes != 0 || count != reader.left() / kKeyBytes) return corrupt();
    KeyList keys(count);
    for (auto& [key, accepted] : keys) {
        key = Hash128::From(reader.Take(16));
        accepted.request = Hash128::From(reader.Take(16));
        accepted.first_position = reader.Get<uint64_t>();
        accepted.count = reader.Get<uint64_t>();
        accepted.received.us = reader.Get<int64_t>();
    }
    return keys;
}

}  // namespace weft::ingest
