#include "engine/job_part.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace weft::engine {

namespace {

constexpr const char* kKeys = "temp.main.\"weft:keys\"";

std::string KeyName(size_t i) { return QuoteIdentifier(fmt::format("weft:key {}", i)); }

std::string Literal(std::string_view text, const DataType& type) {
    return fmt::format("CAST({} AS {})", QuoteLiteral(text), ToString(type));
}

// Texts of these types become the very same values again.
bool IsNamed(const DataType& type) {
    using Kind = DataType::Kind;
    return type.kind != Kind::kReal && type.kind != Kind::kDouble && type.kind != Kind::kBlob &&
           type.children.empty();
}

class Maker {
  public:
    Maker(Engine& engine, duckdb::Connection& connection, const Job& job)
        : engine_(engine), connection_(connection), job_(job), part_(job.part) {}
    Result<PartSql> Make();

  private:
    Result<> FindColumns();
    Result<duckdb::unique_ptr<duckdb::QueryResult>> Ask(const std::string& sql);
    void Range(PartSql& sql) const;
    Result<> ReadKeys();
    Result<> Keys(PartSql& sql);
    Result<std::string> Named(size_t key);
    std::string Kept() const;

    Engine& engine_;
    duckdb::Connection& connection_;
    const Job& job_;
    const Part& part_;
    std::vector<const OutputColumn*> columns_;  // Beside part_.columns.
};

Result<> Maker::FindColumns() {
    for (const auto& name : part_.columns) {
        const auto lower = [](const OutputColumn& column) { return ToLower(column.name); };
        const auto found = std::ranges::find(job_.columns, ToLower(name), lower);
        if (found == job_.columns.end())
            return Fail(Code::kInvalid, "incremental names the column '" + name +
                                            "', which the port does not have");
        columns_.push_back(&*found);
    }
    for (const auto& name : {part_.kept, part_.changed}) {
        if (name.empty() || std::ranges::find(job_.inputs, name, &Input::name) != job_.inputs.end())
            continue;
        return Fail(Code::kInvalid, "the job has no input '" + name + "'");
    }
    if (columns_.empty() || (part_.kind == Part::Kind::kBy && columns_.size() > 1))
        return Fail(Code::kInvalid, "a part needs its column");
    return {};
}

Result<duckdb::unique_ptr<duckdb::QueryResult>> Maker::Ask(const std::string& sql) {
    const Engine::Trusting trusting(engine_, Trust::kJob);
    const Engine::Running running(engine_, connection_);
    auto result = TRY(engine_.Call([&]() -> duckdb::unique_ptr<duckdb::QueryResult> {
        return connection_.Query(sql);
    }));
    if (result->HasError()) return std::unexpected(engine_.FromDuck(result->GetErrorObject()));
    return result;
}

void Maker::Range(PartSql& sql) const {
    const auto name = QuoteIdentifier(columns_[0]->name);
    const auto add = [&](const char* comparison, const std::string& end) {
        if (end.empty()) return;
        sql.where += fmt::format(" AND {} {} {}", name, comparison,
                                 Literal(end, columns_[0]->type));
    };
    add(">=", part_.from);
    add("<", part_.to);
    sql.inside = fmt::format("coalesce({}, false)", sql.where);
    sql.newest = name;
    if (!part_.kept.empty()) sql.kept = fmt::format("{} WHERE NOT {}", Kept(), sql.inside);
}

Result<> Maker::ReadKeys() {
    std::string keys;
    for (size_t i = 0; i < columns_.size(); ++i) {
        keys += fmt::format("{}TRY_CAST({} AS {}) AS {}", i == 0 ? "" : ", ",
                            QuoteIdentifier(columns_[i]->name), ToString(columns_[i]->type),
                            KeyName(i));
    }
    CHECK_OK(Ask(fmt::format("CREATE TEMP TABLE {} AS SELECT DISTINCT {}, true AS \"weft:inside\" "
                             "FROM {}",
                             kKeys, keys, QuoteIdentifier(part_.changed))));
    return {};
}

// "k IN (…)" when there are few enough keys; empty: they are not named.
Result<std::string> Maker::Named(size_t key) {
    const auto& type = columns_[key]->type;
    if (!IsNamed(type)) return "";
    const auto result = TRY(Ask(fmt::format("SELECT DISTINCT {}::VARCHAR FROM {} LIMIT {}",
                                            KeyName(key), kKeys, kPartKeysNamedMax + 1)));
    return engine_.Call([&] {
        std::string list;
        size_t count = 0;
        bool null = false;
        while (const auto chunk = result->Fetch()) {
            for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
                const auto value = chunk->GetValue(0, row);
                null = null || value.IsNull();
                if (value.IsNull()) continue;
                list += (list.empty() ? "" : ", ") + Literal(value.GetValue<std::string>(), type);
                ++count;
            }
        }
        if (null || count > kPartKeysNamedMax) return std::string();
        if (count == 0) return std::string("false");
        return fmt::format("{} IN ({})", QuoteIdentifier(columns_[key]->name), list);
    });
}

Result<> Maker::Keys(PartSql& sql) {
    CHECK_OK(ReadKeys());
    std::string same;
    for (size_t i = 0; i < columns_.size(); ++i) {
        const auto name = QuoteIdentifier(columns_[i]->name);
        same += fmt::format("{}{} IS NOT DISTINCT FROM {}", i == 0 ? "" : " AND ", name,
                            KeyName(i));
        const auto named = TRY(Named(i));
        if (!named.empty()) sql.where += " AND " + named;
    }
    sql.join = fmt::format(" LEFT JOIN {} AS weft_keys ON ({})", kKeys, same);
    sql.inside = "\"weft:inside\" IS NOT NULL";
    if (!part_.kept.empty())
        sql.kept = fmt::format("{} AS weft_kept ANTI JOIN {} AS weft_keys ON ({})", Kept(), kKeys,
                               same);
    return {};
}

std::string Maker::Kept() const {
    std::string columns;
    for (const auto& column : job_.columns) {
        columns += fmt::format("{}CAST({} AS {}) AS {}", columns.empty() ? "" : ", ",
                               QuoteIdentifier(column.name), ToString(column.type),
                               QuoteIdentifier(column.name));
    }
    return fmt::format("SELECT {} FROM {}", columns, QuoteIdentifier(part_.kept));
}

Result<PartSql> Maker::Make() {
    PartSql sql;
    if (part_.kind == Part::Kind::kAll) return sql;
    CHECK_OK(FindColumns());
    if (part_.kind == Part::Kind::kBy)
        Range(sql);
    else if (part_.changed.empty())
        return Fail(Code::kInvalid, "a merge needs the changed records");
    else
        CHECK_OK(Keys(sql));
    return sql;
}

}  // namespace

bool IsOfPart(const Part& part, const Input& input) {
    return input.name == part.kept || input.name == part.changed;
}

Result<PartSql> MakePart(Engine& engine, duckdb::Connection& connection, const Job& job) {
    Maker maker(engine, connection, job);
    return maker.Make();
}

}  // namespace weft::engine
