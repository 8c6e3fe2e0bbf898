// Types and names as PostgreSQL's catalogue spells them: oids of column types, format_type, quote_ident.
//
// Used by pg_function for native functions: as macros they multiplied into thousands of expressions per view and made
// every question about the catalogue slow to plan. THREAD: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft::engine {

// The oid of a column's type as mesh.pg_columns writes it, in lower case: "bigint", "decimal(12,2)", "varchar[]".
uint32_t PgOidOfType(std::string_view type);
// format_type: "numeric(12,2)" for 1700 and its modifier; "???" for an oid that no type has.
std::string PgTypeName(int64_t oid, std::optional<int32_t> modifier);
std::string PgQuoteIdentifier(std::string_view name);
// "sales"."Order" -> sales, Order: the parts of a name, folded unless quoted.
std::vector<std::string> PgNameParts(std::string_view text);

}  // namespace weft::engine
