#include "ingest/batch.h"

#include <fmt/format.h>

#include "base/json.h"

namespace weft::ingest {
namespace {

// Where the line after the one that begins at `at` begins; npos: there is no line end.
size_t NextLine(const std::string& lines, size_t at) {
    const size_t end = lines.find('\n', at);
    return end == std::string::npos ? end : end + 1;
}

}  // namespace

Result<Batch> MakeBatch(const std::vector<Entry>& entries, uint64_t after, uint64_t records_max,
                        bool poison) {
    Batch batch;
    uint64_t next = after + 1;
    for (const Entry& entry : entries) {
        if (batch.count >= records_max) break;
        if (entry.first_position > next || entry.first_position + entry.count <= next)
            return Fail(Code::kCorrupt,
                        fmt::format("the log has no record {} of {}", next, entry.stream.input));
        size_t begin = 0;
        for (uint64_t skip = entry.first_position; skip < next; ++skip)
            begin = NextLine(entry.lines, begin);
        const uint64_t left = entry.first_position + entry.count - next;
        const uint64_t take = std::min(left, records_max - batch.count);
        size_t end = take == left ? entry.lines.size() : begin;
        if (take < left)
            for (uint64_t i = 0; i < take; ++i) end = NextLine(entry.lines, end);
        if (begin == std::string::npos || end == std::string::npos ||
            (end > 0 && entry.lines[end - 1] != '\n'))
            return Fail(Code::kCorrupt,
                        fmt::format("an entry of {} in the log has fewer records than it says",
                                    entry.stream.input));
        for (uint64_t i = 0; i < (entry.record_keys.empty() ? 1 : take); ++i) {
            const uint64_t at = next - entry.first_position + i;
            if (!entry.record_keys.empty() && at >= entry.record_keys.size())
                return Fail(Code::kCorrupt, "an entry of the log has fewer keys than records");
            batch.received.push_back(
                {.first_line = batch.count + i + 1,
                 .position = next + i,
                 .received_us = entry.received.us,
                 .key = entry.record_keys.empty() ? entry.key : entry.record_keys[at]});
        }
        for (uint64_t i = 0; i < take && !entry.replays.empty(); ++i) {
            const uint64_t at = next - entry.first_position + i;
            if (at < entry.replays.size()) batch.replays.push_back(entry.replays[at]);
        }
        batch.lines.append(entry.lines, begin, end - begin);
        batch.count += take;
        next += take;
    }
    if (poison && batch.count > 0) {
        batch.lines.resize(NextLine(batch.lines, 0) - 1);
        batch.lines = DumpJson(Json(batch.lines)) + "\n";
        batch.count = 1;
        batch.received.resize(1);
        if (!batch.replays.empty()) batch.replays.resize(1);
    }
    return batch;
}

}  // namespace weft::ingest
