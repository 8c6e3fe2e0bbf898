// Every statement kind, function and setting of the linked DuckDB has been read by somebody.
#include "engine/lists.h"

#include <gtest/gtest.h>

#include <set>

#include "duckdb.hpp"
#include "duckdb/common/enums/statement_type.hpp"

namespace weft::engine {
namespace {

std::string Lower(std::string text) {
    for (auto& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return text;
}

std::set<std::string> Column(const std::string& sql) {
    duckdb::DuckDB database(nullptr);
    duckdb::Connection connection(database);
    const auto result = connection.Query(sql);
    EXPECT_FALSE(result->HasError()) << result->GetError();
    std::set<std::string> values;
    for (auto& row : *result) values.insert(Lower(row.GetValue<std::string>(0)));
    return values;
}

void ExpectSame(const std::set<std::string>& library, const ReviewedList& list) {
    for (const auto& name : library)
        EXPECT_NE(list.Find(name), nullptr) << "not reviewed: " << name;
    // UNNEST in a select list is the binder's own, in no catalogue.
    for (const auto& [name, entry] : list.entries())
        EXPECT_TRUE(library.contains(name) || name == "unnest") << "gone: " << name;
}

TEST(Lists, EveryFunctionIsReviewed) {
    ExpectSame(
        Column("SELECT DISTINCT CASE function_type WHEN 'table_macro' THEN 'table:' WHEN 'table' "
               "THEN 'table:' "
               "WHEN 'pragma' THEN 'pragma:' ELSE '' END || function_name FROM duckdb_functions()"),
        ReviewedList::Functions());
}

TEST(Lists, EverySettingIsReviewed) {
    ExpectSame(Column("SELECT name FROM duckdb_settings()"), ReviewedList::Settings());
}

TEST(Lists, EveryStatementIsReviewed) {
    std::set<std::string> kinds;
    for (int i = 0; i < static_cast<int>(duckdb::StatementType::ENUM_SIZE); ++i)
        kinds.insert(Lower(duckdb::StatementTypeToString(static_cast<duckdb::StatementType>(i))));
    ExpectSame(kinds, ReviewedList::Statements());
}

TEST(Lists, DangersAreDenied) {
    for (const char* name :
         {"table:read_csv", "table:read_parquet", "table:query", "table:query_table", "table:glob",
          "table:duckdb_settings", "current_setting", "stats", "write_log", "nextval", "sleep_ms",
          "json_serialize_sql", "pragma:json_execute_serialized_sql", "table:arrow_scan",
          "nosuch"}) {
        EXPECT_FALSE(ReviewedList::Functions().Allows(name)) << name;
    }
    EXPECT_TRUE(ReviewedList::Functions().Allows("SUM"));
    EXPECT_TRUE(ReviewedList::Functions().Allows("table:range"));
    EXPECT_FALSE(ReviewedList::Settings().Allows("memory_limit"));
    EXPECT_TRUE(ReviewedList::Settings().Allows("timezone"));
    EXPECT_FALSE(ReviewedList::Statements().Allows("COPY"));
}

}  // namespace
}  // namespace weft::engine
