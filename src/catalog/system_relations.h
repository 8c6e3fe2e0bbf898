// The node's own relations: mesh.* for people, and the sources of pg_catalog (mesh.pg_*). Rows are
// made for one principal: nobody sees a product that he may not discover, nor through pg_catalog a
// table that he may not read.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "engine/relation.h"
#include "govern/principal.h"
#include "meta/state.h"

namespace weft::catalog {

// The rows of mesh.<name> for this principal; nothing when there is no such relation.
std::optional<engine::BlockRelation> SystemRelation(const meta::State& state,
                                                    const govern::Principal& who,
                                                    std::string_view name, Timestamp now);

// `DOMAIN.PRODUCT__files`: which files the ports with `incremental: files` have taken, of those
// ports that `who` may read. Nothing when the product has no such port. FAILS: kDenied when it has,
// and he may read none.
Result<std::optional<engine::BlockRelation>> FilesRelation(const meta::State& state,
                                                           const govern::Principal& who,
                                                           const meta::Product& product,
                                                           uint32_t major, Timestamp now);
inline constexpr std::string_view kFilesPort = "files";  // Reserved (design.md, Names).

inline constexpr uint64_t kFirstOid =
    16'384;  // Oids of ours are id + kFirstOid, as PostgreSQL's own users' objects.

}  // namespace weft::catalog
