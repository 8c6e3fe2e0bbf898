#include "engine/pg_lexer.h"

#include "base/text.h"

namespace weft::engine {
namespace {

bool IsWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordPart(char c) { return IsWordStart(c) || IsDigit(c) || c == '$'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool IsOperator(char c) { return std::string_view("+-*/<>=~!@#%^&|`?").find(c) != std::string_view::npos; }

std::unexpected<Error> Unterminated(std::string_view what) {
    Error error;
    error.message = "unterminated " + std::string(what);
    error.sqlstate = "42601";
    return std::unexpected(std::move(error));
}

class Lexer {
public:
    explicit Lexer(std::string_view sql) : sql_(sql) {}

    Result<std::vector<PgToken>> Run() {
        std::vector<PgToken> tokens;
        while (true) {
            CHECK_OK(SkipBlanks());
            if (at_ >= sql_.size()) return tokens;
            const size_t begin = at_;
            const auto kind = TRY(Take());
            tokens.push_back({kind, sql_.substr(begin, at_ - begin), begin, at_});
        }
    }

private:
    char Peek(size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }

    Result<> SkipBlanks() {
        while (at_ < sql_.size()) {
            if (IsBlank(Peek())) {
                ++at_;
            } else if (Peek() == '-' && Peek(1) == '-') {
                at_ = std::min(sql_.find('\n', at_), sql_.size());
            } else if (Peek() == '/' && Peek(1) == '*') {
                CHECK_OK(SkipComment());
            } else {
                break;
            }
        }
        return {};
    }

    Result<> SkipComment() {  // They nest.
        size_t depth = 0;
        while (at_ < sql_.size()) {
            if (Peek() == '/' && Peek(1) == '*') {
                ++depth;
                at_ += 2;
            } else if (Peek() == '*' && Peek(1) == '/') {
                at_ += 2;
                if (--depth == 0) return {};
            } else {
                ++at_;
            }
        }
        return Unterminated("/* comment");
    }

    Result<PgToken::Kind> Take() {
        using Kind = PgToken::Kind;
        const char c = Peek();
        if ((c == 'e' || c == 'E') && Peek(1) == '\'') {
            ++at_;
            CHECK_OK(Quoted('\'', true));
            return Kind::kString;
        }
        if (c == '\'') {
            CHECK_OK(Quoted('\'', false));
            return Kind::kString;
        }
        if (c == '"') {
            CHECK_OK(Quoted('"', false));
            return Kind::kQuoted;
        }
        if (c == '$') return Dollar();
        if (IsWordStart(c)) {
            while (IsWordPart(Peek())) ++at_;
            return Kind::kWord;
        }
        if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) {
            Number();
            return Kind::kNumber;
        }
        Symbol();
        return Kind::kSymbol;
    }

    Result<> Quoted(char quote, bool escapes) {
        ++at_;
        while (at_ < sql_.size()) {
            if (escapes && Peek() == '\\') {
                at_ += 2;
            } else if (Peek() == quote) {
                ++at_;
                if (Peek() != quote) return {};
                ++at_;
            } else {
                ++at_;
            }
        }
        at_ = sql_.size();
        return Unterminated(quote == '"' ? "quoted identifier" : "quoted string");
    }

    Result<PgToken::Kind> Dollar() {
        if (IsDigit(Peek(1))) {
            ++at_;
            while (IsDigit(Peek())) ++at_;
            return PgToken::Kind::kParameter;
        }
        size_t end = at_ + 1;
        while (end < sql_.size() && IsWordPart(sql_[end]) && sql_[end] != '$') ++end;
        if (end >= sql_.size() || sql_[end] != '$') {  // A named parameter or a stray dollar.
            at_ = end;
            return PgToken::Kind::kSymbol;
        }
        const std::string_view tag = sql_.substr(at_, end + 1 - at_);
        const size_t close = sql_.find(tag, end + 1);
        if (close == std::string_view::npos) return Unterminated("dollar-quoted string");
        at_ = close + tag.size();
        return PgToken::Kind::kString;
    }

    void Number() {
        while (IsDigit(Peek()) || Peek() == '.' || Peek() == '_') ++at_;
        if (Peek() != 'e' && Peek() != 'E') return;
        const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 2 : 1;
        if (!IsDigit(Peek(sign))) return;
        at_ += sign;
        while (IsDigit(Peek())) ++at_;
    }

    void Symbol() {
        if (Peek() == ':' && (Peek(1) == ':' || Peek(1) == '=')) {
            at_ += 2;
            return;
        }
        if (!IsOperator(Peek())) {
            ++at_;
            return;
        }
        while (IsOperator(Peek())) {  // A comment ends an operator.
            if ((Peek() == '-' && Peek(1) == '-') || (Peek() == '/' && Peek(1) == '*')) return;
            ++at_;
        }
    }

    std::string_view sql_;
    size_t at_ = 0;
};

std::string Unescape(std::string_view body) {  // E'…'
    std::string out;
    for (size_t i = 0; i < body.size(); ++i) {
        if (body[i] == '\'') ++i;
        if (i >= body.size()) break;
        if (body[i] != '\\' || i + 1 >= body.size()) {
            out.push_back(body[i]);
            continue;
        }
        const char c = body[++i];
        const size_t known = std::string_view("bfnrt").find(c);
        out.push_back(known == std::string_view::npos ? c : "\b\f\n\r\t"[known]);
    }
    return out;
}

std::string Undouble(std::string_view body, char quote) {
    std::string out;
    for (size_t i = 0; i < body.size(); ++i) {
        out.push_back(body[i]);
        if (body[i] == quote) ++i;
    }
    return out;
}

}  // namespace

bool PgToken::IsWord(std::string_view lower) const {
    if (kind != Kind::kWord || text.size() != lower.size()) return false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
    }
    return true;
}

std::string PgToken::Name() const {
    if (kind == Kind::kQuoted) return Undouble(text.substr(1, text.size() - 2), '"');
    return ToLower(text);
}

std::string PgToken::Value() const {
    if (text.front() == '$') {
        const size_t tag = text.find('$', 1) + 1;
        return std::string(text.substr(tag, text.size() - 2 * tag));
    }
    if (text.front() == '\'') return Undouble(text.substr(1, text.size() - 2), '\'');
    return Unescape(text.substr(2, text.size() - 3));
}

Result<std::vector<PgToken>> PgTokens(std::string_view sql) { return Lexer(sql).Run(); }

Result<std::vector<PgStatementText>> PgSplit(std::string_view sql) {
    const auto tokens = TRY(PgTokens(sql));
    std::vector<PgStatementText> statements;
    size_t first = 0;
    for (size_t i = 0; i <= tokens.size(); ++i) {
        if (i < tokens.size() && !tokens[i].Is(";")) continue;
        if (i > first) {
            const size_t begin = tokens[first].begin;
            PgStatementText statement{sql.substr(begin, tokens[i - 1].end - begin), begin, {}};
            for (size_t k = first; k < i; ++k) {
                auto token = tokens[k];
                token.begin -= begin;
                token.end -= begin;
                statement.tokens.push_back(token);
            }
            statements.push_back(std::move(statement));
        }
        first = i + 1;
    }
    return statements;
}

}  // namespace weft::engine
