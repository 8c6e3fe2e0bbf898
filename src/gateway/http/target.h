// What a request's target says, taken apart: path segments, query parameters, the address of a
// relation, lists of columns. Pure parsing of hostile text; everything is bounded. Used by the
// connection and the routes. THREAD: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/protocol.h"

namespace weft::gateway::http {

struct Target {
    std::vector<std::string> segments;                       // Decoded; "/" has none.
    std::vector<std::pair<std::string, std::string>> query;  // Decoded, in order.
};

// FAILS: kInvalid for bad escapes, control characters, text that is not UTF-8, "." and ".."
// segments; kLimit.
Result<Target> ParseTarget(std::string_view target);

// /data/{domain}/{product}[/{port}][@major][.suffix]: what stands behind /data.
struct DataAddress {
    engine::RelationName relation;
    std::string product;  // "sales.orders", for messages.
    std::string suffix;   // "csv"; empty when there is none.
};
// FAILS: kInvalid, kNotFound (a name that no product can have).
Result<DataAddress> ParseDataAddress(std::string_view domain, std::string_view product,
                                     std::string_view port);

// "a,b" or "\"a,b\",c": SQL's quoting for names with commas. FAILS: kInvalid, kLimit.
Result<std::vector<std::string>> ParseNames(std::string_view text);
// "-dep_delay,carrier": a leading minus means descending.
Result<std::vector<engine::OrderBy>> ParseOrder(std::string_view text);
Result<uint64_t> ParseCount(std::string_view text, std::string_view what);

// What the client wants to read, by suffix (first) or Accept. FAILS: kInvalid 0A000 when there is
// none of ours.
struct FormatChoice {
    engine::Format format = engine::Format::kJsonLines;
    std::string_view content_type;
};
Result<FormatChoice> ChooseFormat(std::string_view suffix, std::string_view accept);

}  // namespace weft::gateway::http
