// The one decision function: who may do what with a product's port. Pure: same inputs, same answer,
// no clock, no I/O.
//
// Rules, first cut (design.md, Reading): default deny. The owning team reads its own. A grant
// (user, team, product or everyone; one port or all; until a date) opens a port. Runs read products
// of their own domain. Administrators manage and discover everything but read only by membership or
// grant. `visibility: private` hides a product from everybody but the owning team, administrators
// and those with a grant. A port that declares rows, mask or minimumGroup is readable by the owning
// team only, because this node cannot enforce them yet.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "govern/principal.h"
#include "meta/state.h"

namespace weft::govern {

enum class Action : uint8_t {
    kDiscover,  // Know that it exists, its description and columns.
    kRead,      // Its rows.
    kWrite,     // Push records.
    kEvolve,    // Apply, run, remove.
    kOwn,       // Grant, revoke.
};

struct Mask {
    std::string column;
    std::string expression;  // DuckDB, over the raw columns.
};
struct Permit {
    std::string rule;        // Which rule permits: "owning team", "grant 12", "administrator".
    std::string row_filter;  // DuckDB, over the raw columns; empty: every row.
    std::vector<Mask> masks;
};
struct Denial {
    std::string rule;        // "no grant on sales.orders for ana"
    std::string decider;     // "team sales-data (#sales-data)"
    std::string how_to_ask;  // "ask team sales-data, or: weft grant sales.orders read --to ana"
};
using Decision = std::variant<Permit, Denial>;

Decision Decide(const meta::State& state, const Principal& who, Action action,
                const meta::Product& product, std::string_view port, Timestamp now);

// May this principal apply products into the domain (which may not exist yet), manage users, …
Decision DecideDomain(const meta::State& state, const Principal& who, std::string_view domain);
Decision DecideAdmin(const Principal& who);

// A denial as the error that every path shows: kDenied 42501 with rule, who decides and how to ask;
// or, when the principal may not even discover the product, exactly the error of a name that does
// not exist (42P01).
Error ToError(const meta::State& state, const Principal& who, const meta::Product& product,
              std::string_view port, const Denial& denial, Timestamp now);
Error NoSuchRelation(std::string_view domain, std::string_view table);

}  // namespace weft::govern
