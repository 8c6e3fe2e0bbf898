// A state under change: commands edit through it, so that indices stay right and the store knows
// what to persist. Tests of other folders build small worlds with it: Draft
// draft(std::make_shared<State>(), now); …; draft.Finish(). THREAD: one.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "meta/state.h"

namespace weft::meta {

// Kinds of entity; the order is the order of loading (what is referred to comes first).
enum class Kind : uint8_t { kUser, kToken, kTeam, kDomain, kProduct, kPort, kGrant, kCount };

class Draft {
  public:
    struct Event {
        std::string type;  // CloudEvents type.
        Json data;
    };

    Draft(std::shared_ptr<const State> base, Timestamp now);
    const State& state() const { return *next_; }
    Timestamp now() const { return now_; }
    uint64_t NewId();  // Unique for good over all kinds.

    // Inserts or replaces. REQUIRES: an id from NewId, a name that no other entity of the kind has,
    // and that everything it refers to exists; all asserted.
    void Put(User user);
    void Put(Token token);
    void Put(Team team);
    void Put(Domain domain);
    void Put(Product product);
    void Put(Port port);
    void Put(Grant grant);
    // REQUIRES: it exists.
    void Remove(UserId id);  // With its tokens, memberships and grants.
    void Remove(TokenId id);
    void Remove(TeamId id);     // With the grants for it. REQUIRES: it owns nothing.
    void Remove(DomainId id);   // REQUIRES: it has no products.
    void Remove(ProductId id);  // With its ports, its grants, and what others gave it.
    void Remove(PortId id);
    void Remove(GrantId id);
    void AddFileRoot(std::string root);
    // An outgoing event, stored in the same transaction.
    void Emit(std::string type, Json data);

    const std::set<std::pair<Kind, uint64_t>>& touched() const { return touched_; }
    const std::vector<Event>& events() const { return events_; }
    const std::vector<std::string>& new_file_roots() const { return new_file_roots_; }
    // The finished state. The draft is empty afterwards.
    std::shared_ptr<const State> Finish();

  private:
    void Touch(Kind kind, uint64_t id) { touched_.emplace(kind, id); }
    void RemoveGrantsFor(const Subject& subject);

    std::unique_ptr<State> next_;
    Timestamp now_;
    std::set<std::pair<Kind, uint64_t>>
        touched_;  // What to write (still there) or to delete (gone).
    std::vector<Event> events_;
    std::vector<std::string> new_file_roots_;
};

}  // namespace weft::meta
