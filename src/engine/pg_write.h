// What a session wants to write: the node's answers about targets, and records kept until their
// transaction ends.
//
// Used by pg_session, pg_insert and pg_copy_in. The node decides at every question, also at the
// last one. Records of a transaction reach the node at its end, in requests of at most
// kWriteBytesMax for one target each: a request is taken whole or not at all, several are not one.
// Invariant: what was dropped never reached the node. THREAD: main.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "engine/pg_record.h"

namespace weft::engine {

inline constexpr size_t kKeptBytesMax =
    32u << 20;  // Of one transaction, or of one COPY before it is written.

inline constexpr auto kPatience = std::chrono::seconds(10);

struct PgTarget {
    RelationName name;
    std::vector<OutputColumn> columns;  // Without the node's own.
};

class PgWrites {
  public:
    explicit PgWrites(Engine& engine) : engine_(engine) {}

    void BeginBatch() { targets_.clear(); }  // The node is asked anew.
    // `parts`: the name as written, folded. A bare name is looked for in the domains of
    // `search_path`. FAILS: as the node says: 42P01, 42501.
    Result<const PgTarget*> Find(const std::vector<std::string>& parts,
                                 const std::string& search_path);

    // The target's columns that `names` name, all when there are none. FAILS: 42703, 42701.
    static Result<std::vector<OutputColumn>> Choose(const PgTarget& target,
                                                    const std::vector<std::string>& names);

    // FAILS: 54000 above kKeptBytesMax; nothing of it is kept then.
    Result<> Keep(const RelationName& target, std::vector<PgPiece> pieces);
    bool empty() const { return kept_.empty(); }
    uint64_t bytes() const { return bytes_; }
    void Drop();
    size_t Mark();  // A savepoint: what comes later can be dropped.
    void DropTo(size_t mark);

    // Everything kept, to the node. Durable when it returns. FAILS: as the node says; what was
    // accepted before is told.
    Result<> Commit();
    // At once, past what is kept. Adds what was accepted to `accepted`, also when it fails. A node
    // that has too much waiting is asked again for kPatience.
    Result<> WriteNow(const RelationName& target, std::vector<PgPiece> pieces, uint64_t& accepted);

  private:
    struct Kept {
        RelationName target;
        PgPiece piece;
    };
    Result<> Ask(const Write& write);
    Engine& engine_;
    std::map<std::vector<std::string>, PgTarget> targets_;
    std::vector<Kept> kept_;
    size_t sealed_ = 0;  // Pieces below are a savepoint's: nothing is appended to them.
    uint64_t bytes_ = 0;
};

}  // namespace weft::engine
