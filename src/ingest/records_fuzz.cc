// Bodies of requests. The first byte chooses the format. Invariants: no crash, as many lines as
// records, nothing above its bound; what a JSON parser takes as an array gives the same elements,
// and a CSV in UTF-8 only JSON texts. Built with -DWEFT_PLANT_BUG it must fail within seconds: that
// proves the target can find one.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/text.h"
#include "ingest/records.h"

namespace weft::ingest {
namespace {

void Require(bool condition) {
    if (!condition) std::abort();
}

void CheckAgainstParser(BodyFormat format, const std::string& body,
                        const Result<Records>& records) {
    if (format == BodyFormat::kJsonArray) {
        if (body.find('\0') != std::string::npos) return;  // Where the parser stops reading.
        const auto parsed = ParseJson(body);
        if (!parsed || !parsed->is_array()) return;
        if (!records) return Require(records.error().code == Code::kLimit);
        size_t begin = 0;
        for (const Json& element : *parsed) {
            const size_t end = records->lines.find('\n', begin);
            Require(end != std::string::npos);
            const auto line =
                ParseJson(std::string_view(records->lines).substr(begin, end - begin));
            Require(line && *line == element);
            begin = end + 1;
        }
        Require(begin == records->lines.size());
    }
    if (format == BodyFormat::kCsv && records && IsUtf8(body)) {
        for (const std::string& line : Split(records->lines, '\n')) {
            Require(line.empty() || ParseJson(line).has_value());
        }
    }
}

}  // namespace
}  // namespace weft::ingest

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace weft::ingest;
    if (size < 1) return 0;
    const std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::set<std::string> columns =
        data[0] & 8 ? std::set<std::string>{"ce_id", "ce_time"} : std::set<std::string>{};
    const auto format = static_cast<BodyFormat>(data[0] % 8 % 5);
    const auto records = data[0] % 8 == 7
                             ? BinaryCloudEvent({"i%", "s%41", "t", "", ""}, body, columns)
                             : SplitRecords(format, body, columns);
    (void)ChooseBodyFormat(std::string_view(body).substr(0, 100), body);
    if (data[0] % 8 != 7) {
        CheckAgainstParser(format, body, records);
        if (format == BodyFormat::kJsonLines) Require(records.has_value());
    }
    if (!records) {
        const weft::Code code = records.error().code;
        Require(code == weft::Code::kInvalid || code == weft::Code::kLimit);
        return 0;
    }
    Require(static_cast<uint64_t>(std::ranges::count(records->lines, '\n')) == records->count);
    Require(records->lines.empty() || records->lines.back() == '\n');
    Require(records->record_keys.empty() || records->record_keys.size() == records->count);
    Require(records->types.size() == records->record_keys.size());
    return 0;
}
