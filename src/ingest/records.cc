#include "ingest/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "ingest/cloud_event.h"
#include "ingest/csv.h"
#include "ingest/json_scan.h"

namespace weft::ingest {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kTaken =
    "application/x-ndjson, application/json, text/csv, application/cloudevents+json and "
    "application/cloudevents-batch+json are taken";

std::string_view WithoutByteOrderMark(std::string_view body) {
    if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
    return body;
}

// No record: the checks in a worker would not count it either.
bool IsBlank(std::string_view line) {
    return WithoutByteOrderMark(line).find_first_not_of(" \t\r") == std::string_view::npos;
}

Result<> CheckCount(const Records& records) {
    if (records.count < kRecordsMax) return {};
    return Fail(Code::kLimit, fmt::format("a request may hold {} records", kRecordsMax),
                "send the records in smaller parts");
}

// The record that comes next is at fault.
std::unexpected<Error> InRecord(const Records& records, Error error) {
    error.message = fmt::format("record {}: {}", records.count + 1, error.message);
    if (error.hint.empty()) error.hint = "nothing of the request was accepted";
    return std::unexpected(std::move(error));
}

std::unexpected<Error> TooLarge() {
    return Fail(Code::kLimit, fmt::format("larger than {} bytes", kRecordBytesMax));
}

Result<Records> SplitLines(std::string_view body) {
    Records records;
    records.lines.reserve(body.size() + 1);
    body = WithoutByteOrderMark(body);
    while (!body.empty()) {
        const auto* found = static_cast<const char*>(std::memchr(body.data(), '\n', body.size()));
        const size_t end = found ? static_cast<size_t>(found - body.data()) : body.size();
        std::string_view line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (IsBlank(line)) continue;
        CHECK_OK(CheckCount(records));
        if (line.size() > kRecordBytesMax) return InRecord(records, TooLarge().error());
        records.lines.append(line);
        records.lines += '\n';
        ++records.count;
    }
    return records;
}

// Calls `take` with each element of the array that `body` is.
template <class Take>
Result<> ForEachElement(std::string_view body, Records& records, const Take& take) {
    JsonScan scan(body);
    if (scan.AtEnd()) return {};
    const auto bad = [&](std::string_view why) {
        return InRecord(
            records,
            Error{Code::kInvalid, fmt::format("{} at byte {}", why, scan.at()), {}, {}, {}});
    };
    if (!scan.Eat('[')) return bad("no JSON array begins");
    bool ended = scan.Eat(']');
    while (!ended) {
        CHECK_OK(CheckCount(records));
        const auto value = scan.Value();
        if (!value) return InRecord(records, value.error());
        if (auto taken = take(*value); !taken) return InRecord(records, taken.error());
        ended = scan.Eat(']');
        if (!ended && !scan.Eat(',')) return bad("neither comma nor end of the array");
    }
    if (!scan.AtEnd()) return bad("more than one JSON array");
    return {};
}

Result<Records> SplitArray(std::string_view body) {
    Records records;
    records.lines.reserve(body.size() + 1);
    CHECK_OK(ForEachElement(WithoutByteOrderMark(body), records,
                            [&](std::string_view value) -> Result<> {
                                if (value.size() > kRecordBytesMax) return TooLarge();
                                AppendOnOneLine(value, records.lines);
                                records.lines += '\n';
                                ++records.count;
                                return {};
                            }));
    return records;
}

Result<Records> SplitCsv(std::string_view body) {
    Records records;
    body = WithoutByteOrderMark(body);
    if (body.empty()) return records;
    CsvRows rows = TRY(CsvRows::Make(body));
    // Every row names all columns: what comes out is bounded, not only what comes in.
    constexpr uint64_t kLinesBytesMax = 256ull << 20;
    while (true) {
        const size_t begin = records.lines.size();
        const auto more = rows.Next(records.lines);
        if (!more) return InRecord(records, more.error());
        if (!*more) return records;
        CHECK_OK(CheckCount(records));
        if (records.lines.size() - begin > kRecordBytesMax) {
            return InRecord(records, TooLarge().error());
        }
        if (records.lines.size() > kLinesBytesMax) {
            return Fail(Code::kLimit, "the rows of the CSV take too much as JSON",
                        "send the rows in smaller parts");
        }
        records.lines += '\n';
        ++records.count;
    }
}

}  // namespace

Result<BodyFormat> ChooseBodyFormat(std::string_view content_type, std::string_view body) {
    static constexpr std::pair<std::string_view, BodyFormat> kTypes[] = {
        {"", BodyFormat::kJsonLines},
        {"application/x-www-form-urlencoded", BodyFormat::kJsonLines},
        {"application/octet-stream", BodyFormat::kJsonLines},
        {"application/x-ndjson", BodyFormat::kJsonLines},
        {"application/ndjson", BodyFormat::kJsonLines},
        {"application/jsonl", BodyFormat::kJsonLines},
        {"application/x-jsonlines", BodyFormat::kJsonLines},
        {"application/jsonlines", BodyFormat::kJsonLines},
        {"application/json", BodyFormat::kJsonArray},
        {"text/json", BodyFormat::kJsonArray},
        {"text/csv", BodyFormat::kCsv},
        {"application/csv", BodyFormat::kCsv},
        {"application/cloudevents+json", BodyFormat::kCloudEvent},
        {"application/cloudevents-batch+json", BodyFormat::kCloudEventBatch},
    };
    const std::string type = ToLower(Trim(content_type.substr(0, content_type.find(';'))));
    for (const auto& [name, format] : kTypes) {
        if (name != type) continue;
        const bool guess = name.empty() || name.starts_with("application/x-www-form") ||
                           name == "application/octet-stream";
        if (guess && (body.starts_with("\x1F\x8B") || body.starts_with("\x28\xB5\x2F\xFD")))
            return Fail(Code::kInvalid, "the body is compressed and does not say so",
                        "add the header Content-Encoding: gzip (or zstd), and a Content-Type");
        if (format != BodyFormat::kJsonArray && !guess) return format;
        JsonScan scan(WithoutByteOrderMark(body));
        return scan.Eat('[') ? BodyFormat::kJsonArray : BodyFormat::kJsonLines;
    }
    return Fail(Code::kInvalid, "records of this content type are not taken", std::string(kTaken));
}

Result<Records> SplitRecords(BodyFormat format, std::string_view body,
                             const std::set<std::string>& ce_columns) {
    Records records;
    switch (format) {
        case BodyFormat::kJsonLines:
            return SplitLines(body);
        case BodyFormat::kJsonArray:
            return SplitArray(body);
        case BodyFormat::kCsv:
            return SplitCsv(body);
        case BodyFormat::kCloudEvent:
            if (JsonScan(body).AtEnd()) return records;
            if (auto one = AppendCloudEvent(body, ce_columns, records); !one) {
                return InRecord(records, one.error());
            }
            return records;
        case BodyFormat::kCloudEventBatch:
            CHECK_OK(ForEachElement(body, records, [&](std::string_view event) {
                return AppendCloudEvent(event, ce_columns, records);
            }));
            return records;
    }
    return Fail(Code::kInvalid, "no such format of bodies");
}

Result<Records> BinaryCloudEvent(const CloudEventHeaders& headers, std::string_view body,
                                 const std::set<std::string>& ce_columns) {
    Records records;
    if (auto one = AppendBinaryCloudEvent(headers, body, ce_columns, records); !one) {
        return InRecord(records, one.error());
    }
    return records;
}

}  // namespace weft::ingest
