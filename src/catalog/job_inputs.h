// Answers a job's worker: the input ports of one product, and the products that its SQL reads. Used
// by plan (describe what the SQL yields, over products that may exist only in the plan) and by runs
// (read rows as the product itself).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/coverage.h"
#include "catalog/input_files.h"
#include "catalog/tables.h"
#include "engine/pool.h"

namespace weft::catalog {

class JobInputs : public engine::Host {  // THREAD: one question at a time.
  public:
    struct Reader {
        std::shared_ptr<const meta::State> state;
        govern::Principal who;  // product:… in a run; the applier while planning.
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

    // For runs that compute a part (engine::Part names these two inputs, which are no names of
    // SQL). Before Inputs().
    static constexpr std::string_view kKept = "weft kept";
    static constexpr std::string_view kChanged = "weft changed";
    // The files of the product's own table that hold rows which stay and rows which are computed
    // anew.
    void Keep(const meta::Port& own, std::vector<TableFile> files);
    // The records of a port fed by events behind `position`, as the product may read them.
    void Changed(engine::RelationName port, uint64_t position) {
        changed_ = Records{std::move(port), position};
    }
    // File inputs are this one file from now on.
    void OnlyFile(InputFile file) { only_file_ = std::move(file); }

    // The inputs as the job names them.
    std::vector<engine::Input> Inputs() const;

    std::vector<engine::RelationAnswer> OnNames(
        const std::vector<engine::RelationName>& names) override;
    Result<engine::ScanFiles> OnOpen(const engine::Open& open) override;
    Result<std::vector<io::Descriptor>> OnNeedFiles(const engine::NeedFiles& need) override;
    Result<io::Descriptor> OnNeedOutput(const engine::NeedOutput& need, uint32_t index) override;

    // After the job: no input file has moved under it. FAILS: kConflict.
    Result<> CheckInputsUnchanged() const;
    std::vector<uint64_t> ports_read() const;
    // By PortId what was read of it: meta::Port::DataVersion.
    const std::map<uint64_t, uint64_t>& read_to() const { return read_to_; }
    // Some port fed by events, to which nothing was pushed yet, was read as an empty one.
    bool read_missing() const { return read_missing_; }

  private:
    struct Source {  // A table, files of one, input files, or nothing.
        std::optional<Scannable> table;
        std::vector<TableFile> kept;
        bool is_kept = false;
        std::vector<InputFile> files;
        uint64_t behind = 0;  // Only records with a greater position.
    };
    struct Records {
        engine::RelationName port;
        uint64_t position = 0;
    };
    struct Own {
        meta::Port port;
        std::vector<TableFile> files;
    };
    struct Scan {
        uint64_t token = 0;
        Tables::Plan plan;
    };
    Result<engine::Relation> Answer(const engine::RelationName& name);
    Result<engine::Relation> AnswerFiles(const model::InputPort& input);
    Result<engine::Relation> AnswerProduct(const engine::RelationName& name);
    Result<engine::Relation> AnswerPlanned(const engine::RelationName& name);
    Result<engine::Relation> AnswerPushed(const model::InputPort& input);
    Result<engine::Relation> AnswerKept();
    Result<engine::Relation> AnswerChanged();
    engine::Relation NoRows(const std::vector<model::Column>& columns);
    const model::OutputPort* FindFed(const engine::RelationName& name) const;

    Tables& tables_;
    Reader reader_;
    Planned planned_;
    NewOutput output_;
    uint64_t last_token_ = 0;
    std::map<uint64_t, Source> sources_;
    std::vector<Scan> scans_;
    std::map<uint64_t, uint64_t> read_to_;
    bool read_missing_ = false;
    std::optional<Own> own_;
    std::optional<Records> changed_;
    std::optional<InputFile> only_file_;
};

// A hash over what a run of this product would read now: files by path, size, time and inode,
// products by the version of their data. Equal fingerprints: nothing changed. `ports_read`: what
// its SQL read by name, beside its input ports (PortIds). FAILS: as FindInputFiles.
Result<uint64_t> InputFingerprint(const meta::State& state, const meta::Product& product,
                                  const std::vector<uint64_t>& ports_read,
                                  const std::string& data_folder);
// The same over its files alone, for who waits until they keep still.
Result<uint64_t> FilesFingerprint(const meta::State& state, const meta::Product& product,
                                  const std::string& data_folder);
// The table that an unpinned name of this port's product means now; null when there is none.
const meta::Port* NewestOf(const meta::State& state, const meta::Port& port);
// The ports that the product's last published run read.
std::vector<uint64_t> PortsRead(const meta::State& state, const meta::Product& product);

}  // namespace weft::catalog
