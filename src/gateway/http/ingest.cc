// POST /ingest/…: events in any of the forms that producers send them in. Answers when they are
// durable.
#include "ingest/ingest.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>

#include "base/text.h"
#include "gateway/http/api.h"
#include "gateway/http/route.h"
#include "gateway/metrics.h"
#include "io/compression.h"
#include "meta/store.h"

namespace weft::gateway::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uint64_t kUnpackedBytesMax = kBodyBytesMost;
constexpr int64_t kMemoryBytesMax =
    768ll << 20;                     // Bodies, unpacked ones and records, of all requests together.
constexpr int64_t kWaitingMax = 16;  // Requests that wait until their records are checked.
constexpr int64_t kWaitSecondsMax = 60;
constexpr size_t kKeyBytesMax = 255;
constexpr size_t kTypesShown = 5;

// A place in the memory that all bodies share.
class Share {  // OWNS: bytes of the gauge.
  public:
    explicit Share(Metrics& metrics) : metrics_(metrics) {}
    ~Share() { metrics_.body_bytes.fetch_sub(bytes_); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    Result<> Take(uint64_t bytes) {
        const auto more = static_cast<int64_t>(bytes);
        bytes_ += more;
        if (metrics_.body_bytes.fetch_add(more) + more > kMemoryBytesMax)
            return Fail(Code::kLimit, "too many large requests at once",
                        "send it again in a moment");
        return {};
    }

  private:
    Metrics& metrics_;
    int64_t bytes_ = 0;
};

struct Body {
    std::string text;
    ingest::BodyFormat format = ingest::BodyFormat::kJsonLines;
    bool binary = false;  // A CloudEvent with its attributes in headers.
    ingest::CloudEventHeaders headers;

    bool is_cloud_event() const {
        return binary || format == ingest::BodyFormat::kCloudEvent ||
               format == ingest::BodyFormat::kCloudEventBatch;
    }
};

// What goes into one stream.
struct Delivery {
    ingest::Target target;
    ingest::Records records;
    ingest::Receipt receipt;
    uint64_t sent = 0;
};

std::unexpected<Error> NotTaken(std::string message, std::string hint) {
    return std::unexpected(Error{Code::kInvalid, std::move(message), {}, "0A000", std::move(hint)});
}

// Unpacks with a small room first: most bodies are small, and a bomb must not be believed.
Result<> Unpack(const Request& request, Share& share, std::string& text) {
    const std::string encoding = ToLower(Trim(request.Header("content-encoding")));
    if (encoding.empty() || encoding == "identity") return {};
    const bool gzip = encoding == "gzip" || encoding == "x-gzip";
    if (!gzip && encoding != "zstd")
        return NotTaken("the Content-Encoding " + encoding.substr(0, 64) + " is not taken",
                        "gzip, zstd or identity");
    const uint64_t guess = std::min<uint64_t>(kUnpackedBytesMax, text.size() * 16 + (64u << 10));
    for (const uint64_t bytes_max : {guess, kUnpackedBytesMax}) {
        CHECK_OK(share.Take(bytes_max));
        auto plain = gzip ? io::Gunzip(text, bytes_max) : io::Unzstd(text, bytes_max);
        if (plain) {
            text = std::move(*plain);
            return {};
        }
        if (plain.error().code != Code::kLimit) return std::unexpected(plain.error());
    }
    return std::unexpected(
        Error{Code::kLimit,
              "the body is larger than 64 MiB when it is unpacked",
              {},
              "54000",
              "split it at a record's border and send the parts one after the other"});
}

// One JSON object over several lines is a record, and not a broken record per line.
void TakeOneObject(Body& body) {
    const bool lines = body.format == ingest::BodyFormat::kJsonLines;
    if (!lines || body.text.size() > ingest::kRecordBytesMax) return;
    std::string array = "[" + body.text + "]";
    const auto one = ingest::SplitRecords(ingest::BodyFormat::kJsonArray, array, {});
    if (!one || one->count != 1) return;
    body.text = std::move(array);
    body.format = ingest::BodyFormat::kJsonArray;
}

Result<Body> ReadBody(Request& request, Share& share) {
    Body body;
    body.text = std::move(request.body);
    CHECK_OK(Unpack(request, share, body.text));
    const std::string type = ToLower(Trim(request.Header("content-type")));
    body.binary =
        request.headers.contains("ce-specversion") && !type.starts_with("application/cloudevents");
    if (body.binary) {
        if (request.Header("ce-specversion") != "1.0")
            return NotTaken("CloudEvents are taken in version 1.0", "send ce-specversion: 1.0");
        const auto value = [&](std::string_view name) { return request.Header(name); };
        body.headers = {value("ce-id"), value("ce-source"), value("ce-type"), value("ce-time"),
                        value("ce-subject")};
        const std::string media(Trim(std::string_view(type).substr(0, type.find(';'))));
        if (!media.empty() && media != "application/json" && !media.ends_with("+json"))
            return NotTaken("the data of an event must be JSON, not " + media.substr(0, 64),
                            "send Content-Type: application/json");
        return body;
    }
    auto format = ingest::ChooseBodyFormat(type, body.text);
    if (!format) return NotTaken(format.error().message, format.error().hint);
    body.format = *format;
    if (type.starts_with("application/json")) TakeOneObject(body);
    return body;
}

Result<ingest::Records> ToRecords(const Body& body, const std::set<std::string>& ce_columns) {
    if (body.text.empty() && !body.binary) return ingest::Records{};
    auto records = body.binary ? ingest::BinaryCloudEvent(body.headers, body.text, ce_columns)
                               : ingest::SplitRecords(body.format, body.text, ce_columns);
    // Sending it again would not help: too large is another answer than too much at the moment.
    if (!records && records.error().code == Code::kLimit && records.error().sqlstate.empty())
        records.error().sqlstate = "54000";
    return records;
}

std::set<std::string> CloudEventColumns(const ingest::Target& target) {
    std::set<std::string> names;
    for (const auto& column : target.columns)
        if (column.name.starts_with("ce_")) names.insert(column.name);
    return names;
}

using Targets = std::map<std::string, ingest::Target, std::less<>>;  // By CloudEvents type.

// FAILS: kNotFound naming every type that nothing takes: then nothing is stored.
Result<Targets> FindTargets(const Deps& deps, const Request& request,
                            const std::vector<std::string>& types) {
    Targets targets;
    std::vector<std::string> unknown;
    std::string hint;
    for (const auto& type : types) {
        if (targets.contains(type) || std::ranges::find(unknown, type) != unknown.end()) continue;
        auto target =
            deps.ingest->FindType(*request.state, request.who, request.Part("domain"), type);
        if (target) {
            targets.emplace(type, std::move(*target));
        } else if (target.error().code == Code::kNotFound && unknown.size() < 1'000) {
            unknown.push_back(type);
            hint = target.error().hint;
        } else {
            return std::unexpected(target.error());
        }
    }
    if (unknown.empty()) return targets;
    const size_t shown = std::min(unknown.size(), kTypesShown);
    std::vector<std::string> first(unknown.begin(),
                                   unknown.begin() + static_cast<ptrdiff_t>(shown));
    for (auto& type : first) type = type.substr(0, 128);
    if (unknown.size() > shown)
        first.push_back("and " + std::to_string(unknown.size() - shown) + " more");
    return Fail(
        Code::kNotFound,
        "no product of " + request.Part("domain") + " takes events of the type " +
            Join(first, ", ") + ": nothing was stored",
        hint.empty()
            ? "a product takes them with `inputPorts: [{name: …, events: push, types: [TYPE]}]`"
            : hint);
}

// The records whose type goes to this target.
ingest::Records Pick(const ingest::Records& all, const Targets& targets,
                     const ingest::Stream& stream) {
    ingest::Records picked;
    std::string_view left = all.lines;
    for (size_t i = 0; i < all.count && i < all.types.size(); ++i) {
        const size_t end = std::min(left.find('\n'), left.size() - 1) + 1;
        if (targets.find(all.types[i])->second.stream == stream) {
            picked.lines += left.substr(0, end);
            picked.types.push_back(all.types[i]);
            if (i < all.record_keys.size()) picked.record_keys.push_back(all.record_keys[i]);
            ++picked.count;
        }
        left.remove_prefix(end);
    }
    return picked;
}

Result<std::vector<Delivery>> RouteByType(const Deps& deps, const Request& request,
                                          const Body& body) {
    if (!body.is_cloud_event())
        return Fail(Code::kInvalid,
                    "records find their product by type only as CloudEvents: nothing was stored",
                    "name the product: POST /ingest/" + request.Part("domain") + "/PRODUCT");
    const auto plain = TRY(ToRecords(body, {}));
    const Targets targets = TRY(FindTargets(deps, request, plain.types));
    std::map<ingest::Stream, Delivery> by_stream;
    std::map<std::set<std::string>, ingest::Records> split;
    for (const auto& [type, target] : targets) {
        if (by_stream.contains(target.stream)) continue;
        const auto columns = CloudEventColumns(target);
        if (!columns.empty() && !split.contains(columns))
            split[columns] = TRY(ToRecords(body, columns));
        const ingest::Records& all = columns.empty() ? plain : split[columns];
        by_stream[target.stream] = {target, Pick(all, targets, target.stream), {}, 0};
    }
    std::vector<Delivery> deliveries;
    for (auto& [stream, delivery] : by_stream) deliveries.push_back(std::move(delivery));
    return deliveries;
}

Result<std::vector<Delivery>> RouteByName(const ingest::Target& target, const Body& body) {
    std::vector<Delivery> deliveries;
    deliveries.push_back({target, TRY(ToRecords(body, CloudEventColumns(target))), {}, 0});
    return deliveries;
}

Result<std::string> KeyOf(const Request& request) {
    const std::string key = request.Header("idempotency-key");
    const bool printable = std::ranges::all_of(key, [](char c) { return c >= 0x20 && c < 0x7f; });
    if (key.size() > kKeyBytesMax || !printable)
        return Fail(Code::kInvalid,
                    "Idempotency-Key must be at most 255 printable ASCII characters");
    return key;
}

// Seconds of `Prefer: wait=N` (RFC 7240); 0: none. What is not understood is not preferred.
int64_t WaitSeconds(const Request& request) {
    for (const auto& preference : Split(request.Header("prefer"), ',')) {
        const std::string text =
            ToLower(Trim(std::string_view(preference).substr(0, preference.find(';'))));
        if (!text.starts_with("wait=")) continue;
        std::string_view digits = std::string_view(text).substr(5);
        if (digits.size() >= 2 && digits.starts_with('"') && digits.ends_with('"'))
            digits = digits.substr(1, digits.size() - 2);
        int64_t seconds = 0;
        const auto [end, failed] =
            std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
        if (failed == std::errc() && end == digits.data() + digits.size())
            return std::clamp<int64_t>(seconds, 0, kWaitSecondsMax);
    }
    return 0;
}

// Stores them one stream after the other. What was stored before a failure is said; under keys it
// is not stored twice.
Result<> AcceptAll(Deps& deps, const Request& request, std::vector<Delivery>& deliveries,
                   const std::string& key) {
    std::string stored;
    for (auto& delivery : deliveries) {
        delivery.sent = delivery.records.count;
        const uint64_t bytes = delivery.records.lines.size();
        if (delivery.sent == 0) continue;
        auto receipt =
            deps.ingest->Accept(delivery.target, request.who, std::move(delivery.records), key);
        if (!receipt) {
            if (!stored.empty()) receipt.error().message += " (stored before that:" + stored + ")";
            return std::unexpected(receipt.error());
        }
        delivery.receipt = *receipt;
        if (!receipt->repeated) deps.metrics.CountIngest(true, receipt->count, bytes);
        stored += " " + std::to_string(receipt->count) + " for " + delivery.target.product;
    }
    return {};
}

Json ReceiptJson(const Delivery& delivery, bool with_name) {
    const ingest::Receipt& receipt = delivery.receipt;
    Json json{{"count", receipt.count}};
    if (with_name) {
        json["product"] = delivery.target.product;
        json["input"] = delivery.target.stream.input;
    }
    if (receipt.count > 0) {
        json["first_position"] = receipt.first_position;
        json["last_position"] = receipt.first_position + receipt.count - 1;
    }
    json["repeated"] = receipt.repeated;
    // Events whose source and id were accepted before.
    if (!receipt.repeated && delivery.sent > receipt.count)
        json["duplicates"] = delivery.sent - receipt.count;
    return json;
}

// What became of all of them, or how far that is known when the time is over or the client is gone.
Result<> AddChecks(Deps& deps, const Request& request, const std::vector<Delivery>& deliveries,
                   int64_t seconds, Json& answer) {
    const auto until = steady_clock::now() + std::chrono::seconds(seconds);
    uint64_t accepted = 0, rejected = 0;
    bool all_done = true, exact = true;
    Json reasons = Json::array();
    for (const auto& delivery : deliveries) {
        ingest::Ingest::Checked checked;
        while (!checked.done && delivery.receipt.count > 0) {
            const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
            const auto slice = std::clamp(left, milliseconds(0),
                                          milliseconds(500));  // To notice a client that goes away.
            checked = TRY(deps.ingest->WaitChecked(delivery.target.stream, delivery.receipt,
                                                   static_cast<uint64_t>(slice.count())));
            if (left <= slice || request.lifeline->is_cut()) break;
        }
        all_done &= checked.done || delivery.receipt.count == 0;
        exact &= checked.exact;
        accepted += checked.accepted;
        rejected += checked.rejected;
        for (const auto& bad : checked.reasons)
            reasons.push_back(
                {{"position", bad.line}, {"column", bad.column}, {"reason", bad.reason}});
    }
    answer["checked"] = all_done;
    if (!all_done) return {};
    answer["accepted"] = accepted;
    answer["rejected"] = rejected;
    if (!exact) answer["exact"] = false;  // At least so many were rejected.
    answer["reasons"] = std::move(reasons);
    return {};
}

Result<Response> AnswerPush(Deps& deps, Request& request, const std::vector<Delivery>& deliveries,
                            bool by_type) {
    Json answer{{"count", 0}, {"repeated", false}};
    if (deliveries.size() == 1) answer = ReceiptJson(deliveries[0], by_type);
    if (deliveries.size() > 1) {
        uint64_t count = 0;
        bool repeated = true;
        answer["streams"] = Json::array();
        for (const auto& delivery : deliveries) {
            count += delivery.receipt.count;
            repeated &= delivery.receipt.repeated;
            answer["streams"].push_back(ReceiptJson(delivery, true));
        }
        answer["count"] = count;
        answer["repeated"] = repeated;
    }
    const int64_t seconds = WaitSeconds(request);
    bool waited = false;
    if (seconds > 0) {
        waited = deps.metrics.pushes_waiting.fetch_add(1) < kWaitingMax;
        const auto checks =
            waited ? AddChecks(deps, request, deliveries, seconds, answer) : Result<>{};
        deps.metrics.pushes_waiting.fetch_sub(1);
        if (!waited || !checks) answer["checked"] = false;  // They are stored: that is no failure.
    }
    Response response = JsonResponse(answer);
    if (waited)
        response.headers.emplace_back("Preference-Applied", "wait=" + std::to_string(seconds));
    return response;
}

Result<Response> Push(Deps& deps, Request& request) {
    if (!deps.ingest)
        return Fail(Code::kUnavailable, "this node takes no events: nothing was stored");
    const bool by_type = !request.parts.contains("product");
    ingest::Target target;
    if (!by_type) {  // Before the body is looked at.
        const auto port = request.parts.find("port");
        target = TRY(deps.ingest->FindTarget(
            *request.state, request.who, request.Part("domain"), request.Part("product"),
            port == request.parts.end() ? std::string() : port->second));
    }
    const std::string key = TRY(KeyOf(request));
    Share share(deps.metrics);
    auto deliveries = TRY([&]() -> Result<std::vector<Delivery>> {
        const Body body = TRY(ReadBody(request, share));
        CHECK_OK(share.Take(body.text.size()));  // For the records.
        if (body.text.empty() && !body.binary) return std::vector<Delivery>{};
        return by_type ? RouteByType(deps, request, body) : RouteByName(target, body);
    }());
    CHECK_OK(AcceptAll(deps, request, deliveries, key));
    return AnswerPush(deps, request, deliveries, by_type);
}

Result<Response> PushRecords(Deps& deps, Request& request) {
    auto response = Push(deps, request);
    if (response) return response;
    deps.metrics.CountIngest(false, 0, 0);
    if (response.error().sqlstate == "0A000")
        return ProblemResponse(response.error(), request.id, 415);
    return response;
}

}  // namespace

std::vector<Route> IngestRoutes() {
    const std::vector<Parameter> parameters{
        {"Content-Type", "header", "string",
         "JSON Lines when absent, as curl sends it; CloudEvents also in binary mode (ce-… "
         "headers)"},
        {"Content-Encoding", "header", "string", "gzip, zstd or identity"},
        {"Idempotency-Key", "header", "string",
         "Sending again under the same key stores nothing twice; with another body: 422"},
        {"Prefer", "header", "string",
         "wait=N: answer when the records were checked, after N seconds (1 to 60) at the latest"},
    };
    std::vector<Route> routes;
    const auto add = [&](std::string_view pattern, std::string_view summary) {
        routes.push_back({.method = "POST",
                          .pattern = pattern,
                          .access = Access::kPrincipal,
                          .summary = summary,
                          .parameters = parameters,
                          .body = "Records",
                          .answer = "Receipt",
                          .run = PushRecords,
                          .body_bytes_max = kBodyBytesMost});
    };
    add("/ingest/{domain}",
        "Store CloudEvents with the products that take their types; nothing when one is unknown");
    add("/ingest/{domain}/{product}",
        "Store events with a product; the answer comes when they are durable");
    add("/ingest/{domain}/{product}/{port}", "The same for one of several input ports");
    return routes;
}

}  // namespace weft::gateway::http
