// Where accepted entries lie until they are released, and the segments that hold them: built at
// Open by reading every segment, grown by the writer after each sync, shrunk by Release. A segment
// is deleted when no entry in it is waiting and it is not the newest; its keys go to a .keys file
// before.
//
// Memory: some 100 bytes for each waiting entry; the log bounds what waits.
// `rolled` is called from any thread, also under mutex_.
// THREAD: any. Locks: reclaim_mutex_ before mutex_; files are read and deleted outside mutex_.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "ingest/keys.h"
#include "ingest/log.h"
#include "ingest/segment_file.h"

namespace weft::ingest {

struct Place {
    uint64_t first_position = 0;
    uint64_t last_position = 0;
    uint64_t segment = 0;
    uint64_t offset = 0;
    uint64_t size = 0;
    uint64_t lines_bytes = 0;
};

class EntryIndex {
  public:
    EntryIndex(const LogOptions& options, std::function<uint64_t(const Stream&)> rolled);

    // Once, before any other call. A torn tail of the newest segment is cut off, what may not have
    // been synced is synced. FAILS: kCorrupt naming file and byte, kUnavailable.
    struct Loaded {
        uint64_t next_number = 1;
        Timestamp last_received;
        std::optional<SegmentFile> newest;
    };
    Result<Loaded> Load(Keys& keys);

    // By the writer, after the sync.
    struct Placed {
        const Stream& stream;
        Place place;
    };
    void AddSegment(const SegmentFile& newest);
    void Add(const std::vector<Placed>& placed, uint64_t newest_size);

    uint64_t LastPosition(const Stream& stream) const;
    uint64_t pending_bytes() const;  // What waiting entries take, on disk and in memory.
    std::vector<Log::Pending> Waiting() const;
    Result<std::vector<Entry>> Read(const Stream& stream, uint64_t after, uint64_t bytes_max) const;
    void Release(const Stream& stream, uint64_t position);
    void Forget(ProductId product);
    std::shared_ptr<const std::vector<std::string>> Hold();
    uint64_t bytes() const;

  private:
    struct Waits {
        uint64_t last_position = 0;  // Of all that were ever accepted.
        uint64_t bytes = 0;          // Of the lines that wait.
        uint64_t rolled_at_open = 0;
        std::deque<Place> places;  // By position.
    };
    struct Segment {
        SegmentFile file;
        uint64_t waiting = 0;  // Entries.
        bool broken = false;   // Its keys cannot be saved: it stays.
    };
    struct KeysFile {
        uint64_t bytes = 0;
        Timestamp newest;
    };
    struct Holds {
        mutable std::atomic<uint64_t> count{0};
    };
    struct Names {
        std::vector<uint64_t> logs, keys;
    };

    Result<Names> ListFolder();
    Result<> LoadKeys(uint64_t number, Keys& keys);
    Result<> LoadSegment(uint64_t number, bool newest, Keys& keys, Loaded& loaded);
    Result<> LoadEntry(const EntryView& entry, const Place& place);
    Waits& WaitsOf(const Stream& stream);               // REQUIRES: mutex_.
    void ReleaseUpTo(Waits& waits, uint64_t position);  // REQUIRES: mutex_.
    void Reclaim();
    Result<> SaveKeys(const Segment& segment, Timestamp now);  // REQUIRES: reclaim_mutex_.

    const std::string folder_;
    const DiskCalls& disk_;
    const Clock& clock_;
    const int64_t key_age_us_;
    const std::function<uint64_t(const Stream&)> rolled_;
    const std::shared_ptr<const Holds> holds_ = std::make_shared<const Holds>();

    std::mutex reclaim_mutex_;  // Deletion of files, and listing them for a hold.
    mutable std::mutex mutex_;
    std::map<Stream, Waits> streams_;       // Guarded by mutex_, as all below.
    std::map<uint64_t, Segment> segments_;  // By first number; the last is the newest.
    std::map<uint64_t, KeysFile> keys_files_;
    uint64_t pending_bytes_ = 0;
};

}  // namespace weft::ingest
