#include "iceberg/manifest.h"

#include <gtest/gtest.h>

#include "iceberg/value.h"

namespace weft::iceberg {
namespace {

Columns TwoColumns() {
    Columns columns;
    columns.fields.push_back({1, "id", ParseDataType("bigint").value(), {}, false, ""});
    columns.fields.push_back({2, "name", ParseDataType("varchar").value(), {}, false, ""});
    return columns;
}

ManifestEntry Entry() {
    ManifestEntry entry{ManifestEntry::Status::kExisting, 11, 4, 3, {}};
    entry.file.path = "/t/data/a.parquet";
    entry.file.record_count = 10;
    entry.file.file_size = 1'000;
    entry.file.columns.push_back({1, 80, 10, 0, -1, EncodeInt32(1), EncodeInt32(9)});
    entry.file.columns.push_back({2, 90, 10, 2, -1, "a", std::nullopt});
    entry.file.split_offsets = {4};
    entry.file.sort_order_id = 0;
    entry.file.last_column_id = 2;
    return entry;
}

ManifestFile Listed() {
    ManifestFile listed;
    listed.path = "/t/metadata/m.avro";
    listed.sequence_number = 7;
    listed.added_snapshot_id = 12;
    return listed;
}

Code CodeOf(const ManifestEntry& entry, const std::string& location = "/t") {
    const auto read = DecodeManifest(EncodeManifest({entry}, TwoColumns()), Listed(), location);
    return read ? Code::kCount : read.error().code;
}

TEST(Manifest, EntriesComeBackAndNewOnesInherit) {
    ManifestEntry added = Entry();
    added.status = ManifestEntry::Status::kAdded;
    added.file.columns.clear();
    const auto read =
        DecodeManifest(EncodeManifest({Entry(), added}, TwoColumns()), Listed(), "/t").value();
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[0], Entry());
    EXPECT_EQ(read[1].sequence_number, 7);
    EXPECT_EQ(read[1].file_sequence_number, 7);
    EXPECT_EQ(read[1].snapshot_id, 11);
}

TEST(Manifest, WhatWouldDropRowsSilentlyIsCorrupt) {
    EXPECT_EQ(CodeOf(Entry()), Code::kCount);
    EXPECT_EQ(CodeOf(Entry(), "/other"), Code::kCorrupt);
    ManifestEntry entry = Entry();
    std::swap(entry.file.columns[0].lower, entry.file.columns[0].upper);
    EXPECT_EQ(CodeOf(entry), Code::kCorrupt);
    entry = Entry();
    entry.file.columns[0].lower = "xyz";
    EXPECT_EQ(CodeOf(entry), Code::kCorrupt);
    entry = Entry();
    entry.file.record_count = -5;
    EXPECT_EQ(CodeOf(entry), Code::kCorrupt);
    entry = Entry();
    entry.file.columns[1].null_count = 11;
    EXPECT_EQ(CodeOf(entry), Code::kCorrupt);
    entry = Entry();
    entry.file.path = "/t/../etc/passwd";
    EXPECT_EQ(CodeOf(entry), Code::kCorrupt);
    entry = Entry();
    entry.file.path = "/t";
    EXPECT_EQ(CodeOf(entry), Code::kCorrupt);
}

TEST(Manifest, ListComesBackAndStaysInItsTable) {
    ManifestFile listed = Listed();
    listed.length = 5'000;
    listed.min_sequence_number = 2;
    listed.added_files = 1;
    listed.existing_files = 2;
    listed.deleted_files = 3;
    listed.added_rows = 4;
    listed.existing_rows = 5;
    listed.deleted_rows = 6;
    const std::string bytes = EncodeManifestList({listed}, {12, 0, 7});
    EXPECT_EQ(DecodeManifestList(bytes, "/t").value(), std::vector{listed});
    EXPECT_EQ(DecodeManifestList(bytes, "/u").error().code, Code::kCorrupt);
    EXPECT_TRUE(DecodeManifestList(EncodeManifestList({}, {}), "/t").value().empty());
}

}  // namespace
}  // namespace weft::iceberg
