// What was read from immutable table files, kept for the next reader: planning a warm table does no
// I/O.
//
// Least recently used values go first when the budget is exceeded; a value in use stays alive in
// its user's hands. THREAD: any. Two threads that miss at once both read; the results are equal.
#pragma once

#include <cstddef>
#include <functional>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "iceberg/manifest.h"
#include "iceberg/manifest_list.h"
#include "iceberg/metadata.h"

namespace weft::iceberg {

using ManifestList = std::vector<ManifestFile>;
using Manifest = std::vector<ManifestEntry>;

class Cache {
public:
    explicit Cache(size_t bytes_max = size_t{256} << 20) : bytes_max_(bytes_max) {}

    Result<std::shared_ptr<const TableMetadata>> Metadata(const std::string& location);
    Result<std::shared_ptr<const ManifestList>> List(const TableMetadata& table,
                                                     const Snapshot& snapshot);
    Result<std::shared_ptr<const Manifest>> Entries(const TableMetadata& table,
                                                    const ManifestFile& listed);
    size_t bytes() const;
    uint64_t misses() const;  // Files read so far.

private:
    struct Item {
        std::string key;
        std::shared_ptr<const void> value;
        size_t bytes = 0;
    };
    std::shared_ptr<const void> Find(const std::string& key);
    void Put(const std::string& key, std::shared_ptr<const void> value, size_t bytes);
    // Each commit leaves a metadata document that nobody asks for again: a table keeps its newest few.
    void DropOlderDocuments(const std::string& location);
    void Erase(const std::string& key);  // REQUIRES: mutex_ is held.

    const size_t bytes_max_;
    mutable std::mutex mutex_;
    std::list<Item> items_;  // Guarded by mutex_, as all below. Most recently used first.
    std::unordered_map<std::string, std::list<Item>::iterator> by_key_;
    std::unordered_map<std::string, std::deque<std::string>> documents_;  // Keys by folder.
    size_t bytes_ = 0;
    uint64_t misses_ = 0;
};

}  // namespace weft::iceberg
