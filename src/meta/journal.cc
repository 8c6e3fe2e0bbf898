#include "meta/journal.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "io/crypto.h"
#include "io/files.h"
#include "meta/state_json.h"

namespace weft::meta {
namespace {

// Tables by Kind.
constexpr std::array kTables{"users", "tokens", "teams", "domains", "products", "ports", "grants"};
static_assert(kTables.size() == static_cast<size_t>(Kind::kCount));

constexpr int64_t kOutboxEventsMax = 100'000;  // The oldest go first: nobody may fill the disk.

// migrations[n] leads from format n to n + 1. Never change one that was released: add one.
constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE users(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE tokens(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE teams(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE domains(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE products(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE ports(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE grants(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE file_roots(path TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE sequence(name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
CREATE TABLE product_files(product INTEGER NOT NULL, generation INTEGER NOT NULL,
    version TEXT NOT NULL, applied INTEGER NOT NULL, applied_by TEXT NOT NULL,
    files TEXT NOT NULL, PRIMARY KEY(product, generation)) STRICT, WITHOUT ROWID;
CREATE TABLE audit(sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL,
    command TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TABLE outbox(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL,
    type TEXT NOT NULL, data TEXT NOT NULL, delivered INTEGER NOT NULL DEFAULT 0) STRICT;
)sql",
};

// Each entry's hash covers the one before: an edit in the middle shows.
std::string ChainHash(const std::string& previous, const Store::AuditEntry& entry) {
    const Json content = Json::array(
        {previous, entry.sequence, entry.time.us, entry.actor, entry.command, entry.detail});
    return Hex(io::Sha256(DumpJson(content)));
}

Store::AuditEntry EntryOf(const Statement& row) {
    return {.sequence = row.Integer(0),
            .time = {row.Integer(1)},
            .actor = row.Text(2),
            .command = row.Text(3),
            .detail = row.Text(4)};
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::Open(const StoreOptions& options) {
    CHECK_OK(io::MakeDirectories(options.folder));
    auto database = TRY(Database::Open(
        options.folder + "/weft.db",
        {.create = options.create, .pages_max = options.pages_max, .migrations = kMigrations}));
    std::unique_ptr<Journal> journal(new Journal(std::move(database)));
    Statement newest = TRY(journal->database_->Prepare(
        "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1"));
    if (TRY(newest.Step())) {
        journal->audit_sequence_ = newest.Integer(0);
        journal->audit_hash_ = newest.Text(1);
    }
    return journal;
}

Result<std::shared_ptr<const State>> Journal::Load() {
    Draft draft(std::make_shared<const State>(), {});
    for (size_t kind = 0; kind < kTables.size(); ++kind) {
        Statement rows = TRY(
            database_->Prepare(fmt::format("SELECT id, body FROM {} ORDER BY id", kTables[kind])));
        while (TRY(rows.Step())) {
            CHECK_OK(DecodeEntity(draft, static_cast<Kind>(kind),
                                  static_cast<uint64_t>(rows.Integer(0)), rows.Text(1)));
        }
    }
    Statement roots = TRY(database_->Prepare("SELECT path FROM file_roots"));
    while (TRY(roots.Step())) draft.AddFileRoot(roots.Text(0));
    State state = *draft.Finish();
    state.version = TRY(ReadSequence("version"));
    state.last_id = TRY(ReadSequence("last_id"));
    return std::make_shared<const State>(std::move(state));
}

Result<> Journal::Write(const State& base, const Draft& draft, const std::vector<Entry>& entries) {
    CHECK_OK(database_->Begin());
    next_audit_sequence_ = audit_sequence_;
    next_audit_hash_ = audit_hash_;
    auto written = WriteEntities(base, draft);
    if (written) written = WriteAudit(draft.now(), entries);
    if (written) written = WriteEvents(draft);
    if (written) written = WriteSequence("version", draft.state().version);
    if (written) written = WriteSequence("last_id", draft.state().last_id);
    if (written) {
        io::DurableStep("state commit");
        written = database_->Commit();
        io::DurableStep("state committed");
    }
    if (!written) {
        // Nothing may be rolled back that is perhaps committed.
        if (written.error().code != Code::kUnknownOutcome) database_->Rollback();
        return written;
    }
    audit_sequence_ = next_audit_sequence_;
    audit_hash_ = next_audit_hash_;
    return {};
}

Result<> Journal::WriteEntities(const State& base, const Draft& draft) {
    for (const auto& [kind, id] : draft.touched()) {
        const char* table = kTables[static_cast<size_t>(kind)];
        const std::string body = EncodeEntity(draft.state(), kind, id);
        if (body.empty()) {
            Statement erase =
                TRY(database_->Prepare(fmt::format("DELETE FROM {} WHERE id = ?", table)));
            CHECK_OK(erase.Bind(static_cast<int64_t>(id)).Run());
            continue;
        }
        Statement put =
            TRY(database_->Prepare(fmt::format("INSERT OR REPLACE INTO {} VALUES (?, ?)", table)));
        CHECK_OK(put.Bind(static_cast<int64_t>(id)).Bind(body).Run());
        if (kind != Kind::kProduct) continue;
        const Product& product = *draft.state().products.at(ProductId{id});
        const auto before = base.products.find(product.id);
        if (before == base.products.end() || before->second->generation != product.generation) {
            CHECK_OK(KeepFiles(product));
        }
    }
    for (const std::string& root : draft.new_file_roots()) {
        Statement put = TRY(database_->Prepare("INSERT OR IGNORE INTO file_roots VALUES (?)"));
        CHECK_OK(put.Bind(root).Run());
    }
    return {};
}

Result<> Journal::KeepFiles(const Product& product) {
    Json files = Json::object();
    for (const auto& [path, text] : product.files) files[path] = text;
    const std::string body = DumpJson(files);
    const std::string version = product.versions.empty() ? "" : product.versions.back();
    Statement put =
        TRY(database_->Prepare("INSERT OR REPLACE INTO product_files VALUES (?, ?, ?, ?, ?, ?)"));
    return put.Bind(static_cast<int64_t>(product.id.value))
        .Bind(static_cast<int64_t>(product.generation))
        .Bind(version)
        .Bind(product.applied.us)
        .Bind(product.applied_by)
        .Bind(body)
        .Run();
}

Result<> Journal::WriteAudit(Timestamp now, const std::vector<Entry>& entries) {
    Statement put = TRY(database_->Prepare("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)"));
    for (const Entry& entry : entries) {
        const Store::AuditEntry row{.sequence = ++next_audit_sequence_,
                                    .time = now,
                                    .actor = entry.actor,
                                    .command = entry.command,
                                    .detail = entry.detail};
        next_audit_hash_ = ChainHash(next_audit_hash_, row);
        CHECK_OK(put.Bind(row.sequence)
                     .Bind(row.time.us)
                     .Bind(row.actor)
                     .Bind(row.command)
                     .Bind(row.detail)
                     .Bind(next_audit_hash_)
                     .Run());
    }
    return {};
}

Result<> Journal::WriteEvents(const Draft& draft) {
    if (draft.events().empty()) return {};
    Statement put =
        TRY(database_->Prepare("INSERT INTO outbox(time, type, data) VALUES (?, ?, ?)"));
    for (const Draft::Event& event : draft.events()) {
        const std::string data = DumpJson(event.data);
        CHECK_OK(put.Bind(draft.now().us).Bind(event.type).Bind(data).Run());
    }
    Statement prune =
        TRY(database_->Prepare("DELETE FROM outbox WHERE id <= (SELECT max(id) FROM outbox) - ?"));
    return prune.Bind(kOutboxEventsMax).Run();
}

Result<> Journal::WriteSequence(const char* name, uint64_t value) {
    Statement put = TRY(database_->Prepare("INSERT OR REPLACE INTO sequence VALUES (?, ?)"));
    return put.Bind(std::string_view(name)).Bind(static_cast<int64_t>(value)).Run();
}

Result<uint64_t> Journal::ReadSequence(const char* name) {
    Statement read = TRY(database_->Prepare("SELECT value FROM sequence WHERE name = ?"));
    read.Bind(std::string_view(name));
    if (!TRY(read.Step())) return 0;
    return static_cast<uint64_t>(read.Integer(0));
}

Result<> Journal::MoveTables(const std::function<void(Port&)>& change) {
    const auto base = TRY(Load());
    Draft draft(base, {});
    for (const auto& [id, port] : base->ports) {
        Port moved = *port;
        change(moved);
        draft.Put(std::move(moved));
    }
    CHECK_OK(database_->Begin());
    const auto written = WriteEntities(*base, draft);
    if (!written) {
        database_->Rollback();
        return written;
    }
    return database_->Commit();
}

Result<std::vector<Store::AuditEntry>> Journal::Audit(int64_t after, size_t count_max) {
    Statement rows = TRY(database_->Prepare(
        "SELECT sequence, time, actor, command, detail FROM audit WHERE sequence > ? "
        "ORDER BY sequence LIMIT ?"));
    rows.Bind(after).Bind(static_cast<int64_t>(count_max));
    std::vector<Store::AuditEntry> entries;
    while (TRY(rows.Step())) entries.push_back(EntryOf(rows));
    return entries;
}

Result<uint64_t> Journal::CheckAudit() {
    Statement rows = TRY(database_->Prepare(
        "SELECT sequence, time, actor, command, detail, hash FROM audit ORDER BY sequence"));
    std::string hash;
    int64_t count = 0;
    while (TRY(rows.Step())) {
        const Store::AuditEntry entry = EntryOf(rows);
        hash = ChainHash(hash, entry);
        if (entry.sequence != ++count || hash != rows.Text(5)) {
            return Fail(Code::kCorrupt,
                        fmt::format("audit entry {} was changed, or one before it is missing",
                                    entry.sequence));
        }
    }
    if (count != audit_sequence_) return Fail(Code::kCorrupt, "newest audit entries are missing");
    return static_cast<uint64_t>(count);
}

}  // namespace weft::meta
