#include "engine/pg_copy_in.h"

#include <fmt/format.h>

#include "duckdb/common/vector/flat_vector.hpp"
#include "duckdb/common/vector/string_vector.hpp"

namespace weft::engine {
namespace {

using duckdb::FlatVector;

constexpr size_t kChunkBytes = 4u << 20;

Error Fault(const char* sqlstate, std::string message) {
    Error error;
    error.code = Code::kInvalid;
    error.message = std::move(message);
    error.sqlstate = sqlstate;
    return error;
}

}  // namespace

PgCopyIn::PgCopyIn(Engine& engine, PgPortal::Connection connection, PgCopyOptions options,
                   RelationName target, std::vector<OutputColumn> columns, bool alone)
    : engine_(engine),
      connection_(std::move(connection)),
      options_(std::move(options)),
      target_(std::move(target)),
      rows_(options_),
      records_(engine, std::move(columns)),
      alone_(alone),
      header_(options_.header) {}

PgCopyIn::~PgCopyIn() = default;

std::unexpected<Error> PgCopyIn::Located(Error error, uint64_t line) const {
    const auto where = fmt::format("COPY {}, line {}", target_.table, line);
    error.hint = error.hint.starts_with("column") ? where + ", " + error.hint : where;
    if (accepted_ > 0)
        error.message += fmt::format("; {} records were accepted before this", accepted_);
    return std::unexpected(std::move(error));
}

Result<> PgCopyIn::Feed(PgWrites& writes, std::string_view bytes) {
    rows_.Feed(bytes);
    return Take(writes);
}

Result<> PgCopyIn::Take(PgWrites& writes) {
    PgCopyRows::Fields fields;
    while (true) {
        auto more = rows_.Next(fields);
        if (!more) return Located(std::move(more).error(), rows_.line());
        if (!*more) return {};
        if (std::exchange(header_, false)) {
            CHECK_OK(TakeHeader(fields));
            continue;
        }
        CHECK_OK(Append(fields));
        if (lines_.size() == STANDARD_VECTOR_SIZE || chunk_bytes_ >= kChunkBytes)
            CHECK_OK(Turn(writes));
    }
}

Result<> PgCopyIn::TakeHeader(const PgCopyRows::Fields& fields) {
    if (!options_.header_match) return {};
    const auto& columns = records_.columns();
    bool same = fields.size() == columns.size();
    for (size_t i = 0; same && i < columns.size(); ++i)
        same = fields[i] && *fields[i] == columns[i].name;
    if (same) return {};
    return Located(Fault("22P04", "the header line does not name the columns in their order"),
                   rows_.line());
}

Result<> PgCopyIn::Append(const PgCopyRows::Fields& fields) {
    const auto& columns = records_.columns();
    if (fields.size() > columns.size())
        return Located(Fault("22P04", "extra data after last expected column"), rows_.line());
    if (fields.size() < columns.size())
        return Located(
            Fault("22P04", "missing data for column \"" + columns[fields.size()].name + "\""),
            rows_.line());
    return engine_.Call([&] {
        if (!chunk_) {
            chunk_ = duckdb::make_uniq<duckdb::DataChunk>();
            chunk_->Initialize(
                duckdb::Allocator::DefaultAllocator(),
                duckdb::vector<duckdb::LogicalType>(columns.size(), duckdb::LogicalType::VARCHAR));
        }
        const size_t row = lines_.size();
        for (size_t i = 0; i < fields.size(); ++i) {
            auto& to = chunk_->data[i];
            if (!fields[i]) {
                FlatVector::SetNull(to, row, true);
                continue;
            }
            FlatVector::GetDataMutable<duckdb::string_t>(to)[row] =
                duckdb::StringVector::AddString(to, fields[i]->data(), fields[i]->size());
            chunk_bytes_ += fields[i]->size();
        }
        lines_.push_back(rows_.line());
    });
}

Result<> PgCopyIn::Turn(PgWrites& writes) {
    if (lines_.empty()) return {};
    CHECK_OK(engine_.Call([&] {
        for (auto& column : chunk_->data) FlatVector::SetSize(column, lines_.size());
        chunk_->SetChildCardinality(lines_.size());
    }));
    if (auto added = records_.Add(*connection_->context, *chunk_); !added)
        return Located(std::move(added).error(), lines_[records_.bad_row()]);
    chunk_.reset();
    lines_.clear();
    chunk_bytes_ = 0;
    if (records_.bytes() + writes.bytes() <= kKeptBytesMax) return {};
    if (!alone_)
        return Located(
            Fault("54000",
                  "a transaction writes at most 32 MiB of records: run COPY outside of a "
                  "transaction block"),
            rows_.line());
    return writes.WriteNow(target_, records_.TakePieces(), accepted_);
}

Result<> PgCopyIn::Finish(PgWrites& writes) {
    rows_.End();
    CHECK_OK(Take(writes));
    CHECK_OK(Turn(writes));
    if (accepted_ > 0) return writes.WriteNow(target_, records_.TakePieces(), accepted_);
    return writes.Keep(target_, records_.TakePieces());
}

}  // namespace weft::engine
