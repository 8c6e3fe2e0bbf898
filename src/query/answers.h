// Answers a worker's questions for one session: names, scans, files, records to accept. The worker
// is hostile; every token, index and count that it sends is looked up, never trusted.
//
// One batch sees one state snapshot (names and decisions) and, inside a transaction, one data
// snapshot (tables).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "catalog/tables.h"
#include "engine/pool.h"
#include "govern/principal.h"
#include "ingest/ingest.h"
#include "meta/store.h"

namespace weft::query {

class Answers : public engine::Host {  // THREAD: any; one question at a time, Still from another thread.
public:
  explicit Answers(catalog::Tables& tables, ingest::Ingest* ingest = nullptr)
      : tables_(tables), ingest_(ingest) {}

  // A new batch: decisions by `state`; tables as of `data` (the transaction's first state, or
  // `state` itself). `keep`: an open portal still reads relations of earlier batches.
  void Begin(std::shared_ptr<const meta::State> state, std::shared_ptr<const meta::State> data,
             govern::Principal who, bool keep);
  void Pin(int64_t data_version) { pinned_ = data_version; }
  void Forget();
  void NewWorker();  // Its scans count from 0 again.

  std::vector<engine::RelationAnswer> OnNames(
      const std::vector<engine::RelationName>& names) override;
  Result<engine::ScanFiles> OnOpen(const engine::Open& open) override;
  Result<std::vector<io::Descriptor>> OnNeedFiles(const engine::NeedFiles& need) override;
  // May this principal write here, by the batch's state? Who may write need not be able to read.
  Result<std::vector<engine::OutputColumn>> OnWrite(const engine::Write& write) override;

  // Does `state` still permit everything that this session has been handed? A revocation ends what
  // runs.
  bool StillPermitted(const meta::State& state, const govern::Principal& who, Timestamp now) const;

  int64_t data_version() const { return data_version_; }
  std::string contract_version() const { return contract_version_; }

private:
    Result<engine::Relation> Answer(const engine::RelationName& name);
    int64_t DataVersion(const engine::RelationName& name) const;

    struct Scan {
        uint64_t token = 0;
        catalog::Tables::Plan plan;
    };
    catalog::Tables& tables_;
    ingest::Ingest* ingest_;
    std::shared_ptr<const meta::State> state_;
    std::shared_ptr<const meta::State> data_;
    govern::Principal who_;
    int64_t pinned_ = 0;
    int64_t data_version_ = 0;
    std::string contract_version_;
    uint64_t last_token_ = 0;
    mutable std::mutex mutex_;
    std::map<uint64_t, catalog::Resolved> relations_;  // Guarded by mutex_.
    std::map<uint64_t, Scan> scans_;                   // By number; a worker counts its scans from 0.
    uint64_t next_scan_ = 0;
};

}  // namespace weft::query
