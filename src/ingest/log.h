// The log of accepted records: append-only segments on disk, checksummed, one fdatasync for all
// requests that wait.
//
//     ingest/00000000000000000001.log …   segments, named by the number of their first entry
//     ingest/00000000000000000001.keys    idempotency keys of a segment that is gone (kept 24 h)
//
// An entry is one request's records of one stream (a product's input port). What Append returned
// for survives a power cut. A failed write or sync cannot be retried (the kernel may have dropped
// the pages): the log calls `fatal`, which ends the node. A torn last entry (the process died while
// writing) is cut off at Open; damage anywhere else is kCorrupt naming segment and offset, and
// nothing is guessed. docs/formats.md describes the bytes.
//
// THREAD: any. OWNS: the writer thread, which alone writes and syncs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace weft::ingest {

struct Stream {  // A product's input port.
    ProductId product;
    std::string input;
    friend auto operator<=>(const Stream&, const Stream&) = default;
};

struct Entry {
    Stream stream;
    uint64_t first_position = 0;  // Given by the log: positions of a stream are dense, from 1.
    uint64_t count = 0;
    Timestamp
        received;  // Given by the log; never goes back within the log, whatever the clock does.
    std::string principal;
    std::string key;                       // Idempotency-Key of the request; empty: none.
    std::vector<std::string> record_keys;  // CloudEvents: "source id" of each record; else empty.
    std::vector<uint64_t>
        replays;        // Dead letters (positions) that these records are, in order; else empty.
    std::string lines;  // `count` records, one JSON text per line, each line ended by '\n'.
};

struct Receipt {
    uint64_t first_position = 0;
    uint64_t count = 0;
    bool repeated = false;  // Accepted before under the same key: nothing was written now.
};

struct DiskCalls;  // ingest/segment_file.h

struct LogOptions {
    std::string folder;  // <data>/ingest
    const Clock* clock = nullptr;
    uint64_t segment_bytes = 64u << 20;
    uint64_t pending_bytes_max =
        512u << 20;  // Accepted and not yet rolled, of all streams: above, Append is kLimit.
    uint64_t waiting_bytes_max =
        64u << 20;                // In memory, waiting for the writer: above, Append is kLimit.
    size_t keys_max = 1'000'000;  // In memory; the oldest are forgotten first.
    int64_t key_age_us = 24ll * 3600 * 1'000'000;
    // Called once, from the writer thread, when the disk failed; must not return. Default: logs and
    // aborts.
    std::function<void(const Error&)> fatal;
    const DiskCalls* disk = nullptr;  // For tests that make the disk fail; default: the real calls.
};

class Log {
  public:
    // Reads all segments. `rolled` says how far a stream has been rolled (meta::RolledPosition):
    // entries up to there are done, a stream goes on numbering behind the larger of both. It is
    // asked later too, for streams that are new to the log, from any thread and under the log's
    // locks. Entries of products that are gone wait again: Forget them. FAILS: kCorrupt,
    // kUnavailable.
    static Result<std::unique_ptr<Log>> Open(LogOptions options,
                                             std::function<uint64_t(const Stream&)> rolled);
    virtual ~Log() = default;

    // Waits until it is durable. The same stream, principal and key again: the first receipt, when
    // the lines are the same; else kConflict (sqlstate 23505, HTTP 422). Records whose record key
    // (of this stream and principal) was accepted before are left out, and the receipt counts the
    // others. All were: nothing is written, `repeated`, with the position of the first and as many
    // as lie behind it in this order. No records: an empty receipt. FAILS: kInvalid when `lines`
    // are not `count` lines; kConflict; kLimit (429: try again later); kUnavailable when the disk
    // is full: nothing happened.
    virtual Result<Receipt> Append(Entry entry) = 0;

    // Entries of a stream behind `after`, oldest first, until `bytes_max` of lines (at least one).
    // Re-read from disk and checked again. An entry that begins at or before `after` and ends
    // behind it comes whole.
    virtual Result<std::vector<Entry>> Read(const Stream& stream, uint64_t after,
                                            uint64_t bytes_max) = 0;
    // Streams with entries behind what was released, with their newest position and waiting bytes.
    struct Pending {
        Stream stream;
        uint64_t last_position = 0;
        uint64_t bytes = 0;
    };
    virtual std::vector<Pending> Waiting() const = 0;
    virtual uint64_t LastPosition(const Stream& stream) const = 0;

    // Everything of the stream up to `position` lies in tables: segments that nobody needs are
    // deleted, their keys kept.
    virtual void Release(const Stream& stream, uint64_t position) = 0;
    // The product is gone: so are its entries. Again after Open: the log does not remember it.
    virtual void Forget(ProductId product) = 0;
    // Paths of segments and .keys files, held back from deletion until the answer is destroyed
    // (backup).
    virtual std::shared_ptr<const std::vector<std::string>> Hold() = 0;
    virtual uint64_t bytes() const = 0;  // On disk.
};

}  // namespace weft::ingest
