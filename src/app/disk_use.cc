#include "app/disk_use.h"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "io/files.h"
#include "meta/runs.h"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kEntriesMax = 10'000'000;

struct Use {
    uint64_t rows = 0;
    uint64_t bytes = 0;       // Of current data.
    uint64_t disk_bytes = 0;  // Of the folders of its tables.
    uint64_t rejected_rows = 0;
    uint64_t rejected_bytes = 0;
    uint64_t metadata_bytes = 0;
};

Result<> AddPort(const meta::Port& port, Use& use) {
    uint64_t bytes = port.table.size_bytes;
    uint64_t rows = port.table.row_count;
    for (const auto& file : port.tail) {
        bytes += file.size_bytes;
        rows += file.row_count;
    }
    if (port.name == meta::kRejectedPort) {
        use.rejected_rows += rows;  // Settled ones too, until care rewrites the table.
        use.rejected_bytes += bytes;
    } else {
        use.rows += rows;
        use.bytes += bytes;
    }
    use.disk_bytes += TRY(BytesBelow(port.table.location));
    use.metadata_bytes += TRY(BytesBelow(port.table.location + "/metadata"));
    return {};
}

Result<Json> OfProduct(const meta::State& state, const meta::Product& product,
                       const DiskUseOf& of) {
    Use use;
    if (const auto ports = state.ports_of.find(product.id); ports != state.ports_of.end())
        for (const PortId id : ports->second) CHECK_OK(AddPort(*state.ports.at(id), use));
    const std::string name = state.FullName(product);
    const auto waiting = of.log_bytes.find(name);
    const uint64_t log = waiting == of.log_bytes.end() ? 0 : waiting->second;
    const uint64_t uploads =
        TRY(BytesBelow(fmt::format("{}/uploads/{}", of.data, product.id.value)));
    const uint64_t known = use.bytes + use.rejected_bytes + use.metadata_bytes;
    return Json{{"product", name},
                {"rows", use.rows},
                {"bytes", use.bytes},
                {"disk_bytes", use.disk_bytes},
                {"old_bytes", use.disk_bytes - std::min(use.disk_bytes, known)},
                {"rejected_rows", use.rejected_rows},
                {"rejected_bytes", use.rejected_bytes},
                {"log_bytes", log},
                {"upload_bytes", uploads},
                {"total_bytes", use.disk_bytes + log + uploads}};
}

// Folders of tables that no port names: kept when their product was removed, or not yet swept.
Result<uint64_t> Unowned(const meta::State& state, const std::string& tables) {
    std::set<std::string> owned;
    for (const auto& [id, port] : state.ports) owned.insert(port->table.uuid);
    uint64_t bytes = 0;
    const auto uuids = io::ListDirectory(tables);
    if (!uuids) return bytes;
    for (const auto& uuid : *uuids)
        if (!owned.contains(uuid)) bytes += TRY(BytesBelow(tables + "/" + uuid));
    return bytes;
}

}  // namespace

Result<uint64_t> BytesBelow(const std::string& folder) {
    std::error_code failed;
    uint64_t bytes = 0;
    uint64_t entries = 0;
    for (fs::recursive_directory_iterator it(folder, failed), end; !failed && it != end;
         it.increment(failed)) {
        if (++entries > kEntriesMax) return Fail(Code::kLimit, "too many files below " + folder);
        std::error_code gone;  // Files come and go meanwhile.
        if (it->symlink_status(gone).type() != fs::file_type::regular) continue;
        const uint64_t size = it->file_size(gone);
        if (!gone) bytes += size;
    }
    return bytes;
}

Result<Json> DiskUse(const meta::State& state, const DiskUseOf& of) {
    Json out{{"products", Json::array()}};
    for (const auto& [id, product] : state.products)
        if (of.may_see(*product)) out["products"].push_back(TRY(OfProduct(state, *product, of)));
    if (!of.whole) return out;
    out["node"] = {{"state_bytes", TRY(BytesBelow(of.data + "/state"))},
                   {"log_bytes", of.log_total},
                   {"spill_bytes", TRY(BytesBelow(of.data + "/spill"))},
                   {"unowned_bytes", TRY(Unowned(state, of.data + "/tables"))}};
    return out;
}

}  // namespace weft::app
