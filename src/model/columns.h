// The short form of a contract: `columns:` of an input or output port, with types, keys, masks,
// references and row rules. Used by ports.cc. Pure; problems go to the report.
#pragma once

#include <vector>

#include "model/fields.h"
#include "model/product.h"

namespace weft::model {

// Reads {name: type, name: {type: …, …}}.
std::vector<Column> ReadColumns(Report& report, const Fields& port);

// True when `text` can be a literal of the type: "12.5" of a decimal, "2026-01-31" of a date.
bool IsLiteral(std::string_view text, DataType::Kind kind);

}  // namespace weft::model
