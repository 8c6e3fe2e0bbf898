// Turns product folders into a plan over one state: parse, order, complete (columns that were not
// written), compare. Internal to catalog; Products (products.h) is the seam.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalog/job_inputs.h"
#include "catalog/products.h"

namespace weft::catalog {

// One folder on its way through the plan.
struct PlannedProduct {
    const model::ProductFolder* folder = nullptr;
    model::Product spec;       // As written.
    model::Product completed;  // With every column's type.
    const meta::Product* before = nullptr;
    ProductChange change;
    std::set<std::string> reads;  // Full names of the products that it reads.
    bool described = false;
};

class Planner {  // THREAD: one.
  public:
    Planner(const Products::Parts& parts, std::shared_ptr<const meta::State> state,
            govern::Principal who, const ApplyOptions& options);

    // FAILS: kDenied; everything about the files is a finding.
    Result<Plan> Make(const std::vector<model::ProductFolder>& folders);
    const std::vector<PlannedProduct>& products() const { return products_; }
    std::vector<size_t> InOrder()
        const;  // Of products(): sources before their readers. REQUIRES: no cycle.
    const meta::State& state() const { return *state_; }
    // Team and folder: what applying this plan would allow.
    const std::set<std::pair<std::string, std::string>>& new_roots() const { return new_roots_; }

  private:
    void Parse(const std::vector<model::ProductFolder>& folders);
    Result<> CheckRights() const;
    void CheckInputs(PlannedProduct& product);
    void CheckGrants(const PlannedProduct& product);
    void CheckCycles();
    void AllowRoots();

    void Complete(PlannedProduct& product);
    void CompletePort(PlannedProduct& product, model::OutputPort& port);
    void Merge(const PlannedProduct& product, model::OutputPort& port,
               const std::vector<engine::HeadColumn>& yields);
    Result<std::vector<model::Column>> PlannedColumns(PlannedProduct& reader,
                                                      const model::PortName& name);
    void CheckIncremental(const PlannedProduct& product, const model::OutputPort& port);
    void CheckMerge(const PlannedProduct& product, const model::OutputPort& port);
    void AddDescribeError(const PlannedProduct& product, const model::OutputPort& port,
                          const Error& error);

    void Compare(PlannedProduct& product);
    model::Product Before(const meta::Product& before) const;
    PlannedProduct* FindPlanned(std::string_view full_name);
    std::string MakeId() const;
    void Add(Finding::Severity severity, std::string id, const model::Position& at,
             std::string message, std::string help = {});

    const Products::Parts& parts_;
    std::shared_ptr<const meta::State> state_;  // With the roots that this plan would allow.
    govern::Principal who_;
    ApplyOptions options_;
    Timestamp now_;
    std::vector<PlannedProduct> products_;
    Plan plan_;
    std::set<std::pair<std::string, std::string>> new_roots_;
};

}  // namespace weft::catalog
