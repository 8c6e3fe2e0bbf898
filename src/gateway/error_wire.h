// The one table from error codes to wire formats, and the two encoders that use it: problem+json
// for HTTP, ErrorResponse for PostgreSQL clients. Every listener answers errors through this file
// only. THREAD: any; pure.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "engine/pg_message.h"

namespace weft::gateway {

struct ErrorWire {
    Code code;
    std::string_view sqlstate;
    int http;
    std::string_view title;
};

inline constexpr std::array kErrorWire{
    ErrorWire{Code::kInvalid, "22023", 400, "The request is wrong"},
    ErrorWire{Code::kNotFound, "42704", 404, "No such thing"},
    ErrorWire{Code::kExists, "42710", 409, "The name is taken"},
    ErrorWire{Code::kDenied, "42501", 403, "Not permitted"},
    ErrorWire{Code::kConflict, "40001", 409, "Somebody was faster"},
    ErrorWire{Code::kUnknownOutcome, "40003", 500, "It may or may not have happened"},
    ErrorWire{Code::kLimit, "54000", 429, "Too large or too many"},
    ErrorWire{Code::kUnavailable, "57P03", 503, "Not available now"},
    ErrorWire{Code::kCorrupt, "XX001", 500, "Stored data is damaged"},
};

constexpr bool EveryCodeHasOneRow() {
    if (kErrorWire.size() != static_cast<size_t>(Code::kCount)) return false;
    for (size_t i = 0; i < kErrorWire.size(); ++i)
        if (kErrorWire[i].code != static_cast<Code>(i)) return false;
    return true;
}
static_assert(EveryCodeHasOneRow(),
              "add the new Code to kErrorWire, in the order of the enumeration");

// The finer SQLSTATE of the error, when it has one, decides in both worlds.
std::string_view SqlstateOf(const Error& error);
int HttpStatusOf(const Error& error);

Json ToJson(const Finding& finding);
// RFC 9457, with the members of docs/api.md. `status` 0: as the error says.
std::string ProblemJson(const Error& error, std::string_view request_id, int status = 0);

// ERROR keeps the session, FATAL announces its end.
void AppendPgError(engine::PgWriter& out, const Error& error, bool fatal);

}  // namespace weft::gateway
