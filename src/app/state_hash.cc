#include "app/state_hash.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/profiler.h"
#include "base/text.h"
#include "iceberg/scan.h"
#include "io/copy.h"
#include "io/crypto.h"
#include "io/files.h"
#include "io/lock_file.h"
#include "meta/copied_state.h"

namespace weft::app {
namespace {

// "/srv/weft/tables/UUID/data/x.parquet" -> "data/x.parquet"
std::string NameIn(const meta::Table& table, const std::string& path) {
    return path.starts_with(table.location + "/") ? path.substr(table.location.size() + 1) : path;
}

// The lines of one port, sorted: the order of files in manifests is nobody's business.
Result<std::vector<std::string>> DescribePort(const meta::Port& port, iceberg::Cache& cache,
                                              const FileHash& sha256, StateHash& out) {
    std::vector<std::string> lines;
    const auto add = [&](const std::string& path, uint64_t rows) -> Result<> {
        lines.push_back(fmt::format("{} {} {} {}\n", port.id.value, NameIn(port.table, path), rows,
                                    TRY(sha256(path))));
        out.rows += rows;
        ++out.files;
        return {};
    };
    if (!port.table.metadata_location.empty()) {
        const auto metadata = TRY(cache.Metadata(port.table.metadata_location));
        for (const auto& file :
             TRY(iceberg::PlanScan(cache, *metadata, port.table.snapshot_id, {})))
            CHECK_OK(add(file.path, static_cast<uint64_t>(file.record_count)));
    }
    for (const auto& file : port.tail)
        CHECK_OK(add(port.table.location + "/data/" + file.name, file.row_count));
    std::ranges::sort(lines);
    return lines;
}

}  // namespace

Result<StateHash> HashState(const meta::State& state, const std::string& tables_folder,
                            iceberg::Cache& cache, const FileHash& sha256) {
    StateHash out;
    io::Sha256Sum sum;
    sum.Add(meta::DescribeState(state, tables_folder));
    for (const auto& [id, port] : state.ports)
        for (const auto& line : TRY(DescribePort(*port, cache, sha256, out))) sum.Add(line);
    out.hash = Hex(sum.Finish());
    return out;
}

Result<std::shared_ptr<const meta::State>> PeekState(const std::string& state_folder) {
    const ScratchFolder scratch = TRY(ScratchFolder::Make());
    for (const char* name : {"weft.db", "weft.db-wal"}) {
        const auto copied =
            io::CopyFile(state_folder + "/" + name, scratch.path() + "/" + name, 0600);
        if (!copied &&
            (copied.error().code != Code::kNotFound || name == std::string_view("weft.db")))
            return std::unexpected(copied.error());
    }
    return meta::ReadState(scratch.path());
}

Result<StateHash> HashFolder(const std::string& data) {
    if (!io::FileSize(data + "/state/weft.db"))
        return Fail(Code::kNotFound, "there is no state in " + data);
    const auto lock = TRY(io::LockFile::Take(data + "/run/lock"));
    const auto state = TRY(PeekState(data + "/state"));
    iceberg::Cache cache;
    return HashState(*state, data + "/tables", cache,
                     [](const std::string& path) -> Result<std::string> {
                         return TRY(io::HashFile(path)).sha256;
                     });
}

}  // namespace weft::app
