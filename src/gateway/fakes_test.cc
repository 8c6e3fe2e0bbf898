// The fakes and clients of server_test_util.h; no tests of its own.
#include <arpa/inet.h>

#include <cstring>

#include "base/text.h"
#include "gateway/server_test_util.h"
#include "io/crypto.h"
#include "meta/products.h"
#include "meta/tails.h"
#include "model/folder.h"

namespace weft::gateway {
namespace {

class FakePool : public engine::Pool {
  public:
    Result<std::unique_ptr<engine::Worker>> Take(engine::Start) override {
        return Fail(Code::kUnavailable, "fake");
    }
    uint32_t worker_count() const override { return 3; }
    int zygote_pid() const override { return getpid(); }
};

class FakeTables : public catalog::Tables {
  public:
    Result<catalog::Resolved> Resolve(const std::shared_ptr<const meta::State>&,
                                      const govern::Principal&, const engine::RelationName& name,
                                      int64_t) override {
        if (!name.table.starts_with("clicks")) return Fail(Code::kNotFound, "fake");
        engine::TableRelation table;
        for (const char* column : {"url", "received_at", "_position"})
            table.columns.push_back({.name = column, .type = {}, .child_ids = {}, .mask = {},
                                     .comment = {}, .alias = {}});
        catalog::Resolved resolved;
        resolved.relation.body = table;
        return resolved;
    }
    Result<Plan> PlanScan(const catalog::Scannable&, const engine::Open&) override {
        return Fail(Code::kNotFound, "fake");
    }
    uint64_t OldestPin(const std::string&) const override { return 0; }
    uint64_t PinCount() const override { return 0; }
    Result<io::Descriptor> OpenFile(const catalog::Scannable&, const std::string&) override {
        return Fail(Code::kNotFound, "fake");
    }
    std::shared_ptr<const void> Pin(const std::string&) override { return {}; }
    bool IsPinned(const std::string&) const override { return false; }
    iceberg::Cache& cache() override { std::abort(); }
    const std::string& folder() const override { return folder_; }

  private:
    std::string folder_ = "/nonexistent";
};

class FakeRunner : public pipeline::Runner {
  public:
    Result<RunId> Queue(ProductId, std::string, std::string) override { return RunId{7}; }
    Result<std::vector<RunId>> QueueOrder(ProductId, pipeline::RunOrder, std::string) override {
        return std::vector{RunId{7}};
    }
    Result<meta::RunRecord> Wait(RunId, uint64_t) override { return Fail(Code::kNotFound, "fake"); }
    uint32_t running() const override { return 0; }
    void Drain() override {}
};

constexpr uint32_t kIterations = 4'096;

size_t RowsOf(const std::string& script) {
    const size_t at = script.find("rows ");
    return at == std::string::npos
               ? 0
               : static_cast<size_t>(std::strtoull(script.c_str() + at + 5, nullptr, 10));
}

bool Says(const std::string& script, const char* word) {
    return script.find(word) != std::string::npos;
}

Error Cancelled() {
    return {Code::kUnavailable, "canceling statement due to user request", {}, "57014", {}};
}

}  // namespace

std::unique_ptr<query::Session> FakeSessions::Open(query::SessionOptions options) {
    auto session = std::make_unique<FakeSession>(*this, next_id.fetch_add(1));
    std::scoped_lock lock(mutex);
    last = std::move(options);
    open[session->id()] = session.get();
    return session;
}

bool FakeSessions::CancelByKey(uint32_t id, uint32_t key) {
    std::scoped_lock lock(mutex);
    const auto it = open.find(id);
    if (it == open.end() || it->second->cancel_key() != key) return false;
    it->second->Cancel();
    return true;
}

FakeSession::~FakeSession() {
    Cancel();
    if (thread_.joinable()) thread_.join();
    std::scoped_lock lock(all_.mutex);
    all_.open.erase(id_);
}

void FakeSession::PinData(int64_t data_version) {
    std::scoped_lock lock(all_.mutex);
    all_.last_pin = data_version;
}

void FakeSession::Cancel() {
    ++all_.cancels;
    std::scoped_lock lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
}

Result<> FakeSession::Start() {
    if (thread_.joinable()) thread_.join();
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return Fail(Code::kUnavailable, "socketpair");
    near_ = io::Descriptor(ends[0]);
    far_ = io::Descriptor(ends[1]);
    std::scoped_lock lock(mutex_);
    cancelled_ = false;
    return {};
}

void FakeSession::Send(char type, std::string_view body) {
    const auto size = static_cast<uint32_t>(body.size());
    std::string frame(1, type);
    frame.append(reinterpret_cast<const char*>(&size), 4);
    frame += body;
    for (size_t sent = 0; sent < frame.size();) {
        const ssize_t count =
            ::send(far_.get(), frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) return;
        sent += static_cast<size_t>(count);
    }
}

void FakeSession::Run(std::string script, std::string row, std::string end, OnEnded on_ended) {
    engine::Ended ended;
    ended.reports.push_back({script, "SELECT", "", 0, 10, 5, {}});
    for (size_t i = 0; i < RowsOf(script); ++i) Send('d', row);
    if (Says(script, "die part")) Send('p', row.substr(0, row.size() / 2));
    if (Says(script, "die")) {
        far_.Close();
        on_ended(std::unexpected(Error{Code::kUnavailable, "the worker ended", {}, "57P05", {}}));
        return;
    }
    if (Says(script, "wait")) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return cancelled_; });
        lock.unlock();
        far_.Close();
        on_ended(std::unexpected(Cancelled()));
        return;
    }
    if (Says(script, "fail")) {
        ended.ok = false;
        ended.error = {Code::kNotFound, "no such table", {}, "42P01", {}};
    }
    if (!end.empty()) Send('d', end);
    on_ended(ended);
    Send('z', "");
}

Result<> FakeSession::Begin(engine::Pg batch, OnEnded on_ended) {
    if (Says(batch.messages, "refuse"))
        return std::unexpected(Error{Code::kLimit, "no slot in time", {}, "53300", {}});
    CHECK_OK(Start());
    engine::PgWriter row, end;
    row.Row({std::string("value")});
    end.Tag("SELECT 1");
    end.Ready('I');
    thread_ = std::thread([this, batch, row = row.buffer(), end = end.buffer(), on_ended] {
        Run(batch.messages, row,
            batch.messages.front() == 'P' && batch.messages.back() != '\4' ? "" : end, on_ended);
    });
    return {};
}

// "_position > 2 AND _position <= 9": every third record was rejected. In pieces of seven bytes.
void FakeSession::SendChanges(const std::string& where, uint64_t limit) {
    unsigned long long since = 0, upto = 0;
    if (std::sscanf(where.c_str(), "_position > %llu AND _position <= %llu", &since, &upto) != 2)
        return;
    std::string rows;
    for (unsigned long long at = since + 1; at <= upto && limit > 0; ++at) {
        if (at % 3 == 0) continue;
        const std::string n = std::to_string(at);
        rows += "{\"_position\":" + n + ",\"url\":\"/" + n + "\"}\n";
        --limit;
    }
    for (size_t at = 0; at < rows.size(); at += 7)
        Send(at + 7 < rows.size() ? 'p' : 'd', rows.substr(at, 7));
}

Result<> FakeSession::Begin(engine::Statement statement, OnHead on_head, OnEnded on_ended) {
    const std::string script = statement.sql + statement.where;
    {
        std::scoped_lock lock(all_.mutex);
        all_.last_statement = statement;
    }
    if (Says(script, "refuse"))
        return std::unexpected(Error{Code::kLimit, "no slot in time", {}, "53300", {}});
    CHECK_OK(Start());
    if (!statement.order.empty() && statement.order[0].column == "_position") {
        thread_ = std::thread([this, script, limit = statement.limit, on_head, on_ended] {
            on_head({});
            SendChanges(script, limit == 0 ? UINT64_MAX : limit);
            on_ended(engine::Ended{});
            Send('z', "");
        });
        return {};
    }
    thread_ = std::thread([this, script, on_head, on_ended] {
        if (!Says(script, "fail early")) on_head({{{"carrier", {}}}, {}});
        Run(script, "{\"carrier\":\"UA\"}\n", "", on_ended);
    });
    return {};
}

Result<ingest::Target> FakeIngest::FindTarget(const meta::State&, const govern::Principal&,
                                              std::string_view domain, std::string_view product,
                                              std::string_view input) const {
    if (domain != "web" || (product != "clicks" && product != "views") ||
        (!input.empty() && input != "in"))
        return Fail(Code::kNotFound, "there is no such product: nothing was stored");
    ingest::Target target;
    target.stream = {ProductId{product == "clicks" ? 1u : 2u}, "in"};
    target.product = "web." + std::string(product);
    target.port = "default";
    target.columns.resize(1);
    target.columns[0].name = product == "clicks" ? "url" : "ce_id";
    return target;
}

Result<ingest::Target> FakeIngest::FindType(const meta::State& state, const govern::Principal& who,
                                            std::string_view domain, std::string_view type) const {
    return FindTarget(state, who, domain, std::string(type) + "s", {});
}

Result<ingest::Receipt> FakeIngest::Accept(const ingest::Target& target, const govern::Principal&,
                                           ingest::Records records, std::string key) {
    std::scoped_lock lock(mutex);
    if (refusal) return std::unexpected(*refusal);
    if (const auto known = keys.find(key); !key.empty() && known != keys.end()) {
        if (known->second.first != records.lines)
            return std::unexpected(
                Error{Code::kConflict, "this key was used for other records", {}, "23505", {}});
        known->second.second.repeated = true;
        return known->second.second;
    }
    uint64_t& newest = positions[target.product];
    const ingest::Receipt receipt{newest + 1, records.count, false};
    newest += records.count;
    lines[target.product] += records.lines;
    record_keys = records.record_keys;
    keys[key] = {records.lines, receipt};
    return receipt;
}

Result<ingest::Ingest::Checked> FakeIngest::WaitChecked(const ingest::Stream&,
                                                        const ingest::Receipt& receipt,
                                                        uint64_t wait_ms) {
    std::unique_lock lock(mutex);
    if (!checked) {
        lock.unlock();
        std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
        return Checked{};
    }
    engine::BadRecord bad;
    bad.line = receipt.first_position;
    bad.column = "url";
    bad.reason = "required";
    return Checked{.done = true, .accepted = receipt.count - 1, .rejected = 1, .reasons = {bad}};
}

struct TestNode::Fakes {
    FakePool pool;
    FakeTables tables;
    FakeRunner runner;
    std::unique_ptr<catalog::Products> products;
};

TestNode::TestNode() : fakes_(std::make_unique<Fakes>()) {
    std::string pattern = std::filesystem::temp_directory_path() / "weft_gateway_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    store_ = *meta::Store::Open({folder_, &clock_, true});
    history_ = *meta::History::Open(folder_);
    meta::AddUser add;
    add.name = "ana";
    add.admin = true;
    add.salt = govern::NewSalt();
    add.iterations = kIterations;
    add.password = govern::MakeVerifier("secret-ana", add.salt, add.iterations);
    EXPECT_TRUE(store_->Commit("test", add));
    token = govern::NewTokenText();
    const meta::User* ana = store_->Snapshot()->FindUser("ana");
    EXPECT_TRUE(
        store_->Commit("test", meta::AddToken{ana->id,
                                              "test",
                                              govern::MakeVerifier(token, add.salt, add.iterations),
                                              govern::TokenLookup(token),
                                              {}}));
    fakes_->products = std::make_unique<catalog::Products>(
        catalog::Products::Parts{*store_, fakes_->tables, fakes_->pool, clock_, folder_});
    ServerOptions options;
    options.http = "127.0.0.1:0";
    options.postgres = "127.0.0.1:0";
    options.mock_key = std::string(32, 'm');
    options.page_key = std::string(32, 'p');
    auto made = Listen(options);
    EXPECT_TRUE(made) << made.error().message;
    server = std::move(*made);
}

TestNode::~TestNode() {
    server.reset();
    fakes_.reset();
    history_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
}

void TestNode::AddClicks() {
    meta::AppliedProduct applied;
    applied.files["product.yaml"] = R"yaml(apiVersion: weft/v1
kind: DataProduct
domain: web
name: clicks
version: 1.0.0
description: Clicks of a test.
team: {name: web-data, contact: "#web"}
inputPorts:
  - {name: in, events: push}
outputPorts:
  - name: default
    columns:
      url: {type: varchar}
)yaml";
    applied.folder = "/p";
    auto parsed = model::ParseProduct({.path = "/p", .files = applied.files});
    ASSERT_TRUE(parsed.product);
    applied.spec = *parsed.product;
    const auto done = store_->Commit(
        "test", meta::ApplyProducts{store_->Snapshot()->FindUser("ana")->id, {std::move(applied)}});
    ASSERT_TRUE(done) << done.error().message;
}

void TestNode::Roll(uint64_t upto) {
    const auto state = store_->Snapshot();
    const meta::Product& clicks = *state->FindProduct("web", "clicks");
    meta::RollTail roll;
    roll.product = clicks.id;
    roll.expected_generation = clicks.generation;
    roll.expected_position = meta::RolledPosition(*state, clicks.id, "default");
    roll.position = upto;
    roll.accepted.port = "default";
    roll.accepted.table.uuid = "u";
    roll.accepted.table.location = "/t/u";
    roll.accepted.files = {{std::to_string(upto), 1, 1, upto, ""}};
    roll.accepted.columns.resize(1);
    roll.accepted.columns[0].column.name = "url";
    roll.accepted.contract_version = "1.0.0";
    const auto done = store_->Commit("test", roll);
    EXPECT_TRUE(done) << done.error().message;
}

void TestNode::RemoveToken() {
    const auto state = store_->Snapshot();
    const auto done = store_->Commit("test", meta::RevokeToken{state->tokens.begin()->first});
    EXPECT_TRUE(done) << done.error().message;
}

Result<std::unique_ptr<Server>> TestNode::Listen(ServerOptions options) {
    return Server::Make({*store_, *history_, fakes_->tables, *fakes_->products, sessions,
                         fakes_->runner, fakes_->pool, clock_, &ingest},
                        std::move(options));
}

Client::Client(const std::string& address) {
    const size_t colon = address.rfind(':');
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
}

void Client::Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

bool Client::Send(std::string_view bytes) {
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
}

std::string Client::Read(size_t bytes) {
    std::string read(bytes, '\0');
    size_t count = 0;
    while (count < bytes) {
        const ssize_t got = ::recv(fd_, read.data() + count, bytes - count, 0);
        if (got <= 0) break;
        count += static_cast<size_t>(got);
    }
    read.resize(count);
    return read;
}

std::string Client::ReadToEnd() {
    std::string all;
    while (true) {
        const std::string piece = Read(1);
        if (piece.empty()) return all;
        all += piece;
    }
}

bool Client::AtEnd() {
    char byte;
    return ::recv(fd_, &byte, 1, MSG_PEEK) == 0;
}

Client::Message Client::ReadMessage() {
    const std::string head = Read(5);
    if (head.size() < 5) return {};
    uint32_t size = 0;
    std::memcpy(&size, head.data() + 1, 4);
    Message message{head[0], Read(ntohl(size) - 4)};
    if (message.type == 'E') last_error = message.body;
    return message;
}

std::string Client::TypesUntilReady() {
    std::string types;
    while (true) {
        const Message message = ReadMessage();
        if (message.type == 0) return types + "!";
        types += message.type;
        if (message.type == 'Z') return types;
    }
}

namespace {

std::string Typed(char type, const std::string& body) {
    const uint32_t size = htonl(static_cast<uint32_t>(body.size() + 4));
    return std::string(1, type) + std::string(reinterpret_cast<const char*>(&size), 4) + body;
}

std::string ScramFinal(const std::string& client_bare, const std::string& server_first,
                       const std::string& secret) {
    const auto parts = Split(server_first, ',');
    const std::string nonce = parts[0].substr(2);
    const std::string salt = *FromBase64(parts[1].substr(2));
    const auto iterations = static_cast<uint32_t>(std::stoul(parts[2].substr(2)));
    const std::string salted = io::Pbkdf2Sha256(secret, salt, iterations);
    const std::string client_key = io::HmacSha256(salted, "Client Key");
    const std::string bare = "c=biws,r=" + nonce;
    const std::string text = client_bare + "," + server_first + "," + bare;
    std::string proof = io::HmacSha256(io::Sha256(client_key), text);
    for (size_t i = 0; i < proof.size(); ++i)
        proof[i] = static_cast<char>(proof[i] ^ client_key[i]);
    return bare + ",p=" + Base64(proof);
}

}  // namespace

std::string Startup(const std::string& user, const std::string& database, uint32_t version) {
    const uint32_t code = htonl(version);
    std::string body(reinterpret_cast<const char*>(&code), 4);
    for (const auto& text : {std::string("user"), user, std::string("database"), database})
        body += text + '\0';
    body += '\0';
    const uint32_t size = htonl(static_cast<uint32_t>(body.size() + 4));
    return std::string(reinterpret_cast<const char*>(&size), 4) + body;
}

std::string Query(const std::string& sql) { return Typed('Q', sql + '\0'); }

std::string SqlstateOfBody(const std::string& body) {
    for (const auto& field : Split(body, '\0'))
        if (field.starts_with('C')) return field.substr(1);
    return {};
}

std::string Client::Login(const std::string& user, const std::string& secret,
                          const std::string& database) {
    Send(Startup(user, database));
    const Message offer = ReadMessage();
    if (offer.type != 'R') return offer.type == 'E' ? SqlstateOfBody(offer.body) : "closed";
    const std::string bare = "n=,r=abcdefghijklmnopqrst";
    const std::string first = "n,," + bare;
    const uint32_t size = htonl(static_cast<uint32_t>(first.size()));
    Send(Typed('p', "SCRAM-SHA-256" + std::string(1, '\0') +
                        std::string(reinterpret_cast<const char*>(&size), 4) + first));
    const Message challenge = ReadMessage();
    if (challenge.type != 'R')
        return challenge.type == 'E' ? SqlstateOfBody(challenge.body) : "closed";
    Send(Typed('p', ScramFinal(bare, challenge.body.substr(4), secret)));
    while (true) {
        const Message message = ReadMessage();
        if (message.type == 0) return "closed";
        if (message.type == 'E') return SqlstateOfBody(message.body);
        if (message.type == 'Z') return "";
        if (message.type == 'K') {
            std::memcpy(&session, message.body.data(), 4);
            std::memcpy(&key, message.body.data() + 4, 4);
            session = ntohl(session);
            key = ntohl(key);
        }
    }
}

std::string HttpAnswer::Header(const std::string& name) const {
    for (const auto& line : Split(head, '\n'))
        if (ToLower(line).starts_with(ToLower(name) + ":"))
            return std::string(Trim(line.substr(name.size() + 1)));
    return {};
}

HttpAnswer Http(const std::string& address, const std::string& request) {
    Client client(address);
    client.Send(request);
    HttpAnswer answer;
    while (!answer.head.ends_with("\r\n\r\n")) {
        const std::string byte = client.Read(1);
        if (byte.empty()) return answer;
        answer.head += byte;
    }
    answer.status = std::stoi(answer.head.substr(9, 3));
    if (answer.Header("Transfer-Encoding") != "chunked") {
        const std::string length = answer.Header("Content-Length");
        const size_t bytes = length.empty() ? 0 : std::stoul(length);
        if (!request.starts_with("HEAD")) answer.body = client.Read(bytes);
        answer.whole = answer.body.size() == bytes || request.starts_with("HEAD");
        return answer;
    }
    while (true) {
        std::string line;
        while (!line.ends_with("\r\n")) {
            const std::string byte = client.Read(1);
            if (byte.empty()) return answer;
            line += byte;
        }
        const size_t size = std::stoul(line, nullptr, 16);
        const std::string chunk = client.Read(size + 2);
        answer.body += chunk.substr(0, size);
        if (size == 0) {
            answer.whole = true;
            return answer;
        }
    }
}

HttpAnswer Get(const std::string& address, const std::string& path, const std::string& token,
               const std::string& more) {
    return Http(address, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" +
                             (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") +
                             more + "\r\n");
}

}  // namespace weft::gateway
