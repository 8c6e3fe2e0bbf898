// GET /data/…/changes: what becomes visible at a port fed by events, once each, in order.
#include "gateway/http/follow.h"

#include <algorithm>
#include <atomic>
#include <charconv>

#include "base/text.h"
#include "catalog/tables.h"
#include "gateway/error_wire.h"
#include "gateway/http/route.h"
#include "gateway/http/target.h"
#include "gateway/metrics.h"
#include "govern/decide.h"
#include "meta/runs.h"
#include "meta/store.h"
#include "meta/tails.h"

namespace weft::gateway::http {
namespace {

constexpr uint64_t kWindowMin = 16;
constexpr uint64_t kWindowMax = 10'000;
constexpr uint64_t kBatchBytes = 1u << 20;     // Aimed at.
constexpr uint64_t kLineBytesMax = 64u << 20;  // A record is at most 1 MiB as it was sent.
// Batches at once in the process: statements of others find a slot beside them.
constexpr int kBatchesMax = 4;
constexpr std::string_view kPrefix = "{\"_position\":";

std::atomic<int> batches_under_way{0};

// Whether the client wants server-sent events. FAILS: kInvalid 0A000 when it wants neither form.
Result<bool> ChooseEvents(std::string_view accept) {
    const std::string wanted = ToLower(accept);
    if (wanted.find("text/event-stream") != std::string::npos) return true;
    if (Trim(wanted).empty() || wanted.find("*/*") != std::string::npos ||
        wanted.find("json") != std::string::npos ||
        wanted.find("application/*") != std::string::npos)
        return false;
    Error error{Code::kInvalid,
                "this address offers JSON Lines and server-sent events",
                {},
                "0A000",
                "send Accept: application/x-ndjson or Accept: text/event-stream"};
    return std::unexpected(std::move(error));
}

Error NotByEvents(const model::PortName& name) {
    return {Code::kInvalid,
            ToString(name) + " is not fed by events, so its rows have no order in which they came",
            {},
            "0A000",
            "read all of it: GET /data/" + name.domain + "/" + name.product +
                (name.port == model::kDefaultPort ? "" : "/" + name.port)};
}

// The newest position of a port over all its majors, as far as it was checked.
uint64_t Newest(const meta::State& state, const meta::Product& product, std::string_view port) {
    return meta::RolledPosition(state, product.id, port);
}

Result<Response> FollowPort(Deps& deps, Request& request) {
    auto follow = TRY(Follow::Begin(deps, request));
    Response response;
    response.content_type = follow->content_type();
    if (request.method != "HEAD") response.follow = std::move(follow);
    return response;
}

}  // namespace

Result<std::unique_ptr<Follow>> Follow::Begin(Deps& deps, const Request& request) {
    for (const auto& [name, value] : request.query)
        if (name != "since" && name != "limit" && name != "follow")
            return Fail(Code::kInvalid, "there is no parameter " + name,
                        "since, limit and follow are known");
    std::unique_ptr<Follow> follow(new Follow(deps));
    const auto port = request.parts.find("port");
    const DataAddress address =
        TRY(ParseDataAddress(request.Part("domain"), request.Part("product"),
                             port == request.parts.end() ? std::string_view() : port->second));
    if (!address.suffix.empty())
        return Fail(Code::kInvalid, "changes have no suffix", "the header Accept chooses the form");
    follow->name_ = TRY(model::ParseTableName(address.relation.domain, address.relation.table));
    follow->who_ = request.who;
    follow->client_ = request.client;
    follow->events_ = TRY(ChooseEvents(request.Header("accept")));
    const meta::Product* product = TRY(follow->Decide(*request.state));
    follow->product_ = product->id;

    std::string since = request.Header("last-event-id");
    if (since.empty()) since = request.Query("since");
    if (since == "now")
        follow->since_ = Newest(*request.state, *product, follow->name_.port);
    else if (!since.empty())
        follow->since_ = TRY(ParseCount(since, "since (a position, or `now`)"));
    if (request.HasQuery("limit")) {
        follow->left_ = TRY(ParseCount(request.Query("limit"), "limit"));
        if (follow->left_ == 0)
            return Fail(Code::kInvalid, "limit must be at least 1",
                        "leave it out to get everything");
        follow->limited_ = true;
    }
    // With a limit the answer ends by itself, and scripts expect that it does so at the newest
    // record too.
    follow->waits_ = request.HasQuery("follow") ? request.QueryIsTrue("follow")
                                                : !follow->limited_ || follow->events_;

    follow->counted_ = true;
    if (deps.metrics.followers.fetch_add(1) >= kFollowersMax)
        return Fail(Code::kLimit, "too many follow changes at once",
                    "ask with follow=false, again and again");
    return follow;
}

Follow::~Follow() {
    StopReading();
    if (counted_) deps_.metrics.followers.fetch_sub(1);
}

std::string_view Follow::content_type() const {
    return events_ ? "text/event-stream" : "application/x-ndjson";
}

std::string Follow::Greeting() const {
    return events_ ? "id: " + std::to_string(since_) + "\nretry: 1000\n\n" : "";
}

std::string Follow::ErrorText(const Error& error, std::string_view request_id) const {
    if (!events_) return {};
    std::string problem = ProblemJson(error, request_id);
    return "event: error\ndata: " + std::string(Trim(problem)) + "\n\n";
}

// The product, to whom may read the port. Unknown and not to be known look the same.
Result<const meta::Product*> Follow::Decide(const meta::State& state) const {
    const Timestamp now = deps_.clock.Now();
    const std::string table = model::TableName(name_);
    const meta::Product* product = state.FindProduct(name_.domain, name_.product);
    if (!product) return std::unexpected(govern::NoSuchRelation(name_.domain, table));
    for (const auto action : {govern::Action::kDiscover, govern::Action::kRead}) {
        const auto decision = govern::Decide(state, who_, action, *product, name_.port, now);
        const auto* denial = std::get_if<govern::Denial>(&decision);
        if (!denial) continue;
        if (action == govern::Action::kDiscover)
            return std::unexpected(govern::NoSuchRelation(name_.domain, table));
        return std::unexpected(govern::ToError(state, who_, *product, name_.port, *denial, now));
    }
    const model::OutputPort* port = product->spec.FindOutput(name_.port);
    if (!port && name_.port != meta::kRejectedPort)
        return std::unexpected(govern::NoSuchRelation(name_.domain, table));
    if (!port || !product->spec.FedBy(*port)) return std::unexpected(NotByEvents(name_));
    return product;
}

// The oldest major with records behind `since_`; null: there are none. Their positions do not
// overlap.
const meta::Port* Follow::NextPort(const meta::State& state, const meta::Product& product) const {
    const auto ports = state.ports_of.find(product.id);
    if (ports == state.ports_of.end()) return nullptr;
    for (const PortId id : ports->second) {  // By name, then major.
        const meta::Port& port = *state.ports.at(id);
        if (port.name != name_.port || !port.pushed || port.position <= since_) continue;
        if (!name_.major || *name_.major == port.major) return &port;
    }
    return nullptr;
}

bool Follow::MayHaveMore() const {
    const auto state = deps_.store.Snapshot();
    const meta::Product* product = state->FindProduct(name_.domain, name_.product);
    return !product || NextPort(*state, *product) != nullptr;
}

// A window of positions of one major, `_position` first, so that nobody has to parse a record to
// know it.
Result<engine::Statement> Follow::MakeStatement(const std::shared_ptr<const meta::State>& state,
                                                const meta::Port& port) {
    engine::Statement statement;
    model::PortName name = name_;
    name.major = port.major;
    statement.relation = {name.domain, model::TableName(name)};
    const auto resolved = TRY(deps_.tables.Resolve(state, who_, statement.relation, 0));
    const auto* table = std::get_if<engine::TableRelation>(&resolved.relation.body);
    if (!table) return Fail(Code::kCorrupt, "a port fed by events is no table");
    statement.columns.emplace_back(model::kPositionColumn);
    for (const auto& column : table->columns)
        if (!column.hidden && column.name != model::kPositionColumn)
            statement.columns.push_back(column.name);
    upto_ = std::min(port.position, since_ + window_);
    const std::string position(model::kPositionColumn);
    statement.where = position + " > " + std::to_string(since_) + " AND " + position +
                      " <= " + std::to_string(upto_);
    statement.order = {{position, false}};
    if (limited_) statement.limit = left_;
    statement.format = engine::Format::kJsonLines;
    return statement;
}

bool Follow::StartReading() {
    reading_ = true;
    if (batches_under_way.fetch_add(1) < kBatchesMax) return true;
    StopReading();
    return false;
}

void Follow::StopReading() {
    if (std::exchange(reading_, false)) batches_under_way.fetch_sub(1);
}

Result<std::unique_ptr<Rows>> Follow::Next(Lifeline& lifeline) {
    put_off_ = false;
    const auto state = deps_.store.Snapshot();
    who_ = TRY(govern::Refresh(*state, who_, deps_.clock.Now()));
    const meta::Product* product = TRY(Decide(*state));
    if (product->id != product_)
        return Fail(Code::kNotFound, ToString(name_) + " was removed", "begin again");
    const meta::Port* port = NextPort(*state, *product);
    if (!port) return nullptr;
    if (!StartReading()) {
        put_off_ = true;
        return nullptr;
    }
    auto statement = TRY(MakeStatement(state, *port));
    batch_bytes_ = batch_records_ = 0;
    line_.clear();
    return Rows::Begin(deps_.sessions.Open({who_, "http", client_, {}}), std::move(statement),
                       lifeline);
}

Result<> Follow::TakeRecord(std::string_view line, std::string& out) {
    uint64_t position = 0;
    const char* end = line.data() + line.size();
    const char* begin = line.data() + std::min(line.size(), kPrefix.size());
    const auto [behind, failed] = std::from_chars(begin, end, position);
    if (!line.starts_with(kPrefix) || failed != std::errc() || position <= since_ ||
        position > upto_)
        return Fail(Code::kCorrupt, "a record came without its position");
    if (events_) {
        out += "id: ";
        out.append(begin, behind);
        out += "\ndata: ";
    }
    out += line;
    out += events_ ? "\n\n" : "\n";
    since_ = position;
    ++batch_records_;
    return {};
}

Result<> Follow::Take(std::string_view piece, std::string& out) {
    batch_bytes_ += piece.size();
    while (!piece.empty()) {
        const size_t end = piece.find('\n');
        if (end == std::string_view::npos) {
            if (line_.size() + piece.size() > kLineBytesMax)
                return Fail(Code::kLimit, "a record is too long");
            line_ += piece;
            return {};
        }
        if (line_.empty()) {
            CHECK_OK(TakeRecord(piece.substr(0, end), out));
        } else {
            line_ += piece.substr(0, end);
            CHECK_OK(TakeRecord(line_, out));
            line_.clear();
        }
        piece.remove_prefix(end + 1);
    }
    return {};
}

void Follow::EndBatch() {
    StopReading();
    if (limited_) {
        left_ -= std::min(left_, batch_records_);
        over_ = left_ == 0;
    }
    // What was rejected, or is not for this principal, has no row: the window counts as read all
    // the same.
    if (!over_) since_ = std::max(since_, upto_);
    if (batch_bytes_ > kBatchBytes)
        window_ = std::max(kWindowMin, window_ * kBatchBytes / batch_bytes_);
    else if (batch_bytes_ < kBatchBytes / 4)
        window_ = std::min(kWindowMax, window_ * 2);
}

std::vector<Route> FollowRoutes() {
    const std::vector<Parameter> parameters{
        {"since", "query", "string",
         "The `_position` of the last record that is known, or `now`; everything when absent"},
        {"limit", "query", "integer", "At most so many records, and no waiting for them"},
        {"follow", "query", "boolean",
         "Whether the answer waits for new records; it does when absent, without a limit"},
        {"Last-Event-ID", "header", "string",
         "As since; sent by EventSource when it connects again"},
    };
    std::vector<Route> routes;
    for (const char* pattern :
         {"/data/{domain}/{product}/changes", "/data/{domain}/{product}/{port}/changes"})
        routes.push_back(
            {.method = "GET",
             .pattern = pattern,
             .access = Access::kPrincipal,
             .summary =
                 "Accepted records of a port fed by events, once each in order, as they become "
                 "visible; as JSON Lines or server-sent events",
             .parameters = parameters,
             .body = {},
             .answer = "Changes",
             .run = FollowPort});
    return routes;
}

}  // namespace weft::gateway::http
