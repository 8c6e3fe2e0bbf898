// The façade of this folder: accept pushed records durably, check and roll them into tables, keep
// the rest as dead letters.
//
//     request ─► Target (may this principal write here?) ─► Accept ─► log, fdatasync ─► receipt
//                                        a second later, in a worker: check ─► tail files ─►
//                                        meta::RollTail every ten seconds: tail ─► one file ─►
//                                        Iceberg snapshot ─► meta::CommitTail
//
// The position up to which records were rolled lies in the same transaction as what they became: a
// record is in the log or in the tables, never in both, never in none. THREAD: any. OWNS: the log
// and the rolling threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "catalog/tables.h"
#include "engine/pool.h"
#include "govern/principal.h"
#include "ingest/log.h"
#include "ingest/records.h"
#include "ingest/target.h"
#include "meta/store.h"

namespace weft::ingest {

struct IngestOptions {
    uint32_t roll_ms = 500;                  // Between the acknowledgement and the check.
    uint32_t commit_ms = 10'000;             // Between snapshots of one table.
    uint64_t commit_bytes = 64ull << 20;     // Of a tail: committed earlier.
    uint64_t roll_bytes_max = 32ull << 20;   // Of lines in one roll.
    uint32_t threads = 2;                    // Rolls and commits at once.
    uint64_t memory_bytes = 1ull << 30;      // Of a roll's worker.
    uint64_t free_bytes_min = 256ull << 20;  // Of the disk: below, nothing more is accepted.
    LogOptions log;                          // folder, clock and fatal are set by Make.
};

class Ingest {
  public:
    struct Parts {
        meta::Store& store;
        catalog::Tables& tables;
        engine::Pool& pool;
        const Clock& clock;
        std::string data_folder;
    };
    static Result<std::unique_ptr<Ingest>> Make(Parts parts, IngestOptions options);
    virtual ~Ingest() = default;

    // By input port (empty: the only push input). FAILS: kNotFound saying that nothing was stored
    // (a domain stores nothing that no product asks for, R3 and R214), or exactly the error of an
    // unknown name to those who may not discover the product; kDenied 42501 with how to ask.
    virtual Result<Target> FindTarget(const meta::State& state, const govern::Principal& who,
                                      std::string_view domain, std::string_view product,
                                      std::string_view input) const = 0;
    // By the table's name in SQL: "web", "clicks" or "clicks__port".
    virtual Result<Target> FindTable(const meta::State& state, const govern::Principal& who,
                                     const engine::RelationName& name) const = 0;
    // By CloudEvents type, among the products of a domain.
    virtual Result<Target> FindType(const meta::State& state, const govern::Principal& who,
                                    std::string_view domain, std::string_view type) const = 0;

    // Durable when it returns. FAILS: as Log::Append.
    virtual Result<Receipt> Accept(const Target& target, const govern::Principal& who,
                                   Records records, std::string key) = 0;

    // What became of records [first, first + count): waits until all are checked or `wait_ms` have
    // passed.
    struct Checked {
        bool done = false;
        bool exact = true;  // False: at least so many were rejected, at most so many accepted.
        uint64_t accepted = 0;
        uint64_t rejected = 0;
        std::vector<engine::BadRecord> reasons;  // The first ten; `line` is the position.
    };
    virtual Result<Checked> WaitChecked(const Stream& stream, const Receipt& receipt,
                                        uint64_t wait_ms) = 0;

    // Dead letters of pushed records (govern::Action::kOwn is the caller's check). `positions` as
    // ranges. Replay appends them to the log again, once: letters under way or settled are left
    // out. `edited`, when not empty, replaces the raw text of the only position. Returns how many.
    struct Letter {
        uint64_t position = 0;
        std::string raw;
        std::string key;
    };
    virtual Result<uint64_t> Replay(const Target& target, const govern::Principal& who,
                                    std::vector<Letter> letters) = 0;
    // Hides them at once and rewrites the table without them. Returns when both are done.
    virtual Result<> Purge(ProductId product, uint32_t major, std::vector<meta::Settled> ranges,
                           const std::string& by) = 0;

    // Calls back (quickly, any thread) when records of the port have become visible. For followers;
    // ends with the answer.
    virtual std::shared_ptr<const void> OnRolled(std::function<void()> callback) = 0;

    // For `weft status`, metrics and doctor.
    struct Lag {
        std::string product;
        std::string input;
        uint64_t waiting_records = 0;
        uint64_t waiting_bytes = 0;
        std::string error;  // Of the last roll; empty: it went well.
    };
    virtual std::vector<Lag> Lags() const = 0;
    virtual Log& log() = 0;
    virtual void Drain() = 0;  // Accepts nothing more, rolls what waits (bounded), stops.
};

}  // namespace weft::ingest
