#include "engine/pg_utility.h"

#include <charconv>

#include "base/text.h"

namespace weft::engine {
namespace {

using Kind = PgUtility::Kind;

PgUtility Make(Kind kind, std::string tag = {}) {
    PgUtility out;
    out.kind = kind;
    out.tag = std::move(tag);
    return out;
}

std::unexpected<Error> Refuse(const char* sqlstate, std::string message, std::string hint = {}) {
    Error error;
    error.code = std::string_view(sqlstate) == "42501" ? Code::kDenied : Code::kInvalid;
    error.message = std::move(message);
    error.hint = std::move(hint);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

// Walks the tokens of one statement. Accept* consume when they match.
class Cursor {
public:
    explicit Cursor(const PgStatementText& statement) : sql_(statement.sql), tokens_(statement.tokens) {}

    bool AtEnd() const { return at_ >= tokens_.size(); }
    const PgToken& Now() const {
        static const PgToken kEnd;
        return AtEnd() ? kEnd : tokens_[at_];
    }
    void Next() { ++at_; }
    bool IsWord(std::string_view word) const { return Now().IsWord(word); }
    bool Accept(std::string_view word) {
        if (!IsWord(word)) return false;
        ++at_;
        return true;
    }
    bool AcceptSymbol(std::string_view symbol) {
        if (!Now().Is(symbol)) return false;
        ++at_;
        return true;
    }
    Result<std::string> Name() {
        if (!Now().IsName()) return Unexpected();
        return tokens_[at_++].Name();
    }
    Result<> Want(std::string_view word) {
        if (!Accept(word)) return Unexpected();
        return {};
    }
    Result<> WantEnd() {
        if (!AtEnd()) return Unexpected();
        return {};
    }
    std::unexpected<Error> Unexpected() const {
        if (AtEnd()) return Refuse("42601", "syntax error at end of input");
        auto fail = Refuse("42601", "syntax error at or near \"" + std::string(Now().text) + "\"");
        Finding finding;
        finding.column = static_cast<uint32_t>(Now().begin + 1);
        fail.error().findings.push_back(std::move(finding));
        return fail;
    }
    size_t offset() const { return AtEnd() ? sql_.size() : Now().begin; }
    std::string Rest() const { return std::string(sql_.substr(offset())); }
    // The text of a parenthesised group; the cursor stands behind it afterwards. REQUIRES: at "(".
    Result<std::string> Group(size_t* inner_offset = nullptr) {
        const size_t open = at_;
        size_t depth = 0;
        for (; !AtEnd(); ++at_) {
            if (Now().Is("(")) ++depth;
            if (Now().Is(")") && --depth == 0) {
                const size_t begin = tokens_[open].end;
                const size_t end = Now().begin;
                ++at_;
                if (inner_offset) *inner_offset = begin;
                return std::string(sql_.substr(begin, end - begin));
            }
        }
        return Unexpected();
    }

private:
    std::string_view sql_;
    const std::vector<PgToken>& tokens_;
    size_t at_ = 0;
};

// ISOLATION LEVEL x | READ ONLY | READ WRITE | [NOT] DEFERRABLE, separated by blanks or commas.
Result<> TakeModes(Cursor& at, PgUtility& out) {
    while (!at.AtEnd()) {
        if (at.Accept("isolation")) {
            CHECK_OK(at.Want("level"));
            std::string level = TRY(at.Name());
            if (level == "read" || level == "repeatable") level += " " + TRY(at.Name());
            if (level != "read committed" && level != "read uncommitted" && level != "repeatable read" &&
                level != "serializable")
                return Refuse("42601", "unknown isolation level \"" + level + "\"");
            out.isolation = level;
        } else if (at.Accept("read")) {
            if (at.Accept("write")) {
                out.read_only = false;
            } else {
                CHECK_OK(at.Want("only"));
                out.read_only = true;
            }
        } else if (at.Accept("not") || at.IsWord("deferrable")) {
            CHECK_OK(at.Want("deferrable"));
        } else if (!at.AcceptSymbol(",")) {
            return at.Unexpected();
        }
    }
    return {};
}

Result<PgUtility> TakeTransaction(Cursor& at, Kind kind, std::string tag) {
    PgUtility out = Make(kind, std::move(tag));
    if (!at.Accept("work")) at.Accept("transaction");
    if (kind == Kind::kBegin) {
        CHECK_OK(TakeModes(at, out));
        return out;
    }
    if (kind == Kind::kRollback && at.Accept("to")) {
        at.Accept("savepoint");
        out.kind = Kind::kRollbackTo;
        out.name = TRY(at.Name());
    } else if (at.Accept("prepared")) {
        return Refuse("0A000", "two-phase commit is not supported");
    } else if (at.Accept("and")) {
        out.and_chain = !at.Accept("no");
        CHECK_OK(at.Want("chain"));
    }
    CHECK_OK(at.WantEnd());
    return out;
}

Result<std::string> SettingName(Cursor& at) {
    std::string name = TRY(at.Name());
    while (at.AcceptSymbol(".")) name += "." + TRY(at.Name());
    return name;
}

Result<> TakeValue(Cursor& at, PgUtility& out) {
    if (at.Accept("default")) {
        out.to_default = true;
        return at.WantEnd();
    }
    if (at.AtEnd()) return at.Unexpected();
    while (!at.AtEnd()) {
        const PgToken& token = at.Now();
        if (token.Is(",")) {
            out.value += ", ";
        } else if (token.kind == PgToken::Kind::kString) {
            out.value += token.Value();
        } else if (token.kind == PgToken::Kind::kWord) {
            out.value += ToLower(token.text);
        } else {
            out.value += token.text;
        }
        at.Next();
    }
    return {};
}

Result<PgUtility> TakeTimeZone(Cursor& at, PgUtility out) {
    out.name = "TimeZone";
    if (at.Accept("local")) {
        out.to_default = true;
        return out;
    }
    at.Accept("interval");  // INTERVAL '+02:00' HOUR TO MINUTE: the text is the zone.
    if (at.Now().kind == PgToken::Kind::kString) {
        out.value = at.Now().Value();
        return out;
    }
    CHECK_OK(TakeValue(at, out));
    return out;
}

Result<PgUtility> TakeSet(Cursor& at) {
    PgUtility out = Make(Kind::kSet, "SET");
    const bool session = at.Accept("session");
    if (session && at.Accept("characteristics")) {
        out.kind = Kind::kTransactionModes;
        CHECK_OK(at.Want("as"));
        CHECK_OK(at.Want("transaction"));
        CHECK_OK(TakeModes(at, out));
        return out;
    }
    if (session && at.IsWord("authorization")) {
        at.Next();
        if (at.Accept("default")) return Make(Kind::kNothing, "SET");
        return Refuse("42501", "permission denied to set session authorization");
    }
    if (!session) out.local = at.Accept("local");
    if (at.Accept("transaction")) {
        out.kind = Kind::kTransactionModes;
        out.local = true;
        if (at.IsWord("snapshot")) return Refuse("0A000", "SET TRANSACTION SNAPSHOT is not supported");
        CHECK_OK(TakeModes(at, out));
        return out;
    }
    if (at.Accept("time")) {
        CHECK_OK(at.Want("zone"));
        return TakeTimeZone(at, std::move(out));
    }
    if (at.Accept("constraints")) return Make(Kind::kNothing, "SET CONSTRAINTS");
    if (at.Accept("names")) {
        out.name = "client_encoding";
        if (at.AtEnd()) {
            out.to_default = true;
            return out;
        }
        CHECK_OK(TakeValue(at, out));
        return out;
    }
    if (at.Accept("role")) {
        const auto role = at.Now();
        if (role.IsWord("none") || role.IsWord("default")) return Make(Kind::kNothing, "SET");
        return Refuse("42501", "permission denied to set role");
    }
    out.name = TRY(SettingName(at));
    if (out.name == "schema") {
        out.name = "search_path";
        if (!at.Accept("to")) (void)at.AcceptSymbol("=");  // PostgreSQL's own form has neither.
    } else if (!at.Accept("to") && !at.AcceptSymbol("=")) {
        return at.Unexpected();
    }
    CHECK_OK(TakeValue(at, out));
    return out;
}

Result<PgUtility> TakeShowOrReset(Cursor& at, Kind kind) {
    PgUtility out = Make(kind, kind == Kind::kShow ? "SHOW" : "RESET");
    if (at.Accept("all")) return out;
    if (at.Accept("transaction")) {
        CHECK_OK(at.Want("isolation"));
        CHECK_OK(at.Want("level"));
        out.name = "transaction_isolation";
    } else if (at.Accept("time")) {
        CHECK_OK(at.Want("zone"));
        out.name = "TimeZone";
    } else if (at.Accept("session")) {
        CHECK_OK(at.Want("authorization"));
        out.name = "session_authorization";
    } else {
        out.name = TRY(SettingName(at));
    }
    if (kind == Kind::kShow && (out.name == "tables" || out.name == "databases" || out.name == "schemas"))
        return Refuse("0A000", "SHOW " + out.name + " is not supported",
                      "Use \\dt *.* in psql, or SELECT * FROM information_schema.tables.");
    CHECK_OK(at.WantEnd());
    return out;
}

Result<PgUtility> TakePrepare(Cursor& at) {
    PgUtility out = Make(Kind::kPrepare, "PREPARE");
    if (at.IsWord("transaction")) return Refuse("0A000", "two-phase commit is not supported");
    out.name = TRY(at.Name());
    if (at.Now().Is("(")) {
        const std::string list = TRY(at.Group());
        for (const auto& type : Split(list, ',')) out.types.emplace_back(Trim(type));
    }
    CHECK_OK(at.Want("as"));
    if (at.AtEnd()) return at.Unexpected();
    out.sql_offset = at.offset();
    out.sql = at.Rest();
    return out;
}

Result<PgUtility> TakeExecute(Cursor& at) {
    PgUtility out = Make(Kind::kExecute);
    out.name = TRY(at.Name());
    if (at.Now().Is("(")) out.arguments = TRY(at.Group());
    CHECK_OK(at.WantEnd());
    return out;
}

Result<PgUtility> TakeDeallocate(Cursor& at) {
    PgUtility out = Make(Kind::kDeallocate, "DEALLOCATE");
    at.Accept("prepare");
    if (at.Accept("all")) {
        out.tag = "DEALLOCATE ALL";
    } else {
        out.name = TRY(at.Name());
    }
    CHECK_OK(at.WantEnd());
    return out;
}

Result<PgUtility> TakeDeclare(Cursor& at) {
    PgUtility out = Make(Kind::kDeclare, "DECLARE CURSOR");
    out.name = TRY(at.Name());
    while (!at.Accept("cursor")) {
        if (!at.Accept("binary") && !at.Accept("insensitive") && !at.Accept("asensitive") && !at.Accept("no") &&
            !at.Accept("scroll"))
            return at.Unexpected();
    }
    if (at.Accept("with")) {
        CHECK_OK(at.Want("hold"));
        out.hold = true;
    } else if (at.Accept("without")) {
        CHECK_OK(at.Want("hold"));
    }
    CHECK_OK(at.Want("for"));
    if (at.AtEnd()) return at.Unexpected();
    out.sql_offset = at.offset();
    out.sql = at.Rest();
    return out;
}

bool TakeNumber(Cursor& at, int64_t& count) {
    const bool minus = at.Now().Is("-");
    if (minus || at.Now().Is("+")) at.Next();
    const auto text = at.Now().text;
    if (at.Now().kind != PgToken::Kind::kNumber) return false;
    if (std::from_chars(text.data(), text.data() + text.size(), count).ec != std::errc()) return false;
    if (minus) count = -count;
    at.Next();
    return true;
}

Result<PgUtility> TakeFetch(Cursor& at, Kind kind) {
    PgUtility out = Make(kind);
    if (at.Accept("next")) {
    } else if (at.Accept("all")) {
        out.fetch_all = true;
    } else if (at.IsWord("prior") || at.IsWord("first") || at.IsWord("last") || at.IsWord("absolute") ||
               at.IsWord("relative")) {
        return Refuse("55000", "cursor can only scan forward", "Cursors of Weft do not scroll: read on, or ask again.");
    } else {
        out.backward = at.Accept("backward");
        if (!out.backward) at.Accept("forward");
        if (at.Accept("all")) {
            out.fetch_all = true;
        } else {
            TakeNumber(at, out.count);
        }
    }
    if (out.count < 0) out.backward = true;
    if (out.backward) return Refuse("55000", "cursor can only scan forward");
    if (!at.Accept("from")) at.Accept("in");
    out.name = TRY(at.Name());
    CHECK_OK(at.WantEnd());
    return out;
}

Result<PgUtility> TakeClose(Cursor& at) {
    PgUtility out = Make(Kind::kClose, "CLOSE CURSOR");
    if (at.Accept("all")) {
        out.tag = "CLOSE CURSOR ALL";
    } else {
        out.name = TRY(at.Name());
    }
    CHECK_OK(at.WantEnd());
    return out;
}

Result<PgUtility> TakeDiscard(Cursor& at) {
    PgUtility out = Make(Kind::kDiscard);
    out.name = TRY(at.Name());
    if (out.name == "temporary") out.name = "temp";
    if (out.name != "all" && out.name != "plans" && out.name != "sequences" && out.name != "temp")
        return Refuse("42601", "syntax error at or near \"" + out.name + "\"");
    for (const char c : "DISCARD " + out.name) out.tag.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    CHECK_OK(at.WantEnd());
    return out;
}

Result<PgUtility> TakeExplain(Cursor& at) {
    PgUtility out = Make(Kind::kExplain, "EXPLAIN");
    bool analyze = false;
    if (at.Now().Is("(")) {
        const std::string options = ToLower(TRY(at.Group()));
        analyze = options.find("analyze") != std::string::npos;
        if (options.find("format") != std::string::npos && options.find("text") == std::string::npos)
            return Refuse("0A000", "EXPLAIN knows only FORMAT TEXT");
    }
    while (at.IsWord("analyze") || at.IsWord("verbose")) {
        analyze = analyze || at.IsWord("analyze");
        at.Next();
    }
    if (analyze) return Refuse("0A000", "EXPLAIN ANALYZE is not supported",
                               "Its counts would tell of rows that you may not read. Use EXPLAIN.");
    if (at.AtEnd()) return at.Unexpected();
    out.sql_offset = at.offset();
    out.sql = at.Rest();
    return out;
}

// Statements that change things. Records of events may be added; nothing else is changed over SQL.
std::optional<Error> Refused(const PgToken& first) {
    static constexpr std::string_view kWrites[] = {"update", "delete", "merge", "truncate"};
    for (const auto word : kWrites)
        if (first.IsWord(word))
            return Refuse("0A000",
                          std::string(word) + " is not supported: rows are not changed in place",
                          "Corrections are new records: INSERT or COPY them into a product fed by "
                          "events; other "
                          "tables are changed by their product's runs.")
                .error();
    static constexpr std::string_view kShapes[] = {"create", "alter", "drop", "comment", "refresh", "reindex",
                                                   "vacuum", "cluster", "import", "security"};
    for (const auto word : kShapes)
        if (first.IsWord(word))
            return Refuse("0A000", std::string(word) + " is not supported",
                          "Products are described in files and changed with weft apply.").error();
    if (first.IsWord("grant") || first.IsWord("revoke") || first.IsWord("reassign"))
        return Refuse("0A000", std::string(first.text) + " is not supported",
                      "Access is given with weft grant and weft revoke.").error();
    static constexpr std::string_view kNever[] = {"attach", "detach", "install", "load", "pragma", "export", "use",
                                                  "call", "do", "checkpoint", "notify", "copy_database"};
    for (const auto word : kNever)
        if (first.IsWord(word)) return Refuse("42501", std::string(word) + " is not permitted").error();
    return std::nullopt;
}

using Take = Result<PgUtility> (*)(Cursor&);
struct Verb {
    std::string_view word;
    Take take;
};

constexpr Verb kVerbs[] = {
    {"begin", [](Cursor& at) { return TakeTransaction(at, Kind::kBegin, "BEGIN"); }},
    {"start", [](Cursor& at) -> Result<PgUtility> {
         CHECK_OK(at.Want("transaction"));
         return TakeTransaction(at, Kind::kBegin, "START TRANSACTION");
     }},
    {"commit", [](Cursor& at) { return TakeTransaction(at, Kind::kCommit, "COMMIT"); }},
    {"end", [](Cursor& at) { return TakeTransaction(at, Kind::kCommit, "COMMIT"); }},
    {"rollback", [](Cursor& at) { return TakeTransaction(at, Kind::kRollback, "ROLLBACK"); }},
    {"abort", [](Cursor& at) { return TakeTransaction(at, Kind::kRollback, "ROLLBACK"); }},
    {"savepoint", [](Cursor& at) -> Result<PgUtility> {
         PgUtility out = Make(Kind::kSavepoint, "SAVEPOINT");
         out.name = TRY(at.Name());
         CHECK_OK(at.WantEnd());
         return out;
     }},
    {"release", [](Cursor& at) -> Result<PgUtility> {
         PgUtility out = Make(Kind::kRelease, "RELEASE");
         at.Accept("savepoint");
         out.name = TRY(at.Name());
         CHECK_OK(at.WantEnd());
         return out;
     }},
    {"set", TakeSet},
    {"reset", [](Cursor& at) { return TakeShowOrReset(at, Kind::kReset); }},
    {"show", [](Cursor& at) { return TakeShowOrReset(at, Kind::kShow); }},
    {"discard", TakeDiscard},
    {"prepare", TakePrepare},
    {"execute", TakeExecute},
    {"deallocate", TakeDeallocate},
    {"declare", TakeDeclare},
    {"fetch", [](Cursor& at) { return TakeFetch(at, Kind::kFetch); }},
    {"move", [](Cursor& at) { return TakeFetch(at, Kind::kMove); }},
    {"close", TakeClose},
    {"explain", TakeExplain},
    {"listen", [](Cursor&) -> Result<PgUtility> { return Make(Kind::kNothing, "LISTEN"); }},
    {"unlisten", [](Cursor&) -> Result<PgUtility> { return Make(Kind::kNothing, "UNLISTEN"); }},
    {"lock", [](Cursor&) -> Result<PgUtility> { return Make(Kind::kNothing, "LOCK TABLE"); }},
};

}  // namespace

Result<PgUtility> ParsePgCopy(const PgStatementText& statement);  // pg_copy_parse.cc

Result<PgUtility> ParsePgUtility(const PgStatementText& statement) {
    const PgToken& first = statement.tokens.front();
    if (auto refused = Refused(first)) return std::unexpected(std::move(*refused));
    if (first.IsWord("copy")) return ParsePgCopy(statement);
    for (const auto& verb : kVerbs) {
        if (!first.IsWord(verb.word)) continue;
        Cursor at(statement);
        at.Next();
        return verb.take(at);
    }
    PgUtility query;
    query.sql = std::string(statement.sql);
    return query;
}

}  // namespace weft::engine
