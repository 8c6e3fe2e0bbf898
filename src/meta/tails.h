// Commands on ports fed by events: checked records become visible (RollTail), the tail moves into the
// table (CommitTail), dead letters are settled. The node issues the first two by itself, every second
// and every ten seconds; they leave no audit entry.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "meta/draft.h"

namespace weft::meta {

// The newest position of the product's input that feeds `port` that has been checked, over all
// majors: a new major goes on where the old one stopped. 0: none.
uint64_t RolledPosition(const State& state, ProductId product, std::string_view port);

struct TailPart {
    std::string port;
    uint32_t major = 1;
    Table table;  // Of a port that does not exist yet: uuid and location; of any: last_column_id.
    std::vector<TailFile> files;
    std::vector<BoundColumn> columns;
    std::string contract_version;
};

// Makes the ports when they are missing. FAILS: kNotFound; kConflict when the product was applied
// again or somebody else has rolled; kInvalid.
struct RollTail {
    static constexpr std::string_view kName = "roll_tail";
    ProductId product;
    uint64_t expected_generation = 0;
    uint64_t expected_position = 0;  // RolledPosition of accepted.port.
    uint64_t position = 0;           // The new one.
    TailPart accepted;
    std::optional<TailPart> rejected;
    std::vector<Settled> settles;  // Dead letters whose replay is among these records.

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;  // Null.
};

// The tail's files up to `upto` (a last_position) are in `table` now. Compare-and-set on the pointer.
// FAILS: kNotFound, kConflict, kInvalid.
struct CommitTail {
    static constexpr std::string_view kName = "commit_tail";
    PortId port;
    std::string expected_metadata_location;
    Table table;
    uint64_t upto = 0;
    // The rows of these settled dead letters are no longer in the table (purge): forget the ranges.
    std::optional<std::vector<Settled>> settled_gone;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;  // Null, unless settled_gone.
};

// Hides dead letters for good; their bytes go with the next rewrite of the table. FAILS: kNotFound
// when the product has no dead letters, kLimit beyond kSettledMax ranges.
struct SettleRejected {
    static constexpr std::string_view kName = "settle_rejected";
    ProductId product;
    uint32_t major = 1;
    std::vector<Settled> ranges;
    std::string why;  // "purged by ana"

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};
inline constexpr size_t kSettledMax = 10'000;

}  // namespace weft::meta
