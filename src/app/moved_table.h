// A table whose folder was copied to another place: Iceberg wants absolute paths, so its metadata,
// lists and manifests are written again with the new ones. Data files stay as they are. Used by
// restore. THREAD: any.
#pragma once

#include <string>

#include "base/result.h"

namespace weft::app {

// `metadata_location` is where the document lay beneath the old `from`; all its files lie beneath
// `to` under the same names. Former metadata files are no longer named. Replaces files in place and
// does not sync them. FAILS: kCorrupt, kNotFound (a file of the table is missing).
Result<> MoveTable(const std::string& from, const std::string& to,
                   const std::string& metadata_location);

}  // namespace weft::app
