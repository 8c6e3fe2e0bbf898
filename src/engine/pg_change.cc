// INSERT and COPY FROM: rows become records that the node accepts when their transaction ends.
#include <fmt/format.h>

#include "engine/pg_session.h"

namespace weft::engine {
namespace {

using Kind = PgUtility::Kind;

std::unexpected<Error> Refuse(const char* sqlstate, std::string message, std::string hint = {}) {
    Error error;
    error.message = std::move(message);
    error.hint = std::move(hint);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

char TypeOf(const PgClient& message) {
    if (std::holds_alternative<PgQuery>(message)) return 'Q';
    if (std::holds_alternative<PgParse>(message)) return 'P';
    if (std::holds_alternative<PgBind>(message)) return 'B';
    if (std::holds_alternative<PgDescribe>(message)) return 'D';
    if (std::holds_alternative<PgExecute>(message)) return 'E';
    if (std::holds_alternative<PgClose>(message)) return 'C';
    return 'F';
}

}  // namespace

Result<> PgConversation::CheckWritable(const char* statement) const {
    if (settings_.Get("transaction_read_only") != "on") return {};
    return Refuse("25006", fmt::format("cannot execute {} in a read-only transaction", statement));
}

Result<> PgConversation::Aim(PgPrepared& prepared) {
    if (!prepared.insert()) return {};
    CHECK_OK(CheckWritable("INSERT"));
    const auto* target =
        TRY(writes_.Find(prepared.insert()->target, settings_.Get("search_path").value_or("")));
    return prepared.Aim(engine_, TRY(PgWrites::Choose(*target, prepared.insert()->names)));
}

Result<PgConversation::Outcome> PgConversation::Insert(PgOpen& open) {
    if (open.ran) return Refuse("55000", "the portal cannot be run twice");
    open.ran = true;
    const size_t width = open.query->columns().types.size();
    if (width > open.columns.size())
        return Refuse("42601", "INSERT has more expressions than target columns");
    if (open.named && width < open.columns.size())
        return Refuse("42601", "INSERT has more target columns than expressions");
    PgRecords records(engine_, open.columns);
    CHECK_OK(open.query->Records(records, kKeptBytesMax));
    const uint64_t rows = records.count();
    written_ = open.target;
    CHECK_OK(writes_.Keep(open.target, records.TakePieces()));
    CHECK_OK(CommitIfLast());
    return Outcome{"INSERT 0 " + std::to_string(rows), rows, false, false};
}

Result<> PgConversation::CommitIfLast() {
    if (transaction_ != 'I' || !is_last_) return {};
    return writes_.Commit();
}

// ---- COPY FROM STDIN

Result<PgConversation::Outcome> PgConversation::BeginCopy(PgOpen& open, bool simple) {
    if (open.ran) return Refuse("55000", "COPY cannot be run twice");
    open.ran = true;
    CHECK_OK(CheckWritable("COPY FROM"));
    const auto* target =
        TRY(writes_.Find(open.utility.target, settings_.Get("search_path").value_or("")));
    auto columns = TRY(PgWrites::Choose(*target, open.utility.columns));
    PgWriter writer;
    writer.Begin('G');
    writer.Bytes(std::string_view("\0", 1));
    writer.Int16(static_cast<int16_t>(columns.size()));
    for (size_t i = 0; i < columns.size(); ++i) writer.Int16(0);
    writer.End();
    auto connection = TRY(TakeConnection());
    out_.Force(writer.buffer());
    const bool alone = transaction_ == 'I' && !in_string_ && writes_.empty();
    auto& copy = copy_.emplace();
    copy.rows = std::make_unique<PgCopyIn>(engine_, std::move(connection), open.utility.copy,
                                           target->name, std::move(columns), alone);
    copy.last = !simple || is_last_;
    copy.sql = open.sql;
    copy.started = std::chrono::steady_clock::now();
    copy.simple = simple;
    // The engine's statement, and its clock, end here: the client takes its time.
    if (statement_open_) EndStatement({}, nullptr, nullptr);
    return Outcome{{}, 0, false, true};
}

bool PgConversation::TakeCopy(const PgClient& message) {
    // Clients may send these behind Execute without knowing that it is a COPY.
    if (std::holds_alternative<PgFlush>(message) || std::holds_alternative<PgSync>(message))
        return false;
    auto& rows = *copy_->rows;
    Result<> done;
    bool over = true;
    if (const auto* data = std::get_if<PgCopyData>(&message)) {
        done = rows.Feed(writes_, data->bytes);
        over = !done;
    } else if (std::holds_alternative<PgCopyDone>(message)) {
        done = rows.Finish(writes_);
        if (done && transaction_ == 'I' && copy_->last) done = writes_.Commit();
    } else if (const auto* fail = std::get_if<PgCopyFail>(&message)) {
        done = Refuse("57014", "COPY from stdin failed: " + std::string(fail->reason));
    } else {
        done =
            Refuse("08P01", fmt::format("unexpected message type 0x{:02X} during COPY from stdin",
                                        static_cast<int>(TypeOf(message))));
    }
    if (!over) return false;
    const bool simple = copy_->simple;
    const Outcome outcome{"COPY " + std::to_string(rows.rows()), rows.rows(), false, false};
    const auto copy = std::move(*copy_);
    copy_.reset();
    GiveConnection(copy.rows->Release());
    // Its report: from the first row to the last.
    NeedStatement();
    started_ = copy.started;
    written_ = copy.rows->target();
    EndStatement(copy.sql, done ? &outcome : nullptr, done ? nullptr : &done.error());
    if (done) {
        PgWriter writer;
        writer.Tag(outcome.tag);
        out_.Force(writer.buffer());
        if (simple) GoOn();
    } else {
        Failed(done.error(), 0, {});
        in_string_ = false;
        string_.clear();
    }
    return simple && !copy_;
}

}  // namespace weft::engine
