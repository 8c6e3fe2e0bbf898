// What the gateway asks of the whole node for those who run it: backup, use of the disk, checks.
// Implemented by the program (app/operations.cc), which owns all parts. THREAD: any; Backup and a
// deep Checks take their time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "meta/state.h"

namespace weft::gateway {

class Operations {
  public:
    virtual ~Operations() = default;

    // Into a folder of the node's machine. FAILS: kInvalid, kUnavailable, kCorrupt.
    virtual Result<Json> Backup(const std::string& folder) = 0;
    // Of the products that `may_see` lets through; `whole`: also what belongs to the node.
    virtual Result<Json> Disk(const meta::State& state,
                              const std::function<bool(const meta::Product&)>& may_see,
                              bool whole) = 0;
    // {"checks": [{"name", "state", "found", "help"}]}; `deep`: every file of every table.
    virtual Json Checks(bool deep) = 0;

    struct Space {
        uint64_t free_bytes = 0;
        uint64_t total_bytes = 0;
        bool low = false;        // Below the first threshold.
        bool read_only = false;  // Below the second: nothing that makes it grow is taken.
    };
    virtual Space space() const = 0;
};

}  // namespace weft::gateway
