// For the tests of this folder: a gateway on free ports over a real store and a fake query layer,
// and blocking clients that speak raw PostgreSQL and HTTP. The fake session does what the text of
// the statement says.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/pg_message.h"
#include "gateway/server.h"
#include "govern/login.h"
#include "ingest/ingest.h"
#include "io/descriptor.h"
#include "meta/users.h"

namespace weft::gateway {

class FakeSessions : public query::Sessions {
  public:
    std::unique_ptr<query::Session> Open(query::SessionOptions options) override;
    bool CancelByKey(uint32_t id, uint32_t key) override;
    Result<> CancelById(const govern::Principal&, uint32_t, bool) override { return {}; }
    std::vector<query::RunningStatement> List(const govern::Principal&) const override {
        return {};
    }
    void Drain() override {}

    std::mutex mutex;
    std::map<uint32_t, query::Session*> open;  // Guarded by mutex.
    std::atomic<int> cancels = 0;
    std::atomic<uint32_t> next_id = 1;
    query::SessionOptions last;        // Of the newest session; guarded by mutex.
    engine::Statement last_statement;  // Guarded by mutex.
    int64_t last_pin = 0;              // Guarded by mutex.
};

// Takes events of web.clicks (type "click") and web.views (type "view"), and keeps them.
class FakeIngest : public ingest::Ingest {
  public:
    Result<ingest::Target> FindTarget(const meta::State&, const govern::Principal&,
                                      std::string_view domain, std::string_view product,
                                      std::string_view input) const override;
    Result<ingest::Target> FindTable(const meta::State&, const govern::Principal&,
                                     const engine::RelationName&) const override {
        return Fail(Code::kNotFound, "fake");
    }
    Result<ingest::Target> FindType(const meta::State& state, const govern::Principal& who,
                                    std::string_view domain, std::string_view type) const override;
    Result<ingest::Receipt> Accept(const ingest::Target& target, const govern::Principal& who,
                                   ingest::Records records, std::string key) override;
    Result<Checked> WaitChecked(const ingest::Stream& stream, const ingest::Receipt& receipt,
                                uint64_t wait_ms) override;
    Result<uint64_t> Replay(const ingest::Target&, const govern::Principal&,
                            std::vector<Letter>) override {
        return uint64_t{0};
    }
    Result<> Purge(ProductId, uint32_t, std::vector<meta::Settled>, const std::string&) override {
        return {};
    }
    std::shared_ptr<const void> OnRolled(std::function<void()>) override { return {}; }
    std::vector<Lag> Lags() const override { return {{"web.clicks", "clicks", 3, 30, "broken"}}; }
    ingest::Log& log() override { std::abort(); }
    void Drain() override {}

    std::mutex mutex;
    std::map<std::string, std::string> lines;     // By product; guarded by mutex, as all below.
    std::map<std::string, uint64_t> positions;    // The newest, by product.
    std::map<std::string, std::pair<std::string, ingest::Receipt>> keys;
    std::optional<Error> refusal;                 // What Accept answers.
    bool checked = true;                          // Whether WaitChecked is done at once.
    std::vector<std::string> record_keys;         // Of the last request.
};

// Scripts, found anywhere in the text: "rows N" sends N rows, "die whole" and "die part" end the
// stream early, "wait" answers only when it is cancelled, "refuse" fails in Begin, "fail" fails
// before the first row.
class FakeSession : public query::Session {
  public:
    FakeSession(FakeSessions& all, uint32_t id) : all_(all), id_(id) {}
    ~FakeSession() override;
    Result<> Begin(engine::Pg batch, OnEnded on_ended) override;
    Result<> Begin(engine::Statement statement, OnHead on_head, OnEnded on_ended) override;
    int data_descriptor() const override { return near_.get(); }
    char transaction() const override { return 'I'; }
    void Cancel() override;
    uint32_t id() const override { return id_; }
    uint32_t cancel_key() const override { return id_ * 7919; }
    int64_t data_version() const override { return 42; }
    std::string contract_version() const override { return "1.4.2"; }
    void PinData(int64_t data_version) override;

  private:
    void Run(std::string script, std::string row, std::string end, OnEnded on_ended);
    void Send(char type, std::string_view body);
    void SendChanges(const std::string& where, uint64_t limit);
    Result<> Start();

    FakeSessions& all_;
    const uint32_t id_;
    io::Descriptor near_, far_;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool cancelled_ = false;  // Guarded by mutex_.
};

// Store with user ana (password "secret-ana"), her token, and the gateway in front of the fakes.
class TestNode {
  public:
    TestNode();
    ~TestNode();
    Result<std::unique_ptr<Server>> Listen(ServerOptions options);

    void AddClicks();          // The product web.clicks, fed by events.
    void Roll(uint64_t upto);  // Its records up to there are visible.
    void RemoveToken();        // Ana's: her rights are gone.

    FakeSessions sessions;
    FakeIngest ingest;
    std::string token;
    std::unique_ptr<Server> server;

  private:
    struct Fakes;
    std::string folder_;
    SystemClock clock_;
    std::unique_ptr<meta::Store> store_;
    std::unique_ptr<meta::History> history_;
    std::unique_ptr<Fakes> fakes_;
};

class Client {  // A blocking socket with a time limit of ten seconds for everything.
  public:
    explicit Client(const std::string& address);
    ~Client() { Close(); }
    void Close();
    bool Send(std::string_view bytes);
    std::string Read(size_t bytes);  // Exactly, or what came before the end.
    std::string ReadToEnd();
    bool AtEnd();

    // PostgreSQL: one message "type, body"; type 0 at the end.
    struct Message {
        char type = 0;
        std::string body;
    };
    Message ReadMessage();
    std::string TypesUntilReady();  // "TDDDCZ"
    // Startup and SCRAM. The SQLSTATE of the error, or "" when ReadyForQuery came.
    std::string Login(const std::string& user, const std::string& secret,
                      const std::string& database = "weft");

    uint32_t session = 0;  // From BackendKeyData.
    uint32_t key = 0;
    std::string last_error;  // Body of the last ErrorResponse.

  private:
    int fd_ = -1;
};

std::string Startup(const std::string& user, const std::string& database,
                    uint32_t version = 3u << 16);
std::string Query(const std::string& sql);
std::string SqlstateOfBody(const std::string& body);

// One HTTP exchange over a connection of its own.
struct HttpAnswer {
    int status = 0;
    std::string head;
    std::string body;    // Chunks put together.
    bool whole = false;  // Content-Length bytes, or the last chunk, came.
    std::string Header(const std::string& name) const;
};
HttpAnswer Http(const std::string& address, const std::string& request);
HttpAnswer Get(const std::string& address, const std::string& path, const std::string& token,
               const std::string& more = {});

}  // namespace weft::gateway
