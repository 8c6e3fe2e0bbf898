// Idempotency keys: what was accepted under which key, so that a retry writes nothing again. Known
// by 128 bits of SHA-256; bounded by number and age. Rebuilt at Open from segments and from .keys
// files, which keep the keys of segments that are gone (docs/formats.md). THREAD: one at a time;
// the log's writer thread owns it.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ingest/segment.h"

namespace weft::ingest {

struct Hash128 {
    uint64_t a = 0;
    uint64_t b = 0;
    friend bool operator==(const Hash128&, const Hash128&) = default;
    std::string Bytes() const;                    // 16.
    static Hash128 Of(std::string_view bytes);    // SHA-256, cut.
    static Hash128 From(std::string_view bytes);  // REQUIRES: 16 bytes.
};

// Whose key: keys of different streams, principals and kinds never meet.
enum class KeyKind : uint8_t { kRequest = 'q', kRecord = 'r' };
struct KeyScope {
    const ProductId product;
    const std::string_view input;
    const std::string_view principal;
};
Hash128 HashKey(const KeyScope& scope, KeyKind kind, std::string_view key);

struct Accepted {
    Hash128 request;  // Of the lines; zero for the key of a record.
    uint64_t first_position = 0;
    uint64_t count = 0;
    Timestamp received;
};

class Keys {
  public:
    Keys(size_t keys_max, int64_t age_us) : keys_max_(keys_max), age_us_(age_us) {}

    const Accepted* Find(const Hash128& key) const;
    // In order of `received`. A key that is known stays as it is.
    void Add(const Hash128& key, const Accepted& accepted);
    void AddAll(const EntryView& entry);
    void Expire(Timestamp now);
    size_t size() const { return accepted_.size(); }

  private:
    struct Hasher {
        size_t operator()(const Hash128& hash) const { return hash.a; }
    };
    const size_t keys_max_;
    const int64_t age_us_;
    std::unordered_map<Hash128, Accepted, Hasher> accepted_;
    std::deque<const Hash128*> oldest_first_;  // Into accepted_.
};

// The .keys file of a segment. FAILS: kCorrupt.
using KeyList = std::vector<std::pair<Hash128, Accepted>>;
void ListKeys(const EntryView& entry, KeyList& keys);
std::string EncodeKeys(uint64_t segment, const KeyList& keys);
Result<KeyList> DecodeKeys(uint64_t segment, std::string_view bytes);

}  // namespace weft::ingest
