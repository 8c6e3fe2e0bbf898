#include "ingest/roll.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "catalog/merge.h"
#include "catalog/rejected.h"
#include "catalog/row_checks.h"
#include "catalog/staging.h"
#include "ingest/batch.h"
#include "meta/runs.h"
#include "meta/tails.h"

namespace weft::ingest {
namespace {

constexpr uint64_t kRollTimeMs = 120'000;
constexpr uint32_t kRejectedFiles = 1'000'000;     // Numbers of dead letters' files begin here.
// A tail file of this size is not merged before it is committed: table care does that later.
constexpr uint64_t kAppendAsIsBytes = 2ull << 20;

// Answers the worker of a roll: one relation, one file of lines.
class RollHost : public engine::Host {
  public:
    RollHost(engine::FileRelation relation, io::Descriptor lines, uint64_t bytes,
             catalog::Staging& accepted, catalog::Staging& rejected)
        : relation_(std::move(relation)),
          lines_(std::move(lines)),
          bytes_(bytes),
          accepted_(accepted),
          rejected_(rejected) {}

    std::vector<engine::RelationAnswer> OnNames(
        const std::vector<engine::RelationName>& names) override {
        std::vector<engine::RelationAnswer> answers;
        engine::Relation relation;
        relation.token = 1;
        relation.body = relation_;
        for (const auto& name : names) answers.push_back({name, relation});
        return answers;
    }
    Result<engine::ScanFiles> OnOpen(const engine::Open&) override {
        engine::ScanFiles files;
        files.files.push_back({bytes_, 0});
        return files;
    }
    Result<std::vector<io::Descriptor>> OnNeedFiles(const engine::NeedFiles& need) override {
        std::vector<io::Descriptor> files;
        for (const uint32_t index : need.indices) {
            if (index != 0) return Fail(Code::kCorrupt, "no such file in the scan");
            files.emplace_back(::dup(lines_.get()));
            if (!files.back()) return Fail(Code::kUnavailable, "too many open files");
        }
        return files;
    }
    Result<io::Descriptor> OnNeedOutput(const engine::NeedOutput& need, uint32_t index) override {
        return need.rejected ? rejected_.NewFile(kRejectedFiles + index) : accepted_.NewFile(index);
    }

  private:
    engine::FileRelation relation_;
    io::Descriptor lines_;
    uint64_t bytes_;
    catalog::Staging& accepted_;
    catalog::Staging& rejected_;
};

Result<io::Descriptor> InMemory(const std::string& lines) {
    io::Descriptor file(::memfd_create("weft-roll", MFD_CLOEXEC));
    if (!file) return Fail(Code::kUnavailable, "cannot make a file in memory");
    for (size_t done = 0; done < lines.size();) {
        const ssize_t wrote = ::write(file.get(), lines.data() + done, lines.size() - done);
        if (wrote <= 0) return Fail(Code::kUnavailable, "cannot write a file in memory");
        done += static_cast<size_t>(wrote);
    }
    return file;
}

// What a roll works on, as of one state.
struct Work {
    std::shared_ptr<const meta::State> state;
    const meta::Product* product = nullptr;
    const model::InputPort* input = nullptr;
    const model::OutputPort* spec = nullptr;
    const meta::Port* port = nullptr;  // Null: to be made.
    const meta::Port* letters = nullptr;
    uint64_t position = 0;  // Rolled so far.
    catalog::Binding binding;
};

Result<Work> LookUp(const RollParts& parts, const Stream& stream) {
    Work work;
    work.state = parts.store.Snapshot();
    const auto at = work.state->products.find(stream.product);
    if (at == work.state->products.end()) return Fail(Code::kNotFound, "this product is gone");
    work.product = at->second.get();
    work.input = work.product->spec.FindInput(stream.input);
    work.spec = work.input ? work.product->spec.Feeds(*work.input) : nullptr;
    if (!work.spec)
        return Fail(Code::kNotFound,
                    fmt::format("{} has no input {} for events any more",
                                work.state->FullName(*work.product), stream.input),
                    "its records wait until an input port of this name is applied again");
    const uint32_t major = work.product->spec.version.major;
    work.port = work.state->FindPort(stream.product, work.spec->name, major);
    work.letters = work.state->FindPort(stream.product, meta::kRejectedPort, major);
    work.position = meta::RolledPosition(*work.state, stream.product, work.spec->name);
    work.binding = TRY(catalog::BindColumns(
        work.spec->columns, work.port ? work.port->columns : std::vector<meta::BoundColumn>{},
        work.port ? work.port->table.last_column_id : 0));
    return work;
}

engine::FileRelation ToRelation(const Work& work, const Batch& batch) {
    engine::FileRelation relation;
    relation.format = engine::FileRelation::Format::kJsonLines;
    for (const auto& column : work.spec->columns) {
        if (column.name == model::kReceivedAt || column.name == model::kPositionColumn) continue;
        engine::RelationColumn out;
        out.name = column.name;
        out.type = column.type;
        out.required = column.required;
        out.alias = column.was;
        relation.columns.push_back(std::move(out));
    }
    relation.names = {work.state->FullName(*work.product)};
    relation.received = batch.received;
    relation.reject_unknown = work.input->unknown == model::InputPort::Unknown::kReject;
    return relation;
}

Result<engine::Ended> Check(const RollParts& parts, const Work& work, const Batch& batch,
                            catalog::Staging& accepted, catalog::Staging& rejected) {
    engine::Start start;
    start.user = "product:" + work.state->FullName(*work.product);
    start.memory_bytes = parts.memory_bytes;
    start.settings = {{"TimeZone", "UTC"}};
    const auto worker = TRY(parts.pool.Take(std::move(start)));
    engine::Job job;
    job.kind = engine::Job::Kind::kLoad;
    job.inputs = {{"pushed", {"", "pushed"}}};
    job.columns = catalog::OutputColumns(work.binding.columns);
    job.bad_rows_max = UINT64_MAX;
    job.bad_rows_share_max = 1;
    job.rejected = true;
    job.limits.time_ms = kRollTimeMs;
    RollHost host(ToRelation(work, batch), TRY(InMemory(batch.lines)), batch.lines.size(), accepted,
                  rejected);
    auto finished = TRY(engine::RunToEnd(*worker, job, host, nullptr, 0, kRollTimeMs));
    if (!finished.ended.ok) return std::unexpected(finished.ended.error);
    return std::move(finished.ended);
}

meta::TailPart Part(const Work& work, std::string port, const catalog::Staging& staging,
                    std::vector<meta::BoundColumn> columns, int32_t last_column_id) {
    meta::TailPart part;
    part.port = std::move(port);
    part.major = work.product->spec.version.major;
    part.table = staging.table();
    part.table.last_column_id = last_column_id;
    part.columns = std::move(columns);
    part.contract_version = ToString(work.product->spec.version);
    return part;
}

bool IsCurrent(const Work& work) {
    if (!work.port || work.port->contract_version != ToString(work.product->spec.version))
        return false;
    std::vector<model::Column> published;
    for (const auto& bound : work.port->columns) published.push_back(bound.column);
    return published == work.spec->columns;
}

std::vector<meta::Settled> ToRanges(std::vector<uint64_t> positions) {
    std::ranges::sort(positions);
    std::vector<meta::Settled> ranges;
    for (const uint64_t position : positions) {
        if (!ranges.empty() && ranges.back().last + 1 == position) {
            ranges.back().last = position;
        } else {
            ranges.push_back({position, position});
        }
    }
    return ranges;
}

}  // namespace

Result<Rolled> Roll(const RollParts& parts, const Stream& stream, uint64_t records_max,
                    bool poison) {
    const Work work = TRY(LookUp(parts, stream));
    const auto entries = TRY(parts.log.Read(stream, work.position, parts.bytes_max));
    const Batch batch = TRY(MakeBatch(entries, work.position, records_max, poison));
    if (batch.count == 0 && IsCurrent(work))
        return Rolled{work.position + 1, work.position, 0, {}, {}};

    auto accepted = TRY(catalog::Staging::Open(parts.tables, work.port));
    auto rejected = TRY(catalog::Staging::Open(parts.tables, work.letters));
    Rolled rolled{work.position + 1, work.position + batch.count, 0, {}, batch.replays};
    const auto roll = [&]() -> Result<> {
        engine::Ended ended;
        if (batch.count > 0) ended = TRY(Check(parts, work, batch, accepted, rejected));
        rolled.rejected = ended.bad_record_count;
        rolled.bad = std::move(ended.bad_records);
        for (auto& bad : rolled.bad) bad.line += work.position;
        std::vector<engine::WrittenFile> good, letters;
        for (auto& file : ended.files) {
            if (file.rejected) file.index += kRejectedFiles;
            (file.rejected ? letters : good).push_back(std::move(file));
        }
        meta::RollTail command;
        command.product = stream.product;
        command.expected_generation = work.product->generation;
        command.expected_position = work.position;
        command.position = rolled.last;
        command.accepted = Part(work, work.spec->name, accepted, work.binding.columns,
                                work.binding.last_column_id);
        command.accepted.files = TRY(accepted.SealTail(good, rolled.last));
        if (!letters.empty() || !work.letters) {  // An empty relation from the first day.
            auto columns = catalog::RejectedColumns();
            const auto last_id = static_cast<int32_t>(columns.size());
            command.rejected =
                Part(work, std::string(meta::kRejectedPort), rejected, std::move(columns), last_id);
            command.rejected->files = TRY(rejected.SealTail(letters, rolled.last));
        }
        command.settles = ToRanges(batch.replays);
        CHECK_OK(parts.store.Commit("ingest", command));
        return {};
    };
    if (const auto done = roll(); !done) {
        accepted.Abandon(done.error());
        rejected.Abandon(done.error());
        return std::unexpected(done.error());
    }
    return rolled;
}

Result<> Commit(const RollParts& parts, PortId id) {
    const auto state = parts.store.Snapshot();
    const auto at = state->ports.find(id);
    if (at == state->ports.end() || at->second->tail.empty()) return {};
    const meta::Port& port = *at->second;
    auto staging = TRY(catalog::Staging::Open(parts.tables, &port));
    const auto commit = [&]() -> Result<> {
        std::vector<engine::WrittenFile> files;
        std::vector<catalog::MergeFile> small;
        std::vector<const meta::TailFile*> small_files;
        uint32_t index = kRejectedFiles;
        for (const auto& file : port.tail) {
            if (file.size_bytes >= kAppendAsIsBytes) {
                files.push_back(TRY(staging.Adopt(file, index++)));
            } else {
                small.push_back(
                    {port.table.location + "/data/" + file.name, file.size_bytes, file.row_count});
                small_files.push_back(&file);
            }
        }
        if (small.size() == 1) {
            files.push_back(TRY(staging.Adopt(*small_files[0], index++)));
        } else if (!small.empty()) {
            auto merged = TRY(
                catalog::MergeFiles(parts.tables, parts.pool, port, staging, std::move(small), {}));
            std::ranges::move(merged, std::back_inserter(files));
        }
        catalog::Staging::Change change;
        change.operation = catalog::Staging::Change::Operation::kAppend;
        change.summary = {{"weft.position", std::to_string(port.position)},
                          {"weft.contract-version", port.contract_version}};
        const auto table = TRY(staging.Prepare({port.columns, port.table.last_column_id}, files,
                                               change, parts.clock.Now()));
        meta::CommitTail command;
        command.port = id;
        command.expected_metadata_location = port.table.metadata_location;
        command.table = table;
        command.upto = port.tail.back().last_position;
        CHECK_OK(parts.store.Commit("ingest", command));
        return {};
    };
    if (const auto done = commit(); !done) {
        staging.Abandon(done.error());
        return std::unexpected(done.error());
    }
    return {};
}

Result<> RewriteLetters(const RollParts& parts, PortId id) {
    CHECK_OK(Commit(parts, id));
    const auto state = parts.store.Snapshot();
    const auto at = state->ports.find(id);
    if (at == state->ports.end() || at->second->settled.empty() ||
        at->second->table.metadata_location.empty())
        return {};
    const meta::Port& port = *at->second;
    auto files = TRY(catalog::LiveFiles(parts.tables, port));
    auto staging = TRY(catalog::Staging::Open(parts.tables, &port));
    const auto rewrite = [&]() -> Result<> {
        catalog::Staging::Change change;
        change.operation = catalog::Staging::Change::Operation::kRewrite;
        for (const auto& file : files) change.removed.push_back(file.path);
        catalog::MergeOptions options;
        for (const auto& settled : port.settled)
            options.row_filter +=
                fmt::format("{}(\"position\" IS NULL OR \"position\" < {} OR \"position\" > {})",
                            options.row_filter.empty() ? "" : " AND ", settled.first, settled.last);
        const auto kept = TRY(catalog::MergeFiles(parts.tables, parts.pool, port, staging,
                                                  std::move(files), options));
        meta::CommitTail command;
        command.port = id;
        command.expected_metadata_location = port.table.metadata_location;
        command.table = TRY(staging.Prepare({port.columns, port.table.last_column_id}, kept, change,
                                            parts.clock.Now()));
        command.settled_gone = port.settled;
        CHECK_OK(parts.store.Commit("ingest", command));
        return {};
    };
    if (const auto done = rewrite(); !done) {
        staging.Abandon(done.error());
        return std::unexpected(done.error());
    }
    return {};
}

}  // namespace weft::ingest
