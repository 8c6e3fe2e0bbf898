#include "engine/job_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "engine/duck_type.h"
#include "engine/job_load.h"

namespace weft::engine {

namespace {

constexpr size_t kSniffBytes = 256u << 10;
constexpr uint64_t kAskEvery = 4'096;  // Records between two looks at the interrupt.

class Profiler {
  public:
    Profiler(const InputTable& table, std::optional<bool> header)
        : table_(table), told_header_(header) {}

    Result<> File(Engine& engine, duckdb::Connection& connection, size_t index);
    Profile Finish();

  private:
    Result<> Header(const Record& record, std::vector<size_t>& at);
    Result<size_t> Column(const std::string& name);
    void Csv(const Record& record, const std::vector<size_t>& at);
    Result<> JsonLine(const Record& record);
    bool IsNull(std::string_view text) const {
        return text.empty() || std::ranges::find(table_.nulls, text) != table_.nulls.end();
    }

    const InputTable& table_;
    std::optional<bool> told_header_;
    bool first_ = true;
    size_t file_ = 0;
    Profile profile_;
    std::vector<std::string> names_;
    std::map<std::string, size_t> index_;  // By the lower-case name.
    std::vector<ColumnGuess> guesses_;
    std::vector<uint64_t> seen_;  // Rows in which a JSON member was there.
    std::vector<JsonMember> members_;
    std::deque<std::string> scratch_;
};

Result<size_t> Profiler::Column(const std::string& name) {
    const auto lower = ToLower(name);
    if (const auto found = index_.find(lower); found != index_.end()) return found->second;
    if (names_.size() >= kLimits.columns_max)
        return Fail(Code::kLimit, fmt::format("more than {} columns", kLimits.columns_max));
    if (!IsUtf8(name))
        return Fail(Code::kInvalid, table_.names[0] + ": a column name is not UTF-8");
    index_[lower] = names_.size();
    names_.push_back(name);
    guesses_.emplace_back();
    seen_.push_back(0);
    return names_.size() - 1;
}

// A header has a name in every field, no name twice, and no field that looks like a value.
bool LooksLikeHeader(const Record& record) {
    std::set<std::string> names;
    for (const auto& field : record.fields) {
        const auto name = ToLower(Trim(field.text));
        if (name.empty() || ShapeOf(Trim(field.text)) != Shape::kText || !names.insert(name).second)
            return false;
    }
    return true;
}

Result<> Profiler::Header(const Record& record, std::vector<size_t>& at) {
    if (first_) profile_.header = told_header_.value_or(LooksLikeHeader(record));
    first_ = false;
    std::set<size_t> used;
    for (size_t i = 0; i < record.fields.size(); ++i) {
        std::string name(profile_.header ? Trim(record.fields[i].text) : std::string_view());
        if (name.empty()) name = fmt::format("column{}", i);
        size_t column = TRY(Column(name));
        if (used.contains(column) && profile_.header && !Trim(record.fields[i].text).empty())
            return Fail(Code::kInvalid,
                        table_.names[file_] + ": the header names the column '" + name + "' twice");
        for (int n = 1; used.contains(column); ++n)
            column = TRY(Column(fmt::format("{}_{}", name, n)));
        used.insert(column);
        at.push_back(column);
    }
    if (!profile_.header) Csv(record, at);
    return {};
}

void Profiler::Csv(const Record& record, const std::vector<size_t>& at) {
    if (record.fields.size() != at.size() || !IsUtf8(record.raw)) {
        ++profile_.bad_rows;
        return;
    }
    ++profile_.rows;
    for (size_t i = 0; i < at.size(); ++i) {
        const auto& field = record.fields[i];
        if (!field.quoted && IsNull(field.text))
            guesses_[at[i]].AddNull();
        else
            guesses_[at[i]].Add(field.text);
    }
}

Result<> Profiler::JsonLine(const Record& record) {
    scratch_.clear();
    if (!IsUtf8(record.raw) || !SplitJson(record.raw, members_, scratch_).empty()) {
        ++profile_.bad_rows;
        return {};
    }
    ++profile_.rows;
    for (const auto& member : members_) {
        const size_t column = TRY(Column(std::string(member.name)));
        auto& guess = guesses_[column];
        if (seen_[column] == profile_.rows) continue;  // Named twice: the first counts.
        seen_[column] = profile_.rows;
        switch (member.kind) {
            case JsonMember::Kind::kNull:
                guess.AddNull();
                break;
            case JsonMember::Kind::kString:
                guess.Add(member.value, true);
                break;
            case JsonMember::Kind::kOther:
                guess.Add(member.value);
                break;
            case JsonMember::Kind::kNested:
                if (const auto json = ParseJson(member.value))
                    guess.AddJson(*json);
                else
                    guess.Add(member.value);
        }
    }
    return {};
}

Result<> Profiler::File(Engine& engine, duckdb::Connection& connection, size_t index) {
    const bool csv = table_.format == FileRelation::Format::kCsv;
    file_ = index;
    auto reader = TRY(engine.Call([&] {
        return std::make_unique<RecordReader>(
            OpenSource(*connection.context, table_.paths[index], table_.gzip),
            csv ? RecordReader::Kind::kCsv : RecordReader::Kind::kLines, table_.delimiter);
    }));
    std::vector<size_t> at;
    Record record;
    for (uint64_t n = 0;; ++n) {
        if (n % kAskEvery == 0 && engine.interrupted()) {
            auto error = Error{Code::kLimit, "canceling statement due to user request", {}, {}, {}};
            error.sqlstate = "57014";
            return std::unexpected(error);
        }
        if (!TRY(engine.Call([&] { return reader->Next(record); }))) break;
        if (!record.broken.empty()) {
            ++profile_.bad_rows;
        } else if (!csv) {
            CHECK_OK(JsonLine(record));
        } else if (at.empty()) {
            CHECK_OK(Header(record, at));
        } else {
            Csv(record, at);
        }
    }
    return {};
}

Profile Profiler::Finish() {
    std::set<std::string> nulls(table_.nulls.begin(), table_.nulls.end());
    const bool csv = table_.format == FileRelation::Format::kCsv;
    for (const auto& guess : guesses_) {
        if (!csv) break;  // JSON has its own null.
        for (auto& marker : guess.NeededMarkers()) nulls.insert(std::move(marker));
    }
    profile_.nulls.assign(nulls.begin(), nulls.end());
    for (size_t i = 0; i < guesses_.size(); ++i) {
        auto column = guesses_[i].Finish(profile_.nulls);
        column.name = names_[i];
        if (!csv && column.samples.empty()) column.nulls = profile_.rows;
        profile_.columns.push_back(std::move(column));
    }
    return std::move(profile_);
}

Json ToJson(const Profile& profile, const FileRelation& file, char delimiter) {
    static constexpr const char* kFormats[] = {"csv", "json", "parquet"};
    Json json;
    json["rows"] = profile.rows;
    json["bad_rows"] = profile.bad_rows;
    json["format"] = kFormats[static_cast<size_t>(file.format)];
    json["delimiter"] = file.format == FileRelation::Format::kCsv ? std::string(1, delimiter) : "";
    json["header"] = profile.header;
    json["gzip"] = file.gzip;
    json["nulls"] = profile.nulls;
    json["columns"] = Json::array();
    for (const auto& column : profile.columns) {
        Json item;
        item["name"] = column.name;
        item["type"] = ToString(column.type);
        item["nulls"] = column.nulls;
        item["distinct"] = column.distinct;
        item["unique"] = column.unique;
        item["min"] = column.min;
        item["max"] = column.max;
        item["max_length"] = column.max_length;
        item["samples"] = column.samples;
        json["columns"].push_back(std::move(item));
    }
    return json;
}

// Asks DuckDB for one row. REQUIRES: trusted SQL.
Result<std::vector<duckdb::Value>> AskRow(Engine& engine, duckdb::Connection& connection,
                                          const std::string& sql) {
    const Engine::Running running(engine, connection);
    auto result = TRY(engine.Call([&] { return connection.Query(sql); }));
    if (result->HasError()) return std::unexpected(engine.FromDuck(result->GetErrorObject()));
    return engine.Call([&] {
        std::vector<duckdb::Value> row;
        const auto chunk = result->Fetch();
        for (duckdb::idx_t i = 0; chunk && i < chunk->ColumnCount(); ++i)
            row.push_back(chunk->GetValue(i, 0));
        return row;
    });
}

// Counts, extremes and samples of one column of `from`. Distinct values are estimated, and counted
// exactly only where the column may be a key.
Result<GuessedColumn> ParquetColumn(Engine& engine, duckdb::Connection& connection,
                                    const std::string& from, const HeadColumn& column,
                                    uint64_t& rows) {
    const bool nested = !column.type.children.empty();
    const auto name = QuoteIdentifier(column.name);
    const auto text = name + "::VARCHAR";
    const auto key = nested ? text : name;
    const auto extreme = [&](const char* function) {
        return nested ? std::string("''")
                      : fmt::format("coalesce({}({})::VARCHAR, '')", function, name);
    };
    const auto counts =
        TRY(AskRow(engine, connection,
                   fmt::format("SELECT count(*), count({}), approx_count_distinct({}), {}, {}, "
                               "coalesce(max(length({})), 0) FROM ({})",
                               name, key, extreme("min"), extreme("max"), text, from)));
    const auto samples =
        TRY(AskRow(engine, connection,
                   fmt::format("SELECT list(DISTINCT v)[1:3] FROM (SELECT left({}, 100) AS v FROM "
                               "({}) WHERE {} IS NOT NULL LIMIT 1000)",
                               text, from, name)));
    GuessedColumn out;
    out.name = column.name;
    out.type = column.type;
    CHECK_OK(engine.Call([&] {
        rows = counts[0].GetValue<uint64_t>();
        out.nulls = rows - counts[1].GetValue<uint64_t>();
        out.distinct = counts[2].GetValue<uint64_t>();
        out.min = counts[3].GetValue<std::string>();
        out.max = counts[4].GetValue<std::string>();
        out.max_length = counts[5].GetValue<uint64_t>();
        if (samples[0].IsNull()) return;
        for (const auto& sample : duckdb::ListValue::GetChildren(samples[0])) {
            out.samples.push_back(sample.GetValue<std::string>());
        }
    }));
    if (out.nulls > 0 || rows == 0 || out.distinct * 5 < rows * 4) return out;
    const auto exact = TRY(
        AskRow(engine, connection, fmt::format("SELECT count(DISTINCT {}) FROM ({})", key, from)));
    out.distinct = TRY(engine.Call([&] { return exact[0].GetValue<uint64_t>(); }));
    out.unique = out.distinct == rows;
    return out;
}

Result<Profile> ProfileParquet(Engine& engine, duckdb::Connection& connection,
                               const Relation& relation) {
    const auto from = TRY(engine.FileRelationSql(relation));
    const Engine::Trusting trusting(engine, Trust::kOwn);
    auto prepared = TRY(engine.Call([&] { return connection.Prepare(from); }));
    if (prepared->HasError()) return std::unexpected(engine.FromDuck(prepared->GetErrorObject()));
    Profile profile;
    for (size_t i = 0; i < prepared->GetTypes().size(); ++i) {
        HeadColumn column{prepared->GetNames()[i].GetIdentifierName(), {}};
        const auto type = FromDuckType(prepared->GetTypes()[i]);
        if (!type)
            return Fail(Code::kInvalid,
                        "column '" + column.name + "' is of a type that tables cannot store");
        column.type = *type;
        profile.columns.push_back(
            TRY(ParquetColumn(engine, connection, from, column, profile.rows)));
    }
    return profile;
}

}  // namespace

Result<Profile> ProfileTable(Engine& engine, duckdb::Connection& connection,
                             const InputTable& table, std::optional<bool> header) {
    Profiler profiler(table, header);
    for (size_t i = 0; i < table.paths.size(); ++i) CHECK_OK(profiler.File(engine, connection, i));
    return profiler.Finish();
}

Result<char> SniffTable(Engine& engine, duckdb::Connection& connection, const InputTable& table) {
    if (table.paths.empty()) return ',';
    return engine.Call([&] {
        auto source = OpenSource(*connection.context, table.paths[0], table.gzip);
        std::string sample(kSniffBytes, '\0');
        size_t size = 0;
        while (size < sample.size()) {
            const size_t got = source(sample.data() + size, sample.size() - size);
            if (got == 0) break;
            size += got;
        }
        return SniffDelimiter(std::string_view(sample).substr(0, size));
    });
}

Result<> RunProfile(Engine& engine, const Job& job, Ended& ended) {
    if (job.inputs.size() != 1) return Fail(Code::kInvalid, "a profile reads exactly one input");
    const auto relation = TRY(engine.Resolve(job.inputs[0].relation));
    const auto* file = std::get_if<FileRelation>(&relation.body);
    if (file == nullptr) return Fail(Code::kInvalid, "only files can be profiled");
    auto connection = TRY(engine.Connect());
    Profile profile;
    char delimiter = ',';
    if (file->format == FileRelation::Format::kParquet) {
        profile = TRY(ProfileParquet(engine, *connection, relation));
    } else {
        InputTable table = TRY(OpenFiles(engine, *file, relation.token));
        if (file->delimiter.empty()) table.delimiter = TRY(SniffTable(engine, *connection, table));
        delimiter = table.delimiter;
        profile = TRY(ProfileTable(engine, *connection, table, file->header));
    }
    Head head;
    for (const auto& column : profile.columns) head.columns.push_back({column.name, column.type});
    head.extra = DumpJson(ToJson(profile, *file, delimiter));
    engine.control().SendHead(head);
    ended.rows = profile.rows;
    ended.bad_record_count = profile.bad_rows;
    return {};
}

}  // namespace weft::engine
