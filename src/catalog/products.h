// A product's life: plan, apply, remove, find. The use cases behind `weft plan`, `weft apply`,
// `weft search`.
// (`weft validate` is model::ParseProduct: it needs no node.)
//
// Plan reads folders (text files), infers what was not written (columns of SQL, by asking a
// worker), compares with the state and says what would happen. Apply commits exactly a plan: one
// command for all folders, so that nothing is mixed when two people apply at once. Data changes
// only with the run that follows (pipeline).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tables.h"
#include "catalog/uploads.h"
#include "engine/pool.h"
#include "govern/principal.h"
#include "meta/store.h"
#include "model/compatibility.h"
#include "model/folder.h"

namespace weft::catalog {

enum class ChangeKind : uint8_t { kNone, kAdd, kChange };

struct ProductChange {
    std::string product;  // "sales.orders"
    ChangeKind kind = ChangeKind::kNone;
    std::string from;  // Version that is applied today; empty with kAdd.
    std::string to;
    bool breaking = false;
    std::vector<model::ColumnChange>
        columns;  // Of all ports; ColumnChange::column is "port.column" beyond the default.
    std::vector<std::string> notes;  // "SQL of port default changes: runs again", …
};

struct Plan {
    std::string id;  // "pl_" + 16 hex digits of a hash over folders and generations.
    uint64_t state_version = 0;
    bool breaking = false;  // Some change needs --allow-breaking.
    std::vector<ProductChange> products;
    std::vector<Finding> findings;  // An error among them: apply refuses.
    std::vector<std::string>
        file_roots;  // Folders that must be allowed for input files and are not yet.
    bool HasErrors() const;
};

struct ApplyOptions {
    bool allow_breaking = false;
    bool allow_files = false;  // The caller is an administrator on the node's machine.
    std::string plan_id;       // Refuse (kConflict) unless the plan is still exactly this one.
};

struct AppliedProduct {
    ProductId id;
    std::string product;
    std::string version;
    bool changed = false;
    bool needs_run = false;  // Has something to compute and did change.
};

struct Applied {
    Plan plan;
    std::vector<AppliedProduct> products;
};

struct SearchHit {
    std::string product;
    std::string description;
    std::string why;  // "column dep_delay", "name", …
    double score = 0;
};

class Products {  // THREAD: any.
  public:
    struct Parts {
        meta::Store& store;
        Tables& tables;
        engine::Pool& pool;
        const Clock& clock;
        std::string data_folder;  // Input files never lie beneath it.
    };
    explicit Products(Parts parts)
        : parts_(parts), uploads_(parts.store, parts.clock, parts.data_folder) {}

    // FAILS: kDenied when `who` may not apply into a domain; problems of the files are findings of
    // the plan.
    Result<Plan> MakePlan(const govern::Principal& who,
                          const std::vector<model::ProductFolder>& folders,
                          const ApplyOptions& options) const;
    // FAILS: kInvalid with the plan's findings; kInvalid with finding E2020 for a breaking change
    // without consent; kDenied; kConflict (stale plan, or somebody applied meanwhile): nothing has
    // changed then.
    Result<Applied> Apply(const govern::Principal& who,
                          const std::vector<model::ProductFolder>& folders,
                          const ApplyOptions& options) const;
    // FAILS: kNotFound, kDenied, kConflict naming the products that read from it. Data is removed
    // in the background unless `keep_data`; then the table folders stay and the answer names them.
    Result<std::vector<std::string>> Remove(const govern::Principal& who,
                                            const std::string& product, bool keep_data) const;
    std::vector<SearchHit> Search(const govern::Principal& who, const std::string& text) const;

    Uploads& uploads() { return uploads_; }

  private:
    Parts parts_;
    mutable Uploads uploads_;  // Safe to call from any thread.
};

// "sales.orders" -> the product, if `who` may discover it. FAILS: kNotFound with the nearest
// visible name.
Result<const meta::Product*> FindVisible(const meta::State& state, const govern::Principal& who,
                                         std::string_view full_name, Timestamp now);

}  // namespace weft::catalog
