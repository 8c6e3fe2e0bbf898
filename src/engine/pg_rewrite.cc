#include "engine/pg_rewrite.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "engine/pg_lexer.h"

namespace weft::engine {
namespace {

using Kind = PgToken::Kind;

// Types that DuckDB does not know, and what stands for them.
struct TypeName {
    std::string_view pg;
    std::string_view duck;
};
constexpr TypeName kTypes[] = {
    {"name", "VARCHAR"},     {"oid", "UINTEGER"},       {"xid", "UINTEGER"},        {"cid", "UINTEGER"},
    {"char", "VARCHAR"},     {"bpchar", "VARCHAR"},     {"jsonb", "JSON"},          {"cstring", "VARCHAR"},
    {"unknown", "VARCHAR"},  {"int2vector", "SMALLINT[]"}, {"oidvector", "UINTEGER[]"}, {"citext", "VARCHAR"},
    {"inet", "VARCHAR"},     {"money", "DECIMAL(19,2)"}, {"pg_node_tree", "VARCHAR"}, {"aclitem", "VARCHAR"},
    {"sql_identifier", "VARCHAR"}, {"character_data", "VARCHAR"}, {"yes_or_no", "VARCHAR"},
    {"cardinal_number", "INTEGER"}, {"anyarray", "VARCHAR[]"}, {"regconfig", "VARCHAR"},
};
constexpr std::string_view kReg[] = {"regclass", "regtype", "regproc", "regprocedure", "regnamespace", "regrole"};

class Rewriter {
public:
    Rewriter(std::string_view sql, std::vector<PgToken> tokens) : sql_(sql), tokens_(std::move(tokens)) {
        for (const auto& token : tokens_) pieces_.emplace_back(token.text);
        prefixes_.resize(tokens_.size());
        suffixes_.resize(tokens_.size());
    }

    PgRewritten Run() {
        for (size_t i = 0; i < tokens_.size(); ++i) {
            const auto& token = tokens_[i];
            if (token.Is("::")) Cast(i);
            else if (token.IsWord("cast")) CastCall(i);
            else if (token.IsWord("operator")) Operator(i);
            else if (token.IsWord("collate")) Collate(i);
            else if (token.kind == Kind::kString) ArrayLiteral(i);
            else if (token.IsWord("for")) Locking(i);
            else if (token.IsName()) Function(i);
        }
        return Join();
    }

private:
    bool Has(size_t i) const { return i < tokens_.size(); }
    bool Is(size_t i, std::string_view symbol) const { return Has(i) && tokens_[i].Is(symbol); }
    bool IsName(size_t i) const { return Has(i) && tokens_[i].IsName(); }
    std::string Name(size_t i) const { return IsName(i) ? tokens_[i].Name() : std::string(); }
    void Drop(size_t begin, size_t end) {
        for (size_t i = begin; i < end && Has(i); ++i) pieces_[i].clear();
    }

    // The place of the closing partner of the bracket at `open`; none when unbalanced.
    std::optional<size_t> Close(size_t open) const {
        size_t depth = 0;
        for (size_t i = open; Has(i); ++i) {
            if (Is(i, "(") || Is(i, "[")) ++depth;
            if ((Is(i, ")") || Is(i, "]")) && --depth == 0) return i;
        }
        return std::nullopt;
    }

    // The first token of the primary expression that ends at `last`: a name, call, literal, bracket or cast.
    size_t OperandStart(size_t last) const {
        size_t at = last;
        while (true) {
            if (Is(at, ")") || Is(at, "]")) {
                size_t depth = 0;
                while (true) {
                    if (Is(at, ")") || Is(at, "]")) ++depth;
                    if ((Is(at, "(") || Is(at, "[")) && --depth == 0) break;
                    if (at == 0) return last;
                    --at;
                }
                const bool index = Is(at, "[");
                if (at > 0 && (IsName(at - 1) || (index && Is(at - 1, ")")) || Is(at - 1, "]")) &&
                    !IsClause(at - 1)) {
                    --at;
                    continue;
                }
            }
            if (at >= 2 && (Is(at - 1, ".") || Is(at - 1, "::"))) {
                at -= 2;
                continue;
            }
            return at;
        }
    }
    // Words in front of "(" that are not function names.
    bool IsClause(size_t i) const {
        static constexpr std::string_view kWords[] = {"select", "from", "where", "and", "or", "not", "in", "any",
            "all", "on", "then", "when", "else", "case", "by", "having", "as", "union", "limit", "distinct", "join"};
        return std::any_of(std::begin(kWords), std::end(kWords), [&](auto word) { return tokens_[i].IsWord(word); });
    }

    // Reads a type name at `i`, its qualification dropped. Returns the place of the last part.
    size_t TypeAt(size_t i) {
        while (IsName(i) && Is(i + 1, ".") && IsName(i + 2) &&
               (Name(i) == "pg_catalog" || Name(i) == "information_schema")) {
            Drop(i, i + 2);
            i += 2;
        }
        return i;
    }

    bool IsReg(size_t i) const {
        const auto name = Name(i);
        return std::find(std::begin(kReg), std::end(kReg), name) != std::end(kReg);
    }

    void ReplaceType(size_t i) {
        const auto name = Name(i);
        for (const auto& type : kTypes)
            if (type.pg == name && !(name == "char" && tokens_[i].kind == Kind::kWord)) pieces_[i] = type.duck;
    }

    // operand::type
    void Cast(size_t i) {
        if (i == 0 || !IsName(i + 1)) return;
        const size_t type = TypeAt(i + 1);
        if (!IsReg(type)) {
            ReplaceType(type);
            return;
        }
        if (Is(type + 1, "[")) {  // regclass[]: the numbers are good enough.
            pieces_[type] = "UINTEGER";
            return;
        }
        const std::string function = "pg_" + Name(type) + "(";
        Drop(i, type + 1);
        prefixes_[OperandStart(i - 1)] = function + prefixes_[OperandStart(i - 1)];
        suffixes_[i - 1] += ")";
    }

    // CAST(operand AS type)
    void CastCall(size_t i) {
        if (!Is(i + 1, "(")) return;
        const auto close = Close(i + 1);
        if (!close) return;
        size_t depth = 0;
        for (size_t k = i + 1; k < *close; ++k) {
            if (Is(k, "(")) ++depth;
            if (Is(k, ")")) --depth;
            if (depth != 1 || !tokens_[k].IsWord("as")) continue;
            const size_t type = TypeAt(k + 1);
            if (!IsReg(type)) {
                ReplaceType(type);
            } else {
                pieces_[i] = "pg_" + Name(type);
                Drop(k, type + 1);
            }
            return;
        }
    }

    // OPERATOR(pg_catalog.~)
    void Operator(size_t i) {
        if (!Is(i + 1, "(")) return;
        const auto close = Close(i + 1);
        if (!close) return;
        Drop(i, i + 2);
        if (IsName(i + 2) && Is(i + 3, ".")) Drop(i + 2, i + 4);
        pieces_[*close] = " ";
    }

    // COLLATE pg_catalog."default": the order of bytes, which is what we have.
    void Collate(size_t i) {
        size_t last = i + 1;
        while (Is(last + 1, ".") && IsName(last + 2)) last += 2;
        const auto name = Name(last);
        if (name == "default" || name == "C" || name == "c" || name == "POSIX" || name == "posix" || name == "ucs_basic")
            Drop(i, last + 1);
    }

    // '{a,b}'::text[] and = ANY('{a,b}')
    void ArrayLiteral(size_t i) {
        const auto value = tokens_[i].Value();
        if (value.size() < 2 || value.front() != '{' || value.back() != '}') return;
        size_t type = i + 2;
        while (Is(type + 1, ".")) type += 2;
        if (Is(type + 1, "(")) type = Close(type + 1).value_or(type);
        const bool cast = Is(i + 1, "::") && ((Is(type + 1, "[") && Is(type + 2, "]")) ||
                                              Name(type) == "int2vector" || Name(type) == "oidvector");
        const bool quantified = i >= 2 && Is(i - 1, "(") && Is(i + 1, ")") &&
                                (tokens_[i - 2].IsWord("any") || tokens_[i - 2].IsWord("all"));
        if (!cast && !quantified) return;
        std::string list = "[";
        std::string element;
        bool quoted = false;
        bool any = false;
        const auto finish = [&] {
            if (list.size() > 1) list += ", ";
            list += !any && ToLower(element) == "null" ? "NULL" : QuoteLiteral(element);
            element.clear();
            any = false;
        };
        for (size_t k = 1; k + 1 < value.size(); ++k) {
            const char c = value[k];
            if (c == '"') {
                quoted = !quoted;
                any = true;
            } else if (c == '\\' && k + 2 < value.size()) {
                element.push_back(value[++k]);
            } else if (c == ',' && !quoted) {
                finish();
            } else if (c == '{' && !quoted) {
                return;  // More than one dimension.
            } else {
                element.push_back(c);
            }
        }
        if (value.size() > 2) finish();
        pieces_[i] = list + "]";
    }

    // SELECT … FOR UPDATE: nothing to lock.
    void Locking(size_t i) {
        if (!Has(i + 1)) return;
        const auto& next = tokens_[i + 1];
        if (!next.IsWord("update") && !next.IsWord("share") && !next.IsWord("no") && !next.IsWord("key")) return;
        size_t end = i + 1;
        while (Has(end) && (tokens_[end].IsName() || Is(end, ",") || Is(end, "."))) ++end;
        if (!Has(end)) Drop(i, end);
    }

    // pg_catalog.f(…) is f(…), and words that PostgreSQL treats as functions get their brackets.
    void Function(size_t i) {
        const auto name = Name(i);
        if ((name == "pg_catalog" || name == "information_schema") && Is(i + 1, ".") && IsName(i + 2) && Is(i + 3, "(")) {
            Drop(i, i + 2);
            return;
        }
        if (name == "tableoid" && i >= 2 && Is(i - 1, ".")) {  // Which catalogue a row is of: descriptions go without.
            Drop(i - 2, i);
            pieces_[i] = "0";
            return;
        }
        if (tokens_[i].kind != Kind::kWord || Is(i + 1, "(") || Is(i + 1, ".") || (i > 0 && Is(i - 1, "."))) return;
        if (i > 0 && tokens_[i - 1].IsWord("as")) return;
        if (name == "current_user" || name == "session_user" || name == "current_role" || name == "current_schema" ||
            name == "current_catalog")
            pieces_[i] += "()";
    }

    PgRewritten Join() const {
        PgRewritten out;
        size_t at = 0;
        for (size_t i = 0; i < tokens_.size(); ++i) {
            out.sql.append(sql_.substr(at, tokens_[i].begin - at));
            out.sql += prefixes_[i];
            out.places.emplace_back(out.sql.size(), tokens_[i].begin);
            out.sql += pieces_[i];
            out.sql += suffixes_[i];
            at = tokens_[i].end;
        }
        return out;
    }

    std::string_view sql_;
    std::vector<PgToken> tokens_;
    std::vector<std::string> pieces_, prefixes_, suffixes_;
};

}  // namespace

size_t PgRewritten::Original(size_t offset) const {
    auto after = std::upper_bound(places.begin(), places.end(), offset,
                                  [](size_t value, const auto& place) { return value < place.first; });
    if (after == places.begin()) return offset;
    --after;
    return after->second + (offset - after->first);
}

Result<PgRewritten> RewritePgText(std::string_view sql) { return Rewriter(sql, TRY(PgTokens(sql))).Run(); }

}  // namespace weft::engine
