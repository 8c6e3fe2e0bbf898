// Whether a product is well, in a word and a sentence: rolled up from its newest run, the checks of
// that run, and for pushed records from how they get into its tables. What nobody has measured is
// `unknown`, never healthy.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "meta/history.h"
#include "meta/state.h"

namespace weft::catalog {

struct Health {
    std::string_view health;  // "healthy", "failed" or "unknown".
    std::string reason;
};

// `last`: the record of the product's newest run. `roll_error`: why pushed records do not get in at
// present; empty: they do. Pure. THREAD: any.
Health HealthOf(const meta::State& state, const meta::Product& product,
                const std::optional<meta::RunRecord>& last, std::string_view roll_error);

}  // namespace weft::catalog
