// Answers a job's worker: the input ports of one product, and the products that its SQL reads. Used by plan (describe
// what the SQL yields, over products that may exist only in the plan) and by runs (read rows as the product itself).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/input_files.h"
#include "catalog/tables.h"
#include "engine/pool.h"

namespace weft::catalog {

class JobInputs : public engine::Host {  // THREAD: one question at a time.
public:
    struct Reader {
        std::shared_ptr<const meta::State> state;
        govern::Principal who;            // product:… in a run; the applier while planning.
        const model::Product* spec = nullptr;
        const model::OutputPort* port = nullptr;
        InputPlace place;
    };
    // Columns of a relation that exists only in the plan; kNotFound: ask the state.
    using Planned = std::function<Result<std::vector<model::Column>>(const model::PortName&)>;
    using NewOutput = std::function<Result<io::Descriptor>(bool rejected, uint32_t index)>;

    JobInputs(Tables& tables, Reader reader) : tables_(tables), reader_(std::move(reader)) {}
    void WhilePlanning(Planned planned) { planned_ = std::move(planned); }
    void WithOutput(NewOutput output) { output_ = std::move(output); }

    // The inputs as the job names them.
    std::vector<engine::Input> Inputs() const;

    std::vector<engine::RelationAnswer> OnNames(const std::vector<engine::RelationName>& names) override;
    Result<engine::ScanFiles> OnOpen(const engine::Open& open) override;
    Result<std::vector<io::Descriptor>> OnNeedFiles(const engine::NeedFiles& need) override;
    Result<io::Descriptor> OnNeedOutput(const engine::NeedOutput& need, uint32_t index) override;

    // After the job: no input file has moved under it. FAILS: kConflict.
    Result<> CheckInputsUnchanged() const;
    std::vector<uint64_t> ports_read() const { return ports_read_; }

private:
    struct Source {                        // Exactly one of the two.
        std::optional<Scannable> table;
        std::vector<InputFile> files;
    };
    struct Scan {
        uint64_t token = 0;
        Tables::Plan plan;
    };
    Result<engine::Relation> Answer(const engine::RelationName& name);
    Result<engine::Relation> AnswerFiles(const model::InputPort& input);
    Result<engine::Relation> AnswerProduct(const engine::RelationName& name);
    Result<engine::Relation> AnswerPlanned(const engine::RelationName& name);

    Tables& tables_;
    Reader reader_;
    Planned planned_;
    NewOutput output_;
    uint64_t last_token_ = 0;
    std::map<uint64_t, Source> sources_;
    std::vector<Scan> scans_;
    std::vector<uint64_t> ports_read_;
};

// A hash over what a run of this product would read now: files by path, size, time and inode, products by snapshot.
// Equal fingerprints: nothing changed. `ports_read`: what its SQL read by name, beside its input ports (PortIds).
// FAILS: as FindInputFiles.
Result<uint64_t> InputFingerprint(const meta::State& state, const meta::Product& product,
                                  const std::vector<uint64_t>& ports_read, const std::string& data_folder);
// The ports that the product's last published run read.
std::vector<uint64_t> PortsRead(const meta::State& state, const meta::Product& product);

}  // namespace weft::catalog
