#include "query/answers.h"

#include "base/limits.h"
#include "govern/decide.h"
#include "model/port_name.h"

namespace weft::query {
namespace {
constexpr size_t kScansMax = 10'000;      // Of one batch: a recursive query may open a scan again and again.
constexpr size_t kRelationsMax = 10'000;
}  // namespace

void Answers::Begin(std::shared_ptr<const meta::State> state, std::shared_ptr<const meta::State> data,
                    govern::Principal who, bool keep) {
    if (!keep) Forget();
    state_ = std::move(state);
    data_ = std::move(data);
    who_ = std::move(who);
}

void Answers::Forget() {
    std::scoped_lock lock(mutex_);
    relations_.clear();
    scans_.clear();
}

void Answers::NewWorker() {
    Forget();
    next_scan_ = 0;
}

std::vector<engine::RelationAnswer> Answers::OnNames(const std::vector<engine::RelationName>& names) {
    std::vector<engine::RelationAnswer> answers;
    answers.reserve(names.size());
    for (const auto& name : names) answers.push_back({name, Answer(name)});
    return answers;
}

int64_t Answers::DataVersion(const engine::RelationName& name) const {
    if (pinned_ != 0) return pinned_;
    if (data_ == state_) return 0;
    const auto port_name = model::ParseTableName(name.domain, name.table);
    if (!port_name) return 0;
    const auto* port = catalog::FindPublished(*data_, *port_name);
    return port ? port->DataVersion() : 0;
}

Result<engine::Relation> Answers::Answer(const engine::RelationName& name) {
    auto resolved = TRY(tables_.Resolve(state_, who_, name, DataVersion(name)));
    if (resolved.table) {
        data_version_ = resolved.table->data_version;
        contract_version_ = resolved.table->port.contract_version;
    }
    resolved.relation.token = ++last_token_;
    auto relation = resolved.relation;
    std::scoped_lock lock(mutex_);
    if (relations_.size() >= kRelationsMax) return Fail(Code::kLimit, "too many relations in one batch");
    relations_.emplace(relation.token, std::move(resolved));
    return relation;
}

Result<engine::ScanFiles> Answers::OnOpen(const engine::Open& open) {
    std::optional<catalog::Scannable> table;
    {
        std::scoped_lock lock(mutex_);
        const auto it = relations_.find(open.token);
        if (it == relations_.end()) return Fail(Code::kCorrupt, "scan of a relation that was not handed out");
        if (scans_.size() >= kScansMax) return Fail(Code::kLimit, "too many scans in one batch");
        table = it->second.table;
    }
    Scan scan{open.token, {}};
    if (table) scan.plan = TRY(tables_.PlanScan(*table, open));
    auto files = scan.plan.files;
    scans_.emplace(next_scan_++, std::move(scan));
    return files;
}

Result<std::vector<io::Descriptor>> Answers::OnNeedFiles(const engine::NeedFiles& need) {
    const auto found = scans_.find(need.scan);
    if (found == scans_.end() || found->second.token != need.token)
        return Fail(Code::kCorrupt, "files of a scan that was not opened");
    if (need.indices.size() > kLimits.worker_frame_descriptors_max)
        return Fail(Code::kCorrupt, "too many files at once");
    const Scan& scan = found->second;
    std::optional<catalog::Scannable> table;
    {
        std::scoped_lock lock(mutex_);
        table = relations_.at(need.token).table;
    }
    std::vector<io::Descriptor> files;
    for (const uint32_t index : need.indices) {
        if (!table || index >= scan.plan.paths.size()) return Fail(Code::kCorrupt, "no such file in the scan");
        files.push_back(TRY(tables_.OpenFile(*table, scan.plan.paths[index])));
    }
    return files;
}

namespace {

// What PostgreSQL's clients expect to read.
Error ForPostgres(Error error) {
    if (!error.sqlstate.empty()) return error;
    if (error.code == Code::kDenied) error.sqlstate = "42501";
    if (error.code == Code::kNotFound) error.sqlstate = "42P01";
    if (error.code == Code::kConflict) error.sqlstate = "23505";
    if (error.code == Code::kUnavailable) error.sqlstate = "53100";
    if (error.code == Code::kLimit) {
        error.sqlstate = "53400";
        if (error.hint.empty()) error.hint = "Try again in a moment.";
    }
    return error;
}

}  // namespace

Result<std::vector<engine::OutputColumn>> Answers::OnWrite(const engine::Write& write) {
    if (!ingest_)
        return std::unexpected(
            Error{Code::kInvalid, "this node takes no records over SQL", {}, "0A000", {}});
    auto target = ingest_->FindTable(*state_, who_, write.relation);
    if (!target) return std::unexpected(ForPostgres(std::move(target).error()));
    if (!write.lines.empty() || write.count > 0) {
        // The worker says what the lines are; the node looks itself.
        auto records = TRY(ingest::SplitRecords(ingest::BodyFormat::kJsonLines, write.lines, {}));
        if (records.count != write.count || records.count == 0)
            return Fail(Code::kCorrupt, "the records of a worker are not as many as it says");
        auto accepted = ingest_->Accept(*target, who_, std::move(records), {});
        if (!accepted) return std::unexpected(ForPostgres(std::move(accepted).error()));
    }
    std::vector<engine::OutputColumn> columns;
    for (const auto& column : target->columns) {
        engine::OutputColumn output;
        output.name = column.name;
        output.type = column.type;
        output.required = column.required;
        columns.push_back(std::move(output));
    }
    return columns;
}

bool Answers::StillPermitted(const meta::State& state, const govern::Principal& who, Timestamp now) const {
    std::scoped_lock lock(mutex_);
    for (const auto& [token, resolved] : relations_) {
        if (!resolved.table) continue;
        const auto it = state.products.find(resolved.table->port.product);
        if (it == state.products.end()) return false;
        const auto decision = govern::Decide(state, who, govern::Action::kRead, *it->second,
                                             resolved.table->port.name, now);
        if (std::holds_alternative<govern::Denial>(decision)) return false;
    }
    return true;
}

}  // namespace weft::query
