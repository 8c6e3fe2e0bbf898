#include "gateway/pg/batches.h"

#include <utility>

#include "base/limits.h"
#include "gateway/pg/startup.h"

namespace weft::gateway::pg {
namespace {

constexpr std::string_view kFlush{"H\0\0\0\4", 5};

std::unexpected<Error> Broken(Code code, std::string message) {
    Error error{code, std::move(message), {}, "08P01", {}};
    return std::unexpected(std::move(error));
}

}  // namespace

void Batches::SetCopyIn(bool copy_in) {
    if (copy_in_ && !copy_in && extended_) in_sequence_ = true;
    copy_in_ = copy_in;
}

// Rows are handed over as they come; a message that is no part of a COPY ends it, which is the
// worker's to say.
Result<Batches::Kind> Batches::TakeCopy(std::string_view input, size_t& taken) {
    while (input.size() - taken >= kHeadBytes) {
        const std::string_view rest = input.substr(taken);
        const MessageHead head = TRY(ParseHead(rest, kLimits.pg_message_bytes_max));
        wanted_ = kHeadBytes + head.body_bytes;
        if (rest.size() < wanted_) return Kind::kNeedMore;
        const std::string_view message = rest.substr(0, wanted_);
        if (head.type == 'X') return Kind::kTerminate;
        taken += message.size();
        wanted_ = kHeadBytes;
        if (head.type == 'H' || head.type == 'S') continue;  // As PostgreSQL: not during COPY.
        if (std::string_view("dcfQPBDECF").find(head.type) == std::string_view::npos)
            return Broken(Code::kInvalid, "a message has an unknown type");
        messages_ += message;
        if (head.type != 'd' || messages_.size() >= kCopyBatchBytes) return Kind::kPartial;
    }
    return Kind::kNeedMore;
}

Result<Batches::Kind> Batches::Take(std::string_view input, size_t& taken) {
    taken = 0;
    if (copy_in_) return TakeCopy(input, taken);
    while (input.size() - taken >= kHeadBytes) {
        const std::string_view rest = input.substr(taken);
        const MessageHead head = TRY(ParseHead(rest, kLimits.pg_message_bytes_max));
        wanted_ = kHeadBytes + head.body_bytes;
        if (rest.size() < wanted_) return Kind::kNeedMore;
        const std::string_view message = rest.substr(0, wanted_);
        if (head.type == 'X') return Kind::kTerminate;
        if (head.type == 'Q' &&
            !messages_.empty()) {  // The message stays in the input for the next Take.
            messages_ += kFlush;
            in_sequence_ = true;
            return Kind::kPartial;
        }
        taken += message.size();
        wanted_ = kHeadBytes;
        switch (head.type) {
            case 'd':
            case 'c':
            case 'f':
                continue;  // Left over from a COPY that failed.
            case 'F':
                if (skip_) continue;
                return Kind::kFunctionCall;
            case 'P':
            case 'B':
            case 'D':
            case 'E':
            case 'C':
                if (skip_) continue;
                break;
            case 'H':
                if (skip_ || messages_.empty()) continue;
                break;
            case 'Q':
                if (skip_) continue;
                break;
            case 'S':
                break;
            default:
                return Broken(Code::kInvalid, "a message has an unknown type");
        }
        if (messages_.size() + message.size() > kLimits.pg_batch_bytes_max)
            return Broken(Code::kLimit, "the messages before Sync are too large together");
        messages_ += message;
        extended_ = head.type != 'Q';
        if (head.type == 'Q' || head.type == 'S') {
            in_sequence_ = false;
            skip_ = false;
            return Kind::kBatch;
        }
        if (head.type == 'H') {
            in_sequence_ = true;
            return Kind::kPartial;
        }
    }
    return Kind::kNeedMore;
}

std::string Batches::TakeMessages() { return std::exchange(messages_, {}); }

}  // namespace weft::gateway::pg
