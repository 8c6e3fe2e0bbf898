// The first product.yaml of `weft init DOMAIN.PRODUCT --from FILE`, written from a profile.
//
// Invariant: what comes out parses without errors, masks nothing, and has at most three TODOs,
// which are warnings. Promises are made only where all rows keep them.
#pragma once

#include <string>

#include "base/result.h"
#include "model/profile.h"

namespace weft::model {

struct DraftOptions {
    std::string domain;
    std::string product;
};

// FAILS: kInvalid (names), kLimit (columns).
Result<std::string> DraftProduct(const Profile& profile, const DraftOptions& options);

}  // namespace weft::model
