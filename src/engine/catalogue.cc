#include "engine/catalogue.h"

#include "base/text.h"
#include "duckdb/catalog/catalog_entry/schema_catalog_entry.hpp"
#include "duckdb/catalog/catalog_entry/view_catalog_entry.hpp"
#include "duckdb/main/attached_database.hpp"
#include "duckdb/main/config.hpp"
#include "duckdb/parser/parsed_data/create_schema_info.hpp"
#include "duckdb/parser/parsed_data/create_view_info.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/storage/database_size.hpp"
#include "duckdb/storage/storage_extension.hpp"
#include "duckdb/transaction/transaction.hpp"
#include "duckdb/transaction/transaction_manager.hpp"
#include "engine/engine_state.h"
#include "engine/raise.h"

namespace weft::engine {
namespace {

using duckdb::CatalogTransaction;
using duckdb::CatalogType;

[[noreturn]] void Refuse() {
    RaiseInDuck(duckdb::ExceptionType::PERMISSION, "relations are read only");
}

class NodeTransactions
    : public duckdb::TransactionManager {  // Nothing is written, so there is nothing to undo.
  public:
    explicit NodeTransactions(duckdb::AttachedDatabase& database) : TransactionManager(database) {}
    duckdb::Transaction& StartTransaction(duckdb::ClientContext& client) override {
        auto transaction = duckdb::make_uniq<duckdb::Transaction>(*this, client);
        auto& reference = *transaction;
        const std::lock_guard guard(lock_);
        open_[&reference] = std::move(transaction);
        return reference;
    }
    duckdb::ErrorData CommitTransaction(duckdb::ClientContext&,
                                        duckdb::Transaction& transaction) override {
        RollbackTransaction(transaction);
        return {};
    }
    void RollbackTransaction(duckdb::Transaction& transaction) override {
        const std::lock_guard guard(lock_);
        open_.erase(&transaction);
    }
    void Checkpoint(duckdb::ClientContext&, bool) override {}

  private:
    std::mutex lock_;
    std::map<duckdb::Transaction*, duckdb::unique_ptr<duckdb::Transaction>> open_;
};

struct NodeStorageInfo : duckdb::StorageExtensionInfo {
    explicit NodeStorageInfo(Engine& owner) : engine(owner) {}
    Engine& engine;
};

struct NodeStorage : duckdb::StorageExtension {
    NodeStorage() {
        attach = [](duckdb::optional_ptr<duckdb::StorageExtensionInfo> info, duckdb::ClientContext&,
                    duckdb::AttachedDatabase& database, const duckdb::string&, duckdb::AttachInfo&,
                    duckdb::AttachOptions&) -> duckdb::unique_ptr<duckdb::Catalog> {
            return duckdb::make_uniq<NodeCatalog>(database,
                                                  static_cast<NodeStorageInfo&>(*info).engine);
        };
        create_transaction_manager =
            [](duckdb::optional_ptr<duckdb::StorageExtensionInfo>,
               duckdb::AttachedDatabase& database,
               duckdb::Catalog&) -> duckdb::unique_ptr<duckdb::TransactionManager> {
            return duckdb::make_uniq<NodeTransactions>(database);
        };
    }
};

}  // namespace

class NodeSchema : public duckdb::SchemaCatalogEntry {
  public:
    NodeSchema(duckdb::Catalog& owner, duckdb::CreateSchemaInfo& info, Engine& engine)
        : SchemaCatalogEntry(owner, info), engine_(engine) {}

    void Forget(bool free) {
        for (auto& [table, view] : views_) retired_.push_back(std::move(view));
        views_.clear();
        // A plan that still runs may hold on to its view.
        if (free) retired_.clear();
    }

    duckdb::optional_ptr<duckdb::CatalogEntry> LookupEntry(
        CatalogTransaction, const duckdb::EntryLookupInfo& wanted) override {
        const auto type = wanted.GetCatalogType();
        if (type != CatalogType::TABLE_ENTRY && type != CatalogType::VIEW_ENTRY) return nullptr;
        if (wanted.GetAtClause())
            RaiseInDuck(duckdb::ExceptionType::PERMISSION, "AT is not supported here");
        const auto table = ToLower(wanted.GetEntryName());
        if (const auto found = system_views_.find(table); found != system_views_.end())
            return found->second.get();
        if (const auto found = views_.find(table); found != views_.end())
            return found->second.get();
        const auto sql = engine_.LookUp(name.GetIdentifierName(), table);
        if (!sql) return nullptr;
        auto parser = duckdb::Parser::GetBuiltinParser();
        duckdb::CreateViewInfo info(
            duckdb::QualifiedName(catalog.GetName(), name, wanted.GetEntryIdentifier()));
        info.query = duckdb::CreateViewInfo::ParseSelect(parser, *sql);
        info.security_type = duckdb::ViewSecurityType::SECURE_VIEW;
        auto& view = (OursAlone(table) ? system_views_ : views_)[table];
        view = duckdb::make_uniq<duckdb::ViewCatalogEntry>(catalog, *this, info);
        return view.get();
    }

    void Scan(duckdb::ClientContext&, CatalogType,
              const std::function<void(duckdb::CatalogEntry&)>&) override {}
    void Scan(CatalogType, const std::function<void(duckdb::CatalogEntry&)>&) override {}
    duckdb::optional_ptr<duckdb::CatalogEntry> CreateIndex(CatalogTransaction,
                                                           duckdb::CreateIndexInfo&,
                                                           duckdb::TableCatalogEntry&) override {
        Refuse();
    }
    duckdb::optional_ptr<duckdb::CatalogEntry> CreateFunction(
        CatalogTransaction, duckdb::CreateFunctionInfo&) override {
        Refuse();
    }
    duckdb::optional_ptr<duckdb::CatalogEntry> CreateTable(CatalogTransaction,
                                                           duckdb::BoundCreateTableInfo&) override {
        Refuse();
    }
    duckdb::optional_ptr<duckdb::CatalogEntry> CreateView(CatalogTransaction,
                                                          duckdb::CreateViewInfo&) override {
        Refuse();
    }
    duckdb::optional_ptr<duckdb::CatalogEntry> CreateSequence(
        CatalogTransaction, duckdb::CreateSequenceInfo&) override {
        Refuse();
    }
    duckdb::optional_ptr<duckdb::CatalogEntry> CreateType(CatalogTransaction,
                                                          duckdb::CreateTypeInfo&) override {
        Refuse();
    }
    void DropEntry(duckdb::ClientContext&, duckdb::DropInfo&) override { Refuse(); }
    void Alter(CatalogTransaction, duckdb::AlterInfo&) override { Refuse(); }

  private:
    // The catalogue's views have the same text in every statement and read nothing by themselves.
    bool OursAlone(const std::string& table) const {
        const auto domain = ToLower(name.GetIdentifierName());
        return Engine::StateAccess(engine_).get().FindSystemView(domain, table).has_value();
    }

    Engine& engine_;
    std::map<std::string, duckdb::unique_ptr<duckdb::ViewCatalogEntry>> system_views_;
    std::map<std::string, duckdb::unique_ptr<duckdb::ViewCatalogEntry>> views_;
    std::vector<duckdb::unique_ptr<duckdb::ViewCatalogEntry>> retired_;
};

NodeCatalog::NodeCatalog(duckdb::AttachedDatabase& database, Engine& engine)
    : Catalog(database), engine_(engine) {
    engine.SetCatalog(this);
}
NodeCatalog::~NodeCatalog() = default;

void NodeCatalog::Forget(bool free) {
    for (auto& [name, schema] : schemas_) schema->Forget(free);
}

duckdb::optional_idx NodeCatalog::GetCatalogVersion(duckdb::ClientContext&) {
    return engine_.epoch();
}

duckdb::optional_ptr<duckdb::SchemaCatalogEntry> NodeCatalog::LookupSchema(
    CatalogTransaction, const duckdb::EntryLookupInfo& wanted, duckdb::OnEntryNotFound) {
    auto& schema = schemas_[ToLower(wanted.GetEntryName())];
    if (!schema) {
        duckdb::CreateSchemaInfo info;
        info.SetQualifiedName(
            duckdb::QualifiedName(GetName(), wanted.GetEntryIdentifier(), duckdb::Identifier()));
        schema = duckdb::make_uniq<NodeSchema>(*this, info, engine_);
    }
    return schema.get();
}

duckdb::CatalogLookupBehavior NodeCatalog::CatalogTypeLookupRule(CatalogType type) const {
    return type == CatalogType::TABLE_ENTRY ? duckdb::CatalogLookupBehavior::STANDARD
                                            : duckdb::CatalogLookupBehavior::NEVER_LOOKUP;
}

duckdb::optional_ptr<duckdb::CatalogEntry> NodeCatalog::CreateSchema(CatalogTransaction,
                                                                     duckdb::CreateSchemaInfo&) {
    Refuse();
}
duckdb::PhysicalOperator& NodeCatalog::PlanCreateTableAs(duckdb::ClientContext&,
                                                         duckdb::PhysicalPlanGenerator&,
                                                         duckdb::LogicalCreateTable&,
                                                         duckdb::PhysicalOperator&) {
    Refuse();
}
duckdb::PhysicalOperator& NodeCatalog::PlanInsert(duckdb::ClientContext&,
                                                  duckdb::PhysicalPlanGenerator&,
                                                  duckdb::LogicalInsert&,
                                                  duckdb::optional_ptr<duckdb::PhysicalOperator>) {
    Refuse();
}
duckdb::PhysicalOperator& NodeCatalog::PlanDelete(duckdb::ClientContext&,
                                                  duckdb::PhysicalPlanGenerator&,
                                                  duckdb::LogicalDelete&,
                                                  duckdb::PhysicalOperator&) {
    Refuse();
}
duckdb::PhysicalOperator& NodeCatalog::PlanUpdate(duckdb::ClientContext&,
                                                  duckdb::PhysicalPlanGenerator&,
                                                  duckdb::LogicalUpdate&,
                                                  duckdb::PhysicalOperator&) {
    Refuse();
}
duckdb::DatabaseSize NodeCatalog::GetDatabaseSize(duckdb::ClientContext&) { return {}; }
void NodeCatalog::DropSchema(duckdb::ClientContext&, duckdb::DropInfo&) { Refuse(); }

void RegisterCatalogue(duckdb::DBConfig& config, Engine& engine) {
    auto storage = duckdb::make_shared_ptr<NodeStorage>();
    storage->storage_info = duckdb::make_shared_ptr<NodeStorageInfo>(engine);
    duckdb::StorageExtension::Register(config, kCatalogName, std::move(storage));
}

Result<std::string> ViewSql(Engine& engine, const Relation& relation) {
    if (std::holds_alternative<FileRelation>(relation.body))
        return engine.FileRelationSql(relation);
    const auto* table = std::get_if<TableRelation>(&relation.body);
    const auto& columns =
        table != nullptr ? table->columns : std::get<BlockRelation>(relation.body).columns;
    std::string list;
    for (const auto& column : columns) {
        if (column.hidden) continue;
        if (!list.empty()) list += ", ";
        const auto name = QuoteIdentifier(column.name);
        list += column.mask.empty() ? name : "(" + column.mask + ") AS " + name;
    }
    if (list.empty()) return Fail(Code::kInvalid, "the relation has no columns");
    auto sql = "SELECT " + list + " FROM system.main." +
               (table != nullptr ? kScanFunction : kBlockFunction) + "('" +
               std::to_string(relation.token) + "')";
    if (table != nullptr && !table->row_filter.empty()) sql += " WHERE (" + table->row_filter + ")";
    return sql;
}

}  // namespace weft::engine
