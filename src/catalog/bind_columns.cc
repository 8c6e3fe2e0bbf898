#include "catalog/bind_columns.h"

#include "base/text.h"
#include "iceberg/columns.h"

namespace weft::catalog {
namespace {

const meta::BoundColumn* FindBefore(const std::vector<meta::BoundColumn>& before,
                                    const model::Column& column) {
    const auto named = [&](std::string_view name) -> const meta::BoundColumn* {
        for (const auto& bound : before)
            if (ToLower(bound.column.name) == ToLower(name)) return &bound;
        return nullptr;
    };
    if (const auto* same = named(column.name)) return same;
    return column.was.empty() ? nullptr : named(column.was);
}

}  // namespace

Result<Binding> BindColumns(const std::vector<model::Column>& contract,
                            const std::vector<meta::BoundColumn>& before, int32_t last_column_id) {
    iceberg::Columns fields;
    for (const auto& column : contract) {
        iceberg::Field field;
        field.name = column.name;
        field.type = column.type;
        field.required = column.required;
        field.doc = column.description;
        const auto* bound = FindBefore(before, column);
        // A nested type keeps its ids only while its shape is the same; parts of a new shape are
        // new columns.
        if (bound && (bound->child_ids.empty() || bound->column.type == column.type)) {
            field.id = bound->field_id;
            field.child_ids = bound->child_ids;
        }
        field.child_ids.resize(iceberg::ChildCount(column.type));
        fields.fields.push_back(std::move(field));
    }
    Binding binding;
    binding.last_column_id = TRY(iceberg::AssignIds(fields, last_column_id));
    for (size_t i = 0; i < contract.size(); ++i)
        binding.columns.push_back({contract[i], fields.fields[i].id, fields.fields[i].child_ids});
    return binding;
}

iceberg::Columns ToIceberg(const std::vector<meta::BoundColumn>& columns) {
    iceberg::Columns out;
    for (const auto& bound : columns) {
        out.fields.push_back({bound.field_id, bound.column.name, bound.column.type, bound.child_ids,
                              bound.column.required, bound.column.description});
    }
    return out;
}

}  // namespace weft::catalog
