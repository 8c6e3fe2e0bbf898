#include "catalog/row_checks.h"

#include <fmt/format.h>

#include "base/text.h"

namespace weft::catalog {

RowCheck CheckOf(const model::Column& column) {
    const std::string name = QuoteIdentifier(column.name);
    const std::string type = ToString(column.type);
    std::vector<std::string> terms;
    std::vector<std::string> words;
    const auto compare = [&](const std::optional<std::string>& bound, std::string_view op,
                             std::string_view word) {
        if (!bound) return;
        terms.push_back(fmt::format("{} {} CAST({} AS {})", name, op, QuoteLiteral(*bound), type));
        words.push_back(fmt::format("{} {}", word, *bound));
    };
    const auto& quality = column.quality;
    compare(quality.minimum, ">=", "minimum");
    compare(quality.maximum, "<=", "maximum");
    compare(quality.exclusive_minimum, ">", "above");
    compare(quality.exclusive_maximum, "<", "below");
    if (quality.pattern) {
        terms.push_back(
            fmt::format("regexp_full_match({}, {})", name, QuoteLiteral(*quality.pattern)));
        words.push_back("pattern " + *quality.pattern);
    }
    if (!quality.values.empty()) {
        std::vector<std::string> values;
        for (const auto& value : quality.values)
            values.push_back(fmt::format("CAST({} AS {})", QuoteLiteral(value), type));
        terms.push_back(fmt::format("{} IN ({})", name, Join(values, ", ")));
        words.push_back("one of " + Join(quality.values, ", "));
    }
    if (quality.min_length) {
        terms.push_back(fmt::format("length({}) >= {}", name, *quality.min_length));
        words.push_back(fmt::format("at least {} characters", *quality.min_length));
    }
    if (quality.max_length) {
        terms.push_back(fmt::format("length({}) <= {}", name, *quality.max_length));
        words.push_back(fmt::format("at most {} characters", *quality.max_length));
    }
    if (terms.empty()) return {};
    return {Join(terms, " AND "), fmt::format("{} of {}", Join(words, " and "), column.name)};
}

std::vector<engine::OutputColumn> OutputColumns(const std::vector<meta::BoundColumn>& columns) {
    std::vector<engine::OutputColumn> out;
    for (const auto& bound : columns) {
        auto check = CheckOf(bound.column);
        out.push_back({bound.column.name, bound.column.type, bound.field_id, bound.child_ids,
                       bound.column.required || bound.column.primary_key,
                       std::move(check.expression), std::move(check.name)});
    }
    return out;
}

std::vector<std::vector<std::string>> UniqueSets(const std::vector<meta::BoundColumn>& columns) {
    std::vector<std::vector<std::string>> sets;
    std::vector<std::string> key;
    for (const auto& bound : columns)
        if (bound.column.primary_key) key.push_back(bound.column.name);
    if (!key.empty()) sets.push_back(key);
    for (const auto& bound : columns)
        if (bound.column.unique && key != std::vector{bound.column.name})
            sets.push_back({bound.column.name});
    return sets;
}

}  // namespace weft::catalog
