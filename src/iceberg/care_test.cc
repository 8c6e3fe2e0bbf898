#include "iceberg/care.h"

#include "iceberg/table_test.h"
#include "io/files.h"

namespace weft::iceberg {
namespace {

TEST_F(TableTest, CareExpiresWhatOnlyOldSnapshotsReachAndNothingElse) {
    ASSERT_TRUE(Append({File("a", 1, 10)}));
    ASSERT_TRUE(Append({File("b", 11, 20)}));
    Change change;
    change.operation = Change::Operation::kReplace;
    change.removed_paths = {root_ + "/data/a"};
    change.added = {File("a2", 1, 10)};
    ASSERT_TRUE(Commit(change));
    const Expired expired = ExpireSnapshots(cache_, table_, {1, Tick(), 1}).value();
    EXPECT_EQ(expired.snapshots.size(), 2u);
    const std::set<std::string> files(expired.files.begin(), expired.files.end());
    EXPECT_TRUE(files.contains(root_ + "/data/a"));
    EXPECT_FALSE(files.contains(root_ + "/data/b"));
    EXPECT_EQ(files.size(), 5u);  // Data, its manifest, two lists, one former metadata file.
    const Prepared prepared = PrepareMetadata(expired.metadata, location_, Tick()).value();
    location_ = prepared.location;
    for (const std::string& file : expired.files) ASSERT_TRUE(io::RemoveFile(file));
    table_ = Load(location_).value();
    Cache cold;
    EXPECT_EQ(PlanScan(cold, table_, 0, {}).value().size(), 2u);
    EXPECT_EQ(table_.snapshot_log.size(), 1u);
    const auto referenced = ReferencedFiles(cold, table_).value();
    for (const std::string& file : referenced) EXPECT_TRUE(io::FileSize(file)) << file;
    // On disk: what is referenced and the current metadata file; nothing was left over.
    EXPECT_EQ(referenced.size() + 1, io::ListDirectory(root_ + "/metadata").value().size() +
                                         io::ListDirectory(root_ + "/data").value().size());
}

TEST_F(TableTest, CareKeepsTheYoungTheNewestAndTags) {
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(Append({File("f" + std::to_string(i), i, i)}));
    EXPECT_TRUE(ExpireSnapshots(cache_, table_, {1, Timestamp{0}, 20}).value().snapshots.empty());
    EXPECT_EQ(ExpireSnapshots(cache_, table_, {3, Tick(), 20}).value().snapshots.size(), 1u);
    table_.refs["keep"] = {table_.snapshots[0].id, false, {}};
    const Expired expired = ExpireSnapshots(cache_, table_, {1, Tick(), 20}).value();
    EXPECT_EQ(expired.snapshots, (std::vector{table_.snapshots[1].id, table_.snapshots[2].id}));
}

TEST_F(TableTest, CarePicksManySmallFilesOnly) {
    ASSERT_TRUE(Append({File("big", 1, 900)}));
    for (int i = 0; i < 7; ++i) ASSERT_TRUE(Append({File("f" + std::to_string(i), i, i)}));
    EXPECT_TRUE(PickSmallFiles(cache_, table_, 1'000).value().empty());
    ASSERT_TRUE(Append({File("f7", 7, 7)}));
    EXPECT_EQ(PickSmallFiles(cache_, table_, 1'000).value().size(), 8u);
    EXPECT_EQ(PickSmallFiles(cache_, table_, 300).value().size(), 3u);  // Three fill the target.
}

}  // namespace
}  // namespace weft::iceberg
