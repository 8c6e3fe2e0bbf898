// The disk of the data folder: watches its free space, and says before it is full.
//
// Below `warn` the node says so (log, /metrics, `weft doctor`, `weft status`). Below `stop` it
// takes in nothing more: pushes, applies, runs and uploads are refused by the store
// (meta::Store::Refuse), reads go on, what was accepted is finished, and removals and table care
// make room. It ends by itself when there is a tenth more than `stop`. This is the one place that
// decides it. THREAD: any. OWNS: one thread that looks every second.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/operations.h"
#include "meta/store.h"

namespace weft::app {

// Bytes, or a share of the disk in percent. Neither: the default.
struct Threshold {
    uint64_t bytes = 0;
    double percent = 0;
    bool is_set = false;
};
// "10%", "5G", "512M", "1073741824". FAILS: kInvalid.
Result<Threshold> ParseThreshold(std::string_view text);
Result<uint64_t> ParseBytes(std::string_view text);

struct DiskOptions {
    Threshold warn;  // Default: 10 % of the disk, at most 5 GiB.
    Threshold stop;  // Default: 5 % of the disk, at most 1 GiB.
    uint32_t every_ms = 1'000;
};

class Disk {
  public:
    // Looks once before it returns. `store` must outlive it. FAILS: kUnavailable: its free space
    // cannot be asked.
    static Result<std::unique_ptr<Disk>> Watch(meta::Store& store, std::string data,
                                               DiskOptions options);
    virtual ~Disk() = default;
    virtual gateway::Operations::Space space() const = 0;
};

// What the thresholds say of a disk. `was_read_only`: how it was before.
gateway::Operations::Space JudgeSpace(const DiskOptions& options, uint64_t free_bytes,
                                      uint64_t total_bytes, bool was_read_only);

// Free bytes for this process and all bytes, of the disk that holds `path`.
struct DiskSize {
    uint64_t free_bytes = 0;
    uint64_t total_bytes = 0;
};
Result<DiskSize> SizeOfDisk(const std::string& path);

}  // namespace weft::app
