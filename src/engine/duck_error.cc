// From DuckDB's exceptions to our error: SQLSTATE, position, no suggestions of names that the user
// may not know, and no values where a relation with row or column rules was read.
#include <charconv>
#include <exception>

#include "base/log.h"
#include "engine/engine_state.h"

namespace weft::engine {
namespace {

using duckdb::ExceptionType;

struct Known {
    Code code;
    const char* sqlstate;
    const char* plain;  // The text without values; null: DuckDB's own text has none.
};

std::string Extra(const duckdb::ErrorData& error, const char* key) {
    const auto found = error.ExtraInfo().find(key);
    return found == error.ExtraInfo().end() ? std::string() : found->second;
}

Known Classify(const duckdb::ErrorData& error) {
    const auto subtype = Extra(error, "error_subtype");
    const auto kind = Extra(error, "type");
    switch (error.Type()) {
        case ExceptionType::SYNTAX:
        case ExceptionType::PARSER:
            return {Code::kInvalid, "42601", nullptr};
        case ExceptionType::CATALOG:
            if (kind.find("Function") != std::string::npos)
                return {Code::kInvalid, "42883", nullptr};
            if (kind == "Type") return {Code::kInvalid, "42704", nullptr};
            return {Code::kNotFound, "42P01", nullptr};
        case ExceptionType::BINDER:
            if (subtype == "COLUMN_NOT_FOUND") return {Code::kInvalid, "42703", nullptr};
            if (subtype == "NO_MATCHING_FUNCTION") return {Code::kInvalid, "42883", nullptr};
            if (error.RawMessage().starts_with("Ambiguous"))
                return {Code::kInvalid, "42702", nullptr};
            if (error.RawMessage().find("GROUP BY") != std::string::npos)
                return {Code::kInvalid, "42803", nullptr};
            return {Code::kInvalid, "42P10", nullptr};
        case ExceptionType::CONVERSION:
            return {Code::kInvalid, "22P02", "a value cannot be converted"};
        case ExceptionType::OUT_OF_RANGE:
            return {Code::kInvalid, "22003", "a value is out of range"};
        case ExceptionType::DIVIDE_BY_ZERO:
            return {Code::kInvalid, "22012", "division by zero"};
        case ExceptionType::DECIMAL:
        case ExceptionType::MISMATCH_TYPE:
        case ExceptionType::INVALID_TYPE:
        case ExceptionType::UNKNOWN_TYPE:
            return {Code::kInvalid, "42804", nullptr};
        case ExceptionType::INVALID_INPUT:
            return {Code::kInvalid, "22023", "invalid input for a function"};
        case ExceptionType::OBJECT_SIZE:
            return {Code::kLimit, "54000", "a value is too large"};
        case ExceptionType::NOT_IMPLEMENTED:
            return {Code::kInvalid, "0A000", nullptr};
        case ExceptionType::PARAMETER_NOT_RESOLVED:
        case ExceptionType::PARAMETER_NOT_ALLOWED:
            return {Code::kInvalid, "42P18", nullptr};
        case ExceptionType::PERMISSION:
            return {Code::kDenied, "42501", nullptr};
        case ExceptionType::OUT_OF_MEMORY:
            return {Code::kLimit, "53200",
                    "the statement needs more memory than this node gives it"};
        case ExceptionType::TRANSACTION:
            return {Code::kInvalid, "25000", nullptr};
        case ExceptionType::IO:
            return {Code::kUnavailable, "58030", "reading a data file failed"};
        case ExceptionType::DATA_CORRUPTION:
        case ExceptionType::SERIALIZATION:
            return {Code::kCorrupt, "XX001", "a data file is damaged"};
        case ExceptionType::SETTINGS:
        case ExceptionType::INVALID_CONFIGURATION:
            return {Code::kInvalid, "22023", nullptr};
        case ExceptionType::EXPRESSION:
        case ExceptionType::EXECUTOR:
            return {Code::kInvalid, "22000", "the statement failed on a value"};
        default:
            return {Code::kUnavailable, "XX000", "the engine failed on this statement"};
    }
}

// "…\n\nLINE 2: select x\n               ^" -> a finding; the excerpt leaves the text.
void TakePosition(const duckdb::ErrorData& data, std::string& text, Error& error) {
    Finding finding;
    const auto at = text.find("\n\nLINE ");
    if (at != std::string::npos) {
        const auto excerpt = text.substr(at + 2);
        const auto line_end = excerpt.find('\n');
        const auto caret = line_end == std::string::npos ? line_end : excerpt.find('^', line_end);
        const auto colon = excerpt.find(": ");
        if (caret != std::string::npos && colon < line_end &&
            excerpt.substr(colon + 2, 3) != "...") {
            std::from_chars(excerpt.data() + 5, excerpt.data() + colon, finding.line);
            const auto column = caret - line_end - 1;
            if (column >= colon + 2) finding.column = static_cast<uint32_t>(column - colon - 1);
        }
        text.resize(at);
    } else if (const auto position = Extra(data, "position"); !position.empty()) {
        uint32_t offset = 0;
        std::from_chars(position.data(), position.data() + position.size(), offset);
        finding.column = offset + 1;
    }
    if (finding.column > 0) error.findings.push_back(std::move(finding));
}

// Suggestions name what a lookup found, and what it may have found is not for everybody.
void CutSuggestions(std::string& text) {
    for (const char* mark : {"\nDid you mean", "\nCandidate", "\n\tCandidate", " Did you mean"}) {
        if (const auto at = text.find(mark); at != std::string::npos) text.resize(at);
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
}

}  // namespace

Error Engine::FromDuck(const duckdb::ErrorData& data) {
    auto& state = *state_;
    const std::lock_guard guard(state.lock);
    if (data.RawMessage().find(kKeptError) != std::string::npos && state.kept) return *state.kept;
    const auto known = Classify(data);
    Error error{known.code, data.RawMessage(), {}, known.sqlstate, {}};
    if (data.Type() == ExceptionType::INTERRUPT ||
        data.RawMessage().find("maximum execution time") != std::string::npos) {
        error.code = Code::kLimit;
        error.sqlstate = "57014";
        error.message = interrupted() ? "canceling statement due to user request"
                                      : "canceling statement due to statement timeout";
        return error;
    }
    if (error.sqlstate == "XX000") {
        // Its text may hold values: the log gets the kind only.
        LogWarn("engine", "DuckDB failed with {}",
                duckdb::Exception::ExceptionTypeToString(data.Type()));
    }
    if (error.sqlstate == "42P01") {
        if (state.denial) {
            auto denial = *state.denial;
            if (denial.sqlstate.empty())
                denial.sqlstate = denial.code == Code::kDenied ? "42501" : "42P01";
            TakePosition(data, error.message, denial);
            return denial;
        }
        TakePosition(data, error.message, error);
        const auto name = Extra(data, "name");
        error.message = name.empty() ? "the relation does not exist"
                                     : "relation \"" + name + "\" does not exist";
        return error;
    }
    // What 'name'::regclass says of an unknown name (pg_catalog/function.sql) is the code that clients look for.
    if (data.Type() == ExceptionType::INVALID_INPUT && error.message.starts_with("relation \"") &&
        error.message.ends_with("\" does not exist"))
        error.sqlstate = "42P01";
    TakePosition(data, error.message, error);
    CutSuggestions(error.message);
    if (known.plain != nullptr && (state.restricted || error.sqlstate == "XX000")) {
        error.message = known.plain;
        error.findings.clear();
    }
    return error;
}

Error Engine::FromCurrentException() {
    try {
        std::rethrow_exception(std::current_exception());
    } catch (const std::bad_alloc&) {
        return {Code::kLimit,
                "the statement needs more memory than this node gives it",
                {},
                "53200",
                {}};
    } catch (const std::exception& exception) {
        return FromDuck(duckdb::ErrorData(exception));
    } catch (...) {
        return {Code::kUnavailable, "the engine failed on this statement", {}, "XX000", {}};
    }
}

}  // namespace weft::engine
