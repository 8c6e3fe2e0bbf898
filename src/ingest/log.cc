#include "ingest/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/log.h"
#include "ingest/entry_index.h"
#include "ingest/keys.h"
#include "ingest/segment.h"
#include "ingest/segment_file.h"
#include "io/files.h"

namespace weft::ingest {
namespace {

constexpr uint64_t kRequestBytes = 1u << 10;     // Of memory beside the entry: stack, hashes.
constexpr uint64_t kBatchBytesMax = 32u << 20;   // Of one write, but for a larger entry.
constexpr uint64_t kBufferBytesKept = 4u << 20;  // Between batches.

struct Request {
    Entry entry;
    uint64_t size = 0;
    Hash128 key;
    Hash128 lines;
    std::vector<Hash128> record_keys;

    // By the writer.
    Result<Receipt> result = Receipt{};
    bool writes = false;       // Its entry goes to disk with this batch.
    bool needs_batch = false;  // `result` holds only when the batch gets to disk.

    std::mutex mutex;
    std::condition_variable answered;
    bool done = false;  // Guarded by mutex.
};

struct HashOfHash {
    size_t operator()(const Hash128& hash) const { return hash.a; }
};

std::unexpected<Error> OtherBody() {
    return std::unexpected(Error{Code::kConflict,
                                 "this idempotency key was used for other records",
                                 {},
                                 "23505",
                                 "use a new key for new records"});
}

Result<> CheckEntry(const Entry& entry) {
    const auto lines = static_cast<uint64_t>(std::ranges::count(entry.lines, '\n'));
    if (lines != entry.count || (!entry.lines.empty() && entry.lines.back() != '\n')) {
        return Fail(Code::kInvalid, "an entry needs one line for each record");
    }
    if (!entry.record_keys.empty() && entry.record_keys.size() != entry.count) {
        return Fail(Code::kInvalid, "an entry needs a key for each record, or none");
    }
    if (!entry.replays.empty() && entry.replays.size() != entry.count) {
        return Fail(Code::kInvalid, "an entry needs an old position for each record, or none");
    }
    return {};
}

// Leaves the records that `keep` names.
void KeepRecords(Request& request, const std::vector<bool>& keep) {
    Entry& entry = request.entry;
    std::string lines;
    std::vector<std::string> keys;
    std::vector<uint64_t> replays;
    std::vector<Hash128> hashes;
    size_t begin = 0;
    for (size_t i = 0; i < keep.size(); ++i) {
        const size_t end = entry.lines.find('\n', begin) + 1;
        if (keep[i]) {
            lines.append(entry.lines, begin, end - begin);
            keys.push_back(std::move(entry.record_keys[i]));
            hashes.push_back(request.record_keys[i]);
            if (!entry.replays.empty()) replays.push_back(entry.replays[i]);
        }
        begin = end;
    }
    entry.lines = std::move(lines);
    entry.count = keys.size();
    entry.record_keys = std::move(keys);
    entry.replays = std::move(replays);
    request.record_keys = std::move(hashes);
}

// One write and sync: what the requests in it have been promised, if it gets to disk.
struct Batch {
    std::vector<Request*> requests;
    uint64_t bytes = 0;
    Timestamp received;
    std::map<Stream, uint64_t> last_positions;
    std::unordered_map<Hash128, const Request*, HashOfHash> keys;
    std::unordered_map<Hash128, uint64_t, HashOfHash> record_keys;  // To position.
};

class LogOnDisk final : public Log {
  public:
    LogOnDisk(LogOptions options, std::function<uint64_t(const Stream&)> rolled)
        : options_(std::move(options)),
          disk_(options_.disk ? *options_.disk : RealDisk()),
          index_(options_, std::move(rolled)),
          keys_(options_.keys_max, options_.key_age_us) {}

    ~LogOnDisk() override {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
            work_.notify_all();
        }
        if (writer_.joinable()) writer_.join();
    }

    Result<> Start() {
        CHECK_OK(io::MakeDirectories(options_.folder));
        EntryIndex::Loaded loaded = TRY(index_.Load(keys_));
        next_number_ = loaded.next_number;
        last_received_ = loaded.last_received;
        segment_ = std::move(loaded.newest);
        writer_ = std::thread([this] { Write(); });
        return {};
    }

    Result<Receipt> Append(Entry entry) override;
    Result<std::vector<Entry>> Read(const Stream& stream, uint64_t after,
                                    uint64_t bytes_max) override {
        return index_.Read(stream, after, bytes_max);
    }
    std::vector<Pending> Waiting() const override { return index_.Waiting(); }
    uint64_t LastPosition(const Stream& stream) const override {
        return index_.LastPosition(stream);
    }
    void Release(const Stream& stream, uint64_t position) override {
        index_.Release(stream, position);
    }
    void Forget(ProductId product) override { index_.Forget(product); }
    std::shared_ptr<const std::vector<std::string>> Hold() override { return index_.Hold(); }
    uint64_t bytes() const override { return index_.bytes(); }

  private:
    Result<> Enqueue(Request& request);

    // The writer thread.
    void Write();
    Batch TakeBatch();
    void WriteBatch(Batch& batch);
    void Judge(Request& request, Batch& batch);
    bool DropKnownRecords(Request& request, Batch& batch);
    Result<> Store(Batch& batch);
    Result<> MakeRoom(uint64_t bytes);
    void Publish(const Batch& batch, std::vector<EntryIndex::Placed> placed);
    void Answer(const Batch& batch);

    const LogOptions options_;
    const DiskCalls& disk_;
    EntryIndex index_;

    std::mutex mutex_;
    std::condition_variable work_;
    std::deque<Request*> queue_;  // Guarded by mutex_, as all below.
    uint64_t waiting_bytes_ = 0;  // Queued, or with the writer.
    bool stopping_ = false;
    bool failed_ = false;

    // Of the writer thread alone.
    Keys keys_;
    std::optional<SegmentFile> segment_;
    uint64_t next_number_ = 1;
    Timestamp last_received_;
    std::string buffer_;

    std::thread writer_;
};

Result<Receipt> LogOnDisk::Append(Entry entry) {
    CHECK_OK(CheckEntry(entry));
    if (entry.count == 0) return Receipt{};
    Request request;
    request.entry = std::move(entry);
    const Entry& own = request.entry;
    request.size = EncodedBytes(own);
    if (request.size > kEntryBytesMax) {
        return Fail(Code::kLimit, fmt::format("one request may hold {} bytes", kEntryBytesMax),
                    "send the records in smaller parts");
    }
    const KeyScope scope{own.stream.product, own.stream.input, own.principal};
    if (!own.key.empty()) {
        request.key = HashKey(scope, KeyKind::kRequest, own.key);
        request.lines = Hash128::Of(own.lines);
    }
    request.record_keys.reserve(own.record_keys.size());
    for (const std::string& key : own.record_keys) {
        request.record_keys.push_back(HashKey(scope, KeyKind::kRecord, key));
    }
    CHECK_OK(Enqueue(request));
    std::unique_lock lock(request.mutex);
    request.answered.wait(lock, [&] { return request.done; });
    return std::move(request.result);
}

Result<> LogOnDisk::Enqueue(Request& request) {
    const uint64_t pending = index_.pending_bytes();
    const uint64_t bytes = request.size + kRequestBytes;
    const std::scoped_lock lock(mutex_);
    if (failed_) return Fail(Code::kUnavailable, "the disk of the event log has failed");
    if (stopping_) return Fail(Code::kUnavailable, "the node is stopping");
    if (pending + waiting_bytes_ + bytes > options_.pending_bytes_max) {
        return Fail(Code::kLimit, "more events wait to be checked than the node keeps",
                    "try again later");
    }
    if (waiting_bytes_ > 0 && waiting_bytes_ + bytes > options_.waiting_bytes_max) {
        return Fail(Code::kLimit, "more events arrive than the disk takes", "try again later");
    }
    waiting_bytes_ += bytes;
    queue_.push_back(&request);
    work_.notify_one();
    return {};
}

void LogOnDisk::Write() {
    while (true) {
        Batch batch = TakeBatch();
        if (batch.requests.empty()) return;
        WriteBatch(batch);
        Answer(batch);
    }
}

Batch LogOnDisk::TakeBatch() {
    Batch batch;
    std::unique_lock lock(mutex_);
    work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    while (!queue_.empty()) {
        Request* request = queue_.front();
        if (!batch.requests.empty() && batch.bytes + request->size > kBatchBytesMax) break;
        batch.bytes += request->size;
        batch.requests.push_back(request);
        queue_.pop_front();
    }
    return batch;
}

void LogOnDisk::WriteBatch(Batch& batch) {
    batch.received = std::max(options_.clock->Now(), last_received_);
    keys_.Expire(batch.received);
    for (Request* request : batch.requests) Judge(*request, batch);
    auto stored =
        failed_ ? Fail(Code::kUnavailable, "the disk of the event log has failed") : Store(batch);
    if (stored) return;
    for (Request* request : batch.requests) {
        if (request->needs_batch) request->result = std::unexpected(stored.error());
    }
    if (stored.error().code != Code::kCorrupt) return;
    for (Request* request : batch.requests) {  // Nothing more is promised, not even what is known.
        request->result = Fail(Code::kUnavailable, "the disk of the event log has failed");
    }
    {
        const std::scoped_lock lock(mutex_);
        failed_ = true;
    }
    LogError("ingest", "{}; {}", stored.error().message, stored.error().hint);
    if (!options_.fatal) std::abort();
    options_.fatal(stored.error());
}

// What becomes of a request: its answer, and whether it writes.
void LogOnDisk::Judge(Request& request, Batch& batch) {
    Entry& entry = request.entry;
    if (!entry.key.empty()) {
        if (const Accepted* known = keys_.Find(request.key)) {
            request.result = OtherBody();
            if (known->request == request.lines) {
                request.result = Receipt{known->first_position, known->count, true};
            }
            return;
        }
        const auto [first, is_first] = batch.keys.try_emplace(request.key, &request);
        if (!is_first) {  // A retry that was faster than the disk.
            request.needs_batch = true;
            request.result = first->second->result;
            if (request.result) request.result->repeated = true;
            if (first->second->lines != request.lines) request.result = OtherBody();
            return;
        }
    }
    request.needs_batch = true;
    if (!request.record_keys.empty() && DropKnownRecords(request, batch)) return;
    const auto [last, is_new] = batch.last_positions.try_emplace(entry.stream, 0);
    if (is_new) last->second = index_.LastPosition(entry.stream);
    entry.first_position = last->second + 1;
    entry.received = batch.received;
    last->second += entry.count;
    for (size_t i = 0; i < request.record_keys.size(); ++i) {
        batch.record_keys.emplace(request.record_keys[i], entry.first_position + i);
    }
    request.writes = true;
    request.result = Receipt{entry.first_position, entry.count, false};
}

// True: all were known, the request has its answer.
bool LogOnDisk::DropKnownRecords(Request& request, Batch& batch) {
    constexpr uint64_t kNew = 0;
    std::vector<uint64_t> known_at(request.record_keys.size(), kNew);
    std::vector<bool> keep(request.record_keys.size(), true);
    std::unordered_map<Hash128, bool, HashOfHash> own;
    for (size_t i = 0; i < keep.size(); ++i) {
        const Hash128& key = request.record_keys[i];
        const auto under_way = batch.record_keys.find(key);
        const Accepted* known = keys_.Find(key);
        if (known) known_at[i] = known->first_position;
        if (under_way != batch.record_keys.end()) known_at[i] = under_way->second;
        keep[i] = known_at[i] == kNew && own.try_emplace(key).second;
    }
    const auto kept = std::ranges::count(keep, true);
    if (kept == static_cast<int64_t>(keep.size())) return false;
    if (kept > 0) {
        KeepRecords(request, keep);
        return false;
    }
    // As many as lie one behind the other: all of them, when it is a batch that is sent again.
    uint64_t count = 1;
    while (count < known_at.size() && known_at[count] == known_at[0] + count) ++count;
    request.result = Receipt{known_at[0], count, true};
    return true;
}

Result<> LogOnDisk::MakeRoom(uint64_t bytes) {
    if (segment_ &&
        (segment_->size <= kSegmentHeadBytes || segment_->size + bytes <= options_.segment_bytes)) {
        return {};
    }
    segment_ = TRY(CreateSegmentFile(disk_, options_.folder, next_number_));
    index_.AddSegment(*segment_);
    return {};
}

Result<> LogOnDisk::Store(Batch& batch) {
    if (std::ranges::none_of(batch.requests, &Request::writes)) return {};
    CHECK_OK(MakeRoom(batch.bytes));
    std::vector<EntryIndex::Placed> placed;
    buffer_.clear();
    if (buffer_.capacity() > kBufferBytesKept) buffer_.shrink_to_fit();
    uint64_t number = next_number_;
    for (const Request* request : batch.requests) {
        if (!request->writes) continue;
        const Entry& entry = request->entry;
        const std::string hash = entry.key.empty() ? std::string() : request->lines.Bytes();
        const uint64_t begin = buffer_.size();
        EncodeEntry(entry, hash, {number++, next_number_}, segment_->salt, buffer_);
        placed.push_back(
            {entry.stream,
             {entry.first_position, entry.first_position + entry.count - 1, segment_->first_number,
              segment_->size + begin, buffer_.size() - begin, entry.lines.size()}});
    }
    CHECK_OK(AppendAndSync(disk_, *segment_, buffer_));
    next_number_ = number;
    Publish(batch, std::move(placed));
    return {};
}

void LogOnDisk::Publish(const Batch& batch, std::vector<EntryIndex::Placed> placed) {
    last_received_ = batch.received;
    index_.Add(placed, segment_->size);
    for (const Request* request : batch.requests) {
        if (!request->writes) continue;
        const Entry& entry = request->entry;
        if (!entry.key.empty()) {
            keys_.Add(request->key,
                      {request->lines, entry.first_position, entry.count, entry.received});
        }
        for (size_t i = 0; i < request->record_keys.size(); ++i) {
            keys_.Add(request->record_keys[i], {{}, entry.first_position + i, 1, entry.received});
        }
    }
}

void LogOnDisk::Answer(const Batch& batch) {
    uint64_t bytes = 0;
    for (const Request* request : batch.requests) bytes += request->size + kRequestBytes;
    {
        const std::scoped_lock lock(mutex_);
        waiting_bytes_ -= bytes;
    }
    for (Request* request : batch.requests) {
        // Under the lock: the request is gone as soon as its thread sees `done`.
        const std::scoped_lock lock(request->mutex);
        request->done = true;
        request->answered.notify_one();
    }
}

}  // namespace

Result<std::unique_ptr<Log>> Log::Open(LogOptions options,
                                       std::function<uint64_t(const Stream&)> rolled) {
    Assert(options.clock && !options.folder.empty() && rolled);
    auto log = std::make_unique<LogOnDisk>(std::move(options), std::move(rolled));
    CHECK_OK(log->Start());
    return log;
}

}  // namespace weft::ingest
