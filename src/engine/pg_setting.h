// The session's settings as PostgreSQL names them: SET, SHOW, RESET, SET LOCAL, and what a rollback takes back.
//
// Used by pg_session and by the functions current_setting and set_config. A setting exists only when it is on the list
// in pg_setting.cc (or has a dot in its name). Invariant: what SHOW says is what holds.
// THREAD: the worker's main thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace weft::engine {

inline constexpr std::string_view kPgServerVersion = "16.4";

class PgSettings {
public:
    // Hears of every new value that the engine must follow (TimeZone, search_path). May refuse.
    using Apply = std::function<Result<>(const std::string& name, const std::string& value)>;

    PgSettings(std::string user, Apply apply);

    // FAILS: 42704 unknown, 22023 bad value, 55P02 read-only.
    Result<> Set(std::string_view name, std::string_view value, bool local);
    Result<> Reset(std::string_view name);
    void ResetAll();
    // A value that the client gave at start: it becomes the value that RESET returns to. Unknown ones are dropped.
    void SetAtStart(std::string_view name, std::string_view value);

    std::optional<std::string> Get(std::string_view name) const;
    struct Row {
        std::string name;
        std::string value;
        std::string about;
    };
    std::vector<Row> All() const;
    uint64_t statement_timeout_ms() const;

    void BeginTransaction();
    void EndTransaction(bool commit);

    // Reported parameters that changed since the last call.
    std::vector<std::pair<std::string, std::string>> TakeReports();

    Json Save() const;              // What differs from the start.
    void Load(const Json& saved);

private:
    struct Known;
    static const Known* Find(std::string_view name);
    Result<std::string> Check(const Known& known, std::string_view value) const;
    Result<> Store(const std::string& key, std::string value, bool local);
    void Follow();

    std::string user_;
    Apply apply_;
    std::map<std::string, std::string> start_;
    std::map<std::string, std::string> session_;
    std::map<std::string, std::string> local_;
    std::map<std::string, std::string> before_;   // session_ when the transaction began.
    std::map<std::string, std::string> applied_;
    std::map<std::string, std::string> reported_;
    bool in_transaction_ = false;
};

}  // namespace weft::engine
