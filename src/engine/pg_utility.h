// What kind of statement a PostgreSQL client sent: ours to answer (transactions, settings, cursors, COPY), or a query.
//
// Used by pg_session before DuckDB's parser sees anything. Pure text work over tokens; a statement that is not known
// here is a query and goes to DuckDB, whose lists decide. THREAD: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/pg_lexer.h"

namespace weft::engine {

struct PgCopyOptions {
    enum class Format : uint8_t { kText, kCsv, kBinary };
    Format format = Format::kText;
    char delimiter = '\t';
    std::string null_text = "\\N";
    bool header = false;
    char quote = '"';
    char escape = '"';
    bool quote_all = false;
    bool header_match = false;  // COPY FROM: the header must name the columns.
};

struct PgUtility {
    enum class Kind : uint8_t {
        kQuery,    // Not ours: DuckDB's parser decides. `sql` is the statement.
        kNothing,  // Accepted without effect: LISTEN, LOCK TABLE, SET CONSTRAINTS …
        kBegin,
        kCommit,
        kRollback,
        kSavepoint,
        kRelease,
        kRollbackTo,
        kTransactionModes,  // SET TRANSACTION, SET SESSION CHARACTERISTICS.
        kSet,
        kReset,
        kShow,
        kDiscard,
        kPrepare,
        kExecute,
        kDeallocate,
        kDeclare,
        kFetch,
        kMove,
        kClose,
        kCopyOut,
        kCopyIn,
        kExplain,
        kInsert,  // Never from ParsePgUtility: PgPrepared finds it in the tree.
    };
    Kind kind = Kind::kQuery;
    std::string tag;          // Of CommandComplete, where it does not depend on rows.
    std::string name;         // Savepoint, setting, prepared statement, cursor; empty: all (or none).
    std::string value;        // SET: the new value.
    bool to_default = false;  // SET x TO DEFAULT.
    bool local = false;       // SET LOCAL; SET TRANSACTION against SESSION CHARACTERISTICS.
    std::string sql;          // The statement inside: PREPARE … AS, DECLARE … FOR, COPY (…), EXPLAIN.
    size_t sql_offset = 0;    // Its place in the text, for error positions; 0 when it was made by us.
    std::vector<std::string> types;  // PREPARE name(types).
    std::string arguments;    // EXECUTE name(arguments), as text.
    bool hold = false;
    bool backward = false;
    bool fetch_all = false;
    int64_t count = 1;
    bool and_chain = false;
    std::optional<bool> read_only;  // Of a transaction's modes.
    std::string isolation;    // Empty: not named.
    PgCopyOptions copy;
    std::vector<std::string> target;   // COPY FROM: the parts of the table's name, folded.
    std::vector<std::string> columns;  // COPY FROM: empty for all.
};

// FAILS: kInvalid: 42601 for a broken statement of ours; 0A000 or 42501 for one that Weft does not have, with advice.
Result<PgUtility> ParsePgUtility(const PgStatementText& statement);

}  // namespace weft::engine
