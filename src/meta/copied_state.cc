#include "meta/copied_state.h"

#include <fmt/format.h>

#include "io/files.h"
#include "meta/history.h"
#include "meta/journal.h"
#include "meta/state_json.h"

namespace weft::meta {
namespace {

Result<std::unique_ptr<Journal>> OpenCopy(const std::string& folder) {
    StoreOptions options;
    options.folder = folder;
    options.create = false;
    return Journal::Open(options);
}

// "/srv/weft/tables/UUID/…" -> "/UUID/…"
void LosePlace(Json& body, const char* member, const std::string& folder) {
    const auto found = body.find(member);
    if (found == body.end() || !found->is_string()) return;
    const auto path = found->get<std::string>();
    if (path.starts_with(folder + "/")) *found = path.substr(folder.size());
}

template <class Entities>
void Describe(const State& state, Kind kind, const Entities& entities, const std::string& folder,
              std::string& out) {
    for (const auto& [id, entity] : entities) {
        std::string body = EncodeEntity(state, kind, id.value);
        if (kind == Kind::kPort) {
            auto json = ParseJson(body, size_t{64} << 20);
            if (json && json->contains("table")) {
                LosePlace((*json)["table"], "location", folder);
                LosePlace((*json)["table"], "metadata_location", folder);
                body = DumpJson(*json);
            }
        }
        out += fmt::format("{} {} {}\n", static_cast<int>(kind), id.value, body);
    }
}

}  // namespace

Result<std::shared_ptr<const State>> ReadState(const std::string& folder) {
    const auto journal = TRY(OpenCopy(folder));
    return journal->Load();
}

Result<> FinishCopies(const std::string& folder) {
    (void)TRY(ReadState(folder));
    if (io::FileSize(folder + "/history.db")) (void)TRY(History::Open(folder));
    return {};
}

Result<> MoveTables(const std::string& folder, const std::function<void(Port&)>& change) {
    const auto journal = TRY(OpenCopy(folder));
    return journal->MoveTables(change);
}

std::string DescribeState(const State& state, const std::string& tables_folder) {
    std::string out = fmt::format("version {} last_id {}\n", state.version, state.last_id);
    Describe(state, Kind::kUser, state.users, tables_folder, out);
    Describe(state, Kind::kToken, state.tokens, tables_folder, out);
    Describe(state, Kind::kTeam, state.teams, tables_folder, out);
    Describe(state, Kind::kDomain, state.domains, tables_folder, out);
    Describe(state, Kind::kProduct, state.products, tables_folder, out);
    Describe(state, Kind::kPort, state.ports, tables_folder, out);
    Describe(state, Kind::kGrant, state.grants, tables_folder, out);
    for (const auto& root : state.file_roots) out += "root " + root + "\n";
    return out;
}

}  // namespace weft::meta
