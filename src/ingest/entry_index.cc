#include "ingest/entry_index.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/log.h"
#include "io/files.h"

namespace weft::ingest {
namespace {

constexpr uint64_t kFileBytesMax = 4ull << 30;
constexpr uint64_t kPlaceBytes = 96;          // Of memory, with the deque's share.
constexpr uint64_t kReadBytesMax = 4u << 20;  // Of neighbouring entries read in one go.
constexpr uint64_t kReadGapMax = 64u << 10;   // Of others' entries between them.

std::optional<uint64_t> NumberOf(std::string_view name, std::string_view ending) {
    if (name.size() != 20 + ending.size() || !name.ends_with(ending)) return {};
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + 20, number);
    if (error != std::errc() || end != name.data() + 20 || number == 0) return {};
    return number;
}

std::unexpected<Error> In(const std::string& path, const Error& error) {
    return Fail(error.code, fmt::format("{}: {}", path, error.message),
                error.code == Code::kCorrupt
                    ? "nothing was changed; restore the file from a backup, see `weft doctor`"
                    : error.hint);
}

uint64_t Cost(const Place& place) { return place.size + kPlaceBytes; }

}  // namespace

EntryIndex::EntryIndex(const LogOptions& options, std::function<uint64_t(const Stream&)> rolled)
    : folder_(options.folder),
      disk_(options.disk ? *options.disk : RealDisk()),
      clock_(*options.clock),
      key_age_us_(options.key_age_us),
      rolled_(std::move(rolled)) {}

Result<EntryIndex::Names> EntryIndex::ListFolder() {
    Names names;
    for (const std::string& name : TRY(io::ListDirectory(folder_))) {
        if (const auto log = NumberOf(name, ".log")) names.logs.push_back(*log);
        if (const auto keys = NumberOf(name, ".keys")) names.keys.push_back(*keys);
        // A .keys file that was being written when the node died; its segment is still there.
        if (name.find(".keys.tmp.") != std::string::npos) {
            CHECK_OK(io::RemoveFile(folder_ + "/" + name));
        }
    }
    return names;
}

Result<EntryIndex::Loaded> EntryIndex::Load(Keys& keys) {
    const Names names = TRY(ListFolder());
    Loaded loaded;
    // In the order of their numbers, which is the order of time: so the oldest keys are forgotten
    // first.
    size_t next_keys = 0;
    const auto load_keys_up_to = [&](uint64_t number) -> Result<> {
        for (; next_keys < names.keys.size() && names.keys[next_keys] <= number; ++next_keys) {
            CHECK_OK(LoadKeys(names.keys[next_keys], keys));
            loaded.next_number = std::max(loaded.next_number, names.keys[next_keys] + 1);
        }
        return {};
    };
    for (const uint64_t number : names.logs) {
        CHECK_OK(load_keys_up_to(number - 1));
        const bool newest = number == names.logs.back();
        CHECK_OK(LoadSegment(number, newest, keys, loaded));
        CHECK_OK(load_keys_up_to(number));
    }
    CHECK_OK(load_keys_up_to(UINT64_MAX));
    for (const auto& [number, file] : keys_files_) {
        loaded.last_received = std::max(loaded.last_received, file.newest);
    }
    Reclaim();
    return loaded;
}

Result<> EntryIndex::LoadKeys(uint64_t number, Keys& keys) {
    const std::string path = KeysPath(folder_, number);
    const std::string bytes = TRY(io::ReadFile(path, kFileBytesMax));
    const auto list = DecodeKeys(number, bytes);
    if (!list) return In(path, list.error());
    KeysFile file{bytes.size(), {}};
    for (const auto& [key, accepted] : *list) {
        keys.Add(key, accepted);
        file.newest = std::max(file.newest, accepted.received);
    }
    keys_files_[number] = file;
    return {};
}

Result<> EntryIndex::LoadSegment(uint64_t number, bool newest, Keys& keys, Loaded& loaded) {
    const std::string path = SegmentPath(folder_, number);
    SegmentFile file = TRY(OpenSegmentFile(path, number));
    // After a failed sync the cache may hold what the disk does not: read from the disk.
    if (newest) (void)::posix_fadvise(file.file->get(), 0, 0, POSIX_FADV_DONTNEED);
    auto bytes = io::ReadAll(file.file->get(), kFileBytesMax);
    if (!bytes) return In(path, bytes.error());
    Segment& segment = segments_[number];
    segment.file = file;
    const Visit visit = [&](const EntryView& entry, uint64_t offset, uint64_t size) -> Result<> {
        keys.AddAll(entry);
        loaded.last_received = std::max(loaded.last_received, entry.received);
        return LoadEntry(entry, {entry.first_position, entry.first_position + entry.count - 1,
                                 number, offset, size, entry.lines.size()});
    };
    auto scanned = ScanSegment(*bytes, newest, visit);
    if (!scanned) return In(path, scanned.error());
    loaded.next_number = std::max(loaded.next_number, number);
    if (scanned->end == 0) {  // The node died while it was made.
        segments_.erase(number);
        CHECK_OK(io::RemoveFile(path));
        return io::SyncDirectory(folder_);
    }
    if (scanned->head.first_number != number || loaded.next_number != number) {
        return In(path, Error{Code::kCorrupt, "its entries have other numbers", {}, {}, {}});
    }
    loaded.next_number = scanned->next_number;
    segment.file.salt = scanned->head.salt;
    if (!newest) return {};
    // What is read now is believed from now on: whoever asks again hears that it was accepted.
    if (scanned->end < bytes->size()) {
        LogWarn("ingest", "{}: {} bytes behind byte {} were never acknowledged and are cut off",
                path, bytes->size() - scanned->end, scanned->end);
    }
    CHECK_OK(CutAndSync(disk_, segment.file, scanned->end));
    loaded.newest = segment.file;
    return io::SyncDirectory(folder_);
}

Result<> EntryIndex::LoadEntry(const EntryView& entry, const Place& place) {
    const Stream stream{entry.product, std::string(entry.input)};
    const auto [found, is_new] = streams_.try_emplace(stream);
    Waits& waits = found->second;
    if (!is_new && place.first_position <= waits.last_position && !waits.places.empty()) {
        return Fail(Code::kCorrupt, fmt::format("at byte {}: position {} was given twice",
                                                place.offset, place.first_position));
    }
    if (is_new) waits.rolled_at_open = rolled_(stream);
    waits.last_position =
        std::max({waits.last_position, place.last_position, waits.rolled_at_open});
    if (place.last_position <= waits.rolled_at_open) return {};
    waits.places.push_back(place);
    waits.bytes += place.lines_bytes;
    pending_bytes_ += Cost(place);
    ++segments_[place.segment].waiting;
    return {};
}

void EntryIndex::AddSegment(const SegmentFile& newest) {
    const std::scoped_lock lock(mutex_);
    segments_[newest.first_number].file = newest;
}

EntryIndex::Waits& EntryIndex::WaitsOf(const Stream& stream) {
    const auto [found, is_new] = streams_.try_emplace(stream);
    if (is_new) found->second.last_position = rolled_(stream);
    return found->second;
}

void EntryIndex::Add(const std::vector<Placed>& placed, uint64_t newest_size) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [stream, place] : placed) {
        Waits& waits = WaitsOf(stream);
        waits.last_position = place.last_position;
        waits.places.push_back(place);
        waits.bytes += place.lines_bytes;
        pending_bytes_ += Cost(place);
        ++segments_[place.segment].waiting;
    }
    segments_.rbegin()->second.file.size = newest_size;
}

uint64_t EntryIndex::LastPosition(const Stream& stream) const {
    {
        const std::scoped_lock lock(mutex_);
        const auto found = streams_.find(stream);
        if (found != streams_.end()) return found->second.last_position;
    }
    return rolled_(stream);
}

uint64_t EntryIndex::pending_bytes() const {
    const std::scoped_lock lock(mutex_);
    return pending_bytes_;
}

std::vector<Log::Pending> EntryIndex::Waiting() const {
    const std::scoped_lock lock(mutex_);
    std::vector<Log::Pending> waiting;
    for (const auto& [stream, waits] : streams_) {
        if (!waits.places.empty()) waiting.push_back({stream, waits.last_position, waits.bytes});
    }
    return waiting;
}

Result<std::vector<Entry>> EntryIndex::Read(const Stream& stream, uint64_t after,
                                            uint64_t bytes_max) const {
    std::vector<Place> places;
    std::map<uint64_t, SegmentFile> files;
    {
        const std::scoped_lock lock(mutex_);
        const auto found = streams_.find(stream);
        if (found == streams_.end()) return std::vector<Entry>();
        const std::deque<Place>& all = found->second.places;
        const auto first = std::ranges::partition_point(
            all, [&](const Place& place) { return place.last_position <= after; });
        uint64_t bytes = 0;
        for (auto place = first; place != all.end(); ++place) {
            bytes += place->lines_bytes;
            if (place != first && bytes > bytes_max) break;
            places.push_back(*place);
            files.try_emplace(place->segment, segments_.at(place->segment).file);
        }
    }
    std::vector<Entry> entries;
    entries.reserve(places.size());
    std::string bytes;
    uint64_t begin = 0, end = 0, segment = 0;  // What `bytes` holds.
    for (size_t i = 0; i < places.size(); ++i) {
        const Place& place = places[i];
        const SegmentFile& file = files.at(place.segment);
        if (place.segment != segment || place.offset + place.size > end) {
            segment = place.segment;
            begin = place.offset;
            end = begin + place.size;
            for (size_t next = i + 1; next < places.size(); ++next) {
                const Place& neighbour = places[next];
                const uint64_t reach = neighbour.offset + neighbour.size;
                if (neighbour.segment != segment || neighbour.offset > end + kReadGapMax ||
                    reach > begin + kReadBytesMax) {
                    break;
                }
                end = reach;
            }
            CHECK_OK(ReadBytes(disk_, file, begin, end - begin, bytes));
        }
        const std::string_view own =
            std::string_view(bytes).substr(place.offset - begin, place.size);
        auto decoded = DecodeEntry(own, file.salt);
        if (!decoded || decoded->entry.first_position != place.first_position ||
            decoded->entry.product != stream.product || decoded->entry.input != stream.input) {
            return Fail(Code::kCorrupt,
                        fmt::format("{} at byte {}: {}", file.path, place.offset,
                                    decoded ? "another entry lies here" : decoded.error().message),
                        "the disk changed what was written: stop the node, restore from a backup");
        }
        entries.push_back(ToEntry(decoded->entry));
    }
    return entries;
}

void EntryIndex::ReleaseUpTo(Waits& waits, uint64_t position) {
    while (!waits.places.empty() && waits.places.front().last_position <= position) {
        const Place& place = waits.places.front();
        waits.bytes -= place.lines_bytes;
        pending_bytes_ -= Cost(place);
        --segments_[place.segment].waiting;
        waits.places.pop_front();
    }
}

void EntryIndex::Release(const Stream& stream, uint64_t position) {
    {
        const std::scoped_lock lock(mutex_);
        const auto found = streams_.find(stream);
        if (found != streams_.end()) ReleaseUpTo(found->second, position);
    }
    Reclaim();
}

void EntryIndex::Forget(ProductId product) {
    {
        const std::scoped_lock lock(mutex_);
        // Positions that were given stay given: only the entries go.
        for (auto& [stream, waits] : streams_) {
            if (stream.product == product) ReleaseUpTo(waits, UINT64_MAX);
        }
    }
    Reclaim();
}

void EntryIndex::Reclaim() {
    const std::scoped_lock reclaiming(reclaim_mutex_);
    if (holds_->count > 0) return;
    const Timestamp now = clock_.Now();
    std::vector<Segment> unneeded;
    std::vector<uint64_t> old_keys;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [number, segment] : segments_) {
            if (number == segments_.rbegin()->first || segment.waiting > 0 || segment.broken)
                continue;
            unneeded.push_back(segment);
        }
        for (const auto& [number, file] : keys_files_) {
            if (file.newest.us < now.us - key_age_us_) old_keys.push_back(number);
        }
    }
    for (const Segment& segment : unneeded) {
        const uint64_t number = segment.file.first_number;
        auto done = SaveKeys(segment, now);
        const bool broken = !done && done.error().code == Code::kCorrupt;
        if (done) done = io::RemoveFile(segment.file.path);
        if (!done) LogError("ingest", "{} stays: {}", segment.file.path, done.error().message);
        const std::scoped_lock lock(mutex_);
        if (done) segments_.erase(number);
        if (broken) segments_[number].broken = true;
    }
    for (const uint64_t number : old_keys) {
        if (!io::RemoveFile(KeysPath(folder_, number))) continue;
        const std::scoped_lock lock(mutex_);
        keys_files_.erase(number);
    }
}

Result<> EntryIndex::SaveKeys(const Segment& segment, Timestamp now) {
    std::string bytes;
    CHECK_OK(ReadBytes(disk_, segment.file, 0, segment.file.size, bytes));
    KeyList keys;
    KeysFile file;
    const Visit visit = [&](const EntryView& entry, uint64_t, uint64_t) -> Result<> {
        if (entry.received.us < now.us - key_age_us_) return {};
        ListKeys(entry, keys);
        if (!keys.empty()) file.newest = keys.back().second.received;
        return {};
    };
    const auto scanned = ScanSegment(bytes, false, visit);
    if (!scanned) return std::unexpected(scanned.error());
    if (keys.empty()) return {};
    const uint64_t number = segment.file.first_number;
    const std::string encoded = EncodeKeys(number, keys);
    file.bytes = encoded.size();
    io::DurableStep("ingest keys");
    CHECK_OK(io::WriteFileAtomically(KeysPath(folder_, number), encoded));
    io::DurableStep("ingest keys written");
    const std::scoped_lock lock(mutex_);
    keys_files_[number] = file;
    return {};
}

std::shared_ptr<const std::vector<std::string>> EntryIndex::Hold() {
    const std::scoped_lock reclaiming(reclaim_mutex_);
    auto paths = std::make_unique<std::vector<std::string>>();
    const std::scoped_lock lock(mutex_);
    for (const auto& [number, file] : keys_files_) paths->push_back(KeysPath(folder_, number));
    for (const auto& [number, segment] : segments_) paths->push_back(segment.file.path);
    ++holds_->count;
    return {paths.release(), [holds = holds_](const std::vector<std::string>* held) {
                --holds->count;
                delete held;
            }};
}

uint64_t EntryIndex::bytes() const {
    const std::scoped_lock lock(mutex_);
    uint64_t bytes = 0;
    for (const auto& [number, segment] : segments_) bytes += segment.file.size;
    for (const auto& [number, file] : keys_files_) bytes += file.bytes;
    return bytes;
}

}  // namespace weft::ingest
