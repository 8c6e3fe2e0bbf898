// Entities as the JSON bodies that the store writes, one row per entity, and back. Used by store.
//
// A product's spec is stored as its files and parsed again; columns that were inferred at apply are
// stored beside them. Members that a newer version added are ignored by an older one of the same
// format; a change that is more than an added member needs a migration.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "meta/draft.h"

namespace weft::meta {

// The body of an entity; empty when the state has none of that kind and id.
std::string EncodeEntity(const State& state, Kind kind, uint64_t id);

// Puts a stored entity into the draft. FAILS: kCorrupt, also when it refers to what is not there.
Result<> DecodeEntity(Draft& draft, Kind kind, uint64_t id, const std::string& body);

}  // namespace weft::meta
