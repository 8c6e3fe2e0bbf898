// pg_catalog and information_schema as SQL views over mesh.* rows that the node makes for this principal.
//
// Used by SetUpPg, which hands it to the engine's catalogue. The text lies in pg_catalog/*.sql: system.sql is written
// by hand, builtin.sql made by tools/pg_catalog.py. Columns are PostgreSQL 16's, in its order. THREAD: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft::engine {

// The SELECT behind a view; nothing when there is none. Names in lower case.
std::optional<std::string> SystemViewSql(std::string_view domain, std::string_view table);
std::vector<std::string> SystemViewNames();  // "pg_catalog.pg_class", …; for tests.

}  // namespace weft::engine
