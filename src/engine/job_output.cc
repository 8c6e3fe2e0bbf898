#include "engine/job_output.h"

#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "engine/files.h"
#include "engine/job_bound.h"

namespace weft::engine {

namespace {

using Kind = DataType::Kind;

// The names that DuckDB gives to what lies inside a nested type.
std::vector<std::string> ChildNames(const DataType& type) {
    if (type.kind == Kind::kList) return {"element"};
    if (type.kind == Kind::kMap) return {"key", "value"};
    return type.field_names;
}

class IdWriter {
  public:
    explicit IdWriter(const std::vector<int32_t>& ids) : ids_(ids) {}

    Result<std::string> Write(const DataType& type,
                              int32_t id) {  // Depth is bounded by ParseDataType.
        if (type.children.empty()) return std::to_string(id);
        std::string out = fmt::format("{{__duckdb_field_id: {}", id);
        const auto names = ChildNames(type);
        for (size_t i = 0; i < type.children.size(); ++i) {
            if (next_ >= ids_.size())
                return Fail(Code::kInvalid, "a nested column lacks field ids");
            const int32_t child = ids_[next_++];
            out += fmt::format(", {}: {}", QuoteIdentifier(names[i]),
                               TRY(Write(type.children[i], child)));
        }
        return out + "}";
    }
    bool done() const { return next_ == ids_.size(); }

  private:
    const std::vector<int32_t>& ids_;
    size_t next_ = 0;
};

// One primitive or nested field of the file, by the path that RETURN_STATS uses.
struct Leaf {
    int32_t id = 0;
    DataType type;
    bool bounded = true;  // Not inside a list or map: Iceberg keeps no bounds there.
};

void AddLeaves(const std::string& path, const Leaf& leaf, const std::vector<int32_t>& ids,
               size_t& next, std::map<std::string, Leaf>& leaves) {
    leaves[path] = leaf;
    const auto names = ChildNames(leaf.type);
    const bool bounded = leaf.bounded && leaf.type.kind == Kind::kStruct;
    for (size_t i = 0; i < leaf.type.children.size() && next < ids.size(); ++i) {
        const int32_t id = ids[next++];
        AddLeaves(path + "." + QuoteIdentifier(names[i]), {id, leaf.type.children[i], bounded}, ids,
                  next, leaves);
    }
}

std::map<std::string, Leaf> Leaves(const std::vector<OutputColumn>& columns) {
    std::map<std::string, Leaf> leaves;
    for (const auto& column : columns) {
        size_t next = 0;
        AddLeaves(QuoteIdentifier(column.name), {column.field_id, column.type, true},
                  column.child_ids, next, leaves);
    }
    return leaves;
}

uint64_t Count(const std::map<std::string, std::string>& stats, const std::string& key) {
    const auto found = stats.find(key);
    return found == stats.end() ? 0 : std::strtoull(found->second.c_str(), nullptr, 10);
}

// MAP(VARCHAR, VARCHAR) as a value.
std::map<std::string, std::string> Texts(const duckdb::Value& map) {
    std::map<std::string, std::string> out;
    for (const auto& entry : duckdb::MapValue::GetChildren(map)) {
        const auto& pair = duckdb::StructValue::GetChildren(entry);
        if (!pair[1].IsNull())
            out[pair[0].GetValue<std::string>()] = pair[1].GetValue<std::string>();
    }
    return out;
}

WrittenColumn ToColumn(const Leaf& leaf, const std::map<std::string, std::string>& stats) {
    WrittenColumn column;
    column.field_id = leaf.id;
    column.size_bytes = Count(stats, "column_size_bytes");
    column.value_count = Count(stats, "num_values");
    column.null_count = Count(stats, "null_count");
    const auto min = stats.find("min"), max = stats.find("max");
    if (!leaf.bounded || min == stats.end() || max == stats.end()) return column;
    auto lower = EncodeBound(leaf.type, min->second, BoundSide::kLower);
    auto upper = EncodeBound(leaf.type, max->second, BoundSide::kUpper);
    if (!lower || !upper) return column;
    const auto exact = stats.find("max_is_exact");
    const bool cut = exact != stats.end() && exact->second == "false";
    if (cut &&
        leaf.type.kind == Kind::kVarchar) {  // DuckDB cut it itself, and may not have rounded up.
        bool whole = true;
        upper = RoundUpText(CutCodePoints(max->second, 16, whole));
    } else if (cut) {
        return column;
    }
    if (!upper) return column;
    column.has_bounds = true;
    column.lower = std::move(*lower);
    column.upper = std::move(*upper);
    return column;
}

// One row of RETURN_STATS: filename, count, file_size_bytes, footer_size_bytes, column_statistics,
// …
WrittenFile ToFile(const duckdb::DataChunk& rows, duckdb::idx_t row,
                   const std::map<std::string, Leaf>& leaves) {
    WrittenFile file;
    file.row_count = rows.GetValue(1, row).GetValue<uint64_t>();
    file.size_bytes = rows.GetValue(2, row).GetValue<uint64_t>();
    const auto statistics = rows.GetValue(4, row);
    for (const auto& entry : duckdb::MapValue::GetChildren(statistics)) {
        const auto& pair = duckdb::StructValue::GetChildren(entry);
        const auto found = leaves.find(pair[0].GetValue<std::string>());
        if (found == leaves.end() || !found->second.type.children.empty()) continue;
        file.columns.push_back(ToColumn(found->second, Texts(pair[1])));
    }
    return file;
}

}  // namespace

Result<std::string> FieldIds(const std::vector<OutputColumn>& columns) {
    std::string out = "{";
    for (const auto& column : columns) {
        IdWriter ids(column.child_ids);
        if (out.size() > 1) out += ", ";
        out += fmt::format("{}: {}", QuoteIdentifier(column.name),
                           TRY(ids.Write(column.type, column.field_id)));
        if (!ids.done())
            return Fail(Code::kInvalid,
                        "column '" + column.name + "' has more field ids than fields");
    }
    return out + "}";
}

Result<CopyTarget> OpenTarget(Engine& engine, const Job& job, bool rejected) {
    CopyTarget target{
        rejected, job.target_row_group_rows, rejected ? 0 : job.target_file_bytes, {}, 0};
    if (target.file_bytes > 0) {
        target.path = PassedFiles::kNewFolder;
        return target;
    }
    auto output = TRY(engine.OpenOutput(rejected));
    target.path = std::move(output.path);
    target.index = output.index;
    return target;
}

Result<std::string> CopySql(std::string_view select, const CopyTarget& target,
                            const std::vector<OutputColumn>& columns) {
    const auto split = target.file_bytes == 0
                           ? std::string()
                           : fmt::format(", FILE_SIZE_BYTES {}", target.file_bytes);
    return fmt::format(
        "COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {}, RETURN_STATS{}, "
        "FIELD_IDS {})",
        select, QuoteLiteral(target.path), target.row_group_rows, split, TRY(FieldIds(columns)));
}

Result<std::vector<WrittenFile>> RunCopy(Engine& engine, duckdb::Connection& connection,
                                         duckdb::unique_ptr<duckdb::SQLStatement> copy,
                                         const CopyTarget& target,
                                         const std::vector<OutputColumn>& columns) {
    auto rows = TRY(engine.Call([&] {
        const Engine::Trusting trusting(engine, Trust::kJob);
        const Engine::Running running(engine, connection);
        return connection.Query(std::move(copy));
    }));
    if (rows->HasError()) return std::unexpected(engine.FromDuck(rows->GetErrorObject()));
    return engine.Call([&] {
        const auto leaves = Leaves(columns);
        std::vector<WrittenFile> files;
        while (const auto chunk = rows->Fetch()) {
            for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
                WrittenFile file = ToFile(*chunk, row, leaves);
                const auto name = chunk->GetValue(0, row).GetValue<std::string>();
                file.index = engine.files().OutputIndex(name).value_or(target.index);
                file.rejected = target.rejected;
                if (file.row_count > 0) files.push_back(std::move(file));
            }
        }
        return files;
    });
}

}  // namespace weft::engine
