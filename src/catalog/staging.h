// One new version of one port's table, before anybody can see it: data files are written into the
// table's folder, Iceberg metadata is prepared, and only the command that carries the new pointer
// (meta) publishes it.
//
//     auto staging = TRY(Staging::Open(tables, port));          // null: the port's first version
//     … worker writes into staging.NewFile() descriptors …
//     const auto table = TRY(staging.Prepare(binding, operation, written, summary, now));
//     if (!store.Commit(… table …)) staging.Abandon(error);
//
// Files of a staging that was neither published nor abandoned (the process died) are swept by care.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/bind_columns.h"
#include "catalog/tables.h"
#include "engine/protocol.h"
#include "io/descriptor.h"

namespace weft::iceberg {
struct DataFile;
struct Prepared;
}  // namespace weft::iceberg

namespace weft::catalog {

class Staging {  // THREAD: one at a time.
  public:
    Staging(Staging&&) noexcept;
    Staging& operator=(Staging&&) noexcept;
    ~Staging();
    static Result<Staging> Open(Tables& tables, const meta::Port* port);

    // A new empty data file, write-only, and its number for engine::WrittenFile::index. FAILS:
    // kUnavailable (disk).
    Result<io::Descriptor> NewFile(uint32_t index);

    // Syncs the written files and writes metadata for them. `removed` only with kReplace and
    // kRewrite. FAILS: kInvalid when a file is not what the worker said; kCorrupt; kUnavailable.
    struct Change {
        // kAppend: beside what is there. kRewrite: instead of `removed`, with other rows.
        enum class Operation : uint8_t { kOverwrite, kReplace, kAppend, kRewrite };
        Operation operation = Operation::kOverwrite;
        std::vector<std::string> removed;
        std::map<std::string, std::string> summary;
    };
    Result<meta::Table> Prepare(const Binding& binding,
                                const std::vector<engine::WrittenFile>& files, const Change& change,
                                Timestamp now);

    // Syncs the written files as a tail: readable beside the table, in no Iceberg snapshot.
    // `last_position` of all.
    Result<std::vector<meta::TailFile>> SealTail(const std::vector<engine::WrittenFile>& files,
                                                 uint64_t last_position);
    // A file of the tail, to be appended as it is: for Prepare. FAILS: kCorrupt when its stats
    // cannot be read.
    Result<engine::WrittenFile> Adopt(const meta::TailFile& file, uint32_t index);
    // The name in <location>/data of a file that NewFile made. REQUIRES: it did.
    std::string NameOf(uint32_t index) const;
    // The folder and uuid of the table, also of a new one that nothing names yet.
    const meta::Table& table() const { return base_; }

    // Removes what was written (not what was adopted), unless the outcome of the commit is unknown.
    // `error`: why nothing was published.
    void Abandon(const Error& error);

    const std::string& expected_metadata_location() const { return base_.metadata_location; }

  private:
    Staging();
    Result<iceberg::DataFile> ToDataFile(const engine::WrittenFile& file) const;

    Tables* tables_ = nullptr;
    meta::Table base_;
    std::shared_ptr<const void> pin_;
    std::map<uint32_t, std::string> paths_;  // By WrittenFile::index.
    std::set<uint32_t> adopted_;
    std::unique_ptr<iceberg::Prepared> prepared_;
};

}  // namespace weft::catalog
