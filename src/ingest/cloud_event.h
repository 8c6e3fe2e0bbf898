// CloudEvents 1.0 (https://github.com/cloudevents/spec): an event in its JSON format, or in binary
// mode, to a record. The data is copied byte for byte, so that no number loses digits:
//
//     data is a JSON object              that object
//     data is another JSON value         {"data": …}
//     data_base64, binary body           decoded, when it is JSON: as above; text: {"data": "…"};
//                                        else {"data_base64": "…"}
//     no data                            {}
//
// and in front of its members ce_id, ce_source, ce_type, ce_time, ce_subject as far as asked for.
// Used by records. Pure. THREAD: any.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ingest/records.h"

namespace weft::ingest {

// Appends one line. FAILS: kInvalid for an envelope that breaks the specification.
Result<> AppendCloudEvent(std::string_view event, const std::set<std::string>& ce_columns,
                          Records& records);
Result<> AppendBinaryCloudEvent(const CloudEventHeaders& headers, std::string_view body,
                                const std::set<std::string>& ce_columns, Records& records);

}  // namespace weft::ingest
