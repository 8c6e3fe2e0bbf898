#include "engine/job_input.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>

#include <fmt/format.h>

#include "base/text.h"
#include "duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp"
#include "duckdb/common/file_system.hpp"
#include "duckdb/common/vector/flat_vector.hpp"
#include "duckdb/common/vector/string_vector.hpp"
#include "duckdb/function/table_function.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "engine/job_cast.h"
#include "engine/job_member.h"
#include "engine/job_rule.h"
#include "engine/raise.h"

namespace weft::engine {

namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::string_t;

constexpr size_t kChunkBytesMax = 8u << 20;  // Of the records under way, but for the last one.

[[noreturn]] void Invalid(const std::string& message) {
    RaiseInDuck(duckdb::ExceptionType::INVALID_INPUT, message);
}

struct Bind : duckdb::TableFunctionData {
    explicit Bind(JobState& job_state, const InputTable& input) : state(job_state), table(input) {}
    JobState& state;
    const InputTable& table;
};

struct Scan : duckdb::GlobalTableFunctionState {
    std::vector<duckdb::column_t> columns;  // As the query wants them, in output order.
    std::atomic<size_t> next_file{0};
    size_t files = 1;
    idx_t MaxThreads() const override { return std::max<size_t>(files, 1); }
};

// No NUL, and nothing that needs a closer look; most records, eight bytes at a time.
bool IsAscii(std::string_view text) {
    constexpr uint64_t kHigh = 0x8080808080808080, kLow = 0x0101010101010101;
    size_t at = 0;
    for (; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) {
        uint64_t word = 0;
        std::memcpy(&word, text.data() + at, sizeof word);
        if (((word | (word - kLow)) & kHigh) != 0) return false;
    }
    return std::ranges::all_of(text.substr(at), [](char c) { return c > 0; });
}

// Which field of the file holds each column; a column that the header lacks is an error.
std::vector<int64_t> HeaderPositions(const InputTable& table, size_t file, const Record& header) {
    std::vector<std::string> names;
    for (const auto& field : header.fields) names.push_back(ToLower(Trim(field.text)));
    std::vector<int64_t> positions;
    for (const auto& column : table.columns) {
        auto at = std::find(names.begin(), names.end(), ToLower(column.name));
        if (at == names.end() && !column.alias.empty())
            at = std::find(names.begin(), names.end(), ToLower(column.alias));
        if (at == names.end()) {
            const auto near = NearestName(column.name, names);
            Invalid(table.names[file] + " has no column '" + column.name + "'" +
                    (near && IsUtf8(*near) ? "; the nearest is '" + *near + "'" : ""));
        }
        if (std::find(at + 1, names.end(), *at) != names.end())
            Invalid(table.names[file] + ": the header names the column '" + *at + "' twice");
        positions.push_back(at - names.begin());
    }
    return positions;
}

// One thread's place in its file, and the rows under way.
class FileScan : public duckdb::LocalTableFunctionState {
  public:
    FileScan(duckdb::ClientContext& client, const Bind& bind, Scan& scan);
    idx_t Read(duckdb::DataChunk& output);

  private:
    struct Wanted {
        duckdb::column_t column =
            0;  // Of the table; columns.size() and above are file, line and raw.
        size_t output = 0;
        InputColumn::From from = InputColumn::From::kRecord;
        int64_t at = -1;  // Field of the record that holds it; -1: none.
        std::unique_ptr<ColumnCast> cast;  // Null: not from the record.
    };
    bool OpenNext();
    void MapHeader(const Record& header);
    void MapPositions(size_t fields);
    bool Take(const Record& record, idx_t row);
    bool TakeCsv(const Record& record, idx_t row);
    bool TakeJson(const Record& record, idx_t row);
    bool FindMembers(const Record& record);
    void Keep(std::string_view raw, idx_t row);
    void SetText(Wanted& wanted, idx_t row, std::string_view text);
    idx_t Collect();  // Records of one file, as text.
    void Cast(Wanted& wanted, idx_t rows);
    void Deliver(duckdb::DataChunk& output, const duckdb::SelectionVector& good, idx_t rows,
                 idx_t count);
    void DeliverMade(const Wanted& wanted, duckdb::Vector& to, const duckdb::SelectionVector& good,
                     idx_t count) const;
    std::string_view Raw(idx_t row) const;
    void Reject(uint64_t line, std::string column, std::string reason, std::string_view raw);
    bool IsNull(std::string_view text) const;

    duckdb::ClientContext& client_;
    const Bind& bind_;
    const InputTable& table_;
    Scan& scan_;
    std::vector<Wanted> wanted_;
    std::unique_ptr<RecordReader> reader_;
    Record record_;
    std::vector<JsonMember> members_;
    std::deque<std::string> scratch_;
    MemberColumns columns_;
    struct Places {  // Of the record's members, counted from 1; 0: none.
        uint32_t name = 0, alias = 0;
    };
    std::vector<Places> places_;  // By column.
    size_t file_ = 0;
    size_t field_count_ = 0;
    std::vector<uint64_t> lines_;
    duckdb::unique_ptr<duckdb::Vector> raws_;  // The records of the chunk.
    size_t raw_bytes_ = 0;
    std::string_view raw_;  // The record under way, in the reader's buffer,
    const char* kept_ = nullptr;  // and in raws_.
    std::vector<bool> bad_;
};

FileScan::FileScan(duckdb::ClientContext& client, const Bind& bind, Scan& scan)
    : client_(client), bind_(bind), table_(bind.table), scan_(scan), columns_(table_.columns) {
    for (size_t i = 0; i < scan.columns.size(); ++i) {
        Wanted wanted;
        wanted.column = scan.columns[i];
        wanted.output = i;
        if (wanted.column < table_.columns.size()) {
            const auto& column = table_.columns[wanted.column];
            wanted.from = column.from;
            if (column.from == InputColumn::From::kRecord)
                wanted.cast = std::make_unique<ColumnCast>(
                    column.type, column.duck, table_.format == FileRelation::Format::kJsonLines);
        }
        wanted_.push_back(std::move(wanted));
    }
}

bool FileScan::OpenNext() {
    file_ = scan_.next_file.fetch_add(1);
    if (file_ >= table_.paths.size()) return false;
    const bool csv = table_.format == FileRelation::Format::kCsv;
    reader_ = std::make_unique<RecordReader>(
        OpenSource(client_, table_.paths[file_], table_.gzip),
        csv ? RecordReader::Kind::kCsv : RecordReader::Kind::kLines, table_.delimiter);
    if (!csv) return true;
    if (!table_.header) {
        MapPositions(table_.columns.size());
    } else if (reader_->Next(record_)) {
        if (!record_.broken.empty())
            Invalid(table_.names[file_] + ": the header line is broken: " + record_.broken);
        MapHeader(record_);
    } else {  // An empty file is no answer: good rows must not vanish because a copy failed.
        Invalid(table_.names[file_] + " is empty: a header line is expected");
    }
    return true;
}

void FileScan::MapPositions(size_t fields) {
    field_count_ = fields;
    for (auto& wanted : wanted_) wanted.at = static_cast<int64_t>(wanted.column);
}

void FileScan::MapHeader(const Record& header) {
    const auto positions = HeaderPositions(table_, file_, header);
    field_count_ = header.fields.size();
    for (auto& wanted : wanted_)
        if (wanted.column < positions.size()) wanted.at = positions[wanted.column];
}

bool FileScan::IsNull(std::string_view text) const {
    return text.empty() ||
           std::find(table_.nulls.begin(), table_.nulls.end(), text) != table_.nulls.end();
}

void FileScan::Reject(uint64_t line, std::string column, std::string reason, std::string_view raw) {
    bind_.state.rejects->Add(
        RecordPlace(table_.index, file_, line),
        {table_.names[file_], line, std::move(column), std::move(reason), std::string(raw)},
        table_.ReceivedOf(line));
}

// Copies a record that will be a row. Its texts are then parts of the copy.
void FileScan::Keep(std::string_view raw, idx_t row) {
    auto& to = FlatVector::GetDataMutable<string_t>(*raws_)[row];
    to = duckdb::StringVector::AddStringOrBlob(*raws_, raw.data(), raw.size());
    raw_ = raw;
    kept_ = to.GetData();
    raw_bytes_ += raw.size();
}

void FileScan::SetText(Wanted& wanted, idx_t row, std::string_view text) {
    const bool part = !text.empty() && std::less_equal<>()(raw_.data(), text.data()) &&
                      std::less<>()(text.data(), raw_.data() + raw_.size());
    if (part) text = std::string_view(kept_ + (text.data() - raw_.data()), text.size());
    wanted.cast->Set(row, text, part);
}

bool FileScan::TakeCsv(const Record& record, idx_t row) {
    if (record.fields.size() != field_count_) {
        Reject(record.line, "",
               fmt::format("{} fields, {} expected", record.fields.size(), field_count_),
               record.raw);
        return false;
    }
    Keep(record.raw, row);
    for (auto& wanted : wanted_) {
        if (!wanted.cast) continue;
        const auto& field = record.fields[static_cast<size_t>(wanted.at)];
        const bool text = table_.columns[wanted.column].type.kind == DataType::Kind::kVarchar;
        const bool null = field.quoted ? field.text.empty() && !text : IsNull(field.text);
        if (null)
            wanted.cast->SetNull(row);
        else
            SetText(wanted, row, field.text);
    }
    return true;
}

// Fills places_; false when the record names a column twice or has a member that is none.
bool FileScan::FindMembers(const Record& record) {
    places_.assign(table_.columns.size(), {});
    for (size_t i = 0; i < members_.size(); ++i) {
        const auto& name = members_[i].name;
        const auto found = columns_.Find(name, i);
        if (found.column < 0) {
            if (!table_.reject_unknown) continue;
            Reject(record.line, "", columns_.Unknown(name), record.raw);
            return false;
        }
        auto& places = places_[static_cast<size_t>(found.column)];
        auto& place = found.alias ? places.alias : places.name;
        if (place != 0) {  // Which of the two was meant is not ours to guess.
            Reject(record.line, "", "member '" + ShortName(name) + "' appears twice", record.raw);
            return false;
        }
        place = static_cast<uint32_t>(i + 1);
    }
    return true;
}

bool FileScan::TakeJson(const Record& record, idx_t row) {
    scratch_.clear();
    if (const auto why = SplitJson(record.raw, members_, scratch_); !why.empty()) {
        Reject(record.line, "", why, record.raw);
        return false;
    }
    if (!FindMembers(record)) return false;
    Keep(record.raw, row);
    for (auto& wanted : wanted_) {
        if (!wanted.cast) continue;
        const auto& places = places_[wanted.column];
        const uint32_t place = places.name != 0 ? places.name : places.alias;
        if (place == 0 || members_[place - 1].kind == JsonMember::Kind::kNull)
            wanted.cast->SetNull(row);
        else
            SetText(wanted, row, members_[place - 1].value);
    }
    return true;
}

bool FileScan::Take(const Record& record, idx_t row) {
    if (!record.broken.empty()) {
        Reject(record.line, "", record.broken, record.raw);
        return false;
    }
    if (!IsAscii(record.raw) && !IsUtf8(record.raw)) {
        const bool nul = record.raw.find('\0') != std::string_view::npos;
        Reject(record.line, "", nul ? "NUL byte" : "not UTF-8", record.raw);
        return false;
    }
    return table_.format == FileRelation::Format::kCsv ? TakeCsv(record, row)
                                                       : TakeJson(record, row);
}

// Casts a column; rows that fail are rejected, unless an earlier column already did that.
void FileScan::Cast(Wanted& wanted, idx_t rows) {
    const auto& column = table_.columns[wanted.column];
    wanted.cast->Finish(client_, rows, *raws_, [&](idx_t row) {
        if (bad_[row]) return;
        bad_[row] = true;
        Reject(lines_[row], column.name, "not a " + ToString(column.type), Raw(row));
    });
}

std::string_view FileScan::Raw(idx_t row) const {
    const auto& raw = FlatVector::GetData<string_t>(*raws_)[row];
    return {raw.GetData(), raw.GetSize()};
}

idx_t FileScan::Collect() {
    for (auto& wanted : wanted_) {
        if (wanted.cast) wanted.cast->Start();
    }
    lines_.clear();
    raws_ = duckdb::make_uniq<duckdb::Vector>(duckdb::LogicalType::VARCHAR);
    raw_bytes_ = 0;
    idx_t rows = 0;
    while (rows < STANDARD_VECTOR_SIZE && raw_bytes_ < kChunkBytesMax) {
        if (!reader_ && !OpenNext()) return rows;
        if (!reader_->Next(record_)) {
            reader_.reset();
            if (rows > 0) return rows;  // A chunk never mixes files.
            continue;
        }
        if (!Take(record_, rows)) continue;
        lines_.push_back(record_.line);
        ++rows;
    }
    return rows;
}

// A column that is no part of the record.
void FileScan::DeliverMade(const Wanted& wanted, duckdb::Vector& to,
                           const duckdb::SelectionVector& good, idx_t count) const {
    using From = InputColumn::From;
    FlatVector::SetSize(to, count);
    if (wanted.from == From::kRecord) {
        if (wanted.column == table_.columns.size()) {
            auto* files = FlatVector::GetDataMutable<int32_t>(to);
            std::fill(files, files + count, static_cast<int32_t>(file_));
        } else if (wanted.column == table_.columns.size() + 1) {
            auto* lines = FlatVector::GetDataMutable<int64_t>(to);
            for (idx_t i = 0; i < count; ++i)
                lines[i] = static_cast<int64_t>(lines_[good.get_index(i)]);
        }
        return;
    }
    auto* numbers = FlatVector::GetDataMutable<int64_t>(to);
    const Received* received = nullptr;
    uint64_t until = 0;  // The line from which on another one holds.
    for (idx_t i = 0; i < count; ++i) {
        const uint64_t line = lines_[good.get_index(i)];
        if (line >= until) {
            received = table_.ReceivedOf(line);
            until = table_.NextReceived(line);
        }
        if (received == nullptr)
            FlatVector::SetNull(to, i, true);
        else if (wanted.from == From::kReceivedAt)
            numbers[i] = received->received_us;
        else
            numbers[i] = static_cast<int64_t>(PositionOf(*received, line));
    }
}

void FileScan::Deliver(duckdb::DataChunk& output, const duckdb::SelectionVector& good, idx_t rows,
                       idx_t count) {
    const auto deliver = [&](duckdb::Vector& from, duckdb::Vector& to) {
        if (count == rows)
            to.Reference(from);
        else
            to.Slice(from, good, count);
    };
    FlatVector::SetSize(*raws_, rows);
    for (auto& wanted : wanted_) {
        auto& to = output.data[wanted.output];
        if (wanted.cast)
            deliver(wanted.cast->values(), to);
        else if (wanted.column == table_.columns.size() + 2)
            deliver(*raws_, to);
        else
            DeliverMade(wanted, to, good, count);
    }
    output.SetChildCardinality(count);
}

idx_t FileScan::Read(duckdb::DataChunk& output) {
    while (true) {
        const idx_t rows = Collect();
        if (rows == 0) return 0;
        bad_.assign(rows, false);
        for (auto& wanted : wanted_) {
            if (wanted.cast) Cast(wanted, rows);
        }
        duckdb::SelectionVector good(rows);
        idx_t count = 0;
        for (idx_t row = 0; row < rows; ++row) {
            if (!bad_[row]) good.set_index(count++, row);
        }
        if (count == 0) continue;
        Deliver(output, good, rows, count);
        return count;
    }
}

duckdb::unique_ptr<duckdb::FunctionData> BindInput(duckdb::ClientContext&,
                                                   duckdb::TableFunctionBindInput& input,
                                                   duckdb::vector<duckdb::LogicalType>& types,
                                                   duckdb::vector<duckdb::Identifier>& names) {
    auto* state = input.info->Cast<JobSlot>().state;
    const auto n = input.inputs[0].GetValue<uint64_t>();
    if (state == nullptr || n >= state->inputs.size() || !state->inputs[n])
        Invalid("no such input");
    const auto& table = *state->inputs[n];
    for (const auto& column : table.columns) {
        types.push_back(column.duck);
        names.emplace_back(column.name);
    }
    using duckdb::LogicalType;
    for (const auto& type : {LogicalType::INTEGER, LogicalType::BIGINT, LogicalType::VARCHAR})
        types.push_back(type);
    for (const auto name : {kFileColumn, kLineColumn, kRawColumn}) names.emplace_back(name);
    return duckdb::make_uniq<Bind>(*state, table);
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> StartScan(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
    auto scan = duckdb::make_uniq<Scan>();
    scan->columns.assign(input.column_ids.begin(), input.column_ids.end());
    scan->files = input.bind_data->Cast<Bind>().table.paths.size();
    return scan;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> StartFile(
    duckdb::ExecutionContext& execution, duckdb::TableFunctionInitInput& input,
    duckdb::GlobalTableFunctionState* global) {
    return duckdb::make_uniq<FileScan>(execution.client, input.bind_data->Cast<Bind>(),
                                       global->Cast<Scan>());
}

void ReadInput(duckdb::ClientContext&, duckdb::TableFunctionInput& input,
               duckdb::DataChunk& output) {
    if (input.local_state->Cast<FileScan>().Read(output) == 0) output.SetChildCardinality(0);
}

}  // namespace

const Received* InputTable::ReceivedOf(uint64_t line) const {
    const auto behind = std::ranges::upper_bound(received, line, {}, &Received::first_line);
    return behind == received.begin() ? nullptr : &*std::prev(behind);
}

uint64_t InputTable::NextReceived(uint64_t line) const {
    const auto behind = std::ranges::upper_bound(received, line, {}, &Received::first_line);
    return behind == received.end() ? UINT64_MAX : behind->first_line;
}

JobState::JobState() = default;
JobState::~JobState() = default;

void CheckHeader(duckdb::ClientContext& client, const InputTable& table) {
    if (table.format != FileRelation::Format::kCsv || !table.header || table.paths.empty()) return;
    RecordReader reader(OpenSource(client, table.paths[0], table.gzip), RecordReader::Kind::kCsv,
                        table.delimiter);
    Record header;
    if (reader.Next(header) && header.broken.empty()) HeaderPositions(table, 0, header);
}

RecordReader::Source OpenSource(duckdb::ClientContext& client, const std::string& path, bool gzip) {
    auto flags = duckdb::FileFlags::FILE_FLAGS_READ;
    if (gzip) flags.SetCompression(duckdb::FileCompressionType::GZIP);
    auto& files = duckdb::FileSystem::GetFileSystem(client);
    std::unique_ptr<duckdb::FileHandle> opened(files.OpenFile(path, flags).release());
    const auto size = gzip ? 0 : static_cast<uint64_t>(opened->GetFileSize());
    return [file = std::move(opened), size, read = uint64_t{0}](char* to, size_t bytes) mutable {
        const auto got = static_cast<size_t>(
            std::max<int64_t>(file->Read(to, static_cast<duckdb::idx_t>(bytes)), 0));
        read += got;
        if (got == 0 && read < size) Invalid("an input file became shorter while it was read");
        return got;
    };
}

JobSlot& RegisterInput(duckdb::DatabaseInstance& db) {
    duckdb::ExtensionLoader loader(db, "weft");
    if (auto found = loader.TryGetTableFunction("weft_input")) {
        auto& functions = found->Cast<duckdb::TableFunctionCatalogEntry>().functions;
        return functions.GetFunctionByOffset(0)->function_info->Cast<JobSlot>();
    }
    auto slot = duckdb::make_shared_ptr<JobSlot>();
    duckdb::TableFunction input("weft_input", {duckdb::LogicalType::BIGINT}, ReadInput, BindInput,
                                StartScan, StartFile);
    input.projection_pushdown = true;
    input.function_info = slot;
    loader.RegisterFunction(input);
    RegisterRules(loader, slot);
    return *slot;
}

}  // namespace weft::engine
