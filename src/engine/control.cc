// The worker's ends of both channels. When the node is gone there is nobody to tell: the process
// ends.
#include <algorithm>

#include "base/limits.h"
#include "engine/channel.h"
#include "engine/worker_internal.h"

namespace weft::engine {
namespace {

[[noreturn]] void Gone() { ::_exit(0); }     // The node closed its end.
[[noreturn]] void Broken() { ::_exit(70); }  // The node sent what it never sends.

template <class T>
T Expect(ToWorker message) {
    auto* body = std::get_if<T>(&message);
    if (body == nullptr) Broken();
    return std::move(*body);
}

ToWorker ReceiveMessage(int fd, std::vector<io::Descriptor>* files) {
    auto frame = ReceiveFrame(fd, kLimits.worker_frame_bytes_max);
    if (!frame) Gone();
    auto message = DecodeToWorker(frame->type, frame->body);
    if (!message) Broken();
    if (files != nullptr) *files = std::move(frame->files);
    return std::move(*message);
}

}  // namespace

ToWorker Control::Receive() {
    auto message = ReceiveMessage(fd_, nullptr);
    {
        const std::lock_guard guard(lock_);
        in_batch_ = true;
    }
    begun_.notify_all();
    return message;
}

std::unique_lock<std::mutex> Control::InBatch() {
    std::unique_lock guard(lock_);
    begun_.wait(guard, [this] { return in_batch_; });
    return guard;
}

ToWorker Control::RoundTrip(const FromWorker& question, std::vector<io::Descriptor>* files) {
    if (!SendFrame(fd_, Encode(question))) Gone();
    return ReceiveMessage(fd_, files);
}

std::vector<RelationAnswer> Control::AskNames(const std::vector<RelationName>& names) {
    const auto guard = InBatch();
    std::vector<RelationAnswer> answers;
    for (size_t at = 0; at < names.size(); at += kLimits.names_per_statement_max) {
        const auto end = std::min<size_t>(at + kLimits.names_per_statement_max, names.size());
        Names part;
        part.names.assign(names.begin() + static_cast<ptrdiff_t>(at),
                          names.begin() + static_cast<ptrdiff_t>(end));
        auto got = Expect<Relations>(RoundTrip(part, nullptr)).answers;
        if (got.size() != part.names.size()) Broken();
        std::move(got.begin(), got.end(), std::back_inserter(answers));
    }
    return answers;
}

Result<Control::OpenedScan> Control::AskOpen(const Open& open) {
    const auto guard = InBatch();
    auto opened = Expect<Opened>(RoundTrip(open, nullptr));
    auto files = TRY(std::move(opened.answer));
    return OpenedScan{scans_++, std::move(files)};  // The node counts what it granted, too.
}

Result<std::vector<io::Descriptor>> Control::AskFiles(const NeedFiles& need) {
    const auto guard = InBatch();
    std::vector<io::Descriptor> files;
    const auto answer = Expect<Files>(RoundTrip(need, &files));
    if (answer.count != files.size()) Broken();
    if (files.size() != need.indices.size())
        return Fail(Code::kUnavailable, "the node did not open a data file");
    return files;
}

Result<Control::Output> Control::AskOutput(bool rejected) {
    const auto guard = InBatch();
    std::vector<io::Descriptor> files;
    const auto answer = Expect<OutputFile>(RoundTrip(NeedOutput{rejected}, &files));
    if (files.size() != 1) return Fail(Code::kDenied, "this statement may not write files");
    return Output{answer.index, std::move(files[0])};
}

Result<std::vector<OutputColumn>> Control::AskWrite(const Write& write) {
    const auto guard = InBatch();
    return Expect<Written>(RoundTrip(write, nullptr)).answer;
}

void Control::SendReady() {
    if (!SendFrame(fd_, Encode(FromWorker(Ready{})))) Gone();
}
void Control::SendHead(const Head& head) {
    const std::lock_guard guard(lock_);
    if (!SendFrame(fd_, Encode(FromWorker(head)))) Gone();
}
void Control::SendEnded(const Ended& ended) {
    const std::lock_guard guard(lock_);
    in_batch_ = false;
    if (!SendFrame(fd_, Encode(FromWorker(ended)))) Gone();
}

void DataOut::Begin(uint64_t result_bytes_max) {
    buffer_.clear();
    border_ = 0;
    bytes_ = 0;
    bytes_max_ = result_bytes_max;
}

Result<> DataOut::Append(std::string_view bytes, bool whole) {
    if (bytes_max_ > 0 && bytes_ + bytes.size() > bytes_max_) {
        auto error = Fail(Code::kLimit, "the result is larger than the limit of this node",
                          "ask for fewer rows or columns, or export the result in parts");
        error.error().sqlstate = "54000";
        return error;
    }
    bytes_ += bytes.size();
    // A value may be larger than a frame may be, so long parts leave in pieces.
    while (!bytes.empty()) {
        const auto part = bytes.substr(0, kDataFrameBytes);
        bytes.remove_prefix(part.size());
        buffer_ += part;
        if (whole && bytes.empty()) border_ = buffer_.size();
        if (buffer_.size() >= kDataFrameBytes) Flush();
    }
    return {};
}

void DataOut::Force(std::string_view bytes) {
    buffer_ += bytes;
    border_ = buffer_.size();
    if (buffer_.size() >= kDataFrameBytes) Flush();
}

void DataOut::Flush() {
    const std::string_view all = buffer_;
    const auto send = [this](char type, std::string_view body) {
        for (; !body.empty(); body.remove_prefix(std::min(body.size(), kDataFrameBytes * 2))) {
            const auto part = body.substr(0, kDataFrameBytes * 2);
            Send(part.size() == body.size() ? type : kDataPart, part);
        }
    };
    send(kDataWhole, all.substr(0, border_));
    send(kDataPart, all.substr(border_));
    buffer_.clear();
    border_ = 0;
}

void DataOut::End() {
    Flush();
    Send(kDataEnd, {});
}

void DataOut::Send(char type, std::string_view body) {
    if (!SendFrame(fd_, FrameHead(type, body.size())) || !SendFrame(fd_, body)) Gone();
}

}  // namespace weft::engine
