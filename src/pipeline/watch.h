// Whether a product is due now: by its schedule, because an input has changed, or because files
// have arrived. Looks at the state and at input files, remembers what it saw; starts nothing
// (runner.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "meta/state.h"
#include "model/port_name.h"

namespace weft::pipeline {

struct Due {
    std::string trigger;  // As meta::RunRecord::trigger: "schedule", "change" or "files".
    std::string slot;     // Of the schedule.
    friend bool operator==(const Due&, const Due&) = default;
};

class Watch {  // THREAD: one.
  public:
    explicit Watch(std::string data_folder) : data_folder_(std::move(data_folder)) {}
    // REQUIRES: no run of the product is under way.
    std::optional<Due> Look(const meta::State& state, const meta::Product& product, Timestamp now);

  private:
    struct Seen {
        uint64_t files = 0;      // Fingerprint at the last look.
        std::string tried;       // Files for which a run was started: once, while it fails.
        int64_t look_at_us = 0;  // Not before: many files are looked at less often.
        RunId run;               // After which `missing` was found.
        std::vector<model::PortName>
            missing;  // Ports fed by events that its SQL may name and that do not exist yet.
    };
    bool HasChanged(const meta::State& state, const meta::Product& product, Timestamp now);
    bool HasArrived(const meta::State& state, const meta::Product& product, Timestamp now);
    bool HasCome(const meta::State& state, const meta::Product& product);

    std::string data_folder_;
    std::map<ProductId, Seen> seen_;
};

// The earliest slot of any port that is due and has not been served.
std::optional<std::string> DueSlot(const meta::Product& product, Timestamp now);

}  // namespace weft::pipeline
