#include "ingest/cloud_event.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ingest/json_scan.h"

namespace weft::ingest {
namespace {

constexpr size_t kAttributeBytesMax = 4096;

struct Envelope {
    CloudEventHeaders attributes;
    std::string specversion;
    std::optional<std::string_view> data;    // JSON.
    std::optional<std::string> data_base64;  // As it was sent.
};

std::unexpected<Error> Bad(std::string_view what) {
    return Fail(Code::kInvalid, fmt::format("not a CloudEvent: {}", what),
                "CloudEvents 1.0 need id, source, specversion \"1.0\" and type");
}

Result<std::string> TextOf(std::string_view json, std::string_view what, size_t bytes_max) {
    const auto value = ParseJson(json, bytes_max + 2);
    if (!value && value.error().code == Code::kLimit)
        return Bad(fmt::format("{} is too long", what));
    if (!value || !value->is_string()) return Bad(fmt::format("{} is no text", what));
    return value->get_ref<const std::string&>();
}

// A value that is JSON as a whole, looked at as far as a scanner does.
std::optional<std::string_view> WholeJson(std::string_view text) {
    JsonScan scan(text);
    const auto value = scan.Value();
    if (!value || !scan.AtEnd()) return {};
    if (value->front() != '{' && !ParseJson(*value)) return {};
    return *value;
}

Result<> SetMember(Envelope& envelope, const std::string& name, std::string_view value) {
    CloudEventHeaders& to = envelope.attributes;
    std::string* text = name == "id"            ? &to.id
                        : name == "source"      ? &to.source
                        : name == "type"        ? &to.type
                        : name == "time"        ? &to.time
                        : name == "subject"     ? &to.subject
                        : name == "specversion" ? &envelope.specversion
                                                : nullptr;
    if (text != nullptr && value != "null") {
        if (!text->empty()) return Bad(fmt::format("{} stands twice", name));
        *text = TRY(TextOf(value, name, kAttributeBytesMax));
    } else if (name == "data") {
        if (envelope.data) return Bad("data stands twice");
        envelope.data = value;
    } else if (name == "data_base64" && value != "null") {
        if (envelope.data_base64) return Bad("data_base64 stands twice");
        envelope.data_base64 = TRY(TextOf(value, name, kRecordBytesMax * 2));
    }
    return {};
}

Result<Envelope> ReadEnvelope(std::string_view event) {
    Envelope envelope;
    JsonScan scan(event);
    if (!scan.Eat('{')) return Bad("it is no JSON object");
    bool first = true;
    while (!scan.Eat('}')) {
        if (!first && !scan.Eat(',')) return Bad(fmt::format("no comma at byte {}", scan.at()));
        first = false;
        const std::string_view name = TRY(scan.Value());
        if (!scan.Eat(':')) return Bad(fmt::format("no colon at byte {}", scan.at()));
        const std::string_view value = TRY(scan.Value());
        const std::string known = TRY(TextOf(name, "a name", kAttributeBytesMax));
        CHECK_OK(SetMember(envelope, known, value));
    }
    if (!scan.AtEnd()) return Bad(fmt::format("more than one value at byte {}", scan.at()));
    if (envelope.specversion != "1.0") return Bad("its specversion is not \"1.0\"");
    if (envelope.data && envelope.data_base64) return Bad("it has both data and data_base64");
    return envelope;
}

Result<> CheckAttributes(const CloudEventHeaders& attributes) {
    const std::pair<std::string_view, const std::string&> all[] = {{"id", attributes.id},
                                                                   {"source", attributes.source},
                                                                   {"type", attributes.type},
                                                                   {"time", attributes.time},
                                                                   {"subject", attributes.subject}};
    for (const auto& [name, text] : all) {
        const bool required = name != "time" && name != "subject";
        if (required && text.empty()) return Bad(fmt::format("{} is missing", name));
        if (text.size() > kAttributeBytesMax) return Bad(fmt::format("{} is too long", name));
        if (!text.empty() && !IsUtf8(text)) return Bad(fmt::format("{} is not UTF-8", name));
    }
    return {};
}

// "source id"; a space in the source is written as %20, so that no two events share a key.
std::string KeyOf(const CloudEventHeaders& attributes) {
    std::string key;
    for (const char c : attributes.source) {
        if (c == ' ')
            key += "%20";
        else if (c == '%')
            key += "%25";
        else
            key += c;
    }
    return key + " " + attributes.id;
}

// `data`: JSON, or nothing.
Result<> AppendRecord(const CloudEventHeaders& attributes, std::optional<std::string_view> data,
                      const std::set<std::string>& ce_columns, Records& records) {
    CHECK_OK(CheckAttributes(attributes));
    const std::pair<std::string_view, const std::string&> columns[] = {
        {"ce_id", attributes.id},
        {"ce_source", attributes.source},
        {"ce_type", attributes.type},
        {"ce_time", attributes.time},
        {"ce_subject", attributes.subject}};
    std::string& out = records.lines;
    const size_t begin = out.size();
    out += '{';
    for (const auto& [name, text] : columns) {
        if (text.empty() || !ce_columns.contains(std::string(name))) continue;
        if (out.size() > begin + 1) out += ',';
        AppendQuoted(name, out);
        out += ':';
        AppendQuoted(text, out);
    }
    if (data && data->front() == '{') {
        data->remove_prefix(1);
        JsonScan rest(*data);
        if (!rest.Eat('}') && out.size() > begin + 1) out += ',';
        AppendOnOneLine(*data, out);
    } else {
        if (data) {
            if (out.size() > begin + 1) out += ',';
            out += "\"data\":";
            AppendOnOneLine(*data, out);
        }
        out += '}';
    }
    if (out.size() - begin > kRecordBytesMax) {
        return Fail(Code::kLimit,
                    fmt::format("a record takes more than {} bytes", kRecordBytesMax));
    }
    out += '\n';
    ++records.count;
    records.record_keys.push_back(KeyOf(attributes));
    records.types.push_back(attributes.type);
    return {};
}

// Bytes that need not be JSON. `base64`: how they were sent, or empty.
Result<> AppendBytes(const CloudEventHeaders& attributes, std::string_view bytes,
                     const std::string& base64, const std::set<std::string>& ce_columns,
                     Records& records) {
    if (bytes.empty()) return AppendRecord(attributes, {}, ce_columns, records);
    if (const auto json = WholeJson(bytes)) {
        return AppendRecord(attributes, *json, ce_columns, records);
    }
    std::string record;
    if (IsUtf8(bytes)) {
        AppendQuoted(bytes, record);
        return AppendRecord(attributes, record, ce_columns, records);
    }
    record = "{\"data_base64\":";
    AppendQuoted(base64.empty() ? Base64(bytes) : base64, record);
    record += '}';
    return AppendRecord(attributes, record, ce_columns, records);
}

std::string PercentDecoded(const std::string& text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const auto byte =
            text[i] == '%' ? FromHex(std::string_view(text).substr(i + 1, 2)) : std::nullopt;
        if (byte && byte->size() == 1) {
            out += *byte;
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

Result<> AppendCloudEvent(std::string_view event, const std::set<std::string>& ce_columns,
                          Records& records) {
    const Envelope envelope = TRY(ReadEnvelope(event));
    if (!envelope.data_base64) {
        return AppendRecord(envelope.attributes, envelope.data, ce_columns, records);
    }
    const auto bytes = FromBase64(*envelope.data_base64);
    if (!bytes) return Bad("data_base64 is not Base64");
    return AppendBytes(envelope.attributes, *bytes, *envelope.data_base64, ce_columns, records);
}

Result<> AppendBinaryCloudEvent(const CloudEventHeaders& headers, std::string_view body,
                                const std::set<std::string>& ce_columns, Records& records) {
    // The HTTP binding: what is not printable ASCII, a quote and a percent sign come as %XX.
    const CloudEventHeaders attributes{PercentDecoded(headers.id), PercentDecoded(headers.source),
                                       PercentDecoded(headers.type), PercentDecoded(headers.time),
                                       PercentDecoded(headers.subject)};
    return AppendBytes(attributes, body, {}, ce_columns, records);
}

}  // namespace weft::ingest
