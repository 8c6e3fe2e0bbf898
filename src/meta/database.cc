#include "meta/database.h"

#include <fmt/format.h>
#include <fcntl.h>
#include <sqlite3.h>

#include "io/descriptor.h"
#include "io/files.h"

namespace weft::meta {
namespace {

constexpr int32_t kApplicationId = 0x57656674;  // "Weft"

Error SqliteError(sqlite3* connection, int code) {
    const int primary = code & 0xff;
    const std::string text = connection != nullptr ? sqlite3_errmsg(connection) : "no memory";
    switch (primary) {
        case SQLITE_FULL:
            return {Code::kUnavailable,
                    "disk full: nothing was changed",
                    {},
                    {},
                    "free some space, then repeat"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {Code::kUnavailable, "another process has the state open", {}, {}, {}};
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return {Code::kUnavailable,
                    fmt::format("the state's disk failed: {} ({})", text, code),
                    {},
                    {},
                    {}};
        case SQLITE_NOMEM:
        case SQLITE_TOOBIG:
            return {Code::kLimit, fmt::format("too large for the state: {}", text), {}, {}, {}};
        default:
            return {Code::kCorrupt, fmt::format("state: {} ({})", text, code), {}, {}, {}};
    }
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);  // Repeats the code of the last step, which was seen already.
}

Statement& Statement::Bind(int64_t value) {
    const int code = sqlite3_bind_int64(statement_.get(), ++bound_count_, value);
    bind_failed_ = bind_failed_ || code != SQLITE_OK;
    return *this;
}

Statement& Statement::Bind(std::string_view text) {
    const int code = sqlite3_bind_text64(statement_.get(), ++bound_count_,
                                         text.data() == nullptr ? "" : text.data(), text.size(),
                                         SQLITE_STATIC, SQLITE_UTF8);
    bind_failed_ = bind_failed_ || code != SQLITE_OK;
    return *this;
}

Result<bool> Statement::Step() {
    if (bind_failed_) return Fail(Code::kLimit, "too large for the state");
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return std::unexpected(SqliteError(sqlite3_db_handle(statement_.get()), code));
}

Result<> Statement::Run() {
    while (true) {
        const Result<bool> row = Step();
        if (row && *row) continue;
        Reset();
        if (!row) return std::unexpected(row.error());
        return {};
    }
}

void Statement::Reset() {
    sqlite3_reset(statement_.get());  // Repeats the code of the last step.
    sqlite3_clear_bindings(statement_.get());
    bound_count_ = 0;
    bind_failed_ = false;
}

int64_t Statement::Integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::Text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    const int bytes = sqlite3_column_bytes(statement_.get(), column);
    return text == nullptr ? std::string() : std::string(text, static_cast<size_t>(bytes));
}

Database::Database(sqlite3* connection, std::string path)
    : connection_(connection), path_(std::move(path)) {}

Database::~Database() { sqlite3_close(connection_); }

Result<std::unique_ptr<Database>> Database::Open(std::string path, DatabaseOptions options) {
    const bool exists = io::FileSize(path).has_value();
    if (!exists && !options.create) {
        return Fail(Code::kNotFound, fmt::format("there is no state at {}", path));
    }
    sqlite3* connection = nullptr;
    const int code = sqlite3_open_v2(
        path.c_str(), &connection,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
        nullptr);
    std::unique_ptr<Database> database(new Database(connection, path));
    if (code != SQLITE_OK) return std::unexpected(SqliteError(connection, code));
    CHECK_OK(database->Prepare(options));
    CHECK_OK(database->Migrate(options.migrations));
    return database;
}

Result<> Database::Prepare(const DatabaseOptions& options) {
    sqlite3_extended_result_codes(connection_, 1);
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // Exclusive before WAL: the index of the log then lies in our memory, not in a shared file.
    CHECK_OK(Execute("PRAGMA locking_mode=EXCLUSIVE"));
    CHECK_OK(Execute("PRAGMA journal_mode=WAL"));
    CHECK_OK(Execute(options.sync_each_commit ? "PRAGMA synchronous=FULL"
                                              : "PRAGMA synchronous=NORMAL"));
    CHECK_OK(Execute("PRAGMA foreign_keys=ON"));
    if (options.pages_max > 0) {
        CHECK_OK(Execute(fmt::format("PRAGMA max_page_count={}", options.pages_max)));
    }
    if (TRY(ReadInteger("PRAGMA synchronous")) != (options.sync_each_commit ? 2 : 1)) {
        return Fail(Code::kCorrupt, "SQLite refuses synchronous mode");
    }
    return {};
}

Result<int64_t> Database::ReadInteger(std::string_view sql) {
    Statement statement = TRY(Prepare(sql));
    if (!TRY(statement.Step())) return Fail(Code::kCorrupt, "state: a pragma has no value");
    return statement.Integer(0);
}

Result<> Database::Migrate(std::span<const char* const> migrations) {
    const int64_t newest = static_cast<int64_t>(migrations.size());
    const int64_t version = TRY(ReadInteger("PRAGMA user_version"));
    const int64_t owner = TRY(ReadInteger("PRAGMA application_id"));
    if (version < 0 || (owner != 0 && owner != kApplicationId) || (version > 0 && owner == 0)) {
        return Fail(Code::kCorrupt, fmt::format("{} is not a state of Weft", path_));
    }
    if (version > newest) {
        return Fail(Code::kInvalid,
                    fmt::format("{} has format {}, written by a newer weft; this one knows {}",
                                path_, version, newest),
                    "run the weft that wrote it (from source: git pull && ./x build release), or "
                    "put back the copy that was made before the update");
    }
    for (int64_t at = version; at < newest; ++at) {
        CHECK_OK(Begin());
        auto done = Execute(migrations[static_cast<size_t>(at)]);
        if (done) done = Execute(fmt::format("PRAGMA user_version={}", at + 1));
        if (done) done = Execute(fmt::format("PRAGMA application_id={}", kApplicationId));
        if (done) done = Commit();
        if (!done) {
            Rollback();
            return done;
        }
    }
    return {};
}

Result<> Database::Execute(const std::string& sql) {
    const int code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return std::unexpected(SqliteError(connection_, code));
    return {};
}

Result<Statement> Database::Prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return std::unexpected(SqliteError(connection_, code));
    return Statement(statement);
}

Result<> Database::Begin() { return Execute("BEGIN IMMEDIATE"); }

Result<> Database::Commit() {
    const int code = sqlite3_exec(connection_, "COMMIT", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return {};
    // Full: the frame that says "committed" is the last one written, so it is not there. Any other
    // failure may have come after it.
    if ((code & 0xff) == SQLITE_FULL) return std::unexpected(SqliteError(connection_, code));
    return Fail(Code::kUnknownOutcome,
                fmt::format("the disk failed while the state was committed: {} ({})",
                            sqlite3_errmsg(connection_), code),
                "restart the node: it reads again what the disk holds");
}

Result<> Database::CopyTo(const std::string& path) {
    if (io::FileSize(path)) return Fail(Code::kExists, fmt::format("{} exists", path));
    Statement copy = TRY(Prepare("VACUUM INTO ?"));
    const auto copied = copy.Bind(std::string_view(path)).Run();
    if (!copied) {
        (void)io::RemoveFile(path);
        return copied;
    }
    // SQLite leaves the copy to the system's cache.
    const io::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return Fail(Code::kUnavailable, fmt::format("cannot open {}", path));
    return io::SyncFile(file.get());
}

void Database::Rollback() {
    // SQLite may have rolled back by itself; then there is nothing to do.
    if (sqlite3_get_autocommit(connection_) == 0) {
        sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

}  // namespace weft::meta
