// The one error type of Weft and the one way to pass it on.
//
// Every fallible function returns Result<T>. Nothing throws across a function boundary: exceptions
// of third-party code are caught in the one adapter that calls it. A code exists only because some
// caller acts differently on it; the gateway's table maps each to SQLSTATE and HTTP status.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace weft {

enum class Code : uint8_t {
    kInvalid,         // The input is wrong; the same call will fail again.
    kNotFound,        // The named thing does not exist, or the caller may not know that it does.
    kExists,          // The name is taken.
    kDenied,          // The caller is known and may not.
    kConflict,        // Somebody was faster: read again, then retry.
    kUnknownOutcome,  // The change may or may not have happened: never clean up, read again first.
    kLimit,           // Too large, too long, too many: back off.
    kUnavailable,     // Not now: retry.
    kCorrupt,         // Stored bytes are wrong: stop.
    kCount
};

// Where and what exactly: one line of a report about a user's file or statement.
struct Finding {
    enum class Severity : uint8_t { kError, kWarning };
    Severity severity = Severity::kError;
    std::string id;       // Stable, as "E1207"; listed in docs/errors.md.
    std::string file;     // Relative path as the user gave it; empty when there is none.
    uint32_t line = 0;    // 1-based; 0 when unknown.
    uint32_t column = 0;  // 1-based, in bytes.
    uint32_t length = 1;  // Bytes to underline.
    std::string message;  // What is wrong, in the user's words.
    std::string
        expected;      // What would have been right ("one of: varchar, bigint …"); may be empty.
    std::string help;  // The nearest name or the fix; may be empty.
};

struct [[nodiscard]] Error {
    Code code = Code::kInvalid;
    std::string message;            // One sentence for the caller; never row data, never secrets.
    std::vector<Finding> findings;  // All problems at once; empty for most errors.
    std::string sqlstate;  // Set only where PostgreSQL clients need a finer code than `code` gives.
    std::string hint;      // What to do about it; may be empty.
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> Fail(Code code, std::string message, std::string hint = {}) {
    return std::unexpected(Error{code, std::move(message), {}, {}, std::move(hint)});
}

// Stable lower-case word for logs, JSON and tests ("invalid", "not_found", …).
std::string CodeName(Code code);

[[noreturn]] void AssertFailed(const char* condition, const char* file, int line);

}  // namespace weft

// TRY yields the value or returns the error: const auto product = TRY(Resolve(state, name));
#define TRY(expr)                                               \
    __extension__({                                             \
        auto result_ = (expr);                                  \
        if (!result_) [[unlikely]]                              \
            return std::unexpected(std::move(result_).error()); \
        *std::move(result_);                                    \
    })

#define CHECK_OK(expr)                                          \
    do {                                                        \
        if (auto result_ = (expr); !result_) [[unlikely]]       \
            return std::unexpected(std::move(result_).error()); \
    } while (false)

// Stays on in release and aborts. For our own mistakes only, never for input, network or disk.
#define Assert(condition) \
    ((condition) ? static_cast<void>(0) : ::weft::AssertFailed(#condition, __FILE__, __LINE__))
