#include "engine/pg_write.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "base/text.h"

namespace weft::engine {
namespace {

constexpr size_t kPathDomainsMax = 4;
constexpr size_t kTargetsMax = 1'000;
constexpr std::string_view kNodesOwn[] = {"received_at", "_position"};

std::unexpected<Error> Refuse(const char* sqlstate, std::string message, std::string hint = {}) {
    Error error;
    error.code = Code::kInvalid;
    error.message = std::move(message);
    error.hint = std::move(hint);
    error.sqlstate = sqlstate;
    return std::unexpected(std::move(error));
}

}  // namespace

Result<const PgTarget*> PgWrites::Find(const std::vector<std::string>& parts,
                                       const std::string& search_path) {
    if (const auto known = targets_.find(parts); known != targets_.end()) return &known->second;
    if (parts.empty() || parts.size() > 3)
        return Refuse("0A000", "relations have at most three name parts");
    if (parts.size() == 3 && ToLower(parts[0]) != "weft")
        return Refuse("3D000", "there is no database " + parts[0] + " here");
    std::vector<RelationName> candidates;
    const auto table = ToLower(parts.back());
    if (parts.size() > 1) {
        candidates.push_back({ToLower(parts[parts.size() - 2]), table});
    } else {
        for (const auto& part : Split(search_path, ',')) {
            auto domain = ToLower(Trim(part));
            std::erase(domain, '"');
            if (!domain.empty() && candidates.size() < kPathDomainsMax)
                candidates.push_back({domain, table});
        }
    }
    Result<const PgTarget*> failed = Refuse("42P01", "relation \"" + table + "\" does not exist",
                                            "Name its domain: domain." + table + ".");
    for (auto& name : candidates) {
        Write write;
        write.relation = name;
        auto columns = engine_.control().AskWrite(write);
        if (columns) {
            if (targets_.size() >= kTargetsMax) targets_.clear();
            return &targets_.insert_or_assign(parts, PgTarget{std::move(name), std::move(*columns)})
                        .first->second;
        }
        const bool missing = columns.error().code == Code::kNotFound;
        if (parts.size() > 1 || !missing) failed = std::unexpected(std::move(columns.error()));
        if (!missing) break;
    }
    return failed;
}

Result<std::vector<OutputColumn>> PgWrites::Choose(const PgTarget& target,
                                                   const std::vector<std::string>& names) {
    if (names.empty()) return target.columns;
    std::vector<OutputColumn> chosen;
    for (const auto& name : names) {
        const auto same = [&](const OutputColumn& column) {
            return ToLower(column.name) == ToLower(name);
        };
        auto found = std::ranges::find_if(target.columns,
                                          [&](const auto& column) { return column.name == name; });
        if (found == target.columns.end()) found = std::ranges::find_if(target.columns, same);
        if (found == target.columns.end()) {
            if (std::ranges::find(kNodesOwn, ToLower(name)) != std::end(kNodesOwn))
                return Refuse("428C9", "column \"" + name + "\" is filled by the node",
                              "Leave it out.");
            std::vector<std::string> known;
            for (const auto& column : target.columns) known.push_back(column.name);
            const auto near = NearestName(name, known);
            return Refuse("42703",
                          fmt::format("column \"{}\" of relation \"{}\" does not exist", name,
                                      target.name.table),
                          near ? "The nearest name is \"" + *near + "\"."
                               : "It has: " + Join(known, ", ") + ".");
        }
        if (std::ranges::any_of(chosen,
                                [&](const auto& column) { return column.name == found->name; }))
            return Refuse("42701", "column \"" + name + "\" specified more than once");
        chosen.push_back(*found);
    }
    return chosen;
}

Result<> PgWrites::Keep(const RelationName& target, std::vector<PgPiece> pieces) {
    uint64_t more = 0;
    for (const auto& piece : pieces) more += piece.lines.size();
    if (bytes_ + more > kKeptBytesMax)
        return Refuse("54000", "a transaction writes at most 32 MiB of records",
                      "Use smaller transactions, or COPY outside of a transaction block.");
    bytes_ += more;
    for (auto& piece : pieces) {
        auto* last = kept_.size() > sealed_ ? &kept_.back() : nullptr;
        const bool fits = last && last->target == target &&
                          last->piece.lines.size() + piece.lines.size() <= kWriteBytesMax &&
                          last->piece.count + piece.count <= kWriteRecordsMax;
        if (fits) {
            last->piece.lines += piece.lines;
            last->piece.count += piece.count;
        } else {
            kept_.push_back({target, std::move(piece)});
        }
    }
    return {};
}

void PgWrites::Drop() {
    kept_.clear();
    bytes_ = 0;
    sealed_ = 0;
}

size_t PgWrites::Mark() {
    sealed_ = kept_.size();
    return sealed_;
}

void PgWrites::DropTo(size_t mark) {
    while (kept_.size() > mark) {
        bytes_ -= kept_.back().piece.lines.size();
        kept_.pop_back();
    }
    sealed_ = kept_.size();
}

Result<> PgWrites::Ask(const Write& write) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    auto pause = std::chrono::milliseconds(20);
    while (true) {
        auto written = engine_.control().AskWrite(write);
        if (written) return {};
        const bool later =
            written.error().code == Code::kLimit && std::chrono::steady_clock::now() + pause < end;
        if (!later) return std::unexpected(std::move(written).error());
        if (engine_.interrupted())
            return Refuse("57014", "canceling statement due to user request");
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds(500));
    }
}

Result<> PgWrites::WriteNow(const RelationName& target, std::vector<PgPiece> pieces,
                            uint64_t& accepted) {
    for (auto& piece : pieces) {
        Write write;
        write.relation = target;
        write.lines = std::move(piece.lines);
        write.count = piece.count;
        if (auto written = Ask(write); !written) {
            auto error = std::move(written).error();
            if (accepted > 0)
                error.message += fmt::format("; {} records were accepted before this", accepted);
            return std::unexpected(std::move(error));
        }
        accepted += piece.count;
    }
    return {};
}

Result<> PgWrites::Commit() {
    // Records of one target together, in their order: fewer requests, and small transactions are
    // one each.
    std::vector<Kept> merged;
    for (auto& kept : std::exchange(kept_, {})) {
        const auto last =
            std::ranges::find_if(merged.rbegin(), merged.rend(),
                                 [&](const Kept& other) { return other.target == kept.target; });
        const bool fits = last != merged.rend() &&
                          last->piece.lines.size() + kept.piece.lines.size() <= kWriteBytesMax &&
                          last->piece.count + kept.piece.count <= kWriteRecordsMax;
        if (fits) {
            last->piece.lines += kept.piece.lines;
            last->piece.count += kept.piece.count;
        } else {
            merged.push_back(std::move(kept));
        }
    }
    Drop();
    uint64_t accepted = 0;
    for (auto& kept : merged) {
        std::vector<PgPiece> pieces;
        pieces.push_back(std::move(kept.piece));
        CHECK_OK(WriteNow(kept.target, std::move(pieces), accepted));
    }
    return {};
}

}  // namespace weft::engine
