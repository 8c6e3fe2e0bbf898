#include "app/config.h"

#include <charconv>
#include <functional>
#include <limits>
#include <map>

#include "base/text.h"
#include "model/yaml.h"

namespace weft::app {
namespace {

using model::Yaml;

// What a key of the file sets; returns what was expected when the value is something else.
using Setter = std::function<std::string(const Yaml& value)>;

template <class T>
Setter Number(T& target, T least = 1) {
    return [&target, least](const Yaml& value) -> std::string {
        T number = 0;
        const char* end = value.text.data() + value.text.size();
        const auto [at, error] = std::from_chars(value.text.data(), end, number);
        if (value.kind != Yaml::Kind::kText || value.text.empty() || at != end || error != std::errc() || number < least)
            return "a whole number from " + std::to_string(least) + " to " + std::to_string(std::numeric_limits<T>::max());
        target = number;
        return "";
    };
}

Setter Text(std::string& target) {
    return [&target](const Yaml& value) -> std::string {
        if (value.kind == Yaml::Kind::kNull) target.clear();
        else if (value.kind == Yaml::Kind::kText) target = value.text;
        else return "a text";
        return "";
    };
}

Setter Texts(std::vector<std::string>& target) {
    return [&target](const Yaml& value) -> std::string {
        if (value.kind != Yaml::Kind::kList) return "a list of texts";
        for (const auto& item : value.items) {
            if (item.kind != Yaml::Kind::kText) return "a list of texts";
            target.push_back(item.text);
        }
        return "";
    };
}

Setter Flag(bool& target) {
    return [&target](const Yaml& value) -> std::string {
        if (value.text != "true" && value.text != "false") return "true or false";
        target = value.text == "true";
        return "";
    };
}

template <class T>
Setter Parsed(T& target, Result<T> (*parse)(std::string_view)) {
    return [&target, parse](const Yaml& value) -> std::string {
        const auto parsed = parse(value.text);
        if (value.kind != Yaml::Kind::kText || !parsed) return parsed ? "a size" : parsed.error().hint;
        target = *parsed;
        return "";
    };
}

// Every key, those of maps with a dot.
std::map<std::string, Setter> Keys(NodeConfig& config) {
    NodeOptions& node = config.node;
    return {
        {"data", Text(node.data)},
        {"http", Text(node.http)},
        {"postgres", Text(node.postgres)},
        {"allow_files", Texts(node.allow_files)},
        {"hosts", Texts(node.hosts)},
        {"tls.certificate", Text(node.tls_certificate)},
        {"tls.key", Text(node.tls_key)},
        {"insecure_workers", Flag(node.insecure_workers)},
        {"workers_max", Number(node.workers_max)},
        {"log.format",
         [&config](const Yaml& value) -> std::string {
             if (value.text != "text" && value.text != "json") return "text or json";
             config.log.json = value.text == "json";
             return "";
         }},
        {"log.level",
         [&config](const Yaml& value) -> std::string {
             const auto level = ParseLogLevel(value.text);
             if (!level) return level.error().hint;
             config.log.level = *level;
             return "";
         }},
        {"log.file", Text(config.log_file.path)},
        {"log.bytes", Parsed(config.log_file.bytes_max, ParseBytes)},
        {"log.files", Number(config.log_file.files_max)},
        {"disk.warn", Parsed(node.disk.warn, ParseThreshold)},
        {"disk.stop", Parsed(node.disk.stop, ParseThreshold)},
        {"limits.time_ms", Number<uint64_t>(node.limits.time_ms, 0)},
        {"limits.memory_bytes", Number<uint64_t>(node.limits.memory_bytes, 64u << 20)},
        {"limits.result_bytes", Number<uint64_t>(node.limits.result_bytes, 0)},
        {"limits.threads", Number(node.limits.threads)},
        {"limits.statements_per_principal", Number(node.limits.statements_per_principal)},
        {"limits.statements_max", Number(node.limits.statements_max)},
        {"limits.wait_ms_max", Number<uint32_t>(node.limits.wait_ms_max, 0)},
        {"limits.idle_ms_max", Number<uint32_t>(node.limits.idle_ms_max, 0)},
        {"runs.runs_max", Number(node.runs.runs_max)},
        {"runs.memory_bytes", Number<uint64_t>(node.runs.memory_bytes, 64u << 20)},
        {"runs.threads", Number(node.runs.threads)},
        {"runs.time_ms_max", Number<uint64_t>(node.runs.time_ms_max, 1'000)},
        {"runs.attempts_max", Number(node.runs.attempts_max)},
        {"ingest.roll_ms", Number(node.ingest.roll_ms)},
        {"ingest.commit_ms", Number(node.ingest.commit_ms)},
        {"ingest.commit_bytes", Number<uint64_t>(node.ingest.commit_bytes)},
        {"ingest.threads", Number(node.ingest.threads)},
        {"ingest.memory_bytes", Number<uint64_t>(node.ingest.memory_bytes, 64u << 20)},
        {"ingest.free_bytes_min", Number<uint64_t>(node.ingest.free_bytes_min, 0)},
        {"ingest.segment_bytes", Number<uint64_t>(node.ingest.log.segment_bytes, 4u << 10)},
        {"ingest.pending_bytes_max", Number<uint64_t>(node.ingest.log.pending_bytes_max, 1u << 20)},
        {"ingest.key_age_us", Number<int64_t>(node.ingest.log.key_age_us, 0)},
        {"care.every_ms", Number(node.care.every_ms)},
        {"care.merge_files_min", Number(node.care.merge_files_min)},
        {"care.snapshots_keep_min", Number(node.care.snapshots_keep_min)},
        {"care.snapshot_age_ms_max", Number<uint64_t>(node.care.snapshot_age_ms_max, 0)},
        {"care.grace_ms", Number<uint64_t>(node.care.grace_ms, 0)},
    };
}

class Reader {
public:
    Reader(const std::map<std::string, Setter>& keys, std::string file) : keys_(keys), file_(std::move(file)) {}

    void Map(const Yaml& map, const std::string& prefix) {
        for (size_t i = 0; i < map.items.size(); ++i) {
            const std::string name = prefix + map.keys[i].text;
            const auto setter = keys_.find(name);
            if (setter != keys_.end()) {
                const std::string expected = setter->second(map.items[i]);
                if (!expected.empty()) Add(map.items[i], "E1109", "`" + name + "` has a wrong value", expected);
            } else if (prefix.empty() && IsGroup(name) && map.items[i].kind == Yaml::Kind::kMap) {
                Map(map.items[i], name + ".");
            } else {
                Add(map.keys[i], "E1101", "`" + name + "` is not a key of the configuration", "");
                if (const auto nearest = NearestName(name, Names())) findings_.back().help = "did you mean `" + *nearest + "`?";
            }
        }
    }
    std::vector<Finding> findings() && { return std::move(findings_); }
    void Add(const Yaml& at, std::string id, std::string message, std::string expected) {
        Finding finding;
        finding.id = std::move(id);
        finding.file = file_;
        finding.line = at.line;
        finding.column = at.column;
        finding.length = at.length;
        finding.message = std::move(message);
        finding.expected = std::move(expected);
        findings_.push_back(std::move(finding));
    }

private:
    bool IsGroup(const std::string& name) const {
        const auto next = keys_.lower_bound(name + ".");
        return next != keys_.end() && next->first.starts_with(name + ".");
    }
    std::vector<std::string> Names() const {
        std::vector<std::string> names;
        for (const auto& [name, setter] : keys_) names.push_back(name);
        return names;
    }

    const std::map<std::string, Setter>& keys_;
    std::string file_;
    std::vector<Finding> findings_;
};

}  // namespace

Result<LogLevel> ParseLogLevel(const std::string& name) {
    if (name == "debug") return LogLevel::kDebug;
    if (name == "info") return LogLevel::kInfo;
    if (name == "warn") return LogLevel::kWarn;
    if (name == "error") return LogLevel::kError;
    return Fail(Code::kInvalid, "`" + name + "` is not a log level", "debug, info, warn or error");
}

Result<> ReadConfig(const std::string& text, const std::string& file, NodeConfig& config) {
    auto yaml = model::ReadYaml(text, file);
    Error error{Code::kInvalid, file + " is not a configuration", std::move(yaml.findings), {}, {}};
    if (!yaml.root) return std::unexpected(std::move(error));
    if (yaml.root->kind == Yaml::Kind::kNull) return {};
    const auto keys = Keys(config);
    Reader reader(keys, file);
    if (yaml.root->kind == Yaml::Kind::kMap) reader.Map(*yaml.root, "");
    else reader.Add(*yaml.root, "E1103", "a configuration is a map of keys", "key: value");
    error.findings = std::move(reader).findings();
    if (!error.findings.empty()) return std::unexpected(std::move(error));
    return {};
}

}  // namespace weft::app
