// From the body of a request to records: one JSON text per line. Finds where records begin and end,
// and looks into them no further than it must; whether they fit the contract is checked later, in a
// worker. Pure. THREAD: any.
//
// JSON Lines and JSON arrays: each record is copied byte for byte, but for line breaks between its
// tokens, which become spaces. CSV: a header line names the members, every field becomes a text, an
// empty unquoted one null; a row that does not fit the header becomes a JSON text of itself, which
// is no object. CloudEvents (structured, batched): the members of `data`, and the attributes as
// ce_id, ce_source, ce_type, ce_time, ce_subject when `ce_columns` names them. A record that is no
// JSON text is still a record: it goes to the dead letters with its bytes.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weft::ingest {

enum class BodyFormat : uint8_t { kJsonLines, kJsonArray, kCsv, kCloudEvent, kCloudEventBatch };

struct Records {
    std::string lines;  // `count` lines, each ended by '\n'.
    uint64_t count = 0;
    std::vector<std::string> record_keys;  // CloudEvents: "source id" per record; else empty.
    std::vector<std::string> types;        // CloudEvents: type per record; else empty.
};

inline constexpr uint64_t kRecordBytesMax = 1u << 20;
inline constexpr uint64_t kRecordsMax = 1'000'000;  // Of one request.

// By Content-Type; empty, application/x-www-form-urlencoded (curl's default) and
// application/octet-stream are JSON Lines. application/json is a JSON array, or lines when the body
// does not begin with '['. FAILS: kInvalid (415) naming what is taken.
Result<BodyFormat> ChooseBodyFormat(std::string_view content_type, std::string_view body);

// FAILS: kInvalid for a body that cannot be split (a half record, a bad envelope, a CSV without
// header), naming record and byte; kLimit for a record or number of records above its bound. An
// empty body has no records.
Result<Records> SplitRecords(BodyFormat format, std::string_view body,
                             const std::set<std::string>& ce_columns);

// CloudEvents in binary mode: attributes in ce-… headers (names in lower case, without "ce-";
// values as they came, they are percent-decoded here), the body is the data.
struct CloudEventHeaders {
    std::string id, source, type, time, subject;
};
Result<Records> BinaryCloudEvent(const CloudEventHeaders& headers, std::string_view body,
                                 const std::set<std::string>& ce_columns);

}  // namespace weft::ingest
