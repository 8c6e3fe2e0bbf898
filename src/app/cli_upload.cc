// weft upload: files for an input port from any machine, resumed where a lost connection cut them.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "app/client.h"
#include "app/exit_code.h"
#include "app/run_watch.h"
#include "app/verbs.h"
#include "base/text.h"
#include "base/time.h"
#include "io/crypto.h"
#include "io/files.h"

namespace weft::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr size_t kPieceBytesMax = 8u << 20;  // A slow line gets smaller ones: each is one request.
constexpr size_t kPieceBytesMin = 256u << 10;
constexpr size_t kHashPieceBytes = 1u << 20;
constexpr auto kPauseFirst = milliseconds(200);
constexpr auto kPauseMax = milliseconds(10'000);
constexpr auto kGiveUpAfter =
    std::chrono::minutes(10);  // Without a byte more; --timeout says otherwise.

// One line on the terminal that is written over; nothing anywhere else.
class Bar {
  public:
    Bar(const Shell& shell, std::string name, uint64_t size) : name_(std::move(name)), size_(size) {
        shown_ = isatty(STDERR_FILENO) == 1 && !shell.options().quiet && !shell.wants_json();
    }
    ~Bar() { Clear(); }
    void Show(std::string_view what, uint64_t done) {
        const auto now = Steady::now();
        if (!shown_ || now - start_ < milliseconds(300) || now - last_ < milliseconds(100)) return;
        last_ = now;
        const auto percent = size_ == 0 ? 100 : done * 100 / size_;
        const auto cells = static_cast<size_t>(percent / 5);
        const auto spent =
            std::chrono::duration_cast<std::chrono::microseconds>(now - start_).count();
        const std::string left =
            done == 0 || what != "sent"
                ? ""
                : ", " +
                      HumanDuration(static_cast<int64_t>(static_cast<double>(spent) *
                                                         static_cast<double>(size_ - done) /
                                                         static_cast<double>(done))) +
                      " left";
        std::fputs(fmt::format("\r\033[K{} [{}{}] {} % {}, {} of {}{}", name_,
                               std::string(cells, '='), std::string(20 - cells, ' '), percent, what,
                               HumanBytes(done), HumanBytes(size_), left)
                       .c_str(),
                   stderr);
        drawn_ = true;
    }
    void Clear() {
        if (std::exchange(drawn_, false)) std::fputs("\r\033[K", stderr);
    }

  private:
    const std::string name_;
    const uint64_t size_;
    const Steady::time_point start_ = Steady::now();
    Steady::time_point last_{};
    bool shown_ = false, drawn_ = false;
};

struct Source {
    io::Descriptor file;
    std::string name;
    uint64_t size = 0;
    std::string sha256;
};

Result<Source> OpenSource(const std::string& path) {
    std::error_code failed;
    const fs::path real = fs::canonical(path, failed);
    if (failed) return Fail(Code::kInvalid, path + ": " + failed.message());
    Source source;
    source.file = TRY(io::OpenBeneath(real.parent_path().string(), real.filename().string()));
    source.name = fs::path(path).filename().string();
    source.size = TRY(io::Stat(source.file.get())).size;
    return source;
}

Result<> HashSource(Source& source, Bar& bar) {
    io::Sha256Sum sum;
    for (uint64_t at = 0; at < source.size;) {
        const std::string piece = TRY(io::ReadAt(source.file.get(), at, kHashPieceBytes));
        if (piece.empty())
            return Fail(Code::kInvalid, source.name + " became shorter while it was read");
        sum.Add(piece);
        at += piece.size();
        bar.Show("hashed", at);
    }
    source.sha256 = Hex(sum.Finish());
    return {};
}

// Worth another try by itself: the node is away or busy. A full disk is not.
bool IsPassing(const Error& error) {
    return (error.code == Code::kUnavailable && error.sqlstate != "53100") ||
           error.code == Code::kConflict ||
           (error.code == Code::kLimit && error.sqlstate != "54000");
}

class Upload {
  public:
    Upload(Shell& shell, std::unique_ptr<Client>& client, std::string inputs, const Source& source,
           Bar& bar)
        : shell_(shell),
          client_(client),
          uploads_(std::move(inputs) + "/uploads"),
          source_(source),
          bar_(bar) {}

    // The node's last answer: `done`, and the run.
    Result<Json> Send() {
        Json known = TRY(Persist([&] { return Begin(); }));
        while (true) {
            auto sent = SendPiece(known);
            if (sent && JsonBool(*sent, "done")) return sent;
            if (sent) {
                progressed_ = Steady::now();
                pause_ = kPauseFirst;
                piece_bytes_ = std::min(piece_bytes_ * 2, kPieceBytesMax);
                known = std::move(*sent);
                continue;
            }
            if (!IsPassing(sent.error()) || IsTooLate()) return sent;
            piece_bytes_ = std::max(piece_bytes_ / 2, kPieceBytesMin);
            Pause(sent.error());
            known = TRY(Persist([&] { return Ask(known); }));
            if (JsonBool(known, "done"))
                return SendPiece(known);  // Its answer was lost; ask for the run once more.
        }
    }

  private:
    Result<Json> Begin() {
        return client_->Send(
            "POST", uploads_,
            {{"name", source_.name}, {"size", source_.size}, {"sha256", source_.sha256}});
    }
    // Where the node is; an upload that it has forgotten begins again.
    Result<Json> Ask(const Json& known) {
        auto answer = client_->Get(uploads_ + "/" + UrlPart(JsonString(known, "upload")));
        if (!answer && answer.error().code == Code::kNotFound) return Begin();
        return answer;
    }
    Result<Json> SendPiece(const Json& known) {
        const auto offset = static_cast<uint64_t>(std::max<int64_t>(0, JsonInt(known, "offset")));
        const uint64_t left = source_.size - std::min(source_.size, offset);
        auto piece = TRY(io::ReadAt(source_.file.get(), offset,
                                    static_cast<size_t>(std::min<uint64_t>(left, piece_bytes_))));
        if (piece.empty() && left > 0)
            return Fail(Code::kInvalid, source_.name + " became shorter while it was sent");
        bar_.Show("sent", offset);
        return client_->SendBytes("PATCH", uploads_ + "/" + UrlPart(JsonString(known, "upload")),
                                  {{"Content-Type", "application/octet-stream"},
                                   {"Upload-Offset", std::to_string(offset)}},
                                  std::move(piece));
    }
    template <class F>
    Result<Json> Persist(F ask) {
        while (true) {
            auto answer = ask();
            if (answer || !IsPassing(answer.error()) || IsTooLate()) return answer;
            Pause(answer.error());
        }
    }
    bool IsTooLate() const {
        const auto timeout = shell_.options().timeout_s;
        const auto limit =
            timeout > 0 ? std::chrono::seconds(timeout) : std::chrono::seconds(kGiveUpAfter);
        return Steady::now() - progressed_ > limit;
    }
    // The node may come back at another address: a local one writes it into its folder.
    void Pause(const Error& why) {
        bar_.Clear();
        if (shell_.options().verbose > 0) shell_.Say(why.message + "; trying again");
        std::this_thread::sleep_for(pause_);
        pause_ = std::min(pause_ * 2, kPauseMax);
        if (auto found = Client::Find(shell_)) client_ = std::move(*found);
    }

    Shell& shell_;
    std::unique_ptr<Client>& client_;
    const std::string uploads_;
    const Source& source_;
    Bar& bar_;
    size_t piece_bytes_ = kPieceBytesMax;
    milliseconds pause_ = kPauseFirst;
    Steady::time_point progressed_ = Steady::now();
};

Result<int> ListUploaded(Shell& shell, Client& client, const std::string& inputs) {
    static constexpr ListField kFields[] = {
        {"file", "name"}, {"bytes", "size", true}, {"uploaded", "modified"}};
    shell.PrintList(TRY(client.Get(inputs + "/files")), "files", kFields,
                    "nothing has been uploaded yet");
    return kDone;
}

// Said at once, also when the run is waited for.
void TellRun(Shell& shell, const UploadOptions& options, const std::string& run) {
    if (run.empty()) return;
    if (!shell.wants_json()) shell.Print("run " + run + " of " + options.product + "\n");
    if (!options.wait) shell.Hint("weft logs " + run);
}

}  // namespace

Result<int> UploadFiles(Shell& shell, const UploadOptions& options) {
    const std::string inputs = "/api/v1/products/" + TRY(ProductPath(options.product)) +
                               "/inputs/" + UrlPart(options.input);
    const int kinds =
        (options.list ? 1 : 0) + (options.remove.empty() ? 0 : 1) + (options.files.empty() ? 0 : 1);
    if (kinds != 1)
        return Fail(Code::kInvalid, "name the files to upload, or --list, or --remove NAME");
    auto client = TRY(Client::Find(shell));
    if (options.list) return ListUploaded(shell, *client, inputs);
    Json answer{{"product", options.product}, {"input", options.input}};
    std::string run;
    if (!options.remove.empty()) {
        const Json removed =
            TRY(client->Send("DELETE", inputs + "/files/" + UrlPart(options.remove), Json()));
        run = JsonString(removed, "run");
        answer["removed"] = options.remove;
        if (!shell.wants_json()) shell.Print("removed " + Printable(options.remove) + "\n");
    }
    for (const auto& path : options.files) {
        Source source = TRY(OpenSource(path));
        Bar bar(shell, Printable(source.name), source.size);
        CHECK_OK(HashSource(source, bar));
        const Json done = TRY(Upload(shell, client, inputs, source, bar).Send());
        bar.Clear();
        if (const std::string error = JsonString(done, "run_error"); !error.empty())
            shell.Complain("no run: " + error + "\n");
        run = JsonString(done, "run");
        answer["files"].push_back({{"name", source.name},
                                   {"size", source.size},
                                   {"sha256", source.sha256},
                                   {"run", run}});
        if (!shell.wants_json())
            shell.Print(
                fmt::format("uploaded {}, {}\n", Printable(source.name), HumanBytes(source.size)));
    }
    TellRun(shell, options, run);
    bool good = true;
    if (options.wait && !run.empty()) {
        const auto runs = TRY(WaitForRuns(shell, *client, {run}));
        answer["run"] = runs[0];
        good = HasSucceeded(runs[0]);
        if (!shell.wants_json()) shell.Print(Printable(DescribeRun(runs[0])) + "\n");
        if (!good) shell.Hint("weft logs " + run);
    }
    if (shell.wants_json()) shell.PrintJson(answer);
    return good ? kDone : kAnswerIsNo;
}

}  // namespace weft::app
