#include "ingest/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/text.h"
#include "ingest/json_scan.h"

namespace weft::ingest {

Result<CsvRows> CsvRows::Make(std::string_view body) {
    CsvRows rows(body);
    CHECK_OK(rows.ReadRow());
    if (!rows.fits_) return Fail(Code::kInvalid, "the header of the CSV has text behind a quote");
    if (rows.fields_used_ > kLimits.columns_max) {
        return Fail(Code::kLimit, fmt::format("the header of the CSV names more than {} columns",
                                              kLimits.columns_max));
    }
    std::set<std::string> seen;
    for (size_t i = 0; i < rows.fields_used_; ++i) {
        const std::string& name = rows.fields_[i].text;
        if (name.empty() || !IsUtf8(name)) {
            return Fail(Code::kInvalid,
                        fmt::format("column {} in the header of the CSV has no name", i + 1));
        }
        if (!seen.insert(name).second) {
            return Fail(Code::kInvalid,
                        fmt::format("column {} in the header of the CSV has the name "
                                    "of another column",
                                    i + 1));
        }
        AppendQuoted(name, rows.members_.emplace_back());
        rows.members_.back() += ':';
    }
    return rows;
}

Result<bool> CsvRows::Next(std::string& out) {
    do {
        if (at_ == body_.size()) return false;
        CHECK_OK(ReadRow());
    } while (row_.empty());
    if (!fits_ || fields_used_ != members_.size()) {
        AppendQuoted(row_, out);
        return true;
    }
    for (size_t i = 0; i < fields_used_; ++i) {
        out += i == 0 ? '{' : ',';
        out += members_[i];
        if (fields_[i].text.empty() && !fields_[i].quoted) {
            out += "null";
        } else {
            AppendQuoted(fields_[i].text, out);
        }
    }
    out += '}';
    return true;
}

// `at_` is behind the opening quote.
Result<> CsvRows::ReadQuoted(Field& field) {
    field.quoted = true;
    const size_t begin = at_;
    while (true) {
        const size_t quote = body_.find('"', at_);
        if (quote == std::string_view::npos) {
            return Fail(Code::kInvalid, fmt::format("a quote does not end at byte {}", begin - 1));
        }
        field.text.append(body_, at_, quote - at_);
        at_ = quote + 1;
        if (at_ == body_.size() || body_[at_] != '"') return {};
        field.text += '"';
        ++at_;
    }
}

Result<> CsvRows::ReadRow() {
    const size_t begin = at_;
    fits_ = true;
    fields_used_ = 0;
    while (true) {
        // A row of commas must not take a hundred times its bytes: fields beyond the header are not
        // kept.
        const size_t index = members_.empty() ? std::min<size_t>(fields_used_, kLimits.columns_max)
                                              : std::min(fields_used_, members_.size());
        if (index == fields_.size()) fields_.emplace_back();
        Field& field = fields_[index];
        ++fields_used_;
        field.text.clear();
        field.quoted = false;
        if (at_ < body_.size() && body_[at_] == '"') {
            ++at_;
            CHECK_OK(ReadQuoted(field));
        }
        const size_t rest = at_;
        while (at_ < body_.size() && body_[at_] != ',' && body_[at_] != '\n') ++at_;
        std::string_view text = body_.substr(rest, at_ - rest);
        const bool last = at_ == body_.size() || body_[at_] == '\n';
        if (last && text.ends_with('\r')) text.remove_suffix(1);
        if (field.quoted && !text.empty()) fits_ = false;
        field.text.append(text);
        if (last) break;
        ++at_;
    }
    row_ = body_.substr(begin, at_ - begin);
    if (row_.ends_with('\r')) row_.remove_suffix(1);
    if (at_ < body_.size()) ++at_;
    return {};
}

}  // namespace weft::ingest
