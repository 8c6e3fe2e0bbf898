#include "iceberg/commit.h"

#include "base/json.h"
#include "iceberg/table_test.h"
#include "io/files.h"

namespace weft::iceberg {
namespace {

using NameSet = std::set<std::string>;
using Status = ManifestEntry::Status;

TEST_F(TableTest, CommitAppendsAndKeepsTheFormerSnapshotReadable) {
    ASSERT_TRUE(Append({File("a", 1, 10)}));
    const int64_t first = *table_.current_snapshot_id;
    const std::string first_location = location_;
    ASSERT_TRUE(Append({File("b", 11, 15), File("c", 16, 20)}));
    EXPECT_EQ(Names(), (NameSet{"a", "b", "c"}));
    EXPECT_EQ(Names({}, first), (NameSet{"a"}));
    const Snapshot& now = *table_.CurrentSnapshot();
    EXPECT_EQ(now.sequence_number, 2);
    EXPECT_EQ(now.parent_id, first);
    EXPECT_EQ(now.summary.at("operation"), "append");
    EXPECT_EQ(now.summary.at("added-records"), "10");
    EXPECT_EQ(now.summary.at("added-data-files"), "2");
    EXPECT_EQ(now.summary.at("total-records"), "20");
    EXPECT_EQ(now.summary.at("total-data-files"), "3");
    EXPECT_EQ(now.summary.at("total-files-size"), "320");
    ASSERT_EQ(table_.metadata_log.size(), 1u);
    EXPECT_EQ(table_.metadata_log[0].path, first_location);
    EXPECT_TRUE(first_location.starts_with(root_ + "/metadata/00000-"));
    EXPECT_TRUE(location_.starts_with(root_ + "/metadata/00001-"));
}

TEST_F(TableTest, CommitOverwriteDeletesExplicitly) {
    ASSERT_TRUE(Append({File("a", 1, 10)}));
    ASSERT_TRUE(Append({File("b", 11, 20)}));
    Change change;
    change.operation = Change::Operation::kOverwrite;
    change.added = {File("c", 1, 5)};
    change.summary = {{"weft.run", "7"}};
    ASSERT_TRUE(Commit(change));
    EXPECT_EQ(Names(), NameSet{"c"});
    const Snapshot& now = *table_.CurrentSnapshot();
    EXPECT_EQ(now.summary.at("operation"), "overwrite");
    EXPECT_EQ(now.summary.at("deleted-records"), "20");
    EXPECT_EQ(now.summary.at("total-records"), "5");
    EXPECT_EQ(now.summary.at("weft.run"), "7");
    std::map<std::string, std::pair<Status, int64_t>> entries;
    const auto list = cache_.List(table_, now).value();
    for (const ManifestFile& listed : *list) {
        const auto manifest = cache_.Entries(table_, listed).value();
        for (const ManifestEntry& entry : *manifest) {
            entries[entry.file.path.substr(root_.size() + 6)] = {entry.status,
                                                                 entry.sequence_number};
        }
    }
    EXPECT_EQ(entries["a"], (std::pair{Status::kDeleted, int64_t{1}}));
    EXPECT_EQ(entries["b"], (std::pair{Status::kDeleted, int64_t{2}}));
    EXPECT_EQ(entries["c"], (std::pair{Status::kAdded, int64_t{3}}));
    // The next commit no longer carries what only speaks of deleted files.
    ASSERT_TRUE(Append({File("d", 6, 6)}));
    EXPECT_EQ(cache_.List(table_, *table_.CurrentSnapshot()).value()->size(), 2u);
}

TEST_F(TableTest, CommitReplaceKeepsTheOthersAndRefusesWhatIsGone) {
    ASSERT_TRUE(Append({File("a", 1, 1), File("b", 2, 2), File("c", 3, 3)}));
    Change change;
    change.operation = Change::Operation::kReplace;
    change.removed_paths = {root_ + "/data/a", root_ + "/data/b"};
    change.added = {File("ab", 1, 2)};
    ASSERT_TRUE(Commit(change));
    EXPECT_EQ(Names(), (NameSet{"ab", "c"}));
    EXPECT_EQ(table_.CurrentSnapshot()->summary.at("operation"), "replace");
    EXPECT_EQ(table_.CurrentSnapshot()->summary.at("total-records"), "3");
    const auto before = io::ListDirectory(root_ + "/metadata").value();
    EXPECT_EQ(Prepare(cache_, table_, location_, change, Tick()).error().code, Code::kConflict);
    EXPECT_EQ(io::ListDirectory(root_ + "/metadata").value(), before);
}

TEST_F(TableTest, CommitMergesManifestsOfManySmallAppends) {
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(Append({File("f" + std::to_string(i), i, i)}));
    EXPECT_EQ(Names().size(), 40u);
    EXPECT_LT(cache_.List(table_, *table_.CurrentSnapshot()).value()->size(), 34u);
    EXPECT_EQ(table_.CurrentSnapshot()->summary.at("total-records"), "40");
    Change change;
    change.operation = Change::Operation::kReplace;
    change.removed_paths = {root_ + "/data/f0"};
    ASSERT_TRUE(Commit(change));
    EXPECT_EQ(Names().size(), 39u);
}

TEST_F(TableTest, CommitChangesColumnsAndReusesEqualOnes) {
    ASSERT_TRUE(Append({File("a", 1, 10)}));
    const Columns before = table_.columns();
    Change change;
    change.columns = before;
    change.columns->fields[0].type = ParseDataType("bigint").value();
    change.columns->fields[1].name = "label";
    change.columns->fields.push_back({3, "extra", ParseDataType("date").value(), {}, false, ""});
    ASSERT_TRUE(Commit(change));
    EXPECT_EQ(table_.current_schema_id, 1);
    EXPECT_EQ(table_.last_column_id, 3);
    EXPECT_EQ(table_.snapshots.size(), 1u);  // Columns alone make no snapshot.
    Change same;
    same.columns = table_.columns();
    ASSERT_TRUE(Commit(same));
    EXPECT_EQ(table_.schemas.size(), 2u);
    change.columns->fields[0].type = ParseDataType("varchar").value();
    EXPECT_EQ(Prepare(cache_, table_, location_, change, Tick()).error().code, Code::kInvalid);
}

TEST_F(TableTest, CommitRefusesDataThatIsNotThere) {
    const auto refused = [&](DataFile file) {
        Change change;
        change.operation = Change::Operation::kAppend;
        change.added = {std::move(file)};
        const auto prepared = Prepare(cache_, table_, location_, change, Tick());
        return prepared ? "" : CodeName(prepared.error().code);
    };
    DataFile file = File("a", 1, 10);
    file.file_size += 1;
    EXPECT_EQ(refused(file), "corrupt");
    file.path = root_ + "/data/missing";
    EXPECT_EQ(refused(file), "not_found");
    file.path = "/etc/passwd";
    EXPECT_EQ(refused(file), "corrupt");
    file.path = root_ + "/data/../data/a";
    EXPECT_EQ(refused(file), "corrupt");
    std::filesystem::create_symlink("/etc/passwd", root_ + "/data/link");
    file.path = root_ + "/data/link";
    EXPECT_EQ(refused(file), "denied");
    EXPECT_TRUE(io::ListDirectory(root_ + "/metadata").value().empty());
}

TEST_F(TableTest, AbandonRemovesExactlyTheNewFiles) {
    ASSERT_TRUE(Append({File("a", 1, 10)}));
    const auto before = io::ListDirectory(root_ + "/metadata").value();
    Change change;
    change.operation = Change::Operation::kAppend;
    change.added = {File("b", 1, 1)};
    const Prepared prepared = Prepare(cache_, table_, location_, change, Tick()).value();
    EXPECT_EQ(prepared.new_files.size(), 3u);  // Manifest, list, metadata.
    Abandon(prepared);
    EXPECT_EQ(io::ListDirectory(root_ + "/metadata").value(), before);
    EXPECT_TRUE(std::filesystem::exists(root_ + "/data/b"));
}

TEST_F(TableTest, MetadataKeepsUnknownMembers) {
    ASSERT_TRUE(Append({File("a", 1, 10)}));
    Json json = ParseJson(EncodeMetadata(table_)).value();
    json["future"] = "kept";
    json["snapshots"][0]["first-thing"] = 5;
    json["schemas"][0]["fields"][0]["note"] = "n";
    json["refs"]["main"]["max-ref-age-ms"] = 9;
    const Json again = ParseJson(EncodeMetadata(DecodeMetadata(DumpJson(json)).value())).value();
    EXPECT_EQ(DumpJson(again), DumpJson(json));
}

TEST_F(TableTest, MetadataThatLiesIsRefused) {
    ASSERT_TRUE(Append({File("a", 1, 10)}));
    const Json good = ParseJson(EncodeMetadata(table_)).value();
    const auto code = [&](const std::function<void(Json&)>& spoil) {
        Json bad = good;
        spoil(bad);
        const auto read = DecodeMetadata(DumpJson(bad));
        return read ? "" : CodeName(read.error().code);
    };
    EXPECT_EQ(code([](Json&) {}), "");
    EXPECT_EQ(code([](Json& j) { j["format-version"] = 3; }), "invalid");
    EXPECT_EQ(code([](Json& j) { j.erase("location"); }), "corrupt");
    EXPECT_EQ(code([](Json& j) { j["location"] = "s3://bucket/t"; }), "invalid");
    EXPECT_EQ(code([](Json& j) { j["current-schema-id"] = 9; }), "corrupt");
    EXPECT_EQ(code([](Json& j) { j["current-snapshot-id"] = 9; }), "corrupt");
    EXPECT_EQ(code([](Json& j) { j["last-column-id"] = 1; }), "corrupt");
    EXPECT_EQ(code([](Json& j) { j["snapshots"][0]["manifest-list"] = "/etc/passwd"; }), "corrupt");
    EXPECT_EQ(code([](Json& j) { j["snapshots"][0]["snapshot-id"] = "x"; }), "corrupt");
    EXPECT_EQ(code([](Json& j) { j["snapshots"].push_back(j["snapshots"][0]); }), "corrupt");
    EXPECT_EQ(code([](Json& j) { j["refs"]["main"]["snapshot-id"] = 3; }), "corrupt");
}

TEST(NewUuid, IsVersionFourAndNeverTheSame) {
    const std::string uuid = NewUuid();
    ASSERT_EQ(uuid.size(), 36u);
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
    EXPECT_NE(uuid, NewUuid());
}

}  // namespace
}  // namespace weft::iceberg
