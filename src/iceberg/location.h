// Paths of a table: plain and absolute inside Weft, `file://` + path inside table files.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace weft::iceberg {

std::string ToUri(std::string_view path);
// Accepts file:///path, file:/path and /path. FAILS: kInvalid for other storages; kCorrupt for a
// path that is relative, has "..", "." or empty parts, or control characters.
Result<std::string> FromUri(std::string_view uri);
// FAILS: kCorrupt unless `path` lies strictly beneath `folder`. REQUIRES: both came from FromUri.
Result<> CheckBeneath(std::string_view path, std::string_view folder);
// The same error, which now names the file of the table that it is about.
std::unexpected<Error> InFile(std::string_view path, Error error);

}  // namespace weft::iceberg
