// For tests: an engine in this process and a node that answers its questions with a few fixed relations.
// One per process (an engine is configured once); sessions are made per test. THREAD: one caller.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/log.h"
#include "engine/block.h"
#include "engine/channel.h"
#include "engine/worker_internal.h"

namespace weft::engine {

class PgTestNode {  // What the node would be: two domains, three relations, one user.
public:
    static std::vector<RelationColumn> Columns(const std::vector<std::pair<std::string, std::string>>& columns) {
        std::vector<RelationColumn> made;
        for (const auto& [name, type] : columns) {
            RelationColumn column;
            column.name = name;
            column.type = *ParseDataType(type);
            made.push_back(std::move(column));
        }
        return made;
    }

    static Result<BlockRelation> Answer(const RelationName& name) {
        const std::string full = name.domain + "." + name.table;
        if (full == "traffic.carriers") {
            BlockWriter rows(Columns({{"carrier", "varchar"}, {"name", "varchar"}, {"fleet", "integer"}}));
            rows.Text("AA").Text("American").Integer(10).Text("UA").Text("United").Null().Text("Ü").Text("Über\tair").Integer(-3);
            return std::move(rows).Finish();
        }
        if (full == "mesh.pg_namespaces") {
            BlockWriter rows(Columns({{"oid", "bigint"}, {"name", "varchar"}, {"owner", "varchar"}, {"comment", "varchar"}}));
            rows.Bigint(20001).Text("traffic").Text("ana").Text("Flights and carriers");
            return std::move(rows).Finish();
        }
        if (full == "mesh.pg_relations") {
            BlockWriter rows(Columns({{"oid", "bigint"}, {"namespace_oid", "bigint"}, {"namespace", "varchar"}, {"name", "varchar"},
                                      {"kind", "varchar"}, {"owner", "varchar"}, {"row_count", "bigint"}, {"comment", "varchar"}}));
            rows.Bigint(30001).Bigint(20001).Text("traffic").Text("carriers").Text("r").Text("ana").Bigint(3).Text("Airlines");
            rows.Bigint(30002).Bigint(20001).Text("traffic").Text("all_types").Text("v").Text("ana").Bigint(0).Text("");
            return std::move(rows).Finish();
        }
        if (full == "mesh.pg_columns") {
            BlockWriter rows(Columns({{"relation_oid", "bigint"}, {"position", "integer"}, {"name", "varchar"}, {"data_type", "varchar"},
                                      {"required", "boolean"}, {"primary_key", "boolean"}, {"comment", "varchar"}}));
            rows.Bigint(30001).Integer(1).Text("carrier").Text("varchar").Boolean(true).Boolean(true).Text("The code");
            rows.Bigint(30001).Integer(2).Text("name").Text("varchar").Boolean(false).Boolean(false).Text("");
            rows.Bigint(30001).Integer(3).Text("fleet").Text("integer").Boolean(false).Boolean(false).Text("");
            int32_t at = 0;
            for (const char* type : {"boolean", "bigint", "decimal(12,2)", "timestamptz", "varchar[]", "date", "uuid"}) {
                const auto column = "c" + std::to_string(++at);
                rows.Bigint(30002).Integer(at).Text(column).Text(type).Boolean(false).Boolean(false).Text("");
            }
            return std::move(rows).Finish();
        }
        if (full == "mesh.pg_roles") {
            BlockWriter rows(Columns({{"oid", "bigint"}, {"name", "varchar"}, {"is_admin", "boolean"}}));
            rows.Bigint(40001).Text("ana").Boolean(false);
            return std::move(rows).Finish();
        }
        auto missing = Fail(Code::kNotFound, "relation \"" + full + "\" does not exist");
        missing.error().sqlstate = "42P01";
        return missing;
    }

    // web.clicks takes records, traffic.carriers none.
    static Result<std::vector<OutputColumn>> TakeWrite(const Write& write) {
        const std::string full = write.relation.domain + "." + write.relation.table;
        Error refused{Code::kNotFound, "relation \"" + full + "\" does not exist", {}, "42P01", {}};
        if (full == "traffic.carriers")
            refused = {Code::kDenied, "no right to write", {}, "42501", {}};
        if (full != "web.clicks" && full != "web.visits") return std::unexpected(refused);
        const std::scoped_lock guard(lock);
        if (!write.lines.empty() && refuse_writes_in > 0 && --refuse_writes_in == 0)
            return std::unexpected(Error{refuse_with, "not now", {}, "53400", {}});
        if (!write.lines.empty()) written.push_back(write);
        std::vector<OutputColumn> columns;
        for (const auto& [name, type] : std::vector<std::pair<std::string, std::string>>{
                 {"id", "bigint"},
                 {"url", "varchar"},
                 {"price", "decimal(38,12)"},
                 {"at", "timestamptz"},
                 {"raw", "blob"},
                 {"tags", "varchar[]"},
                 {"who", "struct(name varchar, age integer)"}}) {
            OutputColumn column;
            column.name = name;
            column.type = *ParseDataType(type);
            columns.push_back(std::move(column));
        }
        return columns;
    }
    static inline std::mutex lock;
    static inline std::vector<Write> written;
    static inline Code refuse_with = Code::kUnavailable;
    static inline int refuse_writes_in = 0;  // The nth question with records fails; 0: none.

    static void Serve(int fd) {
        static uint64_t token = 0;
        while (auto frame = ReceiveFrame(fd, kLimits.worker_frame_bytes_max)) {
            const auto message = DecodeFromWorker(frame->type, frame->body);
            if (!message) return;
            if (const auto* names = std::get_if<Names>(&*message)) {
                Relations relations;
                for (const auto& name : names->names) {
                    auto answer = Answer(name);
                    if (answer) relations.answers.push_back({name, Relation{++token, std::move(*answer)}});
                    else relations.answers.push_back({name, std::unexpected(answer.error())});
                }
                if (!SendFrame(fd, Encode(ToWorker(std::move(relations))))) return;
            } else if (const auto* write = std::get_if<Write>(&*message)) {
                if (!SendFrame(fd, Encode(ToWorker(Written{TakeWrite(*write)})))) return;
            } else if (std::holds_alternative<weft::engine::Open>(*message)) {
                Opened opened{Fail(Code::kNotFound, "no files here")};
                if (!SendFrame(fd, Encode(ToWorker(std::move(opened))))) return;
            }
        }
    }
};

class PgTestWorld {
public:
    static PgTestWorld& Get() {
        static auto* world = new PgTestWorld;  // Never ended: the engine's threads outlive main's statics.
        return *world;
    }
    Engine& engine() { return *engine_; }
    DataOut& out() { return *out_; }

    // Makes the engine known to its node. REQUIRES: once; the constructor does it unless a fork must come first.
    void Start(const weft::engine::Start& start) {
        int control[2];
        Assert(socketpair(AF_UNIX, SOCK_STREAM, 0, control) == 0);
        control_ = std::make_unique<Control>(control[0]);
        std::thread(PgTestNode::Serve, control[1]).detach();
        const auto done = engine_->Configure(start, *control_);
        Assert(done.has_value());
        Assert(socketpair(AF_UNIX, SOCK_STREAM, 0, data_) == 0);
        out_ = std::make_unique<DataOut>(data_[0]);
    }
    int data_fd() const { return data_[1]; }

    // The client's bytes for one batch, and what the session says of it.
    std::pair<std::string, Ended> Run(PgSession& session, const std::string& messages) {
        std::string answer;
        std::thread reader([&] {
            while (auto frame = ReceiveFrame(data_[1], 2u << 20)) {
                if (frame->type == kDataEnd) return;
                answer += frame->body;
            }
        });
        Pg batch;
        batch.messages = messages;
        engine_->BeginBatch();
        auto ended = session.Run(batch);
        out_->End();
        reader.join();
        return {std::move(answer), std::move(ended)};
    }

    explicit PgTestWorld(bool start_now = true) {
        auto engine = Engine::Open();
        Assert(engine.has_value());
        engine_ = std::move(*engine);
        const auto ready = SetUpPg(*engine_);
        if (!ready) LogError("test", "{}", ready.error().message);
        Assert(ready.has_value());
        weft::engine::Start start;
        start.user = "ana";
        if (start_now) Start(start);
    }

private:
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Control> control_;
    std::unique_ptr<DataOut> out_;
    int data_[2] = {-1, -1};
};

}  // namespace weft::engine
