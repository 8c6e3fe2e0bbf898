#include "engine/pg_portal.h"

#include <algorithm>

namespace weft::engine {
namespace {

constexpr size_t kEmitBytes = 128u << 10;  // Bytes gathered before they go to the channel.

}  // namespace

Result<std::unique_ptr<PgPortal>> PgPortal::Open(Engine& engine, Connection connection, const PgPrepared& prepared,
                                                 std::vector<duckdb::Value> values, bool utc) {
    auto statement = TRY(prepared.Admitted(engine, values));
    std::unique_ptr<PgPortal> portal(new PgPortal(engine, std::move(connection)));
    portal->utc_ = utc;
    portal->running_.emplace(engine, *portal->connection_);
    auto result = TRY(engine.Call([&] { return portal->connection_->Submit(std::move(statement)); }));
    if (result->HasError()) {
        auto error = engine.FromDuck(result->GetErrorObject());
        for (auto& finding : error.findings)
            if (finding.column > 0) finding.column = prepared.Place(finding.column);
        return std::unexpected(std::move(error));
    }
    if (!result->MetadataAvailable()) {
        Error error;
        error.message = "statements that expand into several are not supported";
        error.sqlstate = "0A000";
        return std::unexpected(std::move(error));
    }
    portal->columns_.types = result->GetTypes();
    for (const auto& name : result->GetNames()) portal->columns_.names.push_back(name.GetIdentifierName());
    prepared.NameColumns(portal->columns_.names);
    portal->stream_ = TRY(engine.Call([&] {
        return duckdb::make_uniq<duckdb::QueryResultStream<>>(std::move(result));
    }));
    portal->SetFormats({});
    return portal;
}

PgPortal::~PgPortal() {
    (void)engine_.Call([&] {
        chunk_.reset();
        encoder_.reset();
        stream_.reset();
    });
}

PgPortal::Connection PgPortal::Release() {
    (void)engine_.Call([&] {
        chunk_.reset();
        stream_.reset();
    });
    running_.reset();
    return std::move(connection_);
}

void PgPortal::SetFormats(const std::vector<int16_t>& formats) {
    std::vector<int16_t> each(columns_.types.size(), 0);
    for (size_t i = 0; i < each.size(); ++i) each[i] = PgFormatAt(formats, i);
    if (encoder_ && each == formats_) return;
    formats_ = std::move(each);
    encoder_ = std::make_unique<PgEncoder>(columns_.types, formats_, utc_);
}

std::vector<PgField> PgPortal::Fields() const {
    std::vector<PgField> fields;
    for (size_t i = 0; i < columns_.types.size(); ++i) {
        const auto type = ToPgType(columns_.types[i]);
        fields.push_back({columns_.names[i], type.oid, type.size, type.modifier, formats_[i]});
    }
    return fields;
}

Result<bool> PgPortal::Fill() {
    if (chunk_ && in_chunk_ < chunk_->size()) return true;
    if (at_end_) return false;
    chunk_ = TRY(engine_.Call([&] { return stream_->Fetch(); }));
    in_chunk_ = 0;
    if (stream_->HasError()) {
        at_end_ = true;
        return std::unexpected(engine_.FromDuck(stream_->GetErrorObject()));
    }
    if (!chunk_ || chunk_->size() == 0) {
        at_end_ = true;
        chunk_.reset();
        return false;
    }
    return true;
}

Result<> PgPortal::Emit(DataOut& out, std::string& bytes, size_t keep_below) {
    if (bytes.size() <= keep_below) return {};
    CHECK_OK(out.Append(bytes));
    bytes.clear();
    return {};
}

Result<PgPortal::Read> PgPortal::Rows(DataOut& out, uint64_t rows_max) {
    Read read;
    std::string bytes;
    while (rows_max == 0 || read.rows < rows_max) {
        if (!TRY(Fill())) {
            read.at_end = true;
            break;
        }
        size_t count = chunk_->size() - in_chunk_;
        if (rows_max > 0) count = std::min<size_t>(count, rows_max - read.rows);
        CHECK_OK(engine_.Call([&] {
            encoder_->AppendRows(*connection_->context, *chunk_, in_chunk_, count, bytes);
        }));
        in_chunk_ += count;
        read.rows += count;
        position_ += count;
        CHECK_OK(Emit(out, bytes, kEmitBytes));
    }
    CHECK_OK(Emit(out, bytes, 0));
    return read;
}

Result<PgPortal::Read> PgPortal::Skip(uint64_t rows_max) {
    Read read;
    while (rows_max == 0 || read.rows < rows_max) {
        if (!TRY(Fill())) {
            read.at_end = true;
            break;
        }
        size_t count = chunk_->size() - in_chunk_;
        if (rows_max > 0) count = std::min<size_t>(count, rows_max - read.rows);
        in_chunk_ += count;
        read.rows += count;
        position_ += count;
    }
    return read;
}

Result<uint64_t> PgPortal::Copy(DataOut& out, const PgCopyOptions& options) {
    const bool binary = options.format == PgCopyOptions::Format::kBinary;
    SetFormats({static_cast<int16_t>(binary ? 1 : 0)});
    PgWriter head;
    head.Begin('H');
    head.Bytes(std::string_view(binary ? "\1" : "\0", 1));
    head.Int16(static_cast<int16_t>(columns_.types.size()));
    for (size_t i = 0; i < columns_.types.size(); ++i) head.Int16(binary ? 1 : 0);
    head.End();
    std::string bytes = std::move(head.buffer());
    if (binary) {  // Signature, flags, no header extension.
        PgWriter signature;
        signature.Begin('d');
        signature.Bytes(std::string_view("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19));
        signature.End();
        bytes += signature.buffer();
    }
    if (options.header) PgAppendCopyHeader(columns_.names, options, bytes);
    uint64_t rows = 0;
    while (TRY(Fill())) {
        CHECK_OK(engine_.Call([&] { encoder_->AppendCopy(*connection_->context, *chunk_, options, bytes); }));
        rows += chunk_->size();
        in_chunk_ = chunk_->size();
        CHECK_OK(Emit(out, bytes, kEmitBytes));
    }
    PgWriter tail;
    if (binary) {
        tail.Begin('d');
        tail.Int16(-1);
        tail.End();
    }
    tail.Empty('c');
    bytes += tail.buffer();
    CHECK_OK(Emit(out, bytes, 0));
    return rows;
}

Result<> PgPortal::Records(PgRecords& records, uint64_t bytes_max) {
    while (TRY(Fill())) {
        CHECK_OK(records.Add(*connection_->context, *chunk_));
        in_chunk_ = chunk_->size();
        if (records.bytes() <= bytes_max) continue;
        Error error;
        error.code = Code::kLimit;
        error.message = "a transaction writes at most 32 MiB of records";
        error.hint = "Use smaller transactions, or COPY outside of a transaction block.";
        error.sqlstate = "54000";
        return std::unexpected(std::move(error));
    }
    return {};
}

Result<std::vector<duckdb::Value>> PgPortal::FirstRow() {
    std::vector<duckdb::Value> values;
    if (!TRY(Fill())) return values;
    CHECK_OK(engine_.Call([&] {
        for (size_t c = 0; c < columns_.types.size(); ++c) values.push_back(chunk_->GetValue(c, in_chunk_));
    }));
    return values;
}

Result<std::string> PgPortal::Text() {
    std::string text;
    while (TRY(Fill())) {
        for (size_t row = 0; row < chunk_->size(); ++row) {
            const auto value = chunk_->GetValue(columns_.types.size() - 1, row);
            if (!value.IsNull()) text += value.ToString() + "\n";
        }
        in_chunk_ = chunk_->size();
    }
    return text;
}

}  // namespace weft::engine
