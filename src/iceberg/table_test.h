// A table in a temporary folder, for this folder's tests. Data files are stand-ins: only their size
// is looked at.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "iceberg/commit.h"
#include "iceberg/scan.h"
#include "iceberg/value.h"

namespace weft::iceberg {

class TableTest : public testing::Test {
protected:
    void SetUp() override {
        char pattern[] = "/tmp/weft_iceberg_XXXXXX";
        ASSERT_NE(::mkdtemp(pattern), nullptr);
        root_ = pattern;
        std::filesystem::create_directories(root_ + "/data");
        Columns columns;
        columns.fields.push_back({0, "id", ParseDataType("integer").value(), {}, false, ""});
        columns.fields.push_back({0, "name", ParseDataType("varchar").value(), {}, false, ""});
        ASSERT_TRUE(AssignIds(columns, 0));
        table_ = NewTable(NewUuid(), root_, columns, {{"owner", "test"}}, Tick()).value();
    }
    void TearDown() override { std::filesystem::remove_all(root_); }

    Timestamp Tick() { return Timestamp{now_us_ += 1'000'000}; }

    // A file with ids from `low` to `high`, one row each.
    DataFile File(const std::string& name, int32_t low, int32_t high) {
        DataFile file;
        file.path = root_ + "/data/" + name;
        file.record_count = high - low + 1;
        file.file_size = 100 + file.record_count;
        file.columns.push_back(
            {1, 40, file.record_count, 0, -1, EncodeInt32(low), EncodeInt32(high)});
        file.columns.push_back({2, 40, file.record_count, 1, -1, "a", "m"});
        std::ofstream(file.path) << std::string(static_cast<size_t>(file.file_size), 'x');
        return file;
    }

    // Prepares and makes it current, as meta's pointer swap does.
    Result<> Commit(const Change& change) {
        Prepared prepared = TRY(Prepare(cache_, table_, location_, change, Tick()));
        location_ = prepared.location;
        table_ = TRY(Load(location_));
        return {};
    }
    Result<> Append(std::vector<DataFile> files) {
        Change change;
        change.operation = Change::Operation::kAppend;
        change.added = std::move(files);
        return Commit(change);
    }

    // Names of the files that a scan reads.
    std::set<std::string> Names(std::vector<Comparison> comparisons = {}, int64_t snapshot_id = 0) {
        std::set<std::string> names;
        const auto files = PlanScan(cache_, table_, snapshot_id, comparisons).value();
        for (const DataFile& file : files) {
            names.insert(file.path.substr(file.path.find_last_of('/') + 1));
        }
        return names;
    }

    std::string root_;
    Cache cache_;
    TableMetadata table_;
    std::string location_;
    int64_t now_us_ = 1'000'000'000'000;
};

}  // namespace weft::iceberg
