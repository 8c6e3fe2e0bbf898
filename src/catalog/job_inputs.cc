#include "catalog/job_inputs.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/limits.h"
#include "base/text.h"
#include "govern/decide.h"
#include "io/crypto.h"

namespace weft::catalog {
namespace {

engine::FileRelation::Format ToEngine(model::InputPort::Format format) {
    switch (format) {
        case model::InputPort::Format::kCsv:
            return engine::FileRelation::Format::kCsv;
        case model::InputPort::Format::kJsonl:
            return engine::FileRelation::Format::kJsonLines;
        case model::InputPort::Format::kParquet:
            return engine::FileRelation::Format::kParquet;
    }
    return engine::FileRelation::Format::kCsv;
}

engine::RelationColumn ToEngine(const model::Column& column) {
    engine::RelationColumn out;
    out.name = column.name;
    out.type = column.type;
    out.required = column.required;
    return out;
}

// The types by which an input file is read: the port's own columns, or, when the output takes the
// file as it is, the contract's. Otherwise none: the worker looks at the file.
std::vector<engine::RelationColumn> FileColumns(const model::InputPort& input,
                                                const model::Product& spec,
                                                const model::OutputPort& output) {
    const auto& columns = !input.columns.empty()                               ? input.columns
                          : output.sql.empty() && spec.input_ports.size() == 1 ? output.columns
                                                                               : input.columns;
    std::vector<engine::RelationColumn> out;
    for (const auto& column : columns) {
        if (!column.has_type) return {};
        out.push_back(ToEngine(column));
        out.back().alias = column.was;
    }
    return out;
}

// Prunes the files that hold only older records.
std::optional<engine::Comparison> Behind(const meta::Port& port, uint64_t position) {
    for (const auto& bound : port.columns) {
        if (bound.column.name != model::kPositionColumn) continue;
        std::string encoded;
        for (int byte = 0; byte < 8; ++byte)
            encoded.push_back(static_cast<char>(position >> (8 * byte) & 0xff));
        return engine::Comparison{bound.field_id, engine::Comparison::Op::kGreater, {encoded}};
    }
    return std::nullopt;
}

engine::RelationName NameOf(const model::PortName& port) {
    return {port.domain, model::TableName(port)};
}

}  // namespace

std::vector<engine::Input> JobInputs::Inputs() const {
    std::vector<engine::Input> inputs;
    for (const auto& input : reader_.spec->input_ports)
        inputs.push_back({input.name, {"", input.name}});
    if (own_) inputs.push_back({std::string(kKept), {"", std::string(kKept)}});
    if (changed_) inputs.push_back({std::string(kChanged), {"", std::string(kChanged)}});
    return inputs;
}

std::vector<engine::RelationAnswer> JobInputs::OnNames(
    const std::vector<engine::RelationName>& names) {
    std::vector<engine::RelationAnswer> answers;
    for (const auto& name : names) answers.push_back({name, Answer(name)});
    return answers;
}

Result<engine::Relation> JobInputs::Answer(const engine::RelationName& name) {
    if (!name.domain.empty()) return AnswerProduct(name);
    if (own_ && name.table == kKept) return AnswerKept();
    if (changed_ && name.table == kChanged) return AnswerChanged();
    const auto* input = reader_.spec->FindInput(name.table);
    if (!input) {
        auto missing = govern::NoSuchRelation(name.domain, name.table);
        std::vector<std::string> known;
        for (const auto& port : reader_.spec->input_ports) known.push_back(port.name);
        if (!known.empty()) missing.hint = "input ports of this product: " + Join(known, ", ");
        return std::unexpected(std::move(missing));
    }
    switch (input->kind) {
        case model::InputPort::Kind::kFile:
            return AnswerFiles(*input);
        case model::InputPort::Kind::kProduct:
            return AnswerProduct(NameOf(input->product));
        case model::InputPort::Kind::kPush:
            return AnswerPushed(*input);
    }
    return Fail(Code::kCorrupt, "an input port of no kind");
}

void JobInputs::Keep(const meta::Port& own, std::vector<TableFile> files) {
    own_ = Own{own, std::move(files)};
}

std::vector<uint64_t> JobInputs::ports_read() const {
    std::vector<uint64_t> ports;
    for (const auto& [port, version] : read_to_) ports.push_back(port);
    return ports;
}

// The product's own table, as it lies there: no rule of reading holds for its own run.
Result<engine::Relation> JobInputs::AnswerKept() {
    engine::TableRelation table;
    for (const auto& bound : own_->port.columns) {
        table.columns.push_back(ToEngine(bound.column));
        table.columns.back().field_id = bound.field_id;
        table.columns.back().child_ids = bound.child_ids;
    }
    for (const auto& file : own_->files) table.row_count += file.row_count;
    engine::Relation relation;
    relation.token = ++last_token_;
    relation.body = std::move(table);
    Source source;
    source.table = Scannable{own_->port, own_->port.table.snapshot_id, own_->port.DataVersion(),
                             tables_.Pin(own_->port.table.uuid)};
    source.kept = own_->files;
    source.is_kept = true;
    sources_.emplace(relation.token, std::move(source));
    return relation;
}

Result<engine::Relation> JobInputs::AnswerChanged() {
    auto relation = TRY(AnswerProduct(changed_->port));
    auto& table = std::get<engine::TableRelation>(relation.body);
    const std::string behind =
        fmt::format("{} > {}", QuoteIdentifier(model::kPositionColumn), changed_->position);
    table.row_filter =
        table.row_filter.empty() ? behind : fmt::format("({}) AND ({})", table.row_filter, behind);
    table.row_count = 0;
    sources_.at(relation.token).behind = changed_->position;
    return relation;
}

// SQL that names the product's own push input reads the port that its records go to.
Result<engine::Relation> JobInputs::AnswerPushed(const model::InputPort& input) {
    const auto* fed = reader_.spec->Feeds(input);
    if (!fed)
        return Fail(Code::kInvalid,
                    fmt::format("no output port takes the records of input port {}", input.name));
    if (planned_) return NoRows(fed->columns);
    return AnswerProduct(
        NameOf({reader_.spec->domain, reader_.spec->name, fed->name, reader_.spec->version.major}));
}

engine::Relation JobInputs::NoRows(const std::vector<model::Column>& columns) {
    engine::TableRelation table;
    for (const auto& column : columns) table.columns.push_back(ToEngine(column));
    for (size_t i = 0; i < table.columns.size(); ++i)
        table.columns[i].field_id = static_cast<int32_t>(i + 1);
    engine::Relation relation;
    relation.token = ++last_token_;
    relation.body = std::move(table);
    sources_.emplace(relation.token, Source{});
    return relation;
}

// A port of the state that is fed by events and that nothing was pushed to yet.
const model::OutputPort* JobInputs::FindFed(const engine::RelationName& name) const {
    const auto port = model::ParseTableName(name.domain, name.table);
    if (!port) return nullptr;
    const auto* product = reader_.state->FindProduct(port->domain, port->product);
    const auto* output = product ? product->spec.FindOutput(port->port) : nullptr;
    return output && product->spec.FedBy(*output) ? output : nullptr;
}

Result<engine::Relation> JobInputs::AnswerFiles(const model::InputPort& input) {
    Source source;
    if (only_file_) {
        source.files.push_back(*only_file_);
    } else {
        auto found = FindInputFiles(*reader_.state, input, reader_.place);
        // Its SQL is checked before the first upload, when the input says its columns.
        if (!found && planned_ && input.uploaded && found.error().code == Code::kNotFound &&
            !input.columns.empty() && std::ranges::all_of(input.columns, &model::Column::has_type))
            return NoRows(input.columns);
        if (!found) return std::unexpected(std::move(found.error()));
        source.files = std::move(*found);
    }
    engine::FileRelation files;
    files.format = ToEngine(input.format);
    files.columns = FileColumns(input, *reader_.spec, *reader_.port);
    if (files.format == engine::FileRelation::Format::kCsv) {
        files.delimiter = std::string(1, input.delimiter);
        files.header = input.header;
    }
    files.nulls = input.nulls;
    files.gzip = input.gzip;
    for (const auto& file : source.files) files.names.push_back(file.Path());
    engine::Relation relation;
    relation.token = ++last_token_;
    relation.body = std::move(files);
    sources_.emplace(relation.token, std::move(source));
    return relation;
}

Result<engine::Relation> JobInputs::AnswerPlanned(const engine::RelationName& name) {
    const auto port = TRY(model::ParseTableName(name.domain, name.table));
    const auto columns = TRY(planned_(port));
    return NoRows(columns);  // No files: a plan reads no rows.
}

Result<engine::Relation> JobInputs::AnswerProduct(const engine::RelationName& name) {
    if (planned_) {
        auto planned = AnswerPlanned(name);
        if (planned || planned.error().code != Code::kNotFound) return planned;
        return std::unexpected(govern::NoSuchRelation(name.domain, name.table));
    }
    auto found = tables_.Resolve(reader_.state, reader_.who, name, 0);
    if (!found && found.error().code == Code::kUnavailable)
        if (const auto* fed = FindFed(name)) {  // It may be read, and there is nothing yet.
            read_missing_ = true;
            return NoRows(fed->columns);
        }
    auto resolved = TRY(std::move(found));
    resolved.relation.token = ++last_token_;
    auto relation = resolved.relation;
    Source source;
    source.table = std::move(resolved.table);
    if (source.table)
        read_to_[source.table->port.id.value] =
            static_cast<uint64_t>(source.table->port.DataVersion());
    sources_.emplace(relation.token, std::move(source));
    return relation;
}

Result<engine::ScanFiles> JobInputs::OnOpen(const engine::Open& open) {
    const auto source = sources_.find(open.token);
    if (source == sources_.end())
        return Fail(Code::kCorrupt, "scan of a relation that was not handed out");
    Scan scan{open.token, {}};
    const Source& opened = source->second;
    for (const auto& file : opened.kept) {
        scan.plan.files.files.push_back({file.size_bytes, file.row_count});
        scan.plan.paths.push_back(file.path);
    }
    if (opened.table && !opened.is_kept) {
        auto pruned = open;
        if (opened.behind > 0)
            if (auto later = Behind(opened.table->port, opened.behind))
                pruned.comparisons.push_back(std::move(*later));
        scan.plan = TRY(tables_.PlanScan(*opened.table, pruned));
    }
    for (const auto& file : opened.files) scan.plan.files.files.push_back({file.stat.size, 0});
    scans_.push_back(scan);
    return std::move(scan.plan.files);
}

Result<std::vector<io::Descriptor>> JobInputs::OnNeedFiles(const engine::NeedFiles& need) {
    if (need.scan >= scans_.size() || scans_[need.scan].token != need.token)
        return Fail(Code::kCorrupt, "files of a scan that was not opened");
    if (need.indices.size() > kLimits.worker_frame_descriptors_max)
        return Fail(Code::kCorrupt, "too many files at once");
    const Source& source = sources_.at(need.token);
    std::vector<io::Descriptor> opened;
    for (const uint32_t index : need.indices) {
        if (source.table && index < scans_[need.scan].plan.paths.size()) {
            opened.push_back(
                TRY(tables_.OpenFile(*source.table, scans_[need.scan].plan.paths[index])));
        } else if (!source.table && index < source.files.size()) {
            opened.push_back(TRY(OpenInputFile(source.files[index])));
        } else {
            return Fail(Code::kCorrupt, "no such file in the scan");
        }
    }
    return opened;
}

Result<io::Descriptor> JobInputs::OnNeedOutput(const engine::NeedOutput& need, uint32_t index) {
    if (!output_) return Fail(Code::kDenied, "this job writes no files");
    return output_(need.rejected, index);
}

Result<> JobInputs::CheckInputsUnchanged() const {
    for (const auto& [token, source] : sources_)
        for (const auto& file : source.files) CHECK_OK(CheckUnchanged(file));
    return {};
}

std::vector<uint64_t> PortsRead(const meta::State& state, const meta::Product& product) {
    std::vector<uint64_t> read;
    const auto ports = state.ports_of.find(product.id);
    if (ports == state.ports_of.end()) return read;
    for (const PortId id : ports->second) {
        const auto& inputs = state.ports.at(id)->inputs;
        read.insert(read.end(), inputs.begin(), inputs.end());
    }
    return read;
}

namespace {

Result<std::string> FilesSeen(const meta::State& state, const meta::Product& product,
                              const std::string& data_folder) {
    std::string seen;
    for (const auto& input : product.spec.input_ports) {
        if (input.kind != model::InputPort::Kind::kFile) continue;
        for (const auto& file : TRY(FindInputFiles(
                 state, input, {product.folder, data_folder, product.spec.team.name, product.id})))
            seen += fmt::format("{} {} {} {};", file.Path(), file.stat.size, file.stat.mtime_ns,
                                file.stat.inode);
    }
    return seen;
}

uint64_t Fingerprint(const std::string& seen) {
    const std::string hash = io::Sha256(seen);
    uint64_t fingerprint = 0;
    for (size_t i = 0; i < 8; ++i) fingerprint = fingerprint << 8 | static_cast<uint8_t>(hash[i]);
    return fingerprint == 0 ? 1 : fingerprint;
}

}  // namespace

Result<uint64_t> FilesFingerprint(const meta::State& state, const meta::Product& product,
                                  const std::string& data_folder) {
    return Fingerprint(TRY(FilesSeen(state, product, data_folder)));
}

const meta::Port* NewestOf(const meta::State& state, const meta::Port& port) {
    const auto product = state.products.find(port.product);
    if (product == state.products.end()) return nullptr;
    return FindPublished(state, {state.DomainOf(*product->second).name, product->second->name,
                                 port.name, std::nullopt});
}

Result<uint64_t> InputFingerprint(const meta::State& state, const meta::Product& product,
                                  const std::vector<uint64_t>& ports_read,
                                  const std::string& data_folder) {
    std::string seen = fmt::format("generation {};", product.generation);
    seen += TRY(FilesSeen(state, product, data_folder));
    std::vector<const meta::Port*> sources;
    for (const auto& input : product.spec.input_ports) {
        if (input.kind == model::InputPort::Kind::kProduct) {
            if (const auto* port = FindPublished(state, input.product)) sources.push_back(port);
        } else if (const auto* fed = product.spec.Feeds(input)) {
            if (const auto* port =
                    state.FindPort(product.id, fed->name, product.spec.version.major))
                sources.push_back(port);
        }
    }
    for (const uint64_t read : ports_read) {
        const auto it = state.ports.find(PortId{read});
        if (it == state.ports.end()) continue;
        sources.push_back(it->second.get());
        // What the SQL names without a version may be another table by now.
        if (const auto* newest = NewestOf(state, *it->second)) sources.push_back(newest);
    }
    std::ranges::sort(sources, {}, [](const meta::Port* port) { return port->id; });
    sources.erase(std::ranges::unique(sources).begin(), sources.end());
    for (const auto* port : sources)
        seen += fmt::format("{} {};", port->id.value, port->DataVersion());
    return Fingerprint(seen);
}

}  // namespace weft::catalog
