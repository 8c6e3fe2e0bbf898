// The columns of a table at one time (Iceberg calls it a schema), and the rules by which they may
// change.
//
// Every column, and every part of a nested one, has a field id that is never used again. Files are
// read by id, so a rename costs nothing and a dropped column's data never comes back under a new
// name. INVARIANT: child_ids.size() == ChildCount(type); they are the ids of the nested parts,
// depth first (list: element; map: key, then value; struct: its fields), each followed by its own
// parts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/data_type.h"
#include "base/json.h"
#include "base/result.h"

namespace weft::iceberg {

struct Field {
    int32_t id = 0;  // 0: not assigned yet.
    std::string name;
    DataType type;
    std::vector<int32_t> child_ids;
    bool required = false;
    std::string doc;
    friend bool operator==(const Field&, const Field&) = default;
};

struct Columns {
    int32_t schema_id = 0;
    std::vector<Field> fields;
    std::vector<int32_t> identifier_field_ids;
    const Field* Find(int32_t field_id) const;  // Top level only; null when absent.
    friend bool operator==(const Columns&, const Columns&) = default;
};

// Number of nested parts of a type, at all levels.
size_t ChildCount(const DataType& type);
int32_t MaxFieldId(const Columns& columns);  // Nested ids too; 0 when there are none.

// Gives fresh ids, above `last_column_id`, to every field whose id is 0, and returns the new last
// id. FAILS: kLimit when ids run out.
Result<int32_t> AssignIds(Columns& columns, int32_t last_column_id);

// Names unique when case is ignored, ids unique, shapes right. FAILS: kInvalid.
Result<> CheckColumns(const Columns& columns);

// Whether a table with columns `from` may go on with `to`: same ids keep their type or widen it,
// optional does not become required, a new id is above `last_column_id`, and a new column is
// optional. `replaces_rows`: no row written under `from` stays in the table, so that required may
// be new. FAILS: kInvalid, naming the column.
struct Evolution {
    int32_t last_column_id = 0;
    bool replaces_rows = false;
};
Result<> CheckEvolution(const Columns& from, const Columns& to, const Evolution& rules);

Json ToJson(const Columns& columns);
Result<Columns> ColumnsFromJson(
    const Json& json);  // FAILS: kCorrupt, kLimit, kInvalid (a type that is not known).

}  // namespace weft::iceberg
