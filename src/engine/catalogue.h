// The catalogue that asks: DuckDB's binder looks a name up here, and the answer is a view over our
// own scan.
//
// It is the default catalogue (`weft`) of every connection. Nothing can be listed, made, changed or
// dropped in it. Every view is a secure view: filter and masks lie below a barrier that no user
// expression passes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "duckdb.hpp"
#include "duckdb/catalog/catalog.hpp"
#include "engine/worker_internal.h"

namespace weft::engine {

inline constexpr const char* kCatalogName = "weft";

class NodeSchema;

class NodeCatalog : public duckdb::Catalog {
  public:
    NodeCatalog(duckdb::AttachedDatabase& database, Engine& engine);
    ~NodeCatalog() override;

    // The views of the last statement are no longer found; `free` also gives them back.
    void Forget(bool free);

    void Initialize(bool) override {}
    duckdb::string GetCatalogType() override { return kCatalogName; }
    duckdb::optional_idx GetCatalogVersion(duckdb::ClientContext&) override;
    duckdb::optional_ptr<duckdb::SchemaCatalogEntry> LookupSchema(
        duckdb::CatalogTransaction, const duckdb::EntryLookupInfo& name,
        duckdb::OnEntryNotFound) override;
    void ScanSchemas(duckdb::ClientContext&,
                     std::function<void(duckdb::SchemaCatalogEntry&)>) override {}
    duckdb::optional<duckdb::Identifier> GetDefaultSchema() const override {
        return duckdb::Identifier("main");
    }
    duckdb::CatalogLookupBehavior CatalogTypeLookupRule(duckdb::CatalogType type) const override;
    bool CheckAmbiguousCatalogOrSchema(duckdb::ClientContext&, const duckdb::Identifier&) override {
        return false;
    }
    duckdb::optional_ptr<duckdb::CatalogEntry> CreateSchema(duckdb::CatalogTransaction,
                                                            duckdb::CreateSchemaInfo&) override;
    duckdb::PhysicalOperator& PlanCreateTableAs(duckdb::ClientContext&,
                                                duckdb::PhysicalPlanGenerator&,
                                                duckdb::LogicalCreateTable&,
                                                duckdb::PhysicalOperator&) override;
    duckdb::PhysicalOperator& PlanInsert(duckdb::ClientContext&, duckdb::PhysicalPlanGenerator&,
                                         duckdb::LogicalInsert&,
                                         duckdb::optional_ptr<duckdb::PhysicalOperator>) override;
    duckdb::PhysicalOperator& PlanDelete(duckdb::ClientContext&, duckdb::PhysicalPlanGenerator&,
                                         duckdb::LogicalDelete&,
                                         duckdb::PhysicalOperator&) override;
    duckdb::PhysicalOperator& PlanUpdate(duckdb::ClientContext&, duckdb::PhysicalPlanGenerator&,
                                         duckdb::LogicalUpdate&,
                                         duckdb::PhysicalOperator&) override;
    duckdb::DatabaseSize GetDatabaseSize(duckdb::ClientContext&) override;
    bool InMemory() override { return true; }
    duckdb::string GetDBPath() override { return ""; }
    void DropSchema(duckdb::ClientContext&, duckdb::DropInfo&) override;

  private:
    Engine& engine_;
    std::map<std::string, duckdb::unique_ptr<NodeSchema>> schemas_;  // Lower case.
};

// Makes `ATTACH '' AS weft (TYPE weft)` work. The engine must outlive the database.
void RegisterCatalogue(duckdb::DBConfig& config, Engine& engine);

// The text of the view that a relation becomes. FAILS: kInvalid for a relation without columns.
Result<std::string> ViewSql(Engine& engine, const Relation& relation);

}  // namespace weft::engine
