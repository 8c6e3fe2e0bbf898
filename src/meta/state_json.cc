#include "meta/state_json.h"

#include <fmt/format.h>

#include "base/text.h"
#include "meta/column_json.h"
#include "model/folder.h"

namespace weft::meta {
namespace {

using meta::ToJson;  // The overloads below would hide those of columns.

constexpr size_t kBodyBytesMax = 256u << 20;

Json ToJson(const Verifier& verifier) {
    return {{"stored_key", Hex(verifier.stored_key)}, {"server_key", Hex(verifier.server_key)}};
}

Json ToJson(const std::optional<Timestamp>& time) { return time ? Json(time->us) : Json(nullptr); }

std::optional<Timestamp> OptionalTime(const Json& json, std::string_view key) {
    if (!json.contains(key) || !json[std::string(key)].is_number_integer()) return std::nullopt;
    return Timestamp{JsonInt(json, key)};
}

Timestamp Time(const Json& json, std::string_view key) { return {JsonInt(json, key)}; }

uint64_t Unsigned(const Json& json, std::string_view key) {
    return static_cast<uint64_t>(JsonInt(json, key));
}

const Json& Member(const Json& json, std::string_view key) {
    static const Json kNone;
    const auto at = json.find(std::string(key));
    return at == json.end() ? kNone : *at;
}

Result<Verifier> VerifierFromJson(const Json& json) {
    const auto stored = FromHex(JsonString(json, "stored_key"));
    const auto server = FromHex(JsonString(json, "server_key"));
    if (!stored || !server || stored->size() != 32 || server->size() != 32) {
        return Fail(Code::kCorrupt, "stored verifier");
    }
    return Verifier{.stored_key = *stored, .server_key = *server};
}

Json ToJson(const User& user) {
    Json json = {{"name", user.name},
                 {"admin", user.admin},
                 {"salt", Hex(user.salt)},
                 {"iterations", user.iterations},
                 {"created", user.created.us}};
    if (user.password) json["password"] = ToJson(*user.password);
    return json;
}

Result<User> UserFromJson(const Json& json) {
    User user;
    user.name = JsonString(json, "name");
    user.admin = JsonBool(json, "admin");
    user.salt = FromHex(JsonString(json, "salt")).value_or("");
    user.iterations = static_cast<uint32_t>(JsonInt(json, "iterations"));
    user.created = Time(json, "created");
    if (json.contains("password")) {
        user.password = TRY(VerifierFromJson(Member(json, "password")));
    }
    if (user.name.empty() || user.salt.empty() || user.iterations == 0) {
        return Fail(Code::kCorrupt, "stored user");
    }
    return user;
}

Json ToJson(const Token& token) {
    return {{"user", token.user.value},           {"label", token.label},
            {"verifier", ToJson(token.verifier)}, {"lookup", token.lookup},
            {"created", token.created.us},        {"expires", ToJson(token.expires)}};
}

Result<Token> TokenFromJson(const Json& json) {
    Token token;
    token.user = UserId{Unsigned(json, "user")};
    token.label = JsonString(json, "label");
    token.verifier = TRY(VerifierFromJson(Member(json, "verifier")));
    token.lookup = JsonString(json, "lookup");
    token.created = Time(json, "created");
    token.expires = OptionalTime(json, "expires");
    return token;
}

Json ToJson(const Team& team) {
    Json members = Json::array();
    for (const UserId member : team.members) members.push_back(member.value);
    return {{"name", team.name}, {"contact", team.contact}, {"members", std::move(members)}};
}

Result<Team> TeamFromJson(const Json& json) {
    Team team;
    team.name = JsonString(json, "name");
    team.contact = JsonString(json, "contact");
    for (const Json& member : Member(json, "members")) {
        if (!member.is_number_unsigned()) return Fail(Code::kCorrupt, "stored team");
        team.members.insert(UserId{member.get<uint64_t>()});
    }
    if (team.name.empty()) return Fail(Code::kCorrupt, "stored team");
    return team;
}

Json ToJson(const Domain& domain) { return {{"name", domain.name}, {"owner", domain.owner.value}}; }

Result<Domain> DomainFromJson(const Json& json) {
    Domain domain;
    domain.name = JsonString(json, "name");
    domain.owner = TeamId{Unsigned(json, "owner")};
    return domain;
}

Json ToJson(const Grant& grant) {
    return {{"product", grant.product.value},
            {"port", grant.port},
            {"kind", static_cast<int>(grant.subject.kind)},
            {"subject", grant.subject.id},
            {"write", grant.access == model::Access::kWrite},
            {"name", grant.subject.name},
            {"until", ToJson(grant.until)},
            {"declared", grant.declared},
            {"given_by", grant.given_by},
            {"created", grant.created.us}};
}

Result<Grant> GrantFromJson(const Json& json) {
    Grant grant;
    const int64_t kind = JsonInt(json, "kind", -1);
    if (kind < 0 || kind > static_cast<int64_t>(Subject::Kind::kEveryone)) {
        return Fail(Code::kCorrupt, "stored grant");
    }
    grant.product = ProductId{Unsigned(json, "product")};
    grant.port = JsonString(json, "port");
    grant.subject = {.kind = static_cast<Subject::Kind>(kind),
                     .id = Unsigned(json, "subject"),
                     .name = JsonString(json, "name")};
    if (JsonBool(json, "write")) grant.access = model::Access::kWrite;
    grant.until = OptionalTime(json, "until");
    grant.declared = JsonBool(json, "declared");
    grant.given_by = JsonString(json, "given_by");
    grant.created = Time(json, "created");
    return grant;
}

Json ToJson(const Table& table) {
    return {{"uuid", table.uuid},
            {"location", table.location},
            {"metadata_location", table.metadata_location},
            {"snapshot_id", table.snapshot_id},
            {"row_count", table.row_count},
            {"size_bytes", table.size_bytes},
            {"file_count", table.file_count},
            {"last_column_id", table.last_column_id},
            {"published", table.published.us}};
}

Table TableFromJson(const Json& json) {
    return {.uuid = JsonString(json, "uuid"),
            .location = JsonString(json, "location"),
            .metadata_location = JsonString(json, "metadata_location"),
            .snapshot_id = JsonInt(json, "snapshot_id"),
            .row_count = Unsigned(json, "row_count"),
            .size_bytes = Unsigned(json, "size_bytes"),
            .file_count = static_cast<uint32_t>(JsonInt(json, "file_count")),
            .last_column_id = static_cast<int32_t>(JsonInt(json, "last_column_id")),
            .published = Time(json, "published")};
}

Json ToJson(const TailFile& file) {
    return {{"name", file.name},
            {"row_count", file.row_count},
            {"size_bytes", file.size_bytes},
            {"last_position", file.last_position},
            {"stats", file.stats}};
}

Json ToJson(const TakenFile& file) {
    return {{"path", file.path},           {"size", file.size},       {"mtime_ns", file.mtime_ns},
            {"sha256", file.sha256},       {"row_count", file.row_count},
            {"taken", file.taken.us},      {"run", file.run.value},
            {"data_files", file.data_files}};
}

// What only some ports have; a port of files and full runs stores none of it.
void AddEvents(const Port& port, Json& json) {
    if (port.pushed) json["pushed"] = true;
    if (port.position != 0) json["position"] = port.position;
    for (const TailFile& file : port.tail) json["tail"].push_back(ToJson(file));
    for (const Settled& settled : port.settled)
        json["settled"].push_back({settled.first, settled.last});
    if (!port.watermark.empty()) json["watermark"] = port.watermark;
    for (const auto& [source, position] : port.read_to)
        json["read_to"].push_back({source, position});
    for (const auto& [path, file] : port.taken) json["taken"].push_back(ToJson(file));
}

Json ToJson(const Port& port) {
    Json columns = Json::array();
    for (const BoundColumn& column : port.columns) columns.push_back(ToJson(column));
    Json json = {{"product", port.product.value}, {"name", port.name},
                 {"major", port.major},           {"contract_version", port.contract_version},
                 {"columns", std::move(columns)}, {"table", ToJson(port.table)},
                 {"inputs", port.inputs}};
    AddEvents(port, json);
    return json;
}

Result<std::pair<uint64_t, uint64_t>> PairFromJson(const Json& json) {
    if (!json.is_array() || json.size() != 2 || !json[0].is_number_unsigned() ||
        !json[1].is_number_unsigned())
        return Fail(Code::kCorrupt, "stored port");
    return std::pair(json[0].get<uint64_t>(), json[1].get<uint64_t>());
}

TakenFile TakenFromJson(const Json& json) {
    TakenFile file{.path = JsonString(json, "path"),
                   .size = Unsigned(json, "size"),
                   .mtime_ns = JsonInt(json, "mtime_ns"),
                   .sha256 = JsonString(json, "sha256"),
                   .row_count = Unsigned(json, "row_count"),
                   .taken = Time(json, "taken"),
                   .run = RunId{Unsigned(json, "run")},
                   .data_files = {}};
    for (const Json& name : Member(json, "data_files"))
        if (name.is_string()) file.data_files.push_back(name.get<std::string>());
    return file;
}

Result<> EventsFromJson(const Json& json, Port& port) {
    port.pushed = JsonBool(json, "pushed");
    port.position = Unsigned(json, "position");
    port.watermark = JsonString(json, "watermark");
    for (const Json& file : Member(json, "tail"))
        port.tail.push_back({.name = JsonString(file, "name"),
                             .row_count = Unsigned(file, "row_count"),
                             .size_bytes = Unsigned(file, "size_bytes"),
                             .last_position = Unsigned(file, "last_position"),
                             .stats = JsonString(file, "stats")});
    for (const Json& range : Member(json, "settled")) {
        const auto [first, last] = TRY(PairFromJson(range));
        port.settled.push_back({first, last});
    }
    for (const Json& read : Member(json, "read_to")) port.read_to.insert(TRY(PairFromJson(read)));
    for (const Json& file : Member(json, "taken")) {
        TakenFile taken = TakenFromJson(file);
        port.taken.emplace(taken.path, std::move(taken));
    }
    return {};
}

Result<Port> PortFromJson(const Json& json) {
    Port port;
    port.product = ProductId{Unsigned(json, "product")};
    port.name = JsonString(json, "name");
    port.major = static_cast<uint32_t>(JsonInt(json, "major"));
    port.contract_version = JsonString(json, "contract_version");
    for (const Json& column : Member(json, "columns")) {
        port.columns.push_back(TRY(BoundColumnFromJson(column)));
    }
    port.table = TableFromJson(Member(json, "table"));
    for (const Json& input : Member(json, "inputs")) {
        if (!input.is_number_unsigned()) return Fail(Code::kCorrupt, "stored port");
        port.inputs.push_back(input.get<uint64_t>());
    }
    CHECK_OK(EventsFromJson(json, port));
    return port;
}

Json ToJson(const RunStatus& run) {
    return {{"id", run.id.value},
            {"state", static_cast<int>(run.state)},
            {"started", run.started.us},
            {"ended", run.ended.us},
            {"error", run.error},
            {"attempt", run.attempt},
            // JSON readers know no integers above 2^63.
            {"input_fingerprint", static_cast<int64_t>(run.input_fingerprint)},
            {"slot", run.slot}};
}

Result<RunStatus> RunFromJson(const Json& json) {
    const int64_t state = JsonInt(json, "state", -1);
    if (state < 0 || state > static_cast<int64_t>(RunState::kFailed)) {
        return Fail(Code::kCorrupt, "stored run");
    }
    return RunStatus{.id = RunId{Unsigned(json, "id")},
                     .state = static_cast<RunState>(state),
                     .started = Time(json, "started"),
                     .ended = Time(json, "ended"),
                     .error = JsonString(json, "error"),
                     .attempt = static_cast<uint32_t>(JsonInt(json, "attempt")),
                     .input_fingerprint = Unsigned(json, "input_fingerprint"),
                     .slot = JsonString(json, "slot")};
}

// Columns by port, as applied: the files do not say what was inferred.
template <class Ports>
Json ColumnsToJson(const Ports& ports) {
    Json json = Json::object();
    for (const auto& port : ports) {
        if (port.columns.empty()) continue;
        Json columns = Json::array();
        for (const model::Column& column : port.columns) columns.push_back(ToJson(column));
        json[port.name] = std::move(columns);
    }
    return json;
}

template <class Ports>
Result<> ColumnsFromJson(const Json& json, Ports& ports) {
    for (auto& port : ports) {
        const Json& columns = Member(json, port.name);
        if (columns.is_null()) continue;
        std::map<std::string, model::Position> written;
        for (const model::Column& column : port.columns) written[column.name] = column.at;
        port.columns.clear();
        for (const Json& each : columns) {
            port.columns.push_back(TRY(ColumnFromJson(each)));
            port.columns.back().at = written[port.columns.back().name];
        }
    }
    return {};
}

Json ToJson(const Product& product) {
    Json files = Json::object();
    for (const auto& [path, text] : product.files) files[path] = text;
    return {{"domain", product.domain.value},
            {"name", product.name},
            {"generation", product.generation},
            {"team", product.team.value},
            {"files", std::move(files)},
            {"folder", product.folder},
            {"input_columns", ColumnsToJson(product.spec.input_ports)},
            {"output_columns", ColumnsToJson(product.spec.output_ports)},
            {"applied_by", product.applied_by},
            {"created", product.created.us},
            {"applied", product.applied.us},
            {"versions", product.versions},
            {"run", ToJson(product.run)},
            {"last_success", product.last_success ? ToJson(*product.last_success) : Json(nullptr)},
            {"slots", product.slots}};
}

Result<std::vector<std::string>> TextsFromJson(const Json& json) {
    std::vector<std::string> texts;
    for (const Json& text : json) {
        if (!text.is_string()) return Fail(Code::kCorrupt, "stored list");
        texts.push_back(text.get<std::string>());
    }
    return texts;
}

Result<model::Product> SpecFromJson(const Json& json, const model::ProductFolder& folder) {
    model::Parsed parsed = model::ParseProduct(folder);
    if (!parsed.product) {
        const Finding* first = nullptr;
        for (const Finding& finding : parsed.findings) {
            if (finding.severity != Finding::Severity::kError) continue;
            first = &finding;
            break;
        }
        return Fail(Code::kCorrupt,
                    fmt::format("files of product {} no longer parse: {}", JsonString(json, "name"),
                                first == nullptr ? std::string("no reason") : first->message));
    }
    model::Product spec = *std::move(parsed.product);
    CHECK_OK(ColumnsFromJson(Member(json, "input_columns"), spec.input_ports));
    CHECK_OK(ColumnsFromJson(Member(json, "output_columns"), spec.output_ports));
    return spec;
}

Result<Product> ProductFromJson(const Json& json) {
    Product product;
    product.domain = DomainId{Unsigned(json, "domain")};
    product.name = JsonString(json, "name");
    product.generation = Unsigned(json, "generation");
    product.team = TeamId{Unsigned(json, "team")};
    product.folder = JsonString(json, "folder");
    for (const auto& [path, text] : Member(json, "files").items()) {
        if (!text.is_string()) return Fail(Code::kCorrupt, "stored product");
        product.files.emplace(path, text.template get<std::string>());
    }
    product.spec = TRY(SpecFromJson(json, {.path = product.folder, .files = product.files}));
    product.applied_by = JsonString(json, "applied_by");
    product.created = Time(json, "created");
    product.applied = Time(json, "applied");
    product.versions = TRY(TextsFromJson(Member(json, "versions")));
    product.run = TRY(RunFromJson(Member(json, "run")));
    if (const Json& run = Member(json, "last_success"); run.is_object()) {
        product.last_success = TRY(RunFromJson(run));
    }
    product.slots = TRY(TextsFromJson(Member(json, "slots")));
    return product;
}

// What Draft::Put asserts, as a check: stored bytes are not our own mistake.
Result<> CheckFits(bool there, const char* what) {
    if (!there) return Fail(Code::kCorrupt, fmt::format("stored {} does not fit the rest", what));
    return {};
}
Result<> Check(const State& state, const User& user) {
    return CheckFits(state.FindUser(user.name) == nullptr, "user");
}
Result<> Check(const State& state, const Token& token) {
    return CheckFits(
        state.users.contains(token.user) && !state.token_by_lookup.contains(token.lookup), "token");
}
Result<> Check(const State& state, const Team& team) {
    for (const UserId member : team.members) {
        CHECK_OK(CheckFits(state.users.contains(member), "team"));
    }
    return CheckFits(state.FindTeam(team.name) == nullptr, "team");
}
Result<> Check(const State& state, const Domain& domain) {
    return CheckFits(state.teams.contains(domain.owner) && state.FindDomain(domain.name) == nullptr,
                     "domain");
}
Result<> Check(const State& state, const Product& product) {
    return CheckFits(state.teams.contains(product.team) && state.domains.contains(product.domain) &&
                         !state.product_by_name.contains({product.domain, product.name}),
                     "product");
}
Result<> Check(const State& state, const Port& port) {
    return CheckFits(state.products.contains(port.product) &&
                         state.FindPort(port.product, port.name, port.major) == nullptr,
                     "port");
}
Result<> Check(const State& state, const Grant& grant) {
    return CheckFits(state.products.contains(grant.product) && state.HasSubject(grant.subject),
                     "grant");
}

template <class Entity>
Result<> Place(Draft& draft, uint64_t id, Result<Entity> entity) {
    if (!entity) return std::unexpected(std::move(entity).error());
    CHECK_OK(Check(draft.state(), *entity));
    entity->id = {id};
    draft.Put(*std::move(entity));
    return {};
}

template <class Map>
std::string Encode(const Map& map, uint64_t id) {
    const auto at = map.find(typename Map::key_type{id});
    return at == map.end() ? std::string() : DumpJson(ToJson(*at->second));
}

}  // namespace

std::string EncodeEntity(const State& state, Kind kind, uint64_t id) {
    switch (kind) {
        case Kind::kUser:
            return Encode(state.users, id);
        case Kind::kToken:
            return Encode(state.tokens, id);
        case Kind::kTeam:
            return Encode(state.teams, id);
        case Kind::kDomain:
            return Encode(state.domains, id);
        case Kind::kProduct:
            return Encode(state.products, id);
        case Kind::kPort:
            return Encode(state.ports, id);
        case Kind::kGrant:
            return Encode(state.grants, id);
        case Kind::kCount:
            break;
    }
    return {};
}

Result<> DecodeEntity(Draft& draft, Kind kind, uint64_t id, const std::string& body) {
    const auto parsed = ParseJson(body, kBodyBytesMax);
    if (!parsed || !parsed->is_object() || id == 0) {
        return Fail(Code::kCorrupt, fmt::format("stored entity {} is not JSON", id));
    }
    const Json& json = *parsed;
    switch (kind) {
        case Kind::kUser:
            return Place(draft, id, UserFromJson(json));
        case Kind::kToken:
            return Place(draft, id, TokenFromJson(json));
        case Kind::kTeam:
            return Place(draft, id, TeamFromJson(json));
        case Kind::kDomain:
            return Place(draft, id, DomainFromJson(json));
        case Kind::kProduct:
            return Place(draft, id, ProductFromJson(json));
        case Kind::kPort:
            return Place(draft, id, PortFromJson(json));
        case Kind::kGrant:
            return Place(draft, id, GrantFromJson(json));
        case Kind::kCount:
            break;
    }
    return Fail(Code::kCorrupt, "stored entity of no kind");
}

}  // namespace weft::meta
