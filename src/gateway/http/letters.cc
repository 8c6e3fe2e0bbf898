// Dead letters: list, look at, put in again, purge. Their rows come through a governed session like
// everybody's (relation product__rejected, read by parts); only the owning team reads them.
//
// Letters of pushed events have a position; letters of file runs have file and line, and are mended
// in the file.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "catalog/products.h"
#include "gateway/http/collect.h"
#include "gateway/http/route.h"
#include "gateway/http/target.h"
#include "govern/decide.h"
#include "ingest/ingest.h"
#include "io/crypto.h"
#include "meta/runs.h"
#include "model/port_name.h"

namespace weft::gateway::http {
namespace {

constexpr uint64_t kListDefault = 50;
constexpr uint64_t kListMax = 1'000;
constexpr size_t kListBytesMax = 4u << 20;
constexpr uint64_t kReplayRows = 1'000;
constexpr size_t kReplayBytesMax = 8u << 20;
constexpr size_t kRangesMax = 1'000;
constexpr int kFullRetries =
    100;  // The log is full of what is not checked yet: wait for it, 20 s at most.
constexpr auto kFullWait = std::chrono::milliseconds(200);

struct Place {
    const meta::Product& product;
    std::string name;  // "web.clicks"
    std::vector<const meta::Port*>
        ports;  // Of the dead letters, newest major first; none: there never were any.
};

// Decides on the product, then on its dead letters.
Result<Place> FindPlace(const Deps& deps, const Request& request, govern::Action action) {
    const Timestamp now = deps.clock.Now();
    const std::string name = request.Part("domain") + "." + request.Part("product");
    const meta::Product* product =
        TRY(catalog::FindVisible(*request.state, request.who, name, now));
    const auto decision =
        govern::Decide(*request.state, request.who, action, *product, meta::kRejectedPort, now);
    if (const auto* denial = std::get_if<govern::Denial>(&decision))
        return std::unexpected(govern::ToError(*request.state, request.who, *product,
                                               meta::kRejectedPort, *denial, now));
    // A contract that was mended is often the next major; what the old one refused lies there.
    Place place{*product, name, {}};
    if (const auto ports = request.state->ports_of.find(product->id);
        ports != request.state->ports_of.end())
        for (const PortId id : ports->second)
            if (const auto& port = *request.state->ports.at(id);
                port.name == meta::kRejectedPort && port.HasRows())
                place.ports.insert(place.ports.begin(), &port);
    return place;
}

bool TakesEvents(const meta::Product& product) {
    return std::ranges::any_of(product.spec.input_ports, [](const auto& input) {
        return input.kind == model::InputPort::Kind::kPush;
    });
}

std::unexpected<Error> FromFiles(const Place& place) {
    return Fail(Code::kInvalid,
                "the dead letters of " + place.name + " come from files, not from pushed events",
                "mend the file and run again: weft run " + place.name);
}

engine::Statement ReadOf(const Request& request, const meta::Port& port) {
    engine::Statement statement;
    statement.relation = {request.Part("domain"),
                          model::TableName({request.Part("domain"), request.Part("product"),
                                            std::string(meta::kRejectedPort), port.major})};
    return statement;
}

std::string ReasonIs(const std::string& text) {
    return "contains(lower(\"reason\"), lower(" + QuoteLiteral(text) + "))";
}

Result<uint64_t> ParsePosition(std::string_view text) {
    uint64_t position = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
    if (error != std::errc() || end != text.data() + text.size() || position == 0 ||
        position > INT64_MAX)
        return Fail(Code::kInvalid, "`" + std::string(text.substr(0, 40)) + "` is not a position",
                    "the column `position` of the dead letters, or a range as 12-20");
    return position;
}

// Absent members stay away, and the file is named as its reader knows it.
Json ToLetter(const Json& row) {
    Json letter = Json::object();
    for (const char* name : {"position", "reason", "file", "line", "raw", "received_at", "key"}) {
        const auto member = row.find(name);
        if (member != row.end() && !member->is_null()) letter[name] = *member;
    }
    return letter;
}

// ---- list and show

std::string BoundTo(const Request& request) {
    return DumpJson(Json::array({"rejected", request.who.name, request.Part("domain"),
                                 request.Part("product"), request.Query("reason")}));
}

struct Page {
    uint32_t major = UINT32_MAX;
    int64_t version = 0;
    uint64_t offset = 0;
};

Result<Page> OpenPage(const Deps& deps, const Request& request) {
    Page page;
    if (!request.HasQuery("page")) return page;
    const auto sealed = FromBase64Url(request.Query("page"));
    const auto plain = sealed ? io::AesGcmOpen(deps.page_key, *sealed, BoundTo(request))
                              : Result<std::string>(Fail(Code::kInvalid, ""));
    if (!plain)
        return Fail(Code::kInvalid, "the page token does not belong to this request",
                    "begin again without it");
    const Json json = TRY(ParseJson(*plain, 1024));
    page.major = static_cast<uint32_t>(JsonInt(json, "major"));
    page.version = JsonInt(json, "version");
    page.offset = static_cast<uint64_t>(JsonInt(json, "offset"));
    return page;
}

Result<Collected> ReadPage(Deps& deps, Request& request, const meta::Port& port, const Page& page,
                           uint64_t limit) {
    engine::Statement statement = ReadOf(request, port);
    statement.order = {{"received_at", true}, {"position", true}, {"file", false}, {"line", false}};
    statement.limit = limit;
    statement.offset = page.offset;
    if (request.HasQuery("reason")) statement.where = ReasonIs(request.Query("reason"));
    return Collect(deps, request, std::move(statement), kListBytesMax, page.version);
}

Result<Response> List(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request, govern::Action::kRead));
    uint64_t limit = kListDefault;
    if (request.HasQuery("limit"))
        limit = std::min(TRY(ParseCount(request.Query("limit"), "limit")), kListMax);
    if (limit == 0) return JsonResponse({{"letters", Json::array()}});
    Page page = TRY(OpenPage(deps, request));
    Json answer{{"letters", Json::array()}};
    auto& letters = answer["letters"];
    for (const meta::Port* port : place.ports) {
        if (port->major > page.major) continue;
        if (port->major < page.major) page = {port->major, 0, 0};
        const Collected got = TRY(ReadPage(deps, request, *port, page, limit - letters.size()));
        for (const auto& row : got.rows) letters.push_back(ToLetter(row));
        if (got.all && letters.size() < limit) continue;
        const std::string plain = DumpJson({{"major", port->major},
                                            {"version", got.data_version},
                                            {"offset", page.offset + got.rows.size()}});
        answer["page"] = Base64Url(io::AesGcmSeal(deps.page_key, plain, BoundTo(request)));
        break;
    }
    return JsonResponse(answer);
}

// "17", or "orders.csv:17" for a letter of a file: the file's whole path or its end.
Result<std::string> WhereOf(const std::string& letter) {
    const size_t colon = letter.rfind(':');
    if (colon == std::string::npos)
        return "\"position\" = " + std::to_string(TRY(ParsePosition(letter)));
    const uint64_t line = TRY(ParsePosition(std::string_view(letter).substr(colon + 1)));
    const std::string file = letter.substr(0, colon);
    return "\"line\" = " + std::to_string(line) + " AND (\"file\" = " + QuoteLiteral(file) +
           " OR ends_with(\"file\", " + QuoteLiteral("/" + file) + "))";
}

std::unexpected<Error> NoLetter(const Place& place) {
    return Fail(Code::kNotFound, place.name + " has no such dead letter",
                "`weft rejected list " + place.name + "` lists them");
}

Result<Json> ReadOne(Deps& deps, Request& request, const Place& place, const std::string& where) {
    for (const meta::Port* port : place.ports) {
        engine::Statement statement = ReadOf(request, *port);
        statement.where = where;
        statement.limit = 1;
        const Collected got = TRY(Collect(deps, request, std::move(statement), kListBytesMax));
        if (!got.rows.empty()) return ToLetter(got.rows.front());
    }
    return NoLetter(place);
}

Result<Response> Show(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request, govern::Action::kRead));
    return JsonResponse(TRY(ReadOne(deps, request, place, TRY(WhereOf(request.Part("letter"))))));
}

// ---- replay and purge

struct Choice {  // Which letters are meant: at least one of the three.
    std::vector<meta::Settled> ranges;
    bool all = false;
    std::string reason;
};

Result<Choice> ReadChoice(const Json& body) {
    Choice choice;
    choice.all = JsonBool(body, "all");
    choice.reason = JsonString(body, "reason");
    const auto list = body.find("positions");
    if (list != body.end() && !list->is_null()) {
        if (!list->is_array() || list->size() > kRangesMax)
            return Fail(
                Code::kInvalid,
                "`positions` must be a list of at most 1,000 positions or ranges as \"12-20\"");
        for (const auto& each : *list) {
            const std::string text = each.is_string() ? each.get<std::string>() : DumpJson(each);
            const size_t dash = text.find('-');
            meta::Settled range;
            range.first = TRY(ParsePosition(std::string_view(text).substr(0, dash)));
            range.last = dash == std::string::npos
                             ? range.first
                             : TRY(ParsePosition(std::string_view(text).substr(dash + 1)));
            if (range.last < range.first)
                return Fail(Code::kInvalid, "the range " + text + " ends before it begins");
            choice.ranges.push_back(range);
        }
    }
    const int kinds =
        (choice.all ? 1 : 0) + (choice.reason.empty() ? 0 : 1) + (choice.ranges.empty() ? 0 : 1);
    if (kinds != 1)
        return Fail(Code::kInvalid,
                    "say which dead letters: one of `positions`, `all` and `reason`");
    return choice;
}

std::string WhereOf(const Choice& choice) {
    if (!choice.reason.empty()) return " AND " + ReasonIs(choice.reason);
    std::vector<std::string> parts;
    for (const auto& range : choice.ranges)
        parts.push_back("\"position\" BETWEEN " + std::to_string(range.first) + " AND " +
                        std::to_string(range.last));
    return parts.empty() ? "" : " AND (" + Join(parts, " OR ") + ")";
}

Result<uint64_t> PutIn(Deps& deps, Request& request, const ingest::Target& target,
                       const std::vector<ingest::Ingest::Letter>& letters) {
    for (int attempt = 0;; ++attempt) {
        auto count = deps.ingest->Replay(target, request.who, letters);
        if (count || count.error().code != Code::kLimit || attempt == kFullRetries) return count;
        if (request.lifeline->is_cut()) return Fail(Code::kUnavailable, "client gone");
        std::this_thread::sleep_for(kFullWait);
    }
}

// Owners only, and only what came by push. Null-free: the node takes events.
Result<ingest::Target> FindTarget(Deps& deps, Request& request, const Place& place) {
    if (!TakesEvents(place.product)) return FromFiles(place);
    if (!deps.ingest) return Fail(Code::kUnavailable, "this node takes no events");
    return deps.ingest->FindTarget(*request.state, request.who, request.Part("domain"),
                                   request.Part("product"), request.Query("input"));
}

struct Replayed {
    uint64_t found = 0;
    uint64_t replayed = 0;
};

// Letters that were rejected before now, in pages: what is put in and rejected again has a higher
// position.
Result<> ReplayFrom(Deps& deps, Request& request, const meta::Port& port,
                    const ingest::Target& target, const Choice& choice, Replayed& done) {
    uint64_t after = 0;
    const std::string upto = " AND \"position\" <= " + std::to_string(port.position);
    while (true) {
        engine::Statement statement = ReadOf(request, port);
        statement.columns = {"position", "raw", "key"};
        statement.where = "\"position\" > " + std::to_string(after) + upto + WhereOf(choice);
        statement.order = {{"position", false}};
        statement.limit = kReplayRows;
        const Collected page = TRY(Collect(deps, request, std::move(statement), kReplayBytesMax));
        std::vector<ingest::Ingest::Letter> letters;
        for (const auto& row : page.rows) {
            after = static_cast<uint64_t>(JsonInt(row, "position"));
            letters.push_back({after, JsonString(row, "raw"), JsonString(row, "key")});
        }
        done.found += letters.size();
        if (!letters.empty()) done.replayed += TRY(PutIn(deps, request, target, letters));
        if (page.all && page.rows.size() < kReplayRows) return {};
    }
}

Result<Response> Replay(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request, govern::Action::kOwn));
    CHECK_OK(FindPlace(deps, request, govern::Action::kRead));
    const Json body = TRY(JsonBody(request));
    const Choice choice = TRY(ReadChoice(body));
    const auto edited = body.find("edited");
    const bool is_edit = edited != body.end() && !edited->is_null();
    const bool one = choice.ranges.size() == 1 && choice.ranges[0].first == choice.ranges[0].last;
    if (is_edit && (!one || !edited->is_string() ||
                    edited->get<std::string>().size() > ingest::kRecordBytesMax))
        return Fail(Code::kInvalid,
                    "`edited` is the new text of exactly one position, at most 1 MiB");
    const auto target = TRY(FindTarget(deps, request, place));
    if (is_edit) {
        const uint64_t position = choice.ranges[0].first;
        const Json letter =
            TRY(ReadOne(deps, request, place, "\"position\" = " + std::to_string(position)));
        const uint64_t count =
            TRY(PutIn(deps, request, target,
                      {{position, edited->get<std::string>(), JsonString(letter, "key")}}));
        return JsonResponse({{"replayed", count}, {"found", 1}});
    }
    Replayed done;
    for (const meta::Port* port : place.ports)
        CHECK_OK(ReplayFrom(deps, request, *port, target, choice, done));
    if (!choice.ranges.empty() && done.found == 0) return NoLetter(place);
    return JsonResponse({{"replayed", done.replayed}, {"found", done.found}});
}

Result<Response> Purge(Deps& deps, Request& request) {
    const Place place = TRY(FindPlace(deps, request, govern::Action::kOwn));
    const Choice choice = TRY(ReadChoice(TRY(JsonBody(request))));
    if (!choice.reason.empty()) return Fail(Code::kInvalid, "purge takes `positions` or `all`");
    if (!TakesEvents(place.product)) {
        return Fail(Code::kInvalid, "the dead letters of " + place.name + " come from files",
                    "those of one run are replaced by the next: weft run " + place.name);
    }
    if (!deps.ingest) return Fail(Code::kUnavailable, "this node takes no events");
    for (const meta::Port* port : place.ports) {
        auto ranges = choice.ranges;
        if (choice.all) ranges = {{1, std::max<uint64_t>(1, port->position)}};
        CHECK_OK(
            deps.ingest->Purge(place.product.id, port->major, std::move(ranges), request.who.name));
    }
    return JsonResponse(
        {{"purged", choice.all ? std::string("all") : std::to_string(choice.ranges.size())}});
}

Route Row(std::string_view method, std::string_view pattern, std::string_view summary,
          std::vector<Parameter> parameters,
          std::pair<std::string_view, std::string_view> body_and_answer,
          Result<Response> (*run)(Deps&, Request&)) {
    return {.method = method,
            .pattern = pattern,
            .access = Access::kPrincipal,
            .summary = summary,
            .parameters = std::move(parameters),
            .body = body_and_answer.first,
            .answer = body_and_answer.second,
            .run = run};
}

}  // namespace

std::vector<Route> LetterRoutes() {
    const Parameter input{"input", "query", "string",
                          "The push input; needed when the product has several"};
    return {
        Row("GET", "/api/v1/products/{domain}/{product}/rejected",
            "Dead letters, newest first; for the owning team",
            {{"limit", "query", "integer", "At most so many, up to 1,000; 50 when absent"},
             {"reason", "query", "string", "Only those whose reason contains this text"},
             {"page", "query", "string", "`page` of the answer before"}},
            {"", "Letters"}, List),
        Row("GET", "/api/v1/products/{domain}/{product}/rejected/{letter}",
            "One dead letter, by position, or by FILE:LINE", {}, {"", "Letter"}, Show),
        Row("POST", "/api/v1/products/{domain}/{product}/rejected/replay",
            "Puts dead letters of pushed events in again, each at most once", {input},
            {"LetterChoice", "Replayed"}, Replay),
        Row("POST", "/api/v1/products/{domain}/{product}/rejected/purge",
            "Hides dead letters of pushed events for good and rewrites their table without them",
            {}, {"LetterChoice", "Purged"}, Purge),
    };
}

}  // namespace weft::gateway::http
