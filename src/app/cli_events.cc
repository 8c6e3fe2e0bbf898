// weft push and follow: records to a product, and records as they arrive.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "app/client.h"
#include "app/exit_code.h"
#include "app/record_parts.h"
#include "app/verbs.h"
#include "base/text.h"
#include "io/compression.h"
#include "io/crypto.h"
#include "io/files.h"

namespace weft::app {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t kPartBytes = 8u << 20;
constexpr size_t kReadBytes = 256u << 10;
constexpr uint64_t kPackedFileBytesMax = 1ull << 30;
constexpr uint64_t kUnpackedFileBytesMax = 2ull << 30;
constexpr int kIdleMs = 1'000;  // Of standard input: then what is there is sent.
constexpr int kWaitSeconds = 30;
constexpr int kTriesMax = 10;
constexpr auto kPauseFirst = milliseconds(200);
constexpr auto kPauseMax = milliseconds(10'000);
constexpr size_t kReasonsMax = 10;

// "web.clicks" -> "web/clicks", "web.clicks.left" -> "web/clicks/left".
Result<std::string> PortPath(std::string_view name) {
    const auto parts = Split(name, '.');
    const bool empty = std::ranges::any_of(parts, [](const auto& part) { return part.empty(); });
    if (parts.size() < 2 || parts.size() > 3 || empty)
        return Fail(Code::kInvalid, "`" + std::string(name) + "` is no product or port",
                    "write DOMAIN.PRODUCT or DOMAIN.PRODUCT.PORT");
    std::string path = UrlPart(parts[0]);
    for (size_t i = 1; i < parts.size(); ++i) path += "/" + UrlPart(parts[i]);
    return path;
}

// Worth another try, by itself: nothing but time stands between us and success.
bool IsPassing(const Error& error) {
    return error.sqlstate != "54000" &&
           (error.code == Code::kUnavailable || error.code == Code::kLimit);
}

class Pause {
  public:
    void Wait() {
        std::this_thread::sleep_for(next_);
        next_ = std::min(next_ * 2, kPauseMax);
    }
    void Reset() { next_ = kPauseFirst; }

  private:
    milliseconds next_ = kPauseFirst;
};

// ---- push

struct Pushed {
    uint64_t count = 0;     // Stored now.
    uint64_t repeated = 0;  // Stored before under the same key.
    uint64_t accepted = 0;
    uint64_t rejected = 0;
    bool checked = true;  // What became of all of them is known.
    Json reasons = Json::array();
};

struct Source {
    std::string name;
    RecordForm form = RecordForm::kLines;
    std::string packing;  // "gz", "zst" or none.
};

Result<RecordForm> FormOf(const std::string& name) {
    if (name == "jsonl" || name == "ndjson") return RecordForm::kLines;
    if (name == "json") return RecordForm::kArray;
    if (name == "csv") return RecordForm::kCsv;
    return Fail(Code::kInvalid, "`" + name + "` is no form of records that can be pushed",
                "--format jsonl, json or csv");
}

Result<Source> SourceOf(const std::string& file, const std::string& format) {
    Source source;
    source.name = file;
    std::string name = ToLower(file);
    for (const std::string packing : {"gz", "zst"})
        if (name.ends_with("." + packing)) {
            source.packing = packing;
            name.resize(name.size() - packing.size() - 1);
        }
    const size_t dot = name.rfind('.');
    if (!format.empty()) {
        source.form = TRY(FormOf(ToLower(format)));
    } else if (file != "-") {
        source.form = TRY(FormOf(dot == std::string::npos ? "" : name.substr(dot + 1)));
    }
    return source;
}

std::string_view ContentTypeOf(RecordForm form) {
    switch (form) {
        case RecordForm::kCsv:
            return "text/csv";
        case RecordForm::kArray:
            return "application/json";
        default:
            return "application/x-ndjson";
    }
}

class Pusher {
  public:
    Pusher(Shell& shell, Client& client, const PushOptions& options, std::string path)
        : shell_(shell), client_(client), options_(options), path_(std::move(path)) {}

    Result<> PushSource(const Source& source);
    const Pushed& pushed() const { return pushed_; }

  private:
    Result<> PushStream(int fd, const Source& source, RecordParts& parts);
    Result<> SendParts(const Source& source, RecordParts& parts);
    Result<> SendPart(const Source& source, const RecordParts::Part& part);
    Result<Json> Try(const Client::Headers& headers, const std::string& body);
    void Add(const Json& receipt, uint64_t sent);
    std::string KeyOf(const Source& source, const std::string& body);

    Shell& shell_;
    Client& client_;
    const PushOptions& options_;
    const std::string path_;
    uint64_t part_ = 0;  // Of this source.
    uint64_t bytes_ = 0;
    Pushed pushed_;
};

// The same part of the same file has the same key, so that pushing a file again stores nothing
// twice. Standard input is new each time; then the key makes the tries of one request safe.
std::string Pusher::KeyOf(const Source& source, const std::string& body) {
    if (options_.no_key || source.name == "-") return "weft-push-" + Hex(io::Random(16));
    return fmt::format("weft-push-{}-{}", Hex(io::Sha256(body)), part_);
}

Result<Json> Pusher::Try(const Client::Headers& headers, const std::string& body) {
    Pause pause;
    for (int tries = 1;; ++tries) {
        auto receipt = client_.SendBytes("POST", path_, headers, body);
        if (receipt || !IsPassing(receipt.error()) || tries == kTriesMax) return receipt;
        if (tries == 1) shell_.Say("waiting: " + receipt.error().message);
        pause.Wait();
    }
}

void Pusher::Add(const Json& receipt, uint64_t sent) {
    const auto number = [&](std::string_view member) {
        return static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(receipt, member)));
    };
    if (JsonBool(receipt, "repeated"))
        pushed_.repeated += sent;
    else
        pushed_.count += number("count");
    if (!JsonBool(receipt, "checked")) {
        pushed_.checked = false;
        return;
    }
    pushed_.accepted += number("accepted");
    pushed_.rejected += number("rejected");
    const auto reasons = receipt.find("reasons");
    if (reasons == receipt.end() || !reasons->is_array()) return;
    for (const auto& reason : *reasons)
        if (pushed_.reasons.size() < kReasonsMax) pushed_.reasons.push_back(reason);
}

Result<> Pusher::SendPart(const Source& source, const RecordParts::Part& part) {
    ++part_;
    Client::Headers headers{{"Content-Type", std::string(ContentTypeOf(source.form))},
                            {"Idempotency-Key", KeyOf(source, part.text)}};
    if (!options_.no_wait) headers.emplace_back("Prefer", fmt::format("wait={}", kWaitSeconds));
    auto receipt = Try(headers, part.text);
    if (!receipt) {
        Error error = receipt.error();
        if (source.name != "-" || pushed_.count > 0)
            error.message =
                fmt::format("{} (part {} of {}; {} records were pushed before it)", error.message,
                            part_, source.name, HumanCount(pushed_.count + pushed_.repeated));
        return std::unexpected(std::move(error));
    }
    bytes_ += part.text.size();
    Add(*receipt, part.count);
    const bool shows =
        isatty(STDERR_FILENO) == 1 && !shell_.options().quiet && !shell_.wants_json();
    if (shows && part_ > 1)
        std::fprintf(stderr, "\r%s records, %s ", HumanCount(pushed_.count).c_str(),
                     HumanBytes(bytes_).c_str());
    return {};
}

Result<> Pusher::SendParts(const Source& source, RecordParts& parts) {
    while (parts.HasPart()) CHECK_OK(SendPart(source, parts.TakePart()));
    return {};
}

Result<> Pusher::PushStream(int fd, const Source& source, RecordParts& parts) {
    std::string piece(kReadBytes, '\0');
    while (true) {
        pollfd ready{fd, POLLIN, 0};
        const int count = ::poll(&ready, 1, kIdleMs);
        if (count == 0) {  // `tail -f`: what is there goes now.
            if (source.form != RecordForm::kArray) parts.Flush();
            CHECK_OK(SendParts(source, parts));
            continue;
        }
        const ssize_t bytes = count < 0 ? -1 : ::read(fd, piece.data(), piece.size());
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes < 0) return Fail(Code::kUnavailable, "cannot read " + source.name);
        if (bytes == 0) return {};
        CHECK_OK(parts.Feed(std::string_view(piece).substr(0, static_cast<size_t>(bytes))));
        CHECK_OK(SendParts(source, parts));
    }
}

Result<> Pusher::PushSource(const Source& source) {
    part_ = 0;
    RecordParts parts(source.form, kPartBytes);
    if (source.name == "-") {
        CHECK_OK(PushStream(STDIN_FILENO, source, parts));
    } else if (source.packing.empty()) {
        std::FILE* file = std::fopen(source.name.c_str(), "re");
        if (!file) return Fail(Code::kNotFound, "cannot open " + source.name);
        const auto sent = PushStream(fileno(file), source, parts);
        std::fclose(file);
        CHECK_OK(sent);
    } else {
        const std::string packed = TRY(io::ReadFile(source.name, kPackedFileBytesMax));
        const std::string plain =
            TRY(source.packing == "gz" ? io::Gunzip(packed, kUnpackedFileBytesMax)
                                       : io::Unzstd(packed, kUnpackedFileBytesMax));
        for (size_t at = 0; at < plain.size(); at += kReadBytes) {
            CHECK_OK(parts.Feed(std::string_view(plain).substr(at, kReadBytes)));
            CHECK_OK(SendParts(source, parts));
        }
    }
    CHECK_OK(parts.End());
    return SendParts(source, parts);
}

std::string Records(uint64_t count) {
    return HumanCount(count) + (count == 1 ? " record" : " records");
}

int ReportPush(Shell& shell, const PushOptions& options, const Pushed& pushed) {
    const bool known = pushed.checked && !options.no_wait;
    if (shell.wants_json()) {
        Json json{{"product", options.product},
                  {"count", pushed.count},
                  {"repeated", pushed.repeated},
                  {"checked", known}};
        if (known) {
            json["accepted"] = pushed.accepted;
            json["rejected"] = pushed.rejected;
            json["reasons"] = pushed.reasons;
        }
        shell.PrintJson(json);
        return known && pushed.rejected > 0 ? kAnswerIsNo : kDone;
    }
    std::string text = "pushed " + Records(pushed.count) + " to " + options.product;
    if (pushed.repeated > 0)
        text += fmt::format(" ({} pushed before, and not stored again: --no-key does)",
                            pushed.count == 0 ? Records(pushed.repeated) + " were"
                                              : HumanCount(pushed.repeated) + " more were");
    if (known)
        text += fmt::format(": {} accepted, {} rejected", HumanCount(pushed.accepted),
                            HumanCount(pushed.rejected));
    else if (!options.no_wait)
        text += "; not all of them are checked yet";
    shell.Print(text + "\n");
    if (!known || pushed.rejected == 0) return kDone;
    for (const auto& reason : pushed.reasons) {
        const std::string column = JsonString(reason, "column");
        shell.Print(fmt::format("  position {}: {}{}\n", JsonInt(reason, "position"),
                                column.empty() ? "" : Printable(column) + ": ",
                                Printable(JsonString(reason, "reason"))));
    }
    const auto parts = Split(options.product, '.');
    shell.Flush();
    shell.Say("Next: weft rejected list " + parts[0] + "." + parts[1]);
    return kAnswerIsNo;
}

// ---- follow

// The lines of a stream of server-sent events, as far as this node writes them.
class EventReader {
  public:
    explicit EventReader(Shell& shell, uint64_t limit) : shell_(shell), limit_(limit) {}

    // False: enough, or nobody reads.
    bool Feed(std::string_view piece) {
        rest_ += piece;
        size_t begin = 0;
        for (size_t end = rest_.find('\n'); end != std::string::npos && !over_;
             end = rest_.find('\n', begin)) {
            Line(std::string_view(rest_).substr(begin, end - begin));
            begin = end + 1;
        }
        rest_.erase(0, begin);
        if (!shell_.Flush() || std::ferror(stdout) != 0) over_ = true;
        return !over_;
    }
    void Begin() {
        rest_.clear();
        is_error_ = false;
        error_.reset();
    }
    bool over() const { return over_; }
    const std::string& position() const { return position_; }
    uint64_t count() const { return count_; }
    const std::optional<Error>& error() const { return error_; }

  private:
    void Line(std::string_view line) {
        if (line.empty()) {
            is_error_ = false;
        } else if (line == "event: error") {
            is_error_ = true;
        } else if (line.starts_with("id: ")) {
            position_ = line.substr(4);
        } else if (line.starts_with("data: ") && is_error_) {
            const auto problem = ParseJson(line.substr(6));
            if (!problem) return;
            error_ = Error{CodeOf(JsonString(*problem, "code")),
                           JsonString(*problem, "detail"),
                           {},
                           JsonString(*problem, "sqlstate"),
                           JsonString(*problem, "hint")};
        } else if (line.starts_with("data: ")) {
            shell_.Print(line.substr(6));
            shell_.Print("\n");
            over_ = ++count_ == limit_;
        }
    }

    Shell& shell_;
    const uint64_t limit_;
    std::string rest_, position_;
    bool is_error_ = false, over_ = false;
    uint64_t count_ = 0;
    std::optional<Error> error_;
};

}  // namespace

Result<int> Push(Shell& shell, const PushOptions& options) {
    const std::string path = "/ingest/" + TRY(PortPath(options.product));
    std::vector<Source> sources;
    for (const auto& file : options.files) sources.push_back(TRY(SourceOf(file, options.format)));
    const auto client = TRY(Client::Find(shell));
    Pusher pusher(shell, *client, options, path);
    Result<> sent;
    for (const auto& source : sources)
        if (sent) sent = pusher.PushSource(source);
    if (isatty(STDERR_FILENO) == 1 && !shell.options().quiet) std::fputs("\r\033[K", stderr);
    if (!sent) return std::unexpected(sent.error());
    return ReportPush(shell, options, pusher.pushed());
}

Result<int> FollowChanges(Shell& shell, const FollowOptions& options) {
    const std::string path = "/data/" + TRY(PortPath(options.product)) + "/changes?follow=true";
    const auto client = TRY(Client::Find(shell));
    EventReader reader(shell, options.limit);
    Pause pause;
    while (true) {
        const std::string& since = reader.position().empty() ? options.since : reader.position();
        std::string from = path;
        if (!since.empty()) from += "&since=" + UrlPart(since);
        if (options.limit > 0) from += "&limit=" + std::to_string(options.limit - reader.count());
        const uint64_t before = reader.count();
        reader.Begin();
        const auto ended =
            client->Events(from, [&](std::string_view piece) { return reader.Feed(piece); });
        if (reader.over()) return kDone;
        const Error lost = reader.error() ? *reader.error()
                           : ended ? Error{Code::kUnavailable, "the node ended it", {}, {}, {}}
                                   : ended.error();
        if (!IsPassing(lost)) return std::unexpected(lost);
        if (reader.count() > before) pause.Reset();
        if (shell.options().verbose > 0) shell.Say("connecting again: " + lost.message);
        pause.Wait();
    }
}

}  // namespace weft::app
