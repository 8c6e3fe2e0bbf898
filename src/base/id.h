// Ids that cannot be mixed up: Grant(domain, product) cannot be called the wrong way round.
#pragma once

#include <compare>
#include <cstdint>

namespace weft {

template <class Tag>
struct Id {
    uint64_t value = 0;
    friend auto operator<=>(Id, Id) = default;
};

using DomainId = Id<struct DomainTag>;
using ProductId = Id<struct ProductTag>;
using PortId = Id<struct PortTag>;
using UserId = Id<struct UserTag>;
using TeamId = Id<struct TeamTag>;
using TokenId = Id<struct TokenTag>;
using GrantId = Id<struct GrantTag>;
using RunId = Id<struct RunTag>;

}  // namespace weft
