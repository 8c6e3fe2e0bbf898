// Commands of a run: start, publish or end. A product has at most one run at a time; the run's id
// is the fencing token: whoever does not hold the newest one can neither publish nor end.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "meta/draft.h"

namespace weft::meta {

inline constexpr std::string_view kRejectedPort = "rejected";  // Dead letters: of every product, in no contract.

// FAILS: kNotFound, kConflict (generation moved, or a run is running), kExists (the slot has been
// run).
struct StartRun {
    static constexpr std::string_view kName = "start_run";
    ProductId product;
    RunId run;  // History::NewRunId().
    uint64_t expected_generation = 0;
    std::string slot = {};  // Any text that names the schedule's slot; empty: none.
    uint64_t input_fingerprint = 0;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

struct PortUpdate {
    std::string port;
    uint32_t major = 1;
    std::string expected_metadata_location;  // "" when nothing has been published (the port may not
                                             // exist yet).
    Table table;                             // `published` is set by the command.
    std::vector<BoundColumn> columns;
    std::string contract_version;
    std::vector<uint64_t> inputs = {};  // PortIds read: lineage.
    // As in Port; empty after a full run of a port that is not incremental.
    std::string watermark = {};
    std::map<uint64_t, uint64_t> read_to = {};
    std::map<std::string, TakenFile> taken = {};
};

// Publishes data, columns, contract version and lineage and ends the run as succeeded, in one
// transaction; missing ports are made. FAILS: kNotFound, kConflict (generation, a pointer or the
// run moved), kInvalid.
struct PublishRun {
    static constexpr std::string_view kName = "publish_run";
    ProductId product;
    RunId run;
    uint64_t expected_generation = 0;
    uint64_t input_fingerprint = 0;  // Of what was really read; 0: as at the start.
    std::vector<PortUpdate> ports = {};

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

// Ends a run that publishes nothing: failed, or succeeded with nothing to do. FAILS: kNotFound,
// kConflict.
struct EndRun {
    static constexpr std::string_view kName = "end_run";
    ProductId product;
    RunId run;
    std::string error = {};  // Empty: succeeded.

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

// At start: whatever was running when the node stopped has failed.
struct InterruptRuns {
    static constexpr std::string_view kName = "interrupt_runs";

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

}  // namespace weft::meta
