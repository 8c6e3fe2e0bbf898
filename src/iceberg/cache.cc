#include "iceberg/cache.h"

#include "iceberg/location.h"
#include "io/files.h"

namespace weft::iceberg {
namespace {

constexpr uint64_t kFileBytesMax = uint64_t{256} << 20;
constexpr size_t kDocumentsMax = 4;  // Of one table: readers of older ones read the file again.

// Rough sizes in memory are enough: the budget protects the node, it is not an account.
size_t BytesOf(const ManifestList& list) {
    size_t bytes = sizeof list;
    for (const ManifestFile& file : list) bytes += sizeof file + file.path.size();
    return bytes;
}

size_t BytesOf(const Manifest& manifest) {
    size_t bytes = sizeof manifest;
    for (const ManifestEntry& entry : manifest) {
        bytes += sizeof entry + entry.file.path.size() + entry.file.split_offsets.size() * 8;
        for (const ColumnStats& stats : entry.file.columns) {
            bytes += sizeof stats;
            if (stats.lower && stats.lower->size() > 15) bytes += stats.lower->size();
            if (stats.upper && stats.upper->size() > 15) bytes += stats.upper->size();
        }
    }
    return bytes;
}

}  // namespace

size_t Cache::bytes() const {
    std::scoped_lock lock(mutex_);
    return bytes_;
}

uint64_t Cache::misses() const {
    std::scoped_lock lock(mutex_);
    return misses_;
}

std::shared_ptr<const void> Cache::Find(const std::string& key) {
    std::scoped_lock lock(mutex_);
    const auto it = by_key_.find(key);
    if (it == by_key_.end()) {
        ++misses_;
        return nullptr;
    }
    items_.splice(items_.begin(), items_, it->second);
    return it->second->value;
}

void Cache::Put(const std::string& key, std::shared_ptr<const void> value, size_t bytes) {
    std::scoped_lock lock(mutex_);
    if (by_key_.contains(key) || bytes > bytes_max_) return;
    items_.push_front({key, std::move(value), bytes});
    by_key_.emplace(key, items_.begin());
    bytes_ += bytes;
    while (bytes_ > bytes_max_) Erase(std::string(items_.back().key));
}

void Cache::Erase(const std::string& key) {
    const auto it = by_key_.find(key);
    if (it == by_key_.end()) return;
    bytes_ -= it->second->bytes;
    items_.erase(it->second);
    by_key_.erase(it);
}

void Cache::DropOlderDocuments(const std::string& location) {
    std::scoped_lock lock(mutex_);
    auto& keys = documents_[location.substr(0, location.find_last_of('/'))];
    keys.push_back("t" + location);
    while (keys.size() > kDocumentsMax) {
        Erase(keys.front());
        keys.pop_front();
    }
}

// The key's first letter keeps the kinds apart: one path never yields a value of another type.
Result<std::shared_ptr<const TableMetadata>> Cache::Metadata(const std::string& location) {
    const std::string key = "t" + location;
    if (auto found = Find(key)) return std::static_pointer_cast<const TableMetadata>(found);
    const auto size = TRY(io::FileSize(location));
    auto table = std::make_shared<const TableMetadata>(TRY(Load(location)));
    Put(key, table, size * 8);  // JSON values take several times the bytes of their text.
    DropOlderDocuments(location);
    return table;
}

Result<std::shared_ptr<const ManifestList>> Cache::List(const TableMetadata& table,
                                                        const Snapshot& snapshot) {
    // The location is part of the key, because it decides which paths are allowed.
    const std::string key = "l" + table.location + "\n" + snapshot.manifest_list;
    if (auto found = Find(key)) return std::static_pointer_cast<const ManifestList>(found);
    const std::string bytes = TRY(io::ReadFile(snapshot.manifest_list, kFileBytesMax));
    auto decoded = DecodeManifestList(bytes, table.location);
    if (!decoded) return InFile(snapshot.manifest_list, std::move(decoded.error()));
    auto list = std::make_shared<const ManifestList>(std::move(*decoded));
    Put(key, list, BytesOf(*list));
    return list;
}

Result<std::shared_ptr<const Manifest>> Cache::Entries(const TableMetadata& table,
                                                       const ManifestFile& listed) {
    const std::string key = "m" + table.location + "\n" + listed.path;
    if (auto found = Find(key)) return std::static_pointer_cast<const Manifest>(found);
    const std::string bytes = TRY(io::ReadFile(listed.path, kFileBytesMax));
    auto decoded = DecodeManifest(bytes, listed, table.location);
    if (!decoded) return InFile(listed.path, std::move(decoded.error()));
    auto entries = std::make_shared<const Manifest>(std::move(*decoded));
    Put(key, entries, BytesOf(*entries));
    return entries;
}

}  // namespace weft::iceberg
