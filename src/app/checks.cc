#include "app/checks.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "app/disk.h"
#include "app/state_hash.h"
#include "base/text.h"
#include "iceberg/scan.h"
#include "ingest/segment.h"
#include "io/certificate.h"
#include "io/files.h"
#include "io/lock_file.h"

namespace weft::app {
namespace {

using State = Check::State;

constexpr size_t kSampleFiles = 20;  // Of each table, unless all.
constexpr size_t kFaultsShown = 3;
constexpr uint64_t kSegmentBytesMax = 1ull << 30;
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kFutureMax =
    120 * kSecond;  // Clocks of a machine differ a little from themselves.
constexpr int64_t kCertificateWarn = 21ll * 24 * 3600 * kSecond;

constexpr const char* kRestore = "restore a backup: weft backup restore BACKUP --data NEW-FOLDER";

std::string Word(State state) {
    return state == State::kOk ? "ok" : state == State::kWarn ? "warn" : "fail";
}

struct Faults {
    std::vector<std::string> all;
    void Add(std::string fault) { all.push_back(std::move(fault)); }
    std::string Text() const {
        std::vector<std::string> shown(
            all.begin(), all.begin() + static_cast<ptrdiff_t>(std::min(all.size(), kFaultsShown)));
        if (all.size() > shown.size())
            shown.push_back(fmt::format("and {} more", all.size() - shown.size()));
        return Join(shown, "; ");
    }
};

std::string PortText(const meta::State& state, const meta::Port& port) {
    const auto product = state.products.find(port.product);
    return product == state.products.end() ? "a removed product"
                                           : state.FullName(*product->second) + "." + port.name;
}

// A file of a table: there, and of the size that the table says.
void LookAt(const std::string& path, uint64_t size, const std::string& owner, Faults& faults) {
    const auto there = io::FileSize(path);
    if (!there)
        faults.Add(fmt::format("{}: {}", owner, there.error().message));
    else if (*there != size)
        faults.Add(fmt::format("{}: {} has {} bytes and not {}", owner, path, *there, size));
}

Result<uint64_t> LookAtTable(const meta::Port& port, const std::string& owner,
                             iceberg::Cache& cache, bool deep, Faults& faults) {
    const auto metadata = TRY(cache.Metadata(port.table.metadata_location));
    const auto files = TRY(iceberg::PlanScan(cache, *metadata, port.table.snapshot_id, {}));
    const size_t step = deep ? 1 : std::max<size_t>(1, files.size() / kSampleFiles);
    uint64_t looked = 0;
    for (size_t i = 0; i < files.size(); i += step, ++looked)
        LookAt(files[i].path, static_cast<uint64_t>(files[i].file_size), owner, faults);
    return looked;
}

// The newest received_at in the files of a port fed by events.
int64_t NewestReceived(const meta::Port& port, iceberg::Cache& cache) {
    int64_t newest = 0;
    for (const auto& bound : port.columns) {
        if (bound.column.name != model::kReceivedAt || port.table.metadata_location.empty())
            continue;
        const auto metadata = cache.Metadata(port.table.metadata_location);
        const auto files =
            metadata ? iceberg::PlanScan(cache, **metadata, port.table.snapshot_id, {})
                     : Result<std::vector<iceberg::DataFile>>(std::vector<iceberg::DataFile>());
        if (!files) continue;
        for (const auto& file : *files) {
            const auto* stats = file.Find(bound.field_id);
            if (!stats || !stats->upper || stats->upper->size() != sizeof(int64_t)) continue;
            int64_t us = 0;
            std::memcpy(&us, stats->upper->data(), sizeof us);
            newest = std::max(newest, us);
        }
    }
    return newest;
}

}  // namespace

Json ToJson(const Check& check) {
    return {{"name", check.name},
            {"state", Word(check.state)},
            {"found", check.found},
            {"help", check.help}};
}

Check CheckOf(const Json& json) {
    const std::string word = JsonString(json, "state");
    return {JsonString(json, "name"),
            word == "ok"     ? State::kOk
            : word == "warn" ? State::kWarn
                             : State::kFail,
            JsonString(json, "found"), JsonString(json, "help")};
}

Check CheckTables(const meta::State& state, iceberg::Cache& cache, bool deep) {
    Faults faults;
    uint64_t tables = 0;
    uint64_t files = 0;
    for (const auto& [id, port] : state.ports) {
        if (port->table.metadata_location.empty()) continue;
        ++tables;
        const std::string owner = PortText(state, *port);
        const auto looked = LookAtTable(*port, owner, cache, deep, faults);
        if (looked)
            files += *looked;
        else
            faults.Add(owner + ": " + looked.error().message);
    }
    if (faults.all.empty())
        return {"tables", State::kOk,
                fmt::format("{} tables, {} files {}", tables, files, deep ? "" : "of them ") +
                    "are there"};
    return {
        "tables", State::kFail, faults.Text(),
        std::string(
            "compute the product again (weft run PRODUCT) when its inputs are still there; else ") +
            kRestore};
}

Check CheckTails(const meta::State& state) {
    Faults faults;
    uint64_t files = 0;
    for (const auto& [id, port] : state.ports)
        for (const auto& file : port->tail) {
            ++files;
            LookAt(port->table.location + "/data/" + file.name, file.size_bytes,
                   PortText(state, *port), faults);
        }
    if (faults.all.empty())
        return {"tails", State::kOk,
                fmt::format("{} files of accepted records beside tables", files)};
    return {"tails", State::kFail, faults.Text(), kRestore};
}

Check CheckFolders(const std::string& data) {
    for (const char* part :
         {"", "/state", "/tables", "/ingest", "/uploads", "/spill", "/keys", "/run"}) {
        const std::string folder = data + part;
        if (access(folder.c_str(), W_OK) == 0 || errno == ENOENT) continue;
        return {"folders", State::kFail,
                fmt::format("{} cannot be written: {}", folder, std::strerror(errno)),
                "check its owner and whether its disk is mounted read-only"};
    }
    return {"folders", State::kOk, data + " can be written"};
}

Check CheckLog(const std::string& data, bool deep) {
    const std::string folder = data + "/ingest";
    const auto names = io::ListDirectory(folder);
    if (!names) return {"log", State::kOk, "no events were accepted yet"};
    std::vector<std::string> segments;
    for (const auto& name : *names)
        if (name.ends_with(".log")) segments.push_back(folder + "/" + name);
    uint64_t bytes = 0;
    uint64_t entries = 0;
    for (const auto& path : segments) {
        const auto size = io::FileSize(path);
        bytes += size.value_or(0);
        if (!deep) continue;
        const auto text = io::ReadFile(path, kSegmentBytesMax);
        if (!text && text.error().code == Code::kNotFound) continue;  // Rolled meanwhile.
        if (!text) return {"log", State::kFail, text.error().message, "check the disk"};
        const bool newest = path == segments.back();
        const auto scanned = ingest::ScanSegment(
            *text, newest, [&](const ingest::EntryView&, uint64_t, uint64_t) -> Result<> {
                ++entries;
                return {};
            });
        if (!scanned)
            return {"log", State::kFail, path + ": " + scanned.error().message,
                    std::string("the records from there on cannot be read and nothing is guessed. "
                                "Keep a copy of the file; ") +
                        kRestore};
    }
    return {"log", State::kOk,
            fmt::format("{} segments, {}{}", segments.size(), HumanBytes(bytes),
                        deep ? fmt::format(", {} entries are whole", entries) : "")};
}

Check CheckStreams(const std::vector<ingest::Ingest::Lag>& lags) {
    Faults faults;
    uint64_t waiting = 0;
    for (const auto& lag : lags) {
        waiting += lag.waiting_records;
        if (!lag.error.empty())
            faults.Add(fmt::format("{} input {}: {} records wait, {}", lag.product, lag.input,
                                   lag.waiting_records, lag.error));
    }
    if (faults.all.empty())
        return {"streams", State::kOk,
                fmt::format("{} streams, {} records wait to be checked", lags.size(), waiting)};
    return {"streams", State::kFail, faults.Text(),
            "nothing is lost: records stay in the log and are tried again. Look at the node's log "
            "and at the product's contract"};
}

Check CheckTimes(const meta::State& state, iceberg::Cache& cache, Timestamp now) {
    int64_t newest = 0;
    std::string what = "nothing";
    const auto see = [&](int64_t us, const std::string& name) {
        if (us <= newest) return;
        newest = us;
        what = name;
    };
    for (const auto& [id, product] : state.products) {
        see(product->applied.us, "the apply of " + state.FullName(*product));
        see(product->run.started.us, "a run of " + state.FullName(*product));
    }
    for (const auto& [id, token] : state.tokens) see(token->created.us, "a token");
    for (const auto& [id, port] : state.ports) {
        see(port->table.published.us, "a snapshot of " + PortText(state, *port));
        see(NewestReceived(*port, cache), "the newest record of " + PortText(state, *port));
    }
    if (newest <= now.us + kFutureMax)
        return {"times", State::kOk, "nothing in the state is of the future"};
    return {
        "times", State::kWarn,
        fmt::format("{} is of {}, {} in the future: the clock was set back, or was wrong before",
                    what, ToRfc3339({newest}), HumanDuration(newest - now.us)),
        "set the clock right (timedatectl). Schedules, retention and `received_at` follow it; "
        "positions do not"};
}

Check CheckSpace(const gateway::Operations::Space& space) {
    const std::string found =
        fmt::format("{} free of {}", HumanBytes(space.free_bytes), HumanBytes(space.total_bytes));
    if (space.read_only)
        return {"space", State::kFail,
                found + ": the node is read-only; pushes, applies, runs and uploads are refused",
                "free space (weft du shows what takes it); it goes on by itself"};
    if (space.low)
        return {"space", State::kWarn, found,
                "make room before the node becomes read-only: weft du"};
    return {"space", State::kOk, found};
}

Check CheckCertificate(const std::string& path, Timestamp now) {
    if (path.empty()) return {"certificate", State::kOk, "none: the node listens on loopback only"};
    const auto end = io::CertificateEnd(path);
    if (!end)
        return {"certificate", State::kFail, end.error().message,
                "put the certificate there, then restart the node"};
    if (end->us <= now.us)
        return {"certificate", State::kFail, path + " ended at " + ToRfc3339(*end),
                "renew it, then restart the node"};
    const bool soon = end->us - now.us < kCertificateWarn;
    return {"certificate", soon ? State::kWarn : State::kOk,
            path + " is good until " + ToRfc3339(*end),
            soon ? "renew it, then restart the node" : ""};
}

std::vector<Check> CheckStopped(const std::string& data, bool deep, Timestamp now) {
    std::vector<Check> checks{CheckFolders(data)};
    if (io::FileSize(data + "/run/lock")) {
        const auto lock = io::LockFile::Take(data + "/run/lock");
        if (!lock)
            checks.push_back({"lock", State::kFail, lock.error().message,
                              "stop that process, or wait until it answers: one node per folder"});
        else
            checks.push_back({"lock", State::kOk, "no process holds the folder"});
    }
    const auto size = SizeOfDisk(data);
    if (size)
        checks.push_back(CheckSpace(JudgeSpace({}, size->free_bytes, size->total_bytes, false)));
    const auto state = PeekState(data + "/state");
    if (!state) {
        checks.push_back({"state", State::kFail, state.error().message,
                          state.error().hint.empty() ? kRestore : state.error().hint});
    } else {
        iceberg::Cache cache;
        checks.push_back(
            {"state", State::kOk,
             fmt::format("version {}, {} products", (*state)->version, (*state)->products.size())});
        checks.push_back(CheckTables(**state, cache, deep));
        checks.push_back(CheckTails(**state));
        checks.push_back(CheckTimes(**state, cache, now));
    }
    checks.push_back(CheckLog(data, true));
    return checks;
}

}  // namespace weft::app
