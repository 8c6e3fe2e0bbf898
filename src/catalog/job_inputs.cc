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
        case model::InputPort::Format::kCsv: return engine::FileRelation::Format::kCsv;
        case model::InputPort::Format::kJsonl: return engine::FileRelation::Format::kJsonLines;
        case model::InputPort::Format::kParquet: return engine::FileRelation::Format::kParquet;
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

// The types by which an input file is read: the port's own columns, or, when the output takes the file as it is, the
// contract's. Otherwise none: the worker looks at the file.
std::vector<engine::RelationColumn> FileColumns(const model::InputPort& input, const model::Product& spec,
                                                const model::OutputPort& output) {
    const auto& columns = !input.columns.empty() ? input.columns
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

engine::RelationName NameOf(const model::PortName& port) {
    return {port.domain, model::TableName(port)};
}

}  // namespace

std::vector<engine::Input> JobInputs::Inputs() const {
    std::vector<engine::Input> inputs;
    for (const auto& input : reader_.spec->input_ports) inputs.push_back({input.name, {"", input.name}});
    return inputs;
}

std::vector<engine::RelationAnswer> JobInputs::OnNames(const std::vector<engine::RelationName>& names) {
    std::vector<engine::RelationAnswer> answers;
    for (const auto& name : names) answers.push_back({name, Answer(name)});
    return answers;
}

Result<engine::Relation> JobInputs::Answer(const engine::RelationName& name) {
    if (!name.domain.empty()) return AnswerProduct(name);
    const auto* input = reader_.spec->FindInput(name.table);
    if (!input) {
        auto missing = govern::NoSuchRelation(name.domain, name.table);
        std::vector<std::string> known;
        for (const auto& port : reader_.spec->input_ports) known.push_back(port.name);
        if (!known.empty()) missing.hint = "input ports of this product: " + Join(known, ", ");
        return std::unexpected(std::move(missing));
    }
    switch (input->kind) {
        case model::InputPort::Kind::kFile: return AnswerFiles(*input);
        case model::InputPort::Kind::kProduct: return AnswerProduct(NameOf(input->product));
        case model::InputPort::Kind::kPush: break;
    }
    return Fail(Code::kInvalid, fmt::format("input port {} takes pushed records: this node does not accept those yet",
                                            input->name));
}

Result<engine::Relation> JobInputs::AnswerFiles(const model::InputPort& input) {
    Source source;
    source.files = TRY(FindInputFiles(*reader_.state, input, reader_.place));
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
    engine::TableRelation table;
    for (const auto& column : columns) table.columns.push_back(ToEngine(column));
    for (size_t i = 0; i < table.columns.size(); ++i) table.columns[i].field_id = static_cast<int32_t>(i + 1);
    engine::Relation relation;
    relation.token = ++last_token_;
    relation.body = std::move(table);
    sources_.emplace(relation.token, Source{});  // No files: a plan reads no rows.
    return relation;
}

Result<engine::Relation> JobInputs::AnswerProduct(const engine::RelationName& name) {
    if (planned_) {
        auto planned = AnswerPlanned(name);
        if (planned || planned.error().code != Code::kNotFound) return planned;
        return std::unexpected(govern::NoSuchRelation(name.domain, name.table));
    }
    auto resolved = TRY(tables_.Resolve(reader_.state, reader_.who, name, 0));
    resolved.relation.token = ++last_token_;
    auto relation = resolved.relation;
    if (resolved.table) {
        const uint64_t port = resolved.table->port.id.value;
        if (std::ranges::find(ports_read_, port) == ports_read_.end()) ports_read_.push_back(port);
    }
    sources_.emplace(relation.token, Source{std::move(resolved.table), {}});
    return relation;
}

Result<engine::ScanFiles> JobInputs::OnOpen(const engine::Open& open) {
    const auto source = sources_.find(open.token);
    if (source == sources_.end()) return Fail(Code::kCorrupt, "scan of a relation that was not handed out");
    Scan scan{open.token, {}};
    if (source->second.table) scan.plan = TRY(tables_.PlanScan(*source->second.table, open));
    for (const auto& file : source->second.files) scan.plan.files.files.push_back({file.stat.size, 0});
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
            opened.push_back(TRY(tables_.OpenFile(*source.table, scans_[need.scan].plan.paths[index])));
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

Result<uint64_t> InputFingerprint(const meta::State& state, const meta::Product& product,
                                  const std::vector<uint64_t>& ports_read, const std::string& data_folder) {
    std::string seen = fmt::format("generation {};", product.generation);
    std::vector<const meta::Port*> sources;
    for (const auto& input : product.spec.input_ports) {
        if (input.kind == model::InputPort::Kind::kFile) {
            for (const auto& file : TRY(FindInputFiles(state, input, {product.folder, data_folder, product.spec.team.name})))
                seen += fmt::format("{} {} {} {};", file.Path(), file.stat.size, file.stat.mtime_ns, file.stat.inode);
        } else if (input.kind == model::InputPort::Kind::kProduct) {
            if (const auto* port = FindPublished(state, input.product)) sources.push_back(port);
        }
    }
    for (const uint64_t read : ports_read)
        if (const auto it = state.ports.find(PortId{read}); it != state.ports.end()) sources.push_back(it->second.get());
    std::ranges::sort(sources, {}, [](const meta::Port* port) { return port->id; });
    sources.erase(std::ranges::unique(sources).begin(), sources.end());
    for (const auto* port : sources) seen += fmt::format("{} {};", port->id.value, port->DataVersion());
    const std::string hash = io::Sha256(seen);
    uint64_t fingerprint = 0;
    for (size_t i = 0; i < 8; ++i) fingerprint = fingerprint << 8 | static_cast<uint8_t>(hash[i]);
    return fingerprint == 0 ? 1 : fingerprint;
}

}  // namespace weft::catalog
