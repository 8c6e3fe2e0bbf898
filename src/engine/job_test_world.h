// For tests: an engine in this process and a node thread that answers with relations and files a
// test lays down. One per process (an engine is configured once). THREAD: one caller.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "engine/block.h"
#include "engine/channel.h"
#include "engine/job_input.h"
#include "engine/worker_internal.h"

namespace weft::engine {

class TestWorld {
  public:
    static TestWorld& Get() {
        static auto* world =
            new TestWorld();  // Never ended: its node thread lives as long as the process.
        return *world;
    }
    Engine& engine() { return *engine_; }

    void Clear() {
        const std::lock_guard guard(lock_);
        relations_.clear();
        files_.clear();
        outputs_.clear();
        opens_.clear();
    }
    // What the scans of tables asked for, in order.
    std::vector<weft::engine::Open> opens() {
        const std::lock_guard guard(lock_);
        return opens_;
    }

    static io::Descriptor File(const std::string& bytes) {
        io::Descriptor file(memfd_create("test", MFD_CLOEXEC));
        Assert(file.get() >= 0);
        Assert(::write(file.get(), bytes.data(), bytes.size()) ==
               static_cast<ssize_t>(bytes.size()));
        return file;
    }

    // A relation by its name, over files of these bytes.
    void Put(const RelationName& name, decltype(Relation::body) body,
             const std::vector<std::string>& files = {}) {
        const std::lock_guard guard(lock_);
        const uint64_t token = ++tokens_;
        relations_[name] = Relation{token, std::move(body)};
        for (const auto& bytes : files) files_[token].push_back(bytes);
    }
    // Shortcut: one CSV or JSON Lines input "shop" over orders.csv.
    void PutFile(const std::string& bytes, FileRelation relation = {}) {
        relation.names = {"orders.csv"};
        Put({"", "shop"}, std::move(relation), {bytes});
    }

    // What a job wrote into its nth output.
    std::string Output(size_t index) {
        const std::lock_guard guard(lock_);
        Assert(index < outputs_.size());
        const int fd = outputs_[index].get();
        std::string bytes(static_cast<size_t>(lseek(fd, 0, SEEK_END)), '\0');
        Assert(::pread(fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
        return bytes;
    }
    size_t output_count() {
        const std::lock_guard guard(lock_);
        return outputs_.size();
    }
    Head head;

    Ended Run(const Job& job) {
        engine_->BeginBatch();
        const auto ended = RunJob(*engine_, *out_, job);
        Settle();
        return ended;
    }
    std::pair<std::string, Ended> Run(const Statement& statement) {
        std::string rows;
        std::thread reader([&] {
            while (auto frame = ReceiveFrame(data_[1], 2u << 20)) {
                if (frame->type == kDataEnd) return;
                rows += frame->body;
            }
        });
        engine_->BeginBatch();
        auto ended = RunStatement(*engine_, *out_, statement);
        out_->End();
        reader.join();
        Settle();
        return {std::move(rows), std::move(ended)};
    }

  private:
    TestWorld() {
        engine_ = std::move(*Engine::Open());
        int control[2];
        Assert(socketpair(AF_UNIX, SOCK_STREAM, 0, control) == 0);
        Assert(socketpair(AF_UNIX, SOCK_STREAM, 0, data_) == 0);
        control_ = std::make_unique<Control>(control[0]);
        std::thread([this, fd = control[1]] { Serve(fd); }).detach();
        Assert(engine_->Configure({}, *control_).has_value());
        out_ = std::make_unique<DataOut>(data_[0]);
    }

    // The head was sent without an answer: a question behind it makes sure that it was read.
    void Settle() { (void)control_->AskNames({{"no", "such"}}); }

    void Serve(int fd) {
        while (auto frame = ReceiveFrame(fd, kLimits.worker_frame_bytes_max)) {
            const auto message = DecodeFromWorker(frame->type, frame->body);
            if (!message) return;
            const std::lock_guard guard(lock_);
            if (const auto* got = std::get_if<Head>(&*message))
                head = *got;
            else if (const auto* names = std::get_if<Names>(&*message))
                Answer(fd, *names);
            else if (const auto* open = std::get_if<weft::engine::Open>(&*message))
                Answer(fd, *open);
            else if (const auto* need = std::get_if<NeedFiles>(&*message))
                Answer(fd, *need);
            else if (std::holds_alternative<NeedOutput>(*message))
                AnswerOutput(fd);
        }
    }
    void Answer(int fd, const Names& names) {
        Relations relations;
        for (const auto& name : names.names) {
            const auto found = relations_.find(name);
            if (found != relations_.end())
                relations.answers.push_back({name, found->second});
            else
                relations.answers.push_back(
                    {name, Fail(Code::kNotFound, "relation " + name.table + " does not exist")});
        }
        SendFrame(fd, Encode(ToWorker(std::move(relations))));
    }
    void Answer(int fd, const weft::engine::Open& open) {
        ScanFiles files;
        opens_.push_back(open);
        for (const auto& bytes : files_[open.token])
            files.files.push_back({bytes.size() + shrink, 0});
        SendFrame(fd, Encode(ToWorker(Opened{std::move(files)})));
    }
    void Answer(int fd, const NeedFiles& need) {
        std::vector<io::Descriptor> files;
        for (const auto index : need.indices) files.push_back(File(files_[need.token].at(index)));
        SendFrame(fd, Encode(ToWorker(Files{static_cast<uint32_t>(files.size())})), files);
    }
    void AnswerOutput(int fd) {
        const auto index = static_cast<uint32_t>(outputs_.size());
        outputs_.push_back(File(""));
        std::vector<io::Descriptor> passed;
        passed.emplace_back(dup(outputs_.back().get()));
        SendFrame(fd, Encode(ToWorker(OutputFile{index})), passed);
    }

  public:
    uint64_t shrink = 0;  // So much longer were the files when they were opened.

  private:
    std::mutex lock_;
    std::map<RelationName, Relation> relations_;
    std::map<uint64_t, std::vector<std::string>> files_;
    std::vector<io::Descriptor> outputs_;
    std::vector<weft::engine::Open> opens_;
    uint64_t tokens_ = 0;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Control> control_;
    std::unique_ptr<DataOut> out_;
    int data_[2] = {-1, -1};
};

inline RelationColumn Shown(const std::string& name, const std::string& type, int32_t id) {
    RelationColumn column;
    column.name = name;
    column.type = *ParseDataType(type);
    column.field_id = id;
    return column;
}

inline OutputColumn Declared(const std::string& name, const std::string& type, int32_t id,
                             bool required = false) {
    OutputColumn column;
    column.name = name;
    column.type = *ParseDataType(type);
    column.field_id = id;
    column.required = required;
    return column;
}

// SQL over a written file, by an engine of its own; one line per row, fields joined by '|'.
inline std::string ReadBack(const std::string& parquet, const std::string& sql) {
    char path[] = "/tmp/weft-test-XXXXXX";
    const int fd = mkstemp(path);
    Assert(fd >= 0 &&
           ::write(fd, parquet.data(), parquet.size()) == static_cast<ssize_t>(parquet.size()));
    ::close(fd);
    duckdb::DuckDB database(nullptr);
    duckdb::Connection connection(database);
    std::string text = sql;
    for (size_t at = text.find('$'); at != std::string::npos; at = text.find('$'))
        text.replace(at, 1, "'" + std::string(path) + "'");
    auto result = connection.Query(text);
    ::unlink(path);
    if (result->HasError()) return result->GetError();
    std::string out;
    while (const auto chunk = result->Fetch()) {
        for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
            for (duckdb::idx_t column = 0; column < chunk->ColumnCount(); ++column)
                out += (column > 0 ? "|" : "") + chunk->GetValue(column, row).ToString();
            out += "\n";
        }
    }
    return out;
}

}  // namespace weft::engine
