#include "engine/pg_setting.h"

#include <charconv>

#include "base/text.h"

namespace weft::engine {

enum class Shape : uint8_t { kText, kBool, kMilliseconds, kFixed, kEncoding, kDateStyle, kOnlyOn, kOneOf };

struct PgSettings::Known {
    std::string_view name;
    std::string_view value;     // The default; empty for those that depend on the session.
    Shape shape = Shape::kText;
    bool reported = false;
    bool applied = false;       // The engine must follow.
    std::string_view about;
    std::string_view choices;   // kOneOf: separated by '|', the first is what an alias means.
};

namespace {

constexpr size_t kValueBytesMax = 16'384;
constexpr size_t kCustomSettingsMax = 200;

std::unexpected<Error> Refuse(const char* sqlstate, std::string message) {
    Error error;
    error.message = std::move(message);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

std::optional<bool> AsBool(std::string_view text) {
    const std::string low = ToLower(text);
    if (low == "on" || low == "true" || low == "yes" || low == "1" || low == "t" || low == "y") return true;
    if (low == "off" || low == "false" || low == "no" || low == "0" || low == "f" || low == "n") return false;
    return std::nullopt;
}

std::optional<uint64_t> AsMilliseconds(std::string_view text) {
    text = Trim(text);
    uint64_t number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end.ec != std::errc()) return std::nullopt;
    const auto unit = Trim(text.substr(static_cast<size_t>(end.ptr - text.data())));
    if (number > 2'147'483'647) return std::nullopt;
    if (unit.empty() || unit == "ms") return number;
    if (unit == "s") return number * 1'000;
    if (unit == "min") return number * 60'000;
    if (unit == "h") return number * 3'600'000;
    if (unit == "d") return number * 86'400'000;
    return std::nullopt;
}

}  // namespace

// Each line is a decision: what holds, what can be changed, and whether the client is told.
const PgSettings::Known* PgSettings::Find(std::string_view name) {
    static constexpr Known kKnown[] = {
        {"application_name", "", Shape::kText, true, false, "Sets the application name to be reported.", ""},
        {"array_nulls", "on", Shape::kOnlyOn, false, false, "Enable input of NULL elements in arrays.", ""},
        {"block_size", "8192", Shape::kFixed, false, false, "Shows the size of a disk block.", ""},
        {"bytea_output", "hex", Shape::kOneOf, false, false, "Sets the output format for bytea.", "hex"},
        {"client_encoding", "UTF8", Shape::kEncoding, true, false, "Sets the client's character set encoding.", ""},
        {"client_min_messages", "notice", Shape::kText, false, false, "Sets the message levels that are sent.", ""},
        {"cursor_tuple_fraction", "0.1", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"DateStyle", "ISO, MDY", Shape::kDateStyle, true, false, "Sets the display format for date values.", ""},
        {"default_table_access_method", "heap", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"default_tablespace", "", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"default_transaction_deferrable", "off", Shape::kBool, false, false, "Accepted for compatibility.", ""},
        {"default_transaction_isolation", "repeatable read", Shape::kText, false, false,
         "Sets the isolation level of each new transaction; reads use one snapshot whatever it says.", ""},
        {"default_transaction_read_only", "off", Shape::kBool, true, false,
         "Sets whether new transactions refuse INSERT and COPY FROM.", ""},
        {"enable_seqscan", "on", Shape::kBool, false, false, "Accepted for compatibility.", ""},
        {"escape_string_warning", "on", Shape::kBool, false, false, "Accepted for compatibility.", ""},
        {"extra_float_digits", "1", Shape::kText, false, false, "Floats are always printed shortest and exact.", ""},
        {"force_parallel_mode", "off", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"geqo", "on", Shape::kBool, false, false, "Accepted for compatibility.", ""},
        {"idle_in_transaction_session_timeout", "0", Shape::kMilliseconds, false, false, "Accepted; the node has its own limit.", ""},
        {"idle_session_timeout", "0", Shape::kMilliseconds, false, false, "Accepted; the node has its own limit.", ""},
        {"in_hot_standby", "off", Shape::kFixed, true, false, "Shows whether hot standby is active.", ""},
        {"integer_datetimes", "on", Shape::kFixed, true, false, "Shows whether datetimes are integer based.", ""},
        {"IntervalStyle", "postgres", Shape::kOneOf, true, false, "Sets the display format for intervals.", "postgres"},
        {"is_superuser", "off", Shape::kFixed, true, false, "Shows whether the current user is a superuser.", ""},
        {"jit", "off", Shape::kBool, false, false, "Accepted for compatibility.", ""},
        {"lc_collate", "C", Shape::kFixed, false, false, "Shows the collation order locale.", ""},
        {"lc_ctype", "C.UTF-8", Shape::kFixed, false, false, "Shows the character classification locale.", ""},
        {"lc_messages", "C", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"lc_monetary", "C", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"lc_numeric", "C", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"lc_time", "C", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"lock_timeout", "0", Shape::kMilliseconds, false, false, "Accepted; reads take no locks.", ""},
        {"max_connections", "100", Shape::kFixed, false, false, "Shows a usual number.", ""},
        {"max_identifier_length", "63", Shape::kFixed, false, false, "Shows the maximum identifier length.", ""},
        {"max_index_keys", "32", Shape::kFixed, false, false, "Shows the maximum number of index keys.", ""},
        {"max_parallel_workers_per_gather", "0", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"plan_cache_mode", "auto", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"quote_all_identifiers", "off", Shape::kBool, false, false, "Accepted for compatibility.", ""},
        {"row_security", "on", Shape::kBool, false, false, "Row rules of Weft always hold.", ""},
        {"search_path", "public", Shape::kText, false, true, "Sets the domain order for unqualified names.", ""},
        {"server_encoding", "UTF8", Shape::kFixed, true, false, "Shows the server character set encoding.", ""},
        {"server_version", kPgServerVersion, Shape::kFixed, true, false, "Shows the server version.", ""},
        {"server_version_num", "160004", Shape::kFixed, false, false, "Shows the server version as an integer.", ""},
        {"session_authorization", "", Shape::kFixed, true, false, "Shows the session's user.", ""},
        {"session_replication_role", "origin", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"ssl_renegotiation_limit", "0", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"standard_conforming_strings", "on", Shape::kOnlyOn, true, false, "Backslashes in '…' are ordinary.", ""},
        {"statement_timeout", "0", Shape::kMilliseconds, false, false, "Sets the maximum duration of a statement.", ""},
        {"synchronize_seqscans", "on", Shape::kBool, false, false, "Accepted for compatibility.", ""},
        {"synchronous_commit", "on", Shape::kText, false, false, "Accepted for compatibility.", ""},
        {"TimeZone", "UTC", Shape::kText, true, true, "Sets the time zone for displaying timestamps.", ""},
        {"transaction_deferrable", "off", Shape::kBool, false, false, "Accepted for compatibility.", ""},
        {"transaction_isolation", "repeatable read", Shape::kText, false, false, "The current isolation level.", ""},
        {"transaction_read_only", "", Shape::kBool, false, false,
         "Shows whether this transaction refuses INSERT and COPY FROM.", ""},
        {"work_mem", "4MB", Shape::kText, false, false, "Accepted; the node sets a session's memory.", ""},
        {"xmloption", "content", Shape::kText, false, false, "Accepted for compatibility.", ""},
    };
    const std::string low = ToLower(name);
    if (low.empty()) return kKnown;  // All: see All().
    for (const auto& known : kKnown)
        if (ToLower(known.name) == low) return &known;
    return nullptr;
}

PgSettings::PgSettings(std::string user, Apply apply) : user_(std::move(user)), apply_(std::move(apply)) {
    TakeReports();  // What holds at the start, the gateway has told.
}

Result<std::string> PgSettings::Check(const Known& known, std::string_view value) const {
    const auto bad = [&] {
        return Refuse("22023", "invalid value for parameter \"" + std::string(known.name) + "\": \"" +
                                   std::string(value) + "\"");
    };
    if (value.size() > kValueBytesMax || !IsUtf8(value)) return bad();
    switch (known.shape) {
        case Shape::kText: return std::string(value);
        case Shape::kFixed:
            return Refuse("55P02", "parameter \"" + std::string(known.name) + "\" cannot be changed");
        case Shape::kBool: {
            const auto flag = AsBool(value);
            if (!flag) return bad();
            return std::string(*flag ? "on" : "off");
        }
        case Shape::kOnlyOn:
            if (AsBool(value) != true) return bad();
            return std::string("on");
        case Shape::kMilliseconds: {
            const auto ms = AsMilliseconds(value);
            if (!ms) return bad();
            return std::to_string(*ms);
        }
        case Shape::kEncoding: {
            const std::string low = ToLower(Trim(value));
            if (low == "utf8" || low == "utf-8" || low == "unicode") return std::string("UTF8");
            return Refuse("0A000", "conversion between " + std::string(value) + " and UTF8 is not supported");
        }
        case Shape::kDateStyle: {
            std::string order = "MDY";
            for (const auto& part : Split(ToLower(value), ',')) {
                const auto word = Trim(part);
                if (word == "dmy" || word == "european") order = "DMY";
                else if (word == "ymd") order = "YMD";
                else if (word != "iso" && word != "mdy" && word != "us" && word != "default") return bad();
            }
            return "ISO, " + order;
        }
        case Shape::kOneOf:
            if (ToLower(value) != known.choices) return bad();
            return std::string(known.choices);
    }
    return bad();
}

Result<> PgSettings::Store(const std::string& key, std::string value, bool local) {
    if (local && !in_transaction_) return {};  // As PostgreSQL: no effect outside of a transaction.
    auto& where = local ? local_ : session_;
    if (!where.contains(key) && where.size() >= kCustomSettingsMax) return Refuse("54000", "too many settings");
    if (!local) local_.erase(key);
    where[key] = std::move(value);
    return {};
}

Result<> PgSettings::Set(std::string_view name, std::string_view value, bool local) {
    const Known* known = name.empty() ? nullptr : Find(name);
    if (!known) {
        if (name.find('.') == std::string_view::npos || name.size() > 128 || value.size() > kValueBytesMax)
            return Refuse("42704", "unrecognized configuration parameter \"" + std::string(name) + "\"");
        return Store(ToLower(name), std::string(value), local);
    }
    std::string checked = TRY(Check(*known, value));
    const std::string key = ToLower(known->name);
    if (known->applied && apply_ && !(local && !in_transaction_)) {
        if (auto done = apply_(std::string(known->name), checked); !done) {
            auto error = std::move(done).error();
            if (error.sqlstate.empty() || error.code != Code::kDenied) error.sqlstate = "22023";
            error.message = "invalid value for parameter \"" + std::string(known->name) + "\": \"" + checked + "\"";
            return std::unexpected(std::move(error));
        }
        applied_[key] = checked;
    }
    return Store(key, std::move(checked), local);
}

void PgSettings::SetAtStart(std::string_view name, std::string_view value) {
    const Known* known = name.empty() ? nullptr : Find(name);
    if (!known) return;
    auto checked = Check(*known, value);
    if (!checked) return;
    const std::string key = ToLower(known->name);
    if (known->applied && apply_) {
        if (!apply_(std::string(known->name), *checked)) return;
        applied_[key] = *checked;
    }
    start_[key] = std::move(*checked);
    TakeReports();
}

Result<> PgSettings::Reset(std::string_view name) {
    const Known* known = name.empty() ? nullptr : Find(name);
    const std::string key = ToLower(name);
    if (!known && !session_.contains(key) && !local_.contains(key))
        return Refuse("42704", "unrecognized configuration parameter \"" + std::string(name) + "\"");
    if (known && known->shape == Shape::kFixed)
        return Refuse("55P02", "parameter \"" + std::string(known->name) + "\" cannot be changed");
    session_.erase(key);
    local_.erase(key);
    Follow();
    return {};
}

void PgSettings::ResetAll() {
    session_.clear();
    local_.clear();
    Follow();
}

// Tells the engine what holds now, after values went away rather than came.
void PgSettings::Follow() {
    for (auto& [key, value] : applied_) {
        const auto now = Get(key);
        if (!now || *now == value) continue;
        const Known* known = Find(key);
        if (apply_ && apply_(std::string(known->name), *now)) value = *now;
    }
}

std::optional<std::string> PgSettings::Get(std::string_view name) const {
    if (name.empty()) return std::nullopt;
    const std::string key = ToLower(name);
    for (const auto* where : {&local_, &session_, &start_})
        if (const auto found = where->find(key); found != where->end()) return found->second;
    const Known* known = Find(name);
    if (!known) return std::nullopt;
    if (key == "session_authorization") return user_;
    if (key == "transaction_read_only") return Get("default_transaction_read_only");
    return std::string(known->value);
}

std::vector<PgSettings::Row> PgSettings::All() const {
    std::vector<Row> rows;
    const Known* const first = Find("");
    for (const Known* known = first;; ++known) {
        rows.push_back({std::string(known->name), Get(known->name).value_or(""), std::string(known->about)});
        if (known->name == "xmloption") break;
    }
    return rows;
}

uint64_t PgSettings::statement_timeout_ms() const {
    return AsMilliseconds(Get("statement_timeout").value_or("0")).value_or(0);
}

void PgSettings::BeginTransaction() {
    in_transaction_ = true;
    before_ = session_;
}

void PgSettings::EndTransaction(bool commit) {
    if (!in_transaction_) return;
    in_transaction_ = false;
    local_.clear();
    if (!commit) session_ = before_;
    before_.clear();
    Follow();
}

std::vector<std::pair<std::string, std::string>> PgSettings::TakeReports() {
    std::vector<std::pair<std::string, std::string>> changes;
    for (const Known* known = Find("");; ++known) {
        if (known->reported) {
            const std::string name(known->name);
            const std::string now = Get(name).value_or("");
            if (const auto told = reported_.find(name); told == reported_.end() || told->second != now) {
                reported_[name] = now;
                changes.emplace_back(name, now);
            }
        }
        if (known->name == "xmloption") return changes;
    }
}

Json PgSettings::Save() const {
    Json saved = Json::object();
    for (const auto& [key, value] : session_) saved[key] = value;
    return saved;
}

void PgSettings::Load(const Json& saved) {
    for (const auto& [key, value] : saved.items())
        if (value.is_string()) (void)Set(key, value.get_ref<const std::string&>(), false);
    TakeReports();
}

}  // namespace weft::engine
