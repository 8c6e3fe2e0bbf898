// Where the records of a request go, decided for one principal: by address, by SQL name or by
// CloudEvents type.
//
// Nothing is stored unless a product asks for it (R3, R214): a name that no push input has is an
// error that says so. Who may not discover the product gets the same error as for a name that does
// not exist. Pure. THREAD: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/relation.h"
#include "govern/principal.h"
#include "ingest/log.h"
#include "meta/state.h"
#include "model/product.h"

namespace weft::ingest {

struct Target {
    Stream stream;
    std::string product;                 // "web.clicks"
    std::string port;                    // The output port that the input feeds.
    std::vector<model::Column> columns;  // Of its contract, without the node's own two.
};

// `input` empty: the product's only push input. FAILS: kNotFound, kDenied 42501, kInvalid when the
// input must be named.
Result<Target> FindTarget(const meta::State& state, const govern::Principal& who,
                          std::string_view domain, std::string_view product, std::string_view input,
                          Timestamp now);
// "web", "clicks" or "clicks__port". FAILS: kNotFound 42P01, kDenied 42501, kInvalid 42809 for a
// port of no events.
Result<Target> FindTable(const meta::State& state, const govern::Principal& who,
                         const engine::RelationName& name, Timestamp now);
// Among the products of the domain whose push input lists the type. FAILS: kNotFound, kDenied.
Result<Target> FindType(const meta::State& state, const govern::Principal& who,
                        std::string_view domain, std::string_view type, Timestamp now);

}  // namespace weft::ingest
