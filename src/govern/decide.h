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
    std::string rule;             // Which rule permits: "owning team", "grant 12", "administrator".
    std::string row_filter = {};  // DuckDB, over the raw columns; empty: every row.
    std::vector<Mask> masks = {};
};
struct Denial {
    Action action = Action::kRead;
    std::string rule;        // "no grant for ana"
    std::string decider;     // "team sales-data (#sales-data)"
    std::string how_to_ask;  // "ask them, or a member runs: weft grant sales.orders read --to ana"
};
using Decision = std::variant<Permit, Denial>;

Decision Decide(const meta::State& state, const Principal& who, Action action,
                const meta::Product& product, std::string_view port, Timestamp now);

// May this principal apply new products into the domain? Whoever creates a domain may.
Decision DecideDomain(const meta::State& state, const Principal& who, std::string_view domain);
// May this principal make the team an owner of products? Its members may; a new team's creator too.
Decision DecideTeam(const meta::State& state, const Principal& who, std::string_view team);
Decision DecideAdmin(const Principal& who);  // Users, teams, tokens, file roots.

// A denial as the error that every path shows: kDenied 42501 with rule, who decides and how to ask;
// or, when the principal may not even discover the product, exactly the error of a name that does
// not exist (42P01). A caller that adds anything to the error of unknown names (nearest names,
// another spelling) asks for kDiscover first and adds it here too.
Error ToError(const meta::State& state, const Principal& who, const meta::Product& product,
              std::string_view port, const Denial& denial, Timestamp now);
Error ToError(const Denial& denial);  // Of DecideDomain, DecideTeam, DecideAdmin.
Error NoSuchRelation(std::string_view domain, std::string_view table);

}  // namespace weft::govern
