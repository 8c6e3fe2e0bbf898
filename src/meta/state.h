// All durable state of a node as one immutable value. Readers take a snapshot (store.h) and no
// lock.
//
// Entities are shared between versions: a change copies the maps of pointers and replaces the
// entities it touches. Each entity has an id that is never reused; ids + 16384 are PostgreSQL's
// oids.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "model/product.h"

namespace weft::meta {

// SCRAM-SHA-256 keys of a password or token (RFC 5802); the salt and iteration count are the
// user's.
struct Verifier {
    std::string stored_key;  // 32 bytes.
    std::string server_key;  // 32 bytes.
};

struct User {
    UserId id;
    std::string name;
    bool admin = false;  // Manages; reads only by membership or grant.
    std::string salt;    // 16 random bytes.
    uint32_t iterations = 32'768;
    std::optional<Verifier> password;
    Timestamp created;
};

struct Token {
    TokenId id;
    UserId user;
    std::string label;
    Verifier verifier;   // Of the token's text, under the user's salt and iterations.
    std::string lookup;  // SHA-256 of the token's text, hex: HTTP finds it without trying all.
    Timestamp created;
    std::optional<Timestamp> expires;
};

struct Team {
    TeamId id;
    std::string name;
    std::string contact;
    std::set<UserId> members;
};

struct Domain {
    DomainId id;
    std::string name;
    TeamId owner;  // May apply products into it.
};

// Who a grant is for.
struct Subject {
    enum class Kind : uint8_t { kUser, kTeam, kProduct, kEveryone };
    Kind kind = Kind::kUser;
    uint64_t id =
        0;  // UserId or TeamId; 0 for kProduct and kEveryone (every authenticated principal).
    std::string
        name;  // kProduct only: "sales.orders". By name, so that a grant may precede its product.
    friend auto operator<=>(const Subject&, const Subject&) = default;
};

struct Grant {
    GrantId id;
    ProductId product;
    std::string port;  // One port, or "*" for all.
    model::Access access = model::Access::kRead;
    Subject subject;
    std::optional<Timestamp> until;
    bool declared = false;  // Written in the product file: replaced by each apply.
    std::string given_by;   // Principal's name.
    Timestamp created;
};

// A published contract column, bound to its Iceberg field id for good.
struct BoundColumn {
    model::Column column;
    int32_t field_id = 0;
    std::vector<int32_t> child_ids;  // Of nested types, depth first.
};

// The table behind a port and major version. `metadata_location` empty: nothing has been published
// yet.
struct Table {
    std::string uuid;
    std::string location;           // Folder of the table, absolute.
    std::string metadata_location;  // The pointer: swapped by compare-and-set, only in a command.
    int64_t snapshot_id = 0;
    uint64_t row_count = 0;
    uint64_t size_bytes = 0;
    uint32_t file_count = 0;
    int32_t last_column_id = 0;
    Timestamp published;
};

// Accepted records that are not in the table yet: one small Parquet file in the table's data folder
// (design.md, Writing). Readers see the snapshot and then these.
struct TailFile {
    std::string name;  // In <location>/data.
    uint64_t row_count = 0;
    uint64_t size_bytes = 0;
    uint64_t last_position = 0;  // Of the newest record in it.
    std::string stats;           // What the Iceberg commit needs of it; catalog/staging.h reads it.
};

// A range of dead letters that were replayed or purged: readers no longer see them.
struct Settled {
    uint64_t first = 0;  // Positions, both inclusive.
    uint64_t last = 0;
    friend bool operator==(const Settled&, const Settled&) = default;
};

// A file that an `incremental: files` port has taken, and the data files that hold its rows.
struct TakenFile {
    std::string path;  // As the messages say it; the key.
    uint64_t size = 0;
    int64_t mtime_ns = 0;
    std::string sha256;  // Hex; empty: not hashed.
    uint64_t row_count = 0;
    Timestamp taken;
    RunId run;
    std::vector<std::string> data_files;  // Names in <location>/data.
};

struct Port {
    PortId id;
    ProductId product;
    std::string name;  // "default" or the port's own.
    uint32_t major = 1;
    std::string contract_version;  // "1.4.2", of the last publication.
    std::vector<BoundColumn>
        columns;  // As published, together with the data; empty before the first publication.
    Table table;
    std::vector<uint64_t> inputs;  // PortIds read by the run that published last (lineage).

    // Ports fed by events, and their dead letters.
    bool pushed = false;
    // The newest record of the input that has been checked, wherever it went; the log is needed
    // only beyond it. In the same transaction as the tail and the table's pointer.
    uint64_t position = 0;
    std::vector<TailFile> tail;    // Oldest first.
    std::vector<Settled> settled;  // Of the port `rejected` only; sorted, apart.

    // Incremental ports: how far the last run had read, and what it has taken.
    std::string watermark;  // `by`: the newest value of the column, as DuckDB prints it.
    std::map<uint64_t, uint64_t> read_to;  // `merge`: by PortId of an event input, the position.
    std::map<std::string, TakenFile> taken;  // `files`, by path.

    // Readable: something was published, if only an empty table.
    bool HasRows() const { return pushed || !table.metadata_location.empty(); }
    uint64_t TailRows() const;
    // What names one state of its rows: the position for events, else the table's snapshot.
    int64_t DataVersion() const;
};

enum class RunState : uint8_t { kNone, kQueued, kRunning, kSucceeded, kFailed };

struct RunStatus {
    RunId id;
    RunState state = RunState::kNone;
    Timestamp started;
    Timestamp ended;
    std::string error;     // One sentence; empty unless kFailed.
    uint32_t attempt = 0;  // Failures in a row.
    uint64_t input_fingerprint =
        0;             // Hash over the inputs' snapshots and files: "on change" compares it.
    std::string slot;  // Schedule slot that it served; a slot is run at most once.
};

inline constexpr size_t kSlotsMax = 32;

struct Product {
    ProductId id;
    DomainId domain;
    std::string name;
    uint64_t generation = 0;  // Counts applies; optimistic locking of plan and run.
    TeamId team;              // The owning team.
    model::Product spec;      // Of the newest apply.
    std::map<std::string, std::string> files;  // The folder's text files, as applied.
    std::string folder;  // Where the applier's folder was, for messages and relative input paths.
    std::string applied_by;
    Timestamp created;
    Timestamp applied;
    std::vector<std::string> versions;  // Every version that was applied, oldest first.
    RunStatus run;                      // The newest run.
    std::optional<RunStatus> last_success;
    std::vector<std::string>
        slots;  // The newest schedule slots that were started, oldest first; kSlotsMax.
};

struct State {
    uint64_t version = 0;  // Grows by one with each transaction.
    uint64_t last_id = 0;  // The newest id that was given to anything.
    std::map<UserId, std::shared_ptr<const User>> users;
    std::map<TokenId, std::shared_ptr<const Token>> tokens;
    std::map<TeamId, std::shared_ptr<const Team>> teams;
    std::map<DomainId, std::shared_ptr<const Domain>> domains;
    std::map<ProductId, std::shared_ptr<const Product>> products;
    std::map<PortId, std::shared_ptr<const Port>> ports;
    std::map<GrantId, std::shared_ptr<const Grant>> grants;
    // Folders beneath which product files may name input files: "/folder" for products of every
    // team, "team:/folder" for those of one. Teams do not see each other's files because an
    // administrator applied for both.
    std::set<std::string> file_roots;
    std::map<std::string, UserId, std::less<>> user_by_name;
    std::map<std::string, TeamId, std::less<>> team_by_name;
    std::map<std::string, DomainId, std::less<>> domain_by_name;
    std::map<std::pair<DomainId, std::string>, ProductId> product_by_name;
    std::map<ProductId, std::vector<PortId>> ports_of;  // Ordered by name, then major.
    std::map<ProductId, std::vector<GrantId>> grants_of;
    std::map<std::string, TokenId, std::less<>> token_by_lookup;

    // Null when there is none.
    const User* FindUser(std::string_view name) const;
    const Team* FindTeam(std::string_view name) const;
    const Domain* FindDomain(std::string_view name) const;
    const Product* FindProduct(std::string_view domain, std::string_view name) const;
    const Port* FindPort(ProductId product, std::string_view name, uint32_t major) const;
    const Domain& DomainOf(const Product& product) const;
    std::string FullName(const Product& product) const;  // "sales.orders"
    // "ana", "team:sales-data", "product:finance.revenue", "everyone".
    std::optional<Subject> FindSubject(std::string_view text) const;
    bool HasSubject(const Subject& subject) const;
    std::string SubjectName(const Subject& subject) const;
};

}  // namespace weft::meta
