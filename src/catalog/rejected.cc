#include "catalog/rejected.h"

#include <utility>

namespace weft::catalog {

std::vector<meta::BoundColumn> RejectedColumns() {
    using Kind = DataType::Kind;
    static constexpr std::pair<const char*, Kind> kColumns[] = {{"reason", Kind::kVarchar},
                                                                {"file", Kind::kVarchar},
                                                                {"line", Kind::kBigint},
                                                                {"raw", Kind::kVarchar},
                                                                {"received_at", Kind::kTimestampTz},
                                                                {"position", Kind::kBigint},
                                                                {"key", Kind::kVarchar}};
    std::vector<meta::BoundColumn> columns;
    for (const auto& [name, kind] : kColumns) {
        meta::BoundColumn bound;
        bound.column.name = name;
        bound.column.type.kind = kind;
        bound.column.has_type = true;
        bound.field_id = static_cast<int32_t>(columns.size() + 1);
        columns.push_back(std::move(bound));
    }
    return columns;
}

}  // namespace weft::catalog
