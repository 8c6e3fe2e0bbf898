// weft serve, admin reset-token, healthcheck, version, explain.
#include <fmt/format.h>

#include "app/client.h"
#include "app/config.h"
#include "app/exit_code.h"
#include "app/verbs.h"
#include "app/version.h"
#include "base/log.h"
#include "base/text.h"
#include "io/files.h"
#include "model/finding_ids.h"
#include "model/folder.h"

namespace weft::app {
namespace {

constexpr uint64_t kConfigBytesMax = 1u << 20;

Result<NodeConfig> ConfigOf(Shell& shell, const ServeOptions& options) {
    NodeConfig config;
    if (!options.config.empty()) {
        const std::string text = TRY(io::ReadFile(options.config, kConfigBytesMax));
        if (const auto read = ReadConfig(text, options.config, config); !read) {
            const model::ProductFolder excerpt{"", {{options.config, text}}};
            for (const auto& finding : read.error().findings) shell.Complain(model::FormatFinding(finding, excerpt) + "\n");
            return std::unexpected(read.error());
        }
    }
    NodeOptions& node = config.node;
    if (!shell.options().data.empty() || node.data.empty()) node.data = TRY(DataFolder(shell));
    if (!options.http.empty()) node.http = options.http;
    if (!options.postgres.empty()) node.postgres = options.postgres;
    if (node.http == "none") node.http.clear();
    if (node.postgres == "none") node.postgres.clear();
    if (!options.tls_certificate.empty()) node.tls_certificate = options.tls_certificate;
    if (!options.tls_key.empty()) node.tls_key = options.tls_key;
    node.insecure_workers = node.insecure_workers || options.insecure_workers;
    node.allow_files.insert(node.allow_files.end(), options.allow_files.begin(), options.allow_files.end());
    node.hosts.insert(node.hosts.end(), options.hosts.begin(), options.hosts.end());
    for (std::string* path : {&node.data, &node.tls_certificate, &node.tls_key})
        if (!path->empty()) *path = AbsolutePath(*path);
    for (auto& root : node.allow_files) root = AbsolutePath(root);
    if (!options.log_format.empty()) config.log.json = options.log_format == "json";
    if (!options.log_file.empty()) config.log_file.path = options.log_file;
    if (!config.log_file.path.empty()) config.log_file.path = AbsolutePath(config.log_file.path);
    if (!options.log_bytes.empty()) config.log_file.bytes_max = TRY(ParseBytes(options.log_bytes));
    if (options.log_files > 0) config.log_file.files_max = options.log_files;
    if (!options.disk_warn.empty()) node.disk.warn = TRY(ParseThreshold(options.disk_warn));
    if (!options.disk_stop.empty()) node.disk.stop = TRY(ParseThreshold(options.disk_stop));
    if (!options.log_level.empty()) config.log.level = TRY(ParseLogLevel(options.log_level));
    return config;
}

}  // namespace

Result<int> RunNode(Shell& shell, const ServeOptions& options) {
    if (!options.log_format.empty() && options.log_format != "text" && options.log_format != "json")
        return Fail(Code::kInvalid, "--log-format is text or json");
    const NodeConfig config = TRY(ConfigOf(shell, options));
    SetLog(config.log);
    if (!config.log_file.path.empty()) CHECK_OK(LogToFile(config.log_file));
    CHECK_OK(Serve(config.node));
    return kDone;
}

Result<int> ResetToken(Shell& shell) {
    const std::string path = TRY(ResetAdminToken(TRY(DataFolder(shell))));
    if (shell.wants_json()) shell.PrintJson({{"file", path}});
    else shell.Print(path + "\n");
    shell.Hint("weft serve");
    return kDone;
}

Result<int> CheckHealth(Shell& shell) {
    const auto client = TRY(Client::Find(shell));
    const auto ready = client->GetText("/readyz");
    if (!ready) {
        shell.Report(ready.error());
        return kAnswerIsNo;  // What a container's HEALTHCHECK understands.
    }
    shell.Print(*ready);
    return kDone;
}

Result<int> Explain(Shell& shell, const std::string& id) {
    const model::FindingId* found = model::FindFindingId(id);
    if (!found) {
        std::vector<std::string> ids;
        for (const auto& known : model::FindingIds()) ids.emplace_back(known.id);
        const auto nearest = NearestName(id, ids);
        return Fail(Code::kNotFound, "there is no `" + id + "`", nearest ? "did you mean " + *nearest + "?" : "as E1207");
    }
    if (shell.wants_json()) shell.PrintJson({{"id", found->id}, {"title", found->title}, {"text", found->text}});
    else shell.Print(fmt::format("{}: {}\n\n{}\n", shell.Paint(Tone::kBold, found->id), found->title, found->text));
    return kDone;
}

Result<int> ShowVersion(Shell& shell) {
    if (shell.wants_json()) shell.PrintJson({{"version", kVersion}, {"api", "v1"}, {"duckdb", kDuckDbVersion}});
    else shell.Print(fmt::format("weft {}\n", kVersion));
    return kDone;
}

}  // namespace weft::app
