// For the tests of this folder: a pool whose zygote is the test program itself, a Host that serves
// what a test puts into it, and Parquet files made by DuckDB in the test's own process.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "duckdb.hpp"
#include "engine/pool.h"

namespace weft::engine {

class FakeHost : public Host {
  public:
    std::map<RelationName, Result<Relation>> relations;
    std::map<uint64_t, std::vector<std::string>> files;  // By token.
    std::vector<RelationName> asked;
    std::vector<Open> opened;
    std::vector<uint64_t> scans_of_files;  // As the worker numbers them.
    size_t refuse_opens = 0;
    size_t descriptors = 0;
    size_t names_messages = 0;
    std::vector<std::string> outputs;  // Paths that a job may write, in order.

    std::vector<RelationAnswer> OnNames(const std::vector<RelationName>& names) override {
        const std::lock_guard guard(lock_);
        ++names_messages;
        std::vector<RelationAnswer> answers;
        for (const auto& name : names) {
            asked.push_back(name);
            const auto found = relations.find(name);
            answers.push_back(
                {name, found == relations.end() ? Fail(Code::kNotFound, "") : found->second});
        }
        return answers;
    }
    Result<ScanFiles> OnOpen(const Open& open) override {
        const std::lock_guard guard(lock_);
        opened.push_back(open);
        if (refuse_opens > 0) {
            --refuse_opens;
            return Fail(Code::kUnavailable, "not now");
        }
        ScanFiles scan;
        for (const auto& path : files.at(open.token))
            scan.files.push_back({std::filesystem::file_size(path), 0});
        return scan;
    }
    Result<std::vector<io::Descriptor>> OnNeedFiles(const NeedFiles& need) override {
        const std::lock_guard guard(lock_);
        std::vector<io::Descriptor> result;
        scans_of_files.push_back(need.scan);
        for (const auto index : need.indices) {
            ++descriptors;
            result.emplace_back(
                ::open(files.at(need.token).at(index).c_str(), O_RDONLY | O_CLOEXEC));
        }
        return result;
    }
    Result<io::Descriptor> OnNeedOutput(const NeedOutput&, uint32_t index) override {
        const std::lock_guard guard(lock_);
        if (index >= outputs.size()) return Fail(Code::kDenied, "no more files");
        return io::Descriptor(
            ::open(outputs[index].c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    }

  private:
    std::mutex lock_;
};

inline RelationColumn Column(const std::string& name, DataType::Kind kind, int32_t field_id) {
    RelationColumn column;
    column.name = name;
    column.type.kind = kind;
    column.field_id = field_id;
    return column;
}

// Runs statements in a DuckDB of the test's own; fails the test on an error.
inline void InDuck(const std::string& sql) {
    duckdb::DuckDB database(nullptr);
    duckdb::Connection connection(database);
    const auto result = connection.Query(sql);
    ASSERT_FALSE(result->HasError()) << sql << "\n" << result->GetError();
}

class WithPool : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        PoolOptions options;
        options.program = "/proc/self/exe";
        options.spill_dir = testing::TempDir() + fmt::format("weft_spill_{}", ::getpid());
        options.warm = 1;
        auto made = Pool::Make(options);
        ASSERT_TRUE(made) << made.error().message;
        pool_ = made->release();
    }
    static void TearDownTestSuite() {
        delete pool_;
        pool_ = nullptr;
    }
    void SetUp() override {
        folder_ = testing::TempDir() + fmt::format("weft_engine_{}_{}", ::getpid(), ++serial_);
        std::filesystem::create_directories(folder_);
        worker_ = Take({});
    }
    void TearDown() override {
        worker_.reset();
        std::filesystem::remove_all(folder_);
    }

    static std::unique_ptr<Worker> Take(Start start) {
        start.user = "ann";
        auto taken = pool_->Take(std::move(start));
        EXPECT_TRUE(taken) << taken.error().message;
        return taken ? std::move(*taken) : nullptr;
    }
    // A table relation over Parquet files of the test's folder.
    void AddTable(const RelationName& name, uint64_t token, std::vector<RelationColumn> columns,
                  std::vector<std::string> files, std::string row_filter = {}) {
        TableRelation table;
        table.columns = std::move(columns);
        table.row_filter = std::move(row_filter);
        host_.relations.insert_or_assign(name, Relation{token, std::move(table)});
        for (auto& file : files) file = folder_ + "/" + file;
        host_.files[token] = std::move(files);
    }
    Result<Finished> Run(const Statement& statement, uint64_t deadline_ms = 20'000) {
        rows_.clear();
        return RunToEnd(*worker_, statement, host_, &rows_, 64u << 20, deadline_ms);
    }
    // JSON lines of the result, or "sqlstate: message".
    std::string Ask(const std::string& sql) {
        Statement statement;
        statement.sql = sql;
        const auto finished = Run(statement);
        if (!finished) return "worker: " + finished.error().message;
        const auto& error = finished->ended.error;
        return finished->ended.ok ? rows_ : error.sqlstate + ": " + error.message;
    }

    static inline Pool* pool_ = nullptr;
    static inline int serial_ = 0;
    std::string folder_;
    std::string rows_;
    FakeHost host_;
    std::unique_ptr<Worker> worker_;
};

}  // namespace weft::engine
