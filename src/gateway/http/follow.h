// The records of a port fed by events, once each in the order of their positions, and new ones as
// they come.
//
// An answer made of many statements: each reads a window of positions by parts, so that every batch
// is decided anew and nothing is held while nothing comes. A new major version goes on numbering
// where the old one stopped: an address without a version walks through the majors. THREAD: one at
// a time; Next on a task thread, the rest on the loop.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/protocol.h"
#include "gateway/http/rows.h"
#include "govern/principal.h"
#include "meta/state.h"
#include "model/port_name.h"

namespace weft::gateway::http {

struct Deps;
struct Request;

inline constexpr int64_t kFollowersMax = 100;  // Of the node.

class Follow {
  public:
    // Decides, and reads nothing yet. FAILS: as a read of the port; kInvalid when it is not fed by
    // events; kLimit.
    static Result<std::unique_ptr<Follow>> Begin(Deps& deps, const Request& request);
    ~Follow();
    Follow(const Follow&) = delete;
    Follow& operator=(const Follow&) = delete;

    // The next batch; null: there is nothing new, or not now (is_put_off). FAILS: a right that was
    // revoked, a statement that cannot run.
    Result<std::unique_ptr<Rows>> Next(Lifeline& lifeline);
    // Cheap: whether Next may have something.
    bool MayHaveMore() const;

    // Bytes of the batch, in any pieces; whole records are appended to `out` as the client wants
    // them.
    Result<> Take(std::string_view piece, std::string& out);
    // The batch waits for its client: others may read meanwhile.
    void StopReading();
    // All bytes of the batch were taken.
    void EndBatch();

    // There was no room for a batch: ask again.
    bool is_put_off() const { return put_off_; }
    void PutOff() { put_off_ = true; }
    bool waits() const { return waits_; }   // For new records, when there are none.
    bool is_over() const { return over_; }  // As many as were asked for.
    bool is_events() const { return events_; }
    std::string_view content_type() const;
    std::string Greeting() const;  // Events: where it begins, also before there is a record.
    std::string ErrorText(const Error& error,
                          std::string_view request_id) const;  // Empty for lines.

  private:
    explicit Follow(Deps& deps) : deps_(deps) {}
    Result<const meta::Product*> Decide(const meta::State& state) const;
    const meta::Port* NextPort(const meta::State& state, const meta::Product& product) const;
    Result<engine::Statement> MakeStatement(const std::shared_ptr<const meta::State>& state,
                                            const meta::Port& port);
    bool StartReading();
    Result<> TakeRecord(std::string_view line, std::string& out);

    Deps& deps_;
    govern::Principal who_;
    std::string client_;
    ProductId product_;
    model::PortName name_;
    uint64_t since_ = 0;     // Everything up to here was handed on.
    uint64_t upto_ = 0;      // Of the batch under way.
    uint64_t window_ = 250;  // Positions of a batch: as many as make about a megabyte.
    uint64_t left_ = 0;      // Records that may still come; 0 with `limited_` false: any.
    bool limited_ = false, waits_ = true, events_ = false, over_ = false, counted_ = false;
    bool put_off_ = false, reading_ = false;
    std::string line_;  // Begun, and not whole yet.
    uint64_t batch_bytes_ = 0;
    uint64_t batch_records_ = 0;
};

}  // namespace weft::gateway::http
