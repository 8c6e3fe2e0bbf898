// Commands on ports outside a run: table care moves the pointer, an old major or a dropped port
// goes.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "meta/draft.h"

namespace weft::meta {

// Compare-and-set of a table's pointer; `published` stays: the rows are the same. FAILS: kNotFound,
// kConflict, kInvalid.
struct SwapTable {
    static constexpr std::string_view kName = "swap_table";
    PortId port;
    std::string expected_metadata_location;
    Table table;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

struct RemovePort {  // FAILS: kNotFound.
    static constexpr std::string_view kName = "remove_port";
    PortId port;

    Result<> Validate(const State& state) const;
    void Apply(Draft& draft) const;
    Json Audit() const;
};

}  // namespace weft::meta
