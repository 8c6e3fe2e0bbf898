#include "engine/scan.h"

#include <charconv>
#include <span>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp"
#include "duckdb/common/multi_file/base_file_reader.hpp"
#include "duckdb/common/multi_file/multi_file_reader.hpp"
#include "duckdb/common/multi_file/multi_file_states.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/storage/statistics/node_statistics.hpp"
#include "engine/comparison.h"
#include "engine/duck_type.h"
#include "engine/files.h"
#include "engine/raise.h"

namespace weft::engine {
namespace {

using duckdb::idx_t;
using duckdb::MultiFileColumnDefinition;
using duckdb::OpenFileInfo;

constexpr const char* kFolder = "t";
constexpr idx_t kUnknownRows =
    10'000;  // For join orders, where the principal may not know the table's size.

struct Granted {
    std::shared_ptr<const Relation> relation;
    duckdb::shared_ptr<ScanSource> source;
    const TableRelation& table() const { return std::get<TableRelation>(relation->body); }
};

// The files before execution: nobody knows them, nothing is opened.
class UnopenedFiles : public duckdb::MultiFileList {
  public:
    explicit UnopenedFiles(Granted granted) : granted_(std::move(granted)) {}
    const Granted& granted() const { return granted_; }

    duckdb::FileExpandResult GetExpandResult() const override {
        return duckdb::FileExpandResult::MULTIPLE_FILES;
    }
    idx_t GetTotalFileCount() const override { return 0; }
    duckdb::vector<OpenFileInfo> GetAllFiles() const override { return {}; }
    duckdb::vector<OpenFileInfo> GetDisplayFileList(duckdb::optional_idx) const override {
        return {};
    }
    duckdb::unique_ptr<duckdb::NodeStatistics> GetCardinality(
        duckdb::ClientContext&) const override {
        const auto rows = granted_.table().row_count;
        return duckdb::make_uniq<duckdb::NodeStatistics>(rows > 0 ? rows : kUnknownRows);
    }
    duckdb::unique_ptr<duckdb::MultiFileList> Copy() const override {
        return duckdb::make_uniq<UnopenedFiles>(granted_);
    }

  protected:
    OpenFileInfo GetFile(idx_t) const override { return {}; }

  private:
    Granted granted_;
};

class OpenedFiles
    : public duckdb::MultiFileList {  // OWNS: the descriptors of its scan, through PassedFiles.
  public:
    OpenedFiles(PassedFiles& files, uint64_t scan, size_t count)
        : files_(files), scan_(scan), count_(count) {}
    ~OpenedFiles() override { files_.Close(scan_); }

    duckdb::FileExpandResult GetExpandResult() const override {
        return count_ == 0   ? duckdb::FileExpandResult::NO_FILES
               : count_ == 1 ? duckdb::FileExpandResult::SINGLE_FILE
                             : duckdb::FileExpandResult::MULTIPLE_FILES;
    }
    idx_t GetTotalFileCount() const override { return count_; }
    duckdb::vector<OpenFileInfo> GetAllFiles() const override {
        duckdb::vector<OpenFileInfo> all;
        for (size_t i = 0; i < count_; ++i) all.push_back(GetFile(i));
        return all;
    }
    duckdb::vector<OpenFileInfo> GetDisplayFileList(duckdb::optional_idx) const override {
        return {};
    }

  protected:
    OpenFileInfo GetFile(idx_t i) const override {
        return i < count_ ? OpenFileInfo(PassedFiles::PathOf(kFolder, scan_, i)) : OpenFileInfo();
    }

  private:
    PassedFiles& files_;
    uint64_t scan_;
    size_t count_;
};

const duckdb::vector<MultiFileColumnDefinition>& Parts(const MultiFileColumnDefinition& column) {
    // Parquet wraps key and value of a map into an entry, which has no id in the catalogue.
    const bool wrapped =
        column.type.id() == duckdb::LogicalTypeId::MAP && column.children.size() == 1;
    return wrapped ? column.children[0].children : column.children;
}

// A column with its nested parts as the mapper wants them: a map has a key and a value, and no
// entry.
void Unwrap(MultiFileColumnDefinition& column, int depth = 0) {
    if (depth > 20) return;
    auto parts = Parts(column);
    column.children = std::move(parts);
    for (auto& child : column.children) Unwrap(child, depth + 1);
}

// Gives every nested part its field id: the catalogue's, depth first; where it has none, the one
// that the file has for a part of that name, or one that no file has.
class ChildIds {
  public:
    explicit ChildIds(std::span<const int32_t> ids) : ids_(ids) {}

    void Number(MultiFileColumnDefinition& wanted, const MultiFileColumnDefinition* stored,
                int depth = 0) {
        if (depth > 20) return;
        for (size_t i = 0; i < wanted.children.size(); ++i) {
            auto& child = wanted.children[i];
            duckdb::Value id;
            if (next_ < ids_.size()) id = duckdb::Value::INTEGER(ids_[next_++]);
            const MultiFileColumnDefinition* match =
                stored != nullptr ? Match(child, id, Parts(*stored)) : nullptr;
            if (id.IsNull() && match != nullptr) id = match->identifier;
            child.identifier =
                id.IsNull() ? duckdb::Value::INTEGER(-1 - static_cast<int32_t>(i)) : id;
            Number(child, match, depth + 1);
        }
    }

  private:
    static const MultiFileColumnDefinition* Match(
        const MultiFileColumnDefinition& wanted, const duckdb::Value& id,
        const duckdb::vector<MultiFileColumnDefinition>& stored) {
        for (const auto& part : stored) {
            const bool numbered = !id.IsNull() && !part.identifier.IsNull();
            if (numbered ? part.identifier == id : part.name == wanted.name) return &part;
        }
        return nullptr;
    }
    std::span<const int32_t> ids_;
    size_t next_ = 0;
};

class FieldIdReader : public duckdb::MultiFileReader {
  public:
    explicit FieldIdReader(duckdb::shared_ptr<ScanSource> source) : source_(std::move(source)) {
        function_name = duckdb::Identifier(kScanFunction);
    }

    duckdb::unique_ptr<MultiFileReader> Copy() const override {
        auto copy = duckdb::make_uniq<FieldIdReader>(source_);
        copy->kept_ = kept_;
        copy->relation_ = relation_;
        return copy;
    }

    duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(
        duckdb::ClientContext&, const duckdb::vector<duckdb::string>& paths,
        const duckdb::FileGlobInput&) override {
        return List(paths.empty() ? duckdb::string() : paths[0]);
    }
    duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(
        duckdb::ClientContext&, duckdb::vector<OpenFileInfo> files,
        const duckdb::FileGlobInput&) override {
        return List(files.empty() ? duckdb::string() : files[0].path);
    }

    bool Bind(duckdb::MultiFileOptions&, duckdb::MultiFileList& files,
              duckdb::vector<duckdb::LogicalType>& types, duckdb::vector<duckdb::Identifier>& names,
              duckdb::MultiFileReaderBindData& bind) override {
        kept_ = static_cast<UnopenedFiles&>(files).granted().relation;
        relation_ = &std::get<TableRelation>(kept_->body);
        for (const auto& column : relation_->columns) {
            const duckdb::Identifier name(column.name);
            const auto type = ToDuck(column.type);
            auto definition = MultiFileColumnDefinition::CreateNested(name, type);
            Unwrap(definition);
            definition.identifier = duckdb::Value::INTEGER(column.field_id);
            // A file written before the column was added has nulls for it.
            definition.default_expression =
                duckdb::ConstantExpression::FromValue(duckdb::Value(type));
            bind.schema.push_back(std::move(definition));
            types.push_back(type);
            names.push_back(name);
        }
        bind.mapping = duckdb::MultiFileColumnMappingMode::BY_FIELD_ID;
        return true;
    }
    void BindOptions(duckdb::MultiFileOptions&, duckdb::MultiFileList&,
                     duckdb::vector<duckdb::LogicalType>&, duckdb::vector<duckdb::Identifier>&,
                     duckdb::MultiFileReaderBindData&) override {}

    duckdb::unique_ptr<duckdb::MultiFileList> ComplexFilterPushdown(
        duckdb::ClientContext&, duckdb::MultiFileList&, const duckdb::MultiFileOptions&,
        duckdb::MultiFilePushdownInfo&,
        duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>&) override {
        return nullptr;  // Comparisons arrive as table filters, below.
    }

    // Called when execution starts (InitGlobal sees to it that there are always filters): the
    // moment to open.
    duckdb::unique_ptr<duckdb::MultiFileList> DynamicFilterPushdown(
        const duckdb::MultiFileList& files, duckdb::MultiFileDynamicPushdownInfo& info) override {
        const auto& granted = static_cast<const UnopenedFiles&>(files).granted();
        const auto& columns = granted.table().columns;
        Open open;
        open.token = granted.relation->token;
        for (const auto& index : info.column_indexes) {
            if (!index.IsVirtualColumn() && index.GetPrimaryIndex() < columns.size())
                open.field_ids.push_back(columns[index.GetPrimaryIndex()].field_id);
        }
        for (const auto& entry : info.filters) {
            const auto& index = info.column_indexes[entry.GetIndex()];
            if (index.IsVirtualColumn() || index.HasChildren() ||
                index.GetPrimaryIndex() >= columns.size())
                continue;
            AddComparisons(entry.Filter(), columns[index.GetPrimaryIndex()], open.comparisons);
        }
        auto opened = source_->control()->AskOpen(open);
        if (!opened) source_->fail(std::move(opened.error()));
        const auto scan = opened->scan;
        const auto count = opened->files.files.size();
        source_->files->Add(open.token, std::move(*opened), kFolder, {});
        return duckdb::make_uniq<OpenedFiles>(*source_->files, scan, count);
    }

    using MultiFileReader::CreateMapping;
    duckdb::ReaderInitializeType CreateMapping(
        duckdb::ClientContext& client, duckdb::MultiFileReaderData& data,
        const duckdb::vector<MultiFileColumnDefinition>& wanted,
        const duckdb::vector<duckdb::ColumnIndex>& ids,
        duckdb::optional_ptr<duckdb::TableFilterSet> filters, duckdb::MultiFileList& list,
        const duckdb::MultiFileReaderBindData& bind,
        const duckdb::virtual_column_map_t& virtual_columns,
        duckdb::MultiFileColumnMappingMode mode) override {
        const auto& stored = data.reader->GetColumns();
        bool numbered = false;
        for (const auto& column : stored) numbered = numbered || !column.identifier.IsNull();
        auto columns = wanted;
        for (size_t i = 0; i < columns.size(); ++i) {
            auto& column = columns[i];
            if (!numbered) {  // Written without field ids (an adopted file): by name, as Iceberg's
                              // name mapping says.
                column.identifier = duckdb::Value(column.name.GetIdentifierName());
                continue;
            }
            const MultiFileColumnDefinition* match = nullptr;
            for (const auto& candidate : stored) {
                if (!candidate.identifier.IsNull() && candidate.identifier == column.identifier)
                    match = &candidate;
            }
            ChildIds(relation_->columns.at(i).child_ids).Number(column, match);
        }
        if (!numbered) mode = duckdb::MultiFileColumnMappingMode::BY_NAME;
        return MultiFileReader::CreateMapping(client, data, columns, ids, filters, list, bind,
                                              virtual_columns, mode);
    }

  private:
    duckdb::shared_ptr<duckdb::MultiFileList> List(const duckdb::string& text) {
        uint64_t token = 0;
        std::from_chars(text.data(), text.data() + text.size(), token);
        auto relation = source_->find(token);
        if (relation == nullptr || !std::holds_alternative<TableRelation>(relation->body))
            RaiseInDuck(duckdb::ExceptionType::PERMISSION, "no such relation");
        return duckdb::make_shared_ptr<UnopenedFiles>(Granted{std::move(relation), source_});
    }
    duckdb::shared_ptr<ScanSource> source_;
    std::shared_ptr<const Relation> kept_;     // Set by Bind.
    const TableRelation* relation_ = nullptr;  // Of kept_.
};

duckdb::unique_ptr<duckdb::MultiFileReader> MakeReader(const duckdb::BoundTableFunction& function) {
    return duckdb::make_uniq<FieldIdReader>(
        duckdb::shared_ptr_cast<duckdb::TableFunctionInfo, ScanSource>(function.function_info));
}

duckdb::table_function_init_global_t parquet_init_global = nullptr;  // Set once, before any fork.

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitGlobal(
    duckdb::ClientContext& client, duckdb::TableFunctionInitInput& input) {
    static duckdb::TableFilterSet none;
    if (!input.filters) input.filters = &none;
    return parquet_init_global(client, input);
}

}  // namespace

void RegisterScan(duckdb::DatabaseInstance& db, duckdb::shared_ptr<ScanSource> source) {
    duckdb::ExtensionLoader loader(db, "weft");
    auto& parquet = loader.GetTableFunction("parquet_scan");
    auto function = *parquet.functions.GetFunctionByOffset(
        0);  // The overload of one path; the other takes a list.
    parquet_init_global = function.init_global;
    function.SetName(duckdb::Identifier(kScanFunction));
    function.function_info = std::move(source);
    function.get_multi_file_reader = MakeReader;
    function.init_global = InitGlobal;
    // Nothing that would open a file before execution, or tell about rows that the view hides.
    function.statistics = nullptr;
    function.statistics_extended = nullptr;
    function.get_partition_stats = nullptr;
    function.get_partition_info = nullptr;
    function.set_partitions_to_scan = nullptr;
    function.set_scan_order = nullptr;
    function.get_metrics = nullptr;
    function.get_bind_info = nullptr;
    function.to_string = nullptr;
    function.to_sql = nullptr;
    function.serialize = nullptr;
    function.deserialize = nullptr;
    function.pushdown_expression = nullptr;
    function.projection_expression_pushdown = nullptr;
    function.late_materialization = false;
    loader.RegisterFunction(std::move(function));
}

}  // namespace weft::engine
