// The row rules of a load, checked while the rows stream by: weft_keep(…) is the WHERE of the
// statement that writes.
//
// Arguments of weft_keep: file, line and raw text of the record (null where a row has no place),
// whether the row is of the part that is computed (others are left out, and count nowhere), the
// value whose greatest among the kept rows is wanted (null: none), one boolean per rule that is
// true for a violation, one hash per set of columns that is promised unique (null: not counted).
// Rows with a violation are rejected and left out; the hashes of the others are spooled,
// weft_hashes(n) reads them again. Two different keys share a 64-bit hash once in 10^19 pairs;
// uniqueness is measured, never enforced.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "duckdb.hpp"
#include "duckdb/common/types/column/column_data_collection.hpp"
#include "engine/job_input.h"

namespace duckdb {
class ExtensionLoader;
}

namespace weft::engine {

struct RowRule {
    std::string column;
    std::string reason;  // "not a bigint", "required", the check's name.
    std::string check;   // CheckResult::name; empty: reported only when rows broke it.
    std::string broken;  // SQL over the output row, true for a violation.
};

class RowRules {  // THREAD: any for Filter.
  public:
    RowRules(duckdb::DatabaseInstance& db, JobState& state, std::vector<RowRule> rules,
             size_t unique_sets);

    void Filter(duckdb::DataChunk& arguments, duckdb::Vector& keep);

    const std::vector<RowRule>& rules() const { return rules_; }
    const std::vector<uint64_t>& failed() const { return failed_; }  // Rows per rule.
    uint64_t kept() const { return kept_; }
    std::string newest() const;  // As text; empty: no value.
    const duckdb::ColumnDataCollection& hashes(size_t set) const { return *hashes_[set]; }

    size_t sets() const { return hashes_.size(); }

  private:
    bool Fits(const duckdb::DataChunk& arguments) const;
    void RejectRow(duckdb::DataChunk& arguments, duckdb::idx_t row,
                   const std::vector<size_t>& broken);
    void Hash(duckdb::DataChunk& arguments, const std::vector<bool>& out);
    void LeaveOutside(duckdb::DataChunk& arguments, std::vector<bool>& out) const;
    void Newest(duckdb::DataChunk& arguments, const std::vector<bool>& out);

    JobState& state_;
    std::vector<RowRule> rules_;
    std::mutex lock_;
    std::vector<uint64_t> failed_;
    uint64_t kept_ = 0;
    duckdb::Value newest_;
    std::vector<std::unique_ptr<duckdb::ColumnDataCollection>> hashes_;
};

// weft_keep, weft_hashes(n) and weft_rejected().
void RegisterRules(duckdb::ExtensionLoader& loader, const duckdb::shared_ptr<JobSlot>& slot);

}  // namespace weft::engine
