// COPY … TO STDOUT and COPY … FROM STDIN in their new and their old spelling.
#include <fmt/format.h>

#include "base/text.h"
#include "engine/pg_utility.h"

namespace weft::engine {
Result<PgUtility> ParsePgCopy(const PgStatementText& statement);  // Called by pg_utility.cc.

namespace {

std::unexpected<Error> Refuse(const char* sqlstate, std::string message, std::string hint = {}) {
    Error error;
    error.message = std::move(message);
    error.hint = std::move(hint);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

class CopyParser {
public:
    explicit CopyParser(const PgStatementText& statement) : sql_(statement.sql), tokens_(statement.tokens) {}

    Result<PgUtility> Run() {
        ++at_;  // COPY
        if (Accept("binary")) format_ = PgCopyOptions::Format::kBinary;
        CHECK_OK(TakeSource());
        if (Accept("from")) {
            CHECK_OK(TurnIn());
        } else if (!Accept("to")) {
            return Unexpected();
        } else if (!Accept("stdout")) {
            return Refuse("42501", "COPY to a file or program is not permitted", "Use COPY … TO STDOUT.");
        }
        Accept("with");
        CHECK_OK(Now().Is("(") ? TakeNewOptions() : TakeOldOptions());
        if (Now().IsWord("where")) return Refuse("0A000", "COPY with WHERE is not supported");
        if (at_ < tokens_.size()) return Unexpected();
        CHECK_OK(Settle());
        return std::move(out_);
    }

private:
    const PgToken& Now() const {
        static const PgToken kEnd;
        return at_ < tokens_.size() ? tokens_[at_] : kEnd;
    }
    bool Accept(std::string_view word) {
        if (!Now().IsWord(word)) return false;
        ++at_;
        return true;
    }
    std::unexpected<Error> Unexpected() const {
        if (at_ >= tokens_.size()) return Refuse("42601", "syntax error at end of input");
        return Refuse("42601", fmt::format("syntax error at or near \"{}\"", Now().text));
    }

    Result<> SkipGroup() {
        size_t depth = 0;
        for (; at_ < tokens_.size(); ++at_) {
            if (Now().Is("(")) ++depth;
            if (Now().Is(")") && --depth == 0) {
                ++at_;
                return {};
            }
        }
        return Unexpected();
    }

    // What was read as a source is a target.
    Result<> TurnIn() {
        if (out_.target.empty()) return Unexpected();
        if (!Accept("stdin"))
            return Refuse("42501", "COPY from a file or program is not permitted",
                          "Use COPY … FROM STDIN: \\copy in psql, copy() in drivers.");
        if (!plain_columns_) return Refuse("42601", "COPY FROM takes a list of column names");
        out_.kind = PgUtility::Kind::kCopyIn;
        out_.sql.clear();
        return {};
    }

    // "(a, b)" as names, where it is a list of names.
    void NoteColumns(size_t open) {
        for (size_t at = open + 1; at + 1 < at_; at += 2) {
            const bool more = tokens_[at + 1].Is(",") && at + 2 < at_ - 1;
            plain_columns_ = plain_columns_ && tokens_[at].IsName() && (more || at + 2 == at_);
            if (!plain_columns_) return;
            out_.columns.push_back(tokens_[at].Name());
        }
    }

    Result<> TakeSource() {
        out_.kind = PgUtility::Kind::kCopyOut;
        if (Now().Is("(")) {
            const size_t begin = Now().end;
            CHECK_OK(SkipGroup());
            out_.sql_offset = begin;
            out_.sql = std::string(sql_.substr(begin, tokens_[at_ - 1].begin - begin));
            return {};
        }
        const size_t begin = Now().begin;
        while (Now().IsName()) {
            out_.target.push_back(Now().Name());
            ++at_;
            if (!Now().Is(".")) break;
            ++at_;
        }
        if (begin == Now().begin || at_ == 1) return Unexpected();
        const auto table = sql_.substr(begin, tokens_[at_ - 1].end - begin);
        std::string_view columns = "*";
        if (Now().Is("(")) {
            const size_t open = Now().end;
            const size_t first = at_;
            CHECK_OK(SkipGroup());
            NoteColumns(first);
            columns = sql_.substr(open, tokens_[at_ - 1].begin - open);
        }
        out_.sql = fmt::format("SELECT {} FROM {}", columns, table);
        return {};
    }

    Result<char> OneByte(const char* what) {
        if (Now().kind != PgToken::Kind::kString) return Unexpected();
        const std::string value = Now().Value();
        ++at_;
        if (value.size() != 1)
            return Refuse("0A000", fmt::format("COPY {} must be a single one-byte character", what));
        return value[0];
    }

    bool IsMatch() const {
        return Now().IsWord("match") ||
               (Now().kind == PgToken::Kind::kString && ToLower(Now().Value()) == "match");
    }

    bool Boolean() {  // Absent means on.
        if (Now().Is(",") || Now().Is(")")) return true;
        std::string text(Now().text);
        if (Now().kind == PgToken::Kind::kString) text = Now().Value();
        text = ToLower(text);
        ++at_;
        return text == "true" || text == "on" || text == "1" || text == "match";
    }

    Result<> TakeFormat() {
        const std::string name = Now().kind == PgToken::Kind::kString ? ToLower(Now().Value()) : ToLower(Now().text);
        ++at_;
        if (name == "csv") {
            format_ = PgCopyOptions::Format::kCsv;
        } else if (name == "binary") {
            format_ = PgCopyOptions::Format::kBinary;
        } else if (name != "text") {
            return Refuse("22023", fmt::format("COPY format \"{}\" not recognized", name),
                          "Formats are text, csv and binary.");
        }
        return {};
    }

    Result<> TakeNull() {
        if (Now().kind != PgToken::Kind::kString) return Unexpected();
        null_ = Now().Value();
        ++at_;
        return {};
    }

    Result<> TakeEncoding() {
        if (Now().kind != PgToken::Kind::kString) return Unexpected();
        const std::string name = ToLower(Now().Value());
        ++at_;
        if (name == "utf8" || name == "utf-8" || name == "unicode") return {};
        return Refuse("0A000", fmt::format("COPY encoding \"{}\" is not supported", name),
                      "Send UTF8.");
    }

    Result<> TakeForce() {  // The words FORCE_QUOTE are gone: * or a list of columns.
        if (Now().Is("*")) {
            ++at_;
            out_.copy.quote_all = true;
            return {};
        }
        return Refuse("0A000", "COPY FORCE_QUOTE knows only *");
    }

    Result<> TakeNewOptions() {
        ++at_;
        while (true) {
            if (Accept("format")) {
                CHECK_OK(TakeFormat());
            } else if (Accept("delimiter")) {
                delimiter_ = TRY(OneByte("delimiter"));
            } else if (Accept("null")) {
                CHECK_OK(TakeNull());
            } else if (Accept("header")) {
                out_.copy.header_match = IsMatch();
                out_.copy.header = Boolean();
            } else if (Accept("quote")) {
                out_.copy.quote = TRY(OneByte("quote"));
            } else if (Accept("escape")) {
                escape_ = TRY(OneByte("escape"));
            } else if (Accept("force_quote")) {
                CHECK_OK(TakeForce());
            } else if (Accept("encoding")) {
                CHECK_OK(TakeEncoding());
            } else if (Accept("freeze")) {
                (void)Boolean();
            } else if (Now().IsWord("force_null") || Now().IsWord("force_not_null") ||
                       Now().IsWord("on_error")) {
                return Refuse("0A000",
                              fmt::format("COPY {} is not supported", ToLower(Now().text)));
            } else {
                return Unexpected();
            }
            if (Now().Is(")")) break;
            if (!Now().Is(",")) return Unexpected();
            ++at_;
        }
        ++at_;
        return {};
    }

    Result<> TakeOldOptions() {
        while (at_ < tokens_.size() && !Now().IsWord("where")) {
            if (Accept("binary")) {
                format_ = PgCopyOptions::Format::kBinary;
            } else if (Accept("csv")) {
                format_ = PgCopyOptions::Format::kCsv;
            } else if (Accept("header")) {
                out_.copy.header = true;
            } else if (Accept("delimiter") || Accept("delimiters")) {
                Accept("as");
                delimiter_ = TRY(OneByte("delimiter"));
            } else if (Accept("null")) {
                Accept("as");
                CHECK_OK(TakeNull());
            } else if (Accept("quote")) {
                Accept("as");
                out_.copy.quote = TRY(OneByte("quote"));
            } else if (Accept("escape")) {
                Accept("as");
                escape_ = TRY(OneByte("escape"));
            } else if (Accept("force")) {
                if (!Accept("quote")) return Unexpected();
                CHECK_OK(TakeForce());
            } else {
                return Unexpected();
            }
        }
        return {};
    }

    Result<> Settle() {
        auto& copy = out_.copy;
        copy.format = format_;
        const bool csv = format_ == PgCopyOptions::Format::kCsv;
        copy.delimiter = delimiter_ ? *delimiter_ : (csv ? ',' : '\t');
        copy.null_text = null_ ? *null_ : (csv ? "" : "\\N");
        copy.escape = escape_ ? *escape_ : copy.quote;
        if (out_.kind == PgUtility::Kind::kCopyIn) {
            if (format_ == PgCopyOptions::Format::kBinary)
                return Refuse("0A000", "COPY FROM in the binary format is not supported",
                              "Use FORMAT csv or text.");
            if (out_.copy.quote_all) return Refuse("0A000", "COPY FORCE_QUOTE is for COPY TO only");
            if (!csv && copy.delimiter == '\\')
                return Refuse("22023", "COPY delimiter cannot be \"\\\"");
        } else if (copy.header_match) {
            return Refuse("0A000", "HEADER MATCH is for COPY FROM only");
        }
        if (format_ == PgCopyOptions::Format::kBinary && (delimiter_ || null_ || copy.header))
            return Refuse("22023", "binary COPY takes no delimiter, null or header");
        if (copy.delimiter == '\n' || copy.delimiter == '\r' || copy.null_text.find_first_of("\r\n") != std::string::npos)
            return Refuse("22023", "COPY delimiter and null must not hold line breaks");
        if (csv && copy.delimiter == copy.quote)
            return Refuse("22023", "COPY delimiter and quote must be different");
        if (copy.null_text.find(copy.delimiter) != std::string::npos)
            return Refuse("22023", "COPY delimiter must not appear in the NULL specification");
        return {};
    }

    std::string_view sql_;
    const std::vector<PgToken>& tokens_;
    size_t at_ = 0;
    PgUtility out_;
    PgCopyOptions::Format format_ = PgCopyOptions::Format::kText;
    std::optional<char> delimiter_;
    std::optional<char> escape_;
    std::optional<std::string> null_;
    bool plain_columns_ = true;
};

}  // namespace

Result<PgUtility> ParsePgCopy(const PgStatementText& statement) { return CopyParser(statement).Run(); }

}  // namespace weft::engine
